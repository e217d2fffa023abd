//! Who watches the guest's WASI calls: a record of what it is refused, a tracer, a count of what it uses.

use crate::caps::Usage;
use crate::denied::Denied;
use crate::trace::Tracer;
use ermine_wasi::{Call, Errno, Observe};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What watches one guest.
#[derive(Default)]
pub(crate) struct Watch {
    /// `--trace`.
    pub(crate) trace: Option<Tracer>,
    /// `wasi-caps --run`, which looks at it when the guest is gone.
    pub(crate) usage: Option<Arc<Mutex<Usage>>>,
    /// What the guest was refused.
    pub(crate) denied: Denied,
}

impl Watch {
    /// Whether standard output belongs to an answer, so that the guest's goes to standard error.
    pub(crate) fn is_answered(&self) -> bool {
        self.usage.is_some()
    }

    /// The guest has ended; someone else writes now.
    pub(crate) fn finish(&mut self) {
        if let Some(trace) = &mut self.trace {
            trace.finish();
        }
    }

    fn usage(&self) -> Option<MutexGuard<'_, Usage>> {
        self.usage.as_ref().map(|usage| usage.lock().unwrap_or_else(PoisonError::into_inner))
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
        if let Some(mut usage) = watch.usage() {
            usage.before(memory, call);
        }
        if let Some(trace) = &mut watch.trace {
            trace.before(memory, call);
        }
    }

    fn after(&self, data: &mut T, memory: &[u8], call: Call<'_>, result: Result<(), Errno>) {
        let watch = data.watch();
        watch.denied.after(memory, call, result);
        if let Some(mut usage) = watch.usage() {
            usage.after(memory, call, result);
        }
        if let Some(trace) = &mut watch.trace {
            trace.after(memory, call, result);
        }
    }
}
