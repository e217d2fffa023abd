//! What every engine has to offer to be measured.

use std::error::Error;

use crate::workload::Workload;

/// Anything that went wrong in an engine; the harness only prints it.
pub type Failure = Box<dyn Error + Send + Sync>;

/// An engine in one configuration.
pub trait Contender {
    /// How tables and options call it.
    fn name(&self) -> &'static str;

    /// Loads a workload, up to the point where only calling it is left.
    ///
    /// # Errors
    ///
    /// Whatever the engine has against the module.
    fn load(&self, workload: &Workload) -> Result<Box<dyn Prepared>, Failure>;
}

/// A loaded workload.
pub trait Prepared {
    /// Calls `run(n)` and returns its checksum.
    ///
    /// # Errors
    ///
    /// A trap.
    fn call(&mut self, n: i32) -> Result<i64, Failure>;
}
