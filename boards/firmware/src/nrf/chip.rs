//! A board that has what nRF chips have, and nothing beside: its file says which pins.

use ermine_boards::{Absent, Board, Errno, Mode};

use super::{Clock, Gpio, Storage, Twi, Uart, Watchdog, random};
use crate::{board::NAME, pin::Pin};

/// The board, whose bytes that outlive a reset are in pages of this size.
pub struct Nrf<const PAGE: usize> {
    clock: Clock,
    line: Uart,
    bus: Twi,
    watchdog: Watchdog,
    settings: Storage<PAGE>,
}

impl<const PAGE: usize> Nrf<PAGE> {
    /// Starts clock and watchdog.
    pub fn start_with(line: Uart, bus: Twi, settings: Storage<PAGE>) -> Self {
        Self { clock: Clock::start(), line, bus, watchdog: Watchdog::start(), settings }
    }
}

impl<const PAGE: usize> Board for Nrf<PAGE> {
    const NAME: &'static str = NAME;

    type Pin<'a> = Pin<Gpio>;
    type I2c<'a> = &'a mut Twi;
    type Spi<'a> = Absent;
    type Pwm<'a> = Absent;
    type Serial<'a> = Absent;

    fn now_us(&mut self) -> u64 {
        self.clock.now_us()
    }

    fn feed_watchdog(&mut self) {
        self.watchdog.feed();
    }

    fn console_read(&mut self) -> Option<u8> {
        self.line.read()
    }

    fn console_write(&mut self, bytes: &[u8]) {
        self.line.write(bytes);
    }

    fn pin(&mut self, pin: u8) -> Option<Pin<Gpio>> {
        Gpio::of(pin).map(Pin)
    }

    fn set_mode(&mut self, pin: u8, mode: Mode) -> Result<(), Errno> {
        Gpio::of(pin).ok_or(Errno::Unsupported)?.set_mode(mode)
    }

    fn i2c(&mut self, bus: u8) -> Option<&mut Twi> {
        (bus == 0).then_some(&mut self.bus)
    }

    fn storage_read(&mut self, _: u8, offset: u32, bytes: &mut [u8]) -> Result<(), Errno> {
        self.settings.read(offset, bytes)
    }

    fn storage_write(&mut self, _: u8, offset: u32, bytes: &[u8]) -> Result<(), Errno> {
        self.settings.write(offset, bytes)
    }

    fn random(&mut self, bytes: &mut [u8]) -> Result<(), Errno> {
        random(bytes);
        Ok(())
    }
}
