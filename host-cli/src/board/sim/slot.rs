//! Memory of a simulated board whose size is not known before the scenario is.

use ermine_boards::{Mark, Slot, SlotError};
use std::cell::Cell;

/// Images start at multiples of this.
const ALIGNMENT: usize = 4;

/// Bytes that start at a multiple of 4.
#[derive(Debug)]
struct Aligned {
    bytes: Box<[u8]>,
    start: usize,
}

impl Aligned {
    fn new(len: usize) -> Self {
        let bytes = vec![0; len + ALIGNMENT - 1].into_boxed_slice();
        let start = bytes.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT - 1);
        Self { bytes, start }
    }

    fn len(&self) -> usize {
        self.bytes.len() - (ALIGNMENT - 1)
    }

    fn bytes(&self) -> &[u8] {
        self.bytes.get(self.start..).and_then(|bytes| bytes.get(..self.len())).unwrap_or_default()
    }
}

/// An image where a firmware would have it in flash. It is never freed: there is one a run.
pub(super) fn in_flash(image: &[u8]) -> &'static [u8] {
    let len = image.len();
    let bytes: &'static mut [u8] = vec![0; len + ALIGNMENT - 1].leak();
    let start = bytes.as_ptr().align_offset(ALIGNMENT).min(ALIGNMENT - 1);
    let place = bytes.get_mut(start..).and_then(|bytes| bytes.get_mut(..len)).unwrap_or_default();
    place.copy_from_slice(image);
    place
}

/// A place for a guest that arrives.
#[derive(Debug)]
pub(super) struct DeskSlot {
    memory: Aligned,
    mark: Cell<Mark>,
}

impl DeskSlot {
    /// An empty slot of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        Self { memory: Aligned::new(bytes), mark: Cell::new(Mark::Empty) }
    }
}

impl Slot for DeskSlot {
    fn capacity(&self) -> usize {
        self.memory.len()
    }

    fn bytes(&self) -> &[u8] {
        self.memory.bytes()
    }

    fn erase(&mut self) -> Result<(), SlotError> {
        self.mark.set(Mark::Empty);
        Ok(())
    }

    fn write(&mut self, offset: usize, bytes: &[u8]) -> Result<(), SlotError> {
        let end = offset.checked_add(bytes.len()).filter(|end| *end <= self.capacity()).ok_or(SlotError::TooLarge)?;
        let start = self.memory.start;
        let place = self.memory.bytes.get_mut(start + offset..start + end).ok_or(SlotError::TooLarge)?;
        place.copy_from_slice(bytes);
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
