//! Linear memories.

use std::ffi::c_char;
use std::ptr;

use ermine::Memory;

use crate::boundary::guard;
use crate::object::{Object, Which};
use crate::runtime::StoreHandle;
use crate::types::ExternType;
use crate::vector::Own;

fn memory_of(object: &Object) -> Option<Memory> {
    if let Which::Memory(memory) = object.which { Some(memory) } else { None }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memory_new(store: Option<&StoreHandle>, ty: Option<&ExternType>) -> Own<Object> {
    guard(None, || {
        let (home, ty) = (&store?.home, ty?.memory()?);
        let memory = home.with(|ctx| Memory::new(ctx, ty))?.ok()?;
        Some(Some(Object::new(home, Which::Memory(memory))))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memory_type(object: Option<&Object>) -> Own<ExternType> {
    guard(None, || {
        let memory = memory_of(object?)?;
        let ty = object?.home.with(|ctx| memory.ty(&ctx))?;
        Some(Some(Box::new(ExternType::from(&ty.into()))))
    })
}

/// The engine's own address of the bytes, not that of a borrow: it stays right while guests run, until the memory grows.
#[unsafe(no_mangle)]
extern "C" fn wasm_memory_data(object: Option<&Object>) -> *mut c_char {
    guard(ptr::null_mut(), || {
        let memory = memory_of(object?)?;
        object?.home.with(|ctx| memory.data_ptr(&ctx).cast())
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memory_data_size(object: Option<&Object>) -> usize {
    guard(0, || {
        let memory = memory_of(object?)?;
        object?.home.with(|ctx| memory.data_size(&ctx))
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memory_size(object: Option<&Object>) -> u32 {
    guard(0, || {
        let memory = memory_of(object?)?;
        u32::try_from(object?.home.with(|ctx| memory.size(&ctx))?).ok()
    })
}

#[unsafe(no_mangle)]
extern "C" fn wasm_memory_grow(object: Option<&Object>, delta: u32) -> bool {
    guard(false, || {
        let memory = memory_of(object?)?;
        Some(object?.home.with(|ctx| memory.grow(ctx, delta.into()))?.is_ok())
    })
}
