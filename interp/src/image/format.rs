//! The format of images: header and sections. `docs/images.md` has the whole of it.
//!
//! ```text
//! [ header: 23 words ][ types ][ functions ][ imports ] … [ code ]      words of 32 bits, little-endian
//! ```
//!
//! Sections lie behind one another in the order of [`Section`], each padded to a whole word. The header has their counts, from which their places
//! follow: they can neither overlap nor point out of the image.

pub(crate) use super::checksum::checksum;

/// `\0erm`, where a wasm module has `\0asm`.
pub(crate) const MAGIC: u32 = u32::from_le_bytes(*b"\0erm");

/// The version of the format. Another layout of header or sections, or another meaning of a field, gets another number.
pub(crate) const VERSION: u16 = 1;

/// Words of the header, by what they hold.
pub(crate) mod word {
    pub(crate) const MAGIC: usize = 0;
    /// CRC-32 of everything behind it.
    pub(crate) const CHECKSUM: usize = 1;
    /// Bytes of the image.
    pub(crate) const SIZE: usize = 2;
    /// Version (16 bits), profile (8 bits), needs (8 bits).
    pub(crate) const VERSION: usize = 3;
    /// Fingerprint of the instruction set.
    pub(crate) const ISA: usize = 4;
    /// Bytes of value stack of the deepest chain of calls; 0 where no bound is known. A hint: every entry checks.
    pub(crate) const STACK: usize = 5;
    /// Number of the start function plus one.
    pub(crate) const START: usize = 6;
    /// How many functions are imported.
    pub(crate) const IMPORTED_FUNCS: usize = 7;
    /// The counts of the sections.
    pub(crate) const COUNTS: usize = 8;
}

/// Words of the header.
pub(crate) const HEADER_WORDS: usize = word::COUNTS + Section::ALL.len();

/// Bits of the header's needs.
pub(crate) mod need {
    pub(crate) const F32: u8 = 1;
    pub(crate) const F64: u8 = 2;
    /// The code pays fuel.
    pub(crate) const METERED: u8 = 4;
}

/// Sections in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Section {
    /// Where each type's signature is.
    Types,
    /// `{offset, signature}`, as [`FuncRecord`](crate::exec::ctx::FuncRecord).
    Functions,
    /// `{module, name, kind}`
    Imports,
    /// `{name, item}`
    Exports,
    /// `{type, min, max}`
    Tables,
    /// `{page_log2 | has_max << 8, min, max}`
    Memories,
    /// `{type | mutable << 8, init}`
    Globals,
    /// `{mode, table, offset, first, count}`
    Elements,
    /// Items of element segments.
    Items,
    /// `{op, low, high}`
    Exprs,
    /// `{mode, memory, offset, first, len}`
    Datas,
    /// `u16 params, results, param_slots, result_slots`, then a byte for each.
    Signatures,
    /// `u16 length`, then UTF-8.
    Strings,
    /// Bytes of data segments.
    Data,
    /// Compact code.
    Code,
}

impl Section {
    pub(crate) const ALL: [Self; 15] = [
        Self::Types,
        Self::Functions,
        Self::Imports,
        Self::Exports,
        Self::Tables,
        Self::Memories,
        Self::Globals,
        Self::Elements,
        Self::Items,
        Self::Exprs,
        Self::Datas,
        Self::Signatures,
        Self::Strings,
        Self::Data,
        Self::Code,
    ];

    /// Bytes of an entry.
    pub(crate) const fn entry_bytes(self) -> u8 {
        match self {
            Self::Types | Self::Items => 4,
            Self::Functions | Self::Exports | Self::Globals => 8,
            Self::Imports | Self::Tables | Self::Memories | Self::Exprs => 12,
            Self::Elements | Self::Datas => 20,
            Self::Signatures | Self::Strings | Self::Data => 1,
            Self::Code => 2,
        }
    }

    /// The words that so many entries take.
    pub(crate) const fn words(self, count: u32) -> u64 {
        (count as u64 * self.entry_bytes() as u64).div_ceil(4)
    }

    /// The same for so many entries as an image has, whose bytes a u32 counts. (Sums of 64 bits are long on a board.)
    pub(crate) const fn words_in_image(self, count: u32) -> usize {
        (count.wrapping_mul(self.entry_bytes() as u32).wrapping_add(3) / 4) as usize
    }
}

/// The word at which a section starts, for an image with these counts.
pub(crate) fn start_of(section: Section, count: impl Fn(Section) -> u32) -> usize {
    let mut start = HEADER_WORDS;
    for &before in &Section::ALL {
        if before == section {
            break;
        }
        start = start.wrapping_add(before.words_in_image(count(before)));
    }
    start
}

/// Kinds of imported and exported items.
pub(crate) mod kind {
    pub(crate) const FUNC: u32 = 0;
    pub(crate) const TABLE: u32 = 1;
    pub(crate) const MEMORY: u32 = 2;
    pub(crate) const GLOBAL: u32 = 3;
    /// An exported item is its kind, so far to the left, and its index.
    pub(crate) const SHIFT: u32 = 30;
}

/// Modes of segments.
pub(crate) mod mode {
    pub(crate) const ACTIVE: u32 = 0;
    pub(crate) const PASSIVE: u32 = 1;
    pub(crate) const DECLARED: u32 = 2;
    /// The items of an element segment are numbers of expressions.
    pub(crate) const EXPRS: u32 = 4;
}

/// Operations of constant expressions, see [`Section::Exprs`].
pub(crate) mod expr {
    pub(crate) const VALUE: u32 = 0;
    pub(crate) const REF_FUNC: u32 = 1;
    pub(crate) const GLOBAL_GET: u32 = 2;
    pub(crate) const I32_ADD: u32 = 3;
    pub(crate) const I32_SUB: u32 = 4;
    pub(crate) const I32_MUL: u32 = 5;
    pub(crate) const I64_ADD: u32 = 6;
    pub(crate) const I64_SUB: u32 = 7;
    pub(crate) const I64_MUL: u32 = 8;
    /// Set in the last operation of an expression.
    pub(crate) const LAST: u32 = 1 << 31;
}

/// A table or memory without a maximum.
pub(crate) const NO_MAXIMUM: u32 = u32::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_in_order() {
        for (index, section) in Section::ALL.into_iter().enumerate() {
            assert_eq!(section as usize, index);
        }
    }
}
