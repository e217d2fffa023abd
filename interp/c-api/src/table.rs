//! Tables.

use ermine::Table;

use crate::boundary::guard;
use crate::object::{Object, Which};
use crate::runtime::StoreHandle;
use crate::types::ExternType;
use crate::value::{reference, referenced};
use crate::vector::Own;

fn table_of(object: &Object) -> Option<Table> {
    if let Which::Table(table) = object.which { Some(table) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_new(
    store: Option<&StoreHandle>,
    ty: Option<&ExternType>,
    init: Option<&Object>,
) -> Own<Object> {
    guard(None, || {
        let (home, ty) = (&store?.home, ty?.table()?);
        let init = reference(home, init, ty.element()).ok()?;
        let table = home.with(|ctx| Table::new(ctx, ty, init))?.ok()?;
        Some(Some(Object::new(home, Which::Table(table))))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_type(object: Option<&Object>) -> Own<ExternType> {
    guard(None, || {
        let table = table_of(object?)?;
        let ty = object?.home.with(|ctx| table.ty(&ctx))?;
        Some(Some(Box::new(ExternType::from(&ty.into()))))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_get(object: Option<&Object>, index: u32) -> Own<Object> {
    guard(None, || {
        let (home, table) = (&object?.home, table_of(object?)?);
        let found = home.with(|ctx| table.get(&ctx, index.into()))??;
        Some(referenced(home, found))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_set(object: Option<&Object>, index: u32, value: Option<&Object>) -> bool {
    guard(false, || {
        let (home, table) = (&object?.home, table_of(object?)?);
        let ty = home.with(|ctx| table.ty(&ctx))?;
        let value = reference(home, value, ty.element()).ok()?;
        Some(home.with(|ctx| table.set(ctx, index.into(), value))?.is_ok())
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_size(object: Option<&Object>) -> u32 {
    guard(0, || {
        let table = table_of(object?)?;
        u32::try_from(object?.home.with(|ctx| table.size(&ctx))?).ok()
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_table_grow(object: Option<&Object>, delta: u32, init: Option<&Object>) -> bool {
    guard(false, || {
        let (home, table) = (&object?.home, table_of(object?)?);
        let ty = home.with(|ctx| table.ty(&ctx))?;
        let init = reference(home, init, ty.element()).ok()?;
        Some(home.with(|ctx| table.grow(ctx, delta.into(), init))?.is_ok())
    })
}
