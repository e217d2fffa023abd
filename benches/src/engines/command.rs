//! Any engine that has a command line: started anew for every call, its start-up included.

use std::io::Write as _;
use std::process;

use tempfile::NamedTempFile;

use crate::contender::{Compiled, Contender, Engine, Failure, Instance};

/// A command that calls `run` and prints the result as its last word.
#[derive(Clone)]
pub struct Command {
    name: String,
    words: Vec<String>,
}

impl Command {
    /// Reads `NAME=COMMAND`, in which `{wasm}` stands for the module's path and `{n}` for the argument. Words are parted by spaces.
    ///
    /// # Errors
    ///
    /// One line that says what is missing.
    pub fn parse(template: &str) -> Result<Self, String> {
        let (name, command) = template.split_once('=').ok_or(format!("{template}: not NAME=COMMAND"))?;
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        for wanted in ["{wasm}", "{n}"] {
            if !command.contains(wanted) {
                return Err(format!("{template}: the command has no {wanted}"));
            }
        }
        Ok(Self { name: name.to_owned(), words })
    }
}

impl Contender for Command {
    fn name(&self) -> &str {
        &self.name
    }

    fn what(&self) -> String {
        format!("`{}`, a process for every call", self.words.join(" "))
    }

    fn engine(&self) -> Result<Box<dyn Engine>, Failure> {
        Ok(Box::new(self.clone()))
    }
}

impl Engine for Command {
    fn compile(&self, input: &[u8]) -> Result<Box<dyn Compiled>, Failure> {
        Ok(Box::new(File { words: self.words.clone(), wasm: input.into() }))
    }
}

struct File {
    words: Vec<String>,
    wasm: Box<[u8]>,
}

impl Compiled for File {
    fn instantiate(&self) -> Result<Box<dyn Instance>, Failure> {
        let mut file = tempfile::Builder::new().suffix(".wasm").tempfile()?;
        file.write_all(&self.wasm)?;
        Ok(Box::new(Started { words: self.words.clone(), file }))
    }
}

struct Started {
    words: Vec<String>,
    file: NamedTempFile,
}

impl Instance for Started {
    fn run(&mut self, n: i32) -> Result<i64, Failure> {
        let path = self.file.path().to_string_lossy();
        let mut words = self.words.iter().map(|word| word.replace("{wasm}", &path).replace("{n}", &n.to_string()));
        let program = words.next().ok_or("the command is empty")?;
        let output =
            process::Command::new(&program).args(words).output().map_err(|error| format!("{program}: {error}"))?;
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        if !output.status.success() {
            return Err(format!("{program}: {}: {}", output.status, text.lines().last().unwrap_or_default()).into());
        }
        text.split_whitespace()
            .rev()
            .find_map(number)
            .ok_or_else(|| format!("{program}: prints no number: {text}").into())
    }
}

/// An i64 as engines print it: signed, unsigned, or hexadecimal, perhaps with its type behind a colon.
fn number(word: &str) -> Option<i64> {
    let word = word.trim_end_matches(":i64").trim_matches(['(', ')', ',', '"', '`']);
    if let Some(digits) = word.strip_prefix("0x") {
        return u64::from_str_radix(digits, 16).ok().map(u64::cast_signed);
    }
    word.parse::<i64>().ok().or_else(|| word.parse::<u64>().ok().map(u64::cast_signed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_read_as_engines_print_them() {
        for text in ["-2", "18446744073709551614", "0xfffffffffffffffe:i64", "(-2)", "-2:i64"] {
            assert_eq!(number(text), Some(-2), "{text}");
        }
        assert_eq!(number("Result:"), None);
    }

    #[test]
    fn a_command_without_places_for_module_and_argument_is_refused() {
        assert!(Command::parse("wasm3=wasm3 --func run {wasm} {n}").is_ok());
        assert!(Command::parse("wasm3=wasm3 {wasm}").is_err());
        assert!(Command::parse("wasm3").is_err());
    }
}
