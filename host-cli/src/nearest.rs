//! What may have been meant by a name that nobody knows.

/// The known name that is most similar, if it is similar enough to be meant.
pub(crate) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = allowed(name);
    // Each character too many is an edit, so that nothing long is compared with something short.
    let comparable = known.into_iter().filter(|known| known.len().abs_diff(name.len()) <= allowed);
    let scored = comparable.map(|known| (distance(known, name), known));
    scored.min().filter(|(distance, _)| *distance <= allowed).map(|(_, known)| known)
}

/// Edits that are taken for a slip: fewer in short names, where everything is similar.
fn allowed(name: &str) -> usize {
    ((name.len() + 1) / 3).clamp(1, 3)
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
        let known = ["fd_read", "fd_write", "proc_exit"];
        assert_eq!(nearest("fd_wrte", known), Some("fd_write"));
        assert_eq!(nearest("completely_else", known), None);
        assert_eq!(nearest("a", ["b"]), Some("b"));
        assert_eq!(nearest("ab", ["cd"]), None);
        assert_eq!(nearest(&"x".repeat(1 << 20), known), None);
    }

    #[test]
    fn distances_count_edits() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("same", "same"), 0);
    }
}
