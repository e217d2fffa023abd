//! The `spectest` module that scripts may import: print functions, which print nothing here,
//! constant globals, a table and a memory.

use ermine::{
    Error, Extern, Func, Global, Linker, Memory, MemoryType, Mutability, Nullable, Ref, RefType, Store, Table,
    TableType, Val,
};

/// The name scripts import it by.
const NAME: &str = "spectest";

/// Defines the module in `linker`.
pub(super) fn define(linker: &mut Linker<()>, store: &mut Store<()>) -> Result<(), Error> {
    linker.func_wrap(NAME, "print", || {})?;
    linker.func_wrap(NAME, "print_i32", |_: i32| {})?;
    linker.func_wrap(NAME, "print_i64", |_: i64| {})?;
    linker.func_wrap(NAME, "print_f32", |_: f32| {})?;
    linker.func_wrap(NAME, "print_f64", |_: f64| {})?;
    linker.func_wrap(NAME, "print_i32_f32", |_: i32, _: f32| {})?;
    linker.func_wrap(NAME, "print_f64_f64", |_: f64, _: f64| {})?;

    for (name, value) in [
        ("global_i32", Val::from(666_i32)),
        ("global_i64", Val::from(666_i64)),
        ("global_f32", Val::from(666.6_f32)),
        ("global_f64", Val::from(666.6_f64)),
    ] {
        let global = Global::new(&mut *store, value, Mutability::Const);
        linker.define(NAME, name, Extern::Global(global))?;
    }

    let null = Ref::Func(<Nullable<Func>>::Null);
    let table_type = TableType::new(RefType::Func, 10, Some(20));
    let table = Table::new(&mut *store, table_type, null)?;
    linker.define(NAME, "table", Extern::Table(table))?;
    let memory = Memory::new(&mut *store, MemoryType::new(1, Some(2)))?;
    linker.define(NAME, "memory", Extern::Memory(memory))?;
    Ok(())
}
