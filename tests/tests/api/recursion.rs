//! Deep recursion ends in a trap, of the guest alone and through the host, and never in the native
//! stack: these run on a thread with a small one.

use ermine::{Caller, Error, Linker, Store, TrapCode, Val};
use ermine_tests::{MACHINES, engine, instance, module, on_stack};

const RECURSIONS: [(&str, &str); 6] = [
    ("direct", "(func $f (export \"f\") (call $f))"),
    (
        "with arguments and results",
        "(func $g (param i32 i64) (result f64)
           (call $g (i32.add (local.get 0) (i32.const 1)) (local.get 1)))
         (func (export \"f\") (drop (call $g (i32.const 0) (i64.const 0))))",
    ),
    ("mutual", "(func $f (export \"f\") (call $g)) (func $g (call $h)) (func $h (call $f))"),
    (
        "indirect",
        "(type $t (func)) (table funcref (elem $f))
         (func $f (export \"f\") (call_indirect (type $t) (i32.const 0)))",
    ),
    (
        "large frames",
        "(func $g (param i64) (result i64) (local i64 i64 i64 i64 i64 i64 i64 i64)
           (local.set 8 (i64.add (local.get 8) (local.get 0)))
           (i64.add (local.get 8) (call $g (i64.add (local.get 8) (local.get 0)))))
         (func (export \"f\") (drop (call $g (i64.const 1))))",
    ),
    ("call in a tail", "(func $f (export \"f\") (call $g)) (func $g (return_call $f))"),
];

#[test]
fn unbounded_recursion_traps() {
    on_stack(256 << 10, || {
        for machine in MACHINES {
            for (what, text) in RECURSIONS {
                let (mut store, instance) = instance(&engine(machine), &format!("(module {text})"));
                let f = instance.get_typed_func::<(), ()>(&store, "f").unwrap();
                // Twice: the first time must leave nothing behind.
                for _ in 0..2 {
                    let error = f.call(&mut store, ()).unwrap_err();
                    let code = error.as_trap_code();
                    assert_eq!(code, Some(TrapCode::StackOverflow), "{what} on {machine:?}");
                }
            }
        }
    });
}

#[test]
fn recursion_within_the_limit_returns() {
    on_stack(256 << 10, || {
        for machine in MACHINES {
            let text = r#"(module (func $down (export "down") (param i32) (result i32)
              (if (result i32) (local.get 0)
                (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
                (else (i32.const 0)))))"#;
            let (mut store, instance) = instance(&engine(machine), text);
            let down = instance.get_typed_func::<i32, i32>(&store, "down").unwrap();
            for depth in [0, 1, 10, 900] {
                assert_eq!(down.call(&mut store, depth).unwrap(), depth);
            }
            assert!(down.call(&mut store, i32::MAX).is_err());
            assert_eq!(down.call(&mut store, 900).unwrap(), 900);
        }
    });
}

#[test]
fn unbounded_tail_calls_do_not_trap() {
    for machine in MACHINES {
        let text = r#"(module
          (type $t (func (param i32 i64) (result i64)))
          (table funcref (elem $even $odd))
          (func $even (export "even") (type $t)
            (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
            (return_call $odd (i32.sub (local.get 0) (i32.const 1))
                              (i64.add (local.get 1) (i64.const 2))))
          (func $odd (type $t)
            (if (i32.eqz (local.get 0)) (then (return (i64.const -1))))
            (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1))
              (i64.add (local.get 1) (i64.const 3)) (i32.const 0))))"#;
        let (mut store, instance) = instance(&engine(machine), text);
        let even = instance.get_typed_func::<(i32, i64), i64>(&store, "even").unwrap();
        assert_eq!(even.call(&mut store, (1_000_000, 0)).unwrap(), 2_500_000);
    }
}

/// Where a host function's frame is when the guest calls it, this deep in its own recursion.
fn native_address(machine: ermine::Machine, depth: i32) -> usize {
    let engine = engine(machine);
    let mut store = Store::new(&engine, 0_usize);
    let mut linker = Linker::new(&engine);
    linker
        .func_wrap("host", "here", |mut caller: Caller<'_, usize>| {
            let local = 0_u8;
            *caller.data_mut() = std::ptr::from_ref(&local).addr();
        })
        .unwrap();
    let text = r#"(module (import "host" "here" (func $here))
      (type $t (func (param i32) (result i32)))
      (table funcref (elem $down))
      (func $down (export "down") (type $t)
        (if (i32.eqz (local.get 0)) (then (call $here) (return (i32.const 0))))
        (i32.add (i32.const 1)
          (if (result i32) (i32.and (local.get 0) (i32.const 1))
            (then (call $down (i32.sub (local.get 0) (i32.const 1))))
            (else (call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0)))))))"#;
    let module = module(&engine, text).unwrap();
    let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
    let down = instance.get_typed_func::<i32, i32>(&store, "down").unwrap();
    assert_eq!(down.call(&mut store, depth).unwrap(), depth);
    *store.data()
}

