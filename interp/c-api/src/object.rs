//! Handles: `wasm_ref_t` and everything that is one.
//!
//! One Rust type stands for all of them, so that a cast hands the same pointer on. It looks at the kind first: what is of another kind casts to null.

use std::ffi::c_void;
use std::hash::{Hash, Hasher};
use std::ptr;
use std::rc::Rc;

use ermine::{ExternRef, Func, Global, Instance, Memory, Table};

use crate::boundary::{Env, Finalizer, discard, guard};
use crate::home::Home;
use crate::module::SharedModule;
use crate::trap::TrapData;

/// A handle on something of a store.
#[derive(Debug, Clone)]
pub struct Object {
    /// The store.
    pub home: Rc<Home>,
    /// What it is.
    pub which: Which,
}

/// What a handle is on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Which {
    /// A function.
    Func(Func),
    /// A global.
    Global(Global),
    /// A table.
    Table(Table),
    /// A memory.
    Memory(Memory),
    /// An instance.
    Instance(Instance),
    /// An object that has nothing but its identity.
    Foreign(ExternRef),
    /// A module, which lives as long as its handles.
    Module(Same<SharedModule>),
    /// A trap, which lives as long as its handles.
    Trap(Same<TrapData>),
}

/// Shared, and equal to itself only.
#[derive(Debug)]
pub struct Same<T>(pub Rc<T>);

impl<T> Clone for Same<T> {
    fn clone(&self) -> Self {
        Self(Rc::clone(&self.0))
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Eq for Same<T> {}

impl<T> Hash for Same<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Rc::as_ptr(&self.0).hash(state);
    }
}

impl Object {
    /// A new handle.
    pub fn new(home: &Rc<Home>, which: Which) -> Box<Self> {
        Box::new(Self { home: Rc::clone(home), which })
    }

    /// Whether both are of one store and are the same thing.
    pub fn same(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.home, &other.home) && self.which == other.which
    }

    fn set_info(&self, info: Env) {
        match &self.which {
            Which::Module(module) => drop(module.0.info.replace(Some(info))),
            Which::Trap(trap) => drop(trap.0.info.replace(Some(info))),
            which => self.home.set_info(which.clone(), info),
        }
    }

    fn info(&self) -> Option<*mut c_void> {
        match &self.which {
            Which::Module(module) => module.0.info.borrow().as_ref().map(Env::data),
            Which::Trap(trap) => trap.0.info.borrow().as_ref().map(Env::data),
            which => self.home.info(which),
        }
    }
}

/// A copy of the handle behind a pointer: for entries that run code of the embedder's.
pub fn copied(object: *const Object) -> Option<Object> {
    // SAFETY: promise C1: it is null or a live handle.
    unsafe { object.as_ref() }.cloned()
}

/// The pointer itself, if what it points to is of the right kind.
pub fn cast(object: *mut Object, is: fn(&Which) -> bool) -> *mut Object {
    // SAFETY: promise C1: it is null or a live handle.
    let fits = unsafe { object.as_ref() }.is_some_and(|object| is(&object.which));
    if fits { object } else { ptr::null_mut() }
}

/// Attaches `info` to the object of a handle. A finalizer may delete that handle.
fn attach(object: *const Object, data: *mut c_void, finalizer: Option<Finalizer>) {
    guard((), || {
        copied(object)?.set_info(Env::new(data, finalizer));
        Some(())
    });
}

