//! Fuel: exact, the same on both machines, and the end of every loop.

use std::collections::BTreeSet;

use ermine::{Caller, Config, Engine, Error, Linker, Machine, Module, Profile, Store, TrapCode};
use ermine_tests::{MACHINES, engine, fuel_config, module};

const PROGRAMS: &str = r#"(module
  (memory 2 4)
  (table $t 40 funcref)
  (type $none (func))
  (elem (table $t) (i32.const 0) func $empty)
  (func $empty (export "empty"))
  (func (export "straight") (result i32)
    (i32.add (i32.const 1) (i32.mul (i32.const 2) (i32.const 3))))
  (func (export "locals") (local i32 i64 f32 f64 i64 i64 i64 i64)
    (local.set 0 (i32.const 1)))
  (func (export "loop") (local i32)
    (loop $again
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (br_if $again (i32.lt_s (local.get 0) (i32.const 1000)))))
  (func (export "nested") (local i32 i32)
    (loop $outer
      (local.set 1 (i32.const 0))
      (loop $inner
        (br_if $inner (i32.ne (i32.const 10) (local.tee 1 (i32.add (local.get 1) (i32.const 1))))))
      (br_if $outer (i32.ne (i32.const 10) (local.tee 0 (i32.add (local.get 0) (i32.const 1)))))))
  (func $fib (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add (call $fib (i32.sub (local.get 0) (i32.const 1)))
                     (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func (export "recursive") (drop (call $fib (i32.const 10))))
  (func (export "indirect") (local i32)
    (loop $again
      (call_indirect (type $none) (i32.const 0))
      (br_if $again (i32.ne (i32.const 9) (local.tee 0 (i32.add (local.get 0) (i32.const 1)))))))
  (func (export "fill") (memory.fill (i32.const 0) (i32.const 7) (i32.const 100000)))
  (func (export "copy") (memory.copy (i32.const 1) (i32.const 0) (i32.const 100000)))
  (func (export "tables")
    (table.copy (i32.const 1) (i32.const 0) (i32.const 30))
    (table.fill (i32.const 5) (ref.null func) (i32.const 17)))
  (func (export "grow") (drop (memory.grow (i32.const 1))))
  (func (export "switch") (local i32)
    (loop $again
      (block $a (block $b (block $c
        (br_table $a $b $c (i32.and (local.get 0) (i32.const 3))))
        (local.set 0 (i32.add (local.get 0) (i32.const 2))) (br $again))
        (local.set 0 (i32.add (local.get 0) (i32.const 3))) (br $again))
      (local.set 0 (i32.add (local.get 0) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get 0) (i32.const 500))))))"#;

const NAMES: [&str; 12] = [
    "empty",
    "straight",
    "locals",
    "loop",
    "nested",
    "recursive",
    "indirect",
    "fill",
    "copy",
    "tables",
    "grow",
    "switch",
];

const PLENTY: u64 = 1_000_000_000;

/// Runs an export of [`PROGRAMS`] in a fresh store with `fuel`; what is left, and how it ended.
fn run(machine: Machine, name: &str, fuel: u64) -> (u64, Option<TrapCode>) {
    let engine = Engine::new(&fuel_config(machine));
    let mut store = Store::new(&engine, ());
    store.set_fuel(PLENTY).unwrap();
    let module = module(&engine, PROGRAMS).unwrap();
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
    store.set_fuel(fuel).unwrap();
    let func = instance.get_func(&store, name).unwrap();
    let mut results = vec![ermine::Val::I32(0); func.ty(&store).results().len()];
    let end = func.call(&mut store, &[], &mut results);
    let trap = end.err().map(|error| error.as_trap_code().unwrap());
    (store.get_fuel().unwrap(), trap)
}

fn cost(machine: Machine, name: &str) -> u64 {
    let (left, trap) = run(machine, name, PLENTY);
    assert_eq!(trap, None, "{name}");
    PLENTY - left
}

#[test]
fn fuel_is_equal_on_both_machines() {
    for name in NAMES {
        let costs: BTreeSet<u64> = MACHINES.map(|machine| cost(machine, name)).into();
        println!("{name}: {costs:?}");
        assert_eq!(costs.len(), 1, "{name}: {costs:?}");
    }
}

