//! A box whose content may be reached through raw pointers for as long as it lives.
//!
//! `Box` promises the compiler that nobody else holds a pointer into it; instances and machines do. `Stable` makes no such
//! promise: every access goes through one raw pointer, so that pointers taken earlier stay valid.

#![allow(unsafe_code, reason = "owns its content through a raw pointer, see the module's head")]

use alloc::boxed::Box;
use core::{fmt, ptr::NonNull};

/// Owns a value at an address that does not change.
pub(crate) struct Stable<T> {
    ptr: NonNull<T>,
}

impl<T> Stable<T> {
    /// Moves a value to the heap.
    pub(crate) fn new(value: T) -> Self {
        Self { ptr: NonNull::from(Box::leak(Box::new(value))) }
    }

    /// The address, for machines. May be dereferenced while this `Stable` lives and no reference from it does (invariants 4 and 5).
    pub(crate) fn as_ptr(&self) -> *mut T {
        self.ptr.as_ptr()
    }

    /// The value.
    pub(crate) fn get(&self) -> &T {
        // SAFETY: invariant 4: the pointer came from a box that is freed in `drop` only. Invariant 5: no machine runs while safe code holds a
        // borrow of the store, so that nobody writes.
        unsafe { self.ptr.as_ref() }
    }

    /// The value.
    pub(crate) fn get_mut(&mut self) -> &mut T {
        // SAFETY: invariant 4, as in `get`; `&mut self` excludes other references.
        unsafe { self.ptr.as_mut() }
    }
}

impl<T> Drop for Stable<T> {
    fn drop(&mut self) {
        // SAFETY: invariant 4: the pointer came from `Box::leak` in `new`, and this is the only place that frees it.
        drop(unsafe { Box::from_raw(self.ptr.as_ptr()) });
    }
}

impl<T: fmt::Debug> fmt::Debug for Stable<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.get().fmt(f)
    }
}

// SAFETY: invariant 4: it owns the value like a box.
unsafe impl<T: Send> Send for Stable<T> {}
// SAFETY: invariant 5: through `&Stable` safe code can only read.
unsafe impl<T: Sync> Sync for Stable<T> {}
