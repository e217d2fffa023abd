//! What functions are called in a trace: by the name section, else by an export or import, else by their number.

use crate::names::function_names;
use rustc_demangle::demangle;
use std::collections::BTreeMap;
use wasmparser::CustomSectionReader;

/// Characters of a name that are shown.
const SHOWN: usize = 200;

/// The names of a module's functions.
#[derive(Debug, Default)]
pub(crate) struct Names {
    names: BTreeMap<u32, String>,
}

impl Names {
    /// Names a function, unless it has a name.
    pub(super) fn add(&mut self, func: u32, name: &str) {
        self.names.entry(func).or_insert_with(|| name.to_owned());
    }

    /// Names functions by what the name section says, if this is it. That comes before all other names.
    pub(super) fn read(&mut self, section: &CustomSectionReader<'_>) {
        self.names.extend(function_names(section).map(|(func, name)| (func, name.to_owned())));
    }

    /// The function's name as it is shown, on one line whatever is in it.
    pub(crate) fn show(&self, func: u32) -> String {
        match self.names.get(&func) {
            Some(name) => {
                let name = format!("{:#}", demangle(name));
                let mut shown: String =
                    name.chars().map(|c| if c.is_control() { '?' } else { c }).take(SHOWN).collect();
                if shown.len() < name.len() {
                    shown.push('…');
                }
                shown
            }
            None => format!("func[{func}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_on_one_line_and_end() {
        let mut names = Names::default();
        names.add(0, "a\nb");
        names.add(0, "other");
        names.add(1, &"x".repeat(5000));
        assert_eq!((names.show(0), names.show(7)), ("a?b".to_owned(), "func[7]".to_owned()));
        assert_eq!(names.show(1).chars().count(), SHOWN + 1);
    }
}
