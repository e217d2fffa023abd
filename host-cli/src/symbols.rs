//! Names for places in images: the symbol map that lies beside an image.

use crate::exit::{Exit, Failure};
use crate::names::demangled;
use crate::printable::printable;
use crate::{load, report};
use ermine::image::{Symbol, SymbolMap};
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

/// Where the map of an image is: `FILE.map`.
pub(crate) fn path_beside(image: &Path) -> PathBuf {
    let mut path: OsString = image.as_os_str().to_owned();
    path.push(".map");
    path.into()
}

/// The map beside an image: opened when the image is loaded, since later there may be no way to it, and read when it is needed.
#[derive(Debug)]
pub(crate) struct MapFile {
    path: PathBuf,
    file: Option<io::Result<File>>,
    /// The image's.
    checksum: u32,
}

impl MapFile {
    /// Opens the map beside an image with this checksum, if there is one.
    pub(crate) fn beside(image: &Path, checksum: u32) -> Self {
        let path = path_beside(image);
        let file = (!load::is_stream(image)).then(|| File::open(&path));
        let is_there = |file: &io::Result<File>| !file.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound);
        Self { path, file: file.filter(is_there), checksum }
    }

    /// The map. If there is one that is of no use, a note says why.
    pub(crate) fn read(&self) -> Option<SymbolMap> {
        let useless = |reason: String| report::note(format_args!("{} is not used: {reason}", self.path.display()));
        let mut text = String::new();
        let read = match self.file.as_ref()? {
            // A shared file can be read as well.
            Ok(file) => { file }.read_to_string(&mut text).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        match read.and_then(|_| text.parse::<SymbolMap>().map_err(|error| error.to_string())) {
            Ok(map) if map.checksum() == self.checksum => Some(map),
            Ok(_) => {
                useless("it belongs to another image".to_owned());
                None
            }
            Err(error) => {
                useless(error);
                None
            }
        }
    }
}

/// Reads a map.
///
/// # Errors
///
/// If there is no such file, or it is no map.
pub(crate) fn read(path: &Path) -> Result<SymbolMap, Failure> {
    let bytes = load::contents(path)?;
    let cannot_load =
        |error: String| Failure::new(Exit::CannotLoad, format!("{} cannot be used: {error}", load::name(path)));
    let text = str::from_utf8(&bytes).map_err(|_| cannot_load("not a symbol map".to_owned()))?;
    text.parse().map_err(|error: ermine::image::MapError| cannot_load(error.to_string()))
}

/// A place as reports show it: ` name at 0x…`, with a space before each part, or nothing.
pub(crate) fn show(name: Option<&str>, offset: Option<usize>) -> String {
    let name = name.map_or_else(String::new, |name| format!(" {}", printable(&demangled(name))));
    let offset = offset.map_or_else(String::new, |offset| format!(" at {offset:#x}"));
    format!("{name}{offset}")
}

/// What a map knows of a place, as [`show`] shows it.
pub(crate) fn describe(map: &SymbolMap, func: u32, offset: u32) -> Option<String> {
    let Symbol { name, module_offset } = map.look_up(func, offset)?;
    Some(show(name, module_offset.and_then(|offset| usize::try_from(offset).ok())))
}

#[cfg(test)]
mod tests {
    use super::show;

    #[test]
    fn names_are_demangled() {
        let mangled = Some("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE");
        assert_eq!(show(mangled, Some(0x2f)), " core::fmt::Write::write_fmt at 0x2f");
        assert_eq!(show(None, None), "");
    }
}
