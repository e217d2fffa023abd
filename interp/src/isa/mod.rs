//! The instruction set: one table, plain data afterwards.
//!
//! A *row* of [`table`] is an operation: its name, its wasm opcode, its operand types, its result type and what it computes. A *form*
//! says where operands come from and where the result goes. An instruction is a row in a form, and its number (the [`Code`]
//! that starts it in the code stream) follows from the places of both in the table.
//!
//! ```text
//! compact code, u16 units:   [ number ][ field ][ field ] …       destination first, then operands, then branch target and fuel
//! threaded code, u64 words:  [ handler's address ][ the same fields, padded to 8 bytes ]
//! ```
//!
//! Everything else is derived: the machines take the semantics, the translator looks rows up by wasm opcode and forms by operand places, the
//! disassembler and the verifier read the field kinds.

pub(crate) mod derive;
#[cfg(all(test, feature = "translate", feature = "full"))]
mod docs;
pub(crate) mod field;
mod fingerprint;
pub(crate) mod form;
#[cfg(feature = "alloc")]
pub(crate) mod lookup;
#[cfg(any(all(feature = "count", feature = "alloc"), all(test, feature = "translate", feature = "full")))]
pub(crate) mod name;
pub(crate) mod packed;
pub(crate) mod table;

#[cfg(feature = "translate")]
pub(crate) use derive::RowId;
pub(crate) use derive::row;
#[cfg(feature = "alloc")]
pub(crate) use derive::{Code, OP_COUNT};
#[cfg(feature = "alloc")]
pub(crate) use field::Field;
pub(crate) use field::{Layout, Ty};
pub(crate) use fingerprint::fingerprint;

/// Which instructions code may use. Results, traps and fuel do not depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// The instructions every build has: small, for microcontrollers.
    Base,
    /// All of them: more fusion, for desktops (cargo feature `full`).
    Full,
}

impl Profile {
    /// The richest profile this build can run.
    pub(crate) const BEST: Self = if cfg!(feature = "full") { Self::Full } else { Self::Base };
}
