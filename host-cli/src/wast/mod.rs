//! Runs the specification's test scripts (`.wast`).
//!
//! A script goes through three rooms: [`parse`] turns its text into a list of owned
//! [`Directive`]s, `session` carries them out one after the other against an engine, and
//! `values` decides whether a result is the one asked for. The list is owned so that parsing,
//! which needs a deep native stack, and execution, which must not, happen on different threads:
//! [`Options::stack_bytes`] sets the size of the executing thread's stack.
//!
//! What a script may ask is carried out or counted as a failure; nothing is ever skipped. Error
//! texts are compared for traps only, the way the reference interpreter does (the expected text is
//! a prefix); of a module that must be refused or must not link, only the refusal is checked.

mod features;
mod parse;
pub mod script;
mod session;
mod spectest;
mod values;

use std::fmt;
use std::fs;
use std::path::Path;
use std::thread;

use ermine::Config;

pub use self::features::{Features, UnknownFeature};
pub use self::parse::{ParseError, parse};
pub use self::script::Directive;

/// Native stack of the thread that parses: scripts nest modules deeply.
const PARSER_STACK_BYTES: usize = 32 << 20;

/// How to run a script.
#[derive(Clone, Debug)]
pub struct Options {
    /// The engine's configuration, with the script's proposals switched on (see [`Features`]).
    pub config: Config,
    /// Fuel given before each instantiation and call. Needs [`Config::consume_fuel`].
    pub fuel: Option<u64>,
    /// Native stack of the executing thread, in bytes.
    pub stack_bytes: usize,
    /// Whether each module is compiled to an image, verified, and run from that.
    pub images: bool,
}

impl Options {
    /// Options with `config`, no fuel, no images, and a stack of 1 MiB.
    pub fn new(config: Config) -> Self {
        Self { config, fuel: None, stack_bytes: 1 << 20, images: false }
    }
}

/// One thing in a script that did not come out as the script says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The script's name, as given to [`run_script`].
    pub file: String,
    /// The line of the directive, counted from 1.
    pub line: u32,
    /// What was expected and what happened.
    pub message: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// The outcome of one or several scripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Assertions that held. Modules, registrations and bare calls are not counted here.
    pub passed: usize,
    /// Assertions that did not hold, and other directives that could not be carried out.
    pub failed: Vec<Failure>,
}

impl Report {
    /// Adds the outcome of another script to this one.
    pub fn merge(&mut self, other: Report) {
        self.passed += other.passed;
        self.failed.extend(other.failed);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed.len())
    }
}

/// Parses and runs one script; `name` appears in its failures.
pub fn run_script(name: &str, text: &str, options: &Options) -> Report {
    match on_stack(PARSER_STACK_BYTES, || parse(text)) {
        Ok(Ok(directives)) => run_directives(name, &directives, options),
        Ok(Err(error)) => failed_report(name, error.line, error.message),
        Err(panic) => failed_report(name, 0, panic),
    }
}

/// Carries out parsed directives, in order, on a thread of their own.
pub fn run_directives(name: &str, directives: &[Directive], options: &Options) -> Report {
    on_stack(options.stack_bytes, || session::run(name, directives, options))
        .unwrap_or_else(|panic| failed_report(name, 0, panic))
}

/// Runs the script at `path`, with the proposals `extra` adds to those its folder is named
/// after. `options.config` is the configuration without any proposal beyond WebAssembly 2.0.
pub fn run_file(path: &Path, extra: Features, options: &Options) -> Report {
    let name = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => {
            let mut options = options.clone();
            Features::of_path(path).with(extra).apply(&mut options.config);
            run_script(&name, &text, &options)
        }
        Err(error) => failed_report(&name, 0, format!("cannot read: {error}")),
    }
}

fn failed_report(file: &str, line: u32, message: String) -> Report {
    Report { passed: 0, failed: vec![Failure { file: file.to_owned(), line, message }] }
}

/// Runs `work` on a thread with a native stack of `bytes`; a panic becomes its message.
fn on_stack<R: Send>(bytes: usize, work: impl FnOnce() -> R + Send) -> Result<R, String> {
    thread::scope(|scope| {
        let handle = thread::Builder::new()
            .stack_size(bytes)
            .spawn_scoped(scope, work)
            .map_err(|error| format!("cannot start a thread: {error}"))?;
        handle.join().map_err(|payload| {
            let text = payload
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| payload.downcast_ref::<&str>().map(|text| text.to_string()));
            format!("panicked: {}", text.unwrap_or_default())
        })
    })
}

#[cfg(test)]
mod tests;