#[test]
fn exactly_the_fuel_consumed_is_enough() {
    for machine in MACHINES {
        for name in NAMES {
            let cost = cost(machine, name);
            assert_eq!(run(machine, name, cost), (0, None), "{name} on {machine:?}");
            let Some(less) = cost.checked_sub(1) else {
                continue;
            };
            let (_, trap) = run(machine, name, less);
            assert_eq!(trap, Some(TrapCode::OutOfFuel), "{name} on {machine:?}");
        }
    }
}

#[test]
fn too_little_fuel_traps_at_the_same_place_on_both_machines() {
    for name in NAMES {
        let cost = cost(Machine::Loop, name);
        for fuel in [0, 1, cost / 7, cost / 2, cost.saturating_sub(2)] {
            let ends: Vec<_> = MACHINES.map(|machine| run(machine, name, fuel)).into();
            assert_eq!(ends[0], ends[1], "{name} with {fuel}");
        }
    }
}

/// Ways back to the start of a loop, taken while local 0 is below 3.
const WAYS_BACK: [&str; 5] = [
    "(br_if $again (i32.lt_u (local.get 0) (i32.const 3)))",
    "(br_if $again (i32.lt_u (local.tee 0 (i32.add (local.get 0) (i32.const 0))) (i32.const 3)))",
    "(br_if $again (i32.eqz (i32.div_u (local.get 0) (i32.const 3))))",
    "(block $out (br_if $out (i32.ge_u (local.get 0) (i32.const 3))) (br $again))",
    "(block $out (br_table $again $out (i32.ge_u (local.get 0) (i32.const 3))))",
];

/// Runs a loop three times whose body has `len` times four operators; what is left of the fuel, and how it ended.
fn run_long_loop(config: &Config, way_back: &str, len: usize, fuel: u64) -> (u64, Option<TrapCode>) {
    let step = "(local.set 1 (i32.mul (local.get 1) (i32.const 3)))".repeat(len);
    let text = format!(
        r#"(module (func (export "f") (local i32 i32)
          (loop $again (local.set 0 (i32.add (local.get 0) (i32.const 1))) {step} {way_back})))"#
    );
    let engine = Engine::new(config);
    let wasm = wat::parse_str(&text).unwrap();
    let image = engine.precompile_module(&wasm).unwrap();
    Module::deserialize(&engine, image).unwrap();
    let mut store = Store::new(&engine, ());
    let module = Module::new(&engine, wasm).unwrap();
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
    store.set_fuel(fuel).unwrap();
    let end = instance.get_typed_func::<(), ()>(&store, "f").unwrap().call(&mut store, ());
    let trap = end.err().map(|error| error.as_trap_code().unwrap());
    (store.get_fuel().unwrap(), trap)
}

#[test]
fn a_branch_back_costs_the_same_however_far_it_goes() {
    // The longer one is out of reach of a short branch.
    const SHORT: usize = 1_000;
    const LONG: usize = 12_000;
    let mut configs = Vec::new();
    for machine in MACHINES {
        for profile in [Profile::Base, Profile::Full] {
            let mut config = fuel_config(machine);
            config.profile(profile);
            configs.push(config);
        }
    }
    for way_back in WAYS_BACK {
        let mut ends = BTreeSet::new();
        for config in &configs {
            let cost = |len| PLENTY - run_long_loop(config, way_back, len, PLENTY).0;
            let (short, long) = (cost(SHORT), cost(LONG));
            assert_eq!(long - short, 3 * 4 * (LONG - SHORT) as u64, "{way_back}");
            assert_eq!(run_long_loop(config, way_back, LONG, long), (0, None), "{way_back}");
            let (left, trap) = run_long_loop(config, way_back, LONG, long - 1);
            assert_eq!(trap, Some(TrapCode::OutOfFuel), "{way_back}");
            ends.insert((long, left));
        }
        assert_eq!(ends.len(), 1, "{way_back}: {ends:?}");
    }
}

