//! Where guests that arrive over the serial line are kept.

use core::{cell::Cell, fmt};

/// What is known of the guest in a slot. A slot in flash keeps it over a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Mark {
    /// There is none, or it is not complete.
    #[default]
    Empty,
    /// It was verified, and has not run. The number is higher than those of the guests before it.
    New(u32),
    /// It is being started for the first time. After a reset that means: starting it did not end well.
    Trying(u32),
    /// It has started well once.
    Good(u32),
    /// It did not.
    Bad,
}

/// Why a slot was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum SlotError {
    /// The slot is too small.
    TooLarge,
    /// The memory does not hold what was written.
    Fault,
}

impl fmt::Display for SlotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLarge => "the image is larger than the slot: make it smaller",
            Self::Fault => "the slot could not be written: its memory may be worn out",
        })
    }
}

impl core::error::Error for SlotError {}

/// A place for one image.
pub trait Slot {
    /// Bytes that an image may have.
    fn capacity(&self) -> usize;

    /// What is in it, from a multiple of 4 on.
    fn bytes(&self) -> &[u8];

    /// Makes it empty: its mark, too.
    ///
    /// # Errors
    ///
    /// [`SlotError::Fault`] if the memory does not do it.
    fn erase(&mut self) -> Result<(), SlotError>;

    /// Writes some bytes behind those that were written since it was erased. `offset` and length are multiples of 4.
    ///
    /// # Errors
    ///
    /// [`SlotError`].
    fn write(&mut self, offset: usize, bytes: &[u8]) -> Result<(), SlotError>;

    /// What is known of the guest in it.
    fn mark(&self) -> Mark;

    /// Changes that, in the order of [`Mark`]'s variants only. The guest may be running from the slot's bytes meanwhile.
    ///
    /// # Errors
    ///
    /// [`SlotError::Fault`] if the memory does not do it.
    fn set_mark(&self, mark: Mark) -> Result<(), SlotError>;
}

/// A slot in memory that can be written like any other: it is empty after a reset. The memory starts at a multiple of 4.
#[derive(Debug)]
pub struct MemorySlot<M> {
    memory: M,
    mark: Cell<Mark>,
}

impl<M> MemorySlot<M> {
    /// An empty slot over this memory.
    #[must_use]
    pub const fn over(memory: M) -> Self {
        Self { memory, mark: Cell::new(Mark::Empty) }
    }
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Slot for MemorySlot<M> {
    fn capacity(&self) -> usize {
        self.bytes().len()
    }

    fn bytes(&self) -> &[u8] {
        self.memory.as_ref()
    }

    fn erase(&mut self) -> Result<(), SlotError> {
        self.mark.set(Mark::Empty);
        Ok(())
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) -> Result<(), SlotError> {
        let place = self.memory.as_mut().get_mut(offset..).and_then(|rest| rest.get_mut(..bytes.len()));
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

/// A slot in RAM.
pub type RamSlot<const BYTES: usize> = MemorySlot<Ram<BYTES>>;

/// The memory of a [`RamSlot`].
#[derive(Debug)]
#[repr(C, align(4))]
pub struct Ram<const BYTES: usize>([u8; BYTES]);

impl<const BYTES: usize> RamSlot<BYTES> {
    /// An empty slot.
    #[must_use]
    pub const fn new() -> Self {
        Self::over(Ram([0; BYTES]))
    }
}

impl<const BYTES: usize> Default for RamSlot<BYTES> {
    fn default() -> Self {
        Self::new()
    }
}

impl<const BYTES: usize> AsRef<[u8]> for Ram<BYTES> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<const BYTES: usize> AsMut<[u8]> for Ram<BYTES> {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }
}
