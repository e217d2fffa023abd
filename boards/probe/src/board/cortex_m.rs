//! What Cortex-M boards have in common: the system timer, and what happens on a fault.

use cortex_m::peripheral::{Peripherals, SYST, syst::SystClkSource};
use cortex_m_rt::{ExceptionFrame, exception};

/// The system timer. Two ticks of it are `TWO_TICKS` instructions. It counts down, wraps, and has 24 bits.
pub struct SysTick<const TWO_TICKS: u32>(());

const TOP: u32 = 0x00ff_ffff;

impl<const TWO_TICKS: u32> SysTick<TWO_TICKS> {
    /// Starts the timer. `None` if something else has it.
    pub fn start() -> Option<Self> {
        let mut timer = Peripherals::take()?.SYST;
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(TOP);
        timer.clear_current();
        timer.enable_counter();
        // The first count reads as 0.
        while SYST::get_current() == 0 {}
        Some(Self(()))
    }

    /// Where the timer is.
    pub fn now(&self) -> u32 {
        TOP - SYST::get_current()
    }

    /// Thousands of instructions since then.
    pub fn thousands_since(&self, then: u32) -> u32 {
        // Less than 2^24 ticks of no more than 63 instructions each: fits after the division.
        let ticks = self.now().wrapping_sub(then) & TOP;
        ticks / 16 * TWO_TICKS / 125
    }
}

#[exception]
unsafe fn HardFault(_: &ExceptionFrame) -> ! {
    crate::exit(false)
}

unsafe extern "C" {
    fn DefaultHandler();
}

/// Handlers of interrupts. None is enabled: without this, which asks for one at least, there would be 240 of them.
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(no_mangle)]
pub static __INTERRUPTS: [unsafe extern "C" fn(); 1] = [DefaultHandler];
