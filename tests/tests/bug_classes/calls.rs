//! Calls between guests and the host: what they share, and what they must not lose.

use std::sync::atomic::{AtomicUsize, Ordering};

use ermine::{Caller, Error, Extern, Linker, Module, TrapCode, Val};
use ermine_tests::binary;

use crate::{engines, engines_with, store};

/// A function of many parameters calls a host function of few at its end, one of few a host function of many, directly and through a table, below a
/// caller that goes on with its own values.
#[test]
fn a_host_function_called_in_a_tail_leaves_all_callers_intact() {
    let many = "i64 ".repeat(40);
    let ones = "(i64.const 1)".repeat(40);
    let text = format!(
        r#"(module
          (type $few (func (param i64) (result i64)))
          (type $many (func (param {many}) (result i64)))
          (import "host" "few" (func $few (type $few)))
          (import "host" "many" (func $many (type $many)))
          (table funcref (elem $few $many))
          (memory (export "memory") 1)
          (func $to_few (type $many) (return_call $few (local.get 7)))
          (func $to_many (type $few) (return_call $many {ones}))
          (func $to_few_indirect (type $many) (return_call_indirect (type $few) (local.get 7) (i32.const 0)))
          (func $to_many_indirect (type $few) (return_call_indirect (type $many) {ones} (i32.const 1)))
          (func (export "f") (param i64) (result i64) (local i64 i64)
            (local.set 1 (i64.mul (local.get 0) (i64.const 1000)))
            (i64.store (i32.const 0) (local.get 0))
            (local.set 2
              (i64.add (i64.add (call $to_few {ones}) (call $to_many (i64.const 0)))
                       (i64.add (call $to_few_indirect {ones}) (call $to_many_indirect (i64.const 0)))))
            (i64.add (i64.add (local.get 1) (local.get 2)) (i64.load (i32.const 0)))))"#
    );
    let wasm = binary(&text);
    for engine in engines() {
        let mut store = store(&engine, ());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "few", |x: i64| x + 1).unwrap();
        let types = vec![ermine::ValType::I64; 40];
        let ty = ermine::FuncType::new(types, [ermine::ValType::I64]);
        linker
            .func_new("host", "many", ty, |mut caller: Caller<'_, ()>, values, results| {
                // The memory moves meanwhile.
                let memory = caller.get_export("memory").and_then(Extern::into_memory).unwrap();
                memory.grow(&mut caller, 1)?;
                results[0] = Val::I64(values.iter().filter_map(Val::i64).sum());
                Ok(())
            })
            .unwrap();
        let module = Module::new(&engine, &wasm).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let f = instance.get_typed_func::<i64, i64>(&store, "f").unwrap();
        for x in [0, 5, -3] {
            assert_eq!(f.call(&mut store, x).unwrap(), x * 1001 + 2 * (2 + 40));
        }
    }
}

/// A guest that calls itself, and every thousandth time through the host.
const THROUGH_THE_HOST: &str = r#"(module
  (import "host" "again" (func $again (param i32)))
  (global (export "depth") (mut i32) (i32.const 0))
  (func $down (export "down") (param i32)
    (global.set 0 (i32.add (global.get 0) (i32.const 1)))
    (if (i32.eqz (i32.rem_u (local.get 0) (i32.const 1000)))
      (then (call $again (i32.add (local.get 0) (i32.const 1))))
      (else (call $down (i32.add (local.get 0) (i32.const 1)))))))"#;

/// A call from a host function goes on where the stack of its guest ends: the frames of all of them together fit the one stack of the store.
#[test]
fn the_stack_is_one_however_often_the_host_calls_back() {
    let wasm = binary(THROUGH_THE_HOST);
    for engine in engines_with(|config| {
        let mut limits = config.get_limits().clone();
        limits.stack_bytes = 256 << 10;
        config.limits(limits);
    }) {
        let depth = |first: i32, nested: &AtomicUsize| {
            let mut store = store(&engine, ());
            let mut linker = Linker::new(&engine);
            let again = |mut caller: Caller<'_, ()>, n: i32| -> Result<(), Error> {
                let down = caller.get_export("down").and_then(Extern::into_func).unwrap();
                down.typed::<i32, ()>(&caller)?.call(&mut caller, n)
            };
            linker.func_wrap("host", "again", again).unwrap();
            let module = Module::new(&engine, &wasm).unwrap();
            let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
            let down = instance.get_typed_func::<i32, ()>(&store, "down").unwrap();
            let error = down.call(&mut store, first).unwrap_err();
            assert_eq!(error.as_trap_code(), Some(TrapCode::StackOverflow));
            let depth = instance.get_global(&store, "depth").unwrap().get(&store).i32().unwrap();
            nested.store(usize::try_from(depth).unwrap() / 1000, Ordering::Relaxed);
            depth
        };
        let nested = AtomicUsize::new(0);
        let through = depth(1, &nested);
        assert!(nested.load(Ordering::Relaxed) >= 3, "{nested:?}");
        // As deep as without the host, but for the frames of its functions.
        let alone = depth(i32::MIN, &nested);
        assert!(through <= alone + 64 && through > alone * 9 / 10, "{through} {alone}");
    }
}
