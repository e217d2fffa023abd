//! `ermine run`.

use super::MachineArg;
use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

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
