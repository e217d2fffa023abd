//! Statics that are taken once: buffers too large for a stack.

#![allow(unsafe_code, reason = "a static that is handed out")]

use core::cell::{Cell, UnsafeCell};

/// A value that its first taker gets.
pub struct Once<T> {
    value: UnsafeCell<T>,
    taken: Cell<bool>,
}

// SAFETY: the firmware uses one core and no threads, and no interrupt handler takes anything.
unsafe impl<T> Sync for Once<T> {}

impl<T> Once<T> {
    /// A value to be taken.
    pub const fn new(value: T) -> Self {
        Self { value: UnsafeCell::new(value), taken: Cell::new(false) }
    }

    /// The value, the first time.
    #[expect(clippy::mut_from_ref, reason = "given out once")]
    pub fn take(&'static self) -> Option<&'static mut T> {
        // SAFETY: nobody else has it, since `taken` was false until now.
        (!self.taken.replace(true)).then(|| unsafe { &mut *self.value.get() })
    }
}
