//! Branches, and the odd ones.
#![allow(unsafe_code, reason = "bodies run on addresses; what may be read where is the verifier's promise")]
#![allow(clippy::missing_safety_doc, reason = "the contract of every body here is that of `PlainRow::run`")]

use super::ctx::Arg;
use super::exit::ExitCode;
use super::row::PlainRow;
use super::state::{Flow, State, Stream, read32};
use crate::isa::row;
use crate::trap::Trap;

impl<C: Stream> State<C> {
    /// Takes the branch whose target and fuel fields are `at` bytes behind `ip`, or leaves for want of fuel, nothing done.
    ///
    /// # Safety
    /// The instruction at `ip` has such fields there (invariant 1).
    #[inline(always)]
    pub(crate) unsafe fn jump_metered(&mut self, at: usize) -> Flow {
        // SAFETY: the caller's contract.
        unsafe {
            match self.pay(u64::from(self.field16(at + 2))) {
                true => self.jump(i32::from(self.field16(at) as i16)),
                false => Flow::Exit(ExitCode::OUT_OF_FUEL),
            }
        }
    }

    /// Takes `cost` units of fuel; false, with the need and the accumulators on record, if there are not as many. They are taken all the same where that
    /// makes it one instruction on the fuel in memory: [`super::run`] gives them back.
    ///
    /// # Safety
    /// `ctx` is valid (invariant 2).
    #[inline(always)]
    pub(crate) unsafe fn pay(&mut self, cost: u64) -> bool {
        // SAFETY: the caller's contract.
        let ctx = unsafe { &mut *self.ctx };
        let (left, is_short) = ctx.fuel.overflowing_sub(cost);
        if TAKES_ALWAYS || !is_short {
            ctx.fuel = left;
        }
        if is_short {
            ctx.args[0] = cost as Arg;
            // The instruction is executed again and may read them.
            ctx.acc = self.acc;
        }
        !is_short
    }
}

/// Whether an instruction takes its fuel even if there is not as much.
pub(super) const TAKES_ALWAYS: bool = cfg!(ermine_tail);

/// A function's header is never executed: calls skip it.
#[inline(always)]
pub(crate) unsafe fn unreachable_header<C: Stream>(_: &mut State<C>, _: u32, _: u32, _: u32, _: u32) -> Flow {
    Flow::Exit(ExitCode::trap(Trap::UnreachableCodeReached))
}

#[inline(always)]
pub(crate) unsafe fn unreachable<C: Stream>(_: &mut State<C>) -> Flow {
    Flow::Exit(ExitCode::trap(Trap::UnreachableCodeReached))
}

/// What the driver's calls return to.
#[inline(always)]
pub(crate) unsafe fn exit<C: Stream>(_: &mut State<C>) -> Flow {
    Flow::Exit(ExitCode::DONE)
}

#[inline(always)]
pub(crate) unsafe fn branch<C: Stream>(s: &mut State<C>, target: i16) -> Flow {
    // SAFETY: the target of a branch is an instruction (invariant 1).
    unsafe { s.jump(i32::from(target)) }
}

#[inline(always)]
pub(crate) unsafe fn branch_far<C: Stream>(s: &mut State<C>, target: i32) -> Flow {
    // SAFETY: the target of a branch is an instruction (invariant 1).
    unsafe { s.jump(target) }
}

#[inline(always)]
pub(crate) unsafe fn branch_metered<C: Stream>(s: &mut State<C>, _target: i16, _fuel: u16) -> Flow {
    // SAFETY: both fields are those of this instruction (invariant 1).
    unsafe { s.jump_metered(C::HEAD) }
}

#[inline(always)]
pub(crate) unsafe fn branch_far_metered<C: Stream>(s: &mut State<C>, target: i32, fuel: u16) -> Flow {
    // SAFETY: the target of a branch is an instruction (invariant 1).
    unsafe {
        match s.pay(u64::from(fuel)) {
            true => s.jump(target),
            false => Flow::Exit(ExitCode::OUT_OF_FUEL),
        }
    }
}

/// Takes target `index` of the table that starts `at` bytes behind `ip`, or its last, the default.
///
/// # Safety
/// There are `count + 1` targets there, each an instruction (invariant 1).
#[inline(always)]
unsafe fn branch_to<C: Stream>(s: &mut State<C>, at: usize, index: u32, count: u32) -> Flow {
    let entry = index.min(count) as usize;
    // SAFETY: the caller's contract; `entry <= count`.
    unsafe { s.jump(read32(s.ip, at + 4 * entry) as i32) }
}

#[inline(always)]
pub(crate) unsafe fn branch_table<C: Stream>(s: &mut State<C>, index: u32, count: u32) -> Flow {
    // SAFETY: `index` is a slot; the targets follow this instruction's fields (invariant 1).
    unsafe { branch_to(s, C::HEAD + const { row::BrTable::LAYOUT.bytes() }, s.get(index), count) }
}

#[inline(always)]
pub(crate) unsafe fn branch_table_acc<C: Stream>(s: &mut State<C>, index: u32, count: u32) -> Flow {
    // SAFETY: the targets follow this instruction's fields (invariant 1).
    unsafe { branch_to(s, C::HEAD + const { row::BrTableAcc::LAYOUT.bytes() }, index, count) }
}

/// Counts wasm operators, in code translated for that.
#[inline(always)]
pub(crate) unsafe fn count_operators<C: Stream>(s: &mut State<C>, operators: u32) -> Flow {
    // SAFETY: `ctx` is valid (invariant 2).
    unsafe { (*s.ctx).operators += u64::from(operators) };
    Flow::Next
}
