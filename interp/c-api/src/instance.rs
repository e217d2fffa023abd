//! Instances.

use std::mem::MaybeUninit;
use std::rc::Rc;

use ermine::{Error, ErrorKind, Extern, Instance};

use crate::boundary::{guard, guard_out};
use crate::external::item;
use crate::home::Home;
use crate::module::module_of;
use crate::object::{Object, Which, copied};
use crate::runtime::StoreHandle;
use crate::trap;
use crate::vector::{Own, Vector};

type Externs = Vector<Own<Object>>;

/// The engine's item of an import.
///
/// # Errors
///
/// If it is null, of another store, or can be no import.
pub fn imported(home: &Rc<Home>, import: &Own<Object>) -> Result<Extern, Error> {
    let object = import.as_deref().ok_or_else(|| Error::new("an import is null; give what the module asks for"))?;
    if !Rc::ptr_eq(home, &object.home) {
        return Err(ErrorKind::ForeignHandle.into());
    }
    item(object).ok_or_else(|| Error::new("an import must be a function, global, table or memory"))
}

/// Instantiates a module and runs its start function. `module` is a copy of the handle: callbacks may delete C's.
pub fn instantiate(home: &Rc<Home>, module: &Object, imports: *const Externs) -> Result<Box<Object>, Error> {
    let module = module_of(Some(module)).ok_or_else(|| Error::new("this is no module; instantiate one"))?;
    // SAFETY: promise C1: it is null or a vector of handles.
    let imports = unsafe { imports.as_ref() }.map_or(&[][..], Vector::as_slice);
    let imports = imports.iter().map(|import| imported(home, import)).collect::<Result<Vec<_>, _>>()?;
    let instance = home.try_with(|ctx| Instance::new(ctx, module, &imports))?;
    Ok(Object::new(home, Which::Instance(instance)))
}

/// A start function may call back, and a callback may delete what this was called with: handles are copied first.
#[unsafe(no_mangle)]
extern "C" fn wasm_instance_new(
    store: *const StoreHandle,
    module: *const Object,
    imports: *const Externs,
    trap: *mut Own<Object>,
) -> Own<Object> {
    guard(None, || {
        trap::give(trap, None);
        // SAFETY: promise C1: it is null or a live store.
        let home = Rc::clone(&unsafe { store.as_ref() }?.home);
        let module = copied(module)?;
        match instantiate(&home, &module, imports) {
            Ok(instance) => Some(Some(instance)),
            Err(error) => {
                trap::give(trap, Some(trap::trap(&home, &error)));
                None
            }
        }
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_instance_exports(object: Option<&Object>, out: Option<&mut MaybeUninit<Externs>>) {
    guard_out(out, Vector::empty(), || {
        let object = object?;
        let Which::Instance(instance) = object.which else { return None };
        let items =
            object.home.with(|ctx| instance.exports(&ctx).map(|export| export.into_extern()).collect::<Vec<_>>())?;
        Some(Vector::new(items.into_iter().map(|item| Some(Object::new(&object.home, item.into()))).collect()))
    });
}
