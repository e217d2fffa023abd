//! WASI preview 1 for the Ermine interpreter, without an operating system.
//!
//! A *port* ([`Port`]) is what a board or a host can do: write to a console, tell the time, give random bytes. This
//! crate turns a port into the 46 functions of `wasi_snapshot_preview1`, checks everything the guest passes, and never
//! allocates: strings, vectors and events are read from and written to linear memory where they lie.
//!
//! * [`WasiCtx`] holds a port and the guest's descriptors.
//! * `add_to_linker` (feature `linker`, on by default) links all 46 functions for the engine's `Linker`.
//! * [`calls`] has the functions themselves, over a plain `&mut [u8]`, for hosts that have no heap and hence no `Linker`.
//! * `StdPort` (feature `std`) is the port for hosts with an operating system; with `HostFiles` (feature `dirs`, on by
//!   default) it has directories and sockets.
//! * `MemFs` (feature `alloc`) is a file system in memory, [`RomFs`] one that is read where it lies and needs no heap;
//!   `WithFiles` puts one of them beside a port of another kind.
//! * `MemConsole` (feature `alloc`) has standard streams in memory; `WithConsole` puts it, or one of your own, beside a port.
//!
//! # Limits
//!
//! A port says what there is. Functions that it has nothing for link all the same, and answer with the error code that
//! fits. Every descriptor has rights, every call checks them, and dropped rights do not come back.
//!
//! # Example
//!
//! ```
//! # #[cfg(all(feature = "std", feature = "linker"))] {
//! use ermine::{Engine, Linker};
//! use ermine_wasi::{StdPort, WasiCtx, add_to_linker};
//!
//! let engine = Engine::default();
//! let mut linker: Linker<WasiCtx<StdPort>> = Linker::new(&engine);
//! add_to_linker(&mut linker, |ctx| ctx).unwrap();
//!
//! let port = StdPort::new().args(["guest", "--verbose"]);
//! let store = ermine::Store::new(&engine, WasiCtx::new(port));
//! # let _ = store; }
//! ```
#![no_std]
#![forbid(unsafe_code)]

#[cfg(any(feature = "std", test))]
extern crate std;

#[cfg(feature = "alloc")]
extern crate alloc;

#[macro_use]
mod table;

pub mod calls;
mod ctx;
mod descriptor;
mod errno;
mod files;
mod guest;
#[cfg(feature = "linker")]
mod link;
#[cfg(feature = "alloc")]
mod mem_console;
#[cfg(feature = "alloc")]
mod mem_fs;
#[cfg(feature = "linker")]
mod observe;
mod port;
mod rom_fs;
#[cfg(feature = "std")]
mod std_port;
mod strings;
pub mod types;
#[cfg(feature = "alloc")]
mod with_console;
#[cfg(feature = "alloc")]
mod with_files;

#[cfg(all(test, feature = "alloc"))]
mod fake;

pub use ctx::WasiCtx;
pub use errno::Errno;
pub use files::{Access, Entry, Files, Interest, Node, Open, Opened, Preopen, Readiness, SetTime, SetTimes};
pub use guest::GuestMemory;
#[cfg(feature = "linker")]
pub use link::{add_to_linker, add_to_linker_with};
#[cfg(feature = "alloc")]
pub use mem_console::MemConsole;
#[cfg(feature = "alloc")]
pub use mem_fs::MemFs;
#[cfg(feature = "linker")]
pub use observe::{Call, Observe};
pub use port::{Clock, Clocks, Console, Port, Random, Startup, Stream, Watch};
pub use rom_fs::{RomFile, RomFs};
#[cfg(feature = "dirs")]
pub use std_port::HostFiles;
#[cfg(all(feature = "dirs", any(unix, windows)))]
pub use std_port::Resolver;
#[cfg(feature = "std")]
pub use std_port::StdPort;
pub use strings::{MissingNul, StringBlock};
pub use table::{FUNCTIONS, Function, MODULE, ValueType};
#[cfg(feature = "alloc")]
pub use with_console::WithConsole;
#[cfg(feature = "alloc")]
pub use with_files::WithFiles;

/// The examples of the guide are tests.
#[cfg(all(doctest, feature = "dirs", feature = "linker"))]
#[doc = include_str!("../../docs/wasi.md")]
mod guide {}
