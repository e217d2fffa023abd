//! Memory instructions that are not loads and stores.
#![allow(unsafe_code, reason = "bodies run on addresses; what may be read where is the verifier's promise")]
#![allow(clippy::missing_safety_doc, reason = "the contract of every body here is that of `PlainRow::run`")]

use super::ctx::Arg;
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
    args[0] = to as Arg;
    let mut index = 0;
    while index < N {
        args[index + 1] = operands[index] as Arg;
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
    !cfg!(ermine_small) && length <= unsafe { (*s.ctx).bulk_at_once }
}

#[inline(always)]
fn inside(start: u32, length: u32, len: usize) -> bool {
    u64::from(start) + u64::from(length) <= len as u64
}

/// Copies bytes between ranges that may overlap. Out of line: a handler that calls `memmove` must save its registers, and only this path should.
///
/// # Safety
/// Both ranges may be accessed.
#[cfg(not(target_os = "none"))]
#[inline(never)]
pub(crate) unsafe fn copy_bytes(to: *mut u8, from: *const u8, length: usize) {
    // SAFETY: the caller's contract.
    unsafe { core::ptr::copy(from, to, length) }
}

/// The same for targets whose `memmove` would come out of the compiler's library: that is 1.3 KB on a Cortex-M, this is a tenth. Whole words where
/// both ranges are equally aligned, else bytes.
///
/// # Safety
/// Both ranges may be accessed.
#[cfg(target_os = "none")]
#[inline(never)]
pub(crate) unsafe fn copy_bytes(to: *mut u8, from: *const u8, length: usize) {
    // What goes up is copied from the end.
    let up = to.addr() > from.addr();
    let start = if up { length } else { 0 };
    let mut ends = (to.wrapping_add(start), from.wrapping_add(start));
    let is_aligned = (to.addr() ^ from.addr()) & 3 == 0;
    let ahead = if up { ends.0.addr() } else { ends.0.addr().wrapping_neg() } & 3;
    let first = if is_aligned { ahead.min(length) } else { length };
    let rest = length.wrapping_sub(first);
    // SAFETY: the caller's contract; the three parts are `length` bytes. Words are aligned.
    unsafe {
        move_units::<u8>(&mut ends, first, up);
        move_units::<u32>(&mut ends, rest / 4, up);
        move_units::<u8>(&mut ends, rest % 4, up);
    }
}

/// Copies so many units from two ends on, and moves these.
///
/// # Safety
/// Both may be accessed, and are aligned.
#[cfg(target_os = "none")]
#[inline(always)]
unsafe fn move_units<T: Copy>(ends: &mut (*mut u8, *const u8), count: usize, up: bool) {
    let (back, step) =
        if up { (size_of::<T>().wrapping_neg(), size_of::<T>().wrapping_neg()) } else { (0, size_of::<T>()) };
    let (mut to, mut from) = *ends;
    for _ in 0..count {
        // SAFETY: the caller's contract.
        unsafe { to.wrapping_add(back).cast::<T>().write(from.wrapping_add(back).cast::<T>().read()) };
        (to, from) = (to.wrapping_add(step), from.wrapping_add(step));
    }
    *ends = (to, from);
}

/// Sets bytes.
///
/// # Safety
/// The range may be accessed.
#[cfg(not(target_os = "none"))]
#[inline(never)]
pub(crate) unsafe fn fill_bytes(to: *mut u8, value: u8, length: usize) {
    // SAFETY: the caller's contract.
    unsafe { core::ptr::write_bytes(to, value, length) }
}

/// The same for targets whose `memset` would come out of the compiler's library, see [`copy_bytes`].
///
/// # Safety
/// The range may be accessed.
#[cfg(target_os = "none")]
#[inline(never)]
pub(crate) unsafe fn fill_bytes(to: *mut u8, value: u8, length: usize) {
    let first = (to.addr().wrapping_neg() & 3).min(length);
    let rest = length.wrapping_sub(first);
    let mut end = to;
    // SAFETY: the caller's contract; the three parts are `length` bytes. Words are aligned.
    unsafe {
        set_units(&mut end, first, value);
        set_units(&mut end, rest / 4, u32::from(value).wrapping_mul(0x0101_0101));
        set_units(&mut end, rest % 4, value);
    }
}

/// Sets so many units, and moves `end` behind them.
///
/// # Safety
/// They may be accessed, and are aligned.
#[cfg(target_os = "none")]
#[inline(always)]
unsafe fn set_units<T: Copy>(end: &mut *mut u8, count: usize, value: T) {
    let mut to = *end;
    for _ in 0..count {
        // SAFETY: the caller's contract. Volatile, or the compiler would make a call of `memset` of this.
        unsafe { to.cast::<T>().write_volatile(value) };
        to = to.wrapping_add(size_of::<T>());
    }
    *end = to;
}

/// Sets words to 0.
pub(crate) fn zero<T: Zero>(words: &mut [T]) {
    // SAFETY: these bytes are borrowed, and zeros are numbers. No invariant is needed.
    unsafe { fill_bytes(words.as_mut_ptr().cast(), 0, size_of_val(words)) }
}

/// Numbers.
pub(crate) trait Zero: Copy {}
impl Zero for u8 {}
impl Zero for u32 {}
impl Zero for u64 {}

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
    // SAFETY: as for `memory_copy` (invariants 1 and 2).
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
    // SAFETY: `s.ip` is at this instruction (invariant 1).
    unsafe { slow(s, const { row::DataDrop::LAYOUT.bytes() }, SlowOp::DataDrop, 0, [segment]) }
}
