//! Stores keep to themselves, and handles and engines may cross threads.

use std::thread;

use ermine::{
    Caller, Engine, Error, Extern, ExternRef, Func, Global, Instance, Linker, Memory, MemoryType, Module, Mutability,
    Ref, RefType, Store, Table, TableType, Val,
};
use ermine_tests::{MACHINES, engine, module};

#[test]
fn engines_and_modules_are_shared_and_stores_are_sent_between_threads() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>() {}
    shared::<Engine>();
    shared::<Module>();
    shared::<Linker<()>>();
    shared::<Error>();
    shared::<Instance>();
    shared::<Func>();
    sent::<Store<()>>();
    sent::<Store<std::cell::Cell<i32>>>();
}

#[test]
fn one_module_runs_on_many_threads_at_once() {
    for machine in MACHINES {
        let engine = engine(machine);
        let module = module(
            &engine,
            r#"(module (func (export "sum") (param i32) (result i32) (local i32)
              (loop $again
                (local.set 1 (i32.add (local.get 1) (local.get 0)))
                (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              (local.get 1)))"#,
        )
        .unwrap();
        thread::scope(|scope| {
            for n in 1..=8 {
                let (engine, module) = (&engine, &module);
                scope.spawn(move || {
                    let mut store = Store::new(engine, ());
                    let linker = Linker::new(engine);
                    let instance = linker.instantiate_and_start(&mut store, module).unwrap();
                    let sum = instance.get_typed_func::<i32, i32>(&store, "sum").unwrap();
                    let result = sum.call(&mut store, n * 1000).unwrap();
                    assert_eq!(result, n * 1000 * (n * 1000 + 1) / 2);
                });
            }
        });
    }
}

/// A store with one of everything.
struct Everything {
    store: Store<()>,
    instance: Instance,
    func: Func,
    memory: Memory,
    table: Table,
    global: Global,
    object: ExternRef,
}

fn everything(engine: &Engine) -> Everything {
    let mut store = Store::new(engine, ());
    let text = r#"(module (func (export "f") (param externref funcref)))"#;
    let module = module(engine, text).unwrap();
    let instance = Linker::new(engine).instantiate_and_start(&mut store, &module);
    let table_type = TableType::new(RefType::Func, 2, Some(10));
    Everything {
        instance: instance.unwrap(),
        func: Func::wrap(&mut store, || 1_i32),
        memory: Memory::new(&mut store, MemoryType::new(1, Some(2))).unwrap(),
        table: Table::new(&mut store, table_type, Ref::null(RefType::Func)).unwrap(),
        global: Global::new(&mut store, Val::I32(1), Mutability::Var),
        object: ExternRef::new(&mut store, 5_u32),
        store,
    }
}

#[test]
fn handles_of_another_store_are_errors() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut own = everything(&engine);
        // More of everything in the other one, so that its handles are out of range too.
        let mut other = everything(&engine);
        for _ in 0..5 {
            other.func = Func::wrap(&mut other.store, || 2_i32);
            other.memory = Memory::new(&mut other.store, MemoryType::new(0, None)).unwrap();
            other.object = ExternRef::new(&mut other.store, 6_u32);
            other.global = Global::new(&mut other.store, Val::I32(2), Mutability::Var);
        }
        let store = &mut own.store;
        let mut result = [Val::I32(0)];
        assert!(other.func.call(&mut *store, &[], &mut result).is_err());
        assert!(other.func.call_resumable(&mut *store, &[], &mut result).is_err());
        assert!(other.func.typed::<(), i32>(&*store).is_err());
        assert!(other.memory.grow(&mut *store, 1).is_err());
        assert!(other.memory.read(&*store, 0, &mut [0]).is_err());
        assert!(other.memory.write(&mut *store, 0, &[0]).is_err());
        assert!(other.table.set(&mut *store, 0, Ref::null(RefType::Func)).is_err());
        assert!(other.table.grow(&mut *store, 1, Ref::null(RefType::Func)).is_err());
        assert!(other.global.set(&mut *store, Val::I32(1)).is_err());
        assert!(other.instance.get_func(&*store, "f").is_none());
        assert!(other.instance.get_typed_func::<(), ()>(&*store, "f").is_err());

        // Foreign references as values.
        let f = own.instance.get_func(&own.store, "f").unwrap();
        let good = [Val::from(own.object), Val::from(own.func)];
        f.call(&mut own.store, &good, &mut []).unwrap();
        let foreign = [Val::from(other.object), Val::from(own.func)];
        assert!(f.call(&mut own.store, &foreign, &mut []).is_err());
        let foreign = [Val::from(own.object), Val::from(other.func)];
        assert!(f.call(&mut own.store, &foreign, &mut []).is_err());
        let foreign = Ref::from(ermine::Nullable::Val(other.func));
        assert!(own.table.set(&mut own.store, 0, foreign).is_err());
        assert!(own.table.fill(&mut own.store, 0, foreign, 1).is_err());
        assert!(own.table.grow(&mut own.store, 1, foreign).is_err());
    }
}

#[test]
fn modules_do_not_link_with_handles_of_another_store() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut own = everything(&engine);
        let other = everything(&engine);
        let cases: [(&str, Extern); 4] = [
            ("(func (result i32))", other.func.into()),
            ("(memory 1)", other.memory.into()),
            ("(table 1 funcref)", other.table.into()),
            ("(global (mut i32))", other.global.into()),
        ];
        for (import, item) in cases {
            let text = format!("(module (import \"a\" \"b\" {import}))");
            let module = module(&engine, &text).unwrap();
            let direct = Instance::new(&mut own.store, &module, &[item]);
            assert!(direct.is_err(), "{import} on {machine:?}");
            let mut linker = Linker::new(&engine);
            linker.define("a", "b", item).unwrap();
            let linked = linker.instantiate_and_start(&mut own.store, &module);
            assert!(linked.is_err(), "{import} on {machine:?}");
        }
    }
}

#[test]
fn modules_of_another_engine_are_errors() {
    for machine in MACHINES {
        let (one, two) = (engine(machine), engine(machine));
        let module = module(&one, "(module (func (export \"f\")))").unwrap();
        let mut store = Store::new(&two, ());
        let linker = Linker::new(&two);
        assert!(linker.instantiate_and_start(&mut store, &module).is_err());
        assert!(Instance::new(&mut store, &module, &[]).is_err());
    }
}

#[test]
fn a_host_function_that_brings_a_foreign_reference_is_an_error() {
    for machine in MACHINES {
        let engine = engine(machine);
        let other = everything(&engine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let foreign = other.func;
        linker.func_wrap("host", "bring", move |_: Caller<'_, ()>| ermine::Nullable::Val(foreign)).unwrap();
        let module = module(
            &engine,
            r#"(module (import "host" "bring" (func (result funcref)))
              (table 1 funcref)
              (func (export "run")
                (table.set (i32.const 0) (call 0))
                (call_indirect (i32.const 0))))"#,
        )
        .unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<(), ()>(&store, "run").unwrap();
        assert!(run.call(&mut store, ()).is_err());
    }
}
