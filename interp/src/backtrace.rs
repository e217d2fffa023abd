//! The functions of guests that were active when something went wrong.
//!
//! A backtrace is cheap to take: it keeps modules and positions in translated code. Names and offsets are looked up when
//! somebody reads it.

use alloc::vec::Vec;
use core::fmt;

use crate::module::Module;

/// Frames of guests, innermost first.
///
/// # Examples
///
#[cfg_attr(feature = "translate", doc = "```")]
#[cfg_attr(not(feature = "translate"), doc = "```ignore")]
/// use ermine::{Engine, Instance, Module, Store};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::default();
/// let wasm = wat::parse_str("(module (func $inner unreachable) (func $outer (export \"run\") (call $inner)))")?;
/// let mut store = Store::new(&engine, ());
/// let instance = Instance::new(&mut store, &Module::new(&engine, &wasm)?, &[])?;
/// let error = instance.get_typed_func::<(), ()>(&store, "run")?.call(&mut store, ()).unwrap_err();
/// let names: Vec<_> = error.backtrace().unwrap().frames().iter().map(|frame| frame.func_name().unwrap()).collect();
/// assert_eq!(names, ["inner", "outer"]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Backtrace {
    frames: Vec<FrameInfo>,
    omitted: usize,
}

/// A frame of a guest.
#[derive(Clone)]
pub struct FrameInfo {
    module: Module,
    /// Index among the functions that the module defines.
    defined: u32,
    /// Position in the function's code.
    position: u32,
}

impl Backtrace {
    /// The frames, innermost first.
    #[must_use]
    pub fn frames(&self) -> &[FrameInfo] {
        &self.frames
    }

    /// Frames further out that were left out, see [`Limits::backtrace_frames`](crate::Limits::backtrace_frames).
    #[must_use]
    pub fn omitted(&self) -> usize {
        self.omitted
    }

    /// Adds a frame further out. Beyond the limit it is only counted.
    pub(crate) fn push(&mut self, frame: impl FnOnce() -> FrameInfo, limit: usize) {
        if self.frames.len() < limit && self.frames.try_reserve(1).is_ok() {
            self.frames.push(frame());
        } else {
            self.omitted = self.omitted.saturating_add(1);
        }
    }

    /// Adds frames further out.
    pub(crate) fn extend(&mut self, outer: Self, limit: usize) {
        let omitted = outer.omitted;
        for frame in outer.frames {
            self.push(|| frame, limit);
        }
        self.omitted = self.omitted.saturating_add(omitted);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

impl FrameInfo {
    pub(crate) fn new(module: Module, defined: u32, position: u32) -> Self {
        Self { module, defined, position }
    }

    /// The module of the function.
    #[must_use]
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The index of the function in its module, imports first.
    #[must_use]
    pub fn func_index(&self) -> u32 {
        self.module.inner.env.imported_funcs.saturating_add(self.defined)
    }

    /// The name that the module's name section gives to the function.
    #[must_use]
    pub fn func_name(&self) -> Option<&str> {
        self.module.func_name(self.func_index())
    }

    /// Where the instruction is in the function's compact code: the one that trapped, or a call. In units of u16 from the function's header, the
    /// same on every machine; the symbol map of an image has names and module offsets for it.
    ///
    /// Code that was translated from wasm is translated again to find it.
    #[must_use]
    pub fn code_offset(&self) -> Option<u32> {
        self.module.inner.code_offset(self.defined, self.position)
    }

    /// The byte of the module with the instruction: the one that trapped, or a call. Not known of a module from an image.
    #[must_use]
    pub fn module_offset(&self) -> Option<usize> {
        self.module.inner.module_offset(self.defined, self.position)
    }
}

impl fmt::Debug for FrameInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrameInfo").field("func_index", &self.func_index()).finish_non_exhaustive()
    }
}

impl fmt::Display for FrameInfo {
    /// Function and module offset; of a module from an image, the line that a symbol map explains.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.module.inner.bytes.image().is_some() {
            write!(f, "func {}", self.func_index())?;
            return self.code_offset().map_or(Ok(()), |offset| write!(f, " + {offset:#x}"));
        }
        match self.func_name() {
            Some(name) => write!(f, "{name} (function {})", self.func_index())?,
            None => write!(f, "function {}", self.func_index())?,
        }
        match self.module_offset() {
            Some(offset) => write!(f, " at {offset:#x}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Backtrace {
    /// One line per frame.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, frame) in self.frames.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(f, "{end}{index:>4}: {frame}")?;
        }
        match self.omitted {
            0 => Ok(()),
            omitted => write!(f, "\n   … and {omitted} more"),
        }
    }
}
