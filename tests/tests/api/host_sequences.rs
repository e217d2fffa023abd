//! Calls of host functions one after the other, and what comes between them: the engine goes a short way from one to the next.

use ermine::{Caller, Config, Engine, Error, Instance, Linker, Machine, Module, Store, TrapCode};
use ermine_tests::{MACHINES, module};

const TEXT: &str = r#"(module
  (import "host" "note" (func $note (param i32) (result i32)))
  (import "host" "make" (func $make))
  (import "other" "twice" (func $twice (param i32) (result i32)))
  (type $t (func (param i32) (result i32)))
  (table funcref (elem $note))
  (memory 1 4)
  (func $twice_tailed (param i32) (result i32) (return_call $note (call $note (local.get 0))))
  (func (export "run") (param i32) (result i32)
    (local.set 0 (call $note (call $note (local.get 0))))
    (local.set 0 (call_indirect (type $t) (local.get 0) (i32.const 0)))
    (local.set 0 (call $twice (local.get 0)))
    (local.set 0 (call $note (local.get 0)))
    (local.set 0 (i32.add (local.get 0) (memory.grow (i32.const 1))))
    (call $make)
    (local.set 0 (call $note (local.get 0)))
    (call $note (call $twice_tailed (local.get 0))))
  (func (export "trap") (result i32)
    (i32.div_s (call $note (call $note (i32.const 1))) (i32.const 0))))"#;

const OTHER: &str =
    r#"(module (func (export "twice") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2))))"#;

const FUEL: u64 = 1_000_000;

fn instance(machine: Machine, metered: bool) -> (Store<Vec<i32>>, Instance) {
    let mut config = Config::default();
    config.machine(machine).consume_fuel(metered);
    let engine = Engine::new(&config);
    let other = module(&engine, OTHER).unwrap();
    let mut store = Store::new(&engine, Vec::new());
    if metered {
        store.set_fuel(FUEL).unwrap();
    }
    let mut linker = Linker::new(&engine);
    linker.func_wrap("host", "note", note).unwrap();
    let made = other.clone();
    let make = move |mut caller: Caller<'_, Vec<i32>>| make(&mut caller, &made);
    linker.func_wrap("host", "make", make).unwrap();
    let twice = linker.instantiate_and_start(&mut store, &other).unwrap();
    linker.instance(&store, "other", twice).unwrap();
    let module = module(&engine, TEXT).unwrap();
    let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
    (store, instance)
}

fn note(mut caller: Caller<'_, Vec<i32>>, value: i32) -> i32 {
    caller.data_mut().push(value);
    value + 1
}

/// Moves the lists that a running machine looks into.
fn make(caller: &mut Caller<'_, Vec<i32>>, module: &Module) -> Result<(), Error> {
    (0..100).try_for_each(|_| Instance::new(&mut *caller, module, &[]).map(drop))
}

#[test]
fn host_functions_see_the_same_whatever_comes_between_them() {
    let mut fuel = Vec::new();
    for machine in MACHINES {
        for metered in [false, true] {
            let (mut store, instance) = instance(machine, metered);
            let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
            assert_eq!(run.call(&mut store, 0).unwrap(), 12);
            assert_eq!(store.data().as_slice(), [0, 1, 2, 6, 8, 9, 10, 11]);
            fuel.extend(store.get_fuel().ok());
        }
    }
    assert!(fuel.iter().all(|&left| left == fuel[0] && left < FUEL), "{fuel:?}");
}

#[test]
fn a_trap_behind_two_host_functions_is_found_where_it_is() {
    for machine in MACHINES {
        let (mut store, instance) = instance(machine, false);
        let trap = instance.get_typed_func::<(), i32>(&store, "trap").unwrap();
        let error = trap.call(&mut store, ()).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(TrapCode::IntegerDivisionByZero));
        assert_eq!(error.backtrace().map(|trace| trace.frames().len()), Some(1));
        assert_eq!(store.data().as_slice(), [1, 2]);
    }
}
