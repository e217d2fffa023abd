//! MPS2 with FPGA image AN386 (a Cortex-M4F) or AN505 (a Cortex-M33 in its secure state). Pins 0 and 1 are the LEDs, 2 and 3 the buttons.
//!
//! QEMU models what is used here; LEDs show in its traces (`-trace 'led_*'`).

use embedded_hal_bus::spi::ExclusiveDevice;
use ermine_boards::{Absent, Board, Errno, Grant, MemorySlot, Mode, Pull, SoftI2c};

use crate::{
    code_memory::CodeMemory,
    once::Once,
    pin::{Line, Pin, Spin},
    pl022,
    systick::Clock,
};

pub use cortex_m_rt::entry;

/// Words of value stack, bytes of memory, words of arena, of scratch space.
pub const STACK: usize = 4096;
pub const MEMORY: usize = 256 << 10;
pub const ARENA: usize = 1024;
pub const SCRATCH: usize = 1024;
/// Guests that arrive are kept in code memory, beside the firmware. It is RAM on this board.
pub type Slot = MemorySlot<CodeMemory<SLOT>>;
const SLOT: usize = 512 << 10;
#[allow(unsafe_code, reason = "addresses of code memory")]
// SAFETY: the memory map ends after 3 MB.
pub static SLOTS: Once<[Slot; 2]> = Once::new(unsafe {
    [MemorySlot::over(CodeMemory::at(CODE + (3 << 20))), MemorySlot::over(CodeMemory::at(CODE + (3 << 20) + SLOT))]
});
/// Fuel for a tick.
pub const FUEL: u32 = 800;

pub static TABLE: &[Grant] = &[
    Grant::output("led", 0),
    Grant::output("green", 1),
    Grant::input("button", 2, Pull::None),
    Grant::delay(),
    Grant::clock(),
    Grant::timer("tick", 1000),
    Grant::log(),
    Grant::i2c("sensor", 0, 0x48..=0x4b),
    Grant::spi("memory", 0),
    // With the feature `wasi`.
    Grant::stdio(),
];

#[cfg(board = "mps2-an386")]
mod place {
    use crate::reg::blocks;

    pub(super) const NAME: &str = "mps2-an386";
    pub(super) const MHZ: u32 = 25;
    pub(super) const CODE: usize = 0;
    blocks! {
        UART = 0x4000_4000;
        IO = 0x4002_8000;
        /// Two open-drain pins, on the second shield.
        I2C = 0x4002_a000;
        /// On the second shield, too.
        SPI = 0x4002_7000;
        WATCHDOG = 0x4000_8000;
    }
}

#[cfg(board = "mps2-an505")]
mod place {
    use crate::reg::blocks;

    pub(super) const NAME: &str = "mps2-an505";
    pub(super) const MHZ: u32 = 20;
    pub(super) const CODE: usize = 0x1000_0000;
    blocks! {
        UART = 0x5020_0000;
        IO = 0x5030_2000;
        /// Two open-drain pins, on the second shield.
        I2C = 0x5020_d000;
        /// On the second shield, too.
        SPI = 0x5020_b000;
        WATCHDOG = 0x5008_1000;
    }
}

use place::{CODE, I2C, IO, MHZ, SPI, UART, WATCHDOG};

/// Registers of the serial line.
mod uart {
    pub(super) const DATA: u16 = 0x00;
    pub(super) const STATE: u16 = 0x04;
    pub(super) const CONTROL: u16 = 0x08;
    pub(super) const DIVIDER: u16 = 0x10;
    pub(super) const TRANSMITTER_FULL: u32 = 1;
    pub(super) const RECEIVER_FULL: u32 = 2;
}

/// Registers of LEDs and buttons.
mod io {
    pub(super) const LEDS: u16 = 0x00;
    pub(super) const BUTTONS: u16 = 0x08;
    /// Chip selects, and more. That of the second shield is bit 9.
    pub(super) const MISC: u16 = 0x4c;
    pub(super) const SELECT: u32 = 1 << 9;
}

/// Registers of the watchdog.
mod watchdog {
    pub(super) const LOAD: u16 = 0x000;
    pub(super) const CONTROL: u16 = 0x008;
    /// Anything written here begins a new period.
    pub(super) const CLEAR: u16 = 0x00c;
    /// Counting, and a reset after the second period.
    pub(super) const ON: u32 = 0b11;
}

