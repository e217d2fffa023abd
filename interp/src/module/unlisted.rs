//! Stands in for `listing` where there is no translator: code has no origin there.

use alloc::vec::Vec;

use super::ModuleInner;
use crate::error::Error;

impl ModuleInner {
    /// The compact code of a function that has none: all functions of an image have it.
    #[expect(clippy::unused_self, reason = "the same signature as where there is a translator")]
    pub(super) fn translated(&self, _defined: u32) -> Result<Vec<u16>, Error> {
        Err(Error::foreign())
    }

    /// The byte of the module that a position in a function's code was made for: not known.
    #[expect(clippy::unused_self, reason = "the same signature as where there is a translator")]
    pub(crate) fn module_offset(&self, _defined: u32, _position: u32) -> Option<usize> {
        None
    }

    /// Where the instruction that a position is in starts in the function's compact code: known for images only.
    #[expect(clippy::unused_self, reason = "the same signature as where there is a translator")]
    pub(super) fn listed_offset(&self, _defined: u32, _position: u32) -> Option<u32> {
        None
    }
}
