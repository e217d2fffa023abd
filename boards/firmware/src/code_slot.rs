//! A slot in code memory that is RAM: the linker knows nothing of it, and after a reset it is empty.

#![allow(unsafe_code, reason = "memory at a fixed address")]

use core::cell::Cell;

use ermine_boards::{Mark, Slot, SlotError};

/// `BYTES` of memory from an address on.
#[derive(Debug)]
pub struct CodeSlot<const BYTES: usize> {
    start: usize,
    mark: Cell<Mark>,
}

impl<const BYTES: usize> CodeSlot<BYTES> {
    /// The slot at this address, a multiple of 4.
    ///
    /// # Safety
    ///
    /// The memory from there on is of no other use: the memory map leaves it out.
    pub const unsafe fn at(start: usize) -> Self {
        Self { start, mark: Cell::new(Mark::Empty) }
    }
}

impl<const BYTES: usize> Slot for CodeSlot<BYTES> {
    fn capacity(&self) -> usize {
        BYTES
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: so much memory is there, by the contract of `at`. It is written through `&mut self` only.
        unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(self.start), BYTES) }
    }

    fn erase(&mut self) -> Result<(), SlotError> {
        self.mark.set(Mark::Empty);
        Ok(())
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) -> Result<(), SlotError> {
        // SAFETY: as above, and no other slice of it is alive beside `&mut self`.
        let all = unsafe { core::slice::from_raw_parts_mut(core::ptr::with_exposed_provenance_mut(self.start), BYTES) };
        let place = all.get_mut(offset..).and_then(|rest| rest.get_mut(..bytes.len()));
        place.ok_or(SlotError::TooLarge)?.copy_from_slice(bytes);
        Ok(())
    }

    fn mark(&self) -> Mark {
        self.mark.get()
    }

    fn set_mark(&self, mark: Mark) -> Result<(), SlotError> {
        self.mark.set(mark);
        Ok(())
    }
}