/// The board. Its watchdog has patience for half a second: after the first half of it there is an interrupt, which nobody comes back from.
pub struct Chosen {
    clock: Clock<MHZ>,
    spi: pl022::Bus,
}

impl Chosen {
    /// Starts clock, serial line and watchdog.
    pub fn start() -> Option<Self> {
        UART.write(uart::DIVIDER, MHZ * 1_000_000 / 115_200);
        UART.write(uart::CONTROL, 0b11);
        WATCHDOG.write(watchdog::LOAD, MHZ * 250_000);
        WATCHDOG.write(watchdog::CONTROL, watchdog::ON);
        // Two MHz or more.
        Some(Self { clock: Clock::start()?, spi: pl022::Bus::start(SPI, 5) })
    }
}

/// A LED or a button.
pub struct Gpio(u8);

/// LEDs come first.
const LEDS: u8 = 2;

impl Gpio {
    fn of(number: u8) -> Option<Self> {
        (number < 2 * LEDS).then_some(Self(number))
    }

    fn register(&self) -> u16 {
        if self.0 < LEDS { io::LEDS } else { io::BUTTONS }
    }
}

impl Line for Gpio {
    fn drive(&mut self, high: bool) {
        let bit = 1 << (self.0 % LEDS);
        IO.replace(self.register(), bit, if high { bit } else { 0 });
    }

    fn is_high(&mut self) -> bool {
        IO.read(self.register()) >> (self.0 % LEDS) & 1 != 0
    }
}

/// The clock (0) or the data (1) of the bus: bits that one register sets and the next one clears. Reading tells the level.
pub struct Wire(u8);

impl Line for Wire {
    fn drive(&mut self, high: bool) {
        I2C.write(if high { 0 } else { 4 }, 1 << self.0);
    }

    fn is_high(&mut self) -> bool {
        I2C.read(0) >> self.0 & 1 != 0
    }
}

/// The chip select of the second shield.
pub struct Select;

impl Line for Select {
    fn drive(&mut self, high: bool) {
        IO.replace(io::MISC, io::SELECT, if high { io::SELECT } else { 0 });
    }

    fn is_high(&mut self) -> bool {
        IO.read(io::MISC) & io::SELECT != 0
    }
}

impl Board for Chosen {
    const NAME: &'static str = place::NAME;

    type Pin<'a> = Pin<Gpio>;
    type I2c<'a> = SoftI2c<Pin<Wire>, Pin<Wire>, Spin<MHZ>>;
    type Spi<'a> = ExclusiveDevice<&'a mut pl022::Bus, Pin<Select>, Spin<MHZ>>;
    type Pwm<'a> = Absent;
    type Serial<'a> = Absent;

    fn now_us(&mut self) -> u64 {
        self.clock.now_us()
    }

    fn idle(&mut self, until_us: u64) {
        self.clock.idle(until_us);
    }

    fn feed_watchdog(&mut self) {
        WATCHDOG.write(watchdog::CLEAR, 1);
    }

    fn console_read(&mut self) -> Option<u8> {
        let is_there = UART.read(uart::STATE) & uart::RECEIVER_FULL != 0;
        is_there.then(|| UART.read(uart::DATA) as u8)
    }

    fn console_write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            while UART.read(uart::STATE) & uart::TRANSMITTER_FULL != 0 {}
            UART.write(uart::DATA, byte.into());
        }
    }

    fn i2c(&mut self, bus: u8) -> Option<Self::I2c<'_>> {
        (bus == 0).then(|| SoftI2c::new(Pin(Wire(0)), Pin(Wire(1)), Spin))
    }

    fn spi(&mut self, device: u8) -> Option<Self::Spi<'_>> {
        if device != 0 {
            return None;
        }
        ExclusiveDevice::new(&mut self.spi, Pin(Select), Spin).ok()
    }

    fn pin(&mut self, pin: u8) -> Option<Pin<Gpio>> {
        Gpio::of(pin).map(Pin)
    }

    fn set_mode(&mut self, pin: u8, mode: Mode) -> Result<(), Errno> {
        // They are what they are.
        let is_led = Gpio::of(pin).ok_or(Errno::Unsupported)?.0 < LEDS;
        if is_led == (mode == Mode::Output) { Ok(()) } else { Err(Errno::Unsupported) }
    }
}
