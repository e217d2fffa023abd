//! Raspberry Pi Pico: an RP2040, a Cortex-M0+ at the 12 MHz of its crystal. The LED is on GPIO 25, the serial line on GPIO 0 and 1. Builds; QEMU has no model of it.

use ermine_boards::{Absent, Board, Errno, Grant, Mode, Pull, RamSlot};

use crate::{
    once::Once,
    pin::{Line, Pin},
    reg::blocks,
};

pub use cortex_m_rt::entry;

/// Words of value stack, bytes of memory, words of arena, of scratch space.
pub const STACK: usize = 1024;
pub const MEMORY: usize = 96 << 10;
pub const ARENA: usize = 256;
pub const SCRATCH: usize = 256;
/// Guests that arrive are kept in RAM: code runs from the flash chip, which cannot be read while it is written.
pub type Slot = RamSlot<{ 32 << 10 }>;
pub static SLOTS: Once<[Slot; 2]> = Once::new([const { RamSlot::new() }; 2]);
/// Fuel for a tick.
pub const FUEL: u32 = 400;

pub static TABLE: &[Grant] = &[
    Grant::output("led", 25),
    Grant::input("button", 2, Pull::Up),
    Grant::delay(),
    Grant::clock(),
    Grant::timer("tick", 1000),
    Grant::log(),
];

#[allow(unsafe_code, reason = "the boot ROM looks for it there")]
// SAFETY: the section has its own place in the memory map.
#[unsafe(link_section = ".boot2")]
#[used]
static BOOT2: [u8; 256] = rp2040_boot2::BOOT_LOADER_W25Q080;

blocks! {
    CLOCKS = 0x4000_8000;
    RESETS = 0x4000_c000;
    PINS = 0x4001_4000;
    PADS = 0x4001_c000;
    CRYSTAL = 0x4002_4000;
    UART = 0x4003_4000;
    TIMER = 0x4005_4000;
    WATCHDOG = 0x4005_8000;
    SIO = 0xd000_0000;
}

/// Registers of the serial line, a PL011.
mod uart {
    pub(super) const DATA: u16 = 0x00;
    pub(super) const FLAGS: u16 = 0x18;
    pub(super) const EMPTY: u32 = 1 << 4;
    pub(super) const FULL: u32 = 1 << 5;
}

/// Registers of the pins.
mod sio {
    pub(super) const IN: u16 = 0x04;
    pub(super) const OUT_SET: u16 = 0x14;
    pub(super) const OUT_CLEAR: u16 = 0x18;
    pub(super) const ENABLE_SET: u16 = 0x24;
    pub(super) const ENABLE_CLEAR: u16 = 0x28;
}

/// What a pin can be connected to.
mod function {
    pub(super) const UART: u32 = 2;
    pub(super) const SIO: u32 = 5;
}

/// Microseconds that the watchdog has patience for; it counts each twice.
const PATIENCE_US: u32 = 2_000_000;

fn connect(pin: u8, function: u32) {
    PINS.write(0x04 + u16::from(pin) * 8, function);
}

/// The board.
pub struct Chosen(());

impl Chosen {
    /// Starts clocks, timer, serial line and watchdog.
    pub fn start() -> Option<Self> {
        // The crystal, a millisecond to settle, and everything runs by it.
        CRYSTAL.write(0x0c, 47);
        CRYSTAL.write(0x00, 0xfab << 12 | 0xaa0);
        while CRYSTAL.read(0x04) >> 31 == 0 {}
        CLOCKS.write(0x30, 2);
        CLOCKS.write(0x3c, 0);
        CLOCKS.write(0x48, 1 << 11);
        // Pins, pads, timer, UART 0 out of their reset.
        let wanted = 1 << 5 | 1 << 8 | 1 << 21 | 1 << 22;
        RESETS.replace(0x00, wanted, 0);
        while RESETS.read(0x08) & wanted != wanted {}
        // A tick of the timer in 12 of the crystal's.
        WATCHDOG.write(0x2c, 1 << 9 | 12);
        // 12 MHz by 16 by 115,200 baud is 6 and 33 / 64; 8 bits, queues; on.
        for (register, value) in [(0x24, 6), (0x28, 33), (0x2c, 0x70), (0x30, 0x301)] {
            UART.write(register, value);
        }
        connect(0, function::UART);
        connect(1, function::UART);
        WATCHDOG.write(0x04, PATIENCE_US * 2);
        WATCHDOG.replace(0x00, 0, 1 << 30);
        Some(Self(()))
    }
}

/// A pin.
pub struct Gpio(u8);

impl Gpio {
    fn of(number: u8) -> Option<Self> {
        (number < 30).then_some(Self(number))
    }
}

impl Line for Gpio {
    fn drive(&mut self, high: bool) {
        SIO.write(if high { sio::OUT_SET } else { sio::OUT_CLEAR }, 1 << self.0);
    }

    fn is_high(&mut self) -> bool {
        SIO.read(sio::IN) >> self.0 & 1 != 0
    }
}

impl Board for Chosen {
    const NAME: &'static str = "pico";

    type Pin<'a> = Pin<Gpio>;
    type I2c<'a> = Absent;
    type Spi<'a> = Absent;
    type Pwm<'a> = Absent;
    type Serial<'a> = Absent;

    fn now_us(&mut self) -> u64 {
        let (high, low) = loop {
            let high = TIMER.read(0x24);
            let low = TIMER.read(0x28);
            if TIMER.read(0x24) == high {
                break (high, low);
            }
        };
        u64::from(high) << 32 | u64::from(low)
    }

    fn feed_watchdog(&mut self) {
        WATCHDOG.write(0x04, PATIENCE_US * 2);
    }

    fn console_read(&mut self) -> Option<u8> {
        (UART.read(uart::FLAGS) & uart::EMPTY == 0).then(|| UART.read(uart::DATA) as u8)
    }

    fn console_write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            while UART.read(uart::FLAGS) & uart::FULL != 0 {}
            UART.write(uart::DATA, byte.into());
        }
    }

    fn pin(&mut self, pin: u8) -> Option<Pin<Gpio>> {
        Gpio::of(pin).map(Pin)
    }

    fn set_mode(&mut self, pin: u8, mode: Mode) -> Result<(), Errno> {
        let Gpio(number) = Gpio::of(pin).ok_or(Errno::Unsupported)?;
        // The input buffer is on; 4 mA; resistors.
        let (pad, direction) = match mode {
            Mode::Output => (0x50, sio::ENABLE_SET),
            Mode::Input(Pull::None) => (0x50, sio::ENABLE_CLEAR),
            Mode::Input(Pull::Up) => (0x58, sio::ENABLE_CLEAR),
            Mode::Input(Pull::Down) => (0x54, sio::ENABLE_CLEAR),
        };
        PADS.write(0x04 + u16::from(number) * 4, pad);
        SIO.write(direction, 1 << number);
        connect(number, function::SIO);
        Ok(())
    }
}
