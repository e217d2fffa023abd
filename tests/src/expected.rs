//! The list of spec assertions that are known to fail, and why.
//!
//! A line is `set/file:line reason`; `#` begins a comment. The list cuts both ways: a failure that
//! is not on it fails the suite, and so does an entry that passes.

use std::collections::BTreeSet;

use ermine_cli::wast::Report;

/// Where failures are expected, as `set/file:line`.
pub struct ExpectedFailures {
    places: BTreeSet<String>,
}

impl ExpectedFailures {
    /// Parses the list.
    ///
    /// # Panics
    ///
    /// When a line has no reason, or appears twice.
    pub fn parse(text: &str) -> Self {
        let mut places = BTreeSet::new();
        for line in text.lines().map(str::trim) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (place, reason) = line.split_once(' ').unwrap_or((line, ""));
            assert!(!reason.trim().is_empty(), "no reason given: {line}");
            assert!(places.insert(place.to_owned()), "listed twice: {line}");
        }
        Self { places }
    }

    /// What is wrong with `report`: unexpected failures, and expected ones that did not occur.
    pub fn complaints(&self, report: &Report) -> Vec<String> {
        let place = |file: &str, line: u32| format!("{file}:{line}");
        let failed = report.failed.iter();
        let occurred: BTreeSet<String> = failed.clone().map(|failure| place(&failure.file, failure.line)).collect();
        let unexpected = failed
            .filter(|failure| !self.places.contains(&place(&failure.file, failure.line)))
            .map(|failure| failure.to_string());
        let passing = self.places.difference(&occurred);
        let passing = passing.map(|place| format!("{place}: on the list, but it passes"));
        unexpected.chain(passing).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ermine_cli::wast::Failure;

    #[test]
    fn the_list_cuts_both_ways() {
        let list = ExpectedFailures::parse("# comment\n\nset/a.wast:3 a reason\n");
        let failing = |line| Report {
            passed: 0,
            failed: vec![Failure { file: "set/a.wast".to_owned(), line, message: "oh".to_owned() }],
        };
        assert!(list.complaints(&failing(3)).is_empty());
        assert_eq!(list.complaints(&failing(4)).len(), 2);
        assert_eq!(list.complaints(&Report::default()).len(), 1);
    }
}
