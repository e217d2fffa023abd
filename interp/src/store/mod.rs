//! A store: the owner of everything that instances are made of, and of the host's own data.
//!
//! [`Store<T>`] is a thin shell. All that does not depend on `T` is in [`StoreInner`], so that the driver and the slow paths
//! are compiled once, in this crate, and not again for each embedder's type.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::{
    fmt,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

pub(crate) mod buffer;
mod context;
#[cfg(feature = "count")]
mod counting;
#[cfg_attr(not(feature = "count"), path = "counts_off.rs")]
mod counts;
pub(crate) mod entities;
mod id;
mod inner;
mod limiter;
pub(crate) mod stable;

pub use self::{
    context::{AsContext, AsContextMut, StoreContext, StoreContextMut},
    limiter::{LimiterError, ResourceLimiter, StoreLimits, StoreLimitsBuilder},
};
pub(crate) use self::{
    entities::{GrowError, LimiterRef},
    id::{Handle, StoreId},
    inner::{FuncHome, Stack, StackSpan, StoreFunc, StoreInner},
};
use crate::{
    engine::Engine,
    error::{Error, ErrorKind},
    exec::ctx::FuncRecord,
    func::HostFunc,
    limits::Bound,
};

/// Owns instances, memories, tables, globals, functions and host objects, and the host's data of type `T`.
///
/// What is made in a store lives until the store is dropped. One store is one trust domain: its instances may be linked with
/// each other in any way, but nothing passes between stores.
///
/// # Examples
///
/// ```
/// use ermine::{Engine, Store};
///
/// let mut store = Store::new(&Engine::default(), vec![1, 2]);
/// store.data_mut().push(3);
/// assert_eq!(store.into_data(), [1, 2, 3]);
/// ```
pub struct Store<T> {
    pub(crate) inner: StoreInner,
    typed: Typed<T>,
}

/// The part of a store that knows the host's data.
struct Typed<T> {
    data: T,
    /// Never shrinks and never replaces an entry (invariant 10).
    host_funcs: Vec<Arc<HostFunc<T>>>,
    limiter: Option<Box<LimiterQuery<T>>>,
}

/// Finds the limiter in the host's data.
type LimiterQuery<T> = dyn (FnMut(&mut T) -> &mut dyn ResourceLimiter) + Send + Sync;

impl<T> Store<T> {
    /// An empty store.
    pub fn new(engine: &Engine, data: T) -> Self {
        Self { inner: StoreInner::new(engine), typed: Typed { data, host_funcs: Vec::new(), limiter: None } }
    }

    /// The engine that this store was made with.
    pub fn engine(&self) -> &Engine {
        self.inner.engine()
    }

    /// The host's data.
    pub fn data(&self) -> &T {
        &self.typed.data
    }

    /// The host's data.
    pub fn data_mut(&mut self) -> &mut T {
        &mut self.typed.data
    }

    /// Drops the store but keeps the host's data.
    pub fn into_data(self) -> T {
        self.typed.data
    }

    /// Installs a limiter, which is asked when memories and tables are made and grown.
    ///
    /// The closure finds it in the host's data.
    pub fn limiter(&mut self, limiter: impl (FnMut(&mut T) -> &mut dyn ResourceLimiter) + Send + Sync + 'static) {
        self.typed.limiter = Some(Box::new(limiter));
    }

    /// The fuel that is left. It is exact whenever the host runs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::FuelDisabled`] unless [`Config::consume_fuel`](crate::Config::consume_fuel) is on.
    pub fn get_fuel(&self) -> Result<u64, Error> {
        if !self.engine().config().consume_fuel {
            return Err(ErrorKind::FuelDisabled.into());
        }
        Ok(self.inner.fuel)
    }

    /// Sets the fuel that guests may use from now on. A new store has none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::FuelDisabled`] unless [`Config::consume_fuel`](crate::Config::consume_fuel) is on.
    ///
    /// # Examples
    ///
    /// ```
    /// use ermine::{Config, Engine, Store};
    ///
    /// let mut config = Config::default();
    /// config.consume_fuel(true);
    /// let mut store = Store::new(&Engine::new(&config), ());
    /// store.set_fuel(1_000_000)?;
    /// assert_eq!(store.get_fuel()?, 1_000_000);
    /// # Ok::<(), ermine::Error>(())
    /// ```
    pub fn set_fuel(&mut self, fuel: u64) -> Result<(), Error> {
        if !self.engine().config().consume_fuel {
            return Err(ErrorKind::FuelDisabled.into());
        }
        self.inner.fuel = fuel;
        Ok(())
    }

    /// A handle by which another thread can stop the guests of this store.
    ///
    /// It works where [`Config::interruptible`](crate::Config::interruptible) or
    /// [`Config::consume_fuel`](crate::Config::consume_fuel) is on.
    pub fn interrupt_handle(&self) -> InterruptHandle {
        self.inner.interrupt.clone()
    }

