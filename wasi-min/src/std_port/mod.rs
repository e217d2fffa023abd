//! The port for hosts with an operating system.
//!
//! This file has streams, clocks, random bytes and strings. Below it, for directories and sockets (feature `dirs`):
//! `host_files` keeps what is open, `directory` looks up paths with one of two resolvers, `beneath` (the kernel's) and
//! `walker` (cap-std's); `data` moves contents, `metadata` and `errors` translate, `polling` waits.

#[cfg(all(feature = "dirs", target_os = "linux"))]
mod beneath;
#[cfg(all(feature = "dirs", any(unix, windows)))]
mod data;
#[cfg(all(feature = "dirs", any(unix, windows)))]
mod directory;
mod errors;
#[cfg(all(feature = "dirs", any(unix, windows)))]
mod host_files;
#[cfg(not(all(feature = "dirs", any(unix, windows))))]
#[path = "host_files_none.rs"]
mod host_files;
#[cfg(all(feature = "dirs", any(unix, windows)))]
mod metadata;
#[cfg(all(feature = "dirs", any(unix, windows)))]
mod names;
#[cfg(all(feature = "dirs", unix))]
mod polling;
#[cfg(not(all(feature = "dirs", unix)))]
#[path = "polling_none.rs"]
mod polling;
#[cfg(all(feature = "dirs", any(unix, windows)))]
mod walker;

use crate::files::delegate_files;
use crate::types::Filestat;
use crate::{
    Clock, Clocks, Console, Entry, Errno, Files, Interest, Node, Open, Opened, Preopen, Random, Readiness, SetTimes,
    Startup, Stream, StringBlock, Watch,
};
use errors::retry;
#[cfg(not(feature = "dirs"))]
use host_files::HostFiles;
use std::io::{self, IsTerminal, Write};
use std::time::{Instant, SystemTime};
use std::vec::Vec;

#[cfg(all(feature = "dirs", any(unix, windows)))]
pub use directory::Resolver;
#[cfg(feature = "dirs")]
pub use host_files::HostFiles;

/// The process's own standard input, output and error, its clocks and random source.
///
/// Nothing else is passed on: arguments and environment are empty, and no directories open, until they are given.
#[derive(Debug)]
pub struct StdPort {
    started: Instant,
    args: Block,
    environ: Block,
    files: HostFiles,
    clocks: bool,
    random: bool,
    /// Where standard output goes; nowhere if there is none.
    stdout: Option<Stream>,
}

impl Default for StdPort {
    fn default() -> Self {
        Self::new()
    }
}

impl StdPort {
    /// A port without arguments and environment.
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            args: Block::default(),
            environ: Block::default(),
            files: HostFiles::default(),
            clocks: true,
            random: true,
            stdout: Some(Stream::Stdout),
        }
    }

    /// Appends arguments. The first of all is the program's name. What follows a NUL in an argument is left out.
    #[must_use]
    pub fn args<S: AsRef<[u8]>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        for arg in args {
            self.args.push(&[arg.as_ref()]);
        }
        self
    }

    /// Appends a variable to the environment. What follows a NUL in it is left out.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.environ.push(&[name.as_ref(), b"=", value.as_ref()]);
        self
    }

    /// Denies all clocks, and waiting: the guest gets `notcapable`.
    #[must_use]
    pub fn without_clocks(mut self) -> Self {
        self.clocks = false;
        self
    }

    /// Denies random bytes: the guest gets `notcapable`.
    #[must_use]
    pub fn without_random(mut self) -> Self {
        self.random = false;
        self
    }

    /// From now on, what the guest writes to standard output goes to standard error.
    pub fn divert_stdout(&mut self) {
        self.stdout = Some(Stream::Stderr);
    }

    /// Throws away what the guest writes to standard output: for guests that are only measured.
    #[must_use]
    pub fn discard_stdout(mut self) -> Self {
        self.stdout = None;
        self
    }

    /// The host's stream that stands for the guest's, if one does.
    fn host_stream(&self, stream: Stream) -> Option<Stream> {
        if stream == Stream::Stdout { self.stdout } else { Some(stream) }
    }

    fn check_clocks(&self) -> Result<(), Errno> {
        if self.clocks { Ok(()) } else { Err(Errno::Notcapable) }
    }
}

#[cfg(feature = "dirs")]
impl StdPort {
    /// Gives the guest directories and sockets, in the place of those it had.
    #[must_use]
    pub fn files(mut self, files: HostFiles) -> Self {
        self.files = files;
        self
    }
}

impl Files for StdPort {
    delegate_files!(files);
}

/// An owned [`StringBlock`].
#[derive(Debug, Default)]
struct Block {
    bytes: Vec<u8>,
    count: usize,
}

impl Block {
    /// Appends one string, given in parts.
    fn push(&mut self, parts: &[&[u8]]) {
        let bytes = parts.iter().copied().flatten().copied().take_while(|&byte| byte != 0);
        self.bytes.extend(bytes);
        self.bytes.push(0);
        self.count += 1;
    }

