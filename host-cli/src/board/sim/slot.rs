//! Memory of a simulated board whose size is not known before the scenario is.

use ermine_boards::MemorySlot;

/// Images start at multiples of this.
const ALIGNMENT: usize = 4;

/// Bytes that start at a multiple of 4.
#[derive(Debug)]
pub(super) struct Aligned {
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
}

impl AsRef<[u8]> for Aligned {
    fn as_ref(&self) -> &[u8] {
        self.bytes.get(self.start..).and_then(|bytes| bytes.get(..self.len())).unwrap_or_default()
    }
}

impl AsMut<[u8]> for Aligned {
    fn as_mut(&mut self) -> &mut [u8] {
        let len = self.len();
        self.bytes.get_mut(self.start..).and_then(|bytes| bytes.get_mut(..len)).unwrap_or_default()
    }
}

/// An image where a firmware would have it in flash. It is never freed: there is one a run.
pub(super) fn in_flash(image: &[u8]) -> &'static [u8] {
    let flash = Box::leak(Box::new(Aligned::new(image.len())));
    flash.as_mut().copy_from_slice(image);
    (*flash).as_ref()
}

/// A place for a guest that arrives.
pub(super) type DeskSlot = MemorySlot<Aligned>;

/// An empty slot of so many bytes.
pub(super) fn slot(bytes: usize) -> DeskSlot {
    MemorySlot::over(Aligned::new(bytes))
}
