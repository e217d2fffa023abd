//! QEMU's RISC-V machine `virt`, with an RV32IMC core. It has no pins: these four are in memory, and say on the serial line how they are driven.

use ermine_boards::{Absent, Board, Errno, Grant, Mode, Pull, RamSlot};

use crate::{
    once::Once,
    pin::{Line, Pin},
    reg::blocks,
};

pub use riscv_rt::entry;

/// Words of value stack, bytes of memory, words of arena, of scratch space.
pub const STACK: usize = 4096;
pub const MEMORY: usize = 256 << 10;
pub const ARENA: usize = 1024;
pub const SCRATCH: usize = 1024;
/// Guests that arrive are kept in RAM: there is no flash.
pub type Slot = RamSlot<{ 64 << 10 }>;
pub static SLOTS: Once<[Slot; 2]> = Once::new([const { RamSlot::new() }; 2]);
/// Fuel for a tick.
pub const FUEL: u32 = 10_000;

pub static TABLE: &[Grant] = &[
    Grant::output("led", 0),
    Grant::input("button", 2, Pull::None),
    Grant::delay(),
    Grant::clock(),
    Grant::timer("tick", 1000),
    Grant::log(),
];

blocks! {
    /// The page of the core's timer that has the time, of 10 MHz.
    CLINT = 0x0200_b000;
}

/// Registers of the serial line are bytes; words at their addresses are not.
mod uart {
    pub(super) const DATA: usize = 0x1000_0000;
    pub(super) const STATUS: usize = 0x1000_0005;
    pub(super) const RECEIVED: u8 = 1;
    pub(super) const EMPTY: u8 = 1 << 5;
}

/// The board.
pub struct Chosen {
    pins: [bool; 4],
}

impl Chosen {
    /// Nothing has to be started.
    pub fn start() -> Option<Self> {
        Some(Self { pins: [false; 4] })
    }
}

/// A pin in memory.
pub struct Gpio<'a> {
    board: &'a mut Chosen,
    number: u8,
}

impl Line for Gpio<'_> {
    fn drive(&mut self, high: bool) {
        if let Some(pin) = self.board.pins.get_mut(usize::from(self.number)) {
            *pin = high;
        }
        let level: &[u8] = if high { b" high\n" } else { b" low\n" };
        for text in [b"pin ", &[b'0' + self.number][..], level] {
            self.board.console_write(text);
        }
    }

    fn is_high(&mut self) -> bool {
        self.board.pins.get(usize::from(self.number)).is_some_and(|pin| *pin)
    }
}

impl Board for Chosen {
    const NAME: &'static str = "virt";

    type Pin<'a> = Pin<Gpio<'a>>;
    type I2c<'a> = Absent;
    type Spi<'a> = Absent;
    type Pwm<'a> = Absent;
    type Serial<'a> = Absent;

    fn now_us(&mut self) -> u64 {
        let (high, low) = loop {
            let high = CLINT.read(0xffc);
            let low = CLINT.read(0xff8);
            if CLINT.read(0xffc) == high {
                break (high, low);
            }
        };
        (u64::from(high) << 32 | u64::from(low)) / 10
    }

    fn console_read(&mut self) -> Option<u8> {
        (uart_read(uart::STATUS) & uart::RECEIVED != 0).then(|| uart_read(uart::DATA))
    }

    fn console_write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            while uart_read(uart::STATUS) & uart::EMPTY == 0 {}
            uart_write(byte);
        }
    }

    fn pin(&mut self, pin: u8) -> Option<Pin<Gpio<'_>>> {
        (usize::from(pin) < self.pins.len()).then_some(Pin(Gpio { board: self, number: pin }))
    }

    fn set_mode(&mut self, pin: u8, _: Mode) -> Result<(), Errno> {
        if usize::from(pin) < self.pins.len() { Ok(()) } else { Err(Errno::Unsupported) }
    }
}

#[allow(unsafe_code, reason = "registers of one byte")]
fn uart_read(address: usize) -> u8 {
    // SAFETY: a register of the serial line.
    unsafe { core::ptr::with_exposed_provenance::<u8>(address).read_volatile() }
}

#[allow(unsafe_code, reason = "registers of one byte")]
fn uart_write(byte: u8) {
    // SAFETY: as above.
    unsafe { core::ptr::with_exposed_provenance_mut::<u8>(uart::DATA).write_volatile(byte) }
}

#[allow(unsafe_code, reason = "a symbol that the runtime looks for")]
// SAFETY: nothing else has this name.
#[unsafe(no_mangle)]
extern "C" fn ExceptionHandler() -> ! {
    crate::stuck()
}
