//! What functions are called in a trace: by the name section, else by an export or import, else by their number.

use crate::names::{demangled, function_names};
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
    fn show(&self, func: u32) -> String {
        let Some(name) = self.names.get(&func) else { return format!("func[{func}]") };
        let name = demangled(name);
        let mut shown: String = name.chars().map(|c| if c.is_control() { '?' } else { c }).take(SHOWN).collect();
        if shown.len() < name.len() {
            shown.push('…');
        }
        shown
    }
}

/// The functions of all traced modules, counted through from one module to the next.
#[derive(Debug, Default)]
pub(crate) struct Functions {
    modules: Vec<TracedModule>,
    count: u32,
}

#[derive(Debug)]
struct TracedModule {
    /// The number of its first function.
    first: u32,
    /// What stands before the names of its functions.
    prefix: String,
    names: Names,
}

impl Functions {
    /// How many there are: the number that the next module's first one gets.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    /// Adds a module with `count` functions, imports included.
    pub(crate) fn add(&mut self, prefix: String, names: Names, count: u32) {
        self.modules.push(TracedModule { first: self.count, prefix, names });
        self.count = self.count.saturating_add(count);
    }

    /// What the function with this number is called, on one line.
    pub(crate) fn show(&self, number: u32) -> String {
        match self.modules.iter().rfind(|module| module.first <= number) {
            Some(module) => format!("{}{}", module.prefix, module.names.show(number - module.first)),
            None => format!("func[{number}]"),
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

    #[test]
    fn functions_are_counted_through_the_modules() {
        let mut functions = Functions::default();
        assert_eq!(functions.show(3), "func[3]");
        for prefix in ["", "lib."] {
            let mut names = Names::default();
            names.add(1, "f");
            functions.add(prefix.to_owned(), names, 2);
        }
        assert_eq!([0, 1, 2, 3].map(|number| functions.show(number)), ["func[0]", "f", "lib.func[0]", "lib.f"]);
        assert_eq!(functions.count(), 4);
    }
}
