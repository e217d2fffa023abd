//! `ermine wasi-caps`.

use super::RunArgs;
use clap::Args;

/// `ermine wasi-caps`.
#[derive(Debug, Args)]
#[command(
    override_usage = "ermine wasi-caps [--json] FILE\n       ermine wasi-caps --run [--json] [OPTIONS] FILE [ARGS]..."
)]
pub struct CapsArgs {
    /// Run the program with the options of `ermine run` and tell what it used of them; its standard output goes to standard error
    #[arg(long = "run")]
    pub runs: bool,

    /// Print the answer as JSON
    #[arg(long)]
    pub json: bool,

    /// How the program is run.
    #[command(flatten)]
    pub run: RunArgs,
}
