//! QEMU's RISC-V machine `virt`, with an RV32 core.

pub use riscv_rt::entry;

use riscv::register::minstret;

/// What the reports call it.
pub const NAME: &str = "rv32";

/// The core's own counter of instructions.
pub struct Counter(());

impl Counter {
    /// The counter always runs.
    pub fn start() -> Option<Self> {
        Some(Self(()))
    }

    /// Where the counter is.
    pub fn now(&self) -> u64 {
        minstret::read64()
    }

    /// Thousands of instructions since then.
    pub fn thousands_since(&self, then: u64) -> u32 {
        (self.now().wrapping_sub(then) / 1000) as u32
    }
}

#[unsafe(no_mangle)]
extern "C" fn ExceptionHandler() -> ! {
    crate::exit(false)
}