#[test]
fn fuel_grows_with_the_work() {
    for machine in MACHINES {
        let cost = |name| cost(machine, name);
        assert!(cost("empty") < cost("straight"));
        // 1,000 rounds of 7 operators and 10 zeroed slots are not the same as 10 × 10 rounds.
        assert!(cost("loop") >= 4_000, "{}", cost("loop"));
        assert!(cost("nested") >= 600 && cost("nested") < cost("loop"));
        // 177 calls of a function of 7 or more operators.
        assert!(cost("recursive") >= 177 * 4, "{}", cost("recursive"));
        // 100,000 bytes at 64 per unit.
        for bulk in ["fill", "copy"] {
            assert!((1_563..2_000).contains(&cost(bulk)), "{bulk}: {}", cost(bulk));
        }
        assert!(cost("locals") > cost("empty"));
    }
}

#[test]
fn an_endless_loop_runs_out_of_fuel() {
    const ENDLESS: [&str; 5] = [
        "(loop $l (br $l))",
        "(loop $l (br_if $l (i32.const 1)) unreachable)",
        "(loop $l (br_table $l $l (i32.const 5)))",
        "(loop $l (block (br 1)))",
        "(return_call $f)",
    ];
    for machine in MACHINES {
        for body in ENDLESS {
            let engine = Engine::new(&fuel_config(machine));
            let mut store = Store::new(&engine, ());
            store.set_fuel(100_000).unwrap();
            let text = format!("(module (func $f (export \"f\") {body}))");
            let module = module(&engine, &text).unwrap();
            let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
            let func = instance.get_typed_func::<(), ()>(&store, "f").unwrap();
            let error = func.call(&mut store, ()).unwrap_err();
            assert_eq!(error.as_trap_code(), Some(TrapCode::OutOfFuel), "{body}");
        }
    }
}

#[test]
fn an_endless_start_function_runs_out_of_fuel() {
    for machine in MACHINES {
        let engine = Engine::new(&fuel_config(machine));
        let mut store = Store::new(&engine, ());
        store.set_fuel(1000).unwrap();
        let text = "(module (func $f (loop $l (br $l))) (start $f))";
        let module = module(&engine, text).unwrap();
        let error = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(TrapCode::OutOfFuel));
    }
}

#[test]
fn a_host_function_sees_and_sets_the_fuel() {
    for machine in MACHINES {
        let engine = Engine::new(&fuel_config(machine));
        let mut store = Store::new(&engine, Vec::<u64>::new());
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("host", "tick", |mut caller: Caller<'_, Vec<u64>>| -> Result<(), Error> {
                let fuel = caller.get_fuel()?;
                caller.data_mut().push(fuel);
                caller.set_fuel(fuel.saturating_sub(100))
            })
            .unwrap();
        let module = module(
            &engine,
            r#"(module (import "host" "tick" (func $tick)) (func (export "run")
              (call $tick) (call $tick) (call $tick))
              (func (export "endless") (loop $l (call $tick) (br $l))))"#,
        )
        .unwrap();
        store.set_fuel(1000).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        store.set_fuel(1000).unwrap();
        let run = instance.get_typed_func::<(), ()>(&store, "run").unwrap();
        run.call(&mut store, ()).unwrap();
        let seen = store.data().clone();
        assert!(seen[0] <= 1000 && seen[0] > 980, "{seen:?}");
        assert!(seen[1] <= seen[0] - 100 && seen[1] > seen[0] - 110, "{seen:?}");
        assert!(seen[2] <= seen[1] - 100 && seen[2] > seen[1] - 110, "{seen:?}");
        assert!(store.get_fuel().unwrap() <= seen[2] - 100);
        // Taking it all away in the middle stops the guest.
        store.set_fuel(10_000).unwrap();
        let endless = instance.get_typed_func::<(), ()>(&store, "endless").unwrap();
        let error = endless.call(&mut store, ()).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(TrapCode::OutOfFuel));
        assert!((50..102).contains(&(store.data().len() - 3)));
    }
}

#[test]
fn fuel_without_metering_is_an_error() {
    for machine in MACHINES {
        let mut store = Store::new(&engine(machine), ());
        assert!(store.set_fuel(1).is_err());
        assert!(store.get_fuel().is_err());
    }
}
