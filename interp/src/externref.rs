//! Host objects that guests can hold on to, but not look into.

use alloc::boxed::Box;
use core::any::Any;

use crate::{
    error::Error,
    store::{AsContextMut, Handle, StoreContext},
};

/// A host object in a [`Store`](crate::Store), as guests see it: an `externref`.
///
/// The object lives until the store is dropped; [`Limits::host_objects`](crate::Limits::host_objects) bounds how many there may
/// be.
///
/// # Examples
///
/// ```
/// use ermine::{Engine, ExternRef, Store};
///
/// let mut store = Store::new(&Engine::default(), ());
/// let object = ExternRef::new(&mut store, String::from("hello"));
/// assert_eq!(object.data(&store).downcast_ref::<String>().unwrap(), "hello");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExternRef(pub(crate) Handle);

impl ExternRef {
    /// Moves an object into the store.
    ///
    /// If the store has as many objects as its limit allows, the handle belongs to no store: each use of it is an error.
    /// [`ExternRef::try_new`] says so at once.
    pub fn new<O: Any + Send + Sync>(ctx: impl AsContextMut, object: O) -> Self {
        Self::try_new(ctx, object).unwrap_or(Self(Handle::foreign()))
    }

    /// Moves an object into the store.
    ///
    /// # Errors
    ///
    /// If the store has as many objects as its limit allows.
    pub fn try_new<O: Any + Send + Sync>(mut ctx: impl AsContextMut, object: O) -> Result<Self, Error> {
        let inner = &mut ctx.as_context_mut().store.inner;
        let index = inner.add_object(Box::new(object))?;
        Ok(Self(inner.handle(index)))
    }

    /// The object. For a handle that is not of this store, or a reference that a guest made up: the unit value.
    pub fn data<'a, T: 'a>(&self, ctx: impl Into<StoreContext<'a, T>>) -> &'a dyn Any {
        match ctx.into().store.inner.object_by(self.0) {
            Ok(object) => object,
            Err(_) => &(),
        }
    }
}
