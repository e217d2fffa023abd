//! Reports as tables for people: rows of a name and a value, counts, and the sizes of memories and tables in words.

use crate::printable::printable;
use crate::size::show;
use std::collections::HashMap;
use std::fmt::{Display, Write as _};

/// Width of the column of names.
const LEFT: usize = 16;

/// Width of the names of imports and exports.
const NAME: usize = 23;

/// Bytes of a page of memory, unless the module says otherwise.
pub(crate) const PAGE_BYTES: u64 = 65536;

/// Adds a row.
pub(crate) fn row(text: &mut String, name: &str, value: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{name:LEFT$}{value}");
}

/// Adds a line for something that is imported or exported. The name may be anything.
pub(crate) fn item(text: &mut String, name: &str, ty: impl Display) {
    let _ = writeln!(text, "    {:NAME$} {ty}", printable(name));
}

/// Adds lines for imports (module, name, type), those of each module together below the module's name.
pub(crate) fn imports<'a, T: Display>(text: &mut String, imports: impl Iterator<Item = (&'a str, &'a str, T)>) {
    let mut modules: Vec<(&str, Vec<(&str, T)>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (module, name, ty) in imports {
        let place = *places.entry(module).or_insert(modules.len());
        if place == modules.len() {
            modules.push((module, Vec::new()));
        }
        modules[place].1.push((name, ty));
    }
    for (module, items) in modules {
        let _ = writeln!(text, "  {}", printable(module));
        items.into_iter().for_each(|(name, ty)| item(text, name, ty));
    }
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
    fn imports_stand_below_their_modules() {
        let mut text = String::new();
        imports(
            &mut text,
            [("a", "one", "x"), ("b", "a_name_that_is_far_too_long", "y"), ("a", "\n", "z")].into_iter(),
        );
        let expected = "  a\n    one                     x\n    \\n                      z\n  b\n    a_name_that_is_far_too_long y\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn things_are_counted() {
        assert_eq!(count(1_usize, "memory"), "1 memory");
        assert_eq!(count(2000_u32, "memory"), "2,000 memories");
    }
}
