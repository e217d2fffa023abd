//! Two instructions in one: sums with what often follows or precedes them.
#![allow(unsafe_code, reason = "slots and globals are reached through addresses")]
#![allow(clippy::missing_safety_doc, reason = "the contract of every body here is that of `PlainRow::run`")]

use super::state::{Flow, State, Stream};

/// Two sums, one after the other: the second may be of what the first left.
#[inline(always)]
pub(crate) unsafe fn add_pair32<C: Stream>(
    s: &mut State<C>,
    to: u32,
    from: u32,
    step: i16,
    to2: u32,
    from2: u32,
    step2: i16,
) -> Flow {
    // SAFETY: all four are slots of the frame (invariant 1).
    unsafe {
        s.set(to, s.get::<u32>(from).wrapping_add(i32::from(step) as u32));
        s.set_both(to2, s.get::<u32>(from2).wrapping_add(i32::from(step2) as u32));
    }
    Flow::Next
}

/// Adds to a global: a stack pointer moves down, and is where the frame starts.
#[inline(always)]
pub(crate) unsafe fn global_add32<C: Stream>(s: &mut State<C>, to: u32, step: i16, global: u32) -> Flow {
    // SAFETY: `to` is a slot of the frame; the module has a global of this number, and its cell takes any value (invariants 1 and 2).
    unsafe {
        let cell = (*(*s.ctx).globals.add(global as usize)).cast::<u32>();
        let sum = cell.read().wrapping_add(i32::from(step) as u32);
        cell.write(sum);
        s.set_both(to, sum);
    }
    Flow::Next
}

/// Sets a global to a sum: a stack pointer goes back up.
#[inline(always)]
pub(crate) unsafe fn global_set_sum32<C: Stream>(s: &mut State<C>, from: u32, step: i16, global: u32) -> Flow {
    // SAFETY: as for `global_add32` (invariants 1 and 2).
    unsafe {
        let cell = (*(*s.ctx).globals.add(global as usize)).cast::<u32>();
        cell.write(s.get::<u32>(from).wrapping_add(i32::from(step) as u32));
    }
    Flow::Next
}

/// A counter at the end of a loop that branches back, or before a branch ahead.
#[inline(always)]
pub(crate) unsafe fn add_branch32<C: Stream>(s: &mut State<C>, to: u32, from: u32, step: i16, target: i16) -> Flow {
    // SAFETY: both are slots of the frame, and the target of a branch is an instruction (invariant 1).
    unsafe {
        s.set(to, s.get::<u32>(from).wrapping_add(i32::from(step) as u32));
        s.jump(i32::from(target))
    }
}
