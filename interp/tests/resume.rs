//! Fuel and suspension: exact accounts, the same on every machine, and calls that go on where they were.

#![cfg(feature = "translate")]

use ermine::{
    Caller, Config, Engine, Error, ErrorKind, Extern, Func, Instance, Linker, Machine, Module, ResumableCall, Store,
    Trap, TypedResumableCall, Val,
};

fn engines() -> [Engine; 2] {
    [Machine::Auto, Machine::Loop].map(|machine| {
        let mut config = Config::default();
        config.machine(machine).consume_fuel(true);
        Engine::new(&config)
    })
}

fn module(engine: &Engine, text: &str) -> Module {
    Module::new(engine, wat::parse_str(text).expect("well-formed")).expect("valid")
}

const WORK: &str = r#"(module
    (import "host" "note" (func $note (param i32)))
    (memory (export "memory") 64)
    (func $step (param i32) (result i32) (local i64 i64)
        (if (i32.eqz (i32.and (local.get 0) (i32.const 63))) (then (call $note (local.get 0))))
        (i32.add (local.get 0) (i32.const 1)))
    (func (export "run") (param i32) (result i32) (local i32)
        (loop
            (local.set 1 (call $step (local.get 1)))
            (br_if 0 (i32.lt_u (local.get 1) (local.get 0))))
        (memory.fill (i32.const 0) (i32.const 1) (i32.const 100000))
        (memory.copy (i32.const 1000) (i32.const 0) (i32.const 2097152))
        (local.get 1)))"#;

fn work(engine: &Engine) -> (Store<Vec<i32>>, Instance) {
    let mut linker = Linker::<Vec<i32>>::new(engine);
    linker.func_wrap("host", "note", |mut caller: Caller<'_, Vec<i32>>, x: i32| caller.data_mut().push(x)).unwrap();
    let mut store = Store::new(engine, Vec::new());
    store.set_fuel(u64::MAX).unwrap();
    let instance = linker.instantiate_and_start(&mut store, &module(engine, WORK)).unwrap();
    (store, instance)
}

#[test]
fn fuel_is_exact_and_equal_on_all_machines() {
    let used = engines().map(|engine| {
        let (mut store, instance) = work(&engine);
        let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
        run.call(&mut store, 1000).unwrap();
        let used = u64::MAX - store.get_fuel().unwrap();
        // Just enough is enough, and one less is not.
        store.set_fuel(used).unwrap();
        run.call(&mut store, 1000).unwrap();
        assert_eq!(store.get_fuel().unwrap(), 0);
        store.set_fuel(used - 1).unwrap();
        assert_eq!(run.call(&mut store, 1000).unwrap_err().as_trap_code(), Some(Trap::OutOfFuel));
        used
    });
    assert!(used[0] > 10_000 + (100_000_u64 + 2_097_152).div_ceil(64));
    assert_eq!(used[0], used[1]);
}

#[test]
fn suspended_calls_go_on_where_they_were() {
    for engine in engines() {
        let (mut store, instance) = work(&engine);
        let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
        assert_eq!(run.call(&mut store, 1000).unwrap(), 1000);
        let used = u64::MAX - store.get_fuel().unwrap();
        let expected = std::mem::take(store.data_mut());
        let memory = instance.get_memory(&store, "memory").unwrap();
        let bytes = memory.data(&store).to_vec();
        for portion in [used / 3, 997, 100] {
            store.data_mut().clear();
            memory.data_mut(&mut store).fill(0);
            store.set_fuel(portion).unwrap();
            let mut total = portion;
            let mut call = run.call_resumable(&mut store, 1000).unwrap();
            let result = loop {
                match call {
                    TypedResumableCall::Finished(result) => break result,
                    TypedResumableCall::OutOfFuel(suspended) => {
                        let have = store.get_fuel().unwrap();
                        assert!(suspended.required_fuel() > have);
                        let more = portion.max(suspended.required_fuel() - have);
                        total += more;
                        store.set_fuel(have + more).unwrap();
                        call = suspended.resume(&mut store).unwrap();
                    }
                    TypedResumableCall::HostTrap(trap) => panic!("{}", trap.host_error()),
                }
            };
            assert_eq!(result, 1000);
            assert_eq!(total - store.get_fuel().unwrap(), used, "nothing is paid twice");
            assert_eq!(*store.data(), expected);
            assert_eq!(memory.data(&store), bytes);
        }
    }
}

#[test]
fn calls_go_on_after_a_failed_host_function() {
    for engine in engines() {
        let text = r#"(module (import "host" "ask" (func $ask (param i32) (result i32 i64)))
            (func $inner (param i32) (result i64) (local i32 i64)
                (call $ask (local.get 0)) (local.set 2) (local.set 1)
                (i64.add (i64.extend_i32_s (local.get 1)) (local.get 2)))
            (func (export "run") (param i32) (result i64)
                (i64.add (call $inner (local.get 0)) (call $inner (i32.const 5))))
            (func (export "tail") (param i32) (result i32 i64) (return_call $ask (local.get 0))))"#;
        let mut linker = Linker::<()>::new(&engine);
        linker
            .func_wrap("host", "ask", |x: i32| -> Result<(i32, i64), Error> { Err(Error::new(format!("ask {x}"))) })
            .unwrap();
        let mut store = Store::new(&engine, ());
        store.set_fuel(1000).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module(&engine, text)).unwrap();
        let run = instance.get_func(&store, "run").unwrap();
        let mut outputs = [Val::I32(0)];
        let call = run.call_resumable(&mut store, &[Val::I32(1)], &mut outputs).unwrap();
        let ResumableCall::HostTrap(trap) = call else { panic!("{call:?}") };
        assert_eq!(trap.host_error().to_string(), "ask 1");
        assert_eq!(trap.host_func().ty(&store).results().len(), 2);
        // The store can be used while the call waits.
        assert!(run.call(&mut store, &[Val::I32(9)], &mut outputs).unwrap_err().to_string().contains("ask 9"));
        let call = trap.resume(&mut store, &[Val::I32(10), Val::I64(20)], &mut outputs).unwrap();
        let ResumableCall::HostTrap(trap) = call else { panic!("{call:?}") };
        assert_eq!(trap.host_error().to_string(), "ask 5");
        let call = trap.resume(&mut store, &[Val::I32(100), Val::I64(200)], &mut outputs).unwrap();
        assert!(matches!(call, ResumableCall::Finished));
        assert_eq!(outputs[0].i64(), Some(330));

        let tail = instance.get_typed_func::<i32, (i32, i64)>(&store, "tail").unwrap();
        let call = tail.call_resumable(&mut store, 3).unwrap();
        let TypedResumableCall::HostTrap(trap) = call else { panic!("{call:?}") };
        let wrong = trap.resume(&mut store, &[Val::I32(1)]);
        assert!(matches!(wrong.unwrap_err().kind(), ErrorKind::ResultType { .. }));
        let call = tail.call_resumable(&mut store, 3).unwrap();
        let TypedResumableCall::HostTrap(trap) = call else { panic!("{call:?}") };
        let call = trap.resume(&mut store, &[Val::I32(4), Val::I64(5)]).unwrap();
        assert!(matches!(call, TypedResumableCall::Finished((4, 5))), "{call:?}");
    }
}

