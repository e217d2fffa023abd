//! The answer: a command line with the grants a program needs, and why each is there or not.

use crate::args::{Deny, RunArgs};
use crate::json::Json;
use crate::printable::printable;
use clap::ValueEnum as _;
use std::fmt;

/// What was found.
#[derive(Debug)]
pub(super) struct Answer {
    /// Whether the program was run, or only looked at.
    pub(super) ran: bool,
    /// The options of `ermine run`, in order; those in brackets are up to what the program is asked to do.
    pub(super) options: Vec<String>,
    /// Things that the program has by default, and can do without.
    pub(super) denied: Vec<Deny>,
    /// The program's file and arguments.
    pub(super) program: Vec<String>,
    /// The reasons.
    pub(super) findings: Vec<Finding>,
}

/// One reason.
#[derive(Debug)]
pub(super) struct Finding {
    /// What it is about.
    pub(super) subject: String,
    /// What is the case, such as `not used`.
    pub(super) verdict: String,
    /// The functions that make it so.
    pub(super) functions: Vec<&'static str>,
}

impl Finding {
    pub(super) fn new(
        subject: impl Into<String>,
        verdict: impl Into<String>,
        functions: impl IntoIterator<Item = &'static str>,
    ) -> Self {
        Self { subject: subject.into(), verdict: verdict.into(), functions: functions.into_iter().collect() }
    }
}

impl Answer {
    /// An answer for this program, to be filled.
    pub(super) fn new(args: &RunArgs, ran: bool) -> Self {
        let program = args.program.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        Self { ran, options: Vec::new(), denied: Vec::new(), program, findings: Vec::new() }
    }

    /// Adds an option with its value.
    pub(super) fn option(&mut self, name: &str, value: impl Into<String>) {
        self.options.extend([name.to_owned(), value.into()]);
    }

    /// The whole command line, word by word.
    fn command(&self) -> Vec<String> {
        let mut command = vec!["ermine".to_owned()];
        command.extend(self.options.iter().cloned());
        if !self.denied.is_empty() {
            let names = self.denied.iter().filter_map(|denied| denied.to_possible_value());
            let names: Vec<String> = names.map(|value| value.get_name().to_owned()).collect();
            command.extend(["--deny".to_owned(), names.join(",")]);
        }
        command.extend(self.program.iter().cloned());
        command
    }

    /// The answer for programs.
    pub(super) fn json(&self) -> Json {
        let findings = self.findings.iter().map(|finding| {
            Json::Object(vec![
                ("subject", finding.subject.as_str().into()),
                ("verdict", finding.verdict.as_str().into()),
                ("functions", Json::list(finding.functions.iter().copied())),
            ])
        });
        Json::Object(vec![
            ("ran", self.ran.into()),
            ("command", Json::list(self.command())),
            ("findings", Json::List(findings.collect())),
        ])
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<String> = self.command().iter().map(|word| quote(word)).collect();
        writeln!(f, "{}", words.join(" "))?;
        for Finding { subject, verdict, functions } in &self.findings {
            let by = if functions.is_empty() { String::new() } else { format!(" ({})", functions.join(", ")) };
            writeln!(f, "  {}: {verdict}{by}", printable(subject))?;
        }
        Ok(())
    }
}

/// A word as shells take it. Brackets of what is up to the user stay as they are.
fn quote(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:,=+@%[]".contains(&byte);
    if !word.is_empty() && word.bytes().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn words_are_quoted_for_the_shell_where_they_must_be() {
        assert_eq!(quote("data::/x:ro"), "data::/x:ro");
        assert_eq!(quote("it's here"), r"'it'\''s here'");
        assert_eq!(quote(""), "''");
    }
}
