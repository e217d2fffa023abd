//! The arena: what an instance has in RAM beside stack and memory, cut from one slice that the caller lends.

use super::Inner;
use crate::{
    exec::ctx::{MemoryView, TableView},
    image::{Image, ItemKind, format::Section},
};

/// Words of 8 bytes: enough alignment for everything that is cut from them.
pub(super) type Word = u64;

/// A table of an instance: the machine's view first, then how many elements it may have.
///
/// The elements of all tables lie behind one another at the end of the arena: a table that grows pushes those of the next ones up.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(super) struct Table {
    pub(super) view: TableView,
    pub(super) max: u32,
}

/// The words at which the parts of an arena start, in their order.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts {
    /// [`Inner`]
    pub(super) inner: usize,
    /// Cells of globals: u64.
    pub(super) cells: usize,
    /// Addresses of these.
    pub(super) globals: usize,
    /// [`MemoryView`]
    pub(super) views: usize,
    /// Addresses of these.
    pub(super) memories: usize,
    /// [`Table`]
    pub(super) tables: usize,
    /// Addresses of these.
    pub(super) places: usize,
    /// The host's numbers of imported functions: u32.
    pub(super) imports: usize,
    /// A bit for each segment: u32.
    pub(super) dropped: usize,
    /// References: u32. What is left of the arena belongs to it, too.
    pub(super) elements: usize,
    /// Where the elements that there must be end; `usize::MAX` if that cannot be addressed.
    pub(super) end: usize,
}

impl Parts {
    pub(super) fn of(image: Image<'_>) -> Self {
        let mut end = 0;
        let mut part = |count, bytes| cut(&mut end, count, bytes);
        let address = size_of::<*mut u8>();
        let (globals, memories) = (image.count(Section::Globals), image.count(Section::Memories));
        let tables = image.count(Section::Tables);
        Self {
            inner: part(1, size_of::<Inner>()),
            cells: part(globals, size_of::<u64>()),
            globals: part(globals, address),
            views: part(memories, size_of::<MemoryView>()),
            memories: part(memories, address),
            tables: part(tables, size_of::<Table>()),
            places: part(tables, address),
            imports: part(image.imported_funcs(), size_of::<u32>()),
            dropped: part(image.dropped_words(), size_of::<u32>()),
            elements: part(image.elements(), size_of::<u32>()),
            end,
        }
    }
}

/// Bytes of [`Inner`] on a target whose pointers have so many bytes, for tools that tell of other targets than their own.
pub(crate) const fn inner_bytes(pointer_bytes: usize) -> usize {
    match pointer_bytes {
        4 => 192,
        // Where there is an allocator, a context has a list of functions more.
        _ if cfg!(feature = "alloc") => 328,
        _ => 320,
    }
}

// Counters are for tests; elsewhere a u64 may be aligned in other ways. On a board there is no allocator.
#[cfg(all(
    not(feature = "count"),
    any(target_pointer_width = "64", all(any(target_arch = "arm", target_arch = "riscv32"), not(feature = "alloc")))
))]
const _: () = assert!(size_of::<Inner>() == inner_bytes(size_of::<*mut u8>()));

/// Makes a part of so many things end there, and returns where it starts. Out of line: nine times it would be longer.
#[inline(never)]
fn cut(end: &mut usize, count: u32, bytes: usize) -> usize {
    let start = *end;
    *end = start.saturating_add((count as usize).saturating_mul(bytes).div_ceil(size_of::<Word>()));
    start
}

/// How much memory an image wants in order to run on this target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// Bytes of linear memory: what the module asks for at the start. With more, it can grow up to its maximum.
    pub memory: u64,
    /// Words of 8 bytes for the arena: globals, tables, and what the instance keeps. What is more is room in which tables can grow.
    /// `usize::MAX` if this target cannot address so many.
    pub arena: usize,
    /// Words of 4 bytes for the value stack, if the compiler found a bound: without recursion, that is.
    pub stack: Option<usize>,
}

impl<'a> Image<'a> {
    /// How much memory an instance of this image wants, on this target.
    #[must_use]
    pub fn needs(self) -> Needs {
        let stack = self.stack_bytes().map(|bytes| (bytes as usize).div_ceil(4));
        Needs { memory: self.memory_bytes(), arena: Parts::of(self).end, stack }
    }

    /// Words with a bit for each segment.
    fn dropped_words(self) -> u32 {
        // An image has less than 2^32 bytes.
        self.count(Section::Elements).wrapping_add(self.count(Section::Datas)).div_ceil(32)
    }

    /// Elements that all tables start with; `u32::MAX` if there are more than that.
    fn elements(self) -> u32 {
        let mut elements = 0_u32;
        for table in 0..self.count(Section::Tables) {
            elements = elements.saturating_add(self.table(table).map_or(0, |&[_, min, _]| min));
        }
        elements
    }

    pub(super) fn table(self, index: u32) -> Option<&'a [u32; 3]> {
        self.entry(Section::Tables, index)
    }

    /// The logarithm of memory 0's page size, its smallest size, and its maximum if it has one: in pages.
    pub(super) fn memory(self) -> Option<(u32, u32, Option<u32>)> {
        let &[kind, min, max] = self.entry(Section::Memories, 0)?;
        // Verified page sizes are 1 and 64 KiB.
        Some((kind & 31, min, (kind & 0x100 != 0).then_some(max)))
    }

    pub(super) fn memory_bytes(self) -> u64 {
        self.memory().map_or(0, |(page_log2, min, _)| u64::from(min) << page_log2)
    }

    /// How many items of a kind are imported.
    pub(super) fn imported(self, kind: ItemKind) -> u32 {
        let mut imported = 0;
        for import in 0..self.count(Section::Imports) {
            let Some(&[_, _, code]) = self.entry(Section::Imports, import) else { break };
            imported += u32::from(ItemKind::from_code(code) == Some(kind));
        }
        imported
    }
}
