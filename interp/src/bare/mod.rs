//! Guests over borrowed buffers, without an allocator: what a firmware links.
//!
//! The caller lends everything that a guest uses, as [`Resources`]: the value stack, the linear memory, and an arena for globals and tables.
//! The [`Image`] stays where it is, in flash for instance, and is executed there.
//!
//! # Examples
//!
#![cfg_attr(feature = "translate", doc = "```")]
#![cfg_attr(not(feature = "translate"), doc = "```ignore")]
//! use ermine::{bare::{Instance, Resources}, image::Image};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let wasm = wat::parse_str(r#"(module (memory 1)
//! #     (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))"#)?;
//! # let bytes = ermine::Engine::default().precompile_module(&wasm)?;
//! # let bytes: &[u8] = &bytes;
//! // A firmware has the image as a constant: `ermine compile plugin.wasm --profile base --emit rust`.
//! let (mut stack, mut memory, mut arena) = ([0; 256], vec![0; 65536], [0; 64]);
//! let image = Image::verify(bytes, &mut stack)?; // the stack is not needed yet
//! let resources = Resources { stack: &mut stack, memory: &mut memory, arena: &mut arena, fuel: 0 };
//! let mut instance = Instance::new(image, resources, ())?;
//! let add = image.exported_func("add").ok_or("no such function")?;
//! assert_eq!(instance.call::<(i32, i32), i32>(add, (40, 2))?, 42);
//! # Ok(())
//! # }
//! ```
//!
//! # Fuel and suspension
//!
//! An image that was compiled with `--fuel` pays for what it executes. [`Instance::call`] makes a trap of fuel that is used up; a call that was begun
//! with [`Instance::start`] is suspended instead and goes on with [`Instance::resume`], after [`Instance::set_fuel`]. A host function suspends its
//! caller with [`Halt::Suspend`].
//!
//! # What there is not
//!
//! One memory at most; instances do not share anything; threads. Hosts with an allocator use [`Module::deserialize`](crate::Module) instead.

#![allow(unsafe_code, reason = "keeps addresses into what was lent")]

pub(crate) mod arena;
mod host;
mod run;
mod setup;
mod slow;
mod trace;
mod values;

use core::{fmt, marker::PhantomData};

pub use self::{
    arena::Needs,
    host::{Call, Halt, Host},
    trace::{Frames, Position},
    values::{Number, Numbers, Val},
};
use self::{
    arena::Table,
    run::{Pending, State, Stop},
    values::{read_bits, write_bits},
};
use crate::{
    exec::ctx::Ctx,
    image::{Image, Signature},
    trap::Trap,
    val_type::ValType,
};

/// What a guest may use, lent for the life of its instance. [`Image::needs`] says how much it wants.
#[derive(Debug)]
pub struct Resources<'a> {
    /// The value stack: all frames of the guest. Its last 32 bytes hold no frame.
    pub stack: &'a mut [u32],
    /// The linear memory. It is zeroed whole; what is more than the module asks for can be had by `memory.grow`.
    pub memory: &'a mut [u8],
    /// Globals, tables, and what the instance keeps about them.
    pub arena: &'a mut [u64],
    /// Fuel, for images that pay.
    pub fuel: u64,
}

/// One of the [`Resources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resource {
    /// [`Resources::stack`]
    Stack,
    /// [`Resources::memory`]
    Memory,
    /// [`Resources::arena`]
    Arena,
}

/// What an image wants that there is not on a bare board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unsupported {
    /// More than one memory.
    SeveralMemories,
    /// A constant expression that needs more than 8 values at a time, or more than 64 operations.
    DeepExpression,
}