    fn as_strings(&self) -> StringBlock<'_> {
        StringBlock::counted(&self.bytes, self.count)
    }
}

impl Startup for StdPort {
    fn args(&self) -> StringBlock<'_> {
        self.args.as_strings()
    }

    fn environ(&self) -> StringBlock<'_> {
        self.environ.as_strings()
    }
}

impl Console for StdPort {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        retry(|| stdin::read(buffer))
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        match self.host_stream(stream) {
            Some(Stream::Stdin) => Err(Errno::Badf),
            Some(Stream::Stdout) => retry(|| io::stdout().write(bytes)),
            Some(Stream::Stderr) => retry(|| io::stderr().write(bytes)),
            None => Ok(bytes.len()),
        }
    }

    fn flush(&mut self, stream: Stream) -> Result<(), Errno> {
        match self.host_stream(stream) {
            Some(Stream::Stdin) => Ok(()),
            Some(Stream::Stdout) => retry(|| io::stdout().flush()),
            Some(Stream::Stderr) => retry(|| io::stderr().flush()),
            None => Ok(()),
        }
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        match self.host_stream(stream) {
            Some(Stream::Stdin) => io::stdin().is_terminal(),
            Some(Stream::Stdout) => io::stdout().is_terminal(),
            Some(Stream::Stderr) => io::stderr().is_terminal(),
            None => false,
        }
    }

    fn stream_ready(&mut self, stream: Stream) -> Result<Readiness, Errno> {
        self.host_stream(stream).map_or(Ok(Readiness::NOW), polling::stream_ready)
    }
}

impl Clocks for StdPort {
    fn now(&mut self, clock: Clock) -> Result<u64, Errno> {
        self.check_clocks()?;
        let elapsed = match clock {
            Clock::Realtime => SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default(),
            Clock::Monotonic => self.started.elapsed(),
            Clock::ProcessCputime | Clock::ThreadCputime => return Err(Errno::Inval),
        };
        u64::try_from(elapsed.as_nanos()).map_err(|_| Errno::Overflow)
    }

    fn resolution(&mut self, clock: Clock) -> Result<u64, Errno> {
        self.check_clocks()?;
        match clock {
            Clock::Realtime | Clock::Monotonic => Ok(1),
            Clock::ProcessCputime | Clock::ThreadCputime => Err(Errno::Inval),
        }
    }

    fn sleep(&mut self, nanoseconds: u64) -> Result<(), Errno> {
        self.wait(nanoseconds, &[])
    }

    fn wait(&mut self, nanoseconds: u64, watched: &[Watch]) -> Result<(), Errno> {
        polling::wait(&self.files, nanoseconds, watched)
    }

    fn yield_now(&mut self) {
        std::thread::yield_now();
    }
}

impl Random for StdPort {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        if !self.random {
            return Err(Errno::Notcapable);
        }
        getrandom::fill(buffer).map_err(|_| Errno::Io)
    }
}

/// Standard input without a buffer in between, so that waiting for it sees all there is.
#[cfg(all(feature = "dirs", unix))]
mod stdin {
    use std::io;
    use std::os::fd::AsFd as _;

    pub(super) fn read(buffer: &mut [u8]) -> io::Result<usize> {
        rustix::io::read(io::stdin().as_fd(), buffer).map_err(io::Error::from)
    }
}

/// Standard input of Rust's standard library.
#[cfg(not(all(feature = "dirs", unix)))]
mod stdin {
    use std::io::{self, Read as _};

    pub(super) fn read(buffer: &mut [u8]) -> io::Result<usize> {
        io::stdin().read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_end_at_their_first_nul() {
        let port = StdPort::new().args(["a", "b\0c", ""]).env("K", "v=w").env("EMPTY", "");
        assert_eq!(port.args.as_strings(), StringBlock::new(b"a\0b\0\0").unwrap());
        assert_eq!(port.environ.as_strings(), StringBlock::new(b"K=v=w\0EMPTY=\0").unwrap());
    }

    #[test]
    fn clocks_run() {
        let mut port = StdPort::new();
        let before = port.now(Clock::Monotonic).unwrap();
        port.sleep(1_000_000).unwrap();
        assert!(port.now(Clock::Monotonic).unwrap() >= before + 1_000_000);
        assert!(port.now(Clock::Realtime).unwrap() > 1_600_000_000_000_000_000);
        assert_eq!(port.now(Clock::ThreadCputime), Err(Errno::Inval));
    }

    #[test]
    fn random_bytes_differ() {
        let mut port = StdPort::new();
        let (mut a, mut b) = ([0; 16], [0; 16]);
        port.fill(&mut a).unwrap();
        port.fill(&mut b).unwrap();
        assert_ne!(a, b);
    }
}
