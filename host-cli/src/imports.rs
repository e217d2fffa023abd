//! Tells which imports nobody provides: all of them at once, and what may have been meant.

use crate::exit::{Exit, Failure};
use ermine::MissingImport;
use ermine_wasi::{FUNCTIONS, MODULE};

/// The failure for imports that the linker does not know, one line each.
pub(crate) fn missing(name: &str, imports: &[MissingImport]) -> Failure {
    let count = match imports.len() {
        1 => "an import".to_owned(),
        many => format!("{many} imports"),
    };
    let message = format!("{name} needs {count} that nothing provides");
    Failure::new(Exit::CannotLoad, message).with_details(imports.iter().map(describe))
}

fn describe(import: &MissingImport) -> String {
    let MissingImport { module, name, ty } = import;
    let hint = match nearest(module, name) {
        Some(known) => format!(" (is `{known}` meant?)"),
        None => String::new(),
    };
    format!("{module}.{name}: {ty}{hint}")
}

/// The function of WASI with the most similar name, if it is similar enough to be meant.
fn nearest(module: &str, name: &str) -> Option<&'static str> {
    if module != MODULE {
        return None;
    }
    let scored = FUNCTIONS.iter().map(|function| (distance(function.name, name), function.name));
    scored.min().filter(|(distance, _)| *distance <= 3).map(|(_, known)| known)
}

/// Edits that turn one name into the other.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let substituted = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_names_are_found() {
        assert_eq!(nearest(MODULE, "fd_wrte"), Some("fd_write"));
        assert_eq!(nearest(MODULE, "completely_else"), None);
        assert_eq!(nearest("env", "fd_wrte"), None);
    }

    #[test]
    fn distances_count_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
