//! Host functions: typed and untyped, any number of parameters and results, called from the guest
//! and from the host, and what they may do while the guest waits.

use std::fmt;

use ermine::{
    Caller, Error, Extern, ExternRef, Func, FuncType, HostError, Linker, Memory, MemoryType, Nullable, Store, Val,
    ValType,
};
use ermine_tests::{MACHINES, engine, module};

/// Defines a host function of as many `i32` parameters as there are names, which weighs each with
/// its position, and calls it through a guest.
macro_rules! weigh {
    ($($name:ident)*) => {{
        let names: &[&str] = &[$(stringify!($name)),*];
        let params = "i32 ".repeat(names.len());
        let args: String = (1..=names.len()).map(|n| format!("i32.const {n} ")).collect();
        let text = format!(
            "(module (import \"host\" \"weigh\" (func (param {params}) (result i64)))
               (func (export \"run\") (result i64) {args} call 0))"
        );
        for machine in MACHINES {
            let engine = engine(machine);
            let mut store = Store::new(&engine, ());
            let mut linker = Linker::new(&engine);
            linker
                .func_wrap("host", "weigh", |$($name: i32),*| -> i64 {
                    let values: &[i32] = &[$($name),*];
                    (1_i64..).zip(values).map(|(n, value)| n * i64::from(*value)).sum()
                })
                .unwrap();
            let module = module(&engine, &text).unwrap();
            let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
            let run = instance.get_typed_func::<(), i64>(&store, "run").unwrap();
            let squares = (1..=names.len() as i64).map(|n| n * n).sum();
            assert_eq!(run.call(&mut store, ()).unwrap(), squares, "{names:?}");
        }
    }};
}

#[test]
fn typed_functions_take_up_to_sixteen_parameters() {
    weigh!();
    weigh!(a);
    weigh!(a b);
    weigh!(a b c);
    weigh!(a b c d);
    weigh!(a b c d e);
    weigh!(a b c d e f);
    weigh!(a b c d e f g);
    weigh!(a b c d e f g h);
    weigh!(a b c d e f g h i);
    weigh!(a b c d e f g h i j);
    weigh!(a b c d e f g h i j k);
    weigh!(a b c d e f g h i j k l);
    weigh!(a b c d e f g h i j k l m);
    weigh!(a b c d e f g h i j k l m n);
    weigh!(a b c d e f g h i j k l m n o);
    weigh!(a b c d e f g h i j k l m n o p);
}

#[test]
fn typed_functions_pass_every_type_both_ways() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "turn", |a: i32, b: f64, c: u64, d: f32, e: i64, f: u32| (f, e, d, c, b, a)).unwrap();
        let module = module(
            &engine,
            r#"(module
              (import "host" "turn" (func $turn
                (param i32 f64 i64 f32 i64 i32) (result i32 i64 f32 i64 f64 i32)))
              (func (export "run")
                (param i32 f64 i64 f32 i64 i32) (result i32 i64 f32 i64 f64 i32)
                (call $turn (local.get 0) (local.get 1) (local.get 2)
                            (local.get 3) (local.get 4) (local.get 5))))"#,
        )
        .unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let run = instance
            .get_typed_func::<(i32, f64, u64, f32, i64, u32), (u32, i64, f32, u64, f64, i32)>(&store, "run")
            .unwrap();
        let results = run.call(&mut store, (-1, 1.5, u64::MAX, -2.5, i64::MIN, u32::MAX)).unwrap();
        assert_eq!(results, (u32::MAX, i64::MIN, -2.5, u64::MAX, 1.5, -1));
    }
}

/// Types in an order in which neighbours differ in width.
const CYCLE: [ValType; 6] =
    [ValType::I32, ValType::F64, ValType::ExternRef, ValType::I64, ValType::F32, ValType::FuncRef];

fn wide_type(count: usize) -> FuncType {
    let types: Vec<ValType> = CYCLE.into_iter().cycle().take(count).collect();
    FuncType::new(types.clone(), types)
}

