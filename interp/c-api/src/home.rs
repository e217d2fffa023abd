//! Where a store lives, and the one way to it.
//!
//! C has any number of handles on a store and may use each at any time: also while the store runs a guest that called back. Rust allows one exclusive borrow. So the
//! store is given out for the length of one operation ([`Home::with`]); when the engine calls C, the `Caller` it gives for the callback is lent to the
//! operations that the callback makes ([`Home::lend`]), which go through it and so through the borrow that is in force. What would overlap gets nothing.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use ermine::{AsContextMut, Caller, Error, ExternRef, InterruptHandle, Store, StoreContextMut, StoreLimits};

use crate::beyond::wasi::Grants;
use crate::boundary::{Env, OneThread};
use crate::object::Which;

/// What a store carries for this library.
#[derive(Debug)]
pub struct Data {
    /// The home that the store is in.
    pub home: Weak<Home>,
    /// Bounds beside those of the engine.
    pub limits: StoreLimits,
    /// What stops the store's guests.
    pub interrupt: InterruptHandle,
    /// What guests are granted.
    #[cfg_attr(not(feature = "wasi"), allow(dead_code, reason = "there is nothing to be granted"))]
    pub wasi: Grants,
}

/// Who may use the store now.
#[derive(Debug, Clone, Copy)]
enum Current {
    /// Whoever asks.
    Free,
    /// Whoever asks, through this.
    Lent(*mut Caller<'static, Data>),
    /// Nobody else.
    Taken,
}

/// A store and what C attached to its objects.
#[derive(Debug)]
pub struct Home {
    current: Cell<Current>,
    store: UnsafeCell<Store<Data>>,
    /// References to what are not foreign objects, made once for each.
    held: RefCell<HashMap<Which, ExternRef>>,
    /// What C attached to objects that live as long as the store. Goes last: finalizers may look at nothing of the store.
    infos: RefCell<HashMap<Which, Env>>,
}

/// An object that a guest holds as an `externref`.
type Held = OneThread<Which>;

/// Puts back who could use the store before.
struct Restore<'a>(&'a Home, Current);

impl Drop for Restore<'_> {
    fn drop(&mut self) {
        self.0.current.set(self.1);
    }
}

impl Home {
    /// A home for this store, made by a function that is told where.
    pub fn new(make: impl FnOnce(Weak<Self>) -> Store<Data>) -> Rc<Self> {
        Rc::new_cyclic(|home| Self {
            current: Cell::new(Current::Free),
            store: UnsafeCell::new(make(home.clone())),
            held: RefCell::default(),
            infos: RefCell::default(),
        })
    }

    /// Uses the store. Nothing if somebody else does.
    pub fn with<R>(&self, use_it: impl FnOnce(StoreContextMut<'_, Data>) -> R) -> Option<R> {
        let restore = Restore(self, self.current.replace(Current::Taken));
        match restore.1 {
            // SAFETY: promise C6: nobody else uses the store until `restore` is dropped.
            Current::Free => Some(use_it(unsafe { &mut *self.store.get() }.as_context_mut())),
            // SAFETY: promise C6: the caller is lent until `lend` returns, and nobody else uses it until `restore` is dropped.
            Current::Lent(caller) => Some(use_it(unsafe { &mut *caller }.as_context_mut())),
            Current::Taken => None,
        }
    }

    /// The same for what can fail.
    ///
    /// # Errors
    ///
    /// Those of `use_it`, and one if the store is in use.
    pub fn try_with<R>(&self, use_it: impl FnOnce(StoreContextMut<'_, Data>) -> Result<R, Error>) -> Result<R, Error> {
        self.with(use_it)
            .unwrap_or_else(|| Err(Error::new("the store is in use; wait until what uses it has returned")))
    }

    /// Runs code that may use the store through this caller.
    pub fn lend<R>(&self, caller: &mut Caller<'_, Data>, run: impl FnOnce() -> R) -> R {
        let caller: *mut Caller<'_, Data> = caller;
        let _restore = Restore(self, self.current.replace(Current::Lent(caller.cast())));
        run()
    }

    /// Attaches something to an object that lives as long as the store. What was attached before is finalized.
    pub fn set_info(&self, which: Which, info: Env) {
        let before = self.infos.borrow_mut().insert(which, info);
        // The borrow is over: a finalizer may attach something.
        drop(before);
    }

    /// What is attached to an object.
    pub fn info(&self, which: &Which) -> Option<*mut std::ffi::c_void> {
        self.infos.borrow().get(which).map(Env::data)
    }

    /// The reference by which guests hold an object: the same one each time.
    ///
    /// # Errors
    ///
    /// If the store has as many host objects as it may.
    pub fn hold(&self, which: &Which) -> Result<ExternRef, Error> {
        if let Which::Foreign(object) = which {
            return Ok(*object);
        }
        if let Some(held) = self.held.borrow().get(which) {
            return Ok(*held);
        }
        let held: Held = OneThread(which.clone());
        let object = self.try_with(|ctx| ExternRef::try_new(ctx, held))?;
        self.held.borrow_mut().insert(which.clone(), object);
        Ok(object)
    }

    /// The object that a guest holds.
    pub fn held(&self, object: ExternRef) -> Which {
        let which = self.with(|ctx| object.data(&ctx).downcast_ref::<Held>().map(|held| held.0.clone()));
        which.flatten().unwrap_or(Which::Foreign(object))
    }
}
