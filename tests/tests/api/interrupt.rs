//! Stopping a guest from another thread.

use std::thread;
use std::time::Duration;

use ermine::{Caller, Config, Engine, Error, Instance, InterruptHandle, Linker, Store, TrapCode, TypedResumableCall};
use ermine_tests::{MACHINES, config, fuel_config, module};

const TEXT: &str = r#"(module
  (memory (export "memory") 16 16)
  (global (export "rounds") (mut i64) (i64.const 0))
  (func $loop (export "loop")
    (loop $again
      (global.set 0 (i64.add (global.get 0) (i64.const 1)))
      (br $again)))
  (func $calls (export "calls")
    (global.set 0 (i64.add (global.get 0) (i64.const 1)))
    (return_call $calls))
  (func (export "bulk")
    (loop $again
      (memory.fill (i32.const 0) (i32.const 1) (i32.const 1000000))
      (br $again)))
  (func (export "ends") (param i64) (result i64)
    (loop $again
      (global.set 0 (i64.add (global.get 0) (i64.const 1)))
      (br_if $again (i64.lt_u (global.get 0) (local.get 0))))
    (global.get 0)))"#;

/// Engines whose guests can be interrupted: with and without fuel, on both machines.
fn stores() -> Vec<(Store<()>, Instance)> {
    let interruptible = |mut config: Config| {
        config.interruptible(true);
        config
    };
    let plain = MACHINES.map(|machine| interruptible(config(machine)));
    let fuel = MACHINES.map(|machine| interruptible(fuel_config(machine)));
    plain
        .into_iter()
        .chain(fuel)
        .map(|config| {
            let engine = Engine::new(&config);
            let mut store = Store::new(&engine, ());
            // Without metering there is no fuel to set.
            let _ = store.set_fuel(u64::MAX);
            let module = module(&engine, TEXT).unwrap();
            let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module);
            (store, instance.unwrap())
        })
        .collect()
}

fn interrupt_soon(handle: InterruptHandle) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(30));
        handle.interrupt();
    })
}

#[test]
fn another_thread_stops_an_endless_guest() {
    for (mut store, instance) in stores() {
        for name in ["loop", "calls", "bulk"] {
            let func = instance.get_typed_func::<(), ()>(&store, name).unwrap();
            let other = interrupt_soon(store.interrupt_handle());
            let error = func.call(&mut store, ()).unwrap_err();
            assert_eq!(error.as_trap_code(), Some(TrapCode::Interrupt), "{name}");
            other.join().unwrap();
        }
    }
}

#[test]
fn an_interrupt_stops_one_call_only() {
    for (mut store, instance) in stores() {
        let ends = instance.get_typed_func::<i64, i64>(&store, "ends").unwrap();
        let handle = store.interrupt_handle();
        assert_eq!(ends.call(&mut store, 10).unwrap(), 10);
        handle.interrupt();
        assert!(handle.is_pending());
        let error = ends.call(&mut store, i64::MAX).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(TrapCode::Interrupt));
        assert!(!handle.is_pending());
        let rounds = instance.get_global(&store, "rounds").unwrap();
        let next = rounds.get(&store).i64().unwrap() + 5;
        assert_eq!(ends.call(&mut store, next).unwrap(), next);
        handle.interrupt();
        handle.clear();
        assert_eq!(ends.call(&mut store, next + 5).unwrap(), next + 5);
    }
}

#[test]
fn an_interrupted_call_can_be_resumed() {
    for (mut store, instance) in stores() {
        let ends = instance.get_typed_func::<i64, i64>(&store, "ends").unwrap();
        let handle = store.interrupt_handle();
        handle.interrupt();
        let state = ends.call_resumable(&mut store, 200_000).unwrap();
        let TypedResumableCall::OutOfFuel(call) = state else {
            panic!("not suspended");
        };
        let state = call.resume(&mut store).unwrap();
        let TypedResumableCall::Finished(rounds) = state else {
            panic!("not finished");
        };
        assert_eq!(rounds, 200_000);
    }
}

#[test]
fn a_host_function_can_interrupt_its_caller() {
    for machine in MACHINES {
        let mut config = config(machine);
        config.interruptible(true);
        let engine = Engine::new(&config);
        let mut store = Store::new(&engine, None::<InterruptHandle>);
        let handle = store.interrupt_handle();
        *store.data_mut() = Some(handle);
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("host", "stop", |caller: Caller<'_, Option<InterruptHandle>>| -> Result<(), Error> {
                caller.data().as_ref().unwrap().interrupt();
                Ok(())
            })
            .unwrap();
        let text = r#"(module (import "host" "stop" (func $stop))
          (func (export "run") (call $stop) (loop $again (br $again))))"#;
        let module = module(&engine, text).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<(), ()>(&store, "run").unwrap();
        let error = run.call(&mut store, ()).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(TrapCode::Interrupt));
    }
}
