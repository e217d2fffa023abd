//! The command line: one file for each subcommand's options.

mod bench;
mod board;
mod caps;
mod compile;
mod completions;
mod dis;
mod grants;
mod inspect;
mod program;
mod run;
mod validate;
mod wast;

pub use bench::BenchArgs;
pub use board::{BoardArgs, BoardCommand, LineArg, LogArgs, OrderArgs, PortArgs, PushArgs, SimArgs, StatArgs};
pub use caps::CapsArgs;
pub use compile::{CompileArgs, Emit, ProfileArg, SymbolizeArgs};
pub use completions::CompletionsArgs;
pub use dis::DisArgs;
pub use grants::{Deny, DirGrant, EnvGrant, GrantArgs};
pub use inspect::InspectArgs;
pub use program::ProgramArgs;
pub use run::{BacktraceForm, Preload, RunArgs, SandboxArg, StatsForm, Trace, UnknownImports};
pub use validate::ValidateArgs;
pub use wast::WastArgs;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use ermine::{CompilationMode, Machine};
use std::ffi::{OsStr, OsString};

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "ermine", version, about = "Run WebAssembly programs", after_help = AFTER_HELP)]
#[command(override_usage = "ermine [run] [OPTIONS] FILE [ARGS]...\n       ermine <COMMAND>")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a program, or call one of its functions (`ermine FILE` is short for it)
    Run(RunArgs),
    /// Check that modules, text modules and images are valid and can be loaded
    Validate(ValidateArgs),
    /// Tell what is in a module or an image: sections, types, proposals, sizes, what it wants
    Inspect(InspectArgs),
    /// Compile a module to an image, which runs without being validated and translated again, on a board for one
    Compile(CompileArgs),
    /// Show a module's functions: wasm operators and translated code side by side. Of an image: its code
    Dis(DisArgs),
    /// Give the places in a trap report of an image their names
    Symbolize(SymbolizeArgs),
    /// Run test scripts of the WebAssembly specification
    Wast(WastArgs),
    /// Tell the smallest set of grants that a program needs: by what it imports, or by what it uses when it runs
    WasiCaps(CapsArgs),
    /// Measure how long a function or a program takes
    Bench(BenchArgs),
    /// Run guests on a simulated board; send guests to boards, and look after them
    Board(BoardArgs),
    /// Print a script that completes this command line in a shell
    Completions(CompletionsArgs),
}

const AFTER_HELP: &str = "\
Exit codes: the program's own; 134 it trapped; 124 it ran out of fuel or time; 126 it cannot be loaded or linked;
127 there is no such file; 2 the command line is wrong; 1 an answer cannot be written.";

/// The machines that can execute code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MachineArg {
    /// The fastest this build has
    Auto,
    /// Threaded code and tail calls
    Tail,
    /// Compact code in one loop
    Loop,
}

impl From<MachineArg> for Machine {
    fn from(machine: MachineArg) -> Self {
        match machine {
            MachineArg::Auto => Self::Auto,
            MachineArg::Tail => Self::Tail,
            MachineArg::Loop => Self::Loop,
        }
    }
}

/// When functions are validated and translated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CompilationArg {
    /// All when the program is loaded
    Eager,
    /// Validated when the program is loaded, translated when first called
    LazyTranslation,
    /// Both when first called: a function that is not valid fails when it is called
    Lazy,
}

impl From<CompilationArg> for CompilationMode {
    fn from(mode: CompilationArg) -> Self {
        match mode {
            CompilationArg::Eager => Self::Eager,
            CompilationArg::LazyTranslation => Self::LazyTranslation,
            CompilationArg::Lazy => Self::Lazy,
        }
    }
}

/// Reads a command line (with the program's name first). If it begins with no subcommand, `run` is meant.
///
/// # Errors
///
/// If it is not understood, or asks for help.
pub fn parse(argv: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let mut command = Cli::command();
    let mut argv: Vec<OsString> = argv.into_iter().collect();
    if argv.get(1).is_some_and(|first| !is_known(&command, first)) {
        argv.insert(1, "run".into());
    }
    let mut matches = command.try_get_matches_from_mut(argv)?;
    Cli::from_arg_matches_mut(&mut matches).map_err(|error| error.format(&mut command))
}

/// Whether a first argument is a subcommand, or an option of the command itself.
fn is_known(command: &clap::Command, first: &OsStr) -> bool {
    command.find_subcommand(first).is_some()
        || ["help", "--help", "-h", "--version", "-V"].iter().any(|known| first == *known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn parse(args: &[&str]) -> Result<Command, clap::Error> {
        let argv = std::iter::once("ermine").chain(args.iter().copied()).map(OsString::from);
        super::parse(argv).map(|cli| cli.command)
    }

    fn run_args(args: &[&str]) -> RunArgs {
        match parse(args) {
            Ok(Command::Run(run)) => run,
            other => panic!("{args:?} is {other:?}"),
        }
    }

    #[test]
    fn a_file_alone_is_run() {
        assert_eq!(run_args(&["a.wasm"]).program.file(), Path::new("a.wasm"));
        assert_eq!(run_args(&["--fuel", "5", "a.wasm"]).fuel, Some(5));
        assert_eq!(run_args(&["-"]).program.file(), Path::new("-"));
        assert_eq!(run_args(&["run", "run"]).program.file(), Path::new("run"));
    }

    #[test]
    fn options_after_the_file_are_the_guests() {
        let run = run_args(&["a.wasm", "--fuel", "-2", "--", "--help"]);
        assert_eq!(run.fuel, None);
        assert_eq!(run.program.args(), ["--fuel", "-2", "--", "--help"]);
    }

    #[test]
    fn environment_variables_may_be_empty() {
        let run = run_args(&["--env", "A=", "--env", "B=c=d", "--env", "C", "a.wasm"]);
        let values: Vec<Option<&str>> = run.program.grants.env.iter().map(|grant| grant.value.as_deref()).collect();
        assert_eq!(values, [Some(""), Some("c=d"), None]);
        assert!(parse(&["--env", "=A", "a.wasm"]).is_err());
    }

    #[test]
    fn things_can_be_denied_in_one_list() {
        assert_eq!(run_args(&["--deny", "clock,stdio", "--deny", "random", "a.wasm"]).program.grants.deny.len(), 3);
        assert!(parse(&["--deny", "time", "a.wasm"]).is_err());
    }

    #[test]
    fn unknown_options_are_refused() {
        assert!(parse(&["--fule", "5", "a.wasm"]).is_err());
        assert!(parse(&[]).is_err());
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }
}
