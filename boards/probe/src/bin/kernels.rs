//! Verifies guests, runs them, and counts the instructions of each call.
//!
//! A line for each guest: name, result, instructions in thousands. Then, in bytes, what guests are lent (memory, value stack, arena), and the most that was
//! used of the native stack (verifying, running). The exit code is 0 if all results are right. This is also the firmware whose size is measured: it links nothing that formats, panics or allocates.

#![no_std]
#![no_main]

use core::hint::black_box;

use ermine::{
    bare::{Instance, Resources},
    image::Image,
};
use ermine_checks::console::Console;
use ermine_probe::{Counter, NAME, Once, Terminal, entry, exit, stack};

/// Bytes that start at a multiple of 4, as images must.
#[repr(C, align(4))]
struct Aligned<T: ?Sized>(T);

static FIB: &Aligned<[u8]> = &Aligned(*include_bytes!("../../images/fib.erm"));

/// With the 64 KiB that it was built for.
#[cfg(feature = "f32")]
static KERNELS: &Aligned<[u8]> = &Aligned(*include_bytes!("../../images/kernels.erm"));
/// Without its one kernel that computes with floats, and with as much memory as a small board can give.
#[cfg(not(feature = "f32"))]
static KERNELS: &Aligned<[u8]> = &Aligned(*include_bytes!("../../images/kernels-integers.erm"));

/// A call of a guest, and what it must return.
struct Case {
    image: &'static Aligned<[u8]>,
    name: &'static str,
    argument: u32,
    result: u32,
}

const fn kernel(name: &'static str, argument: u32, result: u32) -> Case {
    Case { image: KERNELS, name, argument, result }
}

static CASES: &[Case] = &[
    Case { image: FIB, name: "fib", argument: 24, result: 46_368 },
    kernel("crc32", 20, 1_544_798_935),
    kernel("sieve", 10, 309),
    #[cfg(feature = "f32")]
    kernel("matf32", 40, 24_360),
    kernel("mix64", 20_000, 4_274_301_587),
    kernel("fsm", 20, 4_001_850_851),
    kernel("sort", 10, 3_174_150_582),
];

/// Words of value stack.
const STACK: usize = 256;
/// Bytes of linear memory: what the images ask for.
const MEMORY: usize = if cfg!(feature = "f32") { 64 << 10 } else { 8 << 10 };
/// Words of the arena: just what the images need, see `Image::needs`.
const ARENA: usize = 26;

/// What guests use, one after the other.
struct Buffers {
    stack: [u32; STACK],
    memory: [u8; MEMORY],
    arena: [u64; ARENA],
}

static BUFFERS: Once<Buffers> = Once::new(Buffers { stack: [0; STACK], memory: [0; MEMORY], arena: [0; ARENA] });

/// The most native stack that was used.
#[derive(Default)]
struct Used {
    verifying: u32,
    running: u32,
}

#[entry]
fn main() -> ! {
    let mut terminal = Terminal;
    let (Some(counter), Some(buffers)) = (Counter::start(), BUFFERS.take()) else { exit(false) };
    let mut used = Used::default();
    let mut right = true;
    terminal.text("board ");
    terminal.text(NAME);
    terminal.text("\n");
    for case in CASES {
        let Some((result, thousands)) = run(case, buffers, &counter, &mut used) else {
            terminal.text(case.name);
            terminal.text(" failed\n");
            exit(false)
        };
        numbers(&mut terminal, case.name, &[result, thousands]);
        right &= result == case.result;
    }
    numbers(&mut terminal, "lent", &[MEMORY as u32, STACK as u32 * 4, ARENA as u32 * 8]);
    numbers(&mut terminal, "native-stack", &[used.verifying, used.running]);
    exit(right)
}

/// Sets an instance up and calls the guest: its result, and thousands of instructions of the call.
fn run(case: &Case, buffers: &mut Buffers, counter: &Counter, used: &mut Used) -> Option<(u32, u32)> {
    stack::paint();
    // The compiler knows these bytes: it must not leave out of the firmware what they do not need. The value stack is not in use yet.
    let image = Image::verify(black_box(&case.image.0), &mut buffers.stack).ok()?;
    used.verifying = used.verifying.max(stack::used());
    stack::paint();
    let Buffers { stack, memory, arena } = buffers;
    let Ok(mut instance) = Instance::new(image, Resources { stack, memory, arena, fuel: 0 }, ()) else { return None };
    let func = image.exported_func(case.name)?;
    let before = counter.now();
    let result = instance.call::<u32, u32>(func, case.argument).ok()?;
    let thousands = counter.thousands_since(before);
    used.running = used.running.max(stack::used());
    Some((result, thousands))
}

fn numbers(terminal: &mut Terminal, name: &str, numbers: &[u32]) {
    terminal.text(name);
    for &number in numbers {
        terminal.text(" ");
        terminal.decimal(number);
    }
    terminal.text("\n");
}
