//! Names that are more than names on Windows.

/// Names of devices, which Windows finds in every directory.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// Whether Windows takes a name for a device, a stream of another file, a path, or another name.
///
/// Names with `\`, `:`, wild cards and control characters; those with a space or dot at the end, which it leaves out;
/// devices, also with an ending (`nul.txt`) and with superscript digits (`COM¹`).
pub(super) fn is_special_on_windows(name: &str) -> bool {
    if matches!(name, "" | "." | "..") {
        return false;
    }
    let odd = |c: char| c < ' ' || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    if name.contains(odd) || name.ends_with([' ', '.']) {
        return true;
    }
    let stem = name.split('.').next().unwrap_or(name).trim_end_matches(' ').to_ascii_uppercase();
    let numbered = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")).is_some_and(|number| {
        let mut digits = number.chars();
        matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    });
    numbered || DEVICES.contains(&stem.as_str())
}

#[cfg(test)]
mod tests {
    use super::is_special_on_windows;

    #[test]
    fn devices_are_special_in_every_spelling() {
        for name in ["nul", "NUL.txt", "con", "aux.tar.gz", "COM1", "com¹", "LPT9.log", "nul ", "nul .txt", "conin$"] {
            assert!(is_special_on_windows(name), "{name}");
        }
        for name in ["a:b", "a\\b", "..\\x", "c:", "a.", "a ", "a*", "...", "a\u{1}"] {
            assert!(is_special_on_windows(name), "{name}");
        }
    }

    #[test]
    fn common_names_are_not() {
        for name in ["", ".", "..", "nulls", "COM", "COM10", "console.txt", "a.b.c", ".hidden", "é"] {
            assert!(!is_special_on_windows(name), "{name}");
        }
    }
}
