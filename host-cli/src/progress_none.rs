//! No progress is shown where the command itself is a guest: it has no threads there, and no cursor to move.

/// Does the work.
pub(crate) fn during<R>(_what: &str, _bytes: usize, work: impl FnOnce() -> R) -> R {
    work()
}

/// A bar that nobody sees.
#[derive(Debug)]
pub(crate) struct Bar;

impl Bar {
    /// A bar for so many steps.
    pub(crate) fn new(_steps: u64) -> Self {
        Self
    }

    /// Says what is being done now.
    pub(crate) fn say(&self, _what: impl FnOnce() -> String) {}

    /// So many steps are done.
    pub(crate) fn set(&self, _done: u64) {}
}
