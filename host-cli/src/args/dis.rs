//! `ermine dis`.

use clap::Args;
use std::path::PathBuf;

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
