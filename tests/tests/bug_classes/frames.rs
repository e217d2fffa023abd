//! What a function's frame has to hold, and what nests in it.

use std::fmt::Write as _;

use ermine::{Bound, ErrorKind, TrapCode, Val};
use ermine_tests::on_stack;

use crate::{engines, engines_with, instance, native_stack};

/// Blocks, loops and both arms of an `if` with as many parameters and results as a type can have, on top of something else.
#[test]
fn blocks_with_a_thousand_results_fit_their_frame() {
    const COUNT: usize = 1_000;
    let types = "i64 ".repeat(COUNT);
    let values: String = (0..COUNT).fold(String::new(), |mut text, n| {
        write!(text, "(i64.extend_i32_u (i32.add (local.get 0) (i32.const {n})))").unwrap();
        text
    });
    let adds = "i64.add ".repeat(COUNT - 1);
    let text = format!(
        r#"(module (type $many (func (result {types}))) (type $through (func (param {types}) (result {types})))
          (func (export "f") (param i32) (result i64)
            (i64.const 1000000)
            (block (type $many) {values} (br_if 0 (local.get 0)))
            (if (type $through) (local.get 0)
              (then (loop (type $through) (br_if 1 (local.get 0))))
              (else (block (type $through) (br 0))))
            (block (type $through) (br_table 0 1 0 (i32.const 2)))
            {adds} i64.add))"#
    );
    // `br_table` to the function's own label would need its results: leave that entry out.
    let text = text.replace("br_table 0 1 0", "br_table 0 0 0");
    for engine in engines() {
        let (mut store, instance) = instance(&engine, &text).unwrap();
        let f = instance.get_typed_func::<i32, i64>(&store, "f").unwrap();
        let sum = (COUNT * (COUNT - 1) / 2) as i64 + 1_000_000;
        for x in [0, 1, 2] {
            assert_eq!(f.call(&mut store, x).unwrap(), sum + i64::from(x) * COUNT as i64);
        }
    }
}

/// Nested blocks cost no native stack when they are validated, translated, run or dropped.
#[test]
fn ten_thousand_nested_blocks_take_no_native_stack() {
    const DEPTH: usize = 10_000;
    let kinds =
        [("block ", "end "), ("loop ", "end "), ("local.get 0 if ", "end "), ("local.get 0 if nop else ", "end ")];
    for (open, close) in kinds {
        let text = format!(
            "(module (func (export \"f\") (param i32) (result i32) {} {} local.get 0))",
            open.repeat(DEPTH),
            close.repeat(DEPTH)
        );
        let wasm = ermine_tests::binary(&text);
        on_stack(native_stack(), || {
            for engine in engines() {
                let module = ermine::Module::new(&engine, &wasm).unwrap();
                let mut store = crate::store(&engine, ());
                let instance = ermine::Instance::new(&mut store, &module, &[]).unwrap();
                let f = instance.get_typed_func::<i32, i32>(&store, "f").unwrap();
                assert_eq!([0, 5].map(|x| f.call(&mut store, x).unwrap()), [0, 5], "{open}");
            }
        });
    }
}

#[test]
fn more_nested_blocks_than_the_limit_are_a_typed_error() {
    let text =
        |depth: usize| format!("(module (func (export \"f\") {} {}))", "block ".repeat(depth), "end ".repeat(depth));
    for engine in engines_with(|config| {
        let mut limits = config.get_limits().clone();
        limits.nesting = 500;
        config.limits(limits);
    }) {
        let run = |depth| {
            let (mut store, instance) = instance(&engine, &text(depth))?;
            instance.get_typed_func::<(), ()>(&store, "f")?.call(&mut store, ())
        };
        run(400).unwrap();
        let error = run(600).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { bound: Bound::Nesting, .. }), "{error}");
    }
}