/// Why something could not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
// A tag of one byte would be followed by odd bytes, which a board copies by a call of `memcpy`.
#[repr(u32)]
pub enum Error {
    /// The guest trapped.
    Trap {
        /// Why.
        trap: Trap,
        /// Where, if any of its functions was active.
        at: Option<Position>,
    },
    /// A host function failed.
    Host {
        /// What it said in [`Halt::Failed`].
        code: u32,
        /// Where it was called.
        at: Option<Position>,
    },
    /// The guest has ended itself with this status.
    Exit(i32),
    /// The host does not have an import.
    MissingImport {
        /// Which: the position among [`Image::imports`].
        import: u32,
    },
    /// Less was lent than [`Image::needs`] says.
    TooSmall(Resource),
    /// The image wants something that there is not here.
    Unsupported(Unsupported),
    /// There is no such function.
    NoSuchFunction,
    /// There is no such global, or it has another type, or may not be written.
    NoSuchGlobal,
    /// The function has other parameters or results.
    Signature,
    /// A call has begun and not ended: [`Instance::resume`] or [`Instance::cancel`] it.
    Busy,
    /// No call has begun.
    Idle,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trap { trap, at: Some(at) } => write!(f, "{trap} at {at}"),
            Self::Trap { trap, at: None } => write!(f, "{trap}"),
            Self::Host { code, at: Some(at) } => write!(f, "a host function failed with {code} at {at}"),
            Self::Host { code, at: None } => write!(f, "a host function failed with {code}"),
            Self::Exit(status) => write!(f, "the guest ended itself with status {status}"),
            Self::MissingImport { import } => write!(f, "the host does not have import {import}"),
            Self::TooSmall(Resource::Stack) => {
                f.write_str("the stack is too small: lend as much as `Image::needs` says")
            }
            Self::TooSmall(Resource::Memory) => {
                f.write_str("the memory is too small: lend as much as `Image::needs` says")
            }
            Self::TooSmall(Resource::Arena) => {
                f.write_str("the arena is too small: lend as much as `Image::needs` says")
            }
            Self::Unsupported(Unsupported::SeveralMemories) => {
                f.write_str("the guest has several memories: build it with one")
            }
            Self::Unsupported(Unsupported::DeepExpression) => {
                f.write_str("a constant expression of the guest is too deep: simplify it")
            }
            Self::NoSuchFunction => f.write_str("no such function"),
            Self::NoSuchGlobal => f.write_str("no such global, or not of this type"),
            Self::Signature => f.write_str("the function has other parameters or results"),
            Self::Busy => f.write_str("a call has begun and not ended: resume or cancel it"),
            Self::Idle => f.write_str("no call has begun"),
        }
    }
}

impl core::error::Error for Error {}

impl From<Trap> for Error {
    fn from(trap: Trap) -> Self {
        Self::Trap { trap, at: None }
    }
}

/// How far a call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress<R> {
    /// It has ended, with these results.
    Finished(R),
    /// It waits, and goes on with [`Instance::resume`].
    Suspended(Suspended),
}

/// What a suspended call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspended {
    /// More fuel.
    OutOfFuel {
        /// How much it needs for its next step.
        required: u64,
    },
    /// A host function that was not ready, see [`Halt::Suspend`].
    Host,
}

/// A guest in the buffers that it runs in.
pub struct Instance<'a, H = ()> {
    image: Image<'a>,
    host: H,
    inner: &'a mut Inner,
    /// What the addresses in it lead to.
    lent: PhantomData<Resources<'a>>,
}

/// What an instance has in the arena, so that moving it is cheap. All zeros are a value of it.
struct Inner {
    ctx: Ctx,
    /// The bottom of the stack.
    stack: *mut u8,
    /// The linear memory, and how far it can grow.
    memory: *mut u8,
    memory_room: usize,
    tables: *mut Table,
    tables_len: usize,
    /// How many elements there is room for behind the last table.
    tables_room: usize,
    /// The host's numbers of the imported functions.
    imports: *mut u32,
    /// A bit for each element segment, then for each data segment.
    dropped: *mut u32,
    state: State,
    pending: Pending,
    /// Whether `ctx.ip` is the instruction that the machine left at, rather than the one behind it.
    at_ip: bool,
}

// SAFETY: invariant 4: the addresses lead to what the instance has borrowed for itself alone.
unsafe impl<H: Send> Send for Instance<'_, H> {}

impl<'a, H: Host> Instance<'a, H> {
    /// Calls a function by its index in the module: `call::<(i32, i32), i64>(func, (1, 2))`.
    ///
    /// # Errors
    ///
    /// [`Error::Trap`], [`Error::Host`] and [`Error::Exit`] come from the guest; fuel that is used up is [`Trap::OutOfFuel`], a host function that is not ready
    /// [`Trap::Interrupt`]. [`Error::NoSuchFunction`], [`Error::Signature`] and [`Error::Busy`] come before anything has happened.
    pub fn call<P: Numbers, R: Numbers>(&mut self, func: u32, params: P) -> Result<R, Error> {
        self.check::<P, R>(func)?;
        self.begin(func, |slots| params.write_all(slots))?;
        self.finish()?;
        Ok(R::read_all(self.bottom()))
    }

    /// Calls a function whose type is not known at compile time.
    ///
    /// # Errors
    ///
    /// As for [`call`](Self::call); [`Error::Signature`] also if there are not as many `results` as the function has. Their values before the call mean nothing.
    pub fn call_vals(&mut self, func: u32, params: &[Val], results: &mut [Val]) -> Result<(), Error> {
        self.start_vals(func, params)?;
        self.finish_into(func, results, Val::read)
    }

