//! `--trace=calls`: guest functions that report their calls.
//!
//! The engine has no hooks: a module is rewritten before it is translated, so that whoever does not ask for a trace pays
//! nothing, and neither machine knows. A table for the host's functions is added behind the module's own tables, so that
//! no index of the module changes, names and elements included. `rewrite` does the sections, `body` the functions,
//! `hooks` has the host's functions, `names` what functions are called, `places` where code was before.
//!
//! Preloaded modules are rewritten, too: all functions are counted through from one module to the next, and report themselves by that number.
//! Images are translated already and cannot be traced; nor are functions of the host, but for WASI. Traced code is slower, has larger frames, and
//! pays fuel for its reports.

mod body;
mod hooks;
mod names;
mod places;
mod rewrite;

use crate::exit::{Exit, Failure};
use crate::load::Program;
use ermine::{Engine, Error, Module};

pub(crate) use hooks::{START, install};
pub(crate) use names::{Functions, Names};
pub(crate) use places::Places;

/// A module whose functions report their calls. Its instances need their hooks: see [`install`].
pub(crate) struct Traceable {
    /// The module.
    pub(crate) module: Module,
    /// What its functions are called.
    pub(crate) names: Names,
    /// How many functions it has, imports included.
    pub(crate) functions: u32,
    /// Where its code was in the module as it came.
    pub(crate) places: Places,
}

/// Makes a valid program traceable, whose functions have numbers from `first` on.
///
/// # Errors
///
/// [`Exit::Usage`] if it is an image, [`Exit::CannotLoad`] if the module is too large to have anything added.
pub(crate) fn traceable(engine: &Engine, name: &str, program: &Program, first: u32) -> Result<Traceable, Failure> {
    let Program::Wasm(wasm) = program else {
        let message = format!("--trace=calls: {name} is an image: trace the module that it was made of");
        return Err(Failure::new(Exit::Usage, message));
    };
    let cannot = |error: &dyn std::fmt::Display| {
        Failure::new(Exit::CannotLoad, format!("--trace=calls: {name} cannot be traced: {error}"))
    };
    let rewritten = rewrite::rewrite(wasm, first).map_err(|error| cannot(&error))?;
    let module = Module::new(engine, &rewritten.wasm).map_err(|error: Error| cannot(&error))?;
    Ok(Traceable { module, names: rewritten.names, functions: rewritten.functions, places: rewritten.places })
}
