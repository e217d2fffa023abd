//! micro:bit: an nRF51822, a Cortex-M0 with 16 KB of RAM. The LED is the first of the matrix, the serial line goes to the USB chip.

use ermine_boards::{Absent, Access, Board, Errno, Grant, Mode, Pull};

use crate::{
    nrf::{Clock, FlashSlot, Gpio, Storage, Twi, Uart, Watchdog, random},
    once::Once,
    pin::Pin,
};

pub use cortex_m_rt::entry;

/// Words of value stack, bytes of memory, words of arena, of scratch space.
pub const STACK: usize = 256;
pub const MEMORY: usize = 4 << 10;
pub const ARENA: usize = 96;
pub const SCRATCH: usize = 64;
/// Guests that arrive are written to flash.
pub type Slot = FlashSlot<{ 8 << 10 }, { 1 << 10 }>;
#[allow(unsafe_code, reason = "addresses of flash")]
// SAFETY: the memory map ends at 238 KB.
pub static SLOTS: Once<[Slot; 2]> = Once::new(unsafe { [FlashSlot::at(240 << 10), FlashSlot::at(248 << 10)] });
/// Bytes that outlive a reset.
type Settings = Storage<{ 1 << 10 }>;

/// Fuel for a tick.
pub const FUEL: u32 = 400;

/// The matrix: the LED of row 1, column 1 shines when the row is high and the column low.
const ROW: u8 = 13;
const COLUMN: u8 = 4;

pub static TABLE: &[Grant] = &[
    Grant::output("led", ROW),
    Grant::input("button", 17, Pull::None),
    Grant::delay(),
    Grant::clock(),
    Grant::timer("tick", 1000),
    Grant::log(),
    // The accelerometer, and the magnetometer.
    Grant::i2c("sensor", 0, 0x0e..=0x1d),
    Grant::random(),
    Grant::storage("settings", 0, 256, Access::ReadWrite),
];

/// The board.
pub struct Chosen {
    clock: Clock,
    line: Uart,
    bus: Twi,
    watchdog: Watchdog,
    settings: Settings,
}

impl Chosen {
    /// Starts clock, serial line and watchdog.
    pub fn start() -> Option<Self> {
        // The matrix: a column that stays low.
        let _ = Gpio::of(COLUMN)?.set_mode(Mode::Output);
        Some(Self {
            clock: Clock::start(),
            line: Uart::start(24, 25),
            bus: Twi::start(0, 30),
            watchdog: Watchdog::start(),
            settings: settings(),
        })
    }
}

#[allow(unsafe_code, reason = "an address of flash")]
const fn settings() -> Settings {
    // SAFETY: the memory map ends there, and slots come behind it.
    unsafe { Storage::at(238 << 10) }
}

impl Board for Chosen {
    const NAME: &'static str = "microbit";

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
