//! Standard streams over buffers, or the process's; all else is the process's.

use std::mem;

use ermine::Error;
use ermine_wasi::{Clock, Clocks, Console, Errno, Random, Readiness, Startup, StdPort, Stream, StringBlock, Watch};

/// What a guest is granted besides files.
pub struct Streams {
    host: StdPort,
    /// Standard input, the next byte last, if it is not the process's.
    input: Option<Vec<u8>>,
    /// Standard output and error, if they are kept.
    kept: Option<Kept>,
}

#[derive(Default)]
struct Kept {
    limit: usize,
    output: Vec<u8>,
    error: Vec<u8>,
}

impl Streams {
    /// All of the process's.
    pub fn new(host: StdPort) -> Self {
        Self { host, input: None, kept: None }
    }

    /// Changes what is the process's.
    pub fn change(&mut self, change: impl FnOnce(StdPort) -> StdPort) {
        self.host = change(mem::take(&mut self.host));
    }

    /// Standard input is these bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.input = Some(bytes.iter().rev().copied().collect());
    }

    /// Standard output and error are kept, up to so many bytes of each.
    pub fn keep(&mut self, limit: usize) {
        self.kept = Some(Kept { limit, ..Kept::default() });
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
            1 => Ok(mem::take(&mut kept.output)),
            2 => Ok(mem::take(&mut kept.error)),
            _ => Err(Error::new("guests write to 1 and 2; take one of them")),
        }
    }
}

impl Console for Streams {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let Some(input) = &mut self.input else { return self.host.read(buffer) };
        let start = input.len().saturating_sub(buffer.len());
        let read = input.drain(start..).rev();
        Ok(buffer.iter_mut().zip(read).map(|(place, byte)| *place = byte).count())
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        let Some(kept) = &mut self.kept else { return self.host.write(stream, bytes) };
        let buffer = match stream {
            Stream::Stdin => return Err(Errno::Badf),
            Stream::Stdout => &mut kept.output,
            Stream::Stderr => &mut kept.error,
        };
        let room = kept.limit.saturating_sub(buffer.len()).min(bytes.len());
        if room == 0 && !bytes.is_empty() {
            return Err(Errno::Nospc);
        }
        buffer.extend_from_slice(&bytes[..room]);
        Ok(room)
    }

    fn flush(&mut self, stream: Stream) -> Result<(), Errno> {
        if self.kept.is_some() { Ok(()) } else { self.host.flush(stream) }
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        let ours = if stream == Stream::Stdin { self.input.is_some() } else { self.kept.is_some() };
        !ours && self.host.is_terminal(stream)
    }

    fn stream_ready(&mut self, stream: Stream) -> Result<Readiness, Errno> {
        let ours = if stream == Stream::Stdin { self.input.is_some() } else { self.kept.is_some() };
        if ours { Ok(Readiness::NOW) } else { self.host.stream_ready(stream) }
    }
}

impl Clocks for Streams {
    fn now(&mut self, clock: Clock) -> Result<u64, Errno> {
        self.host.now(clock)
    }

    fn resolution(&mut self, clock: Clock) -> Result<u64, Errno> {
        self.host.resolution(clock)
    }

    fn sleep(&mut self, nanoseconds: u64) -> Result<(), Errno> {
        self.host.sleep(nanoseconds)
    }

    fn wait(&mut self, nanoseconds: u64, watched: &[Watch]) -> Result<(), Errno> {
        self.host.wait(nanoseconds, watched)
    }

    fn yield_now(&mut self) {
        self.host.yield_now();
    }
}

impl Random for Streams {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        self.host.fill(buffer)
    }
}

impl Startup for Streams {
    fn args(&self) -> StringBlock<'_> {
        Startup::args(&self.host)
    }

    fn environ(&self) -> StringBlock<'_> {
        self.host.environ()
    }
}
