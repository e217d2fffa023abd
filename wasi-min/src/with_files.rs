//! Two parts that make one port.

use crate::files::delegate_files;
use crate::types::Filestat;
use crate::{
    Clock, Clocks, Console, Entry, Errno, Files, Interest, Node, Open, Opened, Preopen, Random, Readiness, SetTimes,
    Startup, Stream, StringBlock, Watch,
};

/// A port whose files come from elsewhere: everything else is `P`'s, files are `F`'s.
#[derive(Debug)]
pub struct WithFiles<P, F> {
    port: P,
    files: F,
}

impl<P, F> WithFiles<P, F> {
    /// Puts the two together. Files that `port` has are not seen.
    pub const fn new(port: P, files: F) -> Self {
        Self { port, files }
    }

    /// Everything but files, to change it.
    pub const fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    /// Takes the two apart.
    pub fn into_parts(self) -> (P, F) {
        (self.port, self.files)
    }
}

impl<P, F: Files> Files for WithFiles<P, F> {
    delegate_files!(files);
}

impl<P: Console, F> Console for WithFiles<P, F> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.port.read(buffer)
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        self.port.write(stream, bytes)
    }

    fn flush(&mut self, stream: Stream) -> Result<(), Errno> {
        self.port.flush(stream)
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        self.port.is_terminal(stream)
    }

    fn stream_ready(&mut self, stream: Stream) -> Result<Readiness, Errno> {
        self.port.stream_ready(stream)
    }
}

impl<P: Clocks, F> Clocks for WithFiles<P, F> {
    fn now(&mut self, clock: Clock) -> Result<u64, Errno> {
        self.port.now(clock)
    }

    fn resolution(&mut self, clock: Clock) -> Result<u64, Errno> {
        self.port.resolution(clock)
    }

    fn sleep(&mut self, nanoseconds: u64) -> Result<(), Errno> {
        self.port.sleep(nanoseconds)
    }

    fn wait(&mut self, nanoseconds: u64, watched: &[Watch]) -> Result<(), Errno> {
        // The port knows nothing of the other's nodes: if one is watched, look again soon.
        if watched.iter().any(|watch| matches!(watch, Watch::Node(..))) {
            return self.port.sleep(nanoseconds.min(10_000_000));
        }
        self.port.wait(nanoseconds, watched)
    }

    fn yield_now(&mut self) {
        self.port.yield_now();
    }
}

impl<P: Random, F> Random for WithFiles<P, F> {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        self.port.fill(buffer)
    }
}

impl<P: Startup, F> Startup for WithFiles<P, F> {
    fn args(&self) -> StringBlock<'_> {
        self.port.args()
    }

    fn environ(&self) -> StringBlock<'_> {
        self.port.environ()
    }
}
