//! Functions that are translated when they are called: the same behaviour, and faults where they are met.

use ermine::{
    CompilationMode, Config, Engine, Error, ErrorKind, Extern, Func, Instance, Linker, Machine, Module, ResumableCall,
    Store, Trap, Val,
};
use ermine_tests::{MACHINES, binary, config, fuel_config};

const MODES: [CompilationMode; 3] = [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy];

fn engine(config: &Config, mode: CompilationMode) -> Engine {
    let mut config = config.clone();
    config.compilation_mode(mode);
    Engine::new(&config)
}

/// Runs `look` with every machine and mode and fuel on and off, and checks that what it tells is the same in all modes.
fn same_in_all_modes(text: &str, look: impl Fn(&Engine, &Module) -> String) {
    let wasm = binary(text);
    for config in MACHINES.map(config).into_iter().chain(MACHINES.map(fuel_config)) {
        let tell = |mode| {
            let engine = engine(&config, mode);
            look(&engine, &Module::new(&engine, &wasm).unwrap())
        };
        let eager = tell(CompilationMode::Eager);
        for mode in MODES {
            assert_eq!(tell(mode), eager, "{mode:?} {config:?}");
        }
    }
}

/// Results or error with backtrace, and fuel.
fn call(store: &mut Store<()>, instance: Instance, name: &str, argument: i32) -> String {
    let _ = store.set_fuel(100_000);
    let mut outputs = [Val::I32(0)];
    let result = instance.get_func(&*store, name).unwrap().call(&mut *store, &[Val::I32(argument)], &mut outputs);
    format!(
        "{name}({argument}): {:?}, fuel {:?}\n",
        result.map(|()| outputs).map_err(|error| told(&error)),
        store.get_fuel().ok()
    )
}

fn told(error: &Error) -> String {
    let frames = error.backtrace().map(|backtrace| {
        let place = |frame: &ermine::FrameInfo| (frame.func_index(), frame.code_offset(), frame.module_offset());
        (backtrace.frames().iter().map(place).collect::<Vec<_>>(), backtrace.omitted())
    });
    format!("{error} {frames:?}")
}

/// Calls of each kind, from and to functions that nobody has called.
const CALLS: &str = r#"(module
    (import "env" "host" (func $host (param i32) (result i32)))
    (type $unary (func (param i32) (result i32)))
    (table 8 funcref)
    (elem (i32.const 1) $leaf $deep $host)
    (global $count (mut i32) (i32.const 0))
    (memory 1)
    (func $start (global.set $count (call $leaf (i32.const 40))))
    (start $start)
    (func $leaf (param i32) (result i32) (i32.add (local.get 0) (i32.const 2)))
    (func $deep (param i32) (result i32) (local i64 i64 i64)
        (if (result i32) (local.get 0)
            (then (call $deep (i32.sub (local.get 0) (i32.const 1))))
            (else (call $direct (i32.const 5)))))
    (func $direct (export "direct") (param i32) (result i32)
        (i32.mul (call $leaf (local.get 0)) (global.get $count)))
    (func (export "indirect") (param i32) (result i32)
        (call_indirect (type $unary) (i32.const 7) (local.get 0)))
    (func (export "tail") (param i32) (result i32) (local $x i32)
        (return_call $again (i32.add (local.get 0) (local.get $x))))
    (func $again (param i32) (result i32) (return_call_indirect (type $unary) (local.get 0) (i32.const 1)))
    (func (export "forever") (param i32) (result i32) (call $forever (local.get 0)))
    (func $forever (param i32) (result i32) (i32.add (i32.const 1) (call $forever (local.get 0))))
    (func (export "trap") (param i32) (result i32) (call $below (local.get 0)))
    (func $below (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
    (func (export "reference") (param i32) (result i32)
        (table.set (i32.const 6) (ref.func $deep))
        (call_indirect (type $unary) (local.get 0) (i32.const 6)))
    (elem declare func $deep))"#;

fn linked(store: &mut Store<()>, module: &Module) -> Instance {
    let mut linker = Linker::new(store.engine());
    linker.func_wrap("env", "host", |x: i32| x * 100).unwrap();
    store.set_fuel(100_000).ok();
    linker.instantiate_and_start(&mut *store, module).unwrap()
}

#[test]
fn every_kind_of_call_is_the_same_in_all_modes() {
    let names = ["indirect", "tail", "direct", "trap", "reference", "forever"];
    same_in_all_modes(CALLS, |engine, module| {
        let mut told = String::new();
        for name in names {
            let mut store = Store::new(engine, ());
            let instance = linked(&mut store, module);
            for argument in [0, 1, 2, 3, 4, 9] {
                told += &call(&mut store, instance, name, argument);
            }
        }
        told
    });
}

#[test]
fn functions_of_another_instance_are_translated_when_called() {
    let wasm = binary(
        r#"(module (import "a" "direct" (func $f (param i32) (result i32)))
        (func (export "call") (param i32) (result i32) (call $f (local.get 0)))
        (func (export "tail") (param i32) (result i32) (return_call $f (local.get 0))))"#,
    );
    same_in_all_modes(CALLS, |engine, module| {
        let mut store = Store::new(engine, ());
        let first = linked(&mut store, module);
        let direct: Extern = first.get_func(&store, "direct").unwrap().into();
        let second = Instance::new(&mut store, &Module::new(engine, &wasm).unwrap(), &[direct]).unwrap();
        ["call", "tail", "call"].map(|name| call(&mut store, second, name, 3)).concat()
    });
}

