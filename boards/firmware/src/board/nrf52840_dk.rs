//! nRF52840-DK: a Cortex-M4F. LED 1 is on P0.13, button 1 on P0.11, the serial line goes to the debugger. Builds; QEMU has no model of it.

use ermine_boards::{Access, Grant, Level, Pull};

use crate::{
    nrf::{FlashSlot, Nrf, Storage, Twi, Uart},
    once::Once,
};

pub use cortex_m_rt::entry;

/// Words of value stack, bytes of memory, words of arena, of scratch space.
pub const STACK: usize = 2048;
pub const MEMORY: usize = 128 << 10;
pub const ARENA: usize = 512;
pub const SCRATCH: usize = 256;
/// What is erased at once.
const PAGE: usize = 4 << 10;
/// Guests that arrive are written to flash.
pub type Slot = FlashSlot<{ 32 << 10 }, PAGE>;
#[allow(unsafe_code, reason = "addresses of flash")]
// SAFETY: the memory map ends at 952 KB.
pub static SLOTS: Once<[Slot; 2]> = Once::new(unsafe { [FlashSlot::at(960 << 10), FlashSlot::at(992 << 10)] });
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
pub type Chosen = Nrf<PAGE>;
pub const NAME: &str = "nrf52840-dk";

#[allow(unsafe_code, reason = "an address of flash")]
impl Chosen {
    /// Starts all that it has.
    pub fn start() -> Option<Self> {
        // SAFETY: the memory map ends there, and slots come behind it.
        let settings = unsafe { Storage::at(952 << 10) };
        Some(Self::start_with(Uart::start(6, 8), Twi::start(27, 26), settings))
    }
}
