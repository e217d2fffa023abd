//! Netduino Plus 2: an STM32F405, a Cortex-M4F. The LED is on PA10, the button on PB11, the serial line on PB6 and PB7.
//! Guests have a serial line of their own on PA2 and PA3, an I²C bus on PB8 and PB9,
//! the analog input PC0, and pulses on PA6.
//!
//! Pins are numbered by 16: PB6 is 22. QEMU does not model clocks, pins and watchdog: what is written to them is in its log (`-d unimp`).

use core::convert::Infallible;

use embedded_hal::pwm::{ErrorType, SetDutyCycle};
use ermine_boards::{Absent, Access, Board, Errno, Grant, Mode, Pull, RamSlot, SoftI2c};

use crate::{
    once::Once,
    pin::{Pin, Spin},
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
pub type Slot = RamSlot<{ 12 << 10 }>;
pub static SLOTS: Once<[Slot; 2]> = Once::new([const { RamSlot::new() }; 2]);
/// Fuel for a tick.
pub const FUEL: u32 = 6000;

pub static TABLE: &[Grant] = &[
    Grant::output("led", 10),
    Grant::input("button", 16 + 11, Pull::Up),
    Grant::delay(),
    Grant::clock(),
    Grant::timer("tick", 1000),
    Grant::log(),
    Grant::i2c("sensor", 0, 0x48..=0x4b),
    Grant::adc("light", 10),
    Grant::serial("serial", 0, Access::ReadWrite),
    Grant::pwm("dimmer", 0),
];

blocks! {
    RCC = 0x4002_3800;
    FLASH = 0x4002_3c00;
    ADC1 = 0x4001_2000;
    TIM3 = 0x4000_0400;
    USART2 = 0x4000_4400;
    USART1 = 0x4001_1000;
    GPIOA = 0x4002_0000;
    GPIOB = 0x4002_0400;
    GPIOC = 0x4002_0800;
}

/// Registers of a port of pins.
mod gpio {
    pub(super) const MODER: u16 = 0x00;
    pub(super) const OTYPER: u16 = 0x04;
    pub(super) const PUPDR: u16 = 0x0c;
    pub(super) const IDR: u16 = 0x10;
    pub(super) const BSRR: u16 = 0x18;
    pub(super) const AFRL: u16 = 0x20;
}

/// Registers of the converter.
mod adc {
    pub(super) const SR: u16 = 0x00;
    pub(super) const CR2: u16 = 0x08;
    pub(super) const SMPR1: u16 = 0x0c;
    pub(super) const SQR3: u16 = 0x34;
    pub(super) const DR: u16 = 0x4c;
    pub(super) const ON: u32 = 1;
    pub(super) const START: u32 = 1 << 30;
    pub(super) const DONE: u32 = 1 << 1;
}

/// Registers of the timer that makes pulses.
mod timer {
    pub(super) const CR1: u16 = 0x00;
    pub(super) const CCMR1: u16 = 0x18;
    pub(super) const CCER: u16 = 0x20;
    pub(super) const PSC: u16 = 0x28;
    pub(super) const ARR: u16 = 0x2c;
    pub(super) const CCR1: u16 = 0x34;
}

/// The channel of PC0: the only input that is wired.
const CHANNEL: u8 = 10;

/// The bus: its clock is PB8, data PB9.
const CLOCK: u8 = 8;

/// The board.
pub struct Chosen {
    clock: Clock<168>,
    line: Usart,
    guests_line: Usart,
    watchdog: Watchdog,
}

impl Chosen {
    /// Starts clocks, serial line and watchdog.
    pub fn start() -> Option<Self> {
        start_clocks();
        // Ports A, B, C; both USARTs, the converter, and the timer.
        RCC.replace(0x30, 0, 0b111);
        RCC.replace(0x44, 0, 1 << 8 | 1 << 4);
        RCC.replace(0x40, 0, 1 << 17 | 1 << 1);
        GPIOB.replace(gpio::AFRL, 0xff << 24, 0x77 << 24);
        GPIOB.replace(gpio::MODER, 0b1111 << 12, 0b1010 << 12);
        GPIOA.replace(gpio::AFRL, 0xff << 8, 0x77 << 8);
        GPIOA.replace(gpio::MODER, 0b1111 << 4, 0b1010 << 4);
        // The bus: high, open drain, resistors to the supply beside those of the wires.
        GPIOB.write(gpio::BSRR, 0b11 << CLOCK);
        GPIOB.replace(gpio::OTYPER, 0, 0b11 << CLOCK);
        GPIOB.replace(gpio::PUPDR, 0b1111 << (2 * CLOCK), 0b0101 << (2 * CLOCK));
        GPIOB.replace(gpio::MODER, 0b1111 << (2 * CLOCK), 0b0101 << (2 * CLOCK));
        // PC0 is analog; 84 cycles for a sample.
        GPIOC.replace(gpio::MODER, 0b11, 0b11);
        ADC1.write(adc::SMPR1, 0b100);
        ADC1.write(adc::CR2, adc::ON);
        // PA6 is the timer's: 641 pulses a second, high until the count is the duty.
        TIM3.write(timer::PSC, 1);
        TIM3.write(timer::ARR, u32::from(Pulses::PERIOD) - 1);
        TIM3.write(timer::CCMR1, 0b110 << 4 | 1 << 3);
        TIM3.write(timer::CCER, 1);
        TIM3.write(timer::CR1, 1);
        GPIOA.replace(gpio::AFRL, 0xf << 24, 0x2 << 24);
        GPIOA.replace(gpio::MODER, 0b11 << 12, 0b10 << 12);
        Some(Self {
            clock: Clock::start()?,
            // 84 and 42 MHz by 115,200 baud.
            line: Usart::start(USART1, 729),
            guests_line: Usart::start(USART2, 365),
            watchdog: Watchdog::start(),
        })
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

/// Pulses on PA6.
pub struct Pulses;

impl Pulses {
    const PERIOD: u16 = u16::MAX;
}

impl ErrorType for Pulses {
    type Error = Infallible;
}

impl SetDutyCycle for Pulses {
    fn max_duty_cycle(&self) -> u16 {
        Self::PERIOD
    }

    fn set_duty_cycle(&mut self, duty: u16) -> Result<(), Infallible> {
        TIM3.write(timer::CCR1, duty.into());
        Ok(())
    }
}

/// A pin.
type Gpio = stm32::Gpio<{ gpio::IDR }, { gpio::BSRR }>;

const PORTS: &[Block] = &[GPIOA, GPIOB, GPIOC];

impl Board for Chosen {
    const NAME: &'static str = "netduinoplus2";

    type Pin<'a> = Pin<Gpio>;
    type I2c<'a> = stm32::Bus<{ gpio::IDR }, { gpio::BSRR }, 168>;
    type Spi<'a> = Absent;
    type Pwm<'a> = Pulses;
    type Serial<'a> = &'a mut Usart;

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

    fn serial(&mut self, port: u8) -> Option<&mut Usart> {
        (port == 0).then_some(&mut self.guests_line)
    }

    fn pwm(&mut self, channel: u8) -> Option<Pulses> {
        (channel == 0).then_some(Pulses)
    }

    fn adc(&mut self, channel: u8) -> Result<u16, Errno> {
        if channel != CHANNEL {
            return Err(Errno::Unsupported);
        }
        ADC1.write(adc::SQR3, channel.into());
        ADC1.write(adc::CR2, adc::ON | adc::START);
        // The model is done at once, and does not say so.
        let _ = wait_for(ADC1, adc::SR, adc::DONE);
        // Twelve bits.
        let value = ADC1.read(adc::DR) as u16 & 0xfff;
        Ok(value << 4 | value >> 8)
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
