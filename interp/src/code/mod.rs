//! Translated code: compact, in a buffer of its own or in an image, and expanded to threaded where the tail machine runs it.
//!
//! The compact code of all functions lies behind one another; it is what images are written from and what listings show. The tail machine's code of a
//! function is made of it when the function is first called: most functions of most programs never are. Where translation waits for the first call, too
//! ([`CompilationMode`](crate::CompilationMode)), there is no compact code but what the loop machine runs. [`cells`] has what was made.
//!
//! Code holds no addresses of instances: it is shared by all instances of its module and never changes.
#![allow(unsafe_code, reason = "reads headers at addresses in its own, immovable buffers")]

mod cells;
pub(crate) mod decode;
pub(crate) mod disasm;
#[cfg(ermine_tail)]
mod expand;

use alloc::{sync::Arc, vec::Vec};
use core::sync::atomic::{AtomicUsize, Ordering};

use self::cells::{Cells, Owned};
use crate::exec::Kind;
use crate::exec::ctx::{CodePtr, EntryCell};
use crate::image::Image;

/// The code of a module's functions.
#[derive(Debug)]
pub(crate) struct Code {
    kind: Kind,
    source: Source,
    /// Where each function starts in `source`, and where the last ends, in units. Empty where that has none.
    starts: Vec<u32>,
    cells: Cells,
    /// Bytes of compact code that were made when functions were called.
    translated: AtomicUsize,
}

/// Where the code of functions that were not called comes from.
#[derive(Debug)]
enum Source {
    Compact(Vec<u16>),
    /// The compact code of a verified image, and how many bytes are before it.
    Image(Arc<[u32]>, usize),
    /// It is translated when they are called.
    #[cfg(feature = "translate")]
    Wasm,
}

impl Source {
    /// Compact code, where there is any.
    fn compact(&self) -> Option<&[u16]> {
        match self {
            Self::Compact(code) => Some(code),
            Self::Image(words, _) => Some(Image::again(words).code()),
            #[cfg(feature = "translate")]
            Self::Wasm => None,
        }
    }

    /// Where it starts.
    fn base(&self) -> CodePtr {
        match self {
            Self::Compact(code) => code.as_ptr().cast(),
            Self::Image(words, before) => words.as_ptr().cast::<u8>().wrapping_add(*before),
            #[cfg(feature = "translate")]
            Self::Wasm => core::ptr::null(),
        }
    }
}

impl Code {
    /// Compact code whose functions start at `starts` (the end of the last included), for a machine of this kind.
    #[cfg(feature = "translate")]
    pub(crate) fn new(compact: Vec<u16>, starts: Vec<u32>, kind: Kind) -> Self {
        Self::of_source(Source::Compact(compact), starts, kind)
    }

    /// No code yet, of so many functions.
    #[cfg(feature = "translate")]
    pub(crate) fn untranslated(count: usize, kind: Kind) -> Self {
        Self {
            kind,
            source: Source::Wasm,
            starts: Vec::new(),
            cells: Cells::stubs(count),
            translated: AtomicUsize::new(0),
        }
    }

    /// The compact code of an image that was verified.
    pub(crate) fn of_image(words: &Arc<[u32]>, kind: Kind) -> Self {
        let image = Image::again(words);
        let imported = usize::try_from(image.imported_funcs()).unwrap_or(usize::MAX);
        let defined = image.functions().get(imported..).unwrap_or_default();
        let code = image.code();
        let starts = defined.iter().map(|func| func.offset / 2).chain([code.len() as u32]).collect();
        let before = code.as_ptr() as usize - words.as_ptr() as usize;
        Self::of_source(Source::Image(words.clone(), before), starts, kind)
    }

    fn of_source(source: Source, starts: Vec<u32>, kind: Kind) -> Self {
        let (_, own) = starts.split_last().unwrap_or((&0, &[]));
        let cells = match kind {
            Kind::Loop => Cells::fixed(own.iter().map(|&start| source.base().wrapping_add(2 * start as usize))),
            #[cfg(ermine_tail)]
            Kind::Tail => Cells::stubs(own.len()),
        };
        Self { kind, source, starts, cells, translated: AtomicUsize::new(0) }
    }

    /// Where a function that the module defines starts: now, or once it is called.
    pub(crate) fn cell(&self, func: u32) -> Option<&EntryCell> {
        self.cells.get(func)
    }

    /// The same of all, for machines.
    pub(crate) fn cells(&self) -> *const EntryCell {
        self.cells.as_ptr()
    }

    /// The function that has no code yet, where this is what stands for its code.
    pub(crate) fn stub_at(&self, address: usize) -> Option<u32> {
        self.cells.stub_at(address)
    }

    /// Compact code of all functions, and where they start in it (the end of the last included). Nothing where it is made when it is called.
    pub(crate) fn compact(&self) -> Option<(&[u16], &[u32])> {
        Some((self.source.compact()?, &self.starts))
    }

