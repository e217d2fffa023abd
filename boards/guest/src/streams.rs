//! Serial lines, messages, bytes that stay, random numbers.

#![allow(unsafe_code, reason = "hands addresses of buffers to the board")]

use embedded_io::{ErrorType, Read, Write};

use crate::{
    error::{Error, done, result},
    handles, raw,
};

handles! {
    /// A serial line.
    Serial;
    /// Bytes that stay.
    Storage;
}

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Level {
    /// Something does not work.
    Error = 0,
    /// Something may not work.
    Warn = 1,
    /// What the program does.
    Info = 2,
    /// How it does it.
    Debug = 3,
    /// Everything.
    Trace = 4,
}

/// Writes a message.
///
/// # Errors
///
/// [`Error::Invalid`] for more than 1,024 bytes; else what the board answers.
pub fn log(level: Level, text: &str) -> Result<(), Error> {
    // SAFETY: the board reads so many bytes from there.
    done(unsafe { raw::log_write(level as i32, text.as_ptr(), text.len()) })
}

/// Fills a buffer with random bytes.
///
/// # Errors
///
/// What the board answers.
pub fn random(bytes: &mut [u8]) -> Result<(), Error> {
    // A call gets no more.
    bytes.chunks_mut(256).try_for_each(|piece| {
        // SAFETY: the board writes so many bytes there.
        done(unsafe { raw::random_fill(piece.as_mut_ptr(), piece.len()) })
    })
}

impl ErrorType for Serial {
    type Error = Error;
}

impl Read for Serial {
    /// Reads what has arrived: nothing, if nothing has. It does not wait.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        // SAFETY: the board writes at most so many bytes there.
        result(unsafe { raw::serial_read(self.0, buffer.as_mut_ptr(), buffer.len()) }).map(|length| length as usize)
    }
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        // SAFETY: the board reads at most so many bytes from there.
        result(unsafe { raw::serial_write(self.0, bytes.as_ptr(), bytes.len()) }).map(|length| length as usize)
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl Serial {
    /// Makes events of bytes that have arrived. One that was under way may find them read already.
    ///
    /// # Errors
    ///
    /// What the board answers.
    pub fn watch(&mut self, on: bool) -> Result<(), Error> {
        done(raw::serial_watch(self.0, on.into()))
    }
}

impl Storage {
    /// How many bytes there are.
    ///
    /// # Errors
    ///
    /// What the board answers.
    pub fn size(&self) -> Result<u32, Error> {
        result(raw::storage_size(self.0))
    }

    /// Reads bytes.
    ///
    /// # Errors
    ///
    /// What the board answers.
    pub fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), Error> {
        // SAFETY: the board writes so many bytes there.
        done(unsafe { raw::storage_read(self.0, offset.cast_signed(), bytes.as_mut_ptr(), bytes.len()) })
    }

    /// Writes bytes.
    ///
    /// # Errors
    ///
    /// What the board answers.
    pub fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Error> {
        // SAFETY: the board reads so many bytes from there.
        done(unsafe { raw::storage_write(self.0, offset.cast_signed(), bytes.as_ptr(), bytes.len()) })
    }
}
