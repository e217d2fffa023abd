//! The I²C controller of nRF51 and nRF52, byte by byte.

use embedded_hal::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};

use super::TWI;

/// Registers.
mod at {
    pub(super) const START_READ: u16 = 0x000;
    pub(super) const START_WRITE: u16 = 0x008;
    pub(super) const STOP: u16 = 0x014;
    pub(super) const RESUME: u16 = 0x020;
    pub(super) const STOPPED: u16 = 0x104;
    pub(super) const RECEIVED: u16 = 0x108;
    pub(super) const SENT: u16 = 0x11c;
    pub(super) const ERROR: u16 = 0x124;
    /// What happens between two bytes: 1 waits, 2 stops.
    pub(super) const BETWEEN: u16 = 0x200;
    pub(super) const ERROR_SOURCE: u16 = 0x4c4;
    pub(super) const ENABLE: u16 = 0x500;
    pub(super) const CLOCK_PIN: u16 = 0x508;
    pub(super) const DATA_PIN: u16 = 0x50c;
    pub(super) const RECEIVE: u16 = 0x518;
    pub(super) const SEND: u16 = 0x51c;
    pub(super) const FREQUENCY: u16 = 0x524;
    pub(super) const ADDRESS: u16 = 0x588;
}

/// How often an event is looked for: longer than a byte takes at 100 kHz, with a device that stretches the clock.
const PATIENCE: u32 = 100_000;

/// The controller.
pub struct Twi(());

impl Twi {
    /// Starts it at 100 kHz. The pins have to be inputs.
    pub fn start(clock: u8, data: u8) -> Self {
        for (register, value) in
            [(at::CLOCK_PIN, clock.into()), (at::DATA_PIN, data.into()), (at::FREQUENCY, 0x0198_0000), (at::ENABLE, 5)]
        {
            TWI.write(register, value);
        }
        Self(())
    }

    /// Waits for an event, and forgets it.
    fn wait_for(&mut self, event: u16) -> Result<(), ErrorKind> {
        for _ in 0..PATIENCE {
            if TWI.read(event) != 0 {
                TWI.write(event, 0);
                return Ok(());
            }
            if TWI.read(at::ERROR) != 0 {
                return Err(why());
            }
        }
        Err(ErrorKind::Bus)
    }

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), ErrorKind> {
        for &byte in bytes {
            TWI.write(at::SENT, 0);
            TWI.write(at::SEND, byte.into());
            self.wait_for(at::SENT)?;
        }
        Ok(())
    }

    /// Reads bytes. `is_last`: after them the transfer stops.
    fn read_all(&mut self, bytes: &mut [u8], is_last: bool, resume: bool) -> Result<(), ErrorKind> {
        let count = bytes.len();
        for (index, byte) in bytes.iter_mut().enumerate() {
            TWI.write(at::BETWEEN, if is_last && index + 1 == count { 2 } else { 1 });
            if resume || index > 0 {
                TWI.write(at::RESUME, 1);
            }
            self.wait_for(at::RECEIVED)?;
            // Eight bits.
            *byte = TWI.read(at::RECEIVE) as u8;
        }
        Ok(())
    }

    /// Stops the transfer, however it went.
    fn stop(&mut self) {
        TWI.write(at::BETWEEN, 0);
        TWI.write(at::STOPPED, 0);
        TWI.write(at::RESUME, 1);
        TWI.write(at::STOP, 1);
        // A bus that hangs was reported already.
        let _ = self.wait_for(at::STOPPED);
    }

    fn carry_out(&mut self, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        let mut was_read = None;
        let mut rest = operations;
        while let Some((operation, following)) = rest.split_first_mut() {
            let is_read = matches!(operation, Operation::Read(_));
            if was_read != Some(is_read) {
                TWI.write(if is_read { at::BETWEEN } else { at::STOPPED }, u32::from(is_read));
                TWI.write(if is_read { at::START_READ } else { at::START_WRITE }, 1);
            }
            match operation {
                Operation::Read(bytes) => {
                    let is_last = !matches!(following.first(), Some(Operation::Read(_)));
                    self.read_all(bytes, is_last, was_read == Some(true))?;
                }
                Operation::Write(bytes) => self.write_all(bytes)?,
            }
            was_read = Some(is_read);
            rest = following;
        }
        Ok(())
    }
}

/// Why the controller says there was an error. It forgets it.
fn why() -> ErrorKind {
    let source = TWI.read(at::ERROR_SOURCE);
    TWI.write(at::ERROR_SOURCE, source);
    TWI.write(at::ERROR, 0);
    match source {
        source if source & 1 << 1 != 0 => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address),
        source if source & 1 << 2 != 0 => ErrorKind::NoAcknowledge(NoAcknowledgeSource::Data),
        _ => ErrorKind::Overrun,
    }
}

impl ErrorType for Twi {
    type Error = ErrorKind;
}

/// The bus, lent for one transaction.
impl I2c for Twi {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        TWI.write(at::ADDRESS, address.into());
        TWI.write(at::ERROR, 0);
        let result = self.carry_out(operations);
        self.stop();
        result
    }
}
