//! Stands in for `counts` in builds that do not count dispatches.

use crate::config::Config;

/// No counters.
#[derive(Debug)]
pub(crate) struct Counts;

impl Counts {
    /// Nothing.
    pub(crate) fn new(_config: &Config) -> Self {
        Self
    }

    /// Null: machines have nothing to count in.
    #[expect(clippy::unused_self, reason = "the same signature as where dispatches are counted")]
    pub(crate) fn as_ptr(&self) -> *mut u64 {
        core::ptr::null_mut()
    }
}
