//! Table instructions, and references to functions.
#![allow(unsafe_code, reason = "bodies run on addresses; what may be read where is the verifier's promise")]
#![allow(clippy::missing_safety_doc, reason = "the contract of every body here is that of `PlainRow::run`")]

use super::bulk::slow;
use super::exit::{ExitCode, SlowOp};
use super::row::PlainRow;
use super::state::{Flow, State, Stream};
use crate::isa::row;
use crate::trap::Trap;

/// The address of a table's element.
///
/// # Safety
/// The module has this table (invariant 1).
#[inline(always)]
unsafe fn element<C: Stream>(s: &State<C>, table: u32, index: u32) -> Option<*mut u32> {
    // SAFETY: the caller's contract; the view describes the table (invariant 2).
    unsafe {
        let view = *(*s.ctx).tables.add(table as usize);
        ((index as usize) < (*view).len).then(|| (*view).base.add(index as usize))
    }
}

#[inline(always)]
pub(crate) unsafe fn table_get<C: Stream>(s: &mut State<C>, to: u32, index: u32, table: u32) -> Flow {
    // SAFETY: the operands are slots (invariant 1); `element` yields an element's address.
    unsafe {
        match element(s, table, s.get(index)) {
            Some(element) => s.set(to, *element),
            None => return Flow::Exit(ExitCode::trap(Trap::TableOutOfBounds)),
        }
    }
    Flow::Next
}

#[inline(always)]
pub(crate) unsafe fn table_set<C: Stream>(s: &mut State<C>, index: u32, value: u32, table: u32) -> Flow {
    // SAFETY: as for `table_get` (invariants 1 and 2).
    unsafe {
        match element(s, table, s.get(index)) {
            Some(element) => *element = s.get(value),
            None => return Flow::Exit(ExitCode::trap(Trap::TableOutOfBounds)),
        }
    }
    Flow::Next
}

#[inline(always)]
pub(crate) unsafe fn table_size<C: Stream>(s: &mut State<C>, to: u32, table: u32) -> Flow {
    // SAFETY: the module has this table; `to` is a slot (invariants 1 and 2).
    unsafe {
        let view = *(*s.ctx).tables.add(table as usize);
        s.set(to, (*view).len as u32);
    }
    Flow::Next
}

#[inline(always)]
pub(crate) unsafe fn table_grow<C: Stream>(s: &mut State<C>, to: u32, value: u32, delta: u32, table: u32) -> Flow {
    // SAFETY: the operands are slots (invariant 1).
    unsafe {
        slow(s, const { row::TableGrow::LAYOUT.bytes() }, SlowOp::TableGrow, to, [s.get(delta), s.get(value), table])
    }
}

#[inline(always)]
pub(crate) unsafe fn table_fill<C: Stream>(s: &mut State<C>, index: u32, value: u32, length: u32, table: u32) -> Flow {
    // SAFETY: the operands are slots (invariant 1).
    unsafe {
        let operands = [s.get(index), s.get(value), s.get(length), table];
        slow(s, const { row::TableFill::LAYOUT.bytes() }, SlowOp::TableFill, 0, operands)
    }
}

#[inline(always)]
pub(crate) unsafe fn table_copy<C: Stream>(
    s: &mut State<C>,
    to: u32,
    from: u32,
    length: u32,
    to_table: u32,
    from_table: u32,
) -> Flow {
    // SAFETY: the operands are slots (invariant 1).
    unsafe {
        let operands = [s.get(to), s.get(from), s.get(length), to_table, from_table];
        slow(s, const { row::TableCopy::LAYOUT.bytes() }, SlowOp::TableCopy, 0, operands)
    }
}

#[inline(always)]
pub(crate) unsafe fn table_init<C: Stream>(
    s: &mut State<C>,
    to: u32,
    from: u32,
    length: u32,
    segment: u32,
    table: u32,
) -> Flow {
    // SAFETY: the operands are slots (invariant 1).
    unsafe {
        let operands = [s.get(to), s.get(from), s.get(length), segment, table];
        slow(s, const { row::TableInit::LAYOUT.bytes() }, SlowOp::TableInit, 0, operands)
    }
}

#[inline(always)]
pub(crate) unsafe fn elem_drop<C: Stream>(s: &mut State<C>, segment: u32) -> Flow {
    // SAFETY: `s.ip` is at this instruction (invariant 1).
    unsafe { slow(s, const { row::ElemDrop::LAYOUT.bytes() }, SlowOp::ElemDrop, 0, [segment]) }
}

#[inline(always)]
pub(crate) unsafe fn ref_func<C: Stream>(s: &mut State<C>, to: u32, func: u32) -> Flow {
    // SAFETY: the module has this function; `to` is a slot (invariants 1 and 2).
    unsafe {
        let references = (*s.ctx).func_refs;
        let reference = if references.is_null() { func + 1 } else { *references.add(func as usize) };
        s.set(to, reference);
    }
    Flow::Next
}
