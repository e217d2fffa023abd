//! The command line.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

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
    /// Compile a module to an image, which runs without being validated and translated again, on a board for one
    Compile(CompileArgs),
    /// Show a module's functions: wasm operators and translated code side by side. Of an image: its code
    Dis(DisArgs),
    /// Give the places in a trap report of an image their names
    Symbolize(SymbolizeArgs),
    /// Run test scripts of the WebAssembly specification
    Wast(WastArgs),
}

const AFTER_HELP: &str = "\
Exit codes: the program's own; 134 it trapped; 124 it ran out of fuel; 126 it cannot be loaded or linked;
127 there is no such file; 2 the command line is wrong.";

/// `ermine run`.
#[derive(Debug, Args)]
#[command(override_usage = "ermine [run] [OPTIONS] FILE [ARGS]...")]
pub struct RunArgs {
    /// Open a directory for the program, under its own name or another (it has none by default); `:ro` to read only
    #[arg(long, value_name = "HOST[::GUEST][:ro]", value_parser = crate::grants::dir)]
    pub dir: Vec<DirGrant>,

    /// Give the program an environment variable, without a value the one it has here (it has none by default)
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = crate::grants::env)]
    pub env: Vec<EnvGrant>,

    /// Give the program the whole environment; --env comes on top
    #[arg(long)]
    pub env_inherit: bool,

    /// What the program is told its name is (by default that of its file, without folders)
    #[arg(long, value_name = "NAME")]
    pub argv0: Option<OsString>,

    /// Take away what programs have by default
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub deny: Vec<Deny>,

    /// Listen on this address, and let the program accept connections there; its descriptor follows the directories'
    #[arg(long, value_name = "HOST:PORT")]
    pub listen: Vec<String>,

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

/// A directory for the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirGrant {
    /// Where it is.
    pub host: PathBuf,
    /// What the program knows it by.
    pub guest: String,
    /// Whether it can only be read.
    pub read_only: bool,
}

/// A variable for the program's environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvGrant {
    /// Its name.
    pub name: String,
    /// Its value; that of the same variable here if there is none.
    pub value: Option<String>,
}

/// What can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Standard input, output and error
    Stdio,
    /// Telling the time, and waiting
    Clock,
    /// Random bytes
    Random,
}

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

/// `ermine compile`.
#[derive(Debug, Args)]
pub struct CompileArgs {
    /// Where the image goes (by default beside FILE, ending in .erm; `-` for standard output)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Which instructions the image may use
    #[arg(long, value_name = "PROFILE", default_value = "base")]
    pub profile: ProfileArg,

    /// Let the code pay fuel, so that it can be bounded, suspended and interrupted
    #[arg(long)]
    pub fuel: bool,

    /// Give the guest just so many bytes of memory instead of whole pages (suffixes K, M); it must not ask for the size
    #[arg(long, value_name = "BYTES", value_parser = crate::size::parse)]
    pub memory: Option<usize>,

    /// What to write: the image, or source text with it as a constant
    #[arg(long, value_name = "FORM", default_value = "image")]
    pub emit: Emit,

    /// The constant's name in source text (by default FILE's name)
    #[arg(long, value_name = "IDENT", value_parser = identifier)]
    pub name: Option<String>,

    /// Where the symbol map goes, which `symbolize` reads (by default beside the image, ending in .erm.map)
    #[arg(long, value_name = "FILE", conflicts_with = "no_map")]
    pub map: Option<PathBuf>,

    /// Write no symbol map
    #[arg(long)]
    pub no_map: bool,

    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,

    /// The module: a .wasm or .wat file, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// The profiles of the instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProfileArg {
    /// What every build has, boards included
    Base,
    /// All of it: faster, for builds with the feature `full`
    Full,
}

/// What `ermine compile` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Emit {
    /// The image as it is
    Image,
    /// A Rust module with an aligned static
    Rust,
    /// A C header with an aligned array
    C,
}

