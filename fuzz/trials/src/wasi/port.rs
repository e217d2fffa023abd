//! A port without an operating system: time passes when somebody sleeps, output is counted, files are in memory.

use ermine_wasi::{Clock, Clocks, Console, Errno, MemFs, Random, Startup, Stream, StringBlock, WithFiles};

/// A port with files.
pub(super) type Port = WithFiles<Board, MemFs>;

/// All but the files.
#[derive(Debug, Default)]
pub(super) struct Board {
    time: u64,
    /// What a read of standard input gives next.
    next: u8,
}

impl Console for Board {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        let len = buffer.len().min(100);
        for byte in &mut buffer[..len] {
            self.next = self.next.wrapping_add(1);
            *byte = self.next;
        }
        Ok(len)
    }

    fn write(&mut self, _: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        Ok(bytes.len())
    }
}

impl Clocks for Board {
    fn now(&mut self, clock: Clock) -> Result<u64, Errno> {
        match clock {
            Clock::Realtime | Clock::Monotonic => Ok(self.time),
            Clock::ProcessCputime | Clock::ThreadCputime => Err(Errno::Inval),
        }
    }

    fn resolution(&mut self, clock: Clock) -> Result<u64, Errno> {
        self.now(clock).map(|_| 1)
    }

    fn sleep(&mut self, nanoseconds: u64) -> Result<(), Errno> {
        self.time = self.time.saturating_add(nanoseconds.max(1));
        Ok(())
    }
}

impl Random for Board {
    fn fill(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        buffer.fill(4);
        Ok(())
    }
}

impl Startup for Board {
    fn args(&self) -> StringBlock<'_> {
        StringBlock::new(b"guest\0-x\0").expect("it ends with a NUL")
    }

    fn environ(&self) -> StringBlock<'_> {
        StringBlock::new(b"A=b\0").expect("it ends with a NUL")
    }
}
