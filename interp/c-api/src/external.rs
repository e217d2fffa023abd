//! What can be imported and exported: `wasm_extern_t`.

use ermine::Extern;

use crate::boundary::guard;
use crate::object::{Object, Which};
use crate::types::ExternType;
use crate::vector::Own;

/// The engine's item of a handle, if it is on one.
pub fn item(object: &Object) -> Option<Extern> {
    Some(match &object.which {
        Which::Func(func) => Extern::Func(*func),
        Which::Global(global) => Extern::Global(*global),
        Which::Table(table) => Extern::Table(*table),
        Which::Memory(memory) => Extern::Memory(*memory),
        Which::Instance(_) | Which::Foreign(_) | Which::Module(_) | Which::Trap(_) => return None,
    })
}

impl From<Extern> for Which {
    fn from(item: Extern) -> Self {
        match item {
            Extern::Func(func) => Self::Func(func),
            Extern::Global(global) => Self::Global(global),
            Extern::Table(table) => Self::Table(table),
            Extern::Memory(memory) => Self::Memory(memory),
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_extern_kind(object: Option<&Object>) -> u8 {
    match object.and_then(item) {
        Some(Extern::Func(_)) | None => 0,
        Some(Extern::Global(_)) => 1,
        Some(Extern::Table(_)) => 2,
        Some(Extern::Memory(_)) => 3,
    }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_extern_type(object: Option<&Object>) -> Own<ExternType> {
    guard(None, || {
        let item = item(object?)?;
        let ty = object?.home.with(|ctx| item.ty(&ctx))?;
        Some(Some(Box::new(ExternType::from(&ty))))
    })
}