/// What every kind of handle has.
macro_rules! handles {
    ($($delete:ident $copy:ident $same:ident $get:ident $set:ident $set_finalized:ident)*) => {$(
        #[unsafe(no_mangle)]
        pub extern "C" fn $delete(object: Option<Box<Object>>) {
            discard(object);
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $copy(object: Option<&Object>) -> Option<Box<Object>> {
            guard(None, || Some(object.cloned().map(Box::new)))
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $same(a: Option<&Object>, b: Option<&Object>) -> bool {
            guard(a.is_none() && b.is_none(), || Some(a?.same(b?)))
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $get(object: Option<&Object>) -> *mut c_void {
            guard(ptr::null_mut(), || object?.info())
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $set(object: *mut Object, data: *mut c_void) {
            attach(object, data, None);
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $set_finalized(object: *mut Object, data: *mut c_void, finalizer: Option<Finalizer>) {
            attach(object, data, finalizer);
        }
    )*};
}

handles! {
    wasm_ref_delete wasm_ref_copy wasm_ref_same wasm_ref_get_host_info wasm_ref_set_host_info wasm_ref_set_host_info_with_finalizer
    wasm_func_delete wasm_func_copy wasm_func_same wasm_func_get_host_info wasm_func_set_host_info wasm_func_set_host_info_with_finalizer
    wasm_global_delete wasm_global_copy wasm_global_same wasm_global_get_host_info wasm_global_set_host_info wasm_global_set_host_info_with_finalizer
    wasm_table_delete wasm_table_copy wasm_table_same wasm_table_get_host_info wasm_table_set_host_info wasm_table_set_host_info_with_finalizer
    wasm_memory_delete wasm_memory_copy wasm_memory_same wasm_memory_get_host_info wasm_memory_set_host_info wasm_memory_set_host_info_with_finalizer
    wasm_extern_delete wasm_extern_copy wasm_extern_same wasm_extern_get_host_info wasm_extern_set_host_info wasm_extern_set_host_info_with_finalizer
    wasm_instance_delete wasm_instance_copy wasm_instance_same wasm_instance_get_host_info wasm_instance_set_host_info wasm_instance_set_host_info_with_finalizer
    wasm_foreign_delete wasm_foreign_copy wasm_foreign_same wasm_foreign_get_host_info wasm_foreign_set_host_info wasm_foreign_set_host_info_with_finalizer
    wasm_module_delete wasm_module_copy wasm_module_same wasm_module_get_host_info wasm_module_set_host_info wasm_module_set_host_info_with_finalizer
    wasm_trap_delete wasm_trap_copy wasm_trap_same wasm_trap_get_host_info wasm_trap_set_host_info wasm_trap_set_host_info_with_finalizer
}

/// Up to a more general kind, which always fits, and down to a narrower one, which is looked at; for pointers to mutable and to constant handles.
macro_rules! casts {
    ($($kind:pat => $up:ident $up_const:ident $down:ident $down_const:ident)*) => {$(
        #[unsafe(no_mangle)]
        pub extern "C" fn $up(object: *mut Object) -> *mut Object {
            object
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $up_const(object: *const Object) -> *const Object {
            object
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $down(object: *mut Object) -> *mut Object {
            cast(object, |which| matches!(which, $kind))
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $down_const(object: *const Object) -> *const Object {
            cast(object.cast_mut(), |which| matches!(which, $kind))
        }
    )*};
}

casts! {
    Which::Func(_) => wasm_func_as_ref wasm_func_as_ref_const wasm_ref_as_func wasm_ref_as_func_const
    Which::Global(_) => wasm_global_as_ref wasm_global_as_ref_const wasm_ref_as_global wasm_ref_as_global_const
    Which::Table(_) => wasm_table_as_ref wasm_table_as_ref_const wasm_ref_as_table wasm_ref_as_table_const
    Which::Memory(_) => wasm_memory_as_ref wasm_memory_as_ref_const wasm_ref_as_memory wasm_ref_as_memory_const
    Which::Instance(_) => wasm_instance_as_ref wasm_instance_as_ref_const wasm_ref_as_instance wasm_ref_as_instance_const
    Which::Foreign(_) => wasm_foreign_as_ref wasm_foreign_as_ref_const wasm_ref_as_foreign wasm_ref_as_foreign_const
    Which::Module(_) => wasm_module_as_ref wasm_module_as_ref_const wasm_ref_as_module wasm_ref_as_module_const
    Which::Trap(_) => wasm_trap_as_ref wasm_trap_as_ref_const wasm_ref_as_trap wasm_ref_as_trap_const
    Which::Func(_) | Which::Global(_) | Which::Table(_) | Which::Memory(_) =>
        wasm_extern_as_ref wasm_extern_as_ref_const wasm_ref_as_extern wasm_ref_as_extern_const
    Which::Func(_) => wasm_func_as_extern wasm_func_as_extern_const wasm_extern_as_func wasm_extern_as_func_const
    Which::Global(_) => wasm_global_as_extern wasm_global_as_extern_const wasm_extern_as_global wasm_extern_as_global_const
    Which::Table(_) => wasm_table_as_extern wasm_table_as_extern_const wasm_extern_as_table wasm_extern_as_table_const
    Which::Memory(_) => wasm_memory_as_extern wasm_memory_as_extern_const wasm_extern_as_memory wasm_extern_as_memory_const
}
