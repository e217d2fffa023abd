//! Reads a program from a file or standard input: wasm, its text form or an image, told apart by content.

use crate::args::Cli;
use crate::exit::{Exit, Failure};
use crate::nearest::nearest;
use clap::CommandFactory as _;
use std::io::{self, Read as _};
use std::path::Path;

/// What a binary module begins with.
const WASM_MAGIC: &[u8] = b"\0asm";

/// What an image begins with.
const IMAGE_MAGIC: &[u8] = b"\0erm";

/// Files of a folder that are looked at for one that may have been meant.
const MOST_ENTRIES: usize = 10_000;

/// A program that can be run.
#[derive(Debug)]
pub(crate) enum Program {
    /// A binary module.
    Wasm(Vec<u8>),
    /// An image, which nothing has looked at yet.
    Image(Vec<u8>),
}

impl Program {
    /// Its bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Wasm(bytes) | Self::Image(bytes) => bytes,
        }
    }
}

/// Reads a program.
///
/// # Errors
///
/// [`Exit::NotFound`] if there is no such file, [`Exit::CannotLoad`] if it cannot be read or is neither wasm nor wat nor an image.
pub(crate) fn load(path: &Path) -> Result<Program, Failure> {
    let bytes = contents(path)?;
    if bytes.starts_with(IMAGE_MAGIC) {
        return Ok(Program::Image(bytes));
    }
    let wasm = if bytes.starts_with(WASM_MAGIC) { bytes } else { from_text(path, &bytes)? };
    match wasm.get(4..8) {
        // Other versions, and what is too short to have one, are the validator's.
        Some([.., 1, 0]) => {
            let name = name(path);
            let message = format!("{name} is a component, not a module: build it for wasm32-wasip1");
            Err(Failure::new(Exit::CannotLoad, message))
        }
        Some(_) | None => Ok(Program::Wasm(wasm)),
    }
}

/// Reads a file, or standard input.
///
/// # Errors
///
/// [`Exit::NotFound`] if there is no such file, [`Exit::CannotLoad`] if it cannot be read.
pub(crate) fn contents(path: &Path) -> Result<Vec<u8>, Failure> {
    read(path).map_err(|error| cannot_read(path, &error))
}

/// Whether a file is there, to be read later.
///
/// # Errors
///
/// As [`contents`].
pub(crate) fn find(path: &Path) -> Result<(), Failure> {
    let found = std::fs::metadata(path).and_then(|found| match found.is_dir() {
        true => Err(io::ErrorKind::IsADirectory.into()),
        false => Ok(()),
    });
    found.map_err(|error| cannot_read(path, &error))
}

/// The path as messages show it.
pub(crate) fn name(path: &Path) -> String {
    if is_stream(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// Whether the path means standard input, or standard output where something is written.
pub(crate) fn is_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if is_stream(path) {
        let mut bytes = Vec::new();
        io::stdin().lock().read_to_end(&mut bytes)?;
        Ok(bytes)
    } else {
        std::fs::read(path)
    }
}

/// Why a file cannot be read.
pub(crate) fn cannot_read(path: &Path, error: &io::Error) -> Failure {
    let name = name(path);
    match error.kind() {
        io::ErrorKind::NotFound => {
            let hint = similar(path).map(|other| format!(" (is `{other}` meant?)")).unwrap_or_default();
            Failure::new(Exit::NotFound, format!("{name}: no such file{hint}"))
        }
        io::ErrorKind::IsADirectory => {
            Failure::new(Exit::CannotLoad, format!("{name} is a directory: give a file in it"))
        }
        io::ErrorKind::PermissionDenied => {
            Failure::new(Exit::CannotLoad, format!("{name} cannot be read: permission denied"))
        }
        // The kinds are the standard library's, and open-ended.
        _ => Failure::new(Exit::CannotLoad, format!("{name} cannot be read: {error}")),
    }
}

/// A file with a similar name in the same folder; for a name alone, also a subcommand.
fn similar(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let folder = path.parent()?;
    let alone = folder.as_os_str().is_empty();
    let entries = std::fs::read_dir(if alone { Path::new(".") } else { folder }).into_iter().flatten();
    let files = entries.take(MOST_ENTRIES).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut known: Vec<String> = files.collect();
    if alone && !name.contains('.') {
        known.extend(Cli::command().get_subcommands().map(|command| command.get_name().to_owned()));
    }
    let found = nearest(name, known.iter().map(String::as_str))?;
    Some(folder.join(found).display().to_string())
}

fn from_text(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    let name = name(path);
    if bytes.is_empty() {
        return Err(Failure::new(Exit::CannotLoad, format!("{name} is empty")));
    }
    // Text modules begin with a parenthesis, after space and comments perhaps.
    let text = std::str::from_utf8(bytes).ok().filter(|text| {
        let start = text.trim_start();
        start.starts_with('(') || start.starts_with(";;")
    });
    let Some(text) = text else {
        return Err(Failure::new(
            Exit::CannotLoad,
            format!("{name} is neither a wasm module nor its text form nor an image"),
        ));
    };
    wat::parse_str(text).map_err(|mut error| {
        error.set_path(&name);
        let shown = error.to_string();
        let mut lines = shown.lines();
        let first = lines.next().unwrap_or("not a module");
        let message = format!("{name} is not a valid text module: {first}");
        Failure::new(Exit::CannotLoad, message).with_details(lines.map(str::to_owned))
    })
}
