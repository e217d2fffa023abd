//! Translated code: compact, and expanded to threaded where the tail machine runs it.
//!
//! All functions of a module lie behind one another. Code holds no addresses of instances: it is shared by all instances of its module and
//! never changes.
#![allow(unsafe_code, reason = "hands out addresses into its own, immovable buffers")]

pub(crate) mod decode;
pub(crate) mod disasm;
#[cfg(ermine_tail)]
mod expand;

use alloc::vec::Vec;

use crate::exec::Kind;
use crate::exec::ctx::CodePtr;

/// The code of a module's functions.
#[derive(Debug)]
pub(crate) struct Code {
    kind: Kind,
    buffer: Buffer,
    /// Where each function starts, and where the last ends: in units of the buffer.
    starts: Vec<u32>,
    /// The addresses of the functions.
    entries: Vec<CodePtr>,
}

/// The one encoding that the engine's machine runs.
#[derive(Debug)]
enum Buffer {
    Compact(Vec<u16>),
    #[cfg(ermine_tail)]
    Threaded(Vec<expand::Word>),
}

// SAFETY: the addresses in `entries` point into `buffer`, which nothing changes after `new`.
unsafe impl Send for Code {}
// SAFETY: as above.
unsafe impl Sync for Code {}

impl Code {
    /// The code for a machine of this kind, from compact code whose functions start at `starts` (the end of the last included).
    pub(crate) fn new(kind: Kind, compact: Vec<u16>, starts: Vec<u32>) -> Self {
        match kind {
            Kind::Loop => Self::with(kind, Buffer::Compact(compact), starts),
            #[cfg(ermine_tail)]
            Kind::Tail => {
                let (words, starts) = expand::expand(&compact, &starts);
                Self::with(kind, Buffer::Threaded(words), starts)
            }
        }
    }

    fn with(kind: Kind, buffer: Buffer, starts: Vec<u32>) -> Self {
        let (base, unit): (CodePtr, usize) = match &buffer {
            Buffer::Compact(code) => (code.as_ptr().cast(), 2),
            #[cfg(ermine_tail)]
            Buffer::Threaded(code) => (code.as_ptr().cast(), 8),
        };
        let functions = starts.len().saturating_sub(1);
        let entries = starts.iter().take(functions).map(|&start| base.wrapping_add(start as usize * unit)).collect();
        Self { kind, buffer, starts, entries }
    }

    /// The address of a function that the module defines.
    pub(crate) fn entry(&self, func: u32) -> Option<CodePtr> {
        self.entries.get(func as usize).copied()
    }

    /// Compact code, where that is what this is, and where functions start in it (the end of the last included).
    #[cfg(feature = "translate")]
    pub(crate) fn compact(&self) -> Option<(&[u16], &[u32])> {
        match &self.buffer {
            Buffer::Compact(code) => Some((code, &self.starts)),
            #[cfg(ermine_tail)]
            Buffer::Threaded(_) => None,
        }
    }

    /// The addresses of all functions that the module defines, for [`crate::exec::ctx::Ctx::entries`].
    pub(crate) fn entries(&self) -> *const CodePtr {
        self.entries.as_ptr()
    }

    /// Bytes of code.
    pub(crate) fn bytes(&self) -> usize {
        let units = self.starts.last().map_or(0, |&end| end as usize);
        units * self.unit()
    }

    fn unit(&self) -> usize {
        match &self.buffer {
            Buffer::Compact(_) => 2,
            #[cfg(ermine_tail)]
            Buffer::Threaded(_) => 8,
        }
    }

    fn base(&self) -> CodePtr {
        match &self.buffer {
            Buffer::Compact(code) => code.as_ptr().cast(),
            #[cfg(ermine_tail)]
            Buffer::Threaded(code) => code.as_ptr().cast(),
        }
    }

    /// The function that this address is in, and how many units from its start.
    pub(crate) fn find(&self, ip: CodePtr) -> Option<(u32, u32)> {
        let offset = (ip as usize).checked_sub(self.base() as usize)? / self.unit();
        let offset = u32::try_from(offset).ok()?;
        if offset > *self.starts.last()? {
            return None;
        }
        let func = self.starts.partition_point(|&start| start <= offset).checked_sub(1)?;
        // The address behind the last instruction belongs to the last function.
        let func = func.min(self.entries.len().checked_sub(1)?);
        Some((u32::try_from(func).ok()?, offset - self.starts.get(func)?))
    }

    /// Where the link of a function's frames is, in bytes from the frame's start.
    pub(crate) fn link(&self, func: u32) -> Option<usize> {
        let entry = self.entry(func)?;
        // SAFETY: every function starts with a header (invariant 2).
        Some(unsafe { crate::exec::link_of(self.kind, entry) })
    }
}
