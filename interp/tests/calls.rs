//! Calls between host and guests, and between instances: results, traps, nesting, panics.

#![cfg(feature = "translate")]

use std::panic::{AssertUnwindSafe, catch_unwind};

use ermine::{
    Caller, Config, Engine, Error, Extern, Func, FuncType, Instance, Linker, Machine, Module, Ref, RefType, Store,
    Table, TableType, Trap, Val, ValType,
};

fn on_each_machine(test: impl Fn(&Engine)) {
    for machine in [Machine::Auto, Machine::Loop] {
        for fuel in [false, true] {
            let mut config = Config::default();
            config.machine(machine).interruptible(fuel);
            test(&Engine::new(&config));
        }
    }
}

fn module(engine: &Engine, text: &str) -> Module {
    Module::new(engine, wat::parse_str(text).expect("well-formed")).expect("valid")
}

#[test]
fn many_parameters_and_results_reach_the_host() {
    on_each_machine(|engine| {
        let module = module(
            engine,
            r#"(module
                (type $t (func (param i32 i64 f32 f64 i32 i64) (result i64 f64 i32 f32)))
                (import "host" "typed" (func $typed (type $t)))
                (import "host" "untyped" (func $untyped (type $t)))
                (func (export "run") (param i32) (result i64 f64 i32 f32)
                    (if (result i64 f64 i32 f32) (local.get 0)
                        (then (call $typed (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4) (i32.const 5) (i64.const 6)))
                        (else (call $untyped (i32.const 1) (i64.const 2) (f32.const 3) (f64.const 4) (i32.const 5) (i64.const 6))))))"#,
        );
        let mut linker = Linker::<()>::new(engine);
        let typed = |a: i32, b: i64, c: f32, d: f64, e: i32, f: i64| (b * 10 + f, d * 2.0, a + e, c + 0.5);
        linker.func_wrap("host", "typed", typed).unwrap();
        let ty = FuncType::new(
            [ValType::I32, ValType::I64, ValType::F32, ValType::F64, ValType::I32, ValType::I64],
            [ValType::I64, ValType::F64, ValType::I32, ValType::F32],
        );
        let untyped = move |_: Caller<'_, ()>, args: &[Val], results: &mut [Val]| {
            let results_of = typed(
                args[0].i32().unwrap(),
                args[1].i64().unwrap(),
                args[2].f32().unwrap().into(),
                args[3].f64().unwrap().into(),
                args[4].i32().unwrap(),
                args[5].i64().unwrap(),
            );
            results.copy_from_slice(&[
                results_of.0.into(),
                results_of.1.into(),
                results_of.2.into(),
                results_of.3.into(),
            ]);
            Ok(())
        };
        linker.func_new("host", "untyped", ty, untyped).unwrap();
        let mut store = Store::new(engine, ());
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<i32, (i64, f64, i32, f32)>(&store, "run").unwrap();
        for which in [0, 1] {
            assert_eq!(run.call(&mut store, which).unwrap(), (26, 8.0, 6, 3.5));
        }
    });
}

#[test]
fn wrong_results_of_an_untyped_host_function_are_an_error() {
    let engine = Engine::default();
    let mut store = Store::new(&engine, ());
    let ty = FuncType::new([], [ValType::I32]);
    let func = Func::new(&mut store, ty, |_, _, results| {
        results[0] = Val::I64(1);
        Ok(())
    });
    assert!(func.call(&mut store, &[], &mut [Val::I32(0)]).is_err());
}

#[test]
fn instances_call_each_other_deeply_without_native_recursion() {
    on_each_machine(|engine| {
        let mut store = Store::new(engine, ());
        let ty = TableType::new(RefType::Func, 2, None);
        let table = Table::new(&mut store, ty, Ref::null(RefType::Func)).unwrap();
        // Each calls the other through the table, and adds one to the result.
        let text = |other: u32, own: u32| {
            format!(
                r#"(module (type $t (func (param i32) (result i32)))
                    (import "m" "table" (table 2 funcref))
                    (func $f (export "f") (type $t)
                        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
                        (else (i32.add (i32.const 1)
                            (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const {other}))))))
                    (elem (i32.const {own}) $f))"#
            )
        };
        let imports = [Extern::Table(table)];
        let a = Instance::new(&mut store, &module(engine, &text(1, 0)), &imports).unwrap();
        let _b = Instance::new(&mut store, &module(engine, &text(0, 1)), &imports).unwrap();
        let f = a.get_typed_func::<i32, i32>(&store, "f").unwrap();
        assert_eq!(f.call(&mut store, 10_001).unwrap(), 10_001);
        let error = f.call(&mut store, 10_000_000).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(Trap::StackOverflow));
        let backtrace = error.backtrace().unwrap();
        assert!(backtrace.frames().len() == 64 && backtrace.omitted() > 1000);
        assert_eq!(f.call(&mut store, 5).unwrap(), 5);
    });
}

