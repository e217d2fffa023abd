//! Runs that must be the same on every machine, host and board, as a pack.

use ermine::{Config, Engine, Profile};

use super::{Aligned, Writer};
use crate::{binary, kernels};

/// Fuel of runs that do not run out of it. None takes as much as a store hands out at once: each such slice ends with an instruction that is dispatched
/// twice.
const AMPLE_FUEL: u32 = 1_000_000_000;

/// Words of value stack, everywhere.
pub const STACK_WORDS: usize = 512;

/// A run.
struct Run {
    guest: Guest,
    export: &'static str,
    argument: Option<i32>,
    fuel: u32,
    slice: u32,
}

/// The guests. All but one fit a board with 16 KB of RAM and without floats.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guest {
    Fib,
    IntegerKernels,
    Mixed,
    Kernels,
    Floats,
}

const fn run(guest: Guest, export: &'static str, argument: i32) -> Run {
    Run { guest, export, argument: Some(argument), fuel: AMPLE_FUEL, slice: 0 }
}

const RUNS: [Run; 24] = [
    run(Guest::Fib, "fib", 17),
    run(Guest::IntegerKernels, "crc32", 2),
    run(Guest::IntegerKernels, "sieve", 2),
    run(Guest::IntegerKernels, "mix64", 1000),
    run(Guest::IntegerKernels, "fsm", 3),
    run(Guest::IntegerKernels, "sort", 2),
    run(Guest::Mixed, "indirect", 2000),
    run(Guest::Mixed, "bulk", 37),
    run(Guest::Mixed, "shuffle", 2500),
    run(Guest::Mixed, "trap", 0),
    run(Guest::Mixed, "trap", 1),
    run(Guest::Mixed, "trap", 2),
    run(Guest::Mixed, "trap", 3),
    run(Guest::Mixed, "trap", 4),
    run(Guest::Mixed, "trap", 5),
    Run { argument: None, ..run(Guest::Mixed, "overflow", 0) },
    Run { argument: None, fuel: 10_007, ..run(Guest::Mixed, "spin", 0) },
    Run { slice: 1, ..run(Guest::Mixed, "indirect", 100) },
    Run { slice: 1000, ..run(Guest::Mixed, "indirect", 2000) },
    Run { slice: 7, ..run(Guest::Mixed, "bulk", 37) },
    Run { slice: 100, ..run(Guest::Fib, "fib", 17) },
    run(Guest::Kernels, "matf32", 10),
    run(Guest::Floats, "f64", 1000),
    run(Guest::Floats, "f32", 200),
];

/// The settings that the guests are compiled with.
#[must_use]
pub fn config() -> Config {
    let mut config = Config::default();
    config.profile(Profile::Base).consume_fuel(true).wasm_custom_page_sizes(true);
    config
}

/// The pack: with everything, or with what a board without floats and with 16 KB of RAM can run.
#[must_use]
pub fn build(small: bool) -> Aligned {
    let runs = RUNS.iter().filter(|run| !small || !run.guest.is_big());
    let (mut body, mut count) = (Writer::default(), 0);
    for run in runs {
        body.bytes(&run.bytes());
        count += 1;
    }
    let mut pack = Writer::default();
    pack.word(ermine_checks::same::MAGIC);
    pack.word(count);
    pack.0.extend(body.0);
    Aligned::new(&pack.0)
}

impl Guest {
    fn is_big(self) -> bool {
        matches!(self, Self::Kernels | Self::Floats)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Fib => "fib",
            Self::IntegerKernels => "integers",
            Self::Mixed => "mixed",
            Self::Kernels => "kernels",
            Self::Floats => "floats",
        }
    }

    fn image(self) -> Vec<u8> {
        let text = |text| Engine::new(&config()).precompile_module(&binary(text)).expect("a module that compiles");
        match self {
            Self::Fib => kernels::image(kernels::FIB, true),
            Self::IntegerKernels => kernels::integer_kernels(true),
            Self::Kernels => kernels::image(kernels::KERNELS, true),
            Self::Mixed => text(include_str!("../../tests/data/mixed.wat")),
            Self::Floats => text(include_str!("../../tests/data/floats.wat")),
        }
    }

    fn memory(self) -> u32 {
        match self {
            Self::Fib => 0,
            Self::IntegerKernels | Self::Mixed | Self::Floats => kernels::SMALL_MEMORY,
            Self::Kernels => 64 << 10,
        }
    }
}

impl Run {
    fn name(&self) -> String {
        let Self { guest, export, argument, slice, .. } = self;
        let argument = argument.map_or_else(String::new, |argument| argument.to_string());
        let slices = if *slice == 0 { String::new() } else { format!(" by {slice}") };
        format!("{} {export}({argument}){slices}", guest.name())
    }

    fn bytes(&self) -> Vec<u8> {
        let image = self.guest.image();
        let func = super::with_image(&Aligned::new(&image), |image| image.exported_func(self.export));
        let mut out = Writer::default();
        out.bytes(self.name().as_bytes());
        out.bytes(&image);
        for word in [self.guest.memory(), func.expect("an export"), self.fuel, self.slice] {
            out.word(word);
        }
        if let Some(argument) = self.argument {
            out.word(argument.cast_unsigned());
        }
        out.0
    }
}
