//! What a board or host has to provide.
//!
//! Five traits, one for each thing; a type that has all five is a [`Port`]. A port answers with an [`Errno`] when it
//! cannot do something, and the guest sees that code. [`Files`] is the only large one, and all of it is optional.

use crate::{Errno, Files, Interest, Node, Readiness, StringBlock};

/// The three descriptors every program starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stream {
    /// Descriptor 0.
    Stdin,
    /// Descriptor 1.
    Stdout,
    /// Descriptor 2.
    Stderr,
}

/// The clocks of WASI preview 1 (`clockid`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Clock {
    /// Nanoseconds since 1970-01-01T00:00:00Z; may be set, and then jump.
    Realtime,
    /// Nanoseconds since some fixed point; never runs backwards.
    Monotonic,
    /// Processor time of the guest.
    ProcessCputime,
    /// Processor time of the guest's thread.
    ThreadCputime,
}

/// Standard input, output and error.
pub trait Console {
    /// Reads at most `buffer.len()` bytes of standard input; 0 is the end of it.
    ///
    /// # Errors
    ///
    /// [`Errno::Again`] where there is nothing to read and waiting is not possible, [`Errno::Io`] for faults.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno>;

    /// Writes `bytes` to standard output or error, and returns how many were taken.
    ///
    /// # Errors
    ///
    /// [`Errno::Pipe`] where nobody listens any more, [`Errno::Io`] for faults.
    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno>;

    /// Called once at the end of every `fd_write`: what was written becomes visible.
    ///
    /// # Errors
    ///
    /// As [`write`](Console::write).
    fn flush(&mut self, stream: Stream) -> Result<(), Errno> {
        let _ = stream;
        Ok(())
    }

    /// Whether the stream is a terminal. Guests buffer by lines if so.
    fn is_terminal(&self, stream: Stream) -> bool {
        let _ = stream;
        false
    }

    /// Whether a read of standard input, or a write to the others, would wait. By default it never would.
    ///
    /// # Errors
    ///
    /// [`Errno::Io`] for faults; the guest finds it in the event.
    fn stream_ready(&mut self, stream: Stream) -> Result<Readiness, Errno> {
        let _ = stream;
        Ok(Readiness::NOW)
    }
}

/// Something that `poll_oneoff` waits for besides time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Watch {
    /// Standard input to be read, or one of the others to be written.
    Stream(Stream),
    /// A file or socket.
    Node(Node, Interest),
}

impl Watch {
    /// After how many nanoseconds a port looks again at what it cannot wait for.
    pub(crate) const AGAIN: u64 = 10_000_000;
}

/// Time.
pub trait Clocks {
    /// Nanoseconds on `clock`.
    ///
    /// # Errors
    ///
    /// [`Errno::Inval`] for a clock the port does not have.
    fn now(&mut self, clock: Clock) -> Result<u64, Errno>;

    /// The clock's step in nanoseconds, never 0.
    ///
    /// # Errors
    ///
    /// [`Errno::Inval`] for a clock the port does not have.
    fn resolution(&mut self, clock: Clock) -> Result<u64, Errno>;

    /// Waits for about `nanoseconds`. It may return early: callers look at the clock again.
    ///
    /// # Errors
    ///
    /// [`Errno::Notsup`] where the port cannot wait, [`Errno::Intr`] to end the guest's `poll_oneoff` early.
    fn sleep(&mut self, nanoseconds: u64) -> Result<(), Errno>;

    /// Waits for about `nanoseconds`, or until something in `watched` is ready. It may return early.
    ///
    /// By default it looks again every 10 ms.
    ///
    /// # Errors
    ///
    /// As [`sleep`](Clocks::sleep).
    fn wait(&mut self, nanoseconds: u64, watched: &[Watch]) -> Result<(), Errno> {
        let longest = if watched.is_empty() { u64::MAX } else { Watch::AGAIN };
        self.sleep(nanoseconds.min(longest))
    }

    /// Gives other threads or tasks a turn (`sched_yield`).
    fn yield_now(&mut self) {}
}

/// Random bytes fit for cryptography.
pub trait Random {
    /// Fills `buffer`.
    ///
    /// # Errors
    ///
    /// [`Errno::Nosys`] where there is no source.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno>;
}

/// What the guest is started with.
pub trait Startup {
    /// The arguments; the first is the program's name.
    fn args(&self) -> StringBlock<'_>;

    /// The environment, each string as `NAME=value`.
    fn environ(&self) -> StringBlock<'_>;
}

/// All that WASI needs. Implemented by every type that has the five traits.
pub trait Port: Console + Clocks + Random + Startup + Files {}

impl<P: Console + Clocks + Random + Startup + Files> Port for P {}

/// The functions of [`Console`], by those of a field.
#[cfg(feature = "alloc")]
macro_rules! delegate_console {
    ($field:ident) => {
        fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
            self.$field.read(buffer)
        }

        fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
            self.$field.write(stream, bytes)
        }

        fn flush(&mut self, stream: Stream) -> Result<(), Errno> {
            self.$field.flush(stream)
        }

        fn is_terminal(&self, stream: Stream) -> bool {
            self.$field.is_terminal(stream)
        }

        fn stream_ready(&mut self, stream: Stream) -> Result<Readiness, Errno> {
            self.$field.stream_ready(stream)
        }
    };
}

/// The functions of [`Clocks`], by those of a field; all but `wait`.
#[cfg(feature = "alloc")]
macro_rules! delegate_clocks {
    ($field:ident) => {
        fn now(&mut self, clock: Clock) -> Result<u64, Errno> {
            self.$field.now(clock)
        }

        fn resolution(&mut self, clock: Clock) -> Result<u64, Errno> {
            self.$field.resolution(clock)
        }

        fn sleep(&mut self, nanoseconds: u64) -> Result<(), Errno> {
            self.$field.sleep(nanoseconds)
        }

        fn yield_now(&mut self) {
            self.$field.yield_now();
        }
    };
}

/// The function of [`Random`], by that of a field.
#[cfg(feature = "alloc")]
macro_rules! delegate_random {
    ($field:ident) => {
        fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
            self.$field.fill(buffer)
        }
    };
}

/// The functions of [`Startup`], by those of a field.
#[cfg(feature = "alloc")]
macro_rules! delegate_startup {
    ($field:ident) => {
        fn args(&self) -> StringBlock<'_> {
            self.$field.args()
        }

        fn environ(&self) -> StringBlock<'_> {
            self.$field.environ()
        }
    };
}

#[cfg(feature = "alloc")]
pub(crate) use {delegate_clocks, delegate_console, delegate_random, delegate_startup};
