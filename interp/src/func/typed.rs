//! Functions with a static type.

use core::{fmt, marker::PhantomData};

use super::{Func, TypedResumableCall, wrap::WasmTyList};
use crate::{
    driver,
    error::{Error, ErrorKind},
    store::{AsContextMut, StoreInner},
    types::FuncType,
};

/// Parameters of a [`TypedFunc`]: a value or a tuple of values.
pub trait WasmParams: WasmTyList {}

/// Results of a [`TypedFunc`]: a value or a tuple of values.
pub trait WasmResults: WasmTyList {}

impl<L: WasmTyList> WasmParams for L {}
impl<L: WasmTyList> WasmResults for L {}

/// A [`Func`] whose type has been checked once, so that calls need not check it.
///
/// # Examples
///
#[cfg_attr(feature = "translate", doc = "```")]
#[cfg_attr(not(feature = "translate"), doc = "```ignore")]
/// use ermine::{Engine, Instance, Module, Store};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::default();
/// let wasm = wat::parse_str(
///     r#"(module (func (export "divmod") (param i32 i32) (result i32 i32)
///         (i32.div_s (local.get 0) (local.get 1)) (i32.rem_s (local.get 0) (local.get 1))))"#,
/// )?;
/// let mut store = Store::new(&engine, ());
/// let instance = Instance::new(&mut store, &Module::new(&engine, &wasm)?, &[])?;
/// let divmod = instance.get_typed_func::<(i32, i32), (i32, i32)>(&store, "divmod")?;
/// assert_eq!(divmod.call(&mut store, (17, 5))?, (3, 2));
/// # Ok(())
/// # }
/// ```
pub struct TypedFunc<Params, Results> {
    func: Func,
    signature: PhantomData<fn(Params) -> Results>,
}

impl<Params, Results> TypedFunc<Params, Results> {
    /// The function without its static type.
    #[must_use]
    pub fn func(&self) -> &Func {
        &self.func
    }
}

impl<Params: WasmParams, Results: WasmResults> TypedFunc<Params, Results> {
    pub(super) fn new(inner: &StoreInner, func: Func) -> Result<Self, Error> {
        let ty = func.find_type(inner)?;
        let fits = Params::TYPES == ty.params() && Results::TYPES == ty.results();
        if !fits {
            let expected = FuncType::new(Params::TYPES.iter().copied(), Results::TYPES.iter().copied());
            return Err(ErrorKind::FuncType { expected, actual: ty }.into());
        }
        Ok(Self { func, signature: PhantomData })
    }

    /// Calls the function.
    ///
    /// # Errors
    ///
    /// If the guest traps, or a host function that it calls fails.
    pub fn call(&self, mut ctx: impl AsContextMut, params: Params) -> Result<Results, Error> {
        let store = ctx.as_context_mut().store;
        driver::invoke(store, self.func.0, |frame| params.write_list(frame), |frame| Results::read_list(frame))
    }

    /// Calls the function so that it can be suspended, see [`Func::call_resumable`].
    ///
    /// # Errors
    ///
    /// As for [`Func::call_resumable`].
    pub fn call_resumable(
        &self,
        mut ctx: impl AsContextMut,
        params: Params,
    ) -> Result<TypedResumableCall<Results>, Error> {
        let store = ctx.as_context_mut().store;
        let write = |frame: &mut driver::Frame<'_>| params.write_list(frame);
        let outcome = driver::invoke_resumable(store, self.func.0, write, |frame| Results::read_list(frame))?;
        Ok(TypedResumableCall::new(outcome, store))
    }
}

impl<Params, Results> Clone for TypedFunc<Params, Results> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Params, Results> Copy for TypedFunc<Params, Results> {}

impl<Params, Results> fmt::Debug for TypedFunc<Params, Results> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TypedFunc").field("func", &self.func).finish_non_exhaustive()
    }
}
