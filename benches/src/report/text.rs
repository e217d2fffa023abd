//! Tables for the terminal.

use std::fmt::Write as _;

use super::RATIOS;
use crate::results::{Outcome, Results, Row, Table, Times};
use crate::workload::Kind;

/// Everything, for people.
pub fn text(results: &Results) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut text, results);
    text
}

fn write_all(text: &mut String, results: &Results) -> std::fmt::Result {
    let machine = &results.machine;
    writeln!(text, "{}; {}; {}; {}", machine.processor, machine.system, machine.rustc, machine.cc)?;
    if !results.workloads.is_empty() {
        writeln!(text, "milliseconds, min (median) of {} calls", results.reps)?;
        for kind in Kind::ALL {
            write_kind(text, results, kind)?;
        }
        write_failures(text, results)?;
        write_sanity(text, results)?;
    }
    results.apart.iter().try_for_each(|table| write_table(text, table))
}

/// The ratios both of whose contenders took part.
fn ratios(results: &Results) -> Vec<(&'static str, usize, usize)> {
    RATIOS
        .iter()
        .filter_map(|&(title, over, under)| Some((title, results.place(over)?, results.place(under)?)))
        .collect()
}

fn write_kind(text: &mut String, results: &Results, kind: Kind) -> std::fmt::Result {
    if results.rows(kind).next().is_none() {
        return Ok(());
    }
    let ratios = ratios(results);
    write!(text, "\n{:14}", kind.title())?;
    results.contenders.iter().try_for_each(|(name, _)| write!(text, "{name:>18}"))?;
    ratios.iter().try_for_each(|(title, ..)| write!(text, "{title:>13}"))?;
    writeln!(text)?;
    for row in results.rows(kind) {
        write_row(text, row, &ratios)?;
    }
    for (label, pick) in [("minima", (|times| times.min) as fn(Times) -> f64), ("medians", |times| times.median)] {
        let title = format!("geomean of {label}");
        write!(text, "{title:width$}", width = 14 + 18 * results.contenders.len())?;
        for (_, over, under) in &ratios {
            let [over, under] = [*over, *under].map(|place| results.contenders[place].0.as_str());
            match results.geomean(kind, over, under, pick) {
                Some(mean) => write!(text, "{mean:>13.3}")?,
                None => write!(text, "{:>13}", "-")?,
            }
        }
        writeln!(text)?;
    }
    Ok(())
}

fn write_row(text: &mut String, row: &Row, ratios: &[(&str, usize, usize)]) -> std::fmt::Result {
    write!(text, "{:14}", row.name)?;
    for outcome in &row.outcomes {
        match outcome {
            Outcome::Times(times) => write!(text, "{:>9.2} ({:>6.1})", times.min * 1e3, times.median * 1e3)?,
            Outcome::Failed(_) => write!(text, "{:>18}", "-")?,
        }
    }
    for (_, over, under) in ratios {
        match (row.outcomes[*over].times(), row.outcomes[*under].times()) {
            (Some(over), Some(under)) => write!(text, "{:>13.3}", over.min / under.min)?,
            _ => write!(text, "{:>13}", "-")?,
        }
    }
    writeln!(text)
}

/// The reasons behind the dashes, each contender's equal ones once.
pub(super) fn failures(results: &Results) -> Vec<(String, String, Vec<String>)> {
    let mut failures: Vec<(String, String, Vec<String>)> = Vec::new();
    for row in &results.workloads {
        for ((name, _), outcome) in results.contenders.iter().zip(&row.outcomes) {
            let Outcome::Failed(reason) = outcome else { continue };
            match failures.iter_mut().find(|(who, why, _)| who == name && why == reason) {
                Some((.., rows)) => rows.push(row.name.clone()),
                None => failures.push((name.clone(), reason.clone(), vec![row.name.clone()])),
            }
        }
    }
    failures
}

fn write_failures(text: &mut String, results: &Results) -> std::fmt::Result {
    for (place, (name, reason, rows)) in failures(results).iter().enumerate() {
        if place == 0 {
            writeln!(text)?;
        }
        writeln!(text, "- {name}: {reason} ({})", rows.join(", "))?;
    }
    Ok(())
}

/// Fewer kernels than this say little about an engine.
const ENOUGH: usize = 10;

/// A wasmi that is not built right would make everybody look good.
fn write_sanity(text: &mut String, results: &Results) -> std::fmt::Result {
    if results.rows(Kind::Kernel).count() < ENOUGH {
        return Ok(());
    }
    let Some(ratio) = results.geomean(Kind::Kernel, "wasmi", "wasm3", |times| times.min) else { return Ok(()) };
    let known = (0.6..=0.9).contains(&ratio);
    let verdict = if known { "as expected" } else { "unexpected: are both built as Cargo.toml says?" };
    writeln!(text, "\nwasmi takes {ratio:.2} of wasm3's time on the kernels; about 0.75 is known: {verdict}")
}

fn write_table(text: &mut String, table: &Table) -> std::fmt::Result {
    writeln!(text, "\n{}, {}", table.title, table.unit)?;
    let width = table.rows.iter().map(|(name, _)| name.len()).max().unwrap_or(0).max(12) + 2;
    write!(text, "{:width$}", "")?;
    table.columns.iter().try_for_each(|column| write!(text, "{column:>width$}", width = column.len().max(9) + 2))?;
    writeln!(text)?;
    for (name, cells) in &table.rows {
        write!(text, "{name:width$}")?;
        for column in &table.columns {
            let value = cells.get(column).and_then(|cell| cell.as_ref().ok());
            write!(
                text,
                "{:>width$}",
                value.map_or("-".into(), |value| number(*value)),
                width = column.len().max(9) + 2
            )?;
        }
        writeln!(text)?;
    }
    table.failures().iter().try_for_each(|(place, reason)| writeln!(text, "- {place}: {reason}"))
}

/// Three significant digits, or whole numbers.
pub(super) fn number(value: f64) -> String {
    match value.abs() {
        size if size >= 1000.0 => {
            let digits = format!("{value:.0}");
            let (head, tail) = digits.split_at(digits.len() - 3);
            format!("{head},{tail}")
        }
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
