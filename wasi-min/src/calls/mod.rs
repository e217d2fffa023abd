//! The functions of preview 1, by theme.
//!
//! Every function takes the guest's state, its memory, and the parameters as the guest passed them. Names and order of
//! parameters are those of the specification; results go to the addresses the last parameters name. Missing is only
//! `proc_exit`, which is the business of whoever runs the guest.

pub mod clock;
pub mod dir;
pub mod fd;
pub mod file;
pub mod path;
pub mod poll;
pub mod process;
pub mod random;
pub mod sock;
pub mod startup;

mod iovec;

/// What a call returns: nothing, or the error code the guest gets.
pub type CallResult = Result<(), crate::Errno>;

#[cfg(all(test, feature = "alloc"))]
mod tests;
