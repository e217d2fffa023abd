//! The executor: two machines over one set of bodies.
//!
//! Glossary, binding in this folder:
//!
//! | name | is |
//! |---|---|
//! | `ip` | address of the current instruction |
//! | `sp` | address of the current frame; slots are byte offsets from it |
//! | `mem`, `mem_len` | memory 0 of the running instance |
//! | `acc` | the accumulators: the result of the instruction just executed |
//! | `ctx` | everything else, see [`ctx::Ctx`] |
//!
//! A *body* ([`shape`], [`control`], [`calls`], [`moves`], [`bulk`], [`tables`]) is what an instruction does, generic over the encoding of the
//! code. [`tail`] wraps each body in a handler that ends in a jump to the next one; [`looping`] puts all of them
//! into one `match`. Bodies are leaves: nothing with a destructor, nothing whose address is taken, no panic; whatever takes longer leaves the machine
//! with an [`exit::Exit`].

pub(crate) mod bulk;
mod callee;
pub(crate) mod calls;
pub(crate) mod control;
pub(crate) mod cost;
pub(crate) mod ctx;
mod enter;
pub(crate) mod exit;
pub(crate) mod fetch;
pub(crate) mod fused;
mod looping;
pub(crate) mod moves;
pub(crate) mod place;
pub(crate) mod row;
pub(crate) mod shape;
#[cfg(ermine_small)]
pub(crate) mod shared;
pub(crate) mod state;
pub(crate) mod tables;
#[cfg(ermine_tail)]
pub(crate) mod tail;
#[cfg(feature = "count")]
pub(crate) mod tally;

#[cfg(feature = "alloc")]
pub(crate) use enter::link_of;
pub(crate) use enter::{Kind, caller, enter, load_acc, pop_link, returns_to_driver, run};

/// Bytes of a frame's link: return address, distance to the caller's frame.
pub(crate) const LINK_BYTES: usize = 16;

/// Bytes of the fields of a function's header.
#[cfg(feature = "alloc")]
pub(crate) const HEADER_BYTES: usize = calls::Header::FIELDS;

/// Bytes behind `ctx.stack_end` that belong to the stack all the same: zeroing may run that far past a frame.
pub(crate) const RED_ZONE: usize = 32;