#[test]
fn the_native_stack_does_not_grow_with_the_guests_depth() {
    for machine in MACHINES {
        let shallow = native_address(machine, 10);
        let deep = native_address(machine, 10_000);
        assert_eq!(shallow, deep, "{machine:?}");
    }
}

/// The guest calls the host, which calls the guest, and so on: native stack is used, so the depth
/// has a limit of its own.
#[test]
fn mutual_recursion_through_the_host_traps() {
    on_stack(2 << 20, || {
        for machine in MACHINES {
            let engine = engine(machine);
            let mut store = Store::new(&engine, 0_u32);
            let mut linker = Linker::new(&engine);
            linker
                .func_wrap("host", "again", |mut caller: Caller<'_, u32>| -> Result<i32, Error> {
                    *caller.data_mut() += 1;
                    let f = caller.get_export("f").and_then(|item| item.into_func());
                    f.unwrap().typed::<(), i32>(&caller)?.call(&mut caller, ())
                })
                .unwrap();
            let text = r#"(module (import "host" "again" (func $again (result i32)))
              (func (export "f") (result i32) (i32.add (i32.const 1) (call $again))))"#;
            let module = module(&engine, text).unwrap();
            let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
            let f = instance.get_typed_func::<(), i32>(&store, "f").unwrap();
            let error = f.call(&mut store, ()).unwrap_err();
            assert_eq!(error.as_trap_code(), Some(TrapCode::StackOverflow));
            let depth = *store.data();
            assert!((10..100_000).contains(&depth), "{depth}");
            // The same depth again: nothing of the first time is left.
            *store.data_mut() = 0;
            f.call(&mut store, ()).unwrap_err();
            assert_eq!(*store.data(), depth);
        }
    });
}

/// Deep in its own recursion, the guest calls a host function with many values: the value stack
/// has to hold those too.
#[test]
fn a_host_call_at_the_end_of_the_stack_traps_or_works() {
    on_stack(256 << 10, || {
        for machine in MACHINES {
            let engine = engine(machine);
            let mut store = Store::new(&engine, 0_u64);
            let mut linker = Linker::new(&engine);
            let types = vec![ermine::ValType::I64; 100];
            let ty = ermine::FuncType::new(types.clone(), types);
            linker
                .func_new("host", "echo", ty, |mut caller, params, results| {
                    *caller.data_mut() += 1;
                    results.clone_from_slice(params);
                    Ok(())
                })
                .unwrap();
            let many = "i64 ".repeat(100);
            let gets = "local.get 0 ".repeat(100);
            let drops = "drop ".repeat(100);
            let text = format!(
                r#"(module (import "host" "echo" (func $echo (param {many}) (result {many})))
                  (func $f (export "f") (param i64)
                    {gets} call $echo {drops}
                    (call $f (i64.add (local.get 0) (i64.const 1)))))"#
            );
            let module = module(&engine, &text).unwrap();
            let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
            let f = instance.get_func(&store, "f").unwrap();
            let error = f.call(&mut store, &[Val::I64(0)], &mut []).unwrap_err();
            assert_eq!(error.as_trap_code(), Some(TrapCode::StackOverflow));
            assert!(*store.data() > 10);
        }
    });
}
