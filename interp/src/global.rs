//! Global variables, as the host handles them.

use crate::{
    error::{Error, ErrorKind},
    store::{AsContext, AsContextMut, Handle},
    types::{GlobalType, Mutability, ValType},
    value::Val,
};

/// A global variable of a [`Store`](crate::Store).
///
/// # Examples
///
/// ```
/// use ermine::{Engine, Global, Mutability, Store, Val};
///
/// let mut store = Store::new(&Engine::default(), ());
/// let global = Global::new(&mut store, Val::I32(1), Mutability::Var);
/// global.set(&mut store, Val::I32(2))?;
/// assert_eq!(global.get(&store).i32(), Some(2));
/// assert!(global.set(&mut store, Val::I64(2)).is_err());
/// # Ok::<(), ermine::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Global(pub(crate) Handle);

impl Global {
    /// A global with this value.
    ///
    /// If the value is a reference of another store, or the store has too many globals, the handle belongs to no store: each
    /// use of it is an error.
    pub fn new(mut ctx: impl AsContextMut, value: Val, mutability: Mutability) -> Self {
        let inner = &mut ctx.as_context_mut().store.inner;
        let ty = GlobalType::new(value.ty(), mutability);
        let index = inner.value_bits(value).and_then(|bits| inner.add_global(ty, bits));
        Self(index.map_or(Handle::foreign(), |index| inner.handle(index)))
    }

    /// Its type. For a foreign handle: a constant `i32`.
    pub fn ty(&self, ctx: impl AsContext) -> GlobalType {
        let inner = &ctx.as_context().store.inner;
        inner.global_by(self.0).map_or(GlobalType::new(ValType::I32, Mutability::Const), |global| global.ty)
    }

    /// Its value. For a foreign handle: `i32` zero.
    pub fn get(&self, ctx: impl AsContext) -> Val {
        let inner = &ctx.as_context().store.inner;
        inner.global_by(self.0).map_or(Val::I32(0), |global| inner.value(*global.cell.get(), global.ty.content()))
    }

    /// Changes its value.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ImmutableGlobal`] or [`ErrorKind::ValueType`].
    pub fn set(&self, mut ctx: impl AsContextMut, value: Val) -> Result<(), Error> {
        let inner = &mut ctx.as_context_mut().store.inner;
        let bits = inner.value_bits(value)?;
        let global = inner.global_by_mut(self.0)?;
        if global.ty.mutability().is_const() {
            return Err(ErrorKind::ImmutableGlobal.into());
        }
        if global.ty.content() != value.ty() {
            return Err(ErrorKind::ValueType.into());
        }
        *global.cell.get_mut() = bits;
        Ok(())
    }
}
