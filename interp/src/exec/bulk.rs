//! Memory instructions that are not loads and stores.
#![allow(unsafe_code, reason = "bodies run on addresses; what may be read where is the verifier's promise")]
#![allow(clippy::missing_safety_doc, reason = "the contract of every body here is that of `PlainRow::run`")]

use super::exit::{ExitCode, SlowOp};
use super::row::PlainRow;
use super::state::{Flow, State, Stream};
use crate::isa::row;
use crate::trap::Trap;

/// Leaves for the runtime, with operands.
///
/// # Safety
/// `s.ip` is at an instruction with `fields` bytes of fields.
#[inline(always)]
pub(crate) unsafe fn slow<C: Stream, const N: usize>(
    s: &mut State<C>,
    fields: usize,
    op: SlowOp,
    to: u32,
    operands: [u32; N],
) -> Flow {
    // SAFETY: `ctx` is valid (invariant 2).
    let args = unsafe { &mut (*s.ctx).args };
    args[0] = u64::from(to);
    let mut index = 0;
    while index < N {
        args[index + 1] = u64::from(operands[index]);
        index += 1;
    }
    // SAFETY: the caller's contract.
    unsafe { s.leave(fields, ExitCode::slow(op)) }
}

#[inline(always)]
pub(crate) unsafe fn memory_size<C: Stream>(s: &mut State<C>, to: u32, memory: u16, page_log2: u16) -> Flow {
    // SAFETY: the module has this memory; `to` is a slot (invariants 1 and 2).
    unsafe {
        let view = *(*s.ctx).memories.add(usize::from(memory));
        s.set(to, ((*view).len >> (page_log2 & 31)) as u32);
    }
    Flow::Next
}

#[inline(always)]
pub(crate) unsafe fn memory_grow<C: Stream>(s: &mut State<C>, to: u32, delta: u32, memory: u16) -> Flow {
    // SAFETY: `delta` is a slot (invariant 1).
    unsafe {
        slow(s, const { row::MemoryGrow::LAYOUT.bytes() }, SlowOp::MemoryGrow, to, [s.get(delta), u32::from(memory)])
    }
}

/// Whether the machine may handle that many bytes at once.
///
/// # Safety
/// `ctx` is valid (invariant 2).
#[inline(always)]
unsafe fn at_once<C: Stream>(s: &State<C>, length: u32) -> bool {
    // SAFETY: the caller's contract.
    length <= unsafe { (*s.ctx).bulk_at_once }
}

#[inline(always)]
fn inside(start: u32, length: u32, len: usize) -> bool {
    u64::from(start) + u64::from(length) <= len as u64
}

/// Out of line: a handler that calls `memmove` must save its registers, and only this path should.
#[inline(never)]
unsafe fn copy_bytes(to: *mut u8, from: *const u8, length: usize) {
    // SAFETY: the caller has checked both ranges.
    unsafe { core::ptr::copy(from, to, length) }
}

#[inline(never)]
unsafe fn fill_bytes(to: *mut u8, value: u8, length: usize) {
    // SAFETY: the caller has checked the range.
    unsafe { core::ptr::write_bytes(to, value, length) }
}

#[inline(always)]
pub(crate) unsafe fn memory_copy<C: Stream>(
    s: &mut State<C>,
    to: u32,
    from: u32,
    length: u32,
    to_memory: u16,
    from_memory: u16,
) -> Flow {
    // SAFETY: the operands are slots; `mem` and `mem_len` are memory 0 (invariants 1 and 2).
    unsafe {
        let (to, from, length) = (s.get::<u32>(to), s.get::<u32>(from), s.get::<u32>(length));
        if to_memory | from_memory != 0 || !at_once(s, length) {
            let fields = const { row::MemoryCopy::LAYOUT.bytes() };
            return slow(
                s,
                fields,
                SlowOp::MemoryCopy,
                0,
                [to, from, length, u32::from(to_memory), u32::from(from_memory)],
            );
        }
        if !inside(to, length, s.mem_len) || !inside(from, length, s.mem_len) {
            return Flow::Exit(ExitCode::trap(Trap::MemoryOutOfBounds));
        }
        copy_bytes(s.mem.add(to as usize), s.mem.add(from as usize), length as usize);
    }
    Flow::Next
}

#[inline(always)]
pub(crate) unsafe fn memory_fill<C: Stream>(s: &mut State<C>, to: u32, value: u32, length: u32, memory: u16) -> Flow {
    // SAFETY: as for `memory_copy`.
    unsafe {
        let (to, value, length) = (s.get::<u32>(to), s.get::<u32>(value), s.get::<u32>(length));
        if memory != 0 || !at_once(s, length) {
            return slow(
                s,
                const { row::MemoryFill::LAYOUT.bytes() },
                SlowOp::MemoryFill,
                0,
                [to, value, length, u32::from(memory)],
            );
        }
        if !inside(to, length, s.mem_len) {
            return Flow::Exit(ExitCode::trap(Trap::MemoryOutOfBounds));
        }
        fill_bytes(s.mem.add(to as usize), value as u8, length as usize);
    }
    Flow::Next
}

#[inline(always)]
pub(crate) unsafe fn memory_init<C: Stream>(
    s: &mut State<C>,
    to: u32,
    from: u32,
    length: u32,
    segment: u32,
    memory: u16,
) -> Flow {
    // SAFETY: the operands are slots (invariant 1).
    unsafe {
        let operands = [s.get(to), s.get(from), s.get(length), segment, u32::from(memory)];
        slow(s, const { row::MemoryInit::LAYOUT.bytes() }, SlowOp::MemoryInit, 0, operands)
    }
}

#[inline(always)]
pub(crate) unsafe fn data_drop<C: Stream>(s: &mut State<C>, segment: u32) -> Flow {
    // SAFETY: `s.ip` is at this instruction.
    unsafe { slow(s, const { row::DataDrop::LAYOUT.bytes() }, SlowOp::DataDrop, 0, [segment]) }
}
