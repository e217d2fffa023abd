//! Dispatches per executed wasm operator: the metric that no noise touches; and what was dispatched, alone and in sequences.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::contender::Failure;
use crate::engines::ermine::{Counts, counts};
use crate::workload::{Kind, Workload};

/// A workload with what was counted.
type Counted = (&'static Workload, Counts);

/// The table of counts, with geometric means of the ratios; then the `top` instructions, pairs and triples that were dispatched
/// most: over all workloads of a kind, and of each.
///
/// # Errors
///
/// A workload that Ermine cannot run.
pub fn table(workloads: &[&'static Workload], top: usize) -> Result<String, Failure> {
    let mut all: Vec<Counted> = Vec::new();
    for workload in workloads {
        eprintln!("{} ...", workload.name);
        all.push((workload, counts(workload).map_err(|error| format!("{}: {error}", workload.name))?));
    }
    let mut text = String::new();
    let kinds =
        Kind::ALL.map(|kind| (kind, all.iter().filter(|(workload, _)| workload.kind == kind).collect::<Vec<_>>()));
    for (kind, counted) in kinds.iter().filter(|(_, counted)| !counted.is_empty()) {
        ratios(&mut text, *kind, counted)?;
    }
    for (kind, counted) in kinds.iter().filter(|(_, counted)| !counted.is_empty()) {
        sequences(&mut text, &format!("all {}, each with the same weight", kind.title()), counted, top)?;
    }
    for counted in &all {
        sequences(&mut text, counted.0.name, &[counted], top)?;
    }
    Ok(text)
}

fn ratios(text: &mut String, kind: Kind, counted: &[&Counted]) -> std::fmt::Result {
    writeln!(text, "{:14}{:>16}{:>16}{:>10}", kind.title(), "operators", "dispatches", "ratio")?;
    for (workload, counts) in counted {
        row(text, workload.name, counts.operators, counts.dispatches)?;
    }
    let operators = counted.iter().map(|(_, counts)| counts.operators).sum();
    let dispatches = counted.iter().map(|(_, counts)| counts.dispatches).sum();
    row(text, "total", operators, dispatches)?;
    let logs: f64 = counted.iter().map(|(_, counts)| (counts.dispatches as f64 / counts.operators as f64).ln()).sum();
    writeln!(text, "{:46}{:>10.4}\n", "geomean", (logs / counted.len() as f64).exp())
}

fn row(text: &mut String, name: &str, operators: u64, dispatches: u64) -> std::fmt::Result {
    let ratio = dispatches as f64 / operators as f64;
    writeln!(text, "{name:14}{operators:>16}{dispatches:>16}{ratio:>10.4}")
}

/// The most frequent instructions, pairs and triples, in per cent of all dispatches.
fn sequences(text: &mut String, title: &str, counted: &[&Counted], top: usize) -> std::fmt::Result {
    for length in 1..=3 {
        let what = ["instructions", "pairs", "triples"][length - 1];
        writeln!(text, "{title}: {what}")?;
        for (names, share) in shares(counted, length).into_iter().take(top) {
            writeln!(text, "{:7.2} %  {names}", 100.0 * share)?;
        }
        writeln!(text)?;
    }
    Ok(())
}

/// Shares of sequences of this length, the greatest first; the mean over the workloads.
fn shares(counted: &[&Counted], length: usize) -> Vec<(String, f64)> {
    let mut shares: HashMap<String, f64> = HashMap::new();
    for (_, counts) in counted {
        for (names, count) in counts.sequences(length) {
            *shares.entry(names).or_default() += count as f64 / counts.dispatches as f64 / counted.len() as f64;
        }
    }
    let mut shares: Vec<(String, f64)> = shares.into_iter().collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    shares
}
