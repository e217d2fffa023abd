//! Runs a pack of the official suite from flash. Writes of each failure, and how many assertions held. The exit code is 0 if all did.
//!
//! The pack is the file that `ERMINE_PACK` names when this is built.

#![no_std]
#![no_main]

use ermine_checks::{Lent, console::Console, spec};
use ermine_probe::{Once, Terminal, entry, exit};

#[repr(C, align(4))]
struct Aligned<T: ?Sized>(T);

static PACK: &Aligned<[u8]> = &Aligned(*include_bytes!(env!("ERMINE_PACK")));

struct Buffers {
    stack: [u32; spec::STACK_WORDS],
    memory: [u8; spec::MEMORY_BYTES],
    arena: [u64; spec::ARENA_WORDS],
}

static BUFFERS: Once<Buffers> = Once::new(Buffers {
    stack: [0; spec::STACK_WORDS],
    memory: [0; spec::MEMORY_BYTES],
    arena: [0; spec::ARENA_WORDS],
});

#[entry]
fn main() -> ! {
    let Some(Buffers { stack, memory, arena }) = BUFFERS.take() else { exit(false) };
    let mut terminal = Terminal;
    let tally = spec::run(&PACK.0, &mut Lent { stack, memory, arena }, &mut terminal);
    for (name, number) in [("guests", tally.guests), ("passed", tally.passed), ("failed", tally.failed)] {
        terminal.text(name);
        terminal.text(" ");
        terminal.decimal(number);
        terminal.text("\n");
    }
    exit(tally.failed == 0)
}
