//! Dispatches per executed wasm operator: the metric that no noise touches.

use std::fmt::Write as _;

use crate::contender::Failure;
use crate::ermine::counts;
use crate::kernel::Kernel;

/// The table of counts, with the geometric mean of the ratios.
///
/// # Errors
///
/// A kernel that Ermine cannot run.
pub fn table(kernels: &[&'static Kernel]) -> Result<String, Failure> {
    let mut text = format!(
        "{:14}{:>16}{:>16}{:>10}\n",
        "kernel", "operators", "dispatches", "ratio"
    );
    let mut logs = 0.0;
    for kernel in kernels {
        let counts = counts(kernel).map_err(|error| format!("{}: {error}", kernel.name))?;
        let ratio = counts.dispatches as f64 / counts.operators as f64;
        logs += ratio.ln();
        writeln!(
            text,
            "{:14}{:>16}{:>16}{ratio:>10.4}",
            kernel.name, counts.operators, counts.dispatches
        )?;
    }
    writeln!(
        text,
        "{:46}{:>10.4}",
        "geomean",
        (logs / kernels.len() as f64).exp()
    )?;
    Ok(text)
}
