//! The report as Markdown.

use std::fmt::{Result as Written, Write as _};

use super::targets::targets;
use super::text::{failures, number};
use crate::results::{Outcome, Results, Table};
use crate::workload::Kind;

const METHOD: &str = "\
One process, one thread, pinned to one processor where the system allows it. Each contender loads a module once; loading is not part of the \
times. A first call settles caches and gives the checksum; then come rounds in which every contender calls `run(n)` once, in an order that \
rotates from round to round. The tables have the fastest call in milliseconds; ratios and geometric means are of the fastest calls. A contender \
that fails or returns another checksum than most has a dash, and the reason stands below. Kernels and programs export `run` and import nothing, so \
that all engines run the same code. What each is: benches/README.md and benches/programs/README.md.

";

/// The whole document. `folder` has the charts of these names.
pub fn document(results: &Results, folder: &str, charts: &[&str]) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_document(&mut text, results, folder, charts);
    text
}

fn write_document(out: &mut String, results: &Results, folder: &str, charts: &[&str]) -> Written {
    out.push_str("# Benchmarks\n\nWritten by `ermine-benches --all --report docs/benchmarks.md` (benches/README.md). Do not edit.\n\n");
    write_machine(out, results)?;
    write_targets(out, results)?;
    for kind in Kind::ALL {
        write_workloads(out, results, kind, folder, charts)?;
    }
    write_failures(out, results)?;
    for table in &results.apart {
        write_apart(out, table, folder, charts)?;
    }
    write!(out, "## Method\n\n{METHOD}")
}

fn write_machine(out: &mut String, results: &Results) -> Written {
    let machine = &results.machine;
    writeln!(out, "| | |\n|---|---|")?;
    writeln!(out, "| Processor | {}, {} of them |", machine.processor, machine.processors)?;
    writeln!(out, "| System | {} |", machine.system)?;
    writeln!(out, "| Compilers | {}; {} |", machine.rustc, machine.cc)?;
    if let Some(load) = machine.load {
        let busy = if load > 1.5 { ": the machine was busy, times are worth little" } else { "" };
        writeln!(out, "| Load at the end | {load}{busy} |")?;
    }
    writeln!(out, "| Calls behind a time | {} |", results.reps)?;
    for (name, what) in &results.contenders {
        writeln!(out, "| `{name}` | {what} |")?;
    }
    writeln!(out)
}

fn write_targets(out: &mut String, results: &Results) -> Written {
    writeln!(out, "## Targets\n\n| | floor | aim | measured |\n|---|---|---|---|")?;
    for target in targets(results) {
        let measured = target.measured.as_deref().unwrap_or("not in this run");
        writeln!(out, "| {} | {} | {} | {measured} |", target.what, target.floor, target.aim)?;
    }
    writeln!(out, "\nDispatches per operator, code size, and instructions are counted without noise: tests/goldens.\n")
}

fn write_workloads(out: &mut String, results: &Results, kind: Kind, folder: &str, charts: &[&str]) -> Written {
    if results.rows(kind).next().is_none() {
        return Ok(());
    }
    let heading = if kind == Kind::Kernel { "Kernels" } else { "Programs" };
    writeln!(out, "## {heading}\n")?;
    write_chart(out, kind.title(), folder, charts)?;
    let names: Vec<&str> = results.contenders.iter().map(|(name, _)| name.as_str()).collect();
    writeln!(out, "| ms | {} | tail/wasmi |", names.join(" | "))?;
    writeln!(out, "|---|{}", "---:|".repeat(names.len() + 1))?;
    for row in results.rows(kind) {
        write!(out, "| {} |", row.name)?;
        for outcome in &row.outcomes {
            match outcome {
                Outcome::Times(times) => write!(out, " {} |", number(times.min * 1e3))?,
                Outcome::Failed(_) => write!(out, " – |")?,
            }
        }
        let time = |name| row.outcomes[results.place(name)?].times();
        match (time("tail"), time("wasmi")) {
            (Some(tail), Some(wasmi)) => writeln!(out, " {:.2} |", tail.min / wasmi.min)?,
            _ => writeln!(out, " – |")?,
        }
    }
    write!(out, "| geometric mean, tail = 1 |")?;
    for name in &names {
        match results.geomean(kind, name, "tail", |times| times.min) {
            Some(mean) => write!(out, " {mean:.2} |")?,
            None => write!(out, " – |")?,
        }
    }
    match results.geomean(kind, "tail", "wasmi", |times| times.min) {
        Some(mean) => writeln!(out, " {mean:.2} |\n"),
        None => writeln!(out, " – |\n"),
    }
}

fn write_chart(out: &mut String, name: &str, folder: &str, charts: &[&str]) -> Written {
    if charts.contains(&name) { writeln!(out, "![{name}]({folder}/{name}.svg)\n") } else { Ok(()) }
}

fn write_failures(out: &mut String, results: &Results) -> Written {
    let failures = failures(results);
    if failures.is_empty() {
        return Ok(());
    }
    writeln!(out, "Dashes:\n")?;
    for (name, reason, rows) in failures {
        writeln!(out, "* {name}: {reason} ({})", rows.join(", "))?;
    }
    writeln!(out)
}

fn write_apart(out: &mut String, table: &Table, folder: &str, charts: &[&str]) -> Written {
    writeln!(out, "## {}\n\n{}\n", table.title, table.method)?;
    write_chart(out, &table.id, folder, charts)?;
    writeln!(out, "| {} | {} |", table.unit, table.columns.join(" | "))?;
    writeln!(out, "|---|{}", "---:|".repeat(table.columns.len()))?;
    for (name, _) in &table.rows {
        write!(out, "| {name} |")?;
        for column in &table.columns {
            match table.value(name, column) {
                Some(value) => write!(out, " {} |", number(value))?,
                None => write!(out, " – |")?,
            }
        }
        writeln!(out)?;
    }
    writeln!(out)?;
    for (place, reason) in table.failures() {
        writeln!(out, "* {place}: {reason}")?;
    }
    if table.failures().is_empty() { Ok(()) } else { writeln!(out) }
}
