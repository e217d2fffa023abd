//! STM32VLDISCOVERY: an STM32F100, a Cortex-M3 with 8 KB of RAM. The LEDs are on PC8 and PC9, the button on PA0, the serial line on PA9 and PA10,
//! the I²C bus on PB6 and PB7.
//!
//! Pins are numbered by 16: PC8 is 40. QEMU does not model clocks, pins and watchdog: what is written to them is in its log (`-d unimp`).

use ermine_boards::{Absent, Board, Errno, Grant, Mode, Pull, RamSlot, SoftI2c};

use crate::{
    once::Once,
    pin::{Pin, Spin},
    reg::{Block, blocks},
    stm32::{self, Usart, Watchdog, wait_for},
    systick::Clock,
};

pub use cortex_m_rt::entry;

/// Words of value stack, bytes of memory, words of arena, of scratch space.
pub const STACK: usize = 96;
pub const MEMORY: usize = 1 << 10;
pub const ARENA: usize = 48;
pub const SCRATCH: usize = 32;
/// Guests that arrive are kept in RAM: QEMU does not model the flash controller. There is room for one, which can
/// be written while the firmware's own guest runs, or none.
pub type Slot = RamSlot<1536>;
pub static SLOTS: Once<[Slot; 1]> = Once::new([const { RamSlot::new() }; 1]);
/// Fuel for a tick.
pub const FUEL: u32 = 800;

pub static TABLE: &[Grant] = &[
    Grant::output("led", 32 + 8),
    Grant::output("green", 32 + 9),
    Grant::input("button", 0, Pull::None),
    Grant::delay(),
    Grant::clock(),
    Grant::timer("tick", 1000),
    Grant::log(),
    Grant::i2c("sensor", 0, 0x48..=0x4b),
];

blocks! {
    RCC = 0x4002_1000;
    USART1 = 0x4001_3800;
    GPIOA = 0x4001_0800;
    GPIOB = 0x4001_0c00;
    GPIOC = 0x4001_1000;
}

/// Registers of a port of pins.
mod gpio {
    pub(super) const CRL: u16 = 0x00;
    pub(super) const CRH: u16 = 0x04;
    pub(super) const IDR: u16 = 0x08;
    pub(super) const BSRR: u16 = 0x10;
}

/// The bus: its clock is PB6, data PB7.
const CLOCK: u8 = 6;

/// The board.
pub struct Chosen {
    clock: Clock<24>,
    line: Usart,
    watchdog: Watchdog,
}

impl Chosen {
    /// Starts clocks, serial line and watchdog.
    pub fn start() -> Option<Self> {
        start_clocks();
        // Ports A, B, C and the USART; PA9 is its output.
        RCC.replace(0x18, 0, 1 << 14 | 0b111 << 2);
        GPIOA.replace(gpio::CRH, 0xf << 4, 0xb << 4);
        // The bus: high, and open drain.
        GPIOB.write(gpio::BSRR, 0b11 << CLOCK);
        GPIOB.replace(gpio::CRL, 0xff << (CLOCK * 4), 0x66 << (CLOCK * 4));
        // 24 MHz by 115,200 baud.
        let line = Usart::start(USART1, 208);
        Some(Self { clock: Clock::start()?, line, watchdog: Watchdog::start() })
    }
}

/// 24 MHz: the internal oscillator by 2, times 6. The model has no such registers and runs at that speed anyway.
fn start_clocks() {
    RCC.write(0x04, 4 << 18);
    RCC.replace(0x00, 0, 1 << 24);
    if wait_for(RCC, 0x00, 1 << 25) {
        RCC.replace(0x04, 0b11, 0b10);
    }
}

/// A pin.
type Gpio = stm32::Gpio<{ gpio::IDR }, { gpio::BSRR }>;

const PORTS: &[Block] = &[GPIOA, GPIOB, GPIOC];

impl Board for Chosen {
    const NAME: &'static str = "stm32vldiscovery";

    type Pin<'a> = Pin<Gpio>;
    type I2c<'a> = stm32::Bus<{ gpio::IDR }, { gpio::BSRR }, 24>;
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
        self.line.byte()
    }

    fn console_write(&mut self, bytes: &[u8]) {
        self.line.put(bytes);
    }

    fn pin(&mut self, pin: u8) -> Option<Pin<Gpio>> {
        Gpio::of(pin, PORTS).map(Pin)
    }

    fn i2c(&mut self, bus: u8) -> Option<Self::I2c<'_>> {
        let pin = |bit| Pin(Gpio { port: GPIOB, bit });
        (bus == 0).then(|| SoftI2c::new(pin(CLOCK), pin(CLOCK + 1), Spin))
    }

    fn set_mode(&mut self, pin: u8, mode: Mode) -> Result<(), Errno> {
        let Gpio { port, bit } = Gpio::of(pin, PORTS).ok_or(Errno::Unsupported)?;
        // Four bits for each pin: 2 MHz output, floating input, input with a resistor, whose direction the output register tells.
        let bits = match mode {
            Mode::Output => 0b0010,
            Mode::Input(Pull::None) => 0b0100,
            Mode::Input(Pull::Up | Pull::Down) => 0b1000,
        };
        let register = if bit < 8 { gpio::CRL } else { gpio::CRH };
        let shift = bit % 8 * 4;
        port.replace(register, 0xf << shift, bits << shift);
        if let Mode::Input(pull @ (Pull::Up | Pull::Down)) = mode {
            port.write(gpio::BSRR, 1 << (if pull == Pull::Up { bit } else { bit + 16 }));
        }
        Ok(())
    }
}
