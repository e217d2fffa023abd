//! `ermine wast`.

use super::MachineArg;
use clap::Args;
use std::path::PathBuf;

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
