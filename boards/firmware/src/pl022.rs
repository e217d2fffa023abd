//! PrimeCell PL022: SPI, in mode 0, a byte at a time. Waits for it have an end, as for all that hardware does.

use embedded_hal::spi::{ErrorKind, ErrorType, SpiBus};

use crate::reg::Block;

const CONTROL_0: u16 = 0x00;
const CONTROL_1: u16 = 0x04;
const DATA: u16 = 0x08;
const STATUS: u16 = 0x0c;
const PRESCALER: u16 = 0x10;

/// Something was received.
const RECEIVED: u32 = 1 << 2;

/// A bus. It is only looked at while a transaction runs.
pub struct Bus(Block);

impl Bus {
    /// Starts it, at the frequency of its clock by `2 * divider`.
    pub fn start(block: Block, divider: u32) -> Self {
        block.write(PRESCALER, 2);
        block.write(CONTROL_0, (divider - 1) << 8 | 7);
        // On.
        block.write(CONTROL_1, 1 << 1);
        Self(block)
    }

    /// Sends a byte while one is received.
    fn exchange(&mut self, byte: u8) -> Result<u8, ErrorKind> {
        self.0.write(DATA, byte.into());
        // A byte takes some hundred cycles.
        for _ in 0..100_000 {
            if self.0.read(STATUS) & RECEIVED != 0 {
                return Ok(self.0.read(DATA) as u8);
            }
        }
        Err(ErrorKind::Other)
    }
}

impl ErrorType for Bus {
    type Error = ErrorKind;
}

impl SpiBus for Bus {
    fn read(&mut self, words: &mut [u8]) -> Result<(), ErrorKind> {
        words.iter_mut().try_for_each(|word| self.exchange(0).map(|byte| *word = byte))
    }

    fn write(&mut self, words: &[u8]) -> Result<(), ErrorKind> {
        words.iter().try_for_each(|&word| self.exchange(word).map(|_| ()))
    }

    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), ErrorKind> {
        // The shorter one is filled up.
        (0..read.len().max(write.len())).try_for_each(|index| {
            let byte = self.exchange(write.get(index).copied().unwrap_or_default())?;
            if let Some(word) = read.get_mut(index) {
                *word = byte;
            }
            Ok(())
        })
    }

    fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), ErrorKind> {
        words.iter_mut().try_for_each(|word| self.exchange(*word).map(|byte| *word = byte))
    }

    fn flush(&mut self) -> Result<(), ErrorKind> {
        // Each byte was waited for.
        Ok(())
    }
}
