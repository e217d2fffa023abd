//! Standard streams: the process's, or in memory.

use ermine::Error;
use ermine_wasi::{Console, Errno, MemConsole, Readiness, StdPort, Stream};

/// A guest's standard streams.
#[derive(Default)]
pub struct Streams {
    host: StdPort,
    /// Standard input, if it is not the process's.
    input: Option<MemConsole>,
    /// Standard output and error, if they are kept.
    kept: Option<MemConsole>,
}

impl Streams {
    /// Standard input is these bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.input = Some(MemConsole::new().stdin(bytes));
    }

    /// Standard output and error are kept, up to so many bytes of each.
    pub fn keep(&mut self, limit: usize) {
        self.kept = Some(MemConsole::new().limit(limit));
    }

    /// What was kept for this descriptor.
    ///
    /// # Errors
    ///
    /// If nothing is kept, or not for that.
    pub fn take(&mut self, descriptor: u32) -> Result<Vec<u8>, Error> {
        let kept = self
            .kept
            .as_mut()
            .ok_or_else(|| Error::new("output is not kept; say so with `ermine_wasi_keep_output`"))?;
        match descriptor {
            1 => Ok(kept.take_stdout()),
            2 => Ok(kept.take_stderr()),
            _ => Err(Error::new("guests write to 1 and 2; take one of them")),
        }
    }

    /// Where this stream is.
    fn of(&mut self, stream: Stream) -> &mut dyn Console {
        let ours = if stream == Stream::Stdin { &mut self.input } else { &mut self.kept };
        match ours {
            Some(console) => console,
            None => &mut self.host,
        }
    }
}

impl Console for Streams {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.of(Stream::Stdin).read(buffer)
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        self.of(stream).write(stream, bytes)
    }

    fn flush(&mut self, stream: Stream) -> Result<(), Errno> {
        self.of(stream).flush(stream)
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        let ours = if stream == Stream::Stdin { &self.input } else { &self.kept };
        ours.is_none() && self.host.is_terminal(stream)
    }

    fn stream_ready(&mut self, stream: Stream) -> Result<Readiness, Errno> {
        self.of(stream).stream_ready(stream)
    }
}
