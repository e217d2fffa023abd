//! Foreign objects: identities that guests can hold, and to which the embedder attaches what it wants.

use ermine::ExternRef;

use crate::boundary::guard;
use crate::object::{Object, Which};
use crate::runtime::StoreHandle;
use crate::vector::Own;

#[unsafe(no_mangle)]
extern "C" fn wasm_foreign_new(store: Option<&StoreHandle>) -> Own<Object> {
    guard(None, || {
        let home = &store?.home;
        let object = home.with(|ctx| ExternRef::try_new(ctx, ()))?.ok()?;
        Some(Some(Object::new(home, Which::Foreign(object))))
    })
}
