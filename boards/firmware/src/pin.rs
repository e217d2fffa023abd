//! Pins as embedded-hal has them, of what a chip's registers can do: drive a level, read one.

use core::convert::Infallible;

use embedded_hal::{
    delay::DelayNs,
    digital::{ErrorType, InputPin, OutputPin},
};

/// What a board's registers do for one pin.
pub trait Line {
    /// Drives it high or low.
    fn drive(&mut self, high: bool);

    /// Whether it is high.
    fn is_high(&mut self) -> bool;
}

/// A pin.
pub struct Pin<L>(pub L);

impl<L: Line> ErrorType for Pin<L> {
    type Error = Infallible;
}

impl<L: Line> OutputPin for Pin<L> {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.drive(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.drive(true);
        Ok(())
    }
}

impl<L: Line> InputPin for Pin<L> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.0.is_high())
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(!self.0.is_high())
    }
}

/// Waits by counting instructions of a core at so many MHz. It takes rather longer than shorter.
#[allow(dead_code, reason = "not every board makes a bus of pins")]
pub struct Spin<const MHZ: u32>;

impl<const MHZ: u32> DelayNs for Spin<MHZ> {
    fn delay_ns(&mut self, ns: u32) {
        // A pass takes two cycles or more. Buses wait for microseconds: nothing overflows.
        for _ in 0..ns / 1000 * MHZ / 2 {
            core::hint::spin_loop();
        }
    }
}
