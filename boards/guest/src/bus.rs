//! I²C and SPI.

#![allow(unsafe_code, reason = "hands addresses of buffers to the board")]

use embedded_hal::{
    i2c::{self, SevenBitAddress},
    spi::{self, SpiDevice},
};

use crate::{
    error::{Error, done},
    handles,
    raw::{self, Operation},
};

handles! {
    /// Devices on an I²C bus.
    I2c;
    /// A device on an SPI bus.
    Spi;
}

/// Operations of a transaction at the most.
const MOST: usize = 4;

mod kind {
    pub(super) const READ: usize = 0;
    pub(super) const WRITE: usize = 1;
    pub(super) const TRANSFER_IN_PLACE: usize = 2;
    pub(super) const TRANSFER: usize = 3;
    pub(super) const DELAY_NS: usize = 4;
}

fn reading(kind: usize, bytes: &mut [u8]) -> Operation {
    Operation { kind, bytes: bytes.as_mut_ptr(), length: bytes.len(), other: core::ptr::null() }
}

fn writing(bytes: &[u8]) -> Operation {
    Operation { kind: kind::WRITE, bytes: bytes.as_ptr(), length: bytes.len(), other: core::ptr::null() }
}

impl i2c::ErrorType for I2c {
    type Error = Error;
}

impl i2c::I2c<SevenBitAddress> for I2c {
    fn read(&mut self, address: u8, read: &mut [u8]) -> Result<(), Error> {
        // SAFETY: the board writes so many bytes there.
        done(unsafe { raw::i2c_read(self.0, address.into(), read.as_mut_ptr(), read.len()) })
    }

    fn write(&mut self, address: u8, write: &[u8]) -> Result<(), Error> {
        // SAFETY: the board reads so many bytes from there.
        done(unsafe { raw::i2c_write(self.0, address.into(), write.as_ptr(), write.len()) })
    }

    fn write_read(&mut self, address: u8, write: &[u8], read: &mut [u8]) -> Result<(), Error> {
        let (to, length) = (read.as_mut_ptr(), read.len());
        // SAFETY: the board reads so many bytes from the one, and writes so many to the other.
        done(unsafe { raw::i2c_write_read(self.0, address.into(), write.as_ptr(), write.len(), to, length) })
    }

    /// Up to four operations with 2,048 bytes; more are [`Error::Invalid`].
    fn transaction(&mut self, address: u8, operations: &mut [i2c::Operation<'_>]) -> Result<(), Error> {
        let mut list = [Operation::NONE; MOST];
        let count = operations.len();
        for (place, operation) in list.get_mut(..count).ok_or(Error::Invalid)?.iter_mut().zip(operations) {
            *place = match operation {
                i2c::Operation::Read(bytes) => reading(kind::READ, bytes),
                i2c::Operation::Write(bytes) => writing(bytes),
            };
        }
        // SAFETY: so many operations, each with a buffer that is borrowed.
        done(unsafe { raw::i2c_transaction(self.0, address.into(), list.as_ptr(), count) })
    }
}

impl spi::ErrorType for Spi {
    type Error = Error;
}

impl SpiDevice for Spi {
    fn read(&mut self, read: &mut [u8]) -> Result<(), Error> {
        // SAFETY: the board writes so many bytes there.
        done(unsafe { raw::spi_read(self.0, read.as_mut_ptr(), read.len()) })
    }

    fn write(&mut self, write: &[u8]) -> Result<(), Error> {
        // SAFETY: the board reads so many bytes from there.
        done(unsafe { raw::spi_write(self.0, write.as_ptr(), write.len()) })
    }

    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), Error> {
        if read.len() != write.len() {
            return self.transaction(&mut [spi::Operation::Transfer(read, write)]);
        }
        // SAFETY: the board reads and writes so many bytes.
        done(unsafe { raw::spi_transfer(self.0, read.as_mut_ptr(), write.as_ptr(), read.len()) })
    }

    fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), Error> {
        // SAFETY: the board reads and writes so many bytes there.
        done(unsafe { raw::spi_transfer_in_place(self.0, words.as_mut_ptr(), words.len()) })
    }

    /// Up to four operations, whose delays take a millisecond together; more are [`Error::Invalid`]. A transfer between buffers of different lengths takes two.
    fn transaction(&mut self, operations: &mut [spi::Operation<'_, u8>]) -> Result<(), Error> {
        let mut list = [Operation::NONE; MOST];
        let mut count = 0;
        let mut put = |operation| {
            *list.get_mut(count).ok_or(Error::Invalid)? = operation;
            count += 1;
            Ok(())
        };
        for operation in operations {
            match operation {
                spi::Operation::Read(bytes) => put(reading(kind::READ, bytes))?,
                spi::Operation::Write(bytes) => put(writing(bytes))?,
                spi::Operation::TransferInPlace(bytes) => put(reading(kind::TRANSFER_IN_PLACE, bytes))?,
                spi::Operation::DelayNs(ns) => put(Operation {
                    kind: kind::DELAY_NS,
                    length: usize::try_from(*ns).map_err(|_| Error::Invalid)?,
                    ..Operation::NONE
                })?,
                spi::Operation::Transfer(read, write) => {
                    let (both, read_rest) = read.split_at_mut(read.len().min(write.len()));
                    let (sent, write_rest) = write.split_at(both.len());
                    put(Operation { other: sent.as_ptr(), ..reading(kind::TRANSFER, both) })?;
                    if !read_rest.is_empty() {
                        put(reading(kind::READ, read_rest))?;
                    }
                    if !write_rest.is_empty() {
                        put(writing(write_rest))?;
                    }
                }
            }
        }
        // SAFETY: so many operations, each with buffers that are borrowed.
        done(unsafe { raw::spi_transaction(self.0, list.as_ptr(), count) })
    }
}
