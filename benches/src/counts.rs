//! Dispatches per executed wasm operator: the metric that no noise touches.

use std::collections::HashMap;
use std::fmt::Write as _;

use crate::contender::Failure;
use crate::ermine::{Counts, counts};
use crate::kernel::Kernel;

/// How many instructions are listed: over all kernels, and for each.
const TOP: usize = 25;
const TOP_OF_KERNEL: usize = 8;

/// The table of counts, with the geometric mean of the ratios; then which instructions were dispatched most.
///
/// # Errors
///
/// A kernel that Ermine cannot run.
pub fn table(kernels: &[&'static Kernel]) -> Result<String, Failure> {
    let mut text = format!("{:14}{:>16}{:>16}{:>10}\n", "kernel", "operators", "dispatches", "ratio");
    let mut all = Vec::new();
    for kernel in kernels {
        let counts = counts(kernel).map_err(|error| format!("{}: {error}", kernel.name))?;
        row(&mut text, kernel.name, counts.operators, counts.dispatches)?;
        all.push((kernel.name, counts));
    }
    let operators = all.iter().map(|(_, counts)| counts.operators).sum();
    let dispatches = all.iter().map(|(_, counts)| counts.dispatches).sum();
    row(&mut text, "total", operators, dispatches)?;
    let logs: f64 = all.iter().map(|(_, counts)| ratio(counts).ln()).sum();
    let geomean = (logs / all.len() as f64).exp();
    writeln!(text, "{:46}{geomean:>10.4}", "geomean")?;
    histograms(&mut text, &all)?;
    Ok(text)
}

fn row(text: &mut String, name: &str, operators: u64, dispatches: u64) -> std::fmt::Result {
    let ratio = dispatches as f64 / operators as f64;
    writeln!(text, "{name:14}{operators:>16}{dispatches:>16}{ratio:>10.4}")
}

fn ratio(counts: &Counts) -> f64 {
    counts.dispatches as f64 / counts.operators as f64
}

/// Shares of the most frequent instructions. Over all kernels, each kernel has the same weight.
fn histograms(text: &mut String, all: &[(&str, Counts)]) -> std::fmt::Result {
    let mut shares: HashMap<&str, f64> = HashMap::new();
    for (_, counts) in all {
        for (name, count) in &counts.histogram {
            *shares.entry(name).or_default() += *count as f64 / counts.dispatches as f64 / all.len() as f64;
        }
    }
    let mut shares: Vec<(&str, f64)> = shares.into_iter().collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    writeln!(text, "\nall kernels, each with the same weight")?;
    for (name, share) in shares.iter().take(TOP) {
        writeln!(text, "{:7.2} %  {name}", 100.0 * share)?;
    }
    for (kernel, counts) in all {
        writeln!(text, "\n{kernel}")?;
        for (name, count) in counts.histogram.iter().take(TOP_OF_KERNEL) {
            let share = 100.0 * *count as f64 / counts.dispatches as f64;
            writeln!(text, "{share:7.2} %  {name}")?;
        }
    }
    Ok(())
}