fn wide_text(count: usize) -> String {
    let names = ["i32", "f64", "externref", "i64", "f32", "funcref"];
    let types: Vec<&str> = names.into_iter().cycle().take(count).collect();
    let types = types.join(" ");
    let gets: String = (0..count).map(|n| format!("local.get {n} ")).collect();
    format!(
        "(module (type $wide (func (param {types}) (result {types})))
           (import \"host\" \"echo\" (func $echo (type $wide)))
           (table funcref (elem $echo))
           (func (export \"direct\") (type $wide) {gets} call $echo)
           (func (export \"indirect\") (type $wide) {gets} i32.const 0 call_indirect (type $wide))
           (func (export \"tail\") (type $wide) {gets} return_call $echo)
           (export \"host\" (func $echo)))"
    )
}

fn same(store: &Store<()>, a: &Val, b: &Val) -> bool {
    match (a, b) {
        (Val::I32(a), Val::I32(b)) => a == b,
        (Val::I64(a), Val::I64(b)) => a == b,
        (Val::F32(a), Val::F32(b)) => a.to_bits() == b.to_bits(),
        (Val::F64(a), Val::F64(b)) => a.to_bits() == b.to_bits(),
        (Val::FuncRef(a), Val::FuncRef(b)) => a.is_null() == b.is_null(),
        (Val::ExternRef(Nullable::Val(a)), Val::ExternRef(Nullable::Val(b))) => {
            let number = |object: &ExternRef| object.data(store).downcast_ref::<usize>().copied();
            number(a) == number(b) && number(a).is_some()
        }
        _ => false,
    }
}

#[test]
fn untyped_functions_take_and_return_hundreds_of_values() {
    for machine in MACHINES {
        for count in [0, 1, 7, 128, 129, 200, 999] {
            let engine = engine(machine);
            let mut store = Store::new(&engine, ());
            let mut linker = Linker::new(&engine);
            linker
                .func_new("host", "echo", wide_type(count), |_, params, results| {
                    results.clone_from_slice(params);
                    Ok(())
                })
                .unwrap();
            let module = module(&engine, &wide_text(count)).unwrap();
            let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
            let some_func = instance.get_func(&store, "direct").unwrap();
            let mut args = Vec::new();
            for (n, ty) in wide_type(count).params().iter().enumerate() {
                args.push(match ty {
                    ValType::I32 => Val::I32(n as i32),
                    ValType::I64 => Val::I64(-(n as i64)),
                    ValType::F32 => Val::from(n as f32 + 0.5),
                    ValType::F64 => Val::from(n as f64 + 0.25),
                    ValType::FuncRef => Val::from(some_func),
                    _ => Val::from(ExternRef::new(&mut store, n)),
                });
            }
            for name in ["direct", "indirect", "tail", "host"] {
                let func = instance.get_func(&store, name).unwrap();
                let mut results = vec![Val::I32(0); count];
                func.call(&mut store, &args, &mut results).unwrap();
                let all_same = args.iter().zip(&results).all(|(a, b)| same(&store, a, b));
                assert!(all_same, "{name} with {count} values on {machine:?}");
            }
        }
    }
}

#[test]
fn wrong_arguments_are_errors_before_anything_runs() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, 0_u32);
        let ty = FuncType::new([ValType::I32, ValType::I64], [ValType::I32]);
        let func = Func::new(&mut store, ty, |mut caller: Caller<'_, u32>, _, results| {
            *caller.data_mut() += 1;
            results[0] = Val::I32(1);
            Ok(())
        });
        let mut one = [Val::I32(0)];
        for args in [&[][..], &[Val::I32(1)], &[Val::I64(1), Val::I64(1)], &[Val::I32(1), Val::I64(1), Val::I32(1)]] {
            let error = func.call(&mut store, args, &mut one).unwrap_err();
            assert!(error.as_trap_code().is_none(), "{error}");
        }
        let args = [Val::I32(1), Val::I64(1)];
        assert!(func.call(&mut store, &args, &mut []).is_err());
        assert!(func.typed::<(i32, i32), i32>(&store).is_err());
        assert!(func.typed::<(i32, i64), ()>(&store).is_err());
        assert_eq!(*store.data(), 0);
        func.call(&mut store, &args, &mut one).unwrap();
        assert_eq!(*store.data(), 1);
    }
}

#[test]
fn a_host_function_that_returns_values_of_the_wrong_type_is_an_error() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let ty = FuncType::new([], [ValType::I32]);
        let func = Func::new(&mut store, ty, |_, _, results| {
            results[0] = Val::I64(1);
            Ok(())
        });
        let mut linker = Linker::new(&engine);
        linker.define("host", "lie", func).unwrap();
        let module = module(
            &engine,
            r#"(module (import "host" "lie" (func (result i32)))
                 (func (export "run") (result i32) call 0))"#,
        )
        .unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<(), i32>(&store, "run").unwrap();
        assert!(run.call(&mut store, ()).is_err());
    }
}

#[derive(Debug, PartialEq)]
struct Teapot(u32);

impl fmt::Display for Teapot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "teapot {}", self.0)
    }
}

