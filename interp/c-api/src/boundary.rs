//! What every entry needs: no unwinding, `out` parameters, and things of one thread behind traits that ask for more.

use std::ffi::{CString, c_void};
use std::mem::{self, MaybeUninit};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs an entry's body. Gives `fallback` if it has nothing to give (an argument is null or does not fit), or panics.
pub fn guard<R>(fallback: R, body: impl FnOnce() -> Option<R>) -> R {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result.unwrap_or(fallback),
        Err(payload) => {
            // Dropping it could panic again.
            mem::forget(payload);
            fallback
        }
    }
}

/// The same for an entry that gives something back through `out`, which is written in any case.
pub fn guard_out<R>(out: Option<&mut MaybeUninit<R>>, fallback: R, body: impl FnOnce() -> Option<R>) {
    if let Some(out) = out {
        out.write(guard(fallback, body));
    }
}

/// A text as C reads it: zeros within it become spaces.
pub fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', " ")).unwrap_or_default()
}

/// Drops what C deletes, which may call finalizers.
pub fn discard<T>(item: T) {
    guard((), || {
        drop(item);
        Some(())
    });
}

/// What the engine wants to be `Send` and `Sync` although C uses it from one thread at a time.
#[derive(Debug)]
pub struct OneThread<T>(pub T);

// SAFETY: promise C3: it is part of a store, which one thread uses at a time.
unsafe impl<T> Send for OneThread<T> {}
// SAFETY: promise C3: as above.
unsafe impl<T> Sync for OneThread<T> {}

/// What C wants to hear about when something goes.
pub type Finalizer = unsafe extern "C" fn(*mut c_void);

/// A pointer of the embedder's, with what is to be called when the library needs it no longer.
#[derive(Debug)]
pub struct Env {
    data: *mut c_void,
    finalizer: Option<Finalizer>,
}

impl Env {
    /// From C's pair.
    pub fn new(data: *mut c_void, finalizer: Option<Finalizer>) -> Self {
        Self { data, finalizer }
    }

    /// The pointer.
    pub fn data(&self) -> *mut c_void {
        self.data
    }
}

impl Drop for Env {
    fn drop(&mut self) {
        if let Some(finalizer) = self.finalizer.take() {
            // SAFETY: promise C5: it is a function of this type, and it returns.
            unsafe { finalizer(self.data) }
        }
    }
}
