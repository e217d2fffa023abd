//! Calls that wait: for fuel, or for what a failed host function could not give.

use core::{fmt, marker::PhantomData, ops::Deref};

use super::{Func, read_vals, wrap::WasmTyList, write_vals};
use crate::{
    driver::{Outcome, Stop, Suspended},
    error::Error,
    store::{AsContextMut, Store},
    value::Val,
};

/// How a resumable call ended, or what it waits for.
///
/// # Examples
///
#[cfg_attr(feature = "translate", doc = "```")]
#[cfg_attr(not(feature = "translate"), doc = "```ignore")]
/// use ermine::{Config, Engine, Instance, Module, ResumableCall, Store, Val};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut config = Config::default();
/// config.consume_fuel(true);
/// let engine = Engine::new(&config);
/// let wasm = wat::parse_str(
///     r#"(module (func (export "count") (param i32) (result i32)
///         (loop (local.set 0 (i32.sub (local.get 0) (i32.const 1))) (br_if 0 (local.get 0)))
///         (i32.const 7)))"#,
/// )?;
/// let mut store = Store::new(&engine, ());
/// let instance = Instance::new(&mut store, &Module::new(&engine, &wasm)?, &[])?;
/// let count = instance.get_func(&store, "count").unwrap();
/// let mut outputs = [Val::I32(0)];
/// store.set_fuel(100)?;
/// let mut call = count.call_resumable(&mut store, &[Val::I32(1000)], &mut outputs)?;
/// let mut waits = 0;
/// while let ResumableCall::OutOfFuel(suspended) = call {
///     waits += 1;
///     store.set_fuel(500)?;
///     call = suspended.resume(&mut store, &mut outputs)?;
/// }
/// assert!(waits > 0 && outputs[0].i32() == Some(7));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum ResumableCall {
    /// It has returned; its results are in the outputs.
    Finished,
    /// A host function that it called failed. It can go on as if that had returned.
    HostTrap(ResumableCallHostTrap),
    /// It needs fuel, or was interrupted. It can go on where it was.
    OutOfFuel(ResumableCallOutOfFuel),
}

impl ResumableCall {
    pub(super) fn new<T>(outcome: Outcome<()>, store: &Store<T>) -> Self {
        match outcome {
            Outcome::Finished(()) => Self::Finished,
            Outcome::HostError { suspended, error, host_func } => {
                let host_func = Func(store.inner.handle(host_func));
                Self::HostTrap(ResumableCallHostTrap { suspended, host_func, error })
            }
            Outcome::Stopped { suspended, stop } => Self::OutOfFuel(ResumableCallOutOfFuel { suspended, stop }),
        }
    }
}

/// A call that waits because a host function failed.
#[derive(Debug)]
pub struct ResumableCallHostTrap {
    suspended: Suspended,
    host_func: Func,
    error: Error,
}

impl ResumableCallHostTrap {
    /// The host function that failed.
    #[must_use]
    pub fn host_func(&self) -> Func {
        self.host_func
    }

    /// How it failed.
    #[must_use]
    pub fn host_error(&self) -> &Error {
        &self.error
    }

    /// How it failed; the call ends.
    #[must_use]
    pub fn into_host_error(self) -> Error {
        self.error
    }

    /// Goes on as if the host function had returned `inputs`.
    ///
    /// # Errors
    ///
    /// If `inputs` are not results of the host function, `outputs` do not fit the call's results, the store is another one; and
    /// as for [`Func::call_resumable`].
    pub fn resume<T>(
        mut self,
        mut ctx: impl AsContextMut<Data = T>,
        inputs: &[Val],
        outputs: &mut [Val],
    ) -> Result<ResumableCall, Error> {
        let store = ctx.as_context_mut().store;
        self.provide(store, inputs)?;
        resume(self.suspended, store, outputs)
    }

    /// Puts the host function's results where the guest expects them.
    fn provide<T>(&mut self, store: &Store<T>, inputs: &[Val]) -> Result<(), Error> {
        self.suspended.check(store)?;
        let (_, record) = store.inner.func_by(self.host_func.0)?;
        let entry = store.inner.func_type(record).ok_or_else(Error::foreign)?;
        if !inputs.iter().map(Val::ty).eq(entry.ty.results().iter().copied()) {
            return Err(Error::results(&entry.ty, inputs));
        }
        self.suspended.return_from_host(entry.slots(), |frame| write_vals(frame, entry.ty.results(), inputs))
    }
}

/// A call that waits for fuel, or was interrupted.
#[derive(Debug)]
pub struct ResumableCallOutOfFuel {
    suspended: Suspended,
    stop: Stop,
}

impl ResumableCallOutOfFuel {
    /// The fuel that the call needs to go on at all; 0 if it was interrupted.
    #[must_use]
    pub fn required_fuel(&self) -> u64 {
        match self.stop {
            Stop::OutOfFuel { required } => required,
            Stop::Interrupt => 0,
        }
    }

    /// Whether an [`InterruptHandle`](crate::InterruptHandle), not lack of fuel, suspended the call.
    #[must_use]
    pub fn is_interrupt(&self) -> bool {
        self.stop == Stop::Interrupt
    }

    /// Goes on where the call was.
    ///
    /// # Errors
    ///
    /// If `outputs` do not fit the call's results, or the store is another one; and as for [`Func::call_resumable`].
    pub fn resume<T>(self, mut ctx: impl AsContextMut<Data = T>, outputs: &mut [Val]) -> Result<ResumableCall, Error> {
        resume(self.suspended, ctx.as_context_mut().store, outputs)
    }
}

