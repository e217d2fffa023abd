//! A program on the command line: options and arguments that every subcommand has which runs programs.

use super::GrantArgs;
use clap::Args;
use std::ffi::OsString;
use std::path::Path;

/// What is run, and what it is given.
#[derive(Debug, Args)]
pub struct ProgramArgs {
    /// What the program is given.
    #[command(flatten)]
    pub grants: GrantArgs,

    /// Call this exported function with ARGS and print its results
    #[arg(long, value_name = "FUNCTION")]
    pub invoke: Option<String>,

    /// The program (.wasm, .wat, an image, or `-` for standard input), then its arguments or those of --invoke
    #[arg(value_name = "FILE [ARGS]", required = true, trailing_var_arg = true)]
    pub command: Vec<OsString>,
}

impl ProgramArgs {
    /// The program's file.
    pub fn file(&self) -> &Path {
        self.command.first().map_or(Path::new("-"), Path::new)
    }

    /// What the program gets as arguments, or the function as parameters.
    pub fn args(&self) -> &[OsString] {
        self.command.get(1..).unwrap_or_default()
    }

    /// What the program itself is told as arguments: none where a function takes them.
    pub fn own_args(&self) -> &[OsString] {
        if self.invoke.is_some() { &[] } else { self.args() }
    }
}
