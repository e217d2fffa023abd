//! MPS2 with FPGA image AN386: a Cortex-M4F.

pub use cortex_m_rt::entry;

use super::cortex_m::SysTick;

/// What the reports call it.
pub const NAME: &str = "m4f";

/// The system timer runs at 25 MHz: a tick is 40 instructions.
pub type Counter = SysTick<80>;