#[test]
fn tail_calls_between_instances_take_constant_space() {
    on_each_machine(|engine| {
        let mut store = Store::new(engine, ());
        let ty = TableType::new(RefType::Func, 3, None);
        let table = Table::new(&mut store, ty, Ref::null(RefType::Func)).unwrap();
        // Counts down by turns; `deep` is not entered by the driver, and has a caller that goes on afterwards.
        let text = |other: u32, own: u32| {
            format!(
                r#"(module (type $t (func (param i32 i64) (result i64)))
                    (import "m" "table" (table 3 funcref))
                    (func $f (type $t) (local i32 i32 i32)
                        (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
                        (return_call_indirect (type $t)
                            (i32.sub (local.get 0) (i32.const 1)) (i64.add (local.get 1) (i64.const 2)) (i32.const {other})))
                    (func (export "deep") (type $t)
                        (i64.add (call $f (local.get 0) (local.get 1)) (i64.const 1)))
                    (func (export "host") (param i32) (result i32) (local i64 i64)
                        (return_call_indirect (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)) (i32.const 2)))
                    (func (export "host_deep") (param i32) (result i32)
                        (i32.add (call 2 (local.get 0)) (i32.const 1)))
                    (elem (i32.const {own}) $f))"#
            )
        };
        let imports = [Extern::Table(table)];
        let a = Instance::new(&mut store, &module(engine, &text(1, 0)), &imports).unwrap();
        let b = Instance::new(&mut store, &module(engine, &text(0, 1)), &imports).unwrap();
        let host = Func::wrap(&mut store, |x: i32| x + 100);
        table.set(&mut store, 2, host.into()).unwrap();
        for instance in [a, b] {
            let deep = instance.get_typed_func::<(i32, i64), i64>(&store, "deep").unwrap();
            assert_eq!(deep.call(&mut store, (300_001, 5)).unwrap(), 600_008);
            let host = instance.get_typed_func::<i32, i32>(&store, "host").unwrap();
            assert_eq!(host.call(&mut store, 4).unwrap(), 108);
            let deep = instance.get_typed_func::<i32, i32>(&store, "host_deep").unwrap();
            assert_eq!(deep.call(&mut store, 4).unwrap(), 109);
        }
    });
}

/// A guest and a host function that call each other, as deep as the argument says.
fn mutual(engine: &Engine) -> (Store<u32>, ermine::TypedFunc<i32, i32>) {
    let module = module(
        engine,
        r#"(module (import "host" "again" (func $again (param i32) (result i32)))
            (func (export "f") (param i32) (result i32) (local i64)
                (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))
                (i32.add (i32.const 1) (call $again (i32.sub (local.get 0) (i32.const 1))))))"#,
    );
    let mut linker = Linker::new(engine);
    let again = |mut caller: Caller<'_, u32>, n: i32| -> Result<i32, Error> {
        *caller.data_mut() += 1;
        let func = caller.get_export("f").and_then(Extern::into_func).unwrap();
        func.typed::<i32, i32>(&caller)?.call(&mut caller, n)
    };
    linker.func_wrap("host", "again", again).unwrap();
    let mut store = Store::new(engine, 0);
    let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
    let func = instance.get_typed_func(&store, "f").unwrap();
    (store, func)
}

#[test]
fn host_functions_may_call_guests() {
    on_each_machine(|engine| {
        let (mut store, func) = mutual(engine);
        assert_eq!(func.call(&mut store, 60).unwrap(), 60);
        assert_eq!(*store.data(), 60);
    });
}

#[test]
fn mutual_recursion_through_the_host_traps() {
    on_each_machine(|engine| {
        let (mut store, func) = mutual(engine);
        let error = func.call(&mut store, 100_000).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(Trap::StackOverflow));
        assert_eq!(*store.data(), 64);
        assert_eq!(error.backtrace().unwrap().frames().len(), 64);
        assert_eq!(func.call(&mut store, 3).unwrap(), 3);
    });
}

#[test]
fn a_panic_of_a_host_function_leaves_the_store_usable() {
    on_each_machine(|engine| {
        let module = module(
            engine,
            r#"(module (import "host" "f" (func $f (param i32) (result i32)))
                (func (export "run") (param i32) (result i32) (i32.add (call $f (local.get 0)) (i32.const 1))))"#,
        );
        let mut linker = Linker::<()>::new(engine);
        linker.func_wrap("host", "f", |x: i32| if x == 0 { panic!("on purpose") } else { x }).unwrap();
        let mut store = Store::new(engine, ());
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
        // Miri is slow.
        for _ in 0..if cfg!(miri) { 2 } else { 100 } {
            assert!(catch_unwind(AssertUnwindSafe(|| run.call(&mut store, 0))).is_err());
        }
        assert_eq!(run.call(&mut store, 6).unwrap(), 7);
    });
}