    /// Begins a call that can be suspended. Nothing of it runs before [`resume`](Self::resume).
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchFunction`], [`Error::Signature`], [`Error::Busy`]; [`Trap::StackOverflow`] if the stack does not hold the arguments.
    pub fn start<P: Numbers>(&mut self, func: u32, params: P) -> Result<(), Error> {
        let signature = self.image.signature(func).ok_or(Error::NoSuchFunction)?;
        if !P::fit(signature.params()) {
            return Err(Error::Signature);
        }
        self.begin(func, |slots| params.write_all(slots))
    }

    /// The same for a function whose type is not known at compile time.
    ///
    /// # Errors
    ///
    /// As for [`start`](Self::start).
    pub fn start_vals(&mut self, func: u32, params: &[Val]) -> Result<(), Error> {
        let signature = self.image.signature(func).ok_or(Error::NoSuchFunction)?;
        if !signature.params().eq(params.iter().map(Val::ty)) {
            return Err(Error::Signature);
        }
        self.begin_with(func, signature, params, |param, _, slots| param.write(slots))
    }

    /// The same with the bits of the arguments, one number for each: those of 32 bits in the low half, references as their index plus one, null as 0.
    ///
    /// # Errors
    ///
    /// As for [`start`](Self::start); [`Error::Signature`] if there are not as many as the function has parameters.
    pub fn start_bits(&mut self, func: u32, params: &[u64]) -> Result<(), Error> {
        let signature = self.image.signature(func).ok_or(Error::NoSuchFunction)?;
        if signature.params().len() != params.len() {
            return Err(Error::Signature);
        }
        self.begin_with(func, signature, params, write_bits)
    }

    /// Runs a call that has begun until it ends or has to wait.
    ///
    /// # Errors
    ///
    /// What the guest ends with; [`Error::Idle`] if no call has begun; [`Error::Signature`], nothing done, if the function has other results.
    pub fn resume<R: Numbers>(&mut self) -> Result<Progress<R>, Error> {
        let func = self.active()?;
        let signature = self.image.signature(func).ok_or(Error::NoSuchFunction)?;
        if !R::fit(signature.results()) {
            return Err(Error::Signature);
        }
        Ok(match self.go_on()? {
            Progress::Finished(()) => Progress::Finished(R::read_all(self.bottom())),
            Progress::Suspended(reason) => Progress::Suspended(reason),
        })
    }

    /// The same for a function whose type is not known at compile time.
    ///
    /// # Errors
    ///
    /// As for [`resume`](Self::resume); [`Error::Signature`] if there are not as many `results` as the function has.
    pub fn resume_vals(&mut self, results: &mut [Val]) -> Result<Progress<()>, Error> {
        self.go_on_into(results, Val::read)
    }

    /// The same with the bits of the results, as [`start_bits`](Self::start_bits) has those of the arguments.
    ///
    /// # Errors
    ///
    /// As for [`resume_vals`](Self::resume_vals).
    pub fn resume_bits(&mut self, results: &mut [u64]) -> Result<Progress<()>, Error> {
        self.go_on_into(results, read_bits)
    }

    /// Runs a call that has begun to its end, and gives the bits of its results: where it would have to wait it traps, as [`call`](Self::call) does.
    ///
    /// # Errors
    ///
    /// As for [`call_vals`](Self::call_vals), and [`Error::Idle`].
    pub fn finish_bits(&mut self, results: &mut [u64]) -> Result<(), Error> {
        let func = self.active()?;
        self.finish_into(func, results, read_bits)
    }

    /// Gives up a call that has begun. Memory, globals and tables stay as it has left them.
    pub fn cancel(&mut self) {
        self.inner.state = State::Idle;
        self.inner.pending = Pending::Machine;
    }

    /// Fuel that is left.
    #[must_use]
    pub fn fuel(&self) -> u64 {
        self.inner.ctx.fuel
    }

    /// Sets the fuel that is left. Images that were not compiled with `--fuel` do not use any.
    pub fn set_fuel(&mut self, fuel: u64) {
        self.inner.ctx.fuel = fuel;
    }

    /// The image.
    #[must_use]
    pub fn image(&self) -> Image<'a> {
        self.image
    }

    /// The host.
    pub fn host(&mut self) -> &mut H {
        &mut self.host
    }

    /// The linear memory; empty where the module has none.
    pub fn memory(&mut self) -> &mut [u8] {
        match self.memory_view() {
            // SAFETY: the view describes the lent memory (invariant 7), and no machine runs (invariant 5).
            Some(view) => unsafe { core::slice::from_raw_parts_mut(view.base, view.len) },
            None => &mut [],
        }
    }

    /// The value of a global, by its index in the module.
    #[must_use]
    pub fn global(&self, global: u32) -> Option<Val> {
        let (ty, _) = self.global_type(global)?;
        let bits = self.global_bits(global)?;
        Some(Val::read(ty, &[bits as u32, (bits >> 32) as u32]))
    }

    /// Sets a global.
    ///
    /// # Errors
    ///
    /// [`Error::NoSuchGlobal`] if it does not exist, is not mutable, or has another type.
    pub fn set_global(&mut self, global: u32, value: Val) -> Result<(), Error> {
        if self.global_type(global) != Some((value.ty(), true)) {
            return Err(Error::NoSuchGlobal);
        }
        let mut slots = [0; 2];
        value.write(&mut slots);
        let [low, high] = slots;
        self.set_global_bits(global, u64::from(high) << 32 | u64::from(low));
        Ok(())
    }

    /// Instructions executed so far.
    #[cfg(feature = "count")]
    #[must_use]
    pub fn dispatches(&self) -> u64 {
        self.inner.ctx.dispatches
    }

    /// Whether a function has these parameters and results.
    fn check<P: Numbers, R: Numbers>(&self, func: u32) -> Result<(), Error> {
        let signature = self.image.signature(func).ok_or(Error::NoSuchFunction)?;
        if signature.is::<P, R>() { Ok(()) } else { Err(Error::Signature) }
    }

    /// Begins a call; `write` puts the arguments at the bottom of the stack.
    fn begin(&mut self, func: u32, write: impl FnOnce(&mut [u32])) -> Result<(), Error> {
        if let State::Active { .. } = self.inner.state {
            return Err(Error::Busy);
        }
        self.start_slots(func)?;
        write(self.bottom());
        Ok(())
    }

    /// The same with a list of arguments; `write` puts one where its type has its slots.
    fn begin_with<V: Copy>(
        &mut self,
        func: u32,
        signature: Signature<'_>,
        params: &[V],
        write: impl Fn(V, ValType, &mut [u32]),
    ) -> Result<(), Error> {
        self.begin(func, |slots| {
            let mut rest = slots;
            for (&param, ty) in params.iter().zip(signature.params()) {
                write(param, ty, rest);
                rest = rest.get_mut(ty.slots()..).unwrap_or_default();
            }
        })
    }

    fn active(&self) -> Result<u32, Error> {
        match self.inner.state {
            State::Active { func } => Ok(func),
            State::Idle | State::Failed => Err(Error::Idle),
        }
    }

    fn go_on(&mut self) -> Result<Progress<()>, Error> {
        match self.run() {
            Ok(()) => Ok(Progress::Finished(())),
            Err(Stop::Suspended(reason)) => Ok(Progress::Suspended(reason)),
            Err(Stop::Failed(error)) => Err(error),
        }
    }

    /// Goes on with a call; where it ends, `read` makes a result of its slots.
    fn go_on_into<V>(&mut self, results: &mut [V], read: impl Fn(ValType, &[u32]) -> V) -> Result<Progress<()>, Error> {
        let func = self.active()?;
        if !self.has_results(func, results.len()) {
            return Err(Error::Signature);
        }
        let progress = self.go_on()?;
        if let Progress::Finished(()) = progress {
            self.read_into(func, results, read)?;
        }
        Ok(progress)
    }

    /// The same for a call that may not wait, and that ends if there are not as many places as results.
    fn finish_into<V>(
        &mut self,
        func: u32,
        results: &mut [V],
        read: impl Fn(ValType, &[u32]) -> V,
    ) -> Result<(), Error> {
        if !self.has_results(func, results.len()) {
            self.cancel();
            return Err(Error::Signature);
        }
        self.finish()?;
        self.read_into(func, results, read)
    }

    fn has_results(&self, func: u32, count: usize) -> bool {
        self.image.signature(func).is_some_and(|signature| signature.results().len() == count)
    }

    /// The whole stack.
    fn bottom(&mut self) -> &mut [u32] {
        let bytes = self.inner.ctx.stack_end.addr().saturating_sub(self.inner.stack.addr());
        // SAFETY: so many bytes were lent as words (invariant 3), and no machine runs (invariant 5).
        unsafe { core::slice::from_raw_parts_mut(self.inner.stack.cast(), bytes / 4) }
    }

    fn read_into<V>(&mut self, func: u32, results: &mut [V], read: impl Fn(ValType, &[u32]) -> V) -> Result<(), Error> {
        let signature = self.image.signature(func).ok_or(Error::NoSuchFunction)?;
        let mut rest: &[u32] = self.bottom();
        for (place, ty) in results.iter_mut().zip(signature.results()) {
            *place = read(ty, rest);
            rest = rest.get(ty.slots()..).unwrap_or_default();
        }
        Ok(())
    }

    /// The type of an exported or other global.
    #[must_use]
    pub fn global_val_type(&self, global: u32) -> Option<ValType> {
        self.global_type(global).map(|(ty, _)| ty)
    }
}

impl<H: fmt::Debug> fmt::Debug for Instance<'_, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Instance")
            .field("image", &self.image)
            .field("host", &self.host)
            .field("state", &self.inner.state)
            .finish_non_exhaustive()
    }
}
