//! Many instances, one after the other and at once, on one thread and on eight: nothing is left behind, and nobody waits for anybody.
//!
//! The figures are in docs/robustness.md; `--nocapture` prints them. A binary of its own: its memory is measured.

use std::fmt::Write as _;
use std::fs;
use std::sync::{Barrier, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ermine::{
    CompilationMode, Config, Engine, Extern, Instance, InterruptHandle, Linker, Machine, Module, ResumableCall, Store,
    TrapCode, Val,
};
use ermine_tests::{MACHINES, binary, config, fuel_config};

/// Memory, a table, globals, segments, and something that uses all of them.
const GUEST: &str = r#"(module
  (import "host" "add" (func $add (param i32 i32) (result i32)))
  (memory (export "memory") 2) (table 20 funcref) (global $g (mut i64) (i64.const 3))
  (data (i32.const 8) "some bytes") (elem (i32.const 0) $twice $add)
  (func $twice (param i32 i32) (result i32) (i32.mul (local.get 0) (local.get 1)))
  (func (export "run") (param i32) (result i32)
    (global.set $g (i64.add (global.get $g) (i64.const 1)))
    (drop (memory.grow (i32.const 1)))
    (i32.store (i32.const 100000) (local.get 0))
    (i32.add
      (call_indirect (param i32 i32) (result i32) (local.get 0) (i32.const 2) (i32.const 0))
      (call_indirect (param i32 i32) (result i32) (i32.load (i32.const 100000)) (i32.wrap_i64 (global.get $g)) (i32.const 1))))
  (func (export "spin") (loop (br 0))))"#;

/// What `run` returns the first time.
fn first_result(argument: i32) -> i32 {
    argument * 2 + argument + 4
}

/// Keeps the tests of this binary apart.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Memory of this process that is in use, in KiB; nothing where the system does not tell.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse().ok()
}

fn linker<T>(engine: &Engine) -> Linker<T> {
    let mut linker = Linker::new(engine);
    linker.func_wrap("host", "add", |a: i32, b: i32| a + b).unwrap();
    linker
}

fn run_once(engine: &Engine, module: &Module, argument: i32) {
    let mut store = Store::new(engine, ());
    let _ = store.set_fuel(10_000);
    let instance = linker(engine).instantiate_and_start(&mut store, module).unwrap();
    let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
    assert_eq!(run.call(&mut store, argument).unwrap(), first_result(argument));
}

/// Does this 10,000 times; memory must not grow after the first tenth.
fn without_growth(what: &str, times: i32, mut each: impl FnMut(i32)) {
    let start = Instant::now();
    (0..times / 10).for_each(&mut each);
    let before = resident();
    (times / 10..times).for_each(&mut each);
    let grown = resident().zip(before).map(|(after, before)| after.saturating_sub(before));
    let each = start.elapsed() / times.unsigned_abs();
    println!("{times} {what}: {each:?} each, {} KiB more at the end than after a tenth", grown.unwrap_or(0));
    assert!(grown.unwrap_or(0) < 2_048, "{what} leak: {grown:?} KiB");
}

#[test]
fn ten_thousand_instances_leave_nothing_behind() {
    let _alone = alone();
    for machine in MACHINES {
        let engine = Engine::new(&config(machine));
        let module = Module::new(&engine, binary(GUEST)).unwrap();
        without_growth(&format!("stores and instances, {machine:?}"), 10_000, |n| run_once(&engine, &module, n));
    }
}

#[test]
fn modules_images_and_suspended_calls_leave_nothing_behind() {
    let _alone = alone();
    let wasm = binary(GUEST);
    for machine in MACHINES {
        for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
            let mut config = fuel_config(machine);
            let engine = Engine::new(config.compilation_mode(mode));
            without_growth(&format!("modules, {machine:?}, {mode:?}"), 2_000, |n| {
                run_once(&engine, &Module::new(&engine, &wasm).unwrap(), n);
            });
        }
        let engine = Engine::new(&fuel_config(machine));
        let image = Module::new(&engine, &wasm).unwrap().serialize().unwrap();
        without_growth(&format!("images, {machine:?}"), 2_000, |n| {
            run_once(&engine, &Module::deserialize(&engine, &image).unwrap(), n);
        });
        let module = Module::new(&engine, &wasm).unwrap();
        let mut store = Store::new(&engine, ());
        store.set_fuel(1_000).unwrap();
        let instance = linker(&engine).instantiate_and_start(&mut store, &module).unwrap();
        let spin = instance.get_func(&store, "spin").unwrap();
        without_growth(&format!("suspended calls that are dropped, {machine:?}"), 10_000, |_| {
            store.set_fuel(100).unwrap();
            let call = spin.call_resumable(&mut store, &[], &mut []).unwrap();
            assert!(matches!(call, ResumableCall::OutOfFuel(_)));
        });
    }
}

