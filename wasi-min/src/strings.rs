//! Arguments and environment in the form WASI hands them out.

use core::fmt;

/// A list of byte strings, each ended by a NUL, one after the other.
///
/// This is the layout `args_get` and `environ_get` promise, so that handing the list to a guest is one copy, and a board
/// can keep its arguments in flash.
///
/// ```
/// use ermine_wasi::StringBlock;
///
/// const ARGS: &[u8] = b"blink\0--fast\0";
/// let block = StringBlock::new(ARGS).unwrap();
/// assert_eq!(block.count(), 2);
/// assert_eq!(block.iter().nth(1), Some(&b"--fast"[..]));
/// assert!(StringBlock::new(b"no end").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StringBlock<'a> {
    bytes: &'a [u8],
    count: usize,
}

impl<'a> StringBlock<'a> {
    /// No strings at all.
    pub const EMPTY: StringBlock<'static> = StringBlock { bytes: &[], count: 0 };

    /// Counts the strings in `bytes`.
    ///
    /// # Errors
    ///
    /// If the last string has no NUL at its end.
    pub const fn new(bytes: &'a [u8]) -> Result<Self, MissingNul> {
        let mut count = 0;
        let mut at = 0;
        while at < bytes.len() {
            if bytes[at] == 0 {
                count += 1;
            }
            at += 1;
        }
        match bytes.last() {
            None | Some(0) => Ok(Self { bytes, count }),
            Some(_) => Err(MissingNul),
        }
    }

    /// A block whose strings have been counted while it was put together.
    #[cfg(feature = "std")]
    pub(crate) const fn counted(bytes: &'a [u8], count: usize) -> Self {
        Self { bytes, count }
    }

    /// How many strings there are.
    pub const fn count(self) -> usize {
        self.count
    }

    /// All strings with their NULs.
    pub const fn as_bytes(self) -> &'a [u8] {
        self.bytes
    }

    /// The strings, without their NULs.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        self.bytes.split(|&byte| byte == 0).take(self.count)
    }
}

/// The last string of a block has no NUL at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingNul;

impl fmt::Display for MissingNul {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the last string does not end with a NUL")
    }
}

impl core::error::Error for MissingNul {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    #[test]
    fn empty_strings_count() {
        let block = StringBlock::new(b"\0a\0\0").unwrap();
        assert_eq!(block.count(), 3);
        assert_eq!(block.iter().collect::<Vec<_>>(), [&b""[..], b"a", b""]);
    }

    #[test]
    fn nothing_is_an_empty_block() {
        assert_eq!(StringBlock::new(b""), Ok(StringBlock::EMPTY));
        assert_eq!(StringBlock::EMPTY.iter().count(), 0);
    }
}
