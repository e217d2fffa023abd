//! Colour, for people who look at a terminal.
//!
//! `NO_COLOR` switches it off and `CLICOLOR_FORCE` on; else standard error has to be a terminal that can do it.

use std::ffi::OsString;
use std::io::IsTerminal as _;
use std::sync::OnceLock;

/// What a word means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Error,
    Note,
}

/// The word, in the kind's colour if standard error has any.
pub(crate) fn paint(kind: Kind, word: &str) -> String {
    let colour = match kind {
        Kind::Error => "31",
        Kind::Note => "36",
    };
    if stderr_has_colour() { format!("\u{1b}[1;{colour}m{word}\u{1b}[0m") } else { word.to_owned() }
}

/// Whether what goes to standard error may have colour.
pub(crate) fn stderr_has_colour() -> bool {
    static COLOUR: OnceLock<bool> = OnceLock::new();
    *COLOUR.get_or_init(|| wanted(|name| std::env::var_os(name), || std::io::stderr().is_terminal()))
}

fn wanted(variable: impl Fn(&str) -> Option<OsString>, is_terminal: impl FnOnce() -> bool) -> bool {
    let set = |name| variable(name).is_some_and(|value| !value.is_empty() && value != "0");
    if variable("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return false;
    }
    set("CLICOLOR_FORCE") || (is_terminal() && variable("TERM").is_none_or(|term| term != "dumb"))
}

#[cfg(test)]
mod tests {
    use super::wanted;

    fn with(variables: &'static [(&str, &str)], is_terminal: bool) -> bool {
        let find = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into());
        wanted(find, || is_terminal)
    }

    #[test]
    fn colour_is_for_terminals() {
        assert!(with(&[], true));
        assert!(!with(&[], false));
        assert!(!with(&[("TERM", "dumb")], true));
    }

    #[test]
    fn variables_have_the_last_word() {
        assert!(!with(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true));
        assert!(with(&[("NO_COLOR", ""), ("CLICOLOR_FORCE", "1")], false));
        assert!(!with(&[("CLICOLOR_FORCE", "0")], false));
    }
}
