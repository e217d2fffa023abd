//! Random sequences of WASI calls by a guest, over files in memory.
//!
//! An input is of one of two kinds. Sensible calls ([`sensible`]) are compared with a [`model`] of a file system: what succeeds, what is read, what is
//! there in the end. Others ([`hostile`]) pass anything: numbers from the edges, pointers outside of memory; nothing may come of it but error codes.

mod guest;
mod hostile;
mod model;
mod port;
mod sensible;

use crate::allocator::failing;
use crate::bytes::Bytes;

/// Makes the calls that an input means.
///
/// # Panics
///
/// If one of them does what it must not.
pub fn wasi(input: &[u8]) {
    let mut bytes = Bytes::new(input);
    if bytes.below(2) == 0 { sensible::run(&mut bytes) } else { hostile::run(&mut bytes) }
}

/// Makes calls of which one meets an allocator that fails, see [`allocator`](crate::allocator).
///
/// # Panics
///
/// As [`wasi`].
pub fn short_of_memory(input: &[u8], bytes: usize, nth: u32) {
    let mut guest = hostile::guest();
    let _ = failing(bytes, nth, || hostile::calls(&mut guest, &mut Bytes::new(input)));
    hostile::end(guest);
}
