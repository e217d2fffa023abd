//! Netduino Plus 2: an STM32F405, a Cortex-M4F. The LED is on PA10, the button on PB11, the serial line on PB6 and PB7.
//!
//! Pins are numbered by 16: PB6 is 22. QEMU does not model clocks, pins and watchdog: what is written to them is in its log (`-d unimp`).

use ermine_boards::{Absent, Board, Errno, Grant, Mode, Pull, RamSlot};

use crate::{
    once::Once,
    pin::Pin,
    reg::{Block, blocks},
    stm32::{self, Usart, Watchdog, wait_for},
    systick::Clock,
};

pub use cortex_m_rt::entry;

/// Words of value stack, bytes of memory, words of arena, of scratch space.
pub const STACK: usize = 1024;
pub const MEMORY: usize = 64 << 10;
pub const ARENA: usize = 256;
pub const SCRATCH: usize = 256;
/// Guests that arrive are kept in RAM: QEMU does not model the flash controller.
pub type Slots = [RamSlot<{ 12 << 10 }>; 2];
pub static SLOTS: Once<Slots> = Once::new([const { RamSlot::new() }; 2]);
/// Fuel for a tick.
pub const FUEL: u32 = 6000;

pub static TABLE: &[Grant] = &[
    Grant::output("led", 10),
    Grant::input("button", 16 + 11, Pull::Up),
    Grant::delay(),
    Grant::clock(),
    Grant::timer("tick", 1000),
    Grant::log(),
];

blocks! {
    RCC = 0x4002_3800;
    FLASH = 0x4002_3c00;
    USART1 = 0x4001_1000;
    GPIOA = 0x4002_0000;
    GPIOB = 0x4002_0400;
    GPIOC = 0x4002_0800;
}

/// Registers of a port of pins.
mod gpio {
    pub(super) const MODER: u16 = 0x00;
    pub(super) const PUPDR: u16 = 0x0c;
    pub(super) const IDR: u16 = 0x10;
    pub(super) const BSRR: u16 = 0x18;
    pub(super) const AFRL: u16 = 0x20;
}

/// The board.
pub struct Chosen {
    clock: Clock<168>,
    line: Usart,
    watchdog: Watchdog,
}

impl Chosen {
    /// Starts clocks, serial line and watchdog.
    pub fn start() -> Option<Self> {
        start_clocks();
        // Ports A, B, C; then PB6 and PB7 for the USART.
        RCC.replace(0x30, 0, 0b111);
        RCC.replace(0x44, 0, 1 << 4);
        GPIOB.replace(gpio::AFRL, 0xff << 24, 0x77 << 24);
        GPIOB.replace(gpio::MODER, 0b1111 << 12, 0b1010 << 12);
        // 84 MHz by 115,200 baud.
        let line = Usart::start(USART1, 729);
        Some(Self { clock: Clock::start()?, line, watchdog: Watchdog::start() })
    }
}

/// 168 MHz from the crystal of 25 MHz. The model has no such registers and runs at that speed anyway.
fn start_clocks() {
    RCC.replace(0x00, 0, 1 << 16);
    if !wait_for(RCC, 0x00, 1 << 17) {
        return;
    }
    // Five wait states, caches; buses at 42 and 84 MHz; 25 MHz by 25, times 336, by 2.
    FLASH.write(0x00, 0x705);
    RCC.replace(0x08, 0xfcf0, 0b100 << 13 | 0b101 << 10);
    RCC.write(0x04, 7 << 24 | 1 << 22 | 336 << 6 | 25);
    RCC.replace(0x00, 0, 1 << 24);
    if wait_for(RCC, 0x00, 1 << 25) {
        RCC.replace(0x08, 0b11, 0b10);
    }
}

/// A pin.
type Gpio = stm32::Gpio<{ gpio::IDR }, { gpio::BSRR }>;

const PORTS: &[Block] = &[GPIOA, GPIOB, GPIOC];

impl Board for Chosen {
    const NAME: &'static str = "netduinoplus2";

    type Pin<'a> = Pin<Gpio>;
    type I2c<'a> = Absent;
    type Spi<'a> = Absent;
    type Pwm<'a> = Absent;
    type Serial<'a> = Absent;

    fn now_us(&mut self) -> u64 {
        self.clock.now_us()
    }

    fn idle(&mut self, until_us: u64) {
        self.clock.idle(until_us);
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
        Gpio::of(pin, PORTS).map(Pin)
    }

    fn set_mode(&mut self, pin: u8, mode: Mode) -> Result<(), Errno> {
        let Gpio { port, bit } = Gpio::of(pin, PORTS).ok_or(Errno::Unsupported)?;
        let (output, pull) = match mode {
            Mode::Output => (1, 0),
            Mode::Input(Pull::None) => (0, 0),
            Mode::Input(Pull::Up) => (0, 1),
            Mode::Input(Pull::Down) => (0, 2),
        };
        port.replace(gpio::PUPDR, 0b11 << (bit * 2), pull << (bit * 2));
        port.replace(gpio::MODER, 0b11 << (bit * 2), output << (bit * 2));
        Ok(())
    }
}
