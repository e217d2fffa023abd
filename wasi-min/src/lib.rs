//! WASI preview 1 for the Ermine interpreter, without an operating system.
//!
//! A *port* ([`Port`]) is what a board or a host can do: write to a console, tell the time, give random bytes. This
//! crate turns a port into the 46 functions of `wasi_snapshot_preview1`, checks everything the guest passes, and never
//! allocates: strings, vectors and events are read from and written to linear memory where they lie.
//!
//! * [`WasiCtx`] holds a port and the guest's descriptors.
//! * `add_to_linker` (feature `linker`, on by default) links all 46 functions for the engine's `Linker`.
//! * [`calls`] has the functions themselves, over a plain `&mut [u8]`, for hosts that have no heap and hence no `Linker`.
//! * `StdPort` (feature `std`, on by default) is the port for hosts with an operating system.
//!
//! # Limits
//!
//! A guest sees standard input, output and error, its arguments and environment, clocks and random bytes. There are no
//! directories and no sockets: those functions link, and answer with the error code that fits.
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
mod port;
#[cfg(feature = "std")]
mod std_port;
mod strings;
pub mod types;

#[cfg(test)]
mod fake;

pub use ctx::WasiCtx;
pub use errno::Errno;
pub use files::{Entry, Files, Interest, Node, Open, Opened, Preopen, Readiness, SetTime, SetTimes};
pub use guest::GuestMemory;
#[cfg(feature = "linker")]
pub use link::add_to_linker;
pub use port::{Clock, Clocks, Console, Port, Random, Startup, Stream, Watch};
#[cfg(feature = "std")]
pub use std_port::StdPort;
#[cfg(all(feature = "dirs", any(unix, windows)))]
pub use std_port::{Access, Resolver};
pub use strings::{MissingNul, StringBlock};
pub use table::{FUNCTIONS, Function, MODULE, ValueType};
