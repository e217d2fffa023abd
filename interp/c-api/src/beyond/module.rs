//! Modules, with the reason where there is none.

use std::ffi::{CStr, c_char};
use std::mem::MaybeUninit;

use ermine::Error;

use super::error::{Failure, given, made};
use crate::module::{handle, image, load, module_of};
use crate::object::Object;
use crate::runtime::StoreHandle;
use crate::vector::{Bytes, Own};

/// The module of these bytes, in a store.
fn module(store: &StoreHandle, bytes: &[u8]) -> Result<Own<Object>, Error> {
    let engine = store.home.try_with(|ctx| Ok(ctx.engine().clone()))?;
    Ok(Some(handle(&store.home, load(&engine, bytes)?)))
}

#[unsafe(no_mangle)]
extern "C" fn ermine_module_new(
    store: Option<&StoreHandle>,
    bytes: Option<&Bytes>,
    out: Option<&mut MaybeUninit<Own<Object>>>,
) -> Own<Failure> {
    made(out, || module(given(store)?, given(bytes)?.bytes()))
}

#[unsafe(no_mangle)]
extern "C" fn ermine_module_new_file(
    store: Option<&StoreHandle>,
    path: *const c_char,
    out: Option<&mut MaybeUninit<Own<Object>>>,
) -> Own<Failure> {
    made(out, || {
        let path = text(path)?;
        let bytes = std::fs::read(path).map_err(|error| Error::new(format!("cannot read `{path}`: {error}")))?;
        module(given(store)?, &bytes)
    })
}

/// A string of C's.
pub fn text<'a>(text: *const c_char) -> Result<&'a str, Error> {
    let text = given((!text.is_null()).then_some(text))?;
    // SAFETY: promise C1: it ends in a zero, and lives until the entry returns.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().map_err(|_| Error::new("a string is not UTF-8; give it as such"))
}

#[unsafe(no_mangle)]
extern "C" fn ermine_module_image(module: Option<&Object>, out: Option<&mut MaybeUninit<Bytes>>) -> Own<Failure> {
    made(out, || Ok(Bytes::of(&image(given(module_of(module))?)?)))
}
