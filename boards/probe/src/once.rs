//! Statics that are taken once: buffers too large for a stack.

use core::cell::{Cell, UnsafeCell};

/// A value that its first taker gets.
pub struct Once<T> {
    value: UnsafeCell<T>,
    taken: Cell<bool>,
}

// SAFETY: the firmware has one core, no threads, and no interrupts.
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
