//! `ermine run`.

use super::{CompilationArg, MachineArg, ProgramArgs};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// `ermine run`.
#[derive(Debug, Args)]
#[command(override_usage = "ermine [run] [OPTIONS] FILE [ARGS]...")]
pub struct RunArgs {
    /// What is run, and what it is given.
    #[command(flatten)]
    pub program: ProgramArgs,

    /// Link the exports of a module under a name; later ones and the program can import them
    #[arg(long, value_name = "NAME=FILE", value_parser = preload)]
    pub preload: Vec<Preload>,

    /// What becomes of imports that nothing provides
    #[arg(long, value_name = "POLICY", default_value = "error")]
    pub unknown_imports: UnknownImports,

    /// Stop with exit code 124 after this many operators
    #[arg(long, value_name = "N")]
    pub fuel: Option<u64>,

    /// Stop with exit code 124 after this time (500ms, 2s, 5m)
    #[arg(long, value_name = "TIME", value_parser = crate::duration::parse)]
    pub timeout: Option<Duration>,

    /// Let each linear memory have this many bytes at most (suffixes K, M, G)
    #[arg(long, value_name = "BYTES", value_parser = crate::size::parse)]
    pub max_memory: Option<usize>,

    /// Let each table have this many elements at most
    #[arg(long, value_name = "N")]
    pub max_table: Option<u32>,

    /// Bytes of the value stack, which bounds recursion (1M by default; suffixes K, M, G)
    #[arg(long, value_name = "BYTES", value_parser = crate::size::parse)]
    pub max_stack: Option<usize>,

    /// Whether the kernel, too, keeps this process inside of the directories it was given
    #[arg(long, value_name = "MODE", default_value = "auto")]
    pub sandbox: SandboxArg,

    /// Which machine executes the code
    #[arg(long, value_name = "MACHINE", default_value = "auto")]
    pub machine: MachineArg,

    /// When functions are validated and translated; images are both already
    #[arg(long, value_name = "MODE", default_value = "lazy-translation")]
    pub compilation: CompilationArg,

    /// Print times and counts to standard error at the end; counting makes the program slower
    #[arg(long, value_name = "FORM", num_args = 0..=1, require_equals = true, default_missing_value = "text")]
    pub stats: Option<StatsForm>,

    /// How much of the program's call stack is shown when it fails
    #[arg(long, value_name = "FORM", default_value = "short")]
    pub backtrace: BacktraceForm,

    /// Show on standard error what the program does, each call decoded
    #[arg(long, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "wasi")]
    pub trace: Option<Trace>,
}

/// What `--trace` shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Trace {
    /// Calls of WASI functions (`--trace` alone)
    Wasi,
    /// Those, and calls of the program's own functions and of preloaded modules'; slower, and not of images. Tracing pays fuel, too
    Calls,
}

/// A module whose exports others can import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preload {
    /// The module name that importers use.
    pub name: String,
    /// Where it is.
    pub file: PathBuf,
}

/// Imports that nothing provides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnknownImports {
    /// The program is not run
    Error,
    /// Functions trap when they are called; memories, tables and globals are there, and zero
    Trap,
    /// Functions return zeros
    Zero,
}

/// The second wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SandboxArg {
    /// As far as the kernel can (Landlock, on Linux)
    Auto,
    /// The program is not run where the kernel cannot
    Strict,
    /// Not
    Off,
}

/// What statistics look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatsForm {
    /// Lines
    Text,
    /// An object in one line
    Json,
}

/// How much of a backtrace is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum BacktraceForm {
    /// Nothing
    Off,
    /// The innermost functions
    Short,
    /// All functions that are known, and where each is in the module
    Full,
}

/// Reads `NAME=FILE`.
fn preload(text: &str) -> Result<Preload, String> {
    match text.split_once('=') {
        Some((name, file)) if !file.is_empty() => Ok(Preload { name: name.to_owned(), file: file.into() }),
        Some(_) | None => Err("expected NAME=FILE".to_owned()),
    }
}
