//! `ermine completions`.

use clap::Args;
use clap_complete::Shell;

/// `ermine completions`.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}