impl HostError for Teapot {}

#[test]
fn host_errors_reach_the_embedder_as_they_are() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("host", "fail", |number: u32| -> Result<i32, Error> { Err(Error::host(Teapot(number))) })
            .unwrap();
        linker.func_wrap("host", "say", || -> Result<(), Error> { Err(Error::new("just words")) }).unwrap();
        linker.func_wrap("host", "exit", || -> Result<(), Error> { Err(Error::i32_exit(7)) }).unwrap();
        let module = module(
            &engine,
            r#"(module
              (import "host" "fail" (func $fail (param i32) (result i32)))
              (import "host" "say" (func $say))
              (import "host" "exit" (func $exit))
              (func (export "fail") (result i32) (call $fail (i32.const 418)))
              (func (export "say") (call $say))
              (func (export "exit") (call $exit)))"#,
        )
        .unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let fail = instance.get_typed_func::<(), i32>(&store, "fail").unwrap();
        let error = fail.call(&mut store, ()).unwrap_err();
        assert_eq!(error.downcast_ref::<Teapot>(), Some(&Teapot(418)));
        assert_eq!(error.as_trap_code(), None);
        assert!(error.to_string().contains("teapot 418"), "{error}");
        let say = instance.get_typed_func::<(), ()>(&store, "say").unwrap();
        let error = say.call(&mut store, ()).unwrap_err();
        assert!(error.to_string().contains("just words"), "{error}");
        let exit = instance.get_typed_func::<(), ()>(&store, "exit").unwrap();
        let error = exit.call(&mut store, ()).unwrap_err();
        assert_eq!(error.i32_exit_status(), Some(7));
    }
}

#[test]
fn a_host_function_reads_and_writes_the_callers_memory() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, String::new());
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("host", "log", |mut caller: Caller<'_, String>, at: u32, len: u32| -> Result<(), Error> {
                let memory = caller.get_export("memory").and_then(Extern::into_memory);
                let memory = memory.ok_or_else(|| Error::new("no memory"))?;
                let mut text = vec![0; len as usize];
                memory.read(&caller, at as usize, &mut text)?;
                memory.write(&mut caller, at as usize, b"J")?;
                let text = String::from_utf8(text).map_err(|_| Error::new("not UTF-8"))?;
                caller.data_mut().push_str(&text);
                Ok(())
            })
            .unwrap();
        let module = module(
            &engine,
            r#"(module
              (import "host" "log" (func $log (param i32 i32)))
              (memory (export "memory") 1)
              (data (i32.const 10) "hello")
              (func (export "run") (param i32) (result i32)
                (call $log (i32.const 10) (local.get 0))
                (i32.load8_u (i32.const 10))))"#,
        )
        .unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
        assert_eq!(run.call(&mut store, 5).unwrap(), i32::from(b'J'));
        assert_eq!(store.data(), "hello");
        assert!(run.call(&mut store, 0x00ff_ffff).is_err());
    }
}

/// The guest's view of its memory must be fresh after every kind of call during which the memory
/// can have moved.
/// As where another function of the instance calls it. Called by the embedder, it has no caller.
#[test]
fn an_imported_start_function_sees_the_instance_that_it_starts() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("host", "mark", |mut caller: Caller<'_, ()>| {
                if let Some(memory) = caller.get_export("memory").and_then(Extern::into_memory) {
                    memory.data_mut(&mut caller)[7] += 1;
                }
            })
            .unwrap();
        let text = r#"(module (import "host" "mark" (func $mark)) (memory (export "memory") 1)
            (export "mark" (func $mark)) (start $mark))"#;
        let module = module(&engine, text).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let memory = instance.get_memory(&store, "memory").unwrap();
        assert_eq!(memory.data(&store)[7], 1, "{machine:?}");
        instance.get_typed_func::<(), ()>(&store, "mark").unwrap().call(&mut store, ()).unwrap();
        assert_eq!(memory.data(&store)[7], 1, "{machine:?}");
    }
}

