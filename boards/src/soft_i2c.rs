//! An I²C controller made of two pins, for chips that have none, or none that works without errata.
//!
//! It is generic over embedded-hal: pins that are open drain (high lets go of the line), and a delay. Devices may stretch the clock, within limits;
//! other controllers are noticed, and left alone. It is slow, and the core is busy meanwhile.

use embedded_hal::{
    delay::DelayNs,
    digital::{InputPin, OutputPin},
    i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation},
};

/// Half a period of the clock: 100 kHz at the most.
const HALF_NS: u32 = 5_000;

/// Half periods that a device may hold the clock: 25 ms, as SMBus has it.
const PATIENCE: u32 = 5_000;

/// A controller: a pin for the clock, one for data, and a delay.
#[derive(Debug)]
pub struct SoftI2c<C, D, W> {
    clock: C,
    data: D,
    wait: W,
}

impl<C, D, W> SoftI2c<C, D, W>
where
    C: InputPin + OutputPin,
    D: InputPin + OutputPin,
    W: DelayNs,
{
    /// A controller of two pins that are open drain, and high.
    pub fn new(clock: C, data: D, wait: W) -> Self {
        Self { clock, data, wait }
    }

    fn pause(&mut self) {
        self.wait.delay_ns(HALF_NS);
    }

    fn clock_low(&mut self) -> Result<(), ErrorKind> {
        self.clock.set_low().map_err(|_| ErrorKind::Other)
    }

    /// Lets go of the clock, and waits until everybody has.
    fn clock_high(&mut self) -> Result<(), ErrorKind> {
        self.clock.set_high().map_err(|_| ErrorKind::Other)?;
        for _ in 0..PATIENCE {
            self.pause();
            if self.clock.is_high().map_err(|_| ErrorKind::Other)? {
                return Ok(());
            }
        }
        Err(ErrorKind::Bus)
    }

    fn set_data(&mut self, high: bool) -> Result<(), ErrorKind> {
        self.data.set_state(high.into()).map_err(|_| ErrorKind::Other)
    }

    fn is_data_high(&mut self) -> Result<bool, ErrorKind> {
        self.data.is_high().map_err(|_| ErrorKind::Other)
    }

    /// One bit: its level when the clock was high. The clock is low before and after.
    fn bit(&mut self, high: bool) -> Result<bool, ErrorKind> {
        self.set_data(high)?;
        self.pause();
        self.clock_high()?;
        let level = self.is_data_high()?;
        self.clock_low()?;
        Ok(level)
    }

    /// Data falls while the clock is high; also in the middle of a transaction.
    fn start(&mut self) -> Result<(), ErrorKind> {
        self.set_data(true)?;
        self.pause();
        self.clock_high()?;
        // A device that was interrupted in the middle of a byte lets go of the line within nine clocks.
        for _ in 0..9 {
            if self.is_data_high()? {
                break;
            }
            self.clock_low()?;
            self.pause();
            self.clock_high()?;
        }
        if !self.is_data_high()? {
            return Err(ErrorKind::Bus);
        }
        self.set_data(false)?;
        self.pause();
        self.clock_low()
    }

    /// Data rises while the clock is high.
    fn stop(&mut self) -> Result<(), ErrorKind> {
        self.set_data(false)?;
        self.pause();
        self.clock_high()?;
        self.set_data(true)?;
        self.pause();
        Ok(())
    }

    fn send(&mut self, byte: u8, source: NoAcknowledgeSource) -> Result<(), ErrorKind> {
        for shift in (0..8).rev() {
            let high = byte >> shift & 1 != 0;
            if self.bit(high)? != high {
                return Err(ErrorKind::ArbitrationLoss);
            }
        }
        if self.bit(true)? { Err(ErrorKind::NoAcknowledge(source)) } else { Ok(()) }
    }

    fn receive(&mut self, is_last: bool) -> Result<u8, ErrorKind> {
        let mut byte = 0;
        for _ in 0..8 {
            byte = byte << 1 | u8::from(self.bit(true)?);
        }
        // What acknowledges the last byte makes the device go on.
        self.bit(is_last)?;
        Ok(byte)
    }

    fn carry_out(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        let mut was_read = None;
        let mut rest = operations;
        while let Some((operation, following)) = rest.split_first_mut() {
            let is_read = matches!(operation, Operation::Read(_));
            if was_read != Some(is_read) {
                self.start()?;
                self.send(address << 1 | u8::from(is_read), NoAcknowledgeSource::Address)?;
            }
            match operation {
                Operation::Read(bytes) => {
                    let ends = !matches!(following.first(), Some(Operation::Read(_)));
                    let count = bytes.len();
                    for (index, byte) in bytes.iter_mut().enumerate() {
                        *byte = self.receive(ends && index + 1 == count)?;
                    }
                }
                Operation::Write(bytes) => {
                    for &byte in *bytes {
                        self.send(byte, NoAcknowledgeSource::Data)?;
                    }
                }
            }
            was_read = Some(is_read);
            rest = following;
        }
        Ok(())
    }
}

impl<C, D, W> ErrorType for SoftI2c<C, D, W> {
    type Error = ErrorKind;
}

impl<C, D, W> I2c for SoftI2c<C, D, W>
where
    C: InputPin + OutputPin,
    D: InputPin + OutputPin,
    W: DelayNs,
{
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        match self.carry_out(address, operations) {
            // The bus is another's.
            Err(ErrorKind::ArbitrationLoss) => {
                self.set_data(true)?;
                self.clock_high()?;
                Err(ErrorKind::ArbitrationLoss)
            }
            result => {
                let stopped = self.stop();
                result.and(stopped)
            }
        }
    }
}
