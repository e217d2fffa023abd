//! Runs guests on the loop machine of a Cortex-M4F, in QEMU, and counts the instructions that each takes.
//!
//! One line per guest: name, result, instructions in thousands. The firmware ends with an exit code: 0 if all results are right.
//! `cargo run --release` builds and runs it; the tests of the workspace do the same and compare.

#![no_std]
#![no_main]

use core::panic::PanicInfo;

use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use ermine::bare::{Address, Buffers, Code, Error, Instance};

#[rustfmt::skip]
mod guests;

/// A call of a guest, and what it must return.
struct Case {
    code: &'static Code<'static>,
    exports: &'static [(&'static str, u32)],
    name: &'static str,
    argument: u32,
    result: u32,
}

const fn kernel(name: &'static str, argument: u32, result: u32) -> Case {
    Case { code: &guests::KERNELS, exports: guests::KERNELS_EXPORTS, name, argument, result }
}

const CASES: &[Case] = &[
    Case { code: &guests::FIB, exports: guests::FIB_EXPORTS, name: "fib", argument: 24, result: 46_368 },
    kernel("crc32", 20, 1_544_798_935),
    kernel("sieve", 10, 309),
    #[cfg(feature = "f32")]
    kernel("matf32", 40, 24_360),
    kernel("mix64", 20_000, 4_274_301_587),
    kernel("fsm", 20, 4_001_850_851),
    kernel("sort", 10, 3_174_150_582),
];

/// Bytes of a guest's memory, words of its stack.
const MEMORY: usize = 64 << 10;
const STACK: usize = 256;

#[entry]
fn main() -> ! {
    let Some(mut peripherals) = cortex_m::Peripherals::take() else { fail() };
    let counter = Counter::start(&mut peripherals.SYST);
    let mut right = true;
    for case in CASES {
        match run(case, &counter) {
            Ok((result, instructions)) => {
                hprintln!("{} {} {}", case.name, result, instructions / 1000);
                right &= result == case.result;
            }
            Err(error) => {
                hprintln!("{} {}", case.name, error);
                right = false;
            }
        }
    }
    if right {
        debug::exit(debug::EXIT_SUCCESS);
    }
    fail()
}

/// Sets an instance up and calls the guest: its result, and the instructions of the call. Memory is fresh for each.
fn run(case: &Case, counter: &Counter) -> Result<(u32, u32), Error> {
    let mut stack = [0; STACK];
    let mut memory = [0; MEMORY];
    let mut globals = [0; 4];
    let mut addresses = [Address::NONE; 16];
    let buffers = Buffers { stack: &mut stack, memory: &mut memory, globals: &mut globals, addresses: &mut addresses };
    // SAFETY: the tests of the workspace check that this is what the translator makes of the guest today.
    let mut instance = unsafe { Instance::new(case.code, buffers) }?;
    let func = case.exports.iter().find(|(name, _)| *name == case.name).map_or(u32::MAX, |(_, func)| *func);
    let mut results = [0];
    let before = counter.ticks();
    instance.call(func, &[case.argument], &mut results)?;
    let ticks = counter.ticks().wrapping_sub(before) & Counter::TOP;
    Ok((results[0], ticks * Counter::INSTRUCTIONS_PER_TICK))
}

/// The system timer. It counts down, wraps, and stands for no more than 24 bits.
struct Counter;

impl Counter {
    /// The timer of this board runs at 25 MHz, and QEMU executes an instruction each nanosecond.
    const INSTRUCTIONS_PER_TICK: u32 = 40;
    const TOP: u32 = 0x00ff_ffff;

    fn start(timer: &mut SYST) -> Self {
        timer.set_clock_source(SystClkSource::Core);
        timer.set_reload(Self::TOP);
        timer.clear_current();
        timer.enable_counter();
        // The first count reads as 0.
        while SYST::get_current() == 0 {}
        Self
    }

    fn ticks(&self) -> u32 {
        Self::TOP - SYST::get_current()
    }
}

fn fail() -> ! {
    debug::exit(debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panicked(info: &PanicInfo<'_>) -> ! {
    hprintln!("{}", info);
    fail()
}