#[test]
fn a_thousand_instances_live_at_once() {
    let _alone = alone();
    for machine in MACHINES {
        let mut config = config(machine);
        let mut limits = config.get_limits().clone();
        // Allocators that reuse memory zero it, and so touch all of it: with a thousand stores their stacks count.
        limits.stack_bytes = 64 << 10;
        let engine = Engine::new(config.limits(limits));
        let module = Module::new(&engine, binary(GUEST)).unwrap();
        // In one store, and in one store each.
        let before = resident();
        let mut store = Store::new(&engine, ());
        let linker = linker(&engine);
        let together: Vec<Instance> =
            (0..1_000).map(|_| linker.instantiate_and_start(&mut store, &module).unwrap()).collect();
        for round in 0..3 {
            for (n, instance) in (0..).zip(&together) {
                let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
                assert_eq!(run.call(&mut store, n).unwrap(), first_result(n) + round);
            }
        }
        let one_store = resident().zip(before).map_or(0, |(after, before)| after.saturating_sub(before));
        drop(store);
        let before = resident();
        let mut apart: Vec<(Store<()>, Instance)> = (0..1_000)
            .map(|_| {
                let mut store = Store::new(&engine, ());
                let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
                (store, instance)
            })
            .collect();
        for (n, (store, instance)) in (0..).zip(&mut apart) {
            let run = instance.get_typed_func::<i32, i32>(&*store, "run").unwrap();
            assert_eq!(run.call(store, n).unwrap(), first_result(n));
        }
        let own_stores = resident().zip(before).map_or(0, |(after, before)| after.saturating_sub(before));
        println!("1,000 live instances, {machine:?}: {one_store} KiB in one store, {own_stores} KiB in a store each");
        // Up to five pages of linear memory each, of which growing touches those that it appends: the rest is the engine's.
        assert!(one_store.max(own_stores) < 400 << 10, "{one_store} {own_stores}");
    }
}

/// A module of `count` functions, each of which calls the next two and adds its number.
fn ladder(count: i32) -> Vec<u8> {
    let mut text = String::from("(module (table funcref (elem");
    (0..count).for_each(|n| write!(text, " {n}").unwrap());
    text.push_str("))");
    for n in 0..count {
        // Depth is bounded by the parameter.
        let (one, two) = ((n + 1) % count, (n + 7) % count);
        write!(
            text,
            "(func (param i32) (result i32)
               (if (result i32) (i32.eqz (local.get 0)) (then (i32.const {n}))
                 (else (i32.add (call {one} (i32.sub (local.get 0) (i32.const 1)))
                   (call_indirect (param i32) (result i32) (i32.shr_u (local.get 0) (i32.const 1)) (i32.const {two}))))))"
        )
        .unwrap();
    }
    text.push_str(
        "(func (export \"f\") (param i32 i32) (result i32) (call_indirect (param i32) (result i32) (local.get 1) (local.get 0))))",
    );
    binary(&text)
}

/// The same in Rust.
fn climb(count: i32, n: i32, depth: i32) -> i32 {
    if depth == 0 { n } else { climb(count, (n + 1) % count, depth - 1) + climb(count, (n + 7) % count, depth / 2) }
}

