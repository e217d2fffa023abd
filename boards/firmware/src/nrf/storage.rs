//! Bytes that outlive a reset: in one of two pages of flash, taken in turns. A write is done whole or, if a reset comes in between, not at all.

#![allow(unsafe_code, reason = "flash is memory that the linker knows nothing of")]

use ermine_boards::Errno;

use super::flash;

/// What an erased word is.
const ERASED: u32 = u32::MAX;

/// Two pages of `PAGE` bytes from an address on. The last word of a page, written last, is its number: the higher one holds.
#[derive(Debug)]
pub struct Storage<const PAGE: usize> {
    start: usize,
}

impl<const PAGE: usize> Storage<PAGE> {
    /// Where the number of a page is.
    const NUMBER: usize = PAGE / 4 - 1;

    /// The pages at this address.
    ///
    /// # Safety
    ///
    /// The flash from there on is of no other use: the memory map leaves it out.
    pub const unsafe fn at(start: usize) -> Self {
        Self { start }
    }

    /// Reads bytes. What was never written is 255.
    pub fn read(&self, offset: u32, bytes: &mut [u8]) -> Result<(), Errno> {
        let page = self.current();
        for (at, byte) in (checked::<PAGE>(offset, bytes)?..).zip(bytes) {
            *byte = self.kept(page, at / 4).to_le_bytes()[at % 4];
        }
        Ok(())
    }

    /// Writes bytes.
    pub fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), Errno> {
        let at = checked::<PAGE>(offset, bytes)?;
        let (from, words) = (self.current(), at / 4..(at + bytes.len()).div_ceil(4));
        let new = |index| merged(self.kept(from, index), index * 4, at, bytes);
        if let Some((page, _)) = from
            && words.len() == 1
            && new(words.start) & !self.word(page, words.start) == 0
        {
            // Bits can be cleared one by one. One word is written whole or not at all.
            return self.put(page, words.start, new(words.start));
        }
        let (to, number) = from.map_or((0, 1), |(page, number)| (1 - page, number + 1));
        // Flash is at the start of the address space.
        flash::erase((self.start + to * PAGE) as u32);
        for index in 0..Self::NUMBER {
            self.put(to, index, new(index))?;
        }
        self.put(to, Self::NUMBER, number)
    }

    /// The page that holds, and its number.
    fn current(&self) -> Option<(usize, u32)> {
        let numbered = [0, 1].map(|page| (page, self.word(page, Self::NUMBER)));
        // Zero is in no page that was written: a programmer may have left it.
        let complete = numbered.into_iter().filter(|&(_, number)| number != ERASED && number != 0);
        complete.max_by_key(|&(_, number)| number)
    }

    /// A word of the page that holds.
    fn kept(&self, page: Option<(usize, u32)>, index: usize) -> u32 {
        page.map_or(ERASED, |(page, _)| self.word(page, index))
    }

    fn place(&self, page: usize, index: usize) -> *mut u32 {
        core::ptr::with_exposed_provenance_mut(self.start + page * PAGE + index * 4)
    }

    fn word(&self, page: usize, index: usize) -> u32 {
        // SAFETY: a word of the two pages, by the contract of `at` and the checks of callers.
        unsafe { self.place(page, index).read_volatile() }
    }

    /// Clears bits of a word.
    fn put(&self, page: usize, index: usize, value: u32) -> Result<(), Errno> {
        if self.word(page, index) != value {
            flash::writing(|| {
                // SAFETY: as for `word`. Nothing refers to it.
                unsafe { self.place(page, index).write_volatile(value) }
            });
        }
        if self.word(page, index) == value { Ok(()) } else { Err(Errno::Other) }
    }
}

/// A range that does not reach to the number: its start.
fn checked<const PAGE: usize>(offset: u32, bytes: &[u8]) -> Result<usize, Errno> {
    let end = (offset as usize).checked_add(bytes.len()).filter(|end| *end <= PAGE - 4);
    end.and(Some(offset as usize)).ok_or(Errno::OutOfRange)
}

/// A word that starts at `first`, with the bytes in it that belong `at` a place.
fn merged(word: u32, first: usize, at: usize, bytes: &[u8]) -> u32 {
    let mut parts = word.to_le_bytes();
    for (place, part) in (first..).zip(&mut parts) {
        if let Some(byte) = place.checked_sub(at).and_then(|index| bytes.get(index)) {
            *part = *byte;
        }
    }
    u32::from_le_bytes(parts)
}
