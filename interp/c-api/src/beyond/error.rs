//! Errors with messages.

use std::ffi::{CString, c_char};
use std::mem::MaybeUninit;
use std::ptr;

use crate::boundary::{c_text, discard, guard};
use crate::vector::Own;

/// `ermine_error_t`
#[derive(Debug)]
pub struct Failure(CString);

impl Failure {
    /// With this message.
    pub fn new(message: &str) -> Own<Self> {
        Some(Box::new(Self(c_text(message))))
    }
}

/// What an entry gives back whose body ended like this. A panic becomes an error, too.
pub fn status(body: impl FnOnce() -> Result<(), ermine::Error>) -> Own<Failure> {
    let mut panicked = true;
    let failure = guard(None, || {
        let result = body();
        panicked = false;
        Some(result.err().and_then(|error| Failure::new(&error.to_string())))
    });
    if panicked {
        guard(None, || Some(Failure::new("the library has a bug and panicked; please report it")))
    } else {
        failure
    }
}

/// What C gave, unless it is null.
pub fn given<T>(argument: Option<T>) -> Result<T, ermine::Error> {
    argument.ok_or_else(|| {
        ermine::Error::new("an argument is null, or a handle is of another kind; see the function's declaration")
    })
}

/// Writes what `body` makes, if it does.
pub fn made<T>(out: Option<&mut MaybeUninit<T>>, body: impl FnOnce() -> Result<T, ermine::Error>) -> Own<Failure> {
    status(|| {
        given(out)?.write(body()?);
        Ok(())
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_error_delete(error: Own<Failure>) {
    discard(error);
}

#[unsafe(no_mangle)]
extern "C" fn ermine_error_message(error: Option<&Failure>) -> *const c_char {
    error.map_or(ptr::null(), |error| error.0.as_ptr())
}