#[test]
fn a_suspended_call_goes_on_in_its_own_store_only() {
    let [engine, _] = engines();
    let (mut store, instance) = work(&engine);
    let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
    store.set_fuel(10).unwrap();
    let call = run.call_resumable(&mut store, 1000).unwrap();
    let TypedResumableCall::OutOfFuel(suspended) = call else { panic!("{call:?}") };
    let (mut other, _) = work(&engine);
    drop(store);
    assert!(matches!(suspended.resume(&mut other).unwrap_err().kind(), ErrorKind::ForeignHandle));
}

#[test]
fn exhaustion_below_a_host_function_is_a_trap_there() {
    for engine in engines() {
        let text = r#"(module (import "host" "call" (func $call (result i32)))
            (func (export "spin") (loop (br 0)))
            (func (export "run") (result i32) (call $call)))"#;
        let mut linker = Linker::<()>::new(&engine);
        let call = |mut caller: Caller<'_, ()>| {
            let spin: Func = caller.get_export("spin").and_then(Extern::into_func).unwrap();
            let error = spin.call(&mut caller, &[], &mut []).unwrap_err();
            let left = caller.get_fuel().unwrap();
            assert_eq!(error.as_trap_code(), Some(Trap::OutOfFuel));
            caller.set_fuel(50).unwrap();
            i32::from(left < 10)
        };
        linker.func_wrap("host", "call", call).unwrap();
        let mut store = Store::new(&engine, ());
        store.set_fuel(1_000_000).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module(&engine, text)).unwrap();
        let run = instance.get_typed_func::<(), i32>(&store, "run").unwrap();
        let call = run.call_resumable(&mut store, ()).unwrap();
        assert!(matches!(call, TypedResumableCall::Finished(1)), "{call:?}");
        assert!(store.get_fuel().unwrap() > 40);
    }
}

#[test]
fn interrupts_suspend_resumable_calls() {
    for engine in engines() {
        let (mut store, instance) = work(&engine);
        let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
        store.interrupt_handle().interrupt();
        let call = run.call_resumable(&mut store, 100).unwrap();
        let TypedResumableCall::OutOfFuel(suspended) = call else { panic!("{call:?}") };
        assert!(suspended.is_interrupt() && suspended.required_fuel() == 0);
        let call = suspended.resume(&mut store).unwrap();
        assert!(matches!(call, TypedResumableCall::Finished(100)), "{call:?}");
        store.interrupt_handle().interrupt();
        assert_eq!(run.call(&mut store, 100).unwrap_err().as_trap_code(), Some(Trap::Interrupt));
        assert_eq!(run.call(&mut store, 100).unwrap(), 100);
    }
}
