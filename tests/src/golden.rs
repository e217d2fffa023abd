//! Golden files: what a test compares with, and what `ERMINE_BLESS=1` rewrites.

use std::fs;
use std::path::{Path, PathBuf};

/// Whether golden files are to be rewritten instead of compared with.
#[must_use]
pub fn blessing() -> bool {
    std::env::var_os("ERMINE_BLESS").is_some_and(|value| value != "0")
}

/// A file of this crate.
#[must_use]
pub fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Compares a golden file with what it should be, or makes it that.
///
/// # Errors
///
/// The first line that differs, and how to accept it.
pub fn check(path: &Path, actual: &str) -> Result<(), String> {
    let expected = fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return Ok(());
    }
    let name = path.display();
    if blessing() {
        return fs::write(path, actual).map_err(|error| format!("{name}: {error}"));
    }
    let (line, expected, actual) = first_difference(&expected, actual);
    Err(format!(
        "{name}:{line}:\n  expected  {expected}\n  actual    {actual}\n  (ERMINE_BLESS=1 accepts what is actual; look at the diff before you commit it)"
    ))
}

/// The same for a file that is no text.
///
/// # Errors
///
/// How to accept it, if it differs.
pub fn check_bytes(path: &Path, actual: &[u8]) -> Result<(), String> {
    if fs::read(path).is_ok_and(|expected| expected == actual) {
        return Ok(());
    }
    let name = path.display();
    if blessing() {
        return fs::write(path, actual).map_err(|error| format!("{name}: {error}"));
    }
    Err(format!("{name} differs from what is made today (ERMINE_BLESS=1 accepts that)"))
}

/// Number and content of the first lines that differ.
fn first_difference<'a>(expected: &'a str, actual: &'a str) -> (usize, &'a str, &'a str) {
    let (mut old, mut new) = (expected.lines(), actual.lines());
    let mut number = 1;
    loop {
        match (old.next(), new.next()) {
            (Some(old), Some(new)) if old == new => number += 1,
            (old, new) => return (number, old.unwrap_or("(nothing)"), new.unwrap_or("(nothing)")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_has_its_line() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), (2, "b", "c"));
        assert_eq!(first_difference("a\n", "a\nb\n"), (2, "(nothing)", "b"));
    }
}
