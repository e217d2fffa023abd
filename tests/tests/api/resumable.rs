//! Calls that are suspended, by the end of the fuel or by a host function, and go on later.

use ermine::{
    Caller, Engine, Error, Func, Instance, Linker, Machine, ResumableCall, Store, TrapCode, TypedResumableCall, Val,
};
use ermine_tests::{MACHINES, engine, fuel_config, module};

const COUNTING: &str = r#"(module
  (memory 1)
  (func $add (param i32) (result i32)
    (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (local.get 0)))
    (i32.load (i32.const 0)))
  (func (export "count") (param $n i32) (result i32 i64 f64)
    (local $i i32) (local $wide i64) (local $real f64) (local $last i32)
    (loop $again
      (local.set $last (call $add (local.get $i)))
      (local.set $wide (i64.add (local.get $wide) (i64.extend_i32_u (local.get $last))))
      (local.set $real (f64.add (local.get $real) (f64.const 0.5)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $n))))
    (local.get $last) (local.get $wide) (local.get $real)))"#;

fn metered(machine: Machine, text: &str) -> (Store<()>, Instance) {
    let engine = Engine::new(&fuel_config(machine));
    let mut store = Store::new(&engine, ());
    store.set_fuel(1 << 40).unwrap();
    let module = module(&engine, text).unwrap();
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).unwrap();
    (store, instance)
}

type Counted = (i32, i64, f64);

/// Runs `count` in slices of `fuel`; the results, the number of suspensions and the fuel used.
fn count_in_slices(machine: Machine, n: i32, fuel: u64) -> (Counted, u64, u64) {
    let (mut store, instance) = metered(machine, COUNTING);
    let count = instance.get_typed_func::<i32, Counted>(&store, "count").unwrap();
    store.set_fuel(fuel).unwrap();
    let (mut suspensions, mut given) = (0, fuel);
    let mut state = count.call_resumable(&mut store, n).unwrap();
    loop {
        match state {
            TypedResumableCall::Finished(results) => {
                return (results, suspensions, given - store.get_fuel().unwrap());
            }
            TypedResumableCall::OutOfFuel(call) => {
                suspensions += 1;
                let left = store.get_fuel().unwrap();
                let more = fuel.max(call.required_fuel());
                assert!(left < call.required_fuel(), "{left}");
                given += more;
                store.set_fuel(left + more).unwrap();
                state = call.resume(&mut store).unwrap();
            }
            TypedResumableCall::HostTrap(_) => panic!("no host function there"),
        }
    }
}

#[test]
fn a_call_goes_on_after_every_slice_of_fuel() {
    for machine in MACHINES {
        let (whole, none, cost) = count_in_slices(machine, 300, 1 << 30);
        assert_eq!(none, 0);
        assert_eq!((whole.0, whole.2), (299 * 300 / 2, 150.0));
        for fuel in [1, 7, 50, 999] {
            let (sliced, suspensions, used) = count_in_slices(machine, 300, fuel);
            assert_eq!(sliced, whole, "{fuel} on {machine:?}");
            assert!(suspensions >= cost / fuel.max(40) / 2, "{suspensions} of {cost}/{fuel}");
            assert_eq!(used, cost, "slices of {fuel} on {machine:?}");
        }
    }
}

#[test]
fn bulk_operations_are_suspended_in_the_middle_or_not_begun() {
    const TEXT: &str = r#"(module (memory (export "m") 4)
      (func (export "f")
        (memory.fill (i32.const 3) (i32.const 5) (i32.const 200000))
        (memory.copy (i32.const 200100) (i32.const 0) (i32.const 50000))))"#;
    for machine in MACHINES {
        let (mut store, instance) = metered(machine, TEXT);
        let func = instance.get_func(&store, "f").unwrap();
        store.set_fuel(10).unwrap();
        let mut state = func.call_resumable(&mut store, &[], &mut []).unwrap();
        let mut rounds = 0;
        while let ResumableCall::OutOfFuel(call) = state {
            rounds += 1;
            let more = call.required_fuel().max(100);
            store.set_fuel(store.get_fuel().unwrap() + more).unwrap();
            state = call.resume(&mut store, &mut []).unwrap();
        }
        assert!(matches!(state, ResumableCall::Finished) && rounds > 0);
        let data = instance.get_memory(&store, "m").unwrap().data(&store);
        let filled = |range: std::ops::Range<usize>| data[range].iter().all(|byte| *byte == 5);
        assert!(filled(3..200_003) && filled(200_103..250_100));
        assert_eq!(data[..3], [0; 3]);
        assert_eq!(data[200_003..200_103], [0; 100]);
        assert_eq!(data[250_100], 0);
    }
}

const ASKING: &str = r#"(module
  (import "host" "ask" (func $ask (param i32) (result i32 i64)))
  (memory 1)
  (func $inner (param i32) (result i64) (local i64)
    (i32.store (i32.const 0) (i32.const 9))
    (call $ask (local.get 0))
    (local.set 1)
    (i64.add (i64.extend_i32_s) (i64.add (local.get 1) (i64.load (i32.const 0)))))
  (func (export "run") (param i32) (result i64)
    (i64.mul
      (call $inner (local.get 0))
      (call $inner (i32.add (local.get 0) (i32.const 1))))))"#;

fn asking(machine: Machine) -> (Store<Vec<i32>>, Func, Instance) {
    let engine = engine(machine);
    let mut store = Store::new(&engine, Vec::new());
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap("host", "ask", |mut caller: Caller<'_, Vec<i32>>, x: i32| -> Result<(i32, i64), Error> {
            caller.data_mut().push(x);
            Err(Error::new("what now"))
        })
        .unwrap();
    let module = module(&engine, ASKING).unwrap();
    let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
    let run = instance.get_func(&store, "run").unwrap();
    (store, run, instance)
}

