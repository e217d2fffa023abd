//! `ermine run`.

use super::{GrantArgs, MachineArg};
use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::path::Path;

/// `ermine run`.
#[derive(Debug, Args)]
#[command(override_usage = "ermine [run] [OPTIONS] FILE [ARGS]...")]
pub struct RunArgs {
    /// What the program is given.
    #[command(flatten)]
    pub grants: GrantArgs,

    /// Call this exported function with ARGS and print its results
    #[arg(long, value_name = "FUNCTION")]
    pub invoke: Option<String>,

    /// Stop with exit code 124 after this many operators
    #[arg(long, value_name = "N")]
    pub fuel: Option<u64>,

    /// Let linear memory grow to this many bytes at most (suffixes K, M, G)
    #[arg(long, value_name = "BYTES", value_parser = crate::size::parse)]
    pub max_memory: Option<usize>,

    /// Which machine executes the code
    #[arg(long, value_name = "MACHINE", default_value = "auto")]
    pub machine: MachineArg,

    /// Print times and counts to standard error at the end
    #[arg(long)]
    pub stats: bool,

    /// Show on standard error what the program does, each call decoded
    #[arg(long, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "wasi")]
    pub trace: Option<Trace>,

    /// The program (.wasm, .wat, an image, or `-` for standard input), then its arguments or those of --invoke
    #[arg(value_name = "FILE [ARGS]", required = true, trailing_var_arg = true)]
    pub command: Vec<OsString>,
}

impl RunArgs {
    /// The program's file.
    pub fn file(&self) -> &Path {
        self.command.first().map_or(Path::new("-"), Path::new)
    }

    /// What the program gets as arguments, or the function as parameters.
    pub fn args(&self) -> &[OsString] {
        self.command.get(1..).unwrap_or_default()
    }
}

/// What `--trace` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Trace {
    /// Calls of WASI functions (`--trace` alone)
    Wasi,
}
