//! Globals.

use std::mem::MaybeUninit;

use ermine::Global;

use crate::boundary::{guard, guard_out};
use crate::object::{Object, Which};
use crate::runtime::StoreHandle;
use crate::types::ExternType;
use crate::value::Value;
use crate::vector::Own;

fn global_of(object: &Object) -> Option<Global> {
    if let Which::Global(global) = object.which { Some(global) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_global_new(
    store: Option<&StoreHandle>,
    ty: Option<&ExternType>,
    value: Option<&Value>,
) -> Own<Object> {
    guard(None, || {
        let (home, ty) = (&store?.home, ty?.global()?);
        let val = value?.to_val(home, ty.content()).ok()?;
        let global = home.with(|ctx| Global::new(ctx, val, ty.mutability()))?;
        Some(Some(Object::new(home, Which::Global(global))))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_global_type(object: Option<&Object>) -> Own<ExternType> {
    guard(None, || {
        let global = global_of(object?)?;
        let ty = object?.home.with(|ctx| global.ty(&ctx))?;
        Some(Some(Box::new(ExternType::from(&ty.into()))))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_global_get(object: Option<&Object>, out: Option<&mut MaybeUninit<Value>>) {
    guard_out(out, Value::default(), || {
        let global = global_of(object?)?;
        let val = object?.home.with(|ctx| global.get(&ctx))?;
        Some(Value::new(&object?.home, val))
    });
}

#[unsafe(no_mangle)]
extern "C" fn wasm_global_set(object: Option<&Object>, value: Option<&Value>) {
    guard((), || {
        let (home, global) = (&object?.home, global_of(object?)?);
        let ty = home.with(|ctx| global.ty(&ctx))?;
        let val = value?.to_val(home, ty.content()).ok()?;
        home.with(|ctx| global.set(ctx, val))?.ok()
    });
}
