//! Functions: of guests and of the host, called by value or by static type.

mod caller;
mod resumable;
mod typed;
mod wrap;

pub use self::{
    caller::Caller,
    resumable::{
        ResumableCall, ResumableCallHostTrap, ResumableCallOutOfFuel, TypedResumableCall, TypedResumableCallHostTrap,
        TypedResumableCallOutOfFuel,
    },
    typed::{TypedFunc, WasmParams, WasmResults},
    wrap::{IntoFunc, WasmRet, WasmTy, WasmTyList},
};
pub(crate) use wrap::HostFunc;

use alloc::sync::Arc;

use crate::{
    driver::{self, Frame},
    error::Error,
    store::{AsContext, AsContextMut, Handle, StoreInner},
    types::{FuncType, ValType},
    value::{F32, F64, Nullable, Val},
};

/// A function of a [`Store`](crate::Store): an instance's or the host's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Func(pub(crate) Handle);

impl Func {
    /// A function of the host with a type known at run time.
    ///
    /// The closure gets the arguments, and a place for the results that holds zeros and nulls.
    ///
    /// If the store has as many functions as [`Limits::store_functions`](crate::Limits::store_functions) allows, the handle
    /// belongs to no store: each use of it is an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use ermine::{Engine, Error, Func, FuncType, Store, Val, ValType};
    ///
    /// let mut store = Store::new(&Engine::default(), ());
    /// let ty = FuncType::new([ValType::I32, ValType::I32], [ValType::I32]);
    /// let max = Func::new(&mut store, ty, |_, args, results| {
    ///     let (Some(a), Some(b)) = (args[0].i32(), args[1].i32()) else { return Err(Error::new("two integers")) };
    ///     results[0] = Val::I32(a.max(b));
    ///     Ok(())
    /// });
    /// let mut outputs = [Val::I32(0)];
    /// max.call(&mut store, &[Val::I32(3), Val::I32(-4)], &mut outputs)?;
    /// assert_eq!(outputs[0], Val::I32(3));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn new<T>(
        mut ctx: impl AsContextMut<Data = T>,
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Self {
        Self::from_host(ctx.as_context_mut().store, HostFunc::new(ty, func))
    }

    /// A function of the host from a closure. Its type is that of the closure.
    ///
    /// If the store has as many functions as [`Limits::store_functions`](crate::Limits::store_functions) allows, the handle
    /// belongs to no store: each use of it is an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use ermine::{Engine, Func, Store};
    ///
    /// let mut store = Store::new(&Engine::default(), ());
    /// let add = Func::wrap(&mut store, |a: i32, b: i32| a + b);
    /// assert_eq!(add.typed::<(i32, i32), i32>(&store)?.call(&mut store, (2, 3))?, 5);
    /// # Ok::<(), ermine::Error>(())
    /// ```
    pub fn wrap<T, Params, Results>(
        mut ctx: impl AsContextMut<Data = T>,
        func: impl IntoFunc<T, Params, Results>,
    ) -> Self {
        Self::from_host(ctx.as_context_mut().store, func.into_func())
    }

    fn from_host<T>(store: &mut crate::Store<T>, func: HostFunc<T>) -> Self {
        match store.add_host_func(Arc::new(func)) {
            Ok(index) => Self(store.inner.handle(index)),
            Err(_) => Self(Handle::foreign()),
        }
    }

    /// Its type. For a foreign handle: no parameters and no results.
    pub fn ty(&self, ctx: impl AsContext) -> FuncType {
        self.find_type(&ctx.as_context().store.inner).unwrap_or_else(|_| FuncType::new([], []))
    }

    pub(crate) fn find_type(&self, inner: &StoreInner) -> Result<FuncType, Error> {
        let (_, record) = inner.func_by(self.0)?;
        inner.func_type(record).map(|entry| entry.ty.clone()).ok_or_else(Error::foreign)
    }

