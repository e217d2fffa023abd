//! Translated code: compact, in a buffer of its own or in an image, and expanded to threaded where the tail machine runs it.
//!
//! All functions of a module lie behind one another. Code holds no addresses of instances: it is shared by all instances of its module and
//! never changes.
#![allow(unsafe_code, reason = "reads headers at addresses in its own, immovable buffer")]

pub(crate) mod decode;
pub(crate) mod disasm;
#[cfg(ermine_tail)]
mod expand;

use alloc::{sync::Arc, vec::Vec};

use crate::exec::Kind;
use crate::exec::ctx::CodePtr;
use crate::image::Image;

/// The code of a module's functions.
#[derive(Debug)]
pub(crate) struct Code {
    kind: Kind,
    buffer: Buffer,
    /// Where each function starts, and where the last ends: in units of the buffer.
    starts: Vec<u32>,
    /// The same as addresses, for threaded code.
    #[cfg(ermine_tail)]
    entries: expand::Entries,
}

/// The one encoding that the engine's machine runs.
#[derive(Debug)]
enum Buffer {
    Compact(Vec<u16>),
    /// The compact code of a verified image, and how many bytes are before it.
    Image(Arc<[u32]>, usize),
    #[cfg(ermine_tail)]
    Threaded(Vec<expand::Word>),
}

impl Code {
    /// Compact code whose functions start at `starts` (the end of the last included).
    #[cfg(feature = "translate")]
    pub(crate) fn new(compact: Vec<u16>, starts: Vec<u32>) -> Self {
        Self::in_place(Buffer::Compact(compact), starts)
    }

    /// The compact code of an image that was verified.
    pub(crate) fn of_image(words: &Arc<[u32]>) -> Self {
        let image = Image::again(words);
        let imported = usize::try_from(image.imported_funcs()).unwrap_or(usize::MAX);
        let defined = image.functions().get(imported..).unwrap_or_default();
        let code = image.code();
        let starts = defined.iter().map(|func| func.offset / 2).chain([code.len() as u32]).collect();
        let before = code.as_ptr() as usize - words.as_ptr() as usize;
        Self::in_place(Buffer::Image(words.clone(), before), starts)
    }

    fn in_place(buffer: Buffer, starts: Vec<u32>) -> Self {
        Self {
            kind: Kind::Loop,
            buffer,
            starts,
            #[cfg(ermine_tail)]
            entries: expand::Entries::default(),
        }
    }

    /// This compact code, for a machine of this kind.
    pub(crate) fn for_machine(self, kind: Kind) -> Self {
        match kind {
            Kind::Loop => self,
            #[cfg(ermine_tail)]
            Kind::Tail => {
                let Some((compact, starts)) = self.compact() else { return self };
                let (words, starts) = expand::expand(compact, starts);
                let entries = expand::Entries::new(&words, &starts);
                Self { kind, buffer: Buffer::Threaded(words), starts, entries }
            }
        }
    }

    /// Bytes from [`base`](Self::base) to a function that the module defines. Nothing where 32 bits do not hold them.
    pub(crate) fn offset(&self, func: u32) -> Option<u32> {
        let (_, starts) = self.starts.split_last()?;
        starts.get(func as usize)?.checked_mul(u32::try_from(self.unit()).ok()?)
    }

    /// The address of a function that the module defines.
    pub(crate) fn entry(&self, func: u32) -> Option<CodePtr> {
        Some(self.base().wrapping_add(self.offset(func)? as usize))
    }

    /// Compact code, where that is what this is, and where functions start in it (the end of the last included).
    pub(crate) fn compact(&self) -> Option<(&[u16], &[u32])> {
        match &self.buffer {
            Buffer::Compact(code) => Some((code, &self.starts)),
            Buffer::Image(words, _) => Some((Image::again(words).code(), &self.starts)),
            #[cfg(ermine_tail)]
            Buffer::Threaded(_) => None,
        }
    }

    /// Bytes of code.
    pub(crate) fn bytes(&self) -> usize {
        let units = self.starts.last().map_or(0, |&end| end as usize);
        units * self.unit()
    }

    fn unit(&self) -> usize {
        match &self.buffer {
            Buffer::Compact(_) | Buffer::Image(..) => 2,
            #[cfg(ermine_tail)]
            Buffer::Threaded(_) => 8,
        }
    }

    /// The addresses of all functions that the module defines, for threaded code.
    #[cfg(ermine_tail)]
    pub(crate) fn entries(&self) -> *const CodePtr {
        self.entries.as_ptr()
    }

    /// Where the code starts.
    pub(crate) fn base(&self) -> CodePtr {
        match &self.buffer {
            Buffer::Compact(code) => code.as_ptr().cast(),
            Buffer::Image(words, before) => words.as_ptr().cast::<u8>().wrapping_add(*before),
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
        let func = func.min(self.starts.len().checked_sub(2)?);
        Some((u32::try_from(func).ok()?, offset - self.starts.get(func)?))
    }

    /// Where the link of a function's frames is, in bytes from the frame's start.
    pub(crate) fn link(&self, func: u32) -> Option<usize> {
        let entry = self.entry(func)?;
        // SAFETY: every function starts with a header (invariant 2).
        Some(unsafe { crate::exec::link_of(self.kind, entry) })
    }
}
