//! Translated code over borrowed buffers, without an allocator. **A stop-gap**: images, which are verified, will replace it.
//!
//! A module is translated on a host (`translate`, cargo feature of the same name) to a [`Code`], plain data that goes into a firmware's flash as a
//! constant. The firmware, which links neither the validator nor the translator, lends stack, memory and globals, and calls functions.
//!
//! Deliberately missing: imports, tables, references to functions, `memory.grow`, passive segments, fuel. A board that needs them waits for images.
//!
//! # Examples
//!
//! ```
//! use ermine::bare::{Address, Buffers, Code, Instance};
//!
//! # #[cfg(feature = "translate")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let wasm = wat::parse_str(r#"(module (func (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#)?;
//! # let made = ermine::bare::translate(&wasm)?;
//! # let (code, entries) = (&made.code, &made.entries);
//! // A firmware has these as constants.
//! let code = Code { code, entries, globals: &[], data: &[], memory: 0 };
//! let (mut stack, mut addresses) = ([0; 128], [Address::NONE; 1]);
//! let buffers = Buffers { stack: &mut stack, memory: &mut [], globals: &mut [], addresses: &mut addresses };
//! // SAFETY: this very build has translated the code.
//! let mut instance = unsafe { Instance::new(&code, buffers) }?;
//! let mut sum = [0];
//! instance.call(0, &[40, 2], &mut sum)?;
//! assert_eq!(sum, [42]);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "translate"))]
//! # fn main() {}
//! ```

#![allow(unsafe_code, reason = "hands addresses to the machine")]

use core::{fmt, marker::PhantomData};

#[cfg(feature = "translate")]
mod translate;

#[cfg(feature = "translate")]
pub use self::translate::{Translation, translate};

use crate::{
    exec::{
        self, Kind, RED_ZONE,
        ctx::{Ctx, MemoryView},
        exit::Exit,
    },
    trap::Trap,
};

/// A translated module: plain data.
#[derive(Debug, Clone, Copy)]
pub struct Code<'a> {
    /// The code of all functions.
    pub code: &'a [u16],
    /// Where each function starts in it.
    pub entries: &'a [u32],
    /// Initial values of the globals; 32-bit ones in the low half.
    pub globals: &'a [u64],
    /// What is copied into memory at the start, and to where.
    pub data: &'a [(u32, &'a [u8])],
    /// Bytes of memory that the module asks for.
    pub memory: usize,
}

/// What an instance borrows for its life.
#[derive(Debug)]
pub struct Buffers<'a> {
    /// The value stack: all frames of the guest. Its last 64 words hold no frame.
    pub stack: &'a mut [u32],
    /// The linear memory: [`Code::memory`] bytes, zeroed by the caller.
    pub memory: &'a mut [u8],
    /// One cell for each global.
    pub globals: &'a mut [u64],
    /// One place for each function and each global.
    pub addresses: &'a mut [Address],
}

/// A place for an address, which an instance fills.
#[derive(Debug, Clone, Copy)]
#[repr(transparent)]
pub struct Address(*const u8);

impl Address {
    /// What a place holds before an instance uses it.
    pub const NONE: Self = Self(core::ptr::null());
}

/// Why something could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The guest trapped.
    Trap(Trap),
    /// The module does not define so many functions.
    NoSuchFunction,
    /// The guest executed an instruction that needs more than there is here, see the head of this module.
    Unsupported,
    /// A buffer is smaller than the code asks for.
    BufferTooSmall,
    /// The parts of the code do not belong together.
    Malformed,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Trap(trap) => trap.message(),
            Self::NoSuchFunction => "no function of this number: count those that the module defines, from 0",
            Self::Unsupported => "the guest needs imports, tables or growing memory: leave them out of the module",
            Self::BufferTooSmall => "a buffer is too small: lend as much as the code says",
            Self::Malformed => "parts of the code do not fit: translate the module again",
        })
    }
}

impl core::error::Error for Error {}

impl From<Trap> for Error {
    fn from(trap: Trap) -> Self {
        Self::Trap(trap)
    }
}

/// A module in the buffers that it runs in.
#[derive(Debug)]
pub struct Instance<'a> {
    /// The addresses of all functions, then those of all globals.
    addresses: &'a [Address],
    functions: usize,
    stack: &'a mut [u32],
    memory: &'a mut [u8],
    /// `addresses` point into both.
    code_and_globals: PhantomData<(&'a [u16], &'a mut [u64])>,
}

