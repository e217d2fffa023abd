//! What there is to run: the kernels, and the whole programs. Both keep one contract, so that every engine can serve both alike.

use serde::{Deserialize, Serialize};

/// A module that exports `run: [i32] -> [i64]` and imports nothing.
///
/// `run(n)` does an amount of work set by `n`, the same whenever it is called, and returns a checksum of all it computed.
#[derive(Debug)]
pub struct Workload {
    /// Its name, which is also that of its files.
    pub name: &'static str,
    /// Kernel or program.
    pub kind: Kind,
    /// How much work to ask for.
    pub n: i32,
    /// The module.
    pub wasm: &'static [u8],
    /// The same source compiled for this machine; kernels have it.
    pub native: Option<extern "C" fn(i32) -> i64>,
}

/// The two kinds of workloads, whose means are kept apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// One file of C that stresses one thing: `kernels/`.
    #[value(name = "kernels")]
    Kernel,
    /// A library or an interpreter at its work: `programs/`.
    #[value(name = "programs")]
    Program,
}

impl Kind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Kernel, Self::Program];

    /// What headings call workloads of this kind.
    pub fn title(self) -> &'static str {
        match self {
            Self::Kernel => "kernels",
            Self::Program => "programs",
        }
    }
}

#[allow(unsafe_code, reason = "declares the C functions that build.rs compiled; they take and return plain integers")]
mod table {
    use super::{Kind, Workload};

    include!(concat!(env!("OUT_DIR"), "/workloads.rs"));
}

pub use table::WORKLOADS;
