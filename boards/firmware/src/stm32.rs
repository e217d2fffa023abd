//! What STM32F1 and F4 have in common: the USART, pins but for their registers' places, the independent watchdog.

use core::convert::Infallible;

use embedded_io::{ErrorType, Read, ReadReady, Write};
use ermine_boards::SoftI2c;

use crate::{
    pin::{Line, Pin, Spin},
    reg::{Block, blocks},
};

blocks! {
    IWDG = 0x4000_3000;
}

/// Registers of a USART.
mod usart {
    pub(super) const SR: u16 = 0x00;
    pub(super) const DR: u16 = 0x04;
    pub(super) const BRR: u16 = 0x08;
    pub(super) const CR1: u16 = 0x0c;
    pub(super) const RXNE: u32 = 1 << 5;
    pub(super) const TXE: u32 = 1 << 7;
    /// On, transmitter and receiver too.
    pub(super) const ON: u32 = 1 << 13 | 1 << 3 | 1 << 2;
}

/// A serial line, looked at when it is asked.
pub struct Usart(Block);

impl Usart {
    /// Starts it. `divider` is the frequency of its bus by the baud rate.
    pub fn start(block: Block, divider: u32) -> Self {
        block.write(usart::BRR, divider);
        block.write(usart::CR1, usart::ON);
        Self(block)
    }

    /// A byte, if one has come.
    pub fn byte(&mut self) -> Option<u8> {
        (self.0.read(usart::SR) & usart::RXNE != 0).then(|| self.0.read(usart::DR) as u8)
    }

    /// Writes all bytes.
    pub fn put(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            while self.0.read(usart::SR) & usart::TXE == 0 {}
            self.0.write(usart::DR, byte.into());
        }
    }
}

impl ErrorType for Usart {
    type Error = Infallible;
}

impl ReadReady for Usart {
    fn read_ready(&mut self) -> Result<bool, Infallible> {
        Ok(self.0.read(usart::SR) & usart::RXNE != 0)
    }
}

impl Read for Usart {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize, Infallible> {
        let mut count = 0;
        for place in bytes {
            // The first one is waited for.
            while count == 0 && !self.read_ready()? {}
            let Some(byte) = self.byte() else { break };
            (*place, count) = (byte, count + 1);
        }
        Ok(count)
    }
}

impl Write for Usart {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Infallible> {
        self.put(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

/// A pin of a port whose registers for reading and driving are there.
pub struct Gpio<const IDR: u16, const BSRR: u16> {
    pub port: Block,
    pub bit: u8,
}

impl<const IDR: u16, const BSRR: u16> Gpio<IDR, BSRR> {
    /// The pin with this number, 16 in each port.
    pub fn of(number: u8, ports: &[Block]) -> Option<Self> {
        Some(Self { port: *ports.get(usize::from(number / 16))?, bit: number % 16 })
    }
}

impl<const IDR: u16, const BSRR: u16> Line for Gpio<IDR, BSRR> {
    fn drive(&mut self, high: bool) {
        self.port.write(BSRR, 1 << (if high { self.bit } else { self.bit + 16 }));
    }

    fn is_high(&mut self) -> bool {
        self.port.read(IDR) >> self.bit & 1 != 0
    }
}

/// An I²C bus of two pins. The controllers of these chips are known for their errata, and QEMU has no model of them.
pub type Bus<const IDR: u16, const BSRR: u16, const MHZ: u32> =
    SoftI2c<Pin<Gpio<IDR, BSRR>>, Pin<Gpio<IDR, BSRR>>, Spin<MHZ>>;

/// The watchdog. It cannot be stopped.
pub struct Watchdog(());

impl Watchdog {
    /// Starts it: it has patience for about two seconds.
    pub fn start() -> Self {
        // On; registers open; 40 kHz (or 32) divided by 32.
        for (register, value) in [(0, 0xcccc), (0, 0x5555), (4, 3), (8, 0xfff)] {
            IWDG.write(register, value);
        }
        Self(())
    }

    /// Feeds it.
    pub fn feed(&mut self) {
        IWDG.write(0, 0xaaaa);
    }
}

/// Waits for bits of a register, but not forever: a model may not have them.
pub fn wait_for(block: Block, offset: u16, bits: u32) -> bool {
    (0..10_000).any(|_| block.read(offset) & bits == bits)
}
