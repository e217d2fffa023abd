//! Reads a temperature sensor every tenth of a second, with a driver from crates.io that knows nothing of guests, and lights the LED above 30 °C.

#![no_std]

use core::panic::PanicInfo;

use ermine_guest::{Error, Level, grants, log};
use lm75::{Address, Lm75};

grants! {
    /// The bus that the sensor is on.
    sensor: I2c;
    /// Lit when it is warm.
    led: Output;
    /// When to look.
    tick: Timer;
}

/// Tenths of a second, in microseconds.
const PERIOD_US: u32 = 100_000;

/// When it is warm, in °C.
const WARM: f32 = 30.0;

/// Starts the timer.
#[unsafe(no_mangle)]
pub extern "C" fn _start() {
    tick().every(PERIOD_US).unwrap_or_else(|_| core::arch::wasm32::unreachable());
}

/// Looks at the sensor.
#[unsafe(no_mangle)]
pub extern "C" fn on_event(_: i32, _: i32) {
    if measure().is_err() {
        // Nobody is told if that fails, too.
        let _ = log(Level::Error, "the sensor does not answer");
    }
}

fn measure() -> Result<(), lm75::Error<Error>> {
    use embedded_hal::digital::OutputPin;

    let mut sensor = Lm75::new(sensor(), Address::default());
    let celsius = sensor.read_temperature()?;
    led().set_state((celsius > WARM).into()).map_err(lm75::Error::I2C)
}

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
