//! Pins and buses of a simulated board as embedded-hal has them: each lends the board for an operation.

use super::desk::Desk;
use super::devices::Place;
use super::table::{self, name_of};
use super::trace::{Kind, hexadecimal};
use embedded_hal::digital::{self, InputPin, OutputPin};
use embedded_hal::i2c::{self, ErrorKind, I2c, NoAcknowledgeSource, Operation};
use embedded_hal::pwm::{self, SetDutyCycle};
use embedded_hal::spi::{self, SpiDevice};
use embedded_io::{ErrorType, Read, ReadReady, Write};
use std::convert::Infallible;

/// What a byte takes on I²C at 400 kHz: nine bits.
const I2C_BYTE_NS: u64 = 22_500;

/// What a byte takes on SPI at 8 MHz.
const SPI_BYTE_NS: u64 = 1000;

/// A pin.
pub(super) struct Pin<'a> {
    pub(super) desk: &'a mut Desk,
    pub(super) pin: u8,
}

impl digital::ErrorType for Pin<'_> {
    type Error = Infallible;
}

impl OutputPin for Pin<'_> {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.desk.drive(self.pin, false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.desk.drive(self.pin, true);
        Ok(())
    }
}

impl InputPin for Pin<'_> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.desk.pins.get(&self.pin).is_some_and(super::desk::PinState::level))
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        self.is_high().map(|high| !high)
    }
}

/// An I²C bus.
pub(super) struct Bus<'a> {
    pub(super) desk: &'a mut Desk,
    pub(super) bus: u8,
}

impl i2c::ErrorType for Bus<'_> {
    type Error = ErrorKind;
}

impl I2c for Bus<'_> {
    fn transaction(&mut self, address: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        let place = Place::I2c { bus: self.bus, address };
        let Some(device) = self.desk.devices.iter_mut().find(|device| device.place == place) else {
            self.desk.clock.take(I2C_BYTE_NS);
            self.desk.event(Kind::Bus, format!("{address:#04x}"), "nobody answers");
            return Err(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address));
        };
        let (mut told, mut bytes) = (Vec::new(), 0);
        for operation in operations {
            let (what, moved) = match operation {
                Operation::Read(buffer) => {
                    device.i2c_read(buffer);
                    ("read", &**buffer)
                }
                Operation::Write(buffer) => {
                    device.i2c_write(buffer);
                    ("write", *buffer)
                }
            };
            told.push(format!("{what} {}", hexadecimal(moved)));
            // The address comes first.
            bytes += 1 + moved.len() as u64;
        }
        let name = device.name.clone();
        self.desk.clock.take(bytes * I2C_BYTE_NS);
        self.desk.event(Kind::Bus, name, told.join(", "));
        Ok(())
    }
}

/// A device on an SPI bus.
pub(super) struct Spi<'a> {
    pub(super) desk: &'a mut Desk,
    pub(super) device: u8,
}

impl spi::ErrorType for Spi<'_> {
    type Error = spi::ErrorKind;
}

impl Spi<'_> {
    /// Sends bytes to what is there, with the data/command pin as it is.
    fn send(&mut self, bytes: &[u8]) {
        let Desk { devices, pins, .. } = &mut *self.desk;
        for device in devices {
            if let Place::Spi { device: place, dc } = device.place
                && place == self.device
            {
                let is_data = pins.get(&dc).is_some_and(super::desk::PinState::level);
                device.spi_write(bytes, is_data);
            }
        }
    }

    fn name(&self) -> String {
        let is_here = |place| matches!(place, Place::Spi { device, .. } if device == self.device);
        let device = self.desk.devices.iter().find(|device| is_here(device.place));
        device.map_or_else(|| format!("spi {}", self.device), |device| device.name.clone())
    }
}

impl SpiDevice for Spi<'_> {
    fn transaction(&mut self, operations: &mut [spi::Operation<'_, u8>]) -> Result<(), spi::ErrorKind> {
        let (mut told, mut time_ns) = (Vec::new(), 0);
        for operation in operations {
            let (what, moved) = match operation {
                spi::Operation::Write(bytes) => {
                    self.send(bytes);
                    ("write", *bytes)
                }
                // Nothing here sends: the line is high.
                spi::Operation::Read(bytes) => {
                    bytes.fill(0xff);
                    ("read", &**bytes)
                }
                spi::Operation::Transfer(read, write) => {
                    self.send(write);
                    read.fill(0xff);
                    ("transfer", *write)
                }
                spi::Operation::TransferInPlace(bytes) => {
                    self.send(bytes);
                    told.push(format!("transfer {}", hexadecimal(bytes)));
                    time_ns += bytes.len() as u64 * SPI_BYTE_NS;
                    bytes.fill(0xff);
                    continue;
                }
                spi::Operation::DelayNs(ns) => {
                    time_ns += u64::from(*ns);
                    continue;
                }
            };
            told.push(format!("{what} {}", hexadecimal(moved)));
            time_ns += moved.len() as u64 * SPI_BYTE_NS;
        }
        let name = self.name();
        self.desk.clock.take(time_ns);
        self.desk.event(Kind::Bus, name, told.join(", "));
        Ok(())
    }
}

/// An output with a duty cycle.
pub(super) struct Pwm<'a> {
    pub(super) desk: &'a mut Desk,
    pub(super) channel: u8,
}

impl pwm::ErrorType for Pwm<'_> {
    type Error = Infallible;
}

impl SetDutyCycle for Pwm<'_> {
    fn max_duty_cycle(&self) -> u16 {
        u16::MAX
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), Infallible> {
        if self.desk.pwm.insert(self.channel, duty) != Some(duty) {
            let name = name_of(self.desk.table, table::pwm, self.channel);
            self.desk.event(Kind::Pwm, name, duty.to_string());
        }
        Ok(())
    }
}

/// A serial line for guests.
pub(super) struct Serial<'a> {
    pub(super) desk: &'a mut Desk,
    pub(super) port: u8,
}

impl ErrorType for Serial<'_> {
    type Error = Infallible;
}

impl Read for Serial<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let waiting = self.desk.serial.entry(self.port).or_default();
        let len = buffer.len().min(waiting.len());
        buffer.iter_mut().zip(waiting.drain(..len)).for_each(|(place, byte)| *place = byte);
        Ok(len)
    }
}

impl ReadReady for Serial<'_> {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(self.desk.serial.get(&self.port).is_some_and(|waiting| !waiting.is_empty()))
    }
}

impl Write for Serial<'_> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        let name = name_of(self.desk.table, table::port, self.port);
        self.desk.event(Kind::Serial, name, String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}
