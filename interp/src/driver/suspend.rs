//! A call that waits: its stack, and where it goes on.

use super::{
    Frame, Outcome, Pending, Run,
    call::{Piece, drive},
};
use crate::{
    error::Error,
    store::{Handle, Stack, Store, StoreId},
};

/// A suspended call. Dropping it ends the call; instances keep what it has changed.
#[derive(Debug)]
pub(crate) struct Suspended {
    store: StoreId,
    /// The function that was called.
    func: Handle,
    run: Run,
    /// What the run's pointers point into. It is not moved or freed before the run (invariant 9).
    stack: Stack,
    /// Slots of the arguments and results of the call.
    slots: usize,
}

impl Suspended {
    pub(super) fn new(store: StoreId, func: Handle, stack: Stack, run: Run, slots: usize) -> Self {
        Self { store, func, run, stack, slots }
    }

    /// The function that was called.
    pub(crate) fn func(&self) -> Handle {
        self.func
    }

    /// Whether this store is the one that it was suspended in.
    pub(crate) fn check<T>(&self, store: &Store<T>) -> Result<(), Error> {
        if store.inner.id().is_same(self.store) { Ok(()) } else { Err(Error::foreign()) }
    }

    /// Goes on after the host function that failed, as if it had returned what `write` puts into its frame.
    pub(crate) fn return_from_host(
        &mut self,
        slots: usize,
        write: impl FnOnce(&mut Frame<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Pending::HostReturn { at, .. } = self.run.pending else { return Err(Error::foreign()) };
        // SAFETY: invariant 9: when the host function was called, its frame of so many slots was checked to be inside this stack.
        write(&mut unsafe { Frame::new(at, slots, self.store) })
    }

    /// Runs until the call returns or has to wait again.
    pub(crate) fn go_on<T, R>(
        mut self,
        store: &mut Store<T>,
        read: impl FnOnce(&Frame<'_>) -> R,
    ) -> Result<Outcome<R>, Error> {
        self.check(store)?;
        // SAFETY: invariant 9: the run was made for this store, as just checked: numbers of stores are never given twice.
        match unsafe { drive(store, &mut self.run) }? {
            Piece::Finished => {
                // SAFETY: invariant 9: the frame was checked to be inside the stack when the call began.
                let frame = unsafe { Frame::new(self.stack.span().base, self.slots, self.store) };
                Ok(Outcome::Finished(read(&frame)))
            }
            Piece::HostError(error, host_func) => Ok(Outcome::HostError { suspended: self, error, host_func }),
            Piece::Stopped(stop) => Ok(Outcome::Stopped { suspended: self, stop }),
        }
    }
}

// SAFETY: invariants 8 and 9: its raw pointers point into its own stack and into what its store owns, and are followed only by `go_on`, with
// that store borrowed.
unsafe impl Send for Suspended {}
// SAFETY: invariants 8 and 9, as above; nothing can be done with a shared reference.
unsafe impl Sync for Suspended {}
