//! Where functions start: one cell for each, and the code that was made for them since.
//!
//! A function that a machine has no code of yet starts at a *stub*: a place of its own among units that are all ones. Read as a header, it claims a frame
//! that fits no stack. So a call of it ends as a stack overflow does, before anything has changed; the driver knows the stub by its address, has code
//! made, and the call is executed again. A call of a function that has code is no longer for it.
//!
//! All stores with an instance of the module share the cells. Code is published by one store with release order; it never changes and never moves.
//! Threads that make the code of one function at the same time do so each for itself, without waiting: the first to publish wins.
#![allow(unsafe_code, reason = "a list that threads add to without a lock")]

use alloc::{boxed::Box, vec, vec::Vec};
use core::{
    fmt, ptr,
    sync::atomic::{AtomicPtr, AtomicUsize, Ordering},
};

use crate::exec::ctx::{CodePtr, EntryCell};

/// Units behind the last stub, for what is read of a header: more than there are in any encoding.
const ROOM: usize = 16;
const _: () = assert!(8 + crate::exec::HEADER_BYTES <= 2 * ROOM);

/// Code of one function that a machine runs.
pub(super) enum Owned {
    #[cfg(feature = "translate")]
    Compact(Box<[u16]>),
    #[cfg(ermine_tail)]
    Threaded(Box<[super::expand::Word]>),
}

impl Owned {
    fn address(&self) -> CodePtr {
        match *self {
            #[cfg(feature = "translate")]
            Self::Compact(ref code) => code.as_ptr().cast(),
            #[cfg(ermine_tail)]
            Self::Threaded(ref code) => code.as_ptr().cast(),
        }
    }

    fn bytes(&self) -> usize {
        match *self {
            #[cfg(feature = "translate")]
            Self::Compact(ref code) => size_of_val(&**code),
            #[cfg(ermine_tail)]
            Self::Threaded(ref code) => size_of_val(&**code),
        }
    }
}

/// Published code, in a list.
struct Published {
    func: u32,
    code: Owned,
    next: *mut Self,
}

/// A stub, with what is read behind it.
fn stub_of(stubs: &[u16], func: usize) -> CodePtr {
    stubs.as_ptr().wrapping_add(func).cast()
}

/// Where the functions that a module defines start.
pub(super) struct Cells {
    cells: Box<[EntryCell]>,
    /// The stubs, if the functions started there: one unit for each. (A `Vec`: pointers into it stay good when it moves, which Rust does not promise of a box.)
    stubs: Vec<u16>,
    /// What was published last.
    published: AtomicPtr<Published>,
    /// Bytes of what was published.
    bytes: AtomicUsize,
}

impl Cells {
    /// Cells of functions that have their code already.
    pub(super) fn fixed(entries: impl Iterator<Item = CodePtr>) -> Self {
        Self::new(entries.map(EntryCell::new).collect(), Vec::new())
    }

    /// Cells of so many functions that have none.
    pub(super) fn stubs(count: usize) -> Self {
        let stubs = vec![u16::MAX; count + ROOM];
        let cells = (0..count).map(|func| EntryCell::new(stub_of(&stubs, func))).collect();
        Self::new(cells, stubs)
    }

    fn new(cells: Box<[EntryCell]>, stubs: Vec<u16>) -> Self {
        Self { cells, stubs, published: AtomicPtr::default(), bytes: AtomicUsize::new(0) }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn as_ptr(&self) -> *const EntryCell {
        self.cells.as_ptr()
    }

    pub(super) fn get(&self, func: u32) -> Option<&EntryCell> {
        self.cells.get(usize::try_from(func).ok()?)
    }

    /// The function whose stub is at this address.
    pub(super) fn stub_at(&self, address: usize) -> Option<u32> {
        let unit = address.checked_sub(self.stubs.as_ptr().addr())? / size_of::<u16>();
        u32::try_from(unit).ok().filter(|_| unit < self.cells.len() && !self.stubs.is_empty())
    }

    /// Whether a function has code.
    pub(super) fn is_published(&self, func: u32) -> bool {
        self.get(func).is_some_and(|cell| self.stub_at(cell.get().addr()).is_none())
    }

    /// Gives a function its code, unless another thread has done so. Returns whether it has this code now.
    pub(super) fn publish(&self, func: u32, code: Owned) -> bool {
        let Some(cell) = self.get(func) else { return false };
        self.bytes.fetch_add(code.bytes(), Ordering::Relaxed);
        // In the list first: from when it runs, backtraces look for it there. What lost the race stays in the list; it is never run.
        let entry = self.push(Box::new(Published { func, code, next: ptr::null_mut() }));
        !self.stubs.is_empty() && cell.replace(stub_of(&self.stubs, func as usize), entry)
    }

    /// Gives back where its code starts, now that it moves no more.
    fn push(&self, piece: Box<Published>) -> CodePtr {
        let piece = Box::into_raw(piece);
        // SAFETY: nobody else knows the piece yet. No invariant is needed.
        let entry = unsafe { &*piece }.code.address();
        let mut first = self.published.load(Ordering::Relaxed);
        loop {
            // SAFETY: nobody else knows the piece yet. No invariant is needed.
            unsafe { (*piece).next = first };
            match self.published.compare_exchange_weak(first, piece, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return entry,
                Err(other) => first = other,
            }
        }
    }

    /// What was published: where its code starts, how many bytes it has, and of which function it is.
    pub(super) fn published(&self) -> impl Iterator<Item = (usize, usize, u32)> {
        let mut next = self.published.load(Ordering::Acquire).cast_const();
        core::iter::from_fn(move || {
            // SAFETY: invariant 2: pieces were published with release order, do not change, and stay as long as the cells.
            let piece = unsafe { next.as_ref() }?;
            next = piece.next;
            Some((piece.code.address().addr(), piece.code.bytes(), piece.func))
        })
    }

    /// Bytes of all that was published.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Cells {
    fn drop(&mut self) {
        let mut next = *self.published.get_mut();
        while !next.is_null() {
            // SAFETY: invariant 2: the piece came from a box and is in no other list. No machine runs it: modules outlive the instances that do.
            next = unsafe { Box::from_raw(next) }.next;
        }
    }
}

// SAFETY: invariant 2: pieces are data that does not change; only the last owner frees them.
unsafe impl Send for Cells {}
// SAFETY: invariant 2: cells and list are changed by atomic operations only.
unsafe impl Sync for Cells {}

impl fmt::Debug for Cells {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cells").field("count", &self.count()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stubs_are_known_by_their_address() {
        let cells = Cells::stubs(3);
        let at = |func| cells.get(func).unwrap().get().addr();
        assert_eq!([at(0), at(1), at(2)].map(|address| cells.stub_at(address)), [Some(0), Some(1), Some(2)]);
        assert_eq!(cells.stub_at(at(2) + 2), None);
        assert_eq!(Cells::fixed(core::iter::empty()).stub_at(0), None);
    }

    #[cfg(feature = "translate")]
    #[test]
    fn the_first_code_published_stays() {
        let cells = Cells::stubs(2);
        cells.publish(1, Owned::Compact(Box::new([1])));
        let first = cells.get(1).unwrap().get();
        cells.publish(1, Owned::Compact(Box::new([2])));
        assert_eq!(cells.get(1).unwrap().get(), first);
        assert!(cells.is_published(1) && !cells.is_published(0));
        assert!(cells.published().map(|(_, bytes, func)| (func, bytes)).eq([(1, 2), (1, 2)]));
    }
}
