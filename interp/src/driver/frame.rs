//! Arguments and results in a frame of the value stack, as host functions and callers read and write them.

#![allow(unsafe_code, reason = "reads and writes the value stack, see `Frame::new`")]

use core::marker::PhantomData;

use crate::store::StoreId;

/// The slots of a call's arguments, later results. Reads and writes outside of them do nothing.
#[derive(Debug)]
pub struct Frame<'a> {
    base: *mut u8,
    slots: usize,
    store: StoreId,
    stack: PhantomData<&'a mut [u32]>,
}

impl Frame<'_> {
    /// The `slots` slots at `base`.
    ///
    /// # Safety
    ///
    /// They are inside a value stack that lives for `'a`, and nothing else reads or writes them meanwhile (invariant 9).
    pub(super) unsafe fn new(base: *mut u8, slots: usize, store: StoreId) -> Self {
        Self { base, slots, store, stack: PhantomData }
    }

    /// The store that references are of.
    pub(crate) fn store(&self) -> StoreId {
        self.store
    }

    /// One slot: an `i32`, `f32` or reference.
    pub(crate) fn get(&self, slot: usize) -> u32 {
        debug_assert!(slot < self.slots, "slot {slot} of {}", self.slots);
        if slot >= self.slots {
            return 0;
        }
        // SAFETY: invariant 9: the slot is one of the frame's.
        unsafe { self.base.cast::<u32>().add(slot).read() }
    }

    /// Writes one slot.
    pub(crate) fn set(&mut self, slot: usize, value: u32) {
        debug_assert!(slot < self.slots, "slot {slot} of {}", self.slots);
        if slot < self.slots {
            // SAFETY: invariant 9: the slot is one of the frame's.
            unsafe { self.base.cast::<u32>().add(slot).write(value) };
        }
    }

    /// Two slots: an `i64` or `f64`.
    pub(crate) fn get_wide(&self, slot: usize) -> u64 {
        let (first, second) = (self.get(slot).to_ne_bytes(), self.get(slot + 1).to_ne_bytes());
        let mut bytes = [0; 8];
        bytes[..4].copy_from_slice(&first);
        bytes[4..].copy_from_slice(&second);
        u64::from_ne_bytes(bytes)
    }

    /// Writes two slots.
    pub(crate) fn set_wide(&mut self, slot: usize, value: u64) {
        let [a, b, c, d, e, f, g, h] = value.to_ne_bytes();
        self.set(slot, u32::from_ne_bytes([a, b, c, d]));
        self.set(slot + 1, u32::from_ne_bytes([e, f, g, h]));
    }
}
