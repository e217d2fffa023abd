//! Ermine for firmware in C: what `include/ermine_bare.h` declares, over [`ermine::bare`].
//!
//! For targets without an operating system this is a static library that needs nothing but what the compiler's own library has; elsewhere it is built on
//! std, for tests. There is no heap: a guest lives in an `ermine_bare_t` of the program's.
//!
//! # Promises
//!
//! SAFETY comments cite these, which C code that includes the header gives:
//!
//! * **C1. Pointers.** A pointer that an entry takes is null, or points to an object of the declared type; one to a guest, to what [`ermine_bare_new`] was given.
//!   Arrays have as many elements as is said beside them, aligned as the header says.
//! * **C2. Lending.** Image, buffers, functions and environment of a guest stay where they are, and buffers and image are used by nobody else, until the
//!   guest is called for the last time. The memory of a guest may be used between its calls, and by host functions.
//! * **C3. One at a time.** No two entries are in use for one guest at the same time, but from within its host functions, which is answered.
//! * **C4. Functions.** A host function is null or a function of its type. It returns. Names and types end in a zero.

#![cfg_attr(target_os = "none", no_std)]
#![allow(unsafe_code, reason = "C's side of the boundary keeps promises that no type can state")]

mod entries;
mod host;
mod status;

pub use entries::{Guest, Needs, Resources};
pub use host::{Call, Function};

/// No panic is reachable: what links is said by the linker.
#[cfg(target_os = "none")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
