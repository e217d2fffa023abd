//! `ermine compile` and `ermine symbolize`, which reads the map that the former writes.

use clap::{Args, ValueEnum};
use ermine::Profile;
use std::path::PathBuf;

/// `ermine compile`.
#[derive(Debug, Args)]
pub struct CompileArgs {
    /// Where the image goes (by default beside FILE, ending in .erm; `-` for standard output)
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,

    /// Which instructions the image may use
    #[arg(long, value_name = "PROFILE", default_value = "base")]
    pub profile: ProfileArg,

    /// Let the code pay fuel, so that it can be bounded, suspended and interrupted
    #[arg(long)]
    pub fuel: bool,

    /// Give the guest just so many bytes of memory instead of whole pages (suffixes K, M); it must not ask for the size
    #[arg(long, value_name = "BYTES", value_parser = crate::size::parse)]
    pub memory: Option<usize>,

    /// What to write: the image, or source text with it as a constant
    #[arg(long, value_name = "FORM", default_value = "image")]
    pub emit: Emit,

    /// The constant's name in source text (by default FILE's name)
    #[arg(long, value_name = "IDENT", value_parser = identifier)]
    pub name: Option<String>,

    /// Where the symbol map goes, which `symbolize` reads (by default beside the image, ending in .erm.map)
    #[arg(long, value_name = "FILE", conflicts_with = "no_map")]
    pub map: Option<PathBuf>,

    /// Write no symbol map
    #[arg(long)]
    pub no_map: bool,

    /// Print the report as JSON
    #[arg(long)]
    pub json: bool,

    /// The module: a .wasm or .wat file, or `-` for standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
}

/// The profiles of the instruction set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProfileArg {
    /// What every build has, boards included
    Base,
    /// All of it: faster, for builds with the feature `full`
    Full,
}

impl From<ProfileArg> for Profile {
    fn from(profile: ProfileArg) -> Self {
        match profile {
            ProfileArg::Base => Self::Base,
            ProfileArg::Full => Self::Full,
        }
    }
}

/// What `ermine compile` writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Emit {
    /// The image as it is
    Image,
    /// A Rust module with an aligned static
    Rust,
    /// A C header with an aligned array
    C,
}

/// `ermine symbolize`.
#[derive(Debug, Args)]
pub struct SymbolizeArgs {
    /// The map that `compile` wrote beside the image
    #[arg(value_name = "MAP")]
    pub map: PathBuf,

    /// The report: any text with places such as `func 3 + 0x2a`
    #[arg(value_name = "FILE", default_value = "-")]
    pub file: PathBuf,
}

/// A name that both Rust and C take.
fn identifier(text: &str) -> Result<String, String> {
    let start = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let rest = text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    if start && rest && text != "_" {
        Ok(text.to_owned())
    } else {
        Err("expected letters, digits and `_`, no digit first".to_owned())
    }
}
