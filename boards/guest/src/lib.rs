//! What a guest on an Ermine board writes its program with: pins, buses and delays as embedded-hal 1.0 has them, so that drivers from crates.io work unchanged.
//!
//! A guest may use what the board's capability table grants. It names the grants that it wants; the firmware refuses it if there are no such ones.
//!
//! ```
//! use embedded_hal::{delay::DelayNs, digital::OutputPin};
//!
//! ermine_guest::grants! {
//!     /// The LED of the board.
//!     led: Output;
//! }
//!
//! fn blink() -> Result<(), ermine_guest::Error> {
//!     let (mut led, mut delay) = (led(), ermine_guest::Delay);
//!     led.set_high()?;
//!     delay.delay_ms(250);
//!     led.set_low()
//! }
//! ```
//!
//! A program exports `_start`, which runs once, or `on_event(id, arg)`, which is called for each event, or both. `boards/guests` has examples
//! and templates, `docs/boards.md` the functions underneath. On other targets than wasm32 everything compiles, and every call is answered
//! with [`Error::Unsupported`]: what does not touch the board can be tested on a desk.

#![no_std]

mod bus;
mod error;
mod pins;
#[cfg(target_arch = "wasm32")]
mod raw;
#[cfg(not(target_arch = "wasm32"))]
#[path = "raw_none.rs"]
mod raw;
mod streams;
mod time;

pub use self::{
    bus::{I2c, Spi},
    error::Error,
    pins::{Analog, Edges, Input, InputOutput, Output, Pwm},
    streams::{Level, Serial, Storage, log, random},
    time::{Delay, Timer, now_us},
};

/// Declares the grants that a program uses: `led: Output;` makes a function `led()` that returns an [`Output`].
///
/// The kinds are [`Input`], [`Output`], [`InputOutput`], [`Analog`], [`Pwm`], [`I2c`], [`Spi`], [`Serial`], [`Storage`] and [`Timer`].
#[macro_export]
macro_rules! grants {
    ($($(#[$doc:meta])* $name:ident: $kind:ident;)*) => {$(
        $(#[$doc])*
        fn $name() -> $crate::$kind {
            // On a desk there is nobody to ask.
            #[cfg(not(target_arch = "wasm32"))]
            let handle = -1;
            #[cfg(target_arch = "wasm32")]
            let handle = {
                #[link(wasm_import_module = "ermine:grant@1")]
                unsafe extern "C" {
                    safe fn $name() -> i32;
                }
                $name()
            };
            $crate::$kind::from_handle(handle)
        }
    )*};
}

/// Gives each kind of grant its handle.
macro_rules! handles {
    ($($(#[$doc:meta])* $kind:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $kind(pub(crate) i32);

        impl $kind {
            /// The grant with this handle, as [`grants!`](crate::grants) calls it.
            #[must_use]
            pub fn from_handle(handle: i32) -> Self {
                Self(handle)
            }

            /// The handle: what `on_event` is called with.
            #[must_use]
            pub fn handle(&self) -> i32 {
                self.0
            }
        }
    )*};
}
use handles;
