//! Copies and constants. They leave the accumulators alone.
#![allow(unsafe_code, reason = "slots are reached through addresses")]
#![allow(clippy::missing_safety_doc, reason = "the contract of every body here is that of `PlainRow::run`")]

use super::state::{Flow, State, Stream};

macro_rules! copies {
    ($($copy:ident $pair:ident $far_get:ident $far_set:ident $ty:ty;)*) => {$(
        #[inline(always)]
        pub(crate) unsafe fn $copy<C: Stream>(s: &mut State<C>, to: u32, from: u32) -> Flow {
            // SAFETY: both are slots of the frame (invariant 1).
            unsafe { s.set::<$ty>(to, s.get(from)) };
            Flow::Next
        }

        /// Two copies, one after the other.
        #[inline(always)]
        pub(crate) unsafe fn $pair<C: Stream>(s: &mut State<C>, to: u32, from: u32, to2: u32, from2: u32) -> Flow {
            // SAFETY: all are slots of the frame (invariant 1).
            unsafe {
                s.set::<$ty>(to, s.get(from));
                s.set::<$ty>(to2, s.get(from2));
            }
            Flow::Next
        }

        #[inline(always)]
        pub(crate) unsafe fn $far_get<C: Stream>(s: &mut State<C>, to: u32, from: u32) -> Flow {
            // SAFETY: both are slots of the frame (invariant 1).
            unsafe { s.set::<$ty>(to, s.get(from)) };
            Flow::Next
        }

        #[inline(always)]
        pub(crate) unsafe fn $far_set<C: Stream>(s: &mut State<C>, to: u32, from: u32) -> Flow {
            // SAFETY: both are slots of the frame (invariant 1).
            unsafe { s.set::<$ty>(to, s.get(from)) };
            Flow::Next
        }
    )*};
}
copies! {
    copy32 copy_pair32 far_get32 far_set32 u32;
    copy64 copy_pair64 far_get64 far_set64 u64;
}

#[inline(always)]
pub(crate) unsafe fn const32<C: Stream>(s: &mut State<C>, to: u32, value: i16) -> Flow {
    // SAFETY: `to` is a slot of the frame (invariant 1).
    unsafe { s.set(to, i32::from(value) as u32) };
    Flow::Next
}

#[inline(always)]
pub(crate) unsafe fn const64<C: Stream>(s: &mut State<C>, to: u32, value: i16) -> Flow {
    // SAFETY: `to` is a slot of the frame (invariant 1).
    unsafe { s.set(to, i64::from(value) as u64) };
    Flow::Next
}

#[inline(always)]
pub(crate) unsafe fn const32_wide<C: Stream>(s: &mut State<C>, to: u32, value: u32) -> Flow {
    // SAFETY: `to` is a slot of the frame (invariant 1).
    unsafe { s.set(to, value) };
    Flow::Next
}

#[inline(always)]
pub(crate) unsafe fn const64_wide<C: Stream>(s: &mut State<C>, to: u32, value: u64) -> Flow {
    // SAFETY: `to` is a slot of the frame (invariant 1).
    unsafe { s.set(to, value) };
    Flow::Next
}
