//! Counts of dispatches, one per instruction of the machine: see [`Config::count_dispatches`](crate::Config::count_dispatches).

use super::buffer::Buffer;
use crate::{config::Config, isa::OP_COUNT};

/// The counters of a store.
#[derive(Debug)]
pub(crate) struct Counts {
    /// One per number of an instruction, or none.
    counters: Buffer<u64>,
}

impl Counts {
    /// Counters at zero if somebody counts; none if the host has no memory for them.
    pub(crate) fn new(config: &Config) -> Self {
        let counters = if config.count_dispatches { Buffer::zeroed(OP_COUNT) } else { None };
        Self { counters: counters.unwrap_or_else(Buffer::empty) }
    }

    /// The counters, for machines; null if there are none.
    pub(crate) fn as_ptr(&self) -> *mut u64 {
        if self.counters.len() == 0 { core::ptr::null_mut() } else { self.counters.as_ptr() }
    }

    /// The counters by number of the instruction.
    pub(crate) fn as_slice(&self) -> &[u64] {
        self.counters.as_slice()
    }
}