    /// The compact code of a function.
    fn compact_of(&self, func: u32) -> Option<&[u16]> {
        let (code, starts) = self.compact()?;
        let func = usize::try_from(func).ok()?;
        code.get(usize::try_from(*starts.get(func)?).ok()?..usize::try_from(*starts.get(func + 1)?).ok()?)
    }

    /// Makes a function ready to be called, if it is not. `translate` makes its compact code where that is not there.
    ///
    /// # Errors
    /// What `translate` says; [`None`] if there is no memory.
    pub(crate) fn prepare<E>(
        &self,
        func: u32,
        translate: impl FnOnce() -> Result<Vec<u16>, E>,
    ) -> Result<(), Option<E>> {
        if self.cells.is_published(func) {
            return Ok(());
        }
        let (code, translated) = match self.compact_of(func) {
            Some(compact) => (self.for_machine(compact), 0),
            None => {
                let compact = translate().map_err(Some)?;
                let bytes = size_of_val(&*compact);
                (self.for_machine_owned(compact), bytes)
            }
        };
        if self.cells.publish(func, code.ok_or(None)?) {
            self.translated.fetch_add(translated, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Bytes of compact code that were made when functions were called.
    pub(crate) fn translated_bytes(&self) -> usize {
        self.translated.load(Ordering::Relaxed)
    }

    /// Compact code that stays where it is, as the machine runs it.
    #[cfg_attr(not(ermine_tail), allow(unused_variables, reason = "without a tail machine nothing is expanded"))]
    fn for_machine(&self, compact: &[u16]) -> Option<Owned> {
        match self.kind {
            // The loop machine's functions have their code from the start.
            Kind::Loop => None,
            #[cfg(ermine_tail)]
            Kind::Tail => expand::expand(compact).map(Owned::Threaded),
        }
    }

    /// Bytes of code: compact, and what machines run beside it.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(self.source.compact().unwrap_or_default()) + self.cells.bytes()
    }

    /// How to find the function that an address is in.
    pub(crate) fn finder(&self) -> Finder<'_> {
        let mut published: Vec<_> = self.cells.published().collect();
        published.sort_unstable();
        Finder { code: self, published }
    }

    /// The function of compact code that runs where it lies, and how many bytes into it an address is.
    fn find_in_place(&self, address: usize) -> Option<(u32, usize)> {
        if self.kind != Kind::Loop {
            return None;
        }
        let (code, starts) = self.compact()?;
        let bytes = address.checked_sub(code.as_ptr().addr()).filter(|&bytes| bytes <= size_of_val(code))?;
        let func = starts.partition_point(|&start| 2 * start as usize <= bytes).checked_sub(1)?;
        // The address behind the last instruction belongs to the last function.
        let func = func.min(starts.len().checked_sub(2)?);
        Some((u32::try_from(func).ok()?, bytes - 2 * *starts.get(func)? as usize))
    }

    /// Where the link of a function's frames is, in bytes from the frame's start. The function has code.
    fn link(&self, func: u32) -> Option<usize> {
        let entry = self.cell(func)?.get();
        debug_assert!(self.stub_at(entry.addr()).is_none(), "a frame of a function without code");
        // SAFETY: every function starts with a header (invariant 2).
        Some(unsafe { crate::exec::link_of(self.kind, entry) })
    }

    fn unit(&self) -> usize {
        match self.kind {
            Kind::Loop => 2,
            #[cfg(ermine_tail)]
            Kind::Tail => 8,
        }
    }
}

#[cfg(not(feature = "translate"))]
impl Code {
    /// Nothing makes compact code of one function here.
    fn for_machine_owned(&self, _compact: Vec<u16>) -> Option<Owned> {
        None
    }
}

#[cfg(feature = "translate")]
impl Code {
    /// Compact code made for one function, as the machine runs it.
    fn for_machine_owned(&self, compact: Vec<u16>) -> Option<Owned> {
        match self.kind {
            Kind::Loop => Some(Owned::Compact(compact.into_boxed_slice())),
            #[cfg(ermine_tail)]
            Kind::Tail => self.for_machine(&compact),
        }
    }
}

/// Where code of functions is. What was published is put in order when this is made, so that a walk over many frames is linear.
pub(crate) struct Finder<'a> {
    code: &'a Code,
    /// Where the code of each function starts, its bytes, and which function it is.
    published: Vec<(usize, usize, u32)>,
}

impl Finder<'_> {
    /// The function that this address is in, how many units from its start, and where the link of its frames is, in bytes from their start.
    pub(crate) fn find(&self, ip: CodePtr) -> Option<(u32, u32, usize)> {
        let (func, bytes) = self.code.find_in_place(ip.addr()).or_else(|| self.find_published(ip.addr()))?;
        let position = u32::try_from(bytes / self.code.unit()).ok()?;
        Some((func, position, self.code.link(func)?))
    }

    fn find_published(&self, address: usize) -> Option<(u32, usize)> {
        let behind = self.published.partition_point(|&(start, ..)| start <= address);
        let &(start, bytes, func) = self.published.get(behind.checked_sub(1)?)?;
        // The address behind the last instruction belongs to the function, too.
        Some((func, address - start)).filter(|&(_, offset)| offset <= bytes)
    }
}
