//! The `ermine` command as a library: its arguments, subcommands and exit codes.
//!
//! One module for each subcommand. Standard output belongs to the guest; whatever the command itself has to say goes to
//! standard error, errors as one line that starts with `ermine: error:`.

#![forbid(unsafe_code)]
#![deny(clippy::print_stdout, clippy::print_stderr, reason = "they panic when nobody reads; `report` does not")]

pub mod args;
mod backtrace;
pub mod bench;
pub mod board;
pub mod caps;
pub mod compile;
pub mod completions;
mod denied;
pub mod dis;
mod duration;
pub mod exit;
mod fault;
mod grants;
mod imports;
pub mod inspect;
mod invoke;
mod json;
mod load;
mod names;
mod nearest;
mod printable;
#[cfg_attr(target_family = "wasm", path = "progress_none.rs")]
mod progress;
mod report;
pub mod run;
pub mod scripts;
mod size;
mod source;
mod style;
pub mod symbolize;
mod symbols;
mod table;
mod trace;
pub mod validate;
mod values;
pub mod wast;
mod watch;

use args::Command;
use exit::Exit;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command line `argv` (with the program's name first) to its exit code.
pub fn main(argv: impl IntoIterator<Item = OsString>) -> ExitCode {
    let exit = match args::parse(argv) {
        Ok(cli) => dispatch(&cli.command),
        Err(error) => usage(&error),
    };
    ExitCode::from(exit.code())
}

fn dispatch(command: &Command) -> Exit {
    let result = match command {
        Command::Run(args) => run::run(args),
        Command::Validate(args) => validate::validate(args),
        Command::Inspect(args) => inspect::inspect(args),
        Command::Compile(args) => compile::compile(args),
        Command::Dis(args) => dis::dis(args),
        Command::Symbolize(args) => symbolize::symbolize(args),
        Command::Wast(args) => scripts::wast(args),
        Command::WasiCaps(args) => caps::caps(args),
        Command::Bench(args) => bench::bench(args),
        Command::Board(args) => board::board(args),
        Command::Completions(args) => completions::completions(args),
    };
    match result {
        Ok(exit) => exit,
        Err(failure) => report::failure(&failure),
    }
}

/// What the command accepts: all that the engine can do, memories with pages of one byte among it, which boards ask for.
fn config() -> ermine::Config {
    let mut config = ermine::Config::default();
    config.wasm_custom_page_sizes(true);
    config
}

/// Help and version are answers and go to standard output; mistakes go to standard error.
fn usage(error: &clap::Error) -> Exit {
    if error.use_stderr() {
        let shown = error.to_string();
        // Without any argument clap shows the help text, which is no error message.
        match shown.strip_prefix("error:") {
            Some(message) => {
                report::text(format_args!("ermine: {}{message}", style::paint(style::Kind::Error, "error:")))
            }
            None => report::text(shown),
        }
        Exit::Usage
    } else {
        // Help that cannot be read is no reason to fail.
        let _ = report::answer(error.to_string());
        Exit::Success
    }
}
