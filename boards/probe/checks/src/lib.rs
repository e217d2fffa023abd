//! Checks of Ermine that are the same on a host and on a board: what is in a pack, how it is run, what is written about it.
//!
//! A host makes packs (`tests/src`) and runs them; firmware has them in flash. Nothing here allocates, and nothing knows a board.
#![no_std]
#![deny(unsafe_code)]

pub mod console;
pub mod same;
pub mod spec;
mod words;

/// What guests may use.
pub struct Lent<'a> {
    /// The value stack; scratch space of the verifier before.
    pub stack: &'a mut [u32],
    /// Linear memory. A guest gets as much of it as its pack says.
    pub memory: &'a mut [u8],
    /// The arena.
    pub arena: &'a mut [u64],
}
