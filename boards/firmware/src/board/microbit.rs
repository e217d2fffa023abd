//! micro:bit: an nRF51822, a Cortex-M0 with 16 KB of RAM. The LED is the first of the matrix, the serial line goes to the USB chip.

use ermine_boards::{Access, Grant, Mode, Pull};

use crate::{
    nrf::{FlashSlot, Gpio, Nrf, Storage, Twi, Uart},
    once::Once,
};

pub use cortex_m_rt::entry;

/// Words of value stack, bytes of memory, words of arena, of scratch space.
pub const STACK: usize = 256;
pub const MEMORY: usize = 4 << 10;
pub const ARENA: usize = 96;
pub const SCRATCH: usize = 64;
/// What is erased at once.
const PAGE: usize = 1 << 10;
/// Guests that arrive are written to flash.
pub type Slot = FlashSlot<{ 8 << 10 }, PAGE>;
#[allow(unsafe_code, reason = "addresses of flash")]
// SAFETY: the memory map ends at 238 KB.
pub static SLOTS: Once<[Slot; 2]> = Once::new(unsafe { [FlashSlot::at(240 << 10), FlashSlot::at(248 << 10)] });
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
pub type Chosen = Nrf<PAGE>;
pub const NAME: &str = "microbit";

#[allow(unsafe_code, reason = "an address of flash")]
impl Chosen {
    /// Starts all that it has.
    pub fn start() -> Option<Self> {
        // The matrix: a column that stays low.
        let _ = Gpio::of(COLUMN)?.set_mode(Mode::Output);
        // SAFETY: the memory map ends there, and slots come behind it.
        let settings = unsafe { Storage::at(238 << 10) };
        Some(Self::start_with(Uart::start(24, 25), Twi::start(0, 30), settings))
    }
}