#[test]
fn a_call_that_waits_for_fuel_is_the_same_in_all_modes() {
    let wasm = binary(CALLS);
    for machine in MACHINES {
        let waits = MODES.map(|mode| {
            let engine = engine(&fuel_config(machine), mode);
            let mut store = Store::new(&engine, ());
            let instance = linked(&mut store, &Module::new(&engine, &wasm).unwrap());
            let deep = instance.get_func(&store, "reference").unwrap();
            let mut outputs = [Val::I32(0)];
            store.set_fuel(5).unwrap();
            let mut call = deep.call_resumable(&mut store, &[Val::I32(20)], &mut outputs).unwrap();
            let mut required = Vec::new();
            while let ResumableCall::OutOfFuel(suspended) = call {
                required.push(suspended.required_fuel());
                store.set_fuel(suspended.required_fuel() + 3).unwrap();
                call = suspended.resume(&mut store, &mut outputs).unwrap();
            }
            (required, outputs[0].i32(), store.get_fuel().unwrap())
        });
        assert!(waits[0].0.len() > 3 && waits[0].1 == Some(294), "{waits:?}");
        assert!(waits.iter().all(|other| *other == waits[0]), "{waits:?}");
    }
}

/// The second function leaves nothing where it should leave an `i32`.
fn half_valid() -> Vec<u8> {
    let mut wasm = binary(
        r#"(module
        (func (export "good") (param i32) (result i32) (local.get 0))
        (func (export "bad") (param i32) (result i32) (i32.const 77))
        (func (export "calls") (param i32) (result i32) (call 1 (local.get 0))))"#,
    );
    let at = wasm.windows(3).position(|window| window == [0x41, 0xcd, 0x00]).unwrap();
    wasm[at..at + 3].fill(0x01);
    wasm
}

#[test]
fn an_invalid_function_that_was_never_called_has_no_listing() {
    let engine = engine(&Config::new(), CompilationMode::Lazy);
    let text = "(module (func (result i32)) (func (block (else))) (func (result i32) (i32.const 7)))";
    // The first lacks a result, the second cannot be written as text: its `else` takes the place of a `nop`.
    let mut wasm = binary(&text.replace("(else)", "nop"));
    let nop = wasm.windows(4).position(|bytes| bytes == [0x02, 0x40, 0x01, 0x0b]).expect("a block with a nop");
    wasm[nop + 2] = 0x05;
    let module = Module::new(&engine, &wasm).unwrap();
    assert_eq!([0, 1, 2].map(|func| module.disassemble(func).is_some()), [false, false, true]);
}

