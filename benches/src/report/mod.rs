//! What becomes of results: tables for the terminal, a document with charts.

mod charts;
mod document;
mod goldens;
mod svg;
mod targets;
mod text;

use std::path::Path;
use std::{fs, io};

use crate::results::Results;

pub use text::text;

/// Ratios one wants to know: a title, whose time, divided by whose.
const RATIOS: [(&str, &str, &str); 7] = [
    ("tail/wasmi", "tail", "wasmi"),
    ("loop/tail", "loop", "tail"),
    ("fuel/tail", "tail+fuel", "tail"),
    ("image/tail", "image", "tail"),
    ("wasmi/wasm3", "wasmi", "wasm3"),
    ("tail/wasm3", "tail", "wasm3"),
    ("tail/native", "tail", "native"),
];

/// Writes the document to `file`, and its charts to the folder of the same name without the extension.
///
/// # Errors
///
/// Files that cannot be written.
pub fn write(results: &Results, file: &Path) -> io::Result<()> {
    let folder = file.with_extension("");
    fs::create_dir_all(&folder)?;
    let charts = charts::charts(results);
    for (name, svg) in &charts {
        fs::write(folder.join(format!("{name}.svg")), svg)?;
    }
    let names: Vec<&str> = charts.iter().map(|(name, _)| name.as_str()).collect();
    let folder = folder.file_name().unwrap_or_default().to_string_lossy();
    fs::write(file, document::document(results, &folder, &names))
}
