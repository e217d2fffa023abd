//! A port that the tests control: time stands still unless someone sleeps, writes are kept, and files are in memory.

use crate::files::delegate_files;
use crate::types::Filestat;
use crate::{
    Clock, Clocks, Console, Entry, Errno, Files, Interest, MemFs, Node, Open, Opened, Preopen, Random, Readiness,
    SetTimes, Startup, Stream, StringBlock,
};
use std::vec::Vec;

pub(crate) struct FakePort {
    pub(crate) input: Vec<u8>,
    pub(crate) output: Vec<u8>,
    pub(crate) errors: Vec<u8>,
    /// Most bytes a single read or write moves.
    pub(crate) chunk: usize,
    /// What writes answer instead of working.
    pub(crate) fails: Option<Errno>,
    pub(crate) flushes: usize,
    pub(crate) time: u64,
    pub(crate) slept: Vec<u64>,
    pub(crate) yields: usize,
    pub(crate) files: MemFs,
}

impl FakePort {
    pub(crate) const EPOCH: u64 = 1_000_000_000_000;

    pub(crate) fn new() -> Self {
        Self {
            input: Vec::new(),
            output: Vec::new(),
            errors: Vec::new(),
            chunk: usize::MAX,
            fails: None,
            flushes: 0,
            time: 0,
            slept: Vec::new(),
            yields: 0,
            files: MemFs::new(),
        }
    }
}

impl Console for FakePort {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let len = buffer.len().min(self.input.len()).min(self.chunk);
        for (to, from) in buffer.iter_mut().zip(self.input.drain(..len)) {
            *to = from;
        }
        Ok(len)
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        if let Some(errno) = self.fails {
            return Err(errno);
        }
        let len = bytes.len().min(self.chunk);
        match stream {
            Stream::Stdin => return Err(Errno::Badf),
            Stream::Stdout => self.output.extend_from_slice(&bytes[..len]),
            Stream::Stderr => self.errors.extend_from_slice(&bytes[..len]),
        }
        Ok(len)
    }

    fn flush(&mut self, _: Stream) -> Result<(), Errno> {
        self.flushes += 1;
        Ok(())
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        stream == Stream::Stderr
    }
}

impl Clocks for FakePort {
    fn now(&mut self, clock: Clock) -> Result<u64, Errno> {
        match clock {
            Clock::Realtime => Ok(Self::EPOCH + self.time),
            Clock::Monotonic => Ok(self.time),
            Clock::ProcessCputime | Clock::ThreadCputime => Err(Errno::Inval),
        }
    }

    fn resolution(&mut self, clock: Clock) -> Result<u64, Errno> {
        self.now(clock).map(|_| 1000)
    }

    /// Wakes up half way at first, as ports may.
    fn sleep(&mut self, nanoseconds: u64) -> Result<(), Errno> {
        self.slept.push(nanoseconds);
        self.time += if self.slept.len() == 1 { nanoseconds / 2 } else { nanoseconds };
        Ok(())
    }

    fn yield_now(&mut self) {
        self.yields += 1;
    }
}

impl Files for FakePort {
    delegate_files!(files);
}

impl Random for FakePort {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        buffer.fill(4);
        Ok(())
    }
}

impl Startup for FakePort {
    fn args(&self) -> StringBlock<'_> {
        StringBlock::new(b"fake\0-x\0").unwrap()
    }

    fn environ(&self) -> StringBlock<'_> {
        StringBlock::new(b"A=b\0").unwrap()
    }
}
