//! What a binary asks the loader to map: the program headers of 64-bit little-endian ELF files.

/// A segment: what it is for, and what may be done with its memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// `PT_LOAD`, `PT_GNU_STACK` and others.
    pub kind: u32,
    /// The bits [`EXECUTE`] and [`WRITE`], and 4 for reading.
    pub flags: u32,
}

/// Mapped into memory.
pub const LOAD: u32 = 1;
/// What the main thread's stack is like.
pub const STACK: u32 = 0x6474_e551;
/// A flag: can be executed.
pub const EXECUTE: u32 = 1;
/// A flag: can be written.
pub const WRITE: u32 = 2;

/// The segments of a binary; nothing if it is no such file.
#[must_use]
pub fn segments(binary: &[u8]) -> Option<Vec<Segment>> {
    const MAGIC_64_BITS_LITTLE: &[u8] = b"\x7fELF\x02\x01";
    if !binary.starts_with(MAGIC_64_BITS_LITTLE) {
        return None;
    }
    let start = usize::try_from(u64::from_le_bytes(bytes(binary, 0x20)?)).ok()?;
    let size = usize::from(u16::from_le_bytes(bytes(binary, 0x36)?));
    let count = usize::from(u16::from_le_bytes(bytes(binary, 0x38)?));
    let segment = |index: usize| {
        let at = start.checked_add(index * size)?;
        let [kind, flags] = [at, at.checked_add(4)?].map(|at| bytes(binary, at).map(u32::from_le_bytes));
        Some(Segment { kind: kind?, flags: flags? })
    };
    (0..count).map(segment).collect()
}

fn bytes<const N: usize>(binary: &[u8], at: usize) -> Option<[u8; N]> {
    binary.get(at..at.checked_add(N)?)?.try_into().ok()
}
