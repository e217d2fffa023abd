//! Ermine for C and C++: what `include/wasm.h` and `include/ermine.h` declare.
//!
//! `wasm.h` is the standard interface (wasm-c-api); `ermine.h` has what that lacks: errors with messages, limits, fuel, interrupts, calls that can be
//! resumed; it is in `beyond`. One file here for each family of functions; a function is what its header says and is documented there.
//!
//! An entry takes `Option<&T>` where C has a pointer that may be null, `Option<Box<T>>` where the pointer is `own`, `Option<&mut MaybeUninit<T>>` for
//! `out`: these types *are* the promises below, so that most entries have no unsafe code. Those that can run code of the embedder's (calls, finalizers)
//! take raw pointers and copy what they need first, since such code may delete what it was called through. No unwinding leaves the library:
//! each entry that does more than hand a pointer on is wrapped in `boundary::guard`, and where a panic nevertheless met the
//! boundary, `extern "C"` would abort the process.
//!
//! # Promises
//!
//! SAFETY comments cite these. C code that includes the headers promises C1 to C5, the library C6 and C7:
//!
//! * **C1. Pointers.** A pointer that an entry takes is null, or points to a live object of the declared type, which the library made. Vectors, values and limits may
//!   be the program's own; they are initialised unless they are `out`. An `out` object overlaps nothing else that the entry takes.
//! * **C2. Ownership.** What is `own` is handed over once and not used again. A vector is deleted with the size and the data that the library gave it.
//! * **C3. Threads.** A store, and all that was made with it, is used by one thread at a time. Engines, shared modules and interrupt handles may be
//!   used by any number of threads.
//! * **C4. Values.** The kind of a `wasm_val_t` says which member of the union is set. A reference in it is null or a live `wasm_ref_t`.
//! * **C5. Callbacks.** A function pointer is null or a function of its type for as long as what it was given to lives. It returns: no `longjmp` and no C++
//!   exception leaves it. It may use the store that calls it, but keeps no vector that was lent to it.
//! * **C6. One way to the store.** `Home` gives the store out to one user at a time: while a callback runs, through the `Caller` that the engine gave
//!   for it, else directly; while it is in use, not at all.
//! * **C7. Handles count.** Each handle has a share of its `Home`: that lives as long as the last of them, whether or not the store's own was deleted.

#![allow(unsafe_code, reason = "C's side of the boundary keeps promises that no type can state")]
#![allow(clippy::not_unsafe_ptr_arg_deref, reason = "only C calls these entries; what it promises is stated above")]

mod beyond;
mod boundary;
mod external;
mod foreign;
mod func;
mod global;
mod home;
mod instance;
mod memory;
mod module;
mod object;
mod runtime;
mod table;
mod trap;
mod types;
mod value;
mod vector;
