//! Turns the LED on and off, a quarter of a second each: the template of a guest in Rust.

#![no_std]

use core::panic::PanicInfo;

use embedded_hal::{delay::DelayNs, digital::StatefulOutputPin};
use ermine_guest::{Delay, Error, grants};

grants! {
    /// The LED of the board.
    led: Output;
}

/// Runs once, when the guest has been loaded.
#[unsafe(no_mangle)]
pub extern "C" fn _start() {
    // Whoever looks after the board sees a trap if it is not to be.
    blink().unwrap_or_else(|_| core::arch::wasm32::unreachable());
}

fn blink() -> Result<(), Error> {
    let mut led = led();
    loop {
        led.toggle()?;
        Delay.delay_ms(250);
    }
}

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
