//! Runs the guests of a pack, and writes how each went: the same line as on any host.
//!
//! The pack is the file that `ERMINE_PACK` names when this is built.

#![no_std]
#![no_main]

use ermine_checks::{Lent, same};
use ermine_probe::{Once, Terminal, entry, exit};

#[repr(C, align(4))]
struct Aligned<T: ?Sized>(T);

static PACK: &Aligned<[u8]> = &Aligned(*include_bytes!(env!("ERMINE_PACK")));

#[cfg(board = "microbit")]
const MEMORY: usize = 8 << 10;
#[cfg(not(board = "microbit"))]
const MEMORY: usize = 256 << 10;

struct Buffers {
    stack: [u32; 512],
    memory: [u8; MEMORY],
    arena: [u64; 128],
}

static BUFFERS: Once<Buffers> = Once::new(Buffers { stack: [0; 512], memory: [0; MEMORY], arena: [0; 128] });

#[entry]
fn main() -> ! {
    let Some(Buffers { stack, memory, arena }) = BUFFERS.take() else { exit(false) };
    same::run(&PACK.0, &mut Lent { stack, memory, arena }, &mut Terminal);
    exit(true)
}
