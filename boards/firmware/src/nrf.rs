//! What nRF51 and nRF52 have in common: serial line, pins, a timer as the clock, random numbers, watchdog, slots in flash.

use ermine_boards::{Errno, Mode, Pull};

use crate::{
    pin::Line,
    reg::{Block, blocks},
};

mod chip;
mod slot;
mod storage;
mod twi;

pub use chip::Nrf;
pub use slot::FlashSlot;
pub use storage::Storage;
pub use twi::Twi;

blocks! {
    UART = 0x4000_2000;
    TWI = 0x4000_3000;
    TIMER = 0x4000_8000;
    RNG = 0x4000_d000;
    WDT = 0x4001_0000;
    GPIO = 0x5000_0000;
}

/// A serial line, looked at when it is asked.
pub struct Uart(());

impl Uart {
    /// Starts it at 115,200 baud.
    pub fn start(transmit: u8, receive: u8) -> Self {
        // Pins; the baud rate; on; begin.
        for (register, value) in [
            (0x50c, transmit.into()),
            (0x514, receive.into()),
            (0x524, 0x01d7_e000),
            (0x500, 4),
            (0x000, 1),
            (0x008, 1),
        ] {
            UART.write(register, value);
        }
        Self(())
    }

    /// A byte, if one has come.
    pub fn read(&mut self) -> Option<u8> {
        const RECEIVED: u16 = 0x108;
        if UART.read(RECEIVED) == 0 {
            return None;
        }
        UART.write(RECEIVED, 0);
        Some(UART.read(0x518) as u8)
    }

    /// Writes all bytes.
    pub fn write(&mut self, bytes: &[u8]) {
        const SENT: u16 = 0x11c;
        for &byte in bytes {
            UART.write(SENT, 0);
            UART.write(0x51c, byte.into());
            while UART.read(SENT) == 0 {}
        }
    }
}

/// Timer 0 as a clock of 1 MHz with 32 bits. (The nRF51's core has no system timer, though QEMU's model of it has.)
pub struct Clock {
    last: u32,
    wraps: u32,
}

impl Clock {
    /// Starts it.
    pub fn start() -> Self {
        // A timer; 32 bits; 16 MHz by 16; begin.
        for (register, value) in [(0x504, 0), (0x508, 3), (0x510, 4), (0x000, 1)] {
            TIMER.write(register, value);
        }
        Self { last: 0, wraps: 0 }
    }

    /// Microseconds since it was started. It is asked more often than every 71 minutes.
    pub fn now_us(&mut self) -> u64 {
        TIMER.write(0x040, 1);
        let now = TIMER.read(0x540);
        if now < self.last {
            self.wraps += 1;
        }
        self.last = now;
        u64::from(self.wraps) << 32 | u64::from(now)
    }
}

/// Registers of the pins.
mod gpio {
    pub(super) const OUTSET: u16 = 0x508;
    pub(super) const OUTCLR: u16 = 0x50c;
    pub(super) const IN: u16 = 0x510;
    pub(super) const CONFIGURE: u16 = 0x700;
}

/// A pin of port 0.
pub struct Gpio(u8);

impl Gpio {
    /// The pin with this number.
    pub fn of(number: u8) -> Option<Self> {
        (number < 32).then_some(Self(number))
    }

    /// Sets how it works.
    pub fn set_mode(&self, mode: Mode) -> Result<(), Errno> {
        // Direction, input buffer off, resistor.
        let bits = match mode {
            Mode::Output => 0b11,
            Mode::Input(Pull::None) => 0,
            Mode::Input(Pull::Down) => 1 << 2,
            Mode::Input(Pull::Up) => 3 << 2,
        };
        GPIO.write(gpio::CONFIGURE + u16::from(self.0) * 4, bits);
        Ok(())
    }
}

impl Line for Gpio {
    fn drive(&mut self, high: bool) {
        GPIO.write(if high { gpio::OUTSET } else { gpio::OUTCLR }, 1 << self.0);
    }

    fn is_high(&mut self) -> bool {
        GPIO.read(gpio::IN) >> self.0 & 1 != 0
    }
}

/// Fills a buffer from the source of random numbers, a byte at a time.
pub fn random(bytes: &mut [u8]) {
    const READY: u16 = 0x100;
    RNG.write(0x000, 1);
    for byte in bytes {
        while RNG.read(READY) == 0 {}
        RNG.write(READY, 0);
        *byte = RNG.read(0x508) as u8;
    }
    RNG.write(0x004, 1);
}

/// The watchdog. It cannot be stopped.
pub struct Watchdog(());

impl Watchdog {
    /// Starts it: it has patience for two seconds.
    pub fn start() -> Self {
        // 32,768 Hz; it runs while the core sleeps; begin.
        for (register, value) in [(0x504, 65_536), (0x50c, 1), (0x508, 1), (0x000, 1)] {
            WDT.write(register, value);
        }
        Self(())
    }

    /// Feeds it.
    pub fn feed(&mut self) {
        WDT.write(0x600, 0x6e52_4635);
    }
}

/// The flash controller.
pub(crate) mod flash {
    use super::{Block, blocks};

    blocks! {
        NVMC = 0x4001_e000;
    }

    fn with_mode(mode: u32, then: impl FnOnce(Block)) {
        NVMC.write(0x504, mode);
        while NVMC.read(0x400) == 0 {}
        then(NVMC);
        while NVMC.read(0x400) == 0 {}
        NVMC.write(0x504, 0);
    }

    /// Lets words be written.
    pub(crate) fn writing(then: impl FnOnce()) {
        with_mode(1, |_| then());
    }

    /// Erases the page at this address.
    pub(crate) fn erase(page: u32) {
        with_mode(2, |controller| controller.write(0x508, page));
    }
}
