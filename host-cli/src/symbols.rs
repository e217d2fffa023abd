//! Names for places in images: the symbol map that lies beside an image.

use crate::exit::{Exit, Failure};
use crate::{load, report};
use ermine::image::{Symbol, SymbolMap};
use rustc_demangle::demangle;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Where the map of an image is: `FILE.map`.
pub(crate) fn path_beside(image: &Path) -> PathBuf {
    let mut path: OsString = image.as_os_str().to_owned();
    path.push(".map");
    path.into()
}

/// The map beside an image with this checksum. If there is one that is of no use, a note says why.
pub(crate) fn beside(image: &Path, checksum: u32) -> Option<SymbolMap> {
    if load::is_stdin(image) {
        return None;
    }
    let path = path_beside(image);
    let useless = |reason: String| report::note(format_args!("{} is not used: {reason}", path.display()));
    let text = std::fs::read_to_string(&path).inspect_err(|error| {
        if error.kind() != ErrorKind::NotFound {
            useless(error.to_string());
        }
    });
    match text.ok()?.parse::<SymbolMap>() {
        Ok(map) if map.checksum() == checksum => Some(map),
        Ok(_) => {
            useless("it belongs to another image".to_owned());
            None
        }
        Err(error) => {
            useless(error.to_string());
            None
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
    let name = name.map_or_else(String::new, |name| format!(" {:#}", demangle(name)));
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
