//! What the rows of the op table are to the executor: one trait per kind of row.
#![allow(unsafe_code, reason = "declares unsafe functions; their bodies are elsewhere")]

pub(crate) use super::state::Value;
use super::state::{Flow, State, Stream};
use crate::isa::Layout;
use crate::isa::derive::Row;
use crate::trap::Trap;

/// Which of the rows that share a body an instruction is. Most share none: their value has no size.
pub(crate) trait Pick: Copy + 'static {
    /// # Safety
    /// `s.ip` is at an instruction of one of these rows (invariant 1).
    unsafe fn pick<C: Stream>(s: &State<C>) -> Self;
}

/// Two operands of one type.
pub(crate) trait BinaryRow: Pick {
    type Operand: Value;
    type Result: Value;
    fn compute(self, a: Self::Operand, b: Self::Operand) -> Result<Self::Result, Trap>;
}

/// Three operands of one type.
pub(crate) trait TernaryRow: Pick {
    type Value: Value;
    fn compute(self, a: Self::Value, b: Self::Value, c: Self::Value) -> Self::Value;
}

/// A comparison.
pub(crate) trait CompareRow: Pick {
    type Operand: Value;
    fn holds(self, a: Self::Operand, b: Self::Operand) -> bool;
}

/// One operand.
pub(crate) trait UnaryRow: Pick {
    type Operand: Value;
    type Result: Value;
    fn compute(self, a: Self::Operand) -> Result<Self::Result, Trap>;
}

/// A read from memory.
pub(crate) trait LoadRow: Row {
    /// What is in memory.
    type Stored: Copy + 'static;
    type Result: Value;
    fn extend(stored: Self::Stored) -> Self::Result;
}

/// A write to memory.
pub(crate) trait StoreRow: Row {
    type Operand: Value;
    /// What goes to memory.
    type Stored: Copy + 'static;
    fn narrow(value: Self::Operand) -> Self::Stored;
}

/// Something done with a value of this type, whatever it is.
pub(crate) trait ValueRow: Row {
    type Value: Value;
}

/// An operation with a form of its own.
pub(crate) trait PlainRow: Copy + 'static {
    const LAYOUT: Layout;

    /// # Safety
    /// `s.ip` is at an instruction of this row, in code that the verifier accepts (invariant 1).
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow;
}

/// A call, which is paid for or not.
pub(crate) trait CallRow: Row {
    /// # Safety
    /// As for [`PlainRow::run`].
    unsafe fn call<C: Stream>(s: &mut State<C>, metered: bool) -> Flow;
}
