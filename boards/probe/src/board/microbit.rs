//! micro:bit: an nRF51822, a Cortex-M0.

pub use cortex_m_rt::entry;

use super::cortex_m::SysTick;

/// What the reports call it.
pub const NAME: &str = "m0";

/// The system timer runs at 16 MHz: two ticks are 125 instructions.
pub type Counter = SysTick<125>;
