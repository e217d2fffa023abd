//! The `ermine` command. Everything is in the library, so that tests can reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    ermine_cli::main(std::env::args_os())
}
