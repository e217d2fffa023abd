//! `ermine validate`.

use clap::Args;
use std::path::PathBuf;

/// `ermine validate`.
#[derive(Debug, Args)]
pub struct ValidateArgs {
    /// Modules (.wasm, .wat), images, or `-` for standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
}
