//! Which store a handle belongs to.

use core::sync::atomic::{AtomicUsize, Ordering};

use crate::error::Error;

/// The number of a store in this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StoreId(usize);

impl StoreId {
    /// The number of no store: a handle with it is foreign everywhere.
    pub(crate) const NONE: Self = Self(0);

    /// A number not given before. When they are used up (on a 32-bit host, after 2^32 stores), stores get the number of no store:
    /// then their handles are foreign, but never confused.
    pub(crate) fn fresh() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(1);
        let next = NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |id| id.checked_add(1));
        next.map_or(Self::NONE, Self)
    }

    /// Whether both are the number of one store.
    pub(crate) fn is_same(self, other: Self) -> bool {
        self == other && self != Self::NONE
    }
}

/// An index into one of the lists of one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Handle {
    store: StoreId,
    index: u32,
}

impl Handle {
    pub(crate) fn new(store: StoreId, index: u32) -> Self {
        Self { store, index }
    }

    /// A handle that no store accepts.
    pub(crate) const fn foreign() -> Self {
        Self { store: StoreId::NONE, index: 0 }
    }

    /// The index, if the handle is of this store.
    pub(crate) fn index_in(self, store: StoreId) -> Option<u32> {
        self.store.is_same(store).then_some(self.index)
    }

    /// The reference that slots and tables hold for it.
    pub(crate) fn reference_in(self, store: StoreId) -> Result<u32, Error> {
        self.index_in(store).and_then(|index| index.checked_add(1)).ok_or_else(Error::foreign)
    }
}
