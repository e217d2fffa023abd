//! Counts of dispatches, one per instruction of the machine: see [`Config::count_dispatches`](crate::Config::count_dispatches).

use super::buffer::Buffer;
use crate::{config::Config, exec::tally};

/// The counters of a store.
#[derive(Debug)]
pub(crate) struct Counts {
    /// The words of `tally`, or none.
    counters: Buffer<u64>,
}

impl Counts {
    /// Counters at zero if somebody counts; none if the host has no memory for them.
    pub(crate) fn new(config: &Config) -> Self {
        let counters = if config.count_dispatches { Buffer::zeroed(tally::WORDS) } else { None };
        Self { counters: counters.unwrap_or_else(Buffer::empty) }
    }

    /// The counters, for machines; null if there are none.
    pub(crate) fn as_ptr(&self) -> *mut u64 {
        if self.counters.len() == 0 { core::ptr::null_mut() } else { self.counters.as_ptr() }
    }

    /// The words of `tally`.
    pub(crate) fn as_slice(&self) -> &[u64] {
        self.counters.as_slice()
    }
}
