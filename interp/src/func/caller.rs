//! What a host function sees of its caller.

use crate::{
    engine::Engine,
    error::Error,
    instance::Extern,
    store::{Store, StoreContextMut},
};

/// The store, and the instance that calls, as a host function gets them.
///
/// # Examples
///
/// A function that fills a buffer of its caller and counts how often it was asked:
///
/// ```
/// use ermine::{Caller, Engine, Error, Extern, Linker};
///
/// let mut linker = Linker::<u32>::new(&Engine::default());
/// linker.func_wrap("host", "name", |mut caller: Caller<'_, u32>, at: u32, len: u32| -> Result<u32, Error> {
///     *caller.data_mut() += 1;
///     let memory = caller.get_export("memory").and_then(Extern::into_memory);
///     let memory = memory.ok_or_else(|| Error::new("export the memory as `memory`"))?;
///     let name = &b"ermine"[..6.min(len as usize)];
///     memory.slice_mut(&mut caller, at, name.len())?.copy_from_slice(name);
///     Ok(name.len() as u32)
/// })?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Caller<'a, T> {
    ctx: StoreContextMut<'a, T>,
    /// Nothing if the host itself calls.
    instance: Option<u32>,
}

impl<'a, T> Caller<'a, T> {
    pub(crate) fn new(store: &'a mut Store<T>, instance: Option<u32>) -> Self {
        Self { ctx: StoreContextMut { store }, instance }
    }

    /// The export of the calling instance with this name; nothing if the host itself calls.
    #[must_use]
    pub fn get_export(&self, name: &str) -> Option<Extern> {
        let inner = &self.ctx.store.inner;
        inner.instance(self.instance?)?.export(inner, name)
    }

    /// The host's data.
    #[must_use]
    pub fn data(&self) -> &T {
        self.ctx.store.data()
    }

    /// The host's data.
    pub fn data_mut(&mut self) -> &mut T {
        self.ctx.store.data_mut()
    }

    /// The engine of the store.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        self.ctx.store.engine()
    }

    /// See [`Store::get_fuel`].
    ///
    /// # Errors
    ///
    /// If fuel is not metered.
    pub fn get_fuel(&self) -> Result<u64, Error> {
        self.ctx.store.get_fuel()
    }

    /// See [`Store::set_fuel`].
    ///
    /// # Errors
    ///
    /// If fuel is not metered.
    pub fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        self.ctx.store.set_fuel(fuel)
    }

    pub(crate) fn context(&self) -> &StoreContextMut<'a, T> {
        &self.ctx
    }

    pub(crate) fn context_mut(&mut self) -> &mut StoreContextMut<'a, T> {
        &mut self.ctx
    }

    pub(crate) fn instance(&self) -> Option<u32> {
        self.instance
    }
}
