//! `ermine board` and its subcommands.

use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::time::Duration;

/// `ermine board`.
#[derive(Debug, Args)]
pub struct BoardArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: BoardCommand,
}

/// What can be done with boards.
#[derive(Debug, Subcommand)]
pub enum BoardCommand {
    /// Run a guest on a simulated board, as a scenario tells, and check what it expects
    Sim(SimArgs),
    /// Send a guest to a board: it takes the place of the one that runs
    Push(PushArgs),
    /// Start the board's newest guest from its beginning
    Run(OrderArgs),
    /// Stop the board's guest: outputs go to their safe state
    Stop(OrderArgs),
    /// Tell how a board and its guest do
    Stat(StatArgs),
    /// Show what a board and its guest say
    Log(LogArgs),
}

/// `ermine board sim`.
#[derive(Debug, Args)]
pub struct SimArgs {
    /// Let the board's serial line be a terminal of its own, or standard input and output, for `ermine board push`; time passes as it does then
    #[arg(long, value_name = "LINE")]
    pub line: Option<LineArg>,

    /// Print what happens as JSON, one object a line
    #[arg(long)]
    pub json: bool,

    /// Print failures only
    #[arg(short, long, conflicts_with = "json")]
    pub quiet: bool,

    /// What the board has, what happens to it, and what is expected: a TOML file
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,

    /// The guest, in place of the scenario's: a .wasm or .wat file, or an image
    #[arg(value_name = "GUEST")]
    pub guest: Option<PathBuf>,
}

/// Where the serial line of a simulated board goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LineArg {
    /// A pseudoterminal, whose name a note tells
    Pty,
    /// Standard input and output; what happens goes to standard error
    Stdio,
}

/// How a board is reached.
#[derive(Debug, Args)]
pub struct PortArgs {
    /// The serial line: a device such as /dev/ttyACM0, or `exec:COMMAND`, whose standard input and output it is
    #[arg(long, value_name = "PORT")]
    pub port: String,

    /// The line's speed, in bits a second
    #[arg(long, value_name = "BAUD", default_value_t = 115_200)]
    pub baud: u32,

    /// How long to wait for each reply, before the request is sent again
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = crate::duration::parse)]
    pub timeout: Duration,

    /// How often a request is sent again
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub retries: u32,
}

/// `ermine board push`.
#[derive(Debug, Args)]
pub struct PushArgs {
    /// How the board is reached.
    #[command(flatten)]
    pub port: PortArgs,

    /// Give the guest just so many bytes of memory instead of whole pages (suffixes K, M), where it is compiled here
    #[arg(long, value_name = "BYTES", value_parser = crate::size::parse)]
    pub memory: Option<usize>,

    /// Then show for so long what the board says
    #[arg(long, value_name = "TIME", value_parser = crate::duration::parse)]
    pub log: Option<Duration>,

    /// The guest: a .wasm or .wat file, or an image made with --fuel
    #[arg(value_name = "GUEST")]
    pub guest: PathBuf,
}

/// `ermine board run` and `ermine board stop`.
#[derive(Debug, Args)]
pub struct OrderArgs {
    /// How the board is reached.
    #[command(flatten)]
    pub port: PortArgs,

    /// Then show for so long what the board says
    #[arg(long, value_name = "TIME", value_parser = crate::duration::parse)]
    pub log: Option<Duration>,
}

/// `ermine board stat`.
#[derive(Debug, Args)]
pub struct StatArgs {
    /// How the board is reached.
    #[command(flatten)]
    pub port: PortArgs,

    /// Print it as JSON
    #[arg(long)]
    pub json: bool,
}

/// `ermine board log`.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// How the board is reached.
    #[command(flatten)]
    pub port: PortArgs,

    /// Stop after so long (by default when the line ends)
    #[arg(long = "for", value_name = "TIME", value_parser = crate::duration::parse)]
    pub time: Option<Duration>,

    /// Put names into trap reports: the map that `compile` wrote beside the image
    #[arg(long, value_name = "MAP")]
    pub map: Option<PathBuf>,
}