impl<'a> Instance<'a> {
    /// Sets up an instance: fills globals and addresses, copies data into memory.
    ///
    /// # Errors
    ///
    /// [`Error::BufferTooSmall`]; [`Error::Malformed`] if an offset points out of the code, or data does not fit the memory.
    ///
    /// # Safety
    ///
    /// `code` and `entries` are what `translate` of this very version made of one module, and this build has the number types that the module
    /// uses (cargo features `f32` and `f64`). Nothing checks that before there are images.
    pub unsafe fn new(code: &Code<'a>, buffers: Buffers<'a>) -> Result<Self, Error> {
        let Buffers { stack, memory, globals, addresses } = buffers;
        let functions = code.entries.len();
        if memory.len() < code.memory
            || globals.len() < code.globals.len()
            || addresses.len() < functions + code.globals.len()
        {
            return Err(Error::BufferTooSmall);
        }
        let mut places = addresses.iter_mut();
        // `zip` asks its second part only where the first has another element: places for globals stay.
        for (&entry, place) in code.entries.iter().zip(places.by_ref()) {
            let header = code.code.get(entry as usize..).ok_or(Error::Malformed)?;
            *place = Address(header.as_ptr().cast());
        }
        for ((&value, cell), place) in code.globals.iter().zip(globals).zip(places) {
            *cell = value;
            *place = Address(core::ptr::from_mut(cell).cast());
        }
        for &(at, bytes) in code.data {
            let rest = memory.get_mut(at as usize..).ok_or(Error::Malformed)?;
            rest.get_mut(..bytes.len()).ok_or(Error::Malformed)?.copy_from_slice(bytes);
        }
        Ok(Self { addresses, functions, stack, memory, code_and_globals: PhantomData })
    }

    /// Calls a function by its number among those that the module defines.
    ///
    /// `arguments` and `results` are slots: an `i32` or `f32` is one word, an `i64` or `f64` two, the low half first on little-endian hosts. How
    /// many there are is the caller's to know; with other numbers the guest computes something else, and nothing worse happens.
    ///
    /// # Errors
    ///
    /// [`Error::Trap`], among it [`Trap::StackOverflow`] where the stack is too small; [`Error::NoSuchFunction`]; [`Error::Unsupported`].
    pub fn call(&mut self, func: u32, arguments: &[u32], results: &mut [u32]) -> Result<(), Error> {
        let entry =
            self.addresses.get(..self.functions).and_then(|all| all.get(func as usize)).ok_or(Error::NoSuchFunction)?.0;
        let bytes = size_of_val(self.stack).checked_sub(RED_ZONE).ok_or(Trap::StackOverflow)?;
        if arguments.len().max(results.len()) * 4 > bytes {
            return Err(Trap::StackOverflow.into());
        }
        copy(self.stack, arguments);
        let base: *mut u8 = self.stack.as_mut_ptr().cast();
        let mut memory = MemoryView { base: self.memory.as_mut_ptr(), len: self.memory.len() };
        let memories = [&raw mut memory];
        let mut ctx = Ctx::new();
        ctx.stack_end = base.wrapping_add(bytes);
        ctx.entries = self.addresses.as_ptr().cast();
        ctx.globals = self.addresses.as_ptr().wrapping_add(self.functions).cast();
        ctx.memories = memories.as_ptr();
        ctx.memories_len = 1;
        ctx.bulk_at_once = u32::MAX;
        // SAFETY: by the contract of `new` this is verified code, and it uses no more of `ctx` than is set (invariants 1 to 3): stack and memory
        // are borrowed, the red zone is behind the stack, entries and globals are in `addresses`, in the order of the module.
        let exit = unsafe {
            match exec::enter(Kind::Loop, &mut ctx, entry, base) {
                Ok(()) => exec::run(Kind::Loop, &mut ctx),
                Err(exit) => exit,
            }
        };
        match exit {
            Exit::Done => {
                copy(results, self.stack);
                Ok(())
            }
            Exit::Trap(trap) => Err(trap.into()),
            Exit::OutOfFuel
            | Exit::CallImport
            | Exit::CallFunc
            | Exit::TailCallImport
            | Exit::TailCallFunc
            | Exit::Slow(_) => Err(Error::Unsupported),
        }
    }

    /// The linear memory.
    #[must_use]
    pub fn memory(&self) -> &[u8] {
        self.memory
    }

    /// The linear memory, to be written.
    #[must_use]
    pub fn memory_mut(&mut self) -> &mut [u8] {
        self.memory
    }
}

/// Copies as many words as both have.
fn copy(to: &mut [u32], from: &[u32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to = *from;
    }
}