#[test]
fn host_errors_pass_through_with_a_backtrace() {
    on_each_machine(|engine| {
        let module = module(
            engine,
            r#"(module (import "host" "fail" (func $fail (param i32)))
                (func $middle (param i32) nop (call $fail (local.get 0)) nop)
                (func $outer (export "run") (param i32) (call $middle (local.get 0))))"#,
        );
        let mut linker = Linker::<()>::new(engine);
        linker
            .func_wrap("host", "fail", |x: i32| -> Result<(), Error> {
                Err(if x == 0 { Error::i32_exit(7) } else { Error::new("it failed") })
            })
            .unwrap();
        let mut store = Store::new(engine, ());
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<i32, ()>(&store, "run").unwrap();
        assert_eq!(run.call(&mut store, 0).unwrap_err().i32_exit_status(), Some(7));
        let error = run.call(&mut store, 1).unwrap_err();
        assert_eq!(error.to_string(), "it failed");
        let names: Vec<_> =
            error.backtrace().unwrap().frames().iter().map(|frame| frame.func_name().unwrap()).collect();
        assert_eq!(names, ["middle", "outer"]);
    });
}

#[test]
fn backtraces_point_at_the_instruction() {
    on_each_machine(|engine| {
        let text = r#"(module (memory 1)
            (func $load (param i32) (result i32) nop (i32.add (i32.const 1) (i32.load (local.get 0))))
            (func $fill (param i32) (memory.fill (local.get 0) (i32.const 1) (i32.const 100000)))
            (func (export "load") (drop (call $load (i32.const 65536))))
            (func (export "fill") (call $fill (i32.const 1))))"#;
        let module = module(engine, text);
        let mut store = Store::new(engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        for (name, opcodes) in [("load", [0x28, 0x10]), ("fill", [0xfc, 0x10])] {
            let error = instance.get_typed_func::<(), ()>(&store, name).unwrap().call(&mut store, ()).unwrap_err();
            assert_eq!(error.as_trap_code(), Some(Trap::MemoryOutOfBounds));
            let frames = error.backtrace().unwrap().frames();
            let found: Vec<u8> = frames.iter().map(|frame| module.wasm()[frame.module_offset().unwrap()]).collect();
            assert_eq!(found, opcodes, "{name}");
        }
    });
}

#[test]
fn functions_of_a_failed_instance_stay_alive_in_shared_tables() {
    on_each_machine(|engine| {
        let mut store = Store::new(engine, ());
        let table = Table::new(&mut store, TableType::new(RefType::Func, 1, None), Ref::null(RefType::Func)).unwrap();
        let text = r#"(module (import "m" "t" (table 1 funcref)) (memory 1)
            (func $f (result i32) (i32.const 7)) (elem (i32.const 0) $f) (data (i32.const 65536) "x"))"#;
        let error = Instance::new(&mut store, &module(engine, text), &[table.into()]).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(Trap::MemoryOutOfBounds));
        let Some(Ref::Func(func)) = table.get(&store, 0) else { panic!("no function") };
        let func = *func.val().unwrap();
        assert_eq!(func.typed::<(), i32>(&store).unwrap().call(&mut store, ()).unwrap(), 7);
    });
}

#[test]
fn a_segment_that_could_not_be_copied_is_not_dropped() {
    on_each_machine(|engine| {
        let mut store = Store::new(engine, ());
        let table = Table::new(&mut store, TableType::new(RefType::Func, 2, None), Ref::null(RefType::Func)).unwrap();
        let text = r#"(module (import "m" "t" (table 2 funcref))
            (func $copied (table.init 0 (i32.const 1) (i32.const 0) (i32.const 1)))
            (func $left (table.init 1 (i32.const 1) (i32.const 0) (i32.const 1)))
            (elem (i32.const 0) $copied $left) (elem (i32.const 2) $left))"#;
        let error = Instance::new(&mut store, &module(engine, text), &[table.into()]).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(Trap::TableOutOfBounds));
        let [copied, left] = [0, 1].map(|index| match table.get(&store, index) {
            Some(Ref::Func(func)) => func.val().unwrap().typed::<(), ()>(&store).unwrap(),
            _ => panic!("no function"),
        });
        assert!(left.call(&mut store, ()).is_ok());
        assert_eq!(copied.call(&mut store, ()).unwrap_err().as_trap_code(), Some(Trap::TableOutOfBounds));
    });
}
