//! Modules, and modules on their way to another thread.

use std::cell::RefCell;
use std::mem::MaybeUninit;
use std::rc::Rc;

use ermine::{Engine, Error, Module};

use crate::boundary::{Env, discard, guard, guard_out};
use crate::home::Home;
use crate::object::{Object, Same, Which};
use crate::runtime::StoreHandle;
use crate::types::{ExportType, ExternType, ImportType};
use crate::vector::{Bytes, Own, Vector};

/// A module of a store, shared by its handles.
#[derive(Debug)]
pub struct SharedModule {
    /// The module.
    pub module: Module,
    /// What C attached.
    pub info: RefCell<Option<Env>>,
}

/// `wasm_shared_module_t`: what can be sent to other threads.
#[derive(Debug)]
pub struct Shared(Module);

/// A handle on a module.
pub fn handle(home: &Rc<Home>, module: Module) -> Box<Object> {
    Object::new(home, Which::Module(Same(Rc::new(SharedModule { module, info: RefCell::default() }))))
}

/// The module of a handle, if it is one of a module.
pub fn module_of(object: Option<&Object>) -> Option<&Module> {
    if let Which::Module(module) = &object?.which { Some(&module.0.module) } else { None }
}

/// From wasm, where this build translates, or from an image.
pub fn load(engine: &Engine, bytes: &[u8]) -> Result<Module, Error> {
    if Engine::detect_precompiled(bytes).is_some() {
        return Module::deserialize(engine, bytes);
    }
    translated::load(engine, bytes)
}

/// The module as an image.
pub fn image(module: &Module) -> Result<Vec<u8>, Error> {
    translated::image(module)
}

/// What takes validator and translator.
#[cfg(feature = "translate")]
mod translated {
    use super::{Engine, Error, Module};

    pub(super) fn load(engine: &Engine, bytes: &[u8]) -> Result<Module, Error> {
        Module::new(engine, bytes)
    }

    pub(super) fn is_valid(engine: &Engine, bytes: &[u8]) -> bool {
        Module::validate(engine, bytes).is_ok()
    }

    pub(super) fn image(module: &Module) -> Result<Vec<u8>, Error> {
        module.serialize()
    }
}

/// The same without: images alone.
#[cfg(not(feature = "translate"))]
mod translated {
    use super::{Engine, Error, Module};

    pub(super) fn load(_: &Engine, _: &[u8]) -> Result<Module, Error> {
        Err(Error::new("this build loads images only; make one with `ermine compile`"))
    }

    pub(super) fn is_valid(_: &Engine, _: &[u8]) -> bool {
        false
    }

    /// A module of this build came from an image.
    pub(super) fn image(module: &Module) -> Result<Vec<u8>, Error> {
        Ok(module.wasm().to_vec())
    }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_new(store: Option<&StoreHandle>, binary: Option<&Bytes>) -> Own<Object> {
    guard(None, || {
        let store = store?;
        let module = translated::load(&store.engine()?, binary?.bytes()).ok()?;
        Some(Some(handle(&store.home, module)))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_validate(store: Option<&StoreHandle>, binary: Option<&Bytes>) -> bool {
    guard(false, || Some(translated::is_valid(&store?.engine()?, binary?.bytes())))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_imports(module: Option<&Object>, out: Option<&mut MaybeUninit<Vector<Own<ImportType>>>>) {
    guard_out(out, Vector::empty(), || {
        let imports = module_of(module)?.imports().map(|import| {
            let (module, name) = (Bytes::of(import.module().as_bytes()), Bytes::of(import.name().as_bytes()));
            Some(Box::new(ImportType { module, name, ty: Some(Box::new(ExternType::from(import.ty()))) }))
        });
        Some(Vector::new(imports.collect()))
    });
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_exports(module: Option<&Object>, out: Option<&mut MaybeUninit<Vector<Own<ExportType>>>>) {
    guard_out(out, Vector::empty(), || {
        let exports = module_of(module)?.exports().map(|export| {
            let name = Bytes::of(export.name().as_bytes());
            Some(Box::new(ExportType { name, ty: Some(Box::new(ExternType::from(export.ty()))) }))
        });
        Some(Vector::new(exports.collect()))
    });
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_serialize(module: Option<&Object>, out: Option<&mut MaybeUninit<Bytes>>) {
    guard_out(out, Vector::empty(), || Some(Bytes::of(&image(module_of(module)?).ok()?)));
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_deserialize(store: Option<&StoreHandle>, image: Option<&Bytes>) -> Own<Object> {
    guard(None, || {
        let store = store?;
        let module = Module::deserialize(&store.engine()?, image?.bytes()).ok()?;
        Some(Some(handle(&store.home, module)))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_share(module: Option<&Object>) -> Own<Shared> {
    guard(None, || Some(Some(Box::new(Shared(module_of(module)?.clone())))))
}

#[unsafe(no_mangle)]
extern "C" fn wasm_module_obtain(store: Option<&StoreHandle>, shared: Option<&Shared>) -> Own<Object> {
    guard(None, || {
        let (store, Shared(module)) = (store?, shared?);
        let fits = Engine::same(&store.engine()?, module.engine());
        Some(fits.then(|| handle(&store.home, module.clone())))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_shared_module_delete(shared: Own<Shared>) {
    discard(shared);
}
