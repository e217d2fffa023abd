//! `ermine bench`.

use super::{CompilationArg, GrantArgs, MachineArg};
use clap::Args;
use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

/// `ermine bench`.
#[derive(Debug, Args)]
#[command(override_usage = "ermine bench [OPTIONS] FILE [ARGS]...")]
pub struct BenchArgs {
    /// Call this exported function with ARGS, again and again in one instance; without it the program runs anew each time
    #[arg(long, value_name = "FUNCTION")]
    pub invoke: Option<String>,

    /// Measure for this long on each machine
    #[arg(long, value_name = "TIME", default_value = "3s", value_parser = crate::duration::parse)]
    pub time: Duration,

    /// Measure this many calls on each machine, however long they take
    #[arg(long, value_name = "N", conflicts_with = "time", value_parser = clap::value_parser!(u64).range(1..))]
    pub reps: Option<u64>,

    /// Which machines execute the code, in turn if there are several
    #[arg(long, value_name = "MACHINE", value_delimiter = ',', default_value = "auto")]
    pub machine: Vec<MachineArg>,

    /// When functions are validated and translated; images are both already
    #[arg(long, value_name = "MODE", default_value = "eager")]
    pub compilation: CompilationArg,

    /// What the program is given.
    #[command(flatten)]
    pub grants: GrantArgs,

    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// The program (.wasm, .wat, an image, or `-` for standard input), then its arguments or those of --invoke
    #[arg(value_name = "FILE [ARGS]", required = true, trailing_var_arg = true)]
    pub command: Vec<OsString>,
}

impl BenchArgs {
    /// The program's file.
    pub fn file(&self) -> &Path {
        self.command.first().map_or(Path::new("-"), Path::new)
    }

    /// What the program gets as arguments, or the function as parameters.
    pub fn args(&self) -> &[OsString] {
        self.command.get(1..).unwrap_or_default()
    }
}
