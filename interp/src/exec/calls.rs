//! Calls and returns between functions of one instance. All others leave the machine.
//!
//! ```text
//! sp ─► [ parameters, later results ][ link: return address, distance to the caller's frame ][ locals, zeroed ][ temporaries … ]
//! ```
//!
//! A callee's frame starts at the caller's outgoing arguments, so that neither arguments nor results are copied.
#![allow(unsafe_code, reason = "bodies run on addresses; what may be read where is the verifier's promise")]
#![allow(clippy::missing_safety_doc, reason = "the contract of every body here is that of `PlainRow::run`")]

use super::LINK_BYTES;
use super::callee::{Callee, callee};
use super::ctx::{Arg, CodePtr, Ctx};
use super::exit::ExitCode;
use super::row::PlainRow;
use super::state::{Flow, State, Stream, read32};
use crate::isa::row;
use crate::trap::Trap;

/// Where a function returns to. What is left of the link's [`LINK_BYTES`] is unused.
#[derive(Debug, Clone, Copy)]
#[repr(C, packed(4))]
pub(crate) struct Link {
    pub(crate) ip: *const u8,
    /// Bytes from the caller's frame to this one.
    pub(crate) distance: usize,
}

const _: () = assert!(size_of::<Link>() <= LINK_BYTES);

/// What stands before a function's code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    /// Bytes of its frame.
    pub(crate) frame: u32,
    /// Where its locals start; the link ends there.
    pub(crate) locals: u32,
    /// Bytes of locals to zero.
    pub(crate) zeroed: u32,
    /// Fuel of one call.
    pub(crate) fuel: u32,
}

impl Header {
    /// Bytes of its fields.
    pub(crate) const FIELDS: usize = row::Function::LAYOUT.bytes();

    /// # Safety
    /// A function's header is at `entry` (invariant 2).
    #[inline(always)]
    pub(crate) unsafe fn read<C: Stream>(entry: CodePtr) -> Self {
        // SAFETY: the caller's contract.
        unsafe {
            Self {
                frame: read32(entry, C::HEAD),
                locals: read32(entry, C::HEAD + 4),
                zeroed: read32(entry, C::HEAD + 8),
                fuel: read32(entry, C::HEAD + 12),
            }
        }
    }
}

/// Zeroes locals: at least `bytes`, at most [`super::RED_ZONE`] more.
///
/// # Safety
/// So many bytes at `at` belong to the stack (invariant 3).
#[inline(always)]
unsafe fn zero(at: *mut u8, bytes: u32) {
    let mut done = 0;
    while done < bytes {
        // SAFETY: the caller's contract; the stack is 4-aligned.
        unsafe { at.add(done as usize).cast::<Zeros>().write(Zeros([0; ZEROS])) };
        // Without it the compiler makes a call of `memset` of the loop, and the handler is a leaf no more.
        core::sync::atomic::compiler_fence(core::sync::atomic::Ordering::SeqCst);
        done += size_of::<Zeros>() as u32;
    }
}

/// What is zeroed at a time.
#[derive(Clone, Copy)]
#[repr(C)]
struct Zeros([u32; ZEROS]);

const ZEROS: usize = if cfg!(target_pointer_width = "32") { 1 } else { 8 };
const _: () = assert!(size_of::<Zeros>() <= super::RED_ZONE);

/// Whether a frame of so many bytes fits on the stack at `sp`, which is on it.
#[inline(always)]
fn has_room(ctx: &Ctx, sp: *mut u8, frame: u32) -> bool {
    if cfg!(target_pointer_width = "64") {
        // No sum of an address and 32 bits is too large. It takes one register less than the difference.
        sp.addr().wrapping_add(frame as usize) <= ctx.stack_end.addr()
    } else {
        ctx.stack_end.addr().wrapping_sub(sp.addr()) >= frame as usize
    }
}

/// Enters a function: checks the stack, pays for it, zeroes its locals, writes its link.
///
/// # Safety
/// A header is at `entry`; the frame at `sp`, with the arguments in it, starts inside the current frame (invariants 2 and 3).
#[inline(always)]
pub(crate) unsafe fn enter_function<C: Stream>(
    s: &mut State<C>,
    entry: CodePtr,
    sp: *mut u8,
    link: Link,
    metered: bool,
) -> Flow {
    // SAFETY: the caller's contract. The frame fits the stack by the check, and the link lies in the frame, before the locals.
    unsafe {
        let header = Header::read::<C>(entry);
        if !has_room(&*s.ctx, sp, header.frame) {
            (*s.ctx).note_callee(entry, s.acc);
            return Flow::Exit(ExitCode::trap(Trap::StackOverflow));
        }
        if metered && !s.pay(u64::from(header.fuel)) {
            return Flow::Exit(ExitCode::OUT_OF_FUEL);
        }
        let locals = sp.add(header.locals as usize);
        locals.sub(LINK_BYTES).cast::<Link>().write(link);
        zero(locals, header.zeroed);
        s.sp = sp;
        s.ip = entry.add(C::size(Header::FIELDS));
    }
    Flow::Jump
}

#[inline(always)]
pub(crate) unsafe fn call<C: Stream>(s: &mut State<C>, metered: bool, frame: u32, func: u32) -> Flow {
    // SAFETY: the module defines this function; the frame starts inside the current one (invariant 1).
    unsafe {
        let entry = C::entry(s.ctx, func);
        let link = Link { ip: s.ip.add(C::size(const { row::Call::LAYOUT.bytes() })), distance: frame as usize };
        enter_function(s, entry, s.sp.add(frame as usize), link, metered)
    }
}

