//! The port for hosts with an operating system, from Rust's standard library alone.

use crate::{Clock, Clocks, Console, Errno, Random, Startup, Stream, StringBlock};
use std::io::{self, IsTerminal, Read, Write};
use std::time::{Duration, Instant, SystemTime};
use std::vec::Vec;

/// The longest single sleep, so that a clock that is set does not leave a guest waiting.
const LONGEST_SLEEP: Duration = Duration::from_secs(3600);

/// The process's own standard input, output and error, its clocks and random source.
///
/// Nothing else is passed on: arguments and environment are empty until they are set.
#[derive(Debug)]
pub struct StdPort {
    started: Instant,
    args: Block,
    environ: Block,
}

impl Default for StdPort {
    fn default() -> Self {
        Self::new()
    }
}

impl StdPort {
    /// A port without arguments and environment.
    pub fn new() -> Self {
        Self { started: Instant::now(), args: Block::default(), environ: Block::default() }
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
        retry(|| io::stdin().read(buffer))
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        match stream {
            Stream::Stdin => Err(Errno::Badf),
            Stream::Stdout => retry(|| io::stdout().write(bytes)),
            Stream::Stderr => retry(|| io::stderr().write(bytes)),
        }
    }

    fn flush(&mut self, stream: Stream) -> Result<(), Errno> {
        match stream {
            Stream::Stdin => Ok(()),
            Stream::Stdout => retry(|| io::stdout().flush()),
            Stream::Stderr => retry(|| io::stderr().flush()),
        }
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        match stream {
            Stream::Stdin => io::stdin().is_terminal(),
            Stream::Stdout => io::stdout().is_terminal(),
            Stream::Stderr => io::stderr().is_terminal(),
        }
    }
}

impl Clocks for StdPort {
    fn now(&mut self, clock: Clock) -> Result<u64, Errno> {
        let elapsed = match clock {
            Clock::Realtime => SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default(),
            Clock::Monotonic => self.started.elapsed(),
            Clock::ProcessCputime | Clock::ThreadCputime => return Err(Errno::Inval),
        };
        u64::try_from(elapsed.as_nanos()).map_err(|_| Errno::Overflow)
    }

    fn resolution(&mut self, clock: Clock) -> Result<u64, Errno> {
        match clock {
            Clock::Realtime | Clock::Monotonic => Ok(1),
            Clock::ProcessCputime | Clock::ThreadCputime => Err(Errno::Inval),
        }
    }

    fn sleep(&mut self, nanoseconds: u64) -> Result<(), Errno> {
        std::thread::sleep(Duration::from_nanos(nanoseconds).min(LONGEST_SLEEP));
        Ok(())
    }

    fn yield_now(&mut self) {
        std::thread::yield_now();
    }
}

impl Random for StdPort {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        getrandom::fill(buffer).map_err(|_| Errno::Io)
    }
}

/// Repeats what a signal interrupted.
fn retry<T>(mut action: impl FnMut() -> io::Result<T>) -> Result<T, Errno> {
    loop {
        match action() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result.map_err(|error| errno(&error)),
        }
    }
}

/// The code for an error of the host's streams.
fn errno(error: &io::Error) -> Errno {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Errno::Pipe,
        io::ErrorKind::WouldBlock => Errno::Again,
        io::ErrorKind::StorageFull => Errno::Nospc,
        io::ErrorKind::FileTooLarge => Errno::Fbig,
        io::ErrorKind::IsADirectory => Errno::Isdir,
        io::ErrorKind::PermissionDenied => Errno::Acces,
        io::ErrorKind::InvalidInput => Errno::Inval,
        io::ErrorKind::OutOfMemory => Errno::Nomem,
        // The kinds are the standard library's, and open-ended.
        _ => Errno::Io,
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