fn resume<T>(suspended: Suspended, store: &mut Store<T>, outputs: &mut [Val]) -> Result<ResumableCall, Error> {
    suspended.check(store)?;
    let ty = Func(suspended.func()).find_type(&store.inner)?;
    if outputs.len() != ty.results().len() {
        return Err(Error::result_places(&ty, outputs.len()));
    }
    let outcome = suspended.go_on(store, |frame| read_vals(frame, ty.results(), outputs))?;
    Ok(ResumableCall::new(outcome, store))
}

/// How a resumable call of a [`TypedFunc`](crate::TypedFunc) ended, or what it waits for.
///
/// # Examples
///
/// A host function that cannot answer at once: it fails, and the call goes on with the answer later.
///
#[cfg_attr(feature = "translate", doc = "```")]
#[cfg_attr(not(feature = "translate"), doc = "```ignore")]
/// use ermine::{Engine, Error, Linker, Module, Store, TypedResumableCall, Val};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::default();
/// let mut linker = Linker::<()>::new(&engine);
/// linker.func_wrap("host", "ask", || -> Result<i32, Error> { Err(Error::new("later")) })?;
/// let wasm = wat::parse_str(
///     r#"(module (import "host" "ask" (func $ask (result i32)))
///         (func (export "run") (result i32) (i32.add (call $ask) (i32.const 1))))"#,
/// )?;
/// let mut store = Store::new(&engine, ());
/// let instance = linker.instantiate(&mut store, &Module::new(&engine, &wasm)?)?;
/// let run = instance.get_typed_func::<(), i32>(&store, "run")?;
/// let TypedResumableCall::HostTrap(waiting) = run.call_resumable(&mut store, ())? else { panic!("it asks") };
/// assert_eq!(waiting.host_error().to_string(), "later");
/// // … some time after that:
/// let TypedResumableCall::Finished(result) = waiting.resume(&mut store, &[Val::I32(41)])? else { panic!("it ends") };
/// assert_eq!(result, 42);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub enum TypedResumableCall<Results> {
    /// It has returned this.
    Finished(Results),
    /// A host function that it called failed. It can go on as if that had returned.
    HostTrap(TypedResumableCallHostTrap<Results>),
    /// It needs fuel, or was interrupted. It can go on where it was.
    OutOfFuel(TypedResumableCallOutOfFuel<Results>),
}

impl<Results> TypedResumableCall<Results> {
    pub(super) fn new<T>(outcome: Outcome<Results>, store: &Store<T>) -> Self {
        match outcome {
            Outcome::Finished(results) => Self::Finished(results),
            Outcome::HostError { suspended, error, host_func } => {
                let host_func = Func(store.inner.handle(host_func));
                let call = ResumableCallHostTrap { suspended, host_func, error };
                Self::HostTrap(TypedResumableCallHostTrap { call, results: PhantomData })
            }
            Outcome::Stopped { suspended, stop } => {
                let call = ResumableCallOutOfFuel { suspended, stop };
                Self::OutOfFuel(TypedResumableCallOutOfFuel { call, results: PhantomData })
            }
        }
    }
}

/// A [`ResumableCallHostTrap`] with static result types.
pub struct TypedResumableCallHostTrap<Results> {
    call: ResumableCallHostTrap,
    results: PhantomData<fn() -> Results>,
}

impl<Results: WasmTyList> TypedResumableCallHostTrap<Results> {
    /// Goes on as if the host function had returned `inputs`.
    ///
    /// # Errors
    ///
    /// As for [`ResumableCallHostTrap::resume`].
    pub fn resume<T>(
        mut self,
        mut ctx: impl AsContextMut<Data = T>,
        inputs: &[Val],
    ) -> Result<TypedResumableCall<Results>, Error> {
        let store = ctx.as_context_mut().store;
        self.call.provide(store, inputs)?;
        let outcome = self.call.suspended.go_on(store, |frame| Results::read_list(frame))?;
        Ok(TypedResumableCall::new(outcome, store))
    }
}

impl<Results> TypedResumableCallHostTrap<Results> {
    /// How the host function failed; the call ends.
    #[must_use]
    pub fn into_host_error(self) -> Error {
        self.call.into_host_error()
    }
}

impl<Results> Deref for TypedResumableCallHostTrap<Results> {
    type Target = ResumableCallHostTrap;

    fn deref(&self) -> &Self::Target {
        &self.call
    }
}

impl<Results> fmt::Debug for TypedResumableCallHostTrap<Results> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypedResumableCallHostTrap").field(&self.call).finish()
    }
}

/// A [`ResumableCallOutOfFuel`] with static result types.
pub struct TypedResumableCallOutOfFuel<Results> {
    call: ResumableCallOutOfFuel,
    results: PhantomData<fn() -> Results>,
}

impl<Results: WasmTyList> TypedResumableCallOutOfFuel<Results> {
    /// Goes on where the call was.
    ///
    /// # Errors
    ///
    /// As for [`ResumableCallOutOfFuel::resume`].
    pub fn resume<T>(self, mut ctx: impl AsContextMut<Data = T>) -> Result<TypedResumableCall<Results>, Error> {
        let store = ctx.as_context_mut().store;
        let outcome = self.call.suspended.go_on(store, |frame| Results::read_list(frame))?;
        Ok(TypedResumableCall::new(outcome, store))
    }
}

impl<Results> Deref for TypedResumableCallOutOfFuel<Results> {
    type Target = ResumableCallOutOfFuel;

    fn deref(&self) -> &Self::Target {
        &self.call
    }
}

impl<Results> fmt::Debug for TypedResumableCallOutOfFuel<Results> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TypedResumableCallOutOfFuel").field(&self.call).finish()
    }
}
