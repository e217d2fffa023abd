//! Reads packs: words of 32 bits, little-endian, and bytes padded to whole words.

/// The rest of a pack.
#[derive(Clone, Copy)]
pub(crate) struct Words<'a> {
    bytes: &'a [u8],
}

impl<'a> Words<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    pub(crate) fn next(&mut self) -> Option<u32> {
        let (word, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(u32::from_le_bytes(*word))
    }

    /// A word that says how many bytes follow, and these. They start at a multiple of 4 where the pack does.
    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.next()? as usize;
        let bytes = self.bytes.get(..length)?;
        self.bytes = self.bytes.get(length.next_multiple_of(4)..)?;
        Some(bytes)
    }

    pub(crate) fn name(&mut self) -> Option<&'a str> {
        core::str::from_utf8(self.bytes()?).ok()
    }
}
