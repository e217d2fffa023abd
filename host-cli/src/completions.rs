//! `ermine completions`: scripts for shells, made from the definition of the command line.

use crate::args::{Cli, CompletionsArgs};
use crate::exit::{Exit, Failure};
use clap::CommandFactory as _;
use std::io::{self, Write as _};

/// Prints the script to standard output.
///
/// # Errors
///
/// None: if nobody reads the script there is nobody to tell.
pub fn completions(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ermine", &mut script);
    let _ = io::stdout().lock().write_all(&script);
    Ok(Exit::Success)
}