/// Arguments are part of the callee's frame, and so are the values that it takes from its caller's in a tail call: with any size of stack each call
/// either finds room or traps, and what lies behind the stack stays as it is (AddressSanitizer and debug assertions look).
#[test]
fn calls_of_bigger_frames_trap_or_work_whatever_the_stack_has() {
    let many = "i64 ".repeat(60);
    let gets = "(local.get 0)".repeat(60);
    let text = format!(
        r#"(module
          (type $wide (func (param {many}) (result i64)))
          (table funcref (elem $wide $host))
          (func $host (type $wide) (i64.const 3))
          (func $wide (type $wide) (local {many} {many}) (i64.add (local.get 59) (local.get 170)))
          (func (export "call") (param i64) (result i64) (call $wide {gets}))
          (func (export "tail") (param i64) (result i64) (return_call $wide {gets}))
          (func (export "indirect") (param i64) (result i64) (call_indirect (type $wide) {gets} (i32.const 0)))
          (func (export "tail-indirect") (param i64) (result i64) (return_call_indirect (type $wide) {gets} (i32.const 0)))
          (func (export "deep") (param i64) (result i64)
            (if (result i64) (i64.eqz (local.get 0))
              (then (return_call $wide {gets}))
              (else (call $deep (i64.sub (local.get 0) (i64.const 1))))))
          (func $deep (param i64) (result i64)
            (if (result i64) (i64.eqz (local.get 0))
              (then (return_call $wide {gets}))
              (else (call $deep (i64.sub (local.get 0) (i64.const 1)))))))"#
    );
    let names = ["call", "tail", "indirect", "tail-indirect", "deep"];
    let mut ends = [[0, 0]; 5];
    for bytes in (16..4_096).step_by(52) {
        let engines = engines_with(|config| {
            let mut limits = config.get_limits().clone();
            limits.stack_bytes = bytes;
            config.limits(limits);
        });
        for engine in engines {
            let (mut store, instance) = instance(&engine, &text).unwrap();
            for (name, ends) in names.iter().zip(&mut ends) {
                let f = instance.get_func(&store, name).unwrap();
                let mut result = [Val::I64(0)];
                match f.call(&mut store, &[Val::I64(4)], &mut result) {
                    Ok(()) => {
                        let want = if *name == "deep" { 0 } else { 4 };
                        assert_eq!(result[0].i64(), Some(want), "{name} with {bytes}");
                        ends[0] += 1;
                    }
                    Err(error) => {
                        assert_eq!(error.as_trap_code(), Some(TrapCode::StackOverflow), "{name} with {bytes}: {error}");
                        ends[1] += 1;
                    }
                }
            }
        }
    }
    assert!(ends.iter().flatten().all(|count| *count > 0), "{ends:?}");
}

/// A thousand parameters, results and locals of every type, as a function, by every kind of call.
#[test]
fn functions_of_a_thousand_parameters_work() {
    let names = ["i32", "f64", "externref", "i64", "f32", "funcref"];
    let types: Vec<&str> = names.into_iter().cycle().take(1_000).collect();
    let types = types.join(" ");
    let gets: String = (0..1_000).fold(String::new(), |mut text, n| {
        write!(text, "local.get {n} ").unwrap();
        text
    });
    let text = format!(
        r#"(module (type $t (func (param {types}) (result {types})))
          (table funcref (elem $f))
          (func $f (type $t) {gets})
          (func (export "call") (type $t) {gets} call $f)
          (func (export "tail") (type $t) {gets} return_call $f)
          (func (export "indirect") (type $t) {gets} i32.const 0 call_indirect (type $t)))"#
    );
    for engine in engines() {
        let (mut store, instance) = instance(&engine, &text).unwrap();
        let arguments: Vec<Val> = (0..1_000_i32)
            .map(|n| match n % 6 {
                0 => Val::I32(n),
                1 => Val::from(f64::from(n)),
                2 => Val::from(ermine::Nullable::<ermine::ExternRef>::Null),
                3 => Val::I64(i64::from(n)),
                4 => Val::from(n as f32),
                _ => Val::from(ermine::Nullable::<ermine::Func>::Null),
            })
            .collect();
        for name in ["call", "tail", "indirect"] {
            let mut results = vec![Val::I32(0); 1_000];
            instance.get_func(&store, name).unwrap().call(&mut store, &arguments, &mut results).unwrap();
            assert_eq!(format!("{results:?}"), format!("{arguments:?}"), "{name}");
        }
    }
}
