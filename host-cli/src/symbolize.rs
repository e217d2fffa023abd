//! `ermine symbolize`: puts names and module offsets into a trap report of an image.
//!
//! The report may be any text, a board's serial output for one. Wherever it says `func 3 + 0x2a`, what the map knows of the place is put behind it.
//! Lines come out as they come in, so that it can sit in a pipe.

use crate::args::SymbolizeArgs;
use crate::exit::{Exit, Failure};
use crate::{load, report, symbols};
use ermine::image::SymbolMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// Copies the report to standard output, with names.
///
/// # Errors
///
/// If map or report cannot be read, the map is none, or nothing can be written.
pub fn symbolize(args: &SymbolizeArgs) -> Result<Exit, Failure> {
    let map = symbols::read(&args.map)?;
    if load::is_stream(&args.file) {
        return report::answer_in_parts(lines(&map, &args.file, io::stdin().lock()));
    }
    let file = File::open(&args.file).map_err(|error| load::cannot_read(&args.file, &error))?;
    report::answer_in_parts(lines(&map, &args.file, BufReader::new(file)))
}

/// The report's lines with names. After one that cannot be read nothing more should be asked for.
fn lines(map: &SymbolMap, path: &Path, mut report: impl BufRead) -> impl Iterator<Item = Result<String, Failure>> {
    std::iter::from_fn(move || {
        let mut line = Vec::new();
        match report.read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => Some(Ok(annotate(map, &String::from_utf8_lossy(&line)))),
            Err(error) => Some(Err(load::cannot_read(path, &error))),
        }
    })
}

/// The text with what the map knows of each place behind it.
pub(crate) fn annotate(map: &SymbolMap, text: &str) -> String {
    let (mut done, mut rest) = (String::new(), text);
    while let Some(start) = rest.find(FUNC) {
        let (before, from) = rest.split_at(start + FUNC.len());
        done.push_str(before);
        rest = from;
        // `myfunc 3` is something else.
        if before.strip_suffix(FUNC).is_some_and(|before| before.ends_with(|last: char| last.is_alphanumeric())) {
            continue;
        }
        if let Some((func, offset, after)) = place(from) {
            let (place, behind) = from.split_at(from.len() - after.len());
            done.push_str(place);
            rest = behind;
            // What has names already keeps them.
            if let Some(known) =
                symbols::describe(map, func, offset).filter(|known| !behind.starts_with(known.as_str()))
            {
                done.push_str(&known);
            }
        }
    }
    done + rest
}

const FUNC: &str = "func ";

/// A function and an offset at the start of a text, `3 + 0x2a`, and what is behind them.
fn place(text: &str) -> Option<(u32, u32, &str)> {
    let (func, rest) = digits(text, 10)?;
    let (offset, rest) = digits(rest.strip_prefix(" + 0x")?, 16)?;
    Some((func, offset, rest))
}

/// The number at the start of a text.
fn digits(text: &str, radix: u32) -> Option<(u32, &str)> {
    let end = text.find(|character: char| !character.is_digit(radix)).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    Some((u32::from_str_radix(digits, radix).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotated(text: &str) -> String {
        let map = "ermine map 1\nimage 00000000\nfunc 3 0x40 _ZN3foo3barE\n 4+2 4+6\nfunc 12 0x80\n 4+2\n";
        annotate(&map.parse().expect("a map"), text)
    }

    #[test]
    fn places_get_names_and_offsets() {
        assert_eq!(annotated("  0: func 3 + 0x9\r\n"), "  0: func 3 + 0x9 foo::bar at 0x48\r\n");
        assert_eq!(annotated("func 12 + 0x5, func 3 + 0x4."), "func 12 + 0x5 at 0x82, func 3 + 0x4 foo::bar at 0x42.");
    }

    #[test]
    fn everything_else_stays() {
        for text in [
            "",
            "func",
            "func ",
            "func 3",
            "func 3 + ",
            "func 3 + 0x",
            "func 4 + 0x1",
            "func x + 0x1",
            "myfunc 3 + 0x4",
        ] {
            assert_eq!(annotated(text), text);
        }
        assert_eq!(
            annotated("func 99999999999 + 0x1 ü func 3 + 0xfffffffff"),
            "func 99999999999 + 0x1 ü func 3 + 0xfffffffff"
        );
    }

    #[test]
    fn names_are_put_in_once() {
        let once = annotated("func 3 + 0x9");
        assert_eq!(annotated(&once), once);
    }
}
