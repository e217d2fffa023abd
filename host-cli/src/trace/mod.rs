//! `--trace`: what a guest does, line by line on standard error.
//!
//! [`wasi`] makes text of WASI calls; this file writes it. A line is written when its call is done, so that what the guest
//! itself writes to standard error comes between two lines and not into one. Calls that may wait for someone else are
//! written up to their closing parenthesis before they do: whoever wonders where a guest hangs finds the answer there.

mod wasi;

use ermine_wasi::{Call, Errno};
use std::io::Write;

/// Writes the trace of one guest.
pub(crate) struct Tracer {
    decoder: wasi::Decoder,
    out: Box<dyn Write + Send>,
    /// The beginning of a line that is not written yet.
    line: String,
    /// Whether the beginning of a line is written, and its end is not.
    open: bool,
}

impl Tracer {
    /// A tracer for a guest that starts with these directories and sockets open.
    pub(crate) fn new(out: impl Write + Send + 'static, preopened: impl IntoIterator<Item = String>) -> Self {
        Self { decoder: wasi::Decoder::new(preopened), out: Box::new(out), line: String::new(), open: false }
    }

    /// A WASI call begins.
    pub(crate) fn before(&mut self, memory: &[u8], call: Call<'_>) {
        self.line = self.decoder.call(memory, call);
        if wasi::may_wait(call.function.name) {
            self.write();
            self.open = true;
        } else if call.function.result.is_none() {
            self.line.push('\n');
            self.write();
        }
    }

    /// It is done.
    pub(crate) fn after(&mut self, memory: &[u8], call: Call<'_>, result: Result<(), Errno>) {
        let end = self.decoder.result(memory, call, result);
        self.line.push_str(&end);
        self.line.push('\n');
        self.write();
        self.open = false;
    }

    /// Ends a line whose call will not come back, before something else is written.
    pub(crate) fn finish(&mut self) {
        if std::mem::take(&mut self.open) {
            self.line.push_str(" <unfinished>\n");
            self.write();
        }
    }

    /// Writes what there is of the line. If nobody listens there is nobody to tell.
    fn write(&mut self) {
        let _ = self.out.write_all(self.line.as_bytes());
        self.line.clear();
    }
}
