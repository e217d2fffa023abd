//! `ermine completions`: scripts for shells, made from the definition of the command line.

use crate::args::{Cli, CompletionsArgs};
use crate::exit::{Exit, Failure};
use crate::report;
use clap::CommandFactory as _;

/// Prints the script to standard output.
///
/// # Errors
///
/// If the script cannot be written.
pub fn completions(args: &CompletionsArgs) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "ermine", &mut script);
    report::answer(script)
}
