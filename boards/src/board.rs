//! What a board has to provide. Everything beyond console, clock and watchdog is optional: what a board does not have it leaves at its default.
//!
//! Pins and buses are those of embedded-hal 1.0, so that a board is a thin layer over its HAL. They are handed out for one operation at a time: a
//! board over registers makes them up of a number, a board over a HAL lends what it keeps (`type Pin<'a> = &'a mut …`).

use core::convert::Infallible;

use embedded_hal::{
    digital::{self, InputPin, OutputPin},
    i2c::{self, I2c},
    pwm::{self, SetDutyCycle},
    spi::{self, SpiDevice},
};
use embedded_io::{ErrorType, Read, ReadReady, Write};

use crate::{errno::Errno, grant::Pull};

/// How a pin works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mode {
    /// It is read, held by a resistor.
    Input(Pull),
    /// It is driven.
    Output,
}

/// A board.
pub trait Board {
    /// What it is called.
    const NAME: &'static str;

    /// A pin. [`Absent`] if there are none; so are the others.
    type Pin<'a>: InputPin + OutputPin
    where
        Self: 'a;
    /// An I²C bus.
    type I2c<'a>: I2c
    where
        Self: 'a;
    /// A device on an SPI bus, with its chip select.
    type Spi<'a>: SpiDevice
    where
        Self: 'a;
    /// An output with a duty cycle.
    type Pwm<'a>: SetDutyCycle
    where
        Self: 'a;
    /// A serial line for guests.
    type Serial<'a>: Read + ReadReady + Write
    where
        Self: 'a;

    /// Microseconds since some fixed point. It never runs backwards, and is asked at least once in a tick.
    fn now_us(&mut self) -> u64;

    /// Waits until then, or until something has happened. It may return at any time.
    fn idle(&mut self, until_us: u64) {
        let _ = until_us;
    }

    /// Feeds the watchdog. Called once a tick, whatever guests do.
    fn feed_watchdog(&mut self) {}

    /// A byte of the line to whoever looks after the board, if one has come.
    fn console_read(&mut self) -> Option<u8>;

    /// Writes to this line, and waits until all is written.
    fn console_write(&mut self, bytes: &[u8]);

    /// Whether everything is to end. Firmware never ends; simulations and tests do.
    fn has_ended(&mut self) -> bool {
        false
    }

    /// A pin.
    fn pin(&mut self, pin: u8) -> Option<Self::Pin<'_>> {
        let _ = pin;
        None
    }

    /// Sets how a pin works. An output may start at either level: it is set at once.
    ///
    /// # Errors
    ///
    /// [`Errno::Unsupported`] if the pin does not exist or cannot work in this way.
    fn set_mode(&mut self, pin: u8, mode: Mode) -> Result<(), Errno> {
        let _ = (pin, mode);
        Err(Errno::Unsupported)
    }

    /// An I²C bus.
    fn i2c(&mut self, bus: u8) -> Option<Self::I2c<'_>> {
        let _ = bus;
        None
    }

    /// A device on an SPI bus.
    fn spi(&mut self, device: u8) -> Option<Self::Spi<'_>> {
        let _ = device;
        None
    }

    /// An output with a duty cycle.
    fn pwm(&mut self, channel: u8) -> Option<Self::Pwm<'_>> {
        let _ = channel;
        None
    }

    /// A serial line for guests.
    fn serial(&mut self, port: u8) -> Option<Self::Serial<'_>> {
        let _ = port;
        None
    }

    /// Reads an analog input: the fraction of the full scale, as 0 to 65535 whatever the converter's resolution.
    ///
    /// # Errors
    ///
    /// [`Errno::Unsupported`] if there is no such channel.
    fn adc(&mut self, channel: u8) -> Result<u16, Errno> {
        let _ = channel;
        Err(Errno::Unsupported)
    }

    /// Reads bytes that stay. The grant's size was checked.
    ///
    /// # Errors
    ///
    /// [`Errno::Unsupported`] if there is no such region.
    fn storage_read(&mut self, region: u8, offset: u32, bytes: &mut [u8]) -> Result<(), Errno> {
        let _ = (region, offset, bytes);
        Err(Errno::Unsupported)
    }

    /// Writes bytes that stay. The grant's size was checked.
    ///
    /// # Errors
    ///
    /// [`Errno::Unsupported`] if there is no such region, [`Errno::Other`] for faults.
    fn storage_write(&mut self, region: u8, offset: u32, bytes: &[u8]) -> Result<(), Errno> {
        let _ = (region, offset, bytes);
        Err(Errno::Unsupported)
    }

    /// Fills a buffer with random bytes.
    ///
    /// # Errors
    ///
    /// [`Errno::Unsupported`] where there is no source of them.
    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Errno> {
        let _ = bytes;
        Err(Errno::Unsupported)
    }

    /// Brings what is not in the capability table to a safe state; called when a guest was stopped, after its pins were.
    fn make_safe(&mut self) {}
}

/// What a board does not have: no value of this type exists.
#[derive(Debug, Clone, Copy)]
pub enum Absent {}

impl digital::ErrorType for Absent {
    type Error = Infallible;
}

impl OutputPin for Absent {
    fn set_low(&mut self) -> Result<(), Infallible> {
        match *self {}
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        match *self {}
    }
}

impl InputPin for Absent {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        match *self {}
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        match *self {}
    }
}

impl i2c::ErrorType for Absent {
    type Error = Infallible;
}

impl I2c for Absent {
    fn transaction(&mut self, _: u8, _: &mut [i2c::Operation<'_>]) -> Result<(), Infallible> {
        match *self {}
    }
}

impl spi::ErrorType for Absent {
    type Error = Infallible;
}

impl SpiDevice for Absent {
    fn transaction(&mut self, _: &mut [spi::Operation<'_, u8>]) -> Result<(), Infallible> {
        match *self {}
    }
}

impl pwm::ErrorType for Absent {
    type Error = Infallible;
}

impl SetDutyCycle for Absent {
    fn max_duty_cycle(&self) -> u16 {
        match *self {}
    }

    fn set_duty_cycle(&mut self, _: u16) -> Result<(), Infallible> {
        match *self {}
    }
}

impl ErrorType for Absent {
    type Error = Infallible;
}

impl Read for Absent {
    fn read(&mut self, _: &mut [u8]) -> Result<usize, Infallible> {
        match *self {}
    }
}

impl ReadReady for Absent {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        match *self {}
    }
}

impl Write for Absent {
    fn write(&mut self, _: &[u8]) -> Result<usize, Infallible> {
        match *self {}
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        match *self {}
    }
}
