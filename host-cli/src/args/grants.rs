//! What a program is given: options that every subcommand has which runs programs.

use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// Directories, environment, name, sockets, and what is taken away.
#[derive(Debug, Default, Args)]
pub struct GrantArgs {
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