    /// Wasm operators executed so far, where [`Config::count_operators`](crate::Config::count_operators) is on.
    #[doc(hidden)]
    pub fn operators(&self) -> u64 {
        self.inner.operators
    }

    /// Bytes of the store's value stack that calls have written to, at least: up to the last that is not zero. Looks through the whole stack.
    #[doc(hidden)]
    pub fn stack_used(&self) -> usize {
        self.inner.stack_used()
    }

    /// The parts that growing needs: the entities, and the limiter if there is one.
    pub(crate) fn inner_and_limiter(&mut self) -> (&mut StoreInner, LimiterRef<'_>) {
        let Typed { data, limiter, .. } = &mut self.typed;
        let limiter = limiter.as_mut().map(|limiter| limiter(data));
        (&mut self.inner, limiter)
    }

    /// The entities and the host's data, side by side.
    pub(crate) fn inner_and_data(&mut self) -> (&mut StoreInner, &mut T) {
        (&mut self.inner, &mut self.typed.data)
    }

    /// Checks that one more of something still fits the limiter's bound.
    pub(crate) fn check_count(
        &mut self,
        bound: Bound,
        have: fn(&StoreInner) -> usize,
        limit: fn(&dyn ResourceLimiter) -> usize,
    ) -> Result<(), Error> {
        let (inner, limiter) = self.inner_and_limiter();
        match limiter.map(|limiter| limit(limiter)) {
            Some(limit) if have(inner) >= limit => Err(Error::limit(bound, limit as u64)),
            _ => Ok(()),
        }
    }

    /// Adds a function that the host defines and gives its number.
    pub(crate) fn add_host_func(&mut self, func: Arc<HostFunc<T>>) -> Result<u32, Error> {
        let host = u32::try_from(self.typed.host_funcs.len()).map_err(|_| ErrorKind::OutOfMemory)?;
        let type_id = self.inner.types.intern(func.ty());
        let home = FuncHome { entry: core::ptr::null(), instance: FuncHome::HOST, number: host };
        let index = self.inner.add_func(FuncRecord { offset: 0, type_id }, home)?;
        self.typed.host_funcs.push(func);
        Ok(index)
    }

    /// The host function of this number.
    pub(crate) fn host_func(&self, host: u32) -> Option<&Arc<HostFunc<T>>> {
        self.typed.host_funcs.get(usize::try_from(host).ok()?)
    }
}

impl<T: Default> Default for Store<T> {
    fn default() -> Self {
        Self::new(&Engine::default(), T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Store<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").field("data", &self.typed.data).finish_non_exhaustive()
    }
}

/// Stops the guests of one store from any thread.
///
/// # Examples
///
#[cfg_attr(feature = "translate", doc = "```")]
#[cfg_attr(not(feature = "translate"), doc = "```ignore")]
/// use ermine::{Config, Engine, Instance, Module, Store, Trap};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut config = Config::default();
/// config.interruptible(true);
/// let engine = Engine::new(&config);
/// let wasm = wat::parse_str("(module (func (export \"spin\") (loop (br 0))))")?;
/// let module = Module::new(&engine, &wasm)?;
/// let mut store = Store::new(&engine, ());
/// let instance = Instance::new(&mut store, &module, &[])?;
/// let handle = store.interrupt_handle();
/// let timer = std::thread::spawn(move || handle.interrupt());
/// let spin = instance.get_typed_func::<(), ()>(&store, "spin")?;
/// let error = spin.call(&mut store, ()).unwrap_err();
/// assert_eq!(error.as_trap_code(), Some(Trap::Interrupt));
/// # timer.join().unwrap();
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub struct InterruptHandle {
    shared: Arc<Shared>,
}

/// What a store shares with handles and with suspended calls: in one allocation.
#[derive(Debug, Default)]
struct Shared {
    /// Whether an interrupt waits.
    interrupt: AtomicBool,
    /// Bytes of all value stacks of the store.
    stack_bytes: AtomicUsize,
}

impl InterruptHandle {
    /// Stops the guest that runs, or the next one that is called, once: [`Trap::Interrupt`](crate::Trap::Interrupt).
    pub fn interrupt(&self) {
        self.shared.interrupt.store(true, Ordering::Release);
    }

    /// Takes an interrupt back that no guest has seen yet.
    pub fn clear(&self) {
        self.shared.interrupt.store(false, Ordering::Release);
    }

    /// Whether an interrupt waits for a guest to see it.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.shared.interrupt.load(Ordering::Acquire)
    }

    /// Bytes of all value stacks of the store.
    fn stack_bytes(&self) -> &AtomicUsize {
        &self.shared.stack_bytes
    }

    /// Sees an interrupt: it is gone afterwards.
    pub(crate) fn take(&self) -> bool {
        // Load first: the common case should not write to a line that other threads read.
        self.shared.interrupt.load(Ordering::Relaxed) && self.shared.interrupt.swap(false, Ordering::AcqRel)
    }
}