#[test]
fn eight_threads_translate_the_same_functions_at_once() {
    const COUNT: i32 = 2_000;
    let _alone = alone();
    let wasm = ladder(COUNT);
    for machine in MACHINES {
        for mode in [CompilationMode::LazyTranslation, CompilationMode::Lazy] {
            let mut config = config(machine);
            let engine = Engine::new(config.compilation_mode(mode));
            let module = Module::new(&engine, &wasm).unwrap();
            let barrier = Barrier::new(8);
            let start = Instant::now();
            thread::scope(|scope| {
                for thread in 0..8 {
                    let (engine, module, barrier) = (&engine, &module, &barrier);
                    scope.spawn(move || {
                        let mut store = Store::new(engine, ());
                        barrier.wait();
                        let instance = Instance::new(&mut store, module, &[]).unwrap();
                        let f = instance.get_typed_func::<(i32, i32), i32>(&store, "f").unwrap();
                        // Half of the threads go the other way round.
                        for step in 0..COUNT {
                            let n = if thread % 2 == 0 { step } else { COUNT - 1 - step };
                            assert_eq!(f.call(&mut store, (n, 6)).unwrap(), climb(COUNT, n, 6));
                        }
                    });
                }
            });
            println!("8 threads, {COUNT} functions, {machine:?}, {mode:?}: {:?}", start.elapsed());
            // What there is now is what one thread would have made.
            let alone = Module::new(&engine, &wasm).unwrap();
            let mut store = Store::new(&engine, ());
            let instance = Instance::new(&mut store, &alone, &[]).unwrap();
            let f = instance.get_typed_func::<(i32, i32), i32>(&store, "f").unwrap();
            for n in 0..COUNT {
                f.call(&mut store, (n, 1)).unwrap();
            }
            // But that threads that race for one function may each have made it; what lost is kept until the module goes.
            assert!((alone.code_bytes()..alone.code_bytes() * 2).contains(&module.code_bytes()));
        }
    }
}

#[test]
fn eight_guests_are_interrupted_soon() {
    const ROUNDS: usize = 10;
    let _alone = alone();
    for machine in MACHINES {
        let mut config: Config = config(machine);
        let engine = Engine::new(config.interruptible(true));
        let module = Module::new(&engine, binary(GUEST)).unwrap();
        let mut waits: Vec<Duration> = Vec::new();
        for _ in 0..ROUNDS {
            let mut handles = Vec::new();
            thread::scope(|scope| {
                let mut threads = Vec::new();
                for _ in 0..8 {
                    let mut store = Store::new(&engine, ());
                    let instance = linker(&engine).instantiate_and_start(&mut store, &module).unwrap();
                    handles.push(store.interrupt_handle());
                    threads.push(scope.spawn(move || {
                        let spin = instance.get_typed_func::<(), ()>(&store, "spin").unwrap();
                        let error = spin.call(&mut store, ()).unwrap_err();
                        assert_eq!(error.as_trap_code(), Some(TrapCode::Interrupt));
                        let end = Instant::now();
                        // It works on.
                        let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
                        assert_eq!(run.call(&mut store, 5).unwrap(), first_result(5));
                        end
                    }));
                }
                thread::sleep(Duration::from_millis(20));
                let begin = Instant::now();
                handles.iter().for_each(InterruptHandle::interrupt);
                waits.extend(threads.into_iter().map(|thread| thread.join().unwrap().saturating_duration_since(begin)));
            });
        }
        waits.sort();
        let (median, worst) = (waits[waits.len() / 2], waits[waits.len() - 1]);
        println!("8 guests interrupted, {machine:?}: median {median:?}, worst {worst:?}");
        assert!(worst < Duration::from_secs(5), "{worst:?}");
    }
}

/// Stores go from thread to thread, suspended calls with them.
#[test]
fn a_suspended_call_goes_on_in_another_thread() {
    let _alone = alone();
    let text = r#"(module (func (export "sum") (param i64) (result i64) (local i64)
      (loop $again
        (local.set 1 (i64.add (local.get 1) (local.get 0)))
        (br_if $again (i64.ne (i64.const 0) (local.tee 0 (i64.sub (local.get 0) (i64.const 1))))))
      (local.get 1)))"#;
    for machine in [Machine::Tail, Machine::Loop] {
        let engine = Engine::new(&fuel_config(machine));
        let module = Module::new(&engine, binary(text)).unwrap();
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let sum: Extern = instance.get_func(&store, "sum").unwrap().into();
        let sum = sum.into_func().unwrap();
        store.set_fuel(500).unwrap();
        let mut outputs = [Val::I64(0)];
        let mut call = sum.call_resumable(&mut store, &[Val::I64(10_000)], &mut outputs).unwrap();
        let mut threads = 0;
        while let ResumableCall::OutOfFuel(suspended) = call {
            threads += 1;
            (store, call, outputs) = thread::spawn(move || {
                store.set_fuel(suspended.required_fuel() + 5_000).unwrap();
                let call = suspended.resume(&mut store, &mut outputs).unwrap();
                (store, call, outputs)
            })
            .join()
            .unwrap();
        }
        assert!(threads > 5);
        assert_eq!(outputs[0].i64(), Some(50_005_000));
    }
}