/// `ermine symbolize`.
#[derive(Debug, Args)]
pub struct SymbolizeArgs {
    /// The map that `compile` wrote beside the image
    #[arg(value_name = "MAP")]
    pub map: PathBuf,

    /// The report: any text with places such as `func 3 + 0x2a`
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
}

/// `ermine dis`.
#[derive(Debug, Args)]
pub struct DisArgs {
    /// Only this function, by index or name
    #[arg(long, value_name = "N|NAME")]
    pub func: Option<String>,

    /// The module: a .wasm or .wat file, an image, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// `ermine wast`.
#[derive(Debug, Args)]
pub struct WastArgs {
    /// Proposals to switch on besides those that the files' folders are named after
    #[arg(long, alias = "proposal", value_name = "NAME", value_delimiter = ',')]
    pub features: Vec<crate::wast::Features>,

    /// Give each call this much fuel
    #[arg(long, value_name = "N")]
    pub fuel: Option<u64>,

    /// Which machine executes the code
    #[arg(long, value_name = "MACHINE", default_value = "auto")]
    pub machine: MachineArg,

    /// Compile each module to an image, verify that, and run from it
    #[arg(long)]
    pub images: bool,

    /// The scripts
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}

/// A name that both Rust and C take.
fn identifier(text: &str) -> Result<String, String> {
    let start = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let rest = text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    if start && rest && text != "_" {
        Ok(text.to_owned())
    } else {
        Err("expected letters, digits and `_`, no digit first".to_owned())
    }
}

/// Puts `run` before the arguments if they begin with no subcommand.
pub fn with_subcommand(argv: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut argv: Vec<OsString> = argv.into_iter().collect();
    let own = ["run", "compile", "dis", "symbolize", "wast", "help", "--help", "-h", "--version", "-V"];
    if let Some(first) = argv.get(1)
        && !own.iter().any(|name| first == name)
    {
        argv.insert(1, "run".into());
    }
    argv
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Command, clap::Error> {
        let argv = std::iter::once("ermine").chain(args.iter().copied()).map(OsString::from);
        Cli::try_parse_from(with_subcommand(argv)).map(|cli| cli.command)
    }

    fn run_args(args: &[&str]) -> RunArgs {
        match parse(args) {
            Ok(Command::Run(run)) => run,
            other => panic!("{args:?} is {other:?}"),
        }
    }

    #[test]
    fn a_file_alone_is_run() {
        assert_eq!(run_args(&["a.wasm"]).file(), Path::new("a.wasm"));
        assert_eq!(run_args(&["--fuel", "5", "a.wasm"]).fuel, Some(5));
        assert_eq!(run_args(&["-"]).file(), Path::new("-"));
        assert_eq!(run_args(&["run", "run"]).file(), Path::new("run"));
    }

    #[test]
    fn options_after_the_file_are_the_guests() {
        let run = run_args(&["a.wasm", "--fuel", "-2", "--", "--help"]);
        assert_eq!(run.fuel, None);
        assert_eq!(run.args(), ["--fuel", "-2", "--", "--help"]);
    }

    #[test]
    fn environment_variables_may_be_empty() {
        let run = run_args(&["--env", "A=", "--env", "B=c=d", "--env", "C", "a.wasm"]);
        let values: Vec<Option<&str>> = run.env.iter().map(|grant| grant.value.as_deref()).collect();
        assert_eq!(values, [Some(""), Some("c=d"), None]);
        assert!(parse(&["--env", "=A", "a.wasm"]).is_err());
    }

    #[test]
    fn things_can_be_denied_in_one_list() {
        assert_eq!(run_args(&["--deny", "clock,stdio", "--deny", "random", "a.wasm"]).deny.len(), 3);
        assert!(parse(&["--deny", "time", "a.wasm"]).is_err());
    }

    #[test]
    fn unknown_options_are_refused() {
        assert!(parse(&["--fule", "5", "a.wasm"]).is_err());
        assert!(parse(&[]).is_err());
    }

    #[test]
    fn the_definition_is_sound() {
        <Cli as clap::CommandFactory>::command().debug_assert();
    }
}
