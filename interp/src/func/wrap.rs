//! Closures as host functions, and Rust types as wasm types.

use alloc::{boxed::Box, vec::Vec};
use core::{fmt, mem};

use super::{Caller, Func, read_vals, write_vals};
use crate::{
    driver::Frame,
    error::Error,
    externref::ExternRef,
    store::Handle,
    types::{FuncType, ValType},
    value::{F32, F64, Nullable, Val},
};

/// A function of the host: its type, and a closure that finds its arguments in a frame and leaves its results there.
pub struct HostFunc<T> {
    ty: FuncType,
    call: Box<Closure<T>>,
}

type Closure<T> = dyn Fn(Caller<'_, T>, &mut Frame<'_>) -> Result<(), Error> + Send + Sync;

impl<T> HostFunc<T> {
    /// From a closure over lists of values.
    pub(crate) fn new(
        ty: FuncType,
        func: impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Self {
        let signature = ty.clone();
        let call = move |mut caller: Caller<'_, T>, frame: &mut Frame<'_>| {
            let mut vals = mem::take(&mut caller.context_mut().store.inner.scratch);
            let result = call_with_vals(&func, &signature, &mut caller, frame, &mut vals);
            vals.clear();
            caller.context_mut().store.inner.scratch = vals;
            result
        };
        Self { ty, call: Box::new(call) }
    }

    pub(crate) fn ty(&self) -> &FuncType {
        &self.ty
    }

    pub(crate) fn call(&self, caller: Caller<'_, T>, frame: &mut Frame<'_>) -> Result<(), Error> {
        (self.call)(caller, frame)
    }
}

fn call_with_vals<T>(
    func: &impl Fn(Caller<'_, T>, &[Val], &mut [Val]) -> Result<(), Error>,
    ty: &FuncType,
    caller: &mut Caller<'_, T>,
    frame: &mut Frame<'_>,
    vals: &mut Vec<Val>,
) -> Result<(), Error> {
    let types = ty.params().iter().chain(ty.results());
    vals.extend(types.map(|&ty| Val::default_for_ty(ty)));
    let (params, results) = vals.split_at_mut(ty.params().len());
    read_vals(frame, ty.params(), params);
    let instance = caller.instance();
    func(Caller::new(caller.context_mut().store, instance), params, results)?;
    if !results.iter().map(Val::ty).eq(ty.results().iter().copied()) {
        return Err(Error::results(ty, results));
    }
    write_vals(frame, ty.results(), results)
}

impl<T> fmt::Debug for HostFunc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostFunc").field("ty", &self.ty).finish_non_exhaustive()
    }
}

/// A Rust type that stands for a wasm type.
///
/// Implemented for `i32`, `u32`, `i64`, `u64`, `f32`, `f64`, [`F32`], [`F64`], and references, which can be null: `Option<Func>` or `Nullable<Func>`,
/// `Option<ExternRef>` or `Nullable<ExternRef>`.
pub trait WasmTy: Sized + Send {
    /// The wasm type.
    #[doc(hidden)]
    const TYPE: ValType;