    /// Calls the function. `outputs` has one place for each result; what was in it does not matter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ArgumentType`](crate::ErrorKind::ArgumentType) or [`ErrorKind::ResultCount`](crate::ErrorKind::ResultCount) if arguments or places
    /// do not fit the type; what the guest's trap or a host function's failure is.
    ///
    /// # Examples
    ///
    /// ```
    /// use ermine::{Engine, Func, Store, Val};
    ///
    /// let mut store = Store::new(&Engine::default(), ());
    /// let neg = Func::wrap(&mut store, |x: i64| -x);
    /// let mut outputs = [Val::I32(0)];
    /// neg.call(&mut store, &[Val::I64(4)], &mut outputs)?;
    /// assert_eq!(outputs[0].i64(), Some(-4));
    /// # Ok::<(), ermine::Error>(())
    /// ```
    pub fn call<T>(
        &self,
        mut ctx: impl AsContextMut<Data = T>,
        inputs: &[Val],
        outputs: &mut [Val],
    ) -> Result<(), Error> {
        let store = ctx.as_context_mut().store;
        let ty = self.find_type(&store.inner)?;
        check_lengths(&ty, inputs, outputs)?;
        driver::invoke(
            store,
            self.0,
            |frame| write_vals(frame, ty.params(), inputs),
            |frame| {
                read_vals(frame, ty.results(), outputs);
            },
        )
    }

    /// Calls the function so that it can be suspended: when it runs out of fuel, when it is interrupted, or when a host
    /// function that it calls fails. It has a value stack of its own.
    ///
    /// # Errors
    ///
    /// As for [`Func::call`], but for these cases.
    pub fn call_resumable<T>(
        &self,
        mut ctx: impl AsContextMut<Data = T>,
        inputs: &[Val],
        outputs: &mut [Val],
    ) -> Result<ResumableCall, Error> {
        let store = ctx.as_context_mut().store;
        let ty = self.find_type(&store.inner)?;
        check_lengths(&ty, inputs, outputs)?;
        let outcome = driver::invoke_resumable(
            store,
            self.0,
            |frame| write_vals(frame, ty.params(), inputs),
            |frame| {
                read_vals(frame, ty.results(), outputs);
            },
        )?;
        Ok(ResumableCall::new(outcome, store))
    }

    /// The function with a static type, for calls without [`Val`]s.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::FuncType`](crate::ErrorKind::FuncType), which has both types, if the function has another type.
    pub fn typed<Params, Results>(&self, ctx: impl AsContext) -> Result<TypedFunc<Params, Results>, Error>
    where
        Params: WasmParams,
        Results: WasmResults,
    {
        TypedFunc::new(&ctx.as_context().store.inner, *self)
    }
}

/// Checks what a call gives and wants against the function's type.
fn check_lengths(ty: &FuncType, inputs: &[Val], outputs: &[Val]) -> Result<(), Error> {
    if !inputs.iter().map(Val::ty).eq(ty.params().iter().copied()) {
        return Err(Error::arguments(ty, inputs));
    }
    if outputs.len() != ty.results().len() {
        return Err(Error::result_places(ty, outputs.len()));
    }
    Ok(())
}

/// Writes values of these types from the frame's first slot on.
fn write_vals(frame: &mut Frame<'_>, types: &[ValType], vals: &[Val]) -> Result<(), Error> {
    let mut slot = 0;
    for (ty, val) in types.iter().zip(vals) {
        val.write(frame, slot)?;
        slot += ty.slots();
    }
    Ok(())
}

/// Reads values of these types from the frame's first slot on.
fn read_vals(frame: &Frame<'_>, types: &[ValType], vals: &mut [Val]) {
    let mut slot = 0;
    for (ty, val) in types.iter().zip(vals) {
        *val = Val::read(frame, slot, *ty);
        slot += ty.slots();
    }
}

impl Val {
    fn write(&self, frame: &mut Frame<'_>, slot: usize) -> Result<(), Error> {
        match *self {
            Self::I32(value) => value.write(frame, slot),
            Self::I64(value) => value.write(frame, slot),
            Self::F32(value) => value.write(frame, slot),
            Self::F64(value) => value.write(frame, slot),
            Self::FuncRef(value) => value.write(frame, slot),
            Self::ExternRef(value) => value.write(frame, slot),
        }
    }

    fn read(frame: &Frame<'_>, slot: usize, ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32(i32::read(frame, slot)),
            ValType::I64 => Self::I64(i64::read(frame, slot)),
            ValType::F32 => Self::F32(F32::read(frame, slot)),
            ValType::F64 => Self::F64(F64::read(frame, slot)),
            ValType::FuncRef => Self::FuncRef(Nullable::read(frame, slot)),
            ValType::ExternRef => Self::ExternRef(Nullable::read(frame, slot)),
        }
    }
}
