//! What the checks need of a board: a console, a counter of instructions, an end with an exit code, and how much of the stack was used.
//!
//! Boards are QEMU's models of them: console and exit are semihosting, and an instruction takes a nanosecond of the board's clock.
#![no_std]

mod board;
mod once;
pub mod stack;

pub use board::{Counter, NAME, entry};
pub use once::Once;

use core::panic::PanicInfo;

use ermine_checks::console::Console;
use semihosting::{process, sys::arm_compat::sys_writec};

/// The terminal that QEMU was started in: its standard error, a byte at a time. (The crate's `Stdout` can panic.)
pub struct Terminal;

impl Console for Terminal {
    fn bytes(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| sys_writec(byte));
    }
}

/// Ends the emulation: with 0 if all is well.
pub fn exit(well: bool) -> ! {
    process::exit(i32::from(!well))
}

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    exit(false)
}
