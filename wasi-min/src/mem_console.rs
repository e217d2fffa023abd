//! A console in memory.

use crate::{Console, Errno, Stream};
use alloc::vec::Vec;
use core::mem;

/// Bytes that each of the two outputs can have, unless another limit is set.
const DEFAULT_LIMIT: usize = 1 << 20;

/// A console in memory: standard input is what it was given, what the guest writes is kept.
///
/// ```
/// use ermine_wasi::{Console, MemConsole, Stream};
///
/// let mut console = MemConsole::new().stdin("two\nlines\n");
/// let mut buffer = [0; 4];
/// assert_eq!(console.read(&mut buffer), Ok(4));
/// console.write(Stream::Stdout, b"done").unwrap();
/// assert_eq!(console.take_stdout(), b"done");
/// ```
#[derive(Debug)]
pub struct MemConsole {
    input: Vec<u8>,
    /// Bytes of `input` that were read.
    read: usize,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    limit: usize,
}

impl Default for MemConsole {
    fn default() -> Self {
        Self::new()
    }
}

impl MemConsole {
    /// Nothing to read; room for 1 MiB on standard output, and for as much on standard error.
    #[must_use]
    pub const fn new() -> Self {
        Self { input: Vec::new(), read: 0, stdout: Vec::new(), stderr: Vec::new(), limit: DEFAULT_LIMIT }
    }

    /// What standard input has. It ends behind that.
    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        (self.input, self.read) = (bytes.into(), 0);
        self
    }

    /// How many bytes are kept of each of the outputs until they are taken. A guest that writes more gets `nospc`.
    #[must_use]
    pub const fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// What was written to standard output and not taken.
    #[must_use]
    pub fn stdout(&self) -> &[u8] {
        &self.stdout
    }

    /// What was written to standard error and not taken.
    #[must_use]
    pub fn stderr(&self) -> &[u8] {
        &self.stderr
    }

    /// Takes what was written to standard output: there is room again.
    pub fn take_stdout(&mut self) -> Vec<u8> {
        mem::take(&mut self.stdout)
    }

    /// Takes what was written to standard error: there is room again.
    pub fn take_stderr(&mut self) -> Vec<u8> {
        mem::take(&mut self.stderr)
    }
}

impl Console for MemConsole {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let rest = self.input.get(self.read..).unwrap_or_default();
        let read = buffer.iter_mut().zip(rest).map(|(place, byte)| *place = *byte).count();
        self.read += read;
        Ok(read)
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        let output = match stream {
            Stream::Stdin => return Err(Errno::Badf),
            Stream::Stdout => &mut self.stdout,
            Stream::Stderr => &mut self.stderr,
        };
        let room = self.limit.saturating_sub(output.len()).min(bytes.len());
        if room == 0 && !bytes.is_empty() {
            return Err(Errno::Nospc);
        }
        output.try_reserve(room).map_err(|_| Errno::Nomem)?;
        output.extend_from_slice(&bytes[..room]);
        Ok(room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_ends() {
        let mut console = MemConsole::new().stdin("abcde");
        let mut buffer = [0; 3];
        assert_eq!(console.read(&mut buffer), Ok(3));
        assert_eq!(&buffer, b"abc");
        assert_eq!(console.read(&mut buffer), Ok(2));
        assert_eq!(&buffer, b"dec");
        assert_eq!(console.read(&mut buffer), Ok(0));
    }

    #[test]
    fn outputs_have_a_limit_each_until_they_are_taken() {
        let mut console = MemConsole::new().limit(5);
        assert_eq!(console.write(Stream::Stdout, b"abc"), Ok(3));
        assert_eq!(console.write(Stream::Stdout, b"def"), Ok(2));
        assert_eq!(console.write(Stream::Stdout, b"f"), Err(Errno::Nospc));
        assert_eq!(console.write(Stream::Stdout, b""), Ok(0));
        assert_eq!(console.write(Stream::Stderr, b"error"), Ok(5));
        assert_eq!(console.take_stdout(), b"abcde");
        assert_eq!(console.write(Stream::Stdout, b"f"), Ok(1));
        assert_eq!((console.stdout(), console.stderr()), (&b"f"[..], &b"error"[..]));
        assert_eq!(console.take_stderr(), b"error");
        assert_eq!(console.write(Stream::Stdin, b"x"), Err(Errno::Badf));
    }
}
