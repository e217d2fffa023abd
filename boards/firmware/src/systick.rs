//! The system timer as a clock: an interrupt each millisecond, which also ends `wfi`.

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::{Peripherals, SYST, syst::SystClkSource};
use cortex_m_rt::exception;

static MILLISECONDS: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    // One core, and nobody else writes it: a store is enough, which is all that a Cortex-M0 has.
    MILLISECONDS.store(MILLISECONDS.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

/// The clock. `MHZ` is the frequency of the core.
pub struct Clock<const MHZ: u32> {
    /// What was last seen, and how often it has wrapped: every 49 days.
    last: u32,
    wraps: u32,
}

impl<const MHZ: u32> Clock<MHZ> {
    const RELOAD: u32 = MHZ * 1000 - 1;

    /// Starts the timer. `None` if something else has it.
    pub fn start() -> Option<Self> {
        let mut timer = Peripherals::take()?.SYST;
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(Self::RELOAD);
        timer.clear_current();
        timer.enable_interrupt();
        timer.enable_counter();
        Some(Self { last: 0, wraps: 0 })
    }

    /// Microseconds since it was started.
    pub fn now_us(&mut self) -> u64 {
        let (milliseconds, left) = loop {
            let before = MILLISECONDS.load(Ordering::Relaxed);
            let left = SYST::get_current();
            // The timer may have wrapped meanwhile: then the handler has run.
            if MILLISECONDS.load(Ordering::Relaxed) == before {
                break (before, left);
            }
        };
        if milliseconds < self.last {
            self.wraps += 1;
        }
        self.last = milliseconds;
        let milliseconds = u64::from(self.wraps) << 32 | u64::from(milliseconds);
        milliseconds * 1000 + u64::from((Self::RELOAD - left.min(Self::RELOAD)) / MHZ)
    }

    /// Sleeps until then, or until the next millisecond.
    pub fn idle(&mut self, until_us: u64) {
        if self.now_us() < until_us {
            cortex_m::asm::wfi();
        }
    }
}