#[test]
fn memory_grown_during_a_call_is_seen_after_it() {
    const TEXT: &str = r#"(module
      (import "host" "memory" (memory 1 100))
      (import "host" "grow" (func $host_grow))
      (type $none (func))
      (table funcref (elem $host_grow $guest_grow))
      (func $guest_grow (drop (memory.grow (i32.const 1))))
      (func $tail_grow (return_call $host_grow))
      (func $last (result i32)
        (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)) (i32.const 77))
        (i32.load (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4))))
      (func (export "host") (result i32) (call $host_grow) (call $last))
      (func (export "guest") (result i32) (call $guest_grow) (call $last))
      (func (export "tail") (result i32) (call $tail_grow) (call $last))
      (func (export "host-indirect") (result i32)
        (call_indirect (type $none) (i32.const 0)) (call $last))
      (func (export "guest-indirect") (result i32)
        (call_indirect (type $none) (i32.const 1)) (call $last))
      (func (export "plain") (result i32) (drop (memory.grow (i32.const 1)))
        (i32.store (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)) (i32.const 77))
        (i32.load (i32.sub (i32.mul (memory.size) (i32.const 65536)) (i32.const 4)))))"#;
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let memory = Memory::new(&mut store, MemoryType::new(1, Some(100))).unwrap();
        let mut linker = Linker::new(&engine);
        linker.define("host", "memory", memory).unwrap();
        linker
            .func_wrap("host", "grow", move |mut caller: Caller<'_, ()>| memory.grow(&mut caller, 1).map(drop))
            .unwrap();
        let module = module(&engine, TEXT).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let names = ["host", "guest", "tail", "host-indirect", "guest-indirect", "plain"];
        for (pages, name) in (2..).zip(names) {
            let run = instance.get_typed_func::<(), i32>(&store, name).unwrap();
            assert_eq!(run.call(&mut store, ()).unwrap(), 77, "{name}");
            assert_eq!(memory.size(&store), pages, "{name}");
        }
    }
}

#[test]
fn a_tail_called_host_function_leaves_the_caller_of_the_caller_intact() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "add", |a: i64, b: i64, c: i32| a + b + i64::from(c)).unwrap();
        let module = module(
            &engine,
            r#"(module
              (import "host" "add" (func $add (param i64 i64 i32) (result i64)))
              (type $t (func (param i64 i64 i32) (result i64)))
              (table funcref (elem $add))
              (memory 1)
              (func $direct (param i32) (result i64)
                (return_call $add (i64.const 1) (i64.const 2) (local.get 0)))
              (func $indirect (param i32) (result i64)
                (return_call_indirect (type $t)
                  (i64.const 1) (i64.const 2) (local.get 0) (i32.const 0)))
              (func (export "run") (param i32 i64) (result i64)
                (i64.store (i32.const 8) (local.get 1))
                (i64.add
                  (i64.add (call $direct (local.get 0)) (call $indirect (local.get 0)))
                  (i64.mul (local.get 1) (i64.load (i32.const 8))))))"#,
        )
        .unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<(i32, i64), i64>(&store, "run").unwrap();
        assert_eq!(run.call(&mut store, (10, 100)).unwrap(), 13 + 13 + 10_000);
    }
}

#[test]
fn a_host_function_calls_back_into_the_guest() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap(
                "host",
                "apply",
                |mut caller: Caller<'_, ()>, func: Nullable<Func>, by: i32| -> Result<i32, Error> {
                    let Nullable::Val(func) = func else {
                        return Err(Error::new("null"));
                    };
                    let func = func.typed::<i32, i32>(&caller)?;
                    let first = func.call(&mut caller, by)?;
                    func.call(&mut caller, first)
                },
            )
            .unwrap();
        let module = module(
            &engine,
            r#"(module
              (import "host" "apply" (func $apply (param funcref i32) (result i32)))
              (elem declare func $triple)
              (func $triple (param i32) (result i32) (i32.mul (local.get 0) (i32.const 3)))
              (func (export "run") (param i32) (result i32)
                (i32.add (local.get 0) (call $apply (ref.func $triple) (local.get 0))))
              (func (export "null") (result i32)
                (call $apply (ref.null func) (i32.const 1))))"#,
        )
        .unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let run = instance.get_typed_func::<i32, i32>(&store, "run").unwrap();
        assert_eq!(run.call(&mut store, 5).unwrap(), 50);
        let null = instance.get_typed_func::<(), i32>(&store, "null").unwrap();
        assert!(null.call(&mut store, ()).is_err());
        assert_eq!(run.call(&mut store, 1).unwrap(), 10);
    }
}