    /// The value in the slots from `slot` on.
    #[doc(hidden)]
    fn read(frame: &Frame<'_>, slot: usize) -> Self;

    /// Writes the value into the slots from `slot` on.
    #[doc(hidden)]
    fn write(self, frame: &mut Frame<'_>, slot: usize) -> Result<(), Error>;
}

macro_rules! number {
    ($($rust:ty, $wasm:ident, $get:ident, $set:ident, $from:expr, $to:expr;)*) => {
        $(impl WasmTy for $rust {
            const TYPE: ValType = ValType::$wasm;

            fn read(frame: &Frame<'_>, slot: usize) -> Self {
                $from(frame.$get(slot))
            }

            fn write(self, frame: &mut Frame<'_>, slot: usize) -> Result<(), Error> {
                frame.$set(slot, $to(self));
                Ok(())
            }
        })*
    };
}

number! {
    i32, I32, get, set, u32::cast_signed, i32::cast_unsigned;
    u32, I32, get, set, core::convert::identity, core::convert::identity;
    i64, I64, get_wide, set_wide, u64::cast_signed, i64::cast_unsigned;
    u64, I64, get_wide, set_wide, core::convert::identity, core::convert::identity;
    f32, F32, get, set, f32::from_bits, f32::to_bits;
    f64, F64, get_wide, set_wide, f64::from_bits, f64::to_bits;
    F32, F32, get, set, F32::from_bits, F32::to_bits;
    F64, F64, get_wide, set_wide, F64::from_bits, F64::to_bits;
}

/// A reference in a slot: 0 is null, else an index plus one.
fn read_ref(frame: &Frame<'_>, slot: usize) -> Option<Handle> {
    frame.get(slot).checked_sub(1).map(|index| Handle::new(frame.store(), index))
}

fn write_ref(frame: &mut Frame<'_>, slot: usize, handle: Option<Handle>) -> Result<(), Error> {
    let value = match handle {
        Some(handle) => handle.reference_in(frame.store())?,
        None => 0,
    };
    frame.set(slot, value);
    Ok(())
}

macro_rules! reference {
    ($($rust:ident, $wasm:ident;)*) => {
        $(impl WasmTy for Option<$rust> {
            const TYPE: ValType = ValType::$wasm;

            fn read(frame: &Frame<'_>, slot: usize) -> Self {
                read_ref(frame, slot).map($rust)
            }

            fn write(self, frame: &mut Frame<'_>, slot: usize) -> Result<(), Error> {
                write_ref(frame, slot, self.map(|reference| reference.0))
            }
        }

        impl WasmTy for Nullable<$rust> {
            const TYPE: ValType = ValType::$wasm;

            fn read(frame: &Frame<'_>, slot: usize) -> Self {
                <Option<$rust>>::read(frame, slot).into()
            }

            fn write(self, frame: &mut Frame<'_>, slot: usize) -> Result<(), Error> {
                <Option<$rust>>::from(self).write(frame, slot)
            }
        })*
    };
}

reference! {
    Func, FuncRef;
    ExternRef, ExternRef;
}

/// A value, or a tuple of up to 16 values.
pub trait WasmTyList: Sized + Send {
    /// The wasm types.
    #[doc(hidden)]
    const TYPES: &'static [ValType];

    /// The values in the frame.
    #[doc(hidden)]
    fn read_list(frame: &Frame<'_>) -> Self;

    /// Writes the values into the frame.
    #[doc(hidden)]
    fn write_list(self, frame: &mut Frame<'_>) -> Result<(), Error>;
}

impl<V: WasmTy> WasmTyList for V {
    const TYPES: &'static [ValType] = &[V::TYPE];

    fn read_list(frame: &Frame<'_>) -> Self {
        V::read(frame, 0)
    }

    fn write_list(self, frame: &mut Frame<'_>) -> Result<(), Error> {
        self.write(frame, 0)
    }
}

/// What a host function may return: nothing, a value or a tuple of values, or a `Result` of these.
pub trait WasmRet {
    /// The values.
    #[doc(hidden)]
    type Ok: WasmTyList;

    /// The values, or why there are none.
    #[doc(hidden)]
    fn into_fallible(self) -> Result<Self::Ok, Error>;
}

impl<V: WasmTy> WasmRet for V {
    type Ok = V;

    fn into_fallible(self) -> Result<V, Error> {
        Ok(self)
    }
}

impl<L: WasmTyList> WasmRet for Result<L, Error> {
    type Ok = L;

    fn into_fallible(self) -> Self {
        self
    }
}

/// Closures that can be host functions: up to 16 parameters, perhaps a [`Caller`] before them.
pub trait IntoFunc<T, Params, Results>: Send + Sync + 'static {
    /// The function.
    #[doc(hidden)]
    fn into_func(self) -> HostFunc<T>;
}

macro_rules! tuples {
    ($($param:ident)*) => {
        impl<$($param: WasmTy),*> WasmTyList for ($($param,)*) {
            const TYPES: &'static [ValType] = &[$($param::TYPE),*];

            #[allow(unused_variables, unused_mut, unused_assignments, clippy::unused_unit, reason = "the empty tuple")]
            fn read_list(frame: &Frame<'_>) -> Self {
                let mut slot = 0;
                ($({
                    let at = slot;
                    slot += const { $param::TYPE.slots() };
                    $param::read(frame, at)
                },)*)
            }

            #[allow(unused_variables, unused_mut, unused_assignments, non_snake_case, reason = "the empty tuple; names of types")]
            fn write_list(self, frame: &mut Frame<'_>) -> Result<(), Error> {
                let ($($param,)*) = self;
                let mut slot = 0;
                $(
                    $param.write(frame, slot)?;
                    slot += const { $param::TYPE.slots() };
                )*
                Ok(())
            }
        }

        impl<$($param: WasmTy),*> WasmRet for ($($param,)*) {
            type Ok = Self;

            fn into_fallible(self) -> Result<Self, Error> {
                Ok(self)
            }
        }

        impl<T, F, $($param,)* R> IntoFunc<T, ($($param,)*), R> for F
        where
            F: Fn($($param),*) -> R + Send + Sync + 'static,
            $($param: WasmTy,)*
            R: WasmRet,
        {
            #[allow(non_snake_case, reason = "names of types")]
            fn into_func(self) -> HostFunc<T> {
                IntoFunc::<T, (Caller<'_, T>, $($param,)*), R>::into_func(
                    move |_: Caller<'_, T>, $($param: $param),*| self($($param),*),
                )
            }
        }

        impl<T, F, $($param,)* R> IntoFunc<T, (Caller<'_, T>, $($param,)*), R> for F
        where
            F: Fn(Caller<'_, T>, $($param),*) -> R + Send + Sync + 'static,
            $($param: WasmTy,)*
            R: WasmRet,
        {
            #[allow(non_snake_case, reason = "names of types")]
            fn into_func(self) -> HostFunc<T> {
                let params = <($($param,)*) as WasmTyList>::TYPES.iter().copied();
                let ty = FuncType::new(params, R::Ok::TYPES.iter().copied());
                let call = move |caller: Caller<'_, T>, frame: &mut Frame<'_>| {
                    let ($($param,)*) = <($($param,)*) as WasmTyList>::read_list(frame);
                    self(caller, $($param),*).into_fallible()?.write_list(frame)
                };
                HostFunc { ty, call: Box::new(call) }
            }
        }
    };
}

macro_rules! each_tuple {
    ($($first:ident $($rest:ident)*)?) => {
        tuples!($($first $($rest)*)?);
        $(each_tuple!($($rest)*);)?
    };
}

each_tuple!(P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 P11 P12 P13 P14 P15 P16);
