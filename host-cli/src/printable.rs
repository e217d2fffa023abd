//! Names and texts of modules and guests, made fit for one line of a terminal.
//!
//! Whoever looks at a module does not trust it yet: a name must neither rule the terminal nor look like lines of this command.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with control characters, line feeds among them, and characters that turn the direction of writing as escapes such as `\u{1b}`.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_escaped) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if is_escaped(character) {
            // Writing to a string cannot fail.
            let _ = write!(shown, "{}", character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

fn is_escaped(character: char) -> bool {
    let turns =
        matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_rules_a_terminal_is_escaped() {
        assert_eq!(printable("a\u{1b}[31m\nb\u{9b}\u{7f}"), r"a\u{1b}[31m\nb\u{9b}\u{7f}");
        assert_eq!(printable("x\u{202e}y"), r"x\u{202e}y");
    }

    #[test]
    fn all_else_stays() {
        for text in ["", r#"it's "x" \n"#, "e\u{301}ä 漢 🦦"] {
            assert_eq!(printable(text), text);
        }
    }
}
