//! `--trace`: what a guest does, line by line on standard error.
//!
//! `wasi` makes text of WASI calls, `calls` lets guest functions report theirs; this file writes both. A WASI call's line is
//! written when it is done, so that what the guest itself writes to standard error comes between two lines and not into
//! one. Calls that may wait for someone else are written up to their closing parenthesis before they do: whoever wonders
//! where a guest hangs finds the answer there.
//!
//! A guest function is written when it is entered, and what it calls below it, indented. Its results follow on the same line,
//! or on one of their own that begins with `<-` if there was something in between.

pub(crate) mod calls;
mod wasi;

use crate::{report, values};
use calls::{Functions, Names};
use ermine::Val;
use ermine_wasi::{Call, Errno};
use std::io::Write;

/// Calls deeper than this are not indented further.
const DEEPEST: usize = 60;

/// Parameters or results that are shown.
const MOST_VALUES: usize = 32;

/// Writes the trace of one guest.
pub(crate) struct Tracer {
    decoder: wasi::Decoder,
    functions: Functions,
    out: Box<dyn Write + Send>,
    /// What of the line is not written yet.
    line: String,
    /// Whose line is written up to its end, which is not.
    open: Option<Open>,
    /// How many guest functions are active.
    depth: usize,
    /// Parameters or results that were reported, and whose they are comes next.
    values: Vec<String>,
}

/// A line whose end is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A WASI call.
    Wasi,
    /// A guest function that has done nothing worth a line so far.
    Guest,
}

impl Tracer {
    /// A tracer for a guest that starts with these directories and sockets open.
    pub(crate) fn new(out: impl Write + Send + 'static, preopened: impl IntoIterator<Item = String>) -> Self {
        Self {
            decoder: wasi::Decoder::new(preopened),
            functions: Functions::default(),
            out: Box::new(out),
            line: String::new(),
            open: None,
            depth: 0,
            values: Vec::new(),
        }
    }

    /// The number that the next module's first function gets.
    pub(crate) fn next_function(&self) -> u32 {
        self.functions.count()
    }

    /// Tells what a module's functions are called, of which there are `count`. A library's names have the library's in front.
    pub(crate) fn name(&mut self, library: Option<&str>, names: Names, count: u32) {
        let prefix = library.map_or_else(String::new, |library| format!("{library}."));
        self.functions.add(prefix, names, count);
    }

    /// A WASI call begins.
    pub(crate) fn before(&mut self, memory: &[u8], call: Call<'_>) {
        self.begin();
        let shown = self.decoder.call(memory, call);
        self.line.push_str(&shown);
        if call.function.result.is_none() {
            self.end("");
        } else if wasi::may_wait(call.function.name) {
            self.leave_open(Open::Wasi);
        }
    }

    /// It is done.
    pub(crate) fn after(&mut self, memory: &[u8], call: Call<'_>, result: Result<(), Errno>) {
        let shown = self.decoder.result(memory, call, result);
        self.end(&shown);
    }

    /// A parameter of the function that is entered next, or a result of the one that returns next.
    pub(crate) fn value(&mut self, value: &Val) {
        if self.values.len() < MOST_VALUES {
            self.values.push(values::show(value));
        } else if self.values.len() == MOST_VALUES {
            self.values.push("…".to_owned());
        }
    }

    /// A guest function is entered.
    pub(crate) fn enter(&mut self, func: u32) {
        self.begin();
        let values = std::mem::take(&mut self.values).join(", ");
        self.line.push_str(&format!("{}({values})", self.functions.show(func)));
        self.leave_open(Open::Guest);
        self.depth += 1;
    }

    /// A guest function returns.
    pub(crate) fn leave(&mut self, func: u32) {
        let values = std::mem::take(&mut self.values).join(", ");
        self.left(func, &if values.is_empty() { String::new() } else { format!(" = {values}") });
    }

    /// A guest function makes a tail call: what is entered next takes its place.
    pub(crate) fn tail(&mut self, func: u32) {
        self.left(func, ", tail call");
    }

    fn left(&mut self, func: u32, end: &str) {
        self.depth = self.depth.saturating_sub(1);
        if self.open.is_none() {
            self.begin();
            self.line.push_str(&format!("<- {}", self.functions.show(func)));
        }
        self.end(end);
    }

    /// Ends a line whose call will not come back, before something else is written.
    pub(crate) fn finish(&mut self) {
        match self.open {
            Some(Open::Wasi) => self.end(" <unfinished>"),
            Some(Open::Guest) => self.end(""),
            None => {}
        }
    }

    /// Begins a line.
    fn begin(&mut self) {
        self.finish();
        self.line.push_str(&"  ".repeat(self.depth.min(DEEPEST)));
    }

    /// Writes the line as far as it is known.
    fn leave_open(&mut self, open: Open) {
        self.write();
        self.open = Some(open);
        report::unfinished(true);
    }

    /// Ends the line.
    fn end(&mut self, end: &str) {
        self.line.push_str(end);
        self.line.push('\n');
        self.write();
        self.open = None;
        report::unfinished(false);
    }

    /// Writes what there is of the line. If nobody listens there is nobody to tell.
    fn write(&mut self) {
        let _ = self.out.write_all(self.line.as_bytes());
        self.line.clear();
    }
}
