//! Reports as tables for people: rows of a name and a value, counts, and the sizes of memories and tables in words.

use crate::size::show;
use std::fmt::Write as _;

/// Width of the column of names.
const LEFT: usize = 16;

/// Bytes of a page of memory, unless the module says otherwise.
pub(crate) const PAGE_BYTES: u64 = 65536;

/// Adds a row.
pub(crate) fn row(text: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{name:LEFT$}{value}");
}

/// A number of things.
pub(crate) fn count(number: impl TryInto<u64>, thing: &str) -> String {
    // Nothing that is counted has more than 64 bits.
    let number = number.try_into().unwrap_or(u64::MAX);
    let plural = match (number, thing.strip_suffix('y')) {
        (1, _) => thing.to_owned(),
        (_, Some(stem)) => format!("{stem}ies"),
        (_, None) => format!("{thing}s"),
    };
    format!("{} {plural}", show(number))
}

/// How large something is that may grow, in its own unit. `size` puts a number of units into words.
fn growing(minimum: u64, maximum: Option<u64>, size: impl Fn(u64) -> String, unit: &str) -> String {
    let most = match maximum {
        None => "no maximum".to_owned(),
        Some(most) if most == minimum => "does not grow".to_owned(),
        Some(most) => format!("at most {}", size(most)),
    };
    format!("{}{unit}; {most}", size(minimum))
}

/// The size of a memory from its pages.
pub(crate) fn memory(minimum: u64, maximum: Option<u64>, page_bytes: u64) -> String {
    let bytes = |pages: u64| show(u128::from(pages) * u128::from(page_bytes));
    let size = |pages: u64| match page_bytes {
        1 => format!("{} bytes", bytes(pages)),
        _ => format!("{} bytes, {}", bytes(pages), count(pages, "page")),
    };
    growing(minimum, maximum, size, "")
}

/// The size of a table of this type of elements.
pub(crate) fn elements(minimum: u64, maximum: Option<u64>, of: impl ToString) -> String {
    growing(minimum, maximum, show, &format!(" of {}", of.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_told_in_bytes_and_pages() {
        assert_eq!(memory(1, None, PAGE_BYTES), "65,536 bytes, 1 page; no maximum");
        assert_eq!(memory(2, Some(4), PAGE_BYTES), "131,072 bytes, 2 pages; at most 262,144 bytes, 4 pages");
        assert_eq!(memory(300, Some(300), 1), "300 bytes; does not grow");
    }

    #[test]
    fn things_are_counted() {
        assert_eq!(count(1_usize, "memory"), "1 memory");
        assert_eq!(count(2000_u32, "memory"), "2,000 memories");
    }
}
