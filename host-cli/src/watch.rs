//! Who watches the guest's WASI calls: nobody, a tracer, or a count of what it uses.

use crate::trace::Tracer;
use ermine_wasi::{Call, Errno, Observe};

/// What watches one guest.
#[derive(Default)]
pub(crate) struct Watch {
    /// `--trace`.
    pub(crate) trace: Option<Tracer>,
}

impl Watch {
    /// Whether anything does.
    pub(crate) fn is_on(&self) -> bool {
        self.trace.is_some()
    }

    /// The guest has ended; someone else writes now.
    pub(crate) fn finish(&mut self) {
        if let Some(trace) = &mut self.trace {
            trace.finish();
        }
    }
}

/// Data of a store whose guest can be watched.
pub(crate) trait Watched {
    /// What watches it.
    fn watch(&mut self) -> &mut Watch;
}

/// Passes the calls on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watcher;

impl<T: Watched> Observe<T> for Watcher {
    fn before(&self, data: &mut T, memory: &[u8], call: Call<'_>) {
        let watch = data.watch();
        if let Some(trace) = &mut watch.trace {
            trace.before(memory, call);
        }
    }

    fn after(&self, data: &mut T, memory: &[u8], call: Call<'_>, result: Result<(), Errno>) {
        let watch = data.watch();
        if let Some(trace) = &mut watch.trace {
            trace.after(memory, call, result);
        }
    }
}
