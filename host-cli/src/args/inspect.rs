//! `ermine inspect`.

use clap::Args;
use std::path::PathBuf;

/// `ermine inspect`.
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// Print JSON
    #[arg(long)]
    pub json: bool,

    /// How many functions to list, the largest first
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub top: usize,

    /// The module: a .wasm or .wat file, an image, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}
