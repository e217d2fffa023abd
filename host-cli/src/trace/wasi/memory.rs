//! Linear memory as a tracer sees it. The guest's pointers and lengths are not to be trusted: what lies outside is
//! nothing, and what is shown has an end whatever the guest claims.

/// Bytes of a string that are shown.
const SHOWN: usize = 64;

/// Linear memory at one moment.
#[derive(Clone, Copy)]
pub(super) struct Memory<'a>(pub(super) &'a [u8]);

impl<'a> Memory<'a> {
    /// `len` bytes at `ptr`, if they are all inside.
    pub(super) fn bytes(self, ptr: u64, len: u64) -> Option<&'a [u8]> {
        let start = usize::try_from(ptr).ok()?;
        let end = usize::try_from(ptr.checked_add(len)?).ok()?;
        self.0.get(start..end)
    }

    /// `N` bytes, `offset` bytes behind `ptr`.
    fn array<const N: usize>(self, ptr: u64, offset: u64) -> Option<[u8; N]> {
        let start = usize::try_from(ptr.checked_add(offset)?).ok()?;
        self.0.get(start..)?.first_chunk().copied()
    }

    /// The byte, `offset` bytes behind `ptr`.
    pub(super) fn u8(self, ptr: u64, offset: u64) -> Option<u8> {
        self.array(ptr, offset).map(u8::from_le_bytes)
    }

    /// The number of 16 bits, `offset` bytes behind `ptr`.
    pub(super) fn u16(self, ptr: u64, offset: u64) -> Option<u16> {
        self.array(ptr, offset).map(u16::from_le_bytes)
    }

    /// The number of 32 bits, `offset` bytes behind `ptr`.
    pub(super) fn u32(self, ptr: u64, offset: u64) -> Option<u32> {
        self.array(ptr, offset).map(u32::from_le_bytes)
    }

    /// The number of 64 bits, `offset` bytes behind `ptr`.
    pub(super) fn u64(self, ptr: u64, offset: u64) -> Option<u64> {
        self.array(ptr, offset).map(u64::from_le_bytes)
    }

    /// The string that ends before the next NUL, or where memory ends.
    pub(super) fn c_string(self, ptr: u64) -> Option<&'a [u8]> {
        let rest = self.0.get(usize::try_from(ptr).ok()?..)?;
        // Enough to see that there is more than is shown.
        let rest = rest.get(..=SHOWN).unwrap_or(rest);
        rest.split(|&byte| byte == 0).next()
    }

    /// The string of `len` bytes at `ptr` in quotes, or that it lies outside.
    pub(super) fn quoted(self, ptr: u64, len: u64) -> String {
        self.bytes(ptr, len).map_or_else(|| outside_of(ptr, len), quote)
    }
}

/// Bytes as text in quotes. What cannot be printed is escaped, so that no guest can write to the terminal this way; what is
/// too long ends in `…`.
pub(super) fn quote(bytes: &[u8]) -> String {
    let shown = bytes.get(..SHOWN).unwrap_or(bytes);
    let mut text = String::from("\"");
    for chunk in shown.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                // A `'` needs no escape between double quotes.
                '\'' => text.push('\''),
                other => text.extend(other.escape_debug()),
            }
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text.push('"');
    if shown.len() < bytes.len() {
        text.push('…');
    }
    text
}

/// A pointer that leads out of memory.
pub(super) fn outside(ptr: u64) -> String {
    format!("{ptr:#x} (outside)")
}

/// A pointer and a length that lead out of memory.
pub(super) fn outside_of(ptr: u64, len: u64) -> String {
    format!("{ptr:#x}+{len} (outside)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_escaped_and_end() {
        assert_eq!(quote(b"it's \"a\"\n\x1b[m\xff"), r#""it's \"a\"\n\u{1b}[m\xff""#);
        assert_eq!(quote("…".as_bytes()), "\"…\"");
        assert_eq!(quote(&[b'a'; 65]), format!("\"{}\"…", "a".repeat(64)));
    }

    #[test]
    fn what_lies_outside_is_nothing() {
        let memory = Memory(b"abc\0defg");
        assert_eq!(memory.quoted(4, 4), "\"defg\"");
        assert_eq!(memory.quoted(4, 5), "0x4+5 (outside)");
        assert_eq!(memory.quoted(u64::MAX, 2), format!("{:#x}+2 (outside)", u64::MAX));
        assert_eq!(memory.c_string(0), Some(&b"abc"[..]));
        assert_eq!(memory.c_string(4), Some(&b"defg"[..]));
        assert_eq!((memory.c_string(8), memory.c_string(9)), (Some(&b""[..]), None));
        assert_eq!((memory.u32(4, 0), memory.u32(4, 1), memory.u64(u64::MAX, 1)), (Some(0x6766_6564), None, None));
    }
}
