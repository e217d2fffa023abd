//! nRF52840-DK: a Cortex-M4F. LED 1 is on P0.13, button 1 on P0.11, the serial line goes to the debugger. Builds; QEMU has no model of it.

use ermine_boards::{Absent, Access, Board, Errno, Grant, Level, Mode, Pull};

use crate::{
    nrf::{Clock, FlashSlot, Gpio, Storage, Twi, Uart, Watchdog, random},
    once::Once,
    pin::Pin,
};

pub use cortex_m_rt::entry;

/// Words of value stack, bytes of memory, words of arena, of scratch space.
pub const STACK: usize = 2048;
pub const MEMORY: usize = 128 << 10;
pub const ARENA: usize = 512;
pub const SCRATCH: usize = 256;
/// Guests that arrive are written to flash.
pub type Slot = FlashSlot<{ 32 << 10 }, { 4 << 10 }>;
#[allow(unsafe_code, reason = "addresses of flash")]
// SAFETY: the memory map ends at 952 KB.
pub static SLOTS: Once<[Slot; 2]> = Once::new(unsafe { [FlashSlot::at(960 << 10), FlashSlot::at(992 << 10)] });
/// Bytes that outlive a reset.
type Settings = Storage<{ 4 << 10 }>;

/// Fuel for a tick.
pub const FUEL: u32 = 2000;

pub static TABLE: &[Grant] = &[
    // It shines when the pin is low.
    Grant::output_safe("led", 13, Level::High),
    Grant::input("button", 11, Pull::Up),
    Grant::delay(),
    Grant::clock(),
    Grant::timer("tick", 1000),
    Grant::log(),
    // Pins of the Arduino connector.
    Grant::i2c("sensor", 0, 0x08..=0x77),
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
        Some(Self {
            clock: Clock::start(),
            line: Uart::start(6, 8),
            bus: Twi::start(27, 26),
            watchdog: Watchdog::start(),
            settings: settings(),
        })
    }
}

#[allow(unsafe_code, reason = "an address of flash")]
const fn settings() -> Settings {
    // SAFETY: the memory map ends there, and slots come behind it.
    unsafe { Storage::at(952 << 10) }
}

impl Board for Chosen {
    const NAME: &'static str = "nrf52840-dk";

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