#[inline(always)]
pub(crate) unsafe fn return_plain<C: Stream>(s: &mut State<C>, link: u32) -> Flow {
    // SAFETY: the link is where the entry of this frame put it; no operand range touches it (invariant 1).
    unsafe {
        let link = s.slot(link).cast::<Link>().read();
        s.sp = s.sp.sub(link.distance);
        s.ip = link.ip;
    }
    Flow::Jump
}

#[inline(always)]
pub(crate) unsafe fn call_import<C: Stream>(s: &mut State<C>, frame: u32, func: u32) -> Flow {
    // SAFETY: `ctx` is valid (invariant 2).
    unsafe {
        (*s.ctx).args[0] = func as Arg;
        (*s.ctx).args[1] = frame as Arg;
        s.leave(const { row::CallImport::LAYOUT.bytes() }, ExitCode::CALL_IMPORT)
    }
}

#[inline(always)]
pub(crate) unsafe fn call_indirect<C: Stream>(
    s: &mut State<C>,
    metered: bool,
    index: u32,
    frame: u32,
    ty: u32,
    table: u32,
) -> Flow {
    s.drop_acc();
    // SAFETY: all operands are those of a verified instruction (invariant 1).
    unsafe {
        match callee(s, s.get(index), ty, table) {
            Ok(Callee::Own(entry)) => {
                let link = Link {
                    ip: s.ip.add(C::size(const { row::CallIndirect::LAYOUT.bytes() })),
                    distance: frame as usize,
                };
                enter_function(s, entry, s.sp.add(frame as usize), link, metered)
            }
            Ok(Callee::Foreign(func)) => {
                (*s.ctx).args[0] = func as Arg;
                (*s.ctx).args[1] = frame as Arg;
                s.leave(const { row::CallIndirect::LAYOUT.bytes() }, ExitCode::CALL_FUNC)
            }
            Err(trap) => Flow::Exit(ExitCode::trap(trap)),
        }
    }
}

/// Replaces the current frame by a call of the function at `entry`, whose arguments are `bytes` bytes at `sp + frame`.
///
/// # Safety
/// As for [`enter_function`], and `link` is the current frame's.
#[cfg_attr(not(ermine_small), inline(always))]
#[cfg_attr(ermine_small, inline(never))]
unsafe fn replace<C: Stream>(
    s: &mut State<C>,
    metered: bool,
    entry: CodePtr,
    frame: u32,
    bytes: u16,
    link: u32,
) -> Flow {
    // SAFETY: the caller's contract. Arguments move down, in ascending order: none is overwritten before it is read. The stack is checked before
    // anything moves: the callee's arguments are part of its frame.
    unsafe {
        let header = Header::read::<C>(entry);
        if !has_room(&*s.ctx, s.sp, header.frame) {
            (*s.ctx).note_callee(entry, s.acc);
            return Flow::Exit(ExitCode::trap(Trap::StackOverflow));
        }
        if metered && !s.pay(u64::from(header.fuel)) {
            return Flow::Exit(ExitCode::OUT_OF_FUEL);
        }
        let link = s.slot(link).cast::<Link>().read();
        let mut moved = 0;
        while moved < u32::from(bytes) {
            let word = s.sp.add((frame + moved) as usize).cast::<u32>().read_volatile();
            s.sp.add(moved as usize).cast::<u32>().write_volatile(word);
            moved += 4;
        }
        let sp = s.sp;
        enter_function(s, entry, sp, link, false)
    }
}

#[inline(always)]
pub(crate) unsafe fn return_call<C: Stream>(
    s: &mut State<C>,
    metered: bool,
    frame: u32,
    bytes: u16,
    link: u32,
    func: u32,
) -> Flow {
    // SAFETY: all operands are those of a verified instruction (invariant 1).
    unsafe {
        let entry = C::entry(s.ctx, func);
        replace(s, metered, entry, frame, bytes, link)
    }
}

/// Leaves for a tail call that the driver carries out.
///
/// # Safety
/// `ctx` is valid (invariant 2).
#[inline(always)]
unsafe fn leave_for<C: Stream>(s: &mut State<C>, func: u32, frame: u32, bytes: u16, link: u32, code: ExitCode) -> Flow {
    // SAFETY: the caller's contract.
    let args = unsafe { &mut (*s.ctx).args };
    args[0] = func as Arg;
    args[1] = frame as Arg;
    args[2] = Arg::from(bytes);
    args[3] = link as Arg;
    Flow::Exit(code)
}

#[inline(always)]
pub(crate) unsafe fn return_call_import<C: Stream>(
    s: &mut State<C>,
    frame: u32,
    bytes: u16,
    link: u32,
    func: u32,
) -> Flow {
    // SAFETY: `ctx` is valid (invariant 2).
    unsafe { leave_for(s, func, frame, bytes, link, ExitCode::TAIL_CALL_IMPORT) }
}

#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the fields of an instruction")]
pub(crate) unsafe fn return_call_indirect<C: Stream>(
    s: &mut State<C>,
    metered: bool,
    index: u32,
    frame: u32,
    bytes: u16,
    link: u32,
    ty: u32,
    table: u32,
) -> Flow {
    // SAFETY: all operands are those of a verified instruction (invariant 1).
    unsafe {
        match callee(s, s.get(index), ty, table) {
            Ok(Callee::Own(entry)) => replace(s, metered, entry, frame, bytes, link),
            Ok(Callee::Foreign(func)) => leave_for(s, func, frame, bytes, link, ExitCode::TAIL_CALL_FUNC),
            Err(trap) => Flow::Exit(ExitCode::trap(trap)),
        }
    }
}