#[test]
fn an_invalid_function_is_an_error_whenever_it_is_called() {
    let wasm = half_valid();
    for machine in MACHINES {
        let eager = Module::new(&engine(&config(machine), CompilationMode::Eager), &wasm).unwrap_err();
        let validated = Module::new(&engine(&config(machine), CompilationMode::LazyTranslation), &wasm).unwrap_err();
        assert_eq!(validated.to_string(), eager.to_string());
        let engine = engine(&config(machine), CompilationMode::Lazy);
        let module = Module::new(&engine, &wasm).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let mut run = |name| instance.get_typed_func::<i32, i32>(&store, name).unwrap().call(&mut store, 7);
        for _ in 0..3 {
            for name in ["bad", "calls"] {
                let error = run(name).unwrap_err();
                assert!(matches!(error.kind(), ErrorKind::Wasm { .. }), "{error:?}");
                assert_eq!(error.to_string(), eager.to_string());
            }
            assert_eq!(run("good").unwrap(), 7);
        }
        assert!(module.serialize().is_err());
    }
}

#[test]
fn a_function_beyond_a_bound_is_an_error_whenever_it_is_called() {
    let mut config = config(Machine::Tail);
    let mut limits = ermine::Limits::default();
    limits.frame_slots = 20;
    config.limits(limits).compilation_mode(CompilationMode::LazyTranslation);
    let engine = Engine::new(&config);
    let wasm = binary("(module (func (export \"run\") (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)))");
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &Module::new(&engine, &wasm).unwrap(), &[]).unwrap();
    let run = instance.get_typed_func::<(), ()>(&store, "run").unwrap();
    for _ in 0..2 {
        assert!(matches!(run.call(&mut store, ()).unwrap_err().kind(), ErrorKind::Limit { .. }));
    }
}

#[test]
fn code_is_made_for_functions_that_are_called() {
    for machine in MACHINES {
        let engine = engine(&config(machine), CompilationMode::Lazy);
        let module = Module::new(&engine, binary(CALLS)).unwrap();
        assert_eq!(module.code_bytes(), 0);
        let mut store = Store::new(&engine, ());
        let instance = linked(&mut store, &module);
        let started = module.code_bytes();
        assert!(started > 0);
        call(&mut store, instance, "direct", 1);
        let called = module.code_bytes();
        assert!(called > started);
        // Another store finds it there.
        let mut store = Store::new(&engine, ());
        let instance = linked(&mut store, &module);
        call(&mut store, instance, "direct", 1);
        assert_eq!(module.code_bytes(), called);
        assert!(module.disassemble(3).is_some());
    }
}

#[test]
fn an_image_of_a_module_translated_late_has_everything() {
    let wasm = binary(CALLS);
    for mode in MODES {
        let engine = engine(&config(Machine::Tail), mode);
        let module = Module::new(&engine, &wasm).unwrap();
        let eager = self::engine(&config(Machine::Tail), CompilationMode::Eager).precompile_module(&wasm).unwrap();
        assert_eq!(module.serialize().unwrap(), eager);
    }
}

#[test]
fn threads_may_call_the_same_function_first() {
    let wasm = binary(CALLS);
    for (machine, mode) in MACHINES.into_iter().flat_map(|machine| MODES.map(|mode| (machine, mode))) {
        let engine = engine(&config(machine), mode);
        for _ in 0..20 {
            let module = Module::new(&engine, &wasm).unwrap();
            let barrier = std::sync::Barrier::new(8);
            let run = || {
                let mut store = Store::new(&engine, ());
                barrier.wait();
                let instance = linked(&mut store, &module);
                let reference = instance.get_typed_func::<i32, i32>(&store, "reference").unwrap();
                let trap = instance.get_typed_func::<i32, i32>(&store, "trap").unwrap();
                assert_eq!(reference.call(&mut store, 20).unwrap(), 294);
                let error = trap.call(&mut store, 0).unwrap_err();
                assert_eq!(error.as_trap_code(), Some(Trap::IntegerDivisionByZero));
                assert_eq!(error.backtrace().unwrap().frames().len(), 2);
            };
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    scope.spawn(run);
                }
            });
        }
    }
}

#[test]
fn a_host_function_may_call_what_was_not_translated() {
    same_in_all_modes(CALLS, |engine, module| {
        let mut store = Store::new(engine, ());
        store.set_fuel(100_000).ok();
        let host = Func::wrap(&mut store, |mut caller: ermine::Caller<'_, ()>, x: i32| -> Result<i32, Error> {
            let direct = caller.get_export("direct").and_then(Extern::into_func).unwrap();
            direct.typed::<i32, i32>(&caller)?.call(&mut caller, x)
        });
        let instance = Instance::new(&mut store, module, &[host.into()]).unwrap();
        call(&mut store, instance, "indirect", 3)
    });
}
