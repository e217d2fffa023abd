//! A firmware that runs guests: the harness of `ermine-boards` on the board that the build has chosen.
//!
//! It brings a guest along, in flash; `ERMINE_GUEST` names another at build time.

#![no_std]
#![no_main]

mod board;
#[cfg(any(board = "mps2-an386", board = "mps2-an505"))]
mod code_memory;
#[cfg(any(board = "microbit", board = "nrf52840-dk"))]
mod nrf;
mod once;
mod pin;
#[cfg(any(board = "mps2-an386", board = "mps2-an505"))]
mod pl022;
mod reg;
#[cfg(any(board = "netduinoplus2", board = "stm32vldiscovery"))]
mod stm32;
#[cfg(any(board = "netduinoplus2", board = "stm32vldiscovery", board = "mps2-an386", board = "mps2-an505"))]
mod systick;
#[cfg(target_arch = "arm")]
mod vectors;

use core::{mem::MaybeUninit, panic::PanicInfo};

use board::{ARENA, Chosen, FUEL, MEMORY, SCRATCH, SLOTS, STACK, Slot, TABLE, entry};
use ermine_boards::{Buffers, Settings, State, Supervisor};
use once::Once;

/// Bytes that start at a multiple of 4, as images must.
#[repr(C, align(4))]
struct Aligned<T: ?Sized>(T);

static GUEST: &Aligned<[u8]> = &Aligned(*include_bytes!(env!("ERMINE_GUEST")));

/// A tick in microseconds, and how many of them a guest may take.
const TICK_US: u32 = 1000;
const MOST_TICKS: u16 = 100;

/// What guests are lent.
struct Lent {
    stack: [u32; STACK],
    memory: [u8; MEMORY],
    arena: [u64; ARENA],
    scratch: [u32; SCRATCH],
    state: State,
}

static LENT: Once<Lent> = Once::new(Lent {
    stack: [0; STACK],
    memory: [0; MEMORY],
    arena: [0; ARENA],
    scratch: [0; SCRATCH],
    state: State::new(),
});

/// In static memory, as what it looks after: the stack is for what is being done.
static SUPERVISOR: Once<MaybeUninit<Supervisor<'static, Chosen, Slot>>> = Once::new(MaybeUninit::uninit());

#[entry]
fn main() -> ! {
    if let Some(supervisor) = prepare() {
        supervisor.run();
    }
    stuck()
}

#[inline(never)]
fn prepare() -> Option<&'static mut Supervisor<'static, Chosen, Slot>> {
    let Lent { stack, memory, arena, scratch, state } = LENT.take()?;
    let buffers = Buffers { stack, memory, arena, scratch, state };
    let settings =
        Settings { table: TABLE, built_in: Some(&GUEST.0), tick_us: TICK_US, fuel: FUEL, most_ticks: MOST_TICKS };
    Some(SUPERVISOR.take()?.write(Supervisor::new(Chosen::start()?, SLOTS.take()?, buffers, settings)))
}

/// Nothing can be done: the watchdog, where there is one, starts the board anew.
fn stuck() -> ! {
    loop {
        core::hint::spin_loop();
    }
}

#[panic_handler]
fn panicked(_: &PanicInfo<'_>) -> ! {
    stuck()
}
