//! An allocator that fails when it is told to.
//!
//! A binary that wants it names it: `#[global_allocator] static ALLOCATOR: Failing = Failing;`. It fails on the thread that asked for it, once, and
//! for large amounts alone: those that a guest chooses. Small ones, such as an error's, are taken for granted, as Rust's own collections do.

#![allow(unsafe_code, reason = "an allocator is an unsafe trait; this one hands every call on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;

thread_local! {
    /// Bytes from which on an allocation counts, and how many of these succeed before one fails. Nothing fails where that is 0.
    static PLAN: Cell<(usize, u32)> = const { Cell::new((0, 0)) };
}

/// The system's allocator, except that it fails when it is told to.
#[derive(Debug)]
pub struct Failing;

/// Does some work during which the n-th allocation of at least so many bytes fails, counted from 1; whether it came to that.
pub fn failing<R>(bytes: usize, nth: u32, work: impl FnOnce() -> R) -> (R, bool) {
    PLAN.set((bytes, nth));
    let result = work();
    let failed = PLAN.replace((0, 0)).1 == 0;
    (result, failed)
}

/// Whether this allocation fails.
fn fails(bytes: usize) -> bool {
    // At the end of a thread there is no plan any more.
    let plan = PLAN.try_with(|plan| {
        let (least, left) = plan.get();
        if left == 0 || bytes < least {
            return false;
        }
        plan.set((least, left - 1));
        left == 1
    });
    plan.unwrap_or(false)
}

// SAFETY: every call is handed on to `System` as it came, or gives null, which an allocator may.
unsafe impl GlobalAlloc for Failing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps `GlobalAlloc`'s contract.
        if fails(layout.size()) { null_mut() } else { unsafe { System.alloc(layout) } }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as for `alloc`.
        if fails(layout.size()) { null_mut() } else { unsafe { System.alloc_zeroed(layout) } }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as for `alloc`.
        if fails(size) { null_mut() } else { unsafe { System.realloc(block, layout, size) } }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as for `alloc`; what was allocated came from `System`.
        unsafe { System.dealloc(block, layout) }
    }
}
