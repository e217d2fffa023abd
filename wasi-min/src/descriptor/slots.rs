//! Room for descriptors: a growing list where there is a heap (feature `alloc`), a few fixed places where there is none.

use super::Descriptor;
use crate::Errno;

/// Descriptors, sorted by number.
#[derive(Debug)]
pub(super) struct Slots {
    list: list::List,
}

impl Slots {
    pub(super) const fn new() -> Self {
        Self { list: list::List::new() }
    }

    pub(super) fn as_slice(&self) -> &[Descriptor] {
        self.list.as_slice()
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [Descriptor] {
        self.list.as_mut_slice()
    }

    pub(super) fn is_full(&self) -> bool {
        self.as_slice().len() >= list::MAX
    }

    /// # Errors
    ///
    /// [`Errno::Mfile`] if the list is full.
    pub(super) fn insert(&mut self, at: usize, open: Descriptor) -> Result<(), Errno> {
        if self.is_full() {
            return Err(Errno::Mfile);
        }
        self.list.insert(at.min(self.as_slice().len()), open);
        Ok(())
    }

    pub(super) fn remove(&mut self, at: usize) -> Option<Descriptor> {
        (at < self.as_slice().len()).then(|| self.list.remove(at))
    }
}

#[cfg(feature = "alloc")]
mod list {
    /// Descriptors one guest can have open besides the standard three.
    pub(super) const MAX: usize = 1024;

    pub(super) type List = alloc::vec::Vec<super::Descriptor>;
}

#[cfg(not(feature = "alloc"))]
mod list {
    use super::Descriptor;

    /// Descriptors one guest can have open besides the standard three.
    pub(super) const MAX: usize = 8;

    /// What a place without a descriptor holds.
    const VACANT: Descriptor = Descriptor::stream(u32::MAX, crate::Stream::Stdin);

    /// The part of `Vec` that is needed, in place.
    #[derive(Debug)]
    pub(super) struct List {
        entries: [Descriptor; MAX],
        len: usize,
    }

    impl List {
        pub(super) const fn new() -> Self {
            Self { entries: [VACANT; MAX], len: 0 }
        }

        pub(super) fn as_slice(&self) -> &[Descriptor] {
            self.entries.get(..self.len).unwrap_or_default()
        }

        pub(super) fn as_mut_slice(&mut self) -> &mut [Descriptor] {
            self.entries.get_mut(..self.len).unwrap_or_default()
        }

        /// Callers see to it that there is room, and that `at` is not behind the end.
        pub(super) fn insert(&mut self, at: usize, open: Descriptor) {
            if let Some(tail) = self.entries.get_mut(at..=self.len) {
                tail.rotate_right(1);
                if let Some(first) = tail.first_mut() {
                    *first = open;
                    self.len += 1;
                }
            }
        }

        /// Callers see to it that there is something at `at`.
        pub(super) fn remove(&mut self, at: usize) -> Descriptor {
            match self.entries.get_mut(at..self.len) {
                Some(tail) => {
                    tail.rotate_left(1);
                    self.len -= 1;
                    core::mem::replace(&mut self.entries[self.len], VACANT)
                }
                None => VACANT,
            }
        }
    }
}
