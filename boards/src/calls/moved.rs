//! Serial lines, messages, bytes that stay, random numbers: what moves bytes between the guest's memory and the board.

use embedded_io::{Read, ReadReady, Write};

use super::{Answer, Args, Ports, bytes};
use crate::{abi::Function, board::Board, errno::Errno, grant::What, state::Event};

/// What stands before a message, by its level.
const LEVELS: [&str; 5] = ["error: ", "warn: ", "info: ", "debug: ", "trace: "];

/// Bytes of a text that is written at once: 90 ms on a line of 115,200 baud.
pub(super) const MOST_TEXT: usize = 1024;

/// Random bytes that a call gets: slow sources give one in half a millisecond.
pub(super) const MOST_RANDOM: usize = 256;

impl<B: Board> Ports<'_, B> {
    #[inline(never)]
    pub(super) fn serial(&mut self, function: Function, [handle, a, b, ..]: Args, memory: &mut [u8]) -> Answer {
        let moved = if function == Function::SerialWatch { 0 } else { b as usize };
        let What::Serial { port, .. } = self.granted(function, handle, moved)?.what else {
            return Err(Errno::BadHandle.into());
        };
        let mut line = self.board.serial(port).ok_or(Errno::Unsupported)?;
        if function == Function::SerialWatch {
            let used = self.state.uses.get_mut(handle as usize).ok_or(Errno::BadHandle)?;
            used.watch = u8::from(a != 0);
            return Ok(0);
        }
        let buffer = bytes(memory, a, b)?;
        let moved = if function == Function::SerialWrite {
            line.write(buffer).map_err(|_| Errno::Other)?
        } else if buffer.is_empty() || !line.read_ready().map_err(|_| Errno::Other)? {
            0
        } else {
            line.read(buffer).map_err(|_| Errno::Other)?
        };
        // No more than the guest's memory has.
        Ok(moved as u32)
    }

    /// Looks whether lines that are watched have something.
    pub(crate) fn poll_serial(&mut self) {
        for (handle, grant) in self.table.iter().enumerate() {
            let What::Serial { port, .. } = grant.what else { continue };
            if self.state.uses.get(handle).is_none_or(|used| used.watch == 0) {
                continue;
            }
            let ready = self.board.serial(port).is_some_and(|mut line| line.read_ready().unwrap_or(false));
            if ready {
                self.state.put(Event { id: handle as u32, arg: 1 });
            }
        }
    }

    /// Writes a line of text.
    #[inline(never)]
    pub(super) fn log(&mut self, [level, start, length, ..]: Args, memory: &mut [u8]) -> Answer {
        self.granted_unnamed(Function::LogWrite, length as usize)?;
        let text = bytes(memory, start, length)?;
        if text.len() > MOST_TEXT {
            return Err(Errno::Invalid.into());
        }
        let level = LEVELS.get(level as usize).ok_or(Errno::Invalid)?;
        self.board.console_write(level.as_bytes());
        write_text(self.board, text);
        self.board.console_write(b"\n");
        Ok(0)
    }

    #[inline(never)]
    pub(super) fn storage(&mut self, function: Function, args: Args, memory: &mut [u8]) -> Answer {
        let [handle, offset, start, length, ..] = args;
        let moved = if function == Function::StorageSize { 0 } else { length as usize };
        let What::Storage { region, bytes: size, .. } = self.granted(function, handle, moved)?.what else {
            return Err(Errno::BadHandle.into());
        };
        if function == Function::StorageSize {
            return Ok(size);
        }
        let buffer = bytes(memory, start, length)?;
        if offset.checked_add(length).is_none_or(|end| end > size) {
            return Err(Errno::OutOfRange.into());
        }
        if function == Function::StorageRead {
            self.board.storage_read(region, offset, buffer)?;
        } else {
            self.board.storage_write(region, offset, buffer)?;
        }
        Ok(0)
    }

    #[inline(never)]
    pub(super) fn random(&mut self, [start, length, ..]: Args, memory: &mut [u8]) -> Answer {
        self.granted_unnamed(Function::RandomFill, length as usize)?;
        let buffer = bytes(memory, start, length)?;
        if buffer.len() > MOST_RANDOM {
            return Err(Errno::Invalid.into());
        }
        self.board.random(buffer)?;
        Ok(0)
    }
}

/// Writes a guest's text to the console. Zeros, which would look like frames, become question marks.
pub(super) fn write_text<B: Board>(board: &mut B, text: &[u8]) {
    let mut rest = text;
    while let Some(zero) = rest.iter().position(|&byte| byte == 0) {
        let (before, behind) = rest.split_at(zero);
        board.console_write(before);
        board.console_write(b"?");
        rest = behind.get(1..).unwrap_or_default();
    }
    board.console_write(rest);
}