#[test]
fn a_host_function_suspends_its_caller_and_is_answered_later() {
    for machine in MACHINES {
        let (mut store, run, instance) = asking(machine);
        let mut results = [Val::I64(0)];
        let state = run.call_resumable(&mut store, &[Val::I32(5)], &mut results).unwrap();
        let ResumableCall::HostTrap(call) = state else {
            panic!("not suspended");
        };
        assert_eq!(store.data(), &[5]);
        assert!(call.host_error().to_string().contains("what now"));
        let host = call.host_func();
        assert_eq!(host.ty(&store).results().len(), 2);

        // The store is free for other calls meanwhile, suspended ones too.
        let typed = instance.get_typed_func::<i32, i64>(&store, "run").unwrap();
        let other = typed.call_resumable(&mut store, 50).unwrap();
        assert!(matches!(other, TypedResumableCall::HostTrap(_)));

        let answer = [Val::I32(1), Val::I64(10)];
        let ResumableCall::HostTrap(call) = call.resume(&mut store, &answer, &mut results).unwrap() else {
            panic!("not suspended again");
        };
        assert_eq!(store.data(), &[5, 50, 6]);
        drop(other);
        let answer = [Val::I32(-2), Val::I64(0)];
        let state = call.resume(&mut store, &answer, &mut results).unwrap();
        assert!(matches!(state, ResumableCall::Finished));
        assert_eq!(results[0].i64(), Some((1 + 10 + 9) * (-2 + 9)));
    }
}

#[test]
fn an_answer_of_the_wrong_type_is_an_error() {
    for machine in MACHINES {
        for answer in [&[][..], &[Val::I32(1)], &[Val::I64(1), Val::I64(1)]] {
            let (mut store, run, _) = asking(machine);
            let mut results = [Val::I64(0)];
            let state = run.call_resumable(&mut store, &[Val::I32(5)], &mut results).unwrap();
            let ResumableCall::HostTrap(call) = state else {
                panic!("not suspended");
            };
            assert!(call.resume(&mut store, answer, &mut results).is_err());
        }
    }
}

#[test]
fn a_suspended_call_is_not_resumed_in_another_store() {
    for machine in MACHINES {
        let (mut store, run, _) = asking(machine);
        let (mut other, _, _) = asking(machine);
        let mut results = [Val::I64(0)];
        let state = run.call_resumable(&mut store, &[Val::I32(5)], &mut results).unwrap();
        let ResumableCall::HostTrap(call) = state else {
            panic!("not suspended");
        };
        let answer = [Val::I32(1), Val::I64(10)];
        assert!(call.resume(&mut other, &answer, &mut results).is_err());
    }
}

#[test]
fn traps_end_a_resumable_call() {
    for machine in MACHINES {
        let text = "(module (func (export \"f\") unreachable))";
        let (mut store, instance) = metered(machine, text);
        let func = instance.get_func(&store, "f").unwrap();
        let error = func.call_resumable(&mut store, &[], &mut []).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(TrapCode::UnreachableCodeReached));
    }
}

#[test]
fn many_suspended_calls_wait_at_once() {
    for machine in MACHINES {
        let (mut store, _, instance) = asking(machine);
        let typed = instance.get_typed_func::<i32, i64>(&store, "run").unwrap();
        let mut waiting = Vec::new();
        for n in 0..50 {
            match typed.call_resumable(&mut store, n).unwrap() {
                TypedResumableCall::HostTrap(call) => waiting.push((n, call)),
                _ => panic!("not suspended"),
            }
        }
        for (n, call) in waiting.into_iter().rev() {
            let answer = [Val::I32(n), Val::I64(0)];
            let TypedResumableCall::HostTrap(call) = call.resume(&mut store, &answer).unwrap() else {
                panic!("not suspended again");
            };
            let answer = [Val::I32(0), Val::I64(1)];
            let TypedResumableCall::Finished(result) = call.resume(&mut store, &answer).unwrap() else {
                panic!("not finished");
            };
            assert_eq!(result, i64::from(n + 9) * 10);
        }
    }
}

/// A frame of the host cannot be suspended: the fuel's end below one is a trap for it.
#[test]
fn suspension_under_a_host_frame_is_a_trap() {
    for machine in MACHINES {
        let engine = Engine::new(&fuel_config(machine));
        let mut store = Store::new(&engine, ());
        store.set_fuel(1 << 30).unwrap();
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("host", "again", |mut caller: Caller<'_, ()>| -> Result<(), Error> {
                let endless = caller.get_export("endless").and_then(|item| item.into_func());
                endless.unwrap().call(&mut caller, &[], &mut [])
            })
            .unwrap();
        let module = module(
            &engine,
            r#"(module (import "host" "again" (func $again))
              (func (export "endless") (loop $l (br $l)))
              (func (export "run") (call $again)))"#,
        )
        .unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        store.set_fuel(10_000).unwrap();
        let run = instance.get_func(&store, "run").unwrap();
        match run.call_resumable(&mut store, &[], &mut []) {
            Err(error) => assert_eq!(error.as_trap_code(), Some(TrapCode::OutOfFuel)),
            Ok(ResumableCall::HostTrap(call)) => {
                let code = call.host_error().as_trap_code();
                assert_eq!(code, Some(TrapCode::OutOfFuel));
            }
            Ok(ResumableCall::Finished | ResumableCall::OutOfFuel(_)) => panic!("not a trap"),
        }
    }
}
