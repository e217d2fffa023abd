//! Dispatches, in builds that count them.

use ermine::{Config, Machine, Store};

/// Chooses the machine that counts.
pub(super) fn configure(config: &mut Config) {
    config.machine(Machine::Loop).count_dispatches(true);
}

/// Instructions dispatched so far.
#[expect(clippy::unnecessary_wraps, reason = "the same signature as where nothing is counted")]
pub(super) fn dispatches<T>(store: &Store<T>) -> Option<u64> {
    Some(store.dispatches())
}
