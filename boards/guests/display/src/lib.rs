//! Writes on a display of 128 by 32 pixels, with a driver from crates.io that knows nothing of guests.

#![no_std]

use core::panic::PanicInfo;

use ermine_guest::{Level, grants, log};
use ssd1306::{I2CDisplayInterface, Ssd1306, mode::TerminalModeError, prelude::*};

grants! {
    /// The bus that the display is on.
    screen: I2c;
}

/// What is written.
const TEXT: &str = "hello, board";

/// Writes, once.
#[unsafe(no_mangle)]
pub extern "C" fn _start() {
    if write().is_err() {
        // Nobody is told if that fails, too.
        let _ = log(Level::Error, "the display does not answer");
    }
}

fn write() -> Result<(), TerminalModeError> {
    let line = I2CDisplayInterface::new(screen());
    let mut display = Ssd1306::new(line, DisplaySize128x32, DisplayRotation::Rotate0).into_terminal_mode();
    display.init()?;
    display.clear()?;
    TEXT.chars().try_for_each(|letter| display.print_char(letter))
}

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
