//! A slot in flash: an image, and behind it four words that tell how it has done. Bits can be cleared one by one, and set only by erasing the page.

#![allow(unsafe_code, reason = "flash is memory that the linker knows nothing of")]

use ermine_boards::{Mark, Slot, SlotError};

use super::flash;

/// `BYTES` of flash from an address on, in pages of `PAGE` bytes.
#[derive(Debug)]
pub struct FlashSlot<const BYTES: usize, const PAGE: usize> {
    start: usize,
}

/// What an erased word is.
const ERASED: u32 = u32::MAX;

/// Words at the end of a slot: the number of the guest, and one each that is cleared when it is tried, good, bad.
const MARKS: usize = 4;

impl<const BYTES: usize, const PAGE: usize> FlashSlot<BYTES, PAGE> {
    /// The slot at this address.
    ///
    /// # Safety
    ///
    /// The flash from there on is of no other use: the memory map leaves it out.
    pub const unsafe fn at(start: usize) -> Self {
        Self { start }
    }

    fn words(&self) -> *mut u32 {
        core::ptr::with_exposed_provenance_mut(self.start)
    }

    fn word(&self, index: usize) -> u32 {
        // SAFETY: a word of the slot, by the contract of `at`: callers count less than BYTES / 4.
        unsafe { self.words().add(index).read_volatile() }
    }

    /// Clears bits of a word.
    fn put(&self, index: usize, value: u32) -> Result<(), SlotError> {
        flash::writing(|| {
            // SAFETY: as for `word`. No slice of it is read meanwhile: bytes of an image are written before they are given out, and marks are outside of it.
            unsafe { self.words().add(index).write_volatile(value) }
        });
        if self.word(index) == value { Ok(()) } else { Err(SlotError::Fault) }
    }

    const fn mark_at(mark: usize) -> usize {
        BYTES / 4 - MARKS + mark
    }
}

impl<const BYTES: usize, const PAGE: usize> Slot for FlashSlot<BYTES, PAGE> {
    fn capacity(&self) -> usize {
        BYTES - MARKS * 4
    }

    fn bytes(&self) -> &[u8] {
        // SAFETY: so much flash is there, by the contract of `at`. It is written through `&mut self` only.
        unsafe { core::slice::from_raw_parts(self.words().cast(), self.capacity()) }
    }

    fn erase(&mut self) -> Result<(), SlotError> {
        for page in 0..BYTES / PAGE {
            // Flash is at the start of the address space.
            flash::erase((self.start + page * PAGE) as u32);
        }
        if (0..BYTES / 4).all(|index| self.word(index) == ERASED) { Ok(()) } else { Err(SlotError::Fault) }
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) -> Result<(), SlotError> {
        if offset.checked_add(bytes.len()).is_none_or(|end| end > self.capacity()) {
            return Err(SlotError::TooLarge);
        }
        let (words, _) = bytes.as_chunks::<4>();
        for (index, word) in words.iter().enumerate() {
            self.put(offset / 4 + index, u32::from_le_bytes(*word))?;
        }
        Ok(())
    }

    fn mark(&self) -> Mark {
        let [number, tried, good, bad] = [0, 1, 2, 3].map(|mark| self.word(Self::mark_at(mark)));
        match [number, tried, good, bad].map(|word| word != ERASED) {
            [false, ..] => Mark::Empty,
            [true, _, _, true] => Mark::Bad,
            [true, _, true, false] => Mark::Good(number),
            [true, true, false, false] => Mark::Trying(number),
            [true, false, false, false] => Mark::New(number),
        }
    }

    fn set_mark(&self, mark: Mark) -> Result<(), SlotError> {
        match mark {
            Mark::Empty => Err(SlotError::Fault),
            Mark::New(number) => self.put(Self::mark_at(0), number),
            Mark::Trying(_) => self.put(Self::mark_at(1), 0),
            Mark::Good(_) => self.put(Self::mark_at(2), 0),
            // Of a slot that was never marked, too.
            Mark::Bad => self.put(Self::mark_at(3), 0),
        }
    }
}
