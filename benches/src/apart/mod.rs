//! What is measured apart from the workloads' speed. Each file makes one table or two.

mod child;
mod code;
mod frames;
mod host_calls;
pub mod instances;
mod load;
pub mod memory;
pub mod modules;
mod startup;

use std::time::Instant;

use clap::ValueEnum;

use crate::engines;
use crate::results::Table;

/// A measurement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Apart {
    /// From the bytes of a small module to the end of its first call.
    Startup,
    /// From the bytes of large modules to an instance.
    Load,
    /// Resident memory that loaded modules take.
    Memory,
    /// Instances of a loaded module: time and memory.
    Instances,
    /// Calls between host and guest, both ways.
    HostCalls,
    /// A game's script, frame by frame.
    Frames,
    /// Bytes of translated code.
    Code,
}

/// What the measurements need to know.
pub struct Setting {
    /// Contenders to measure; all if empty.
    pub on: Vec<String>,
    /// Large modules.
    pub modules: Vec<modules::Module>,
    /// Repetitions; the fastest counts.
    pub reps: u32,
}

impl Apart {
    /// Measures.
    ///
    /// # Errors
    ///
    /// One line that says what is missing on this machine.
    pub fn tables(self, setting: &Setting) -> Result<Vec<Table>, String> {
        match self {
            Self::Startup => startup::tables(&engines::loading(&setting.on)?, setting.reps),
            Self::Load => load::tables(&engines::loading(&setting.on)?, setting),
            Self::Memory => memory::tables(&engines::loading(&setting.on)?, setting),
            Self::Instances => instances::tables(&engines::loading(&setting.on)?, setting),
            Self::HostCalls => host_calls::tables(&engines::selected(&setting.on, &[])?, setting.reps),
            Self::Frames => frames::tables(&engines::selected(&setting.on, &[])?, setting.reps),
            Self::Code => code::tables(),
        }
    }
}

/// The names of contenders, for a table's columns.
fn names(contenders: &engines::Contenders) -> Vec<String> {
    contenders.iter().map(|contender| contender.name().to_owned()).collect()
}

/// Seconds that something took, and its value.
fn timed<T>(action: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let value = action();
    (start.elapsed().as_secs_f64(), value)
}
