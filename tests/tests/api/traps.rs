//! Traps: their codes and texts, the backtrace they carry, and the state they leave behind.

use ermine::{Caller, Error, Linker, Store, TrapCode};
use ermine_tests::{MACHINES, binary, engine, instance, module};

const TRAPS: [(&str, TrapCode, &str); 11] = [
    ("unreachable", TrapCode::UnreachableCodeReached, "unreachable"),
    ("(drop (i32.load (i32.const 65533)))", TrapCode::MemoryOutOfBounds, "out of bounds memory access"),
    ("(drop (table.get (i32.const 4)))", TrapCode::TableOutOfBounds, "out of bounds table access"),
    ("(call_indirect (i32.const 0))", TrapCode::IndirectCallToNull, "uninitialized element"),
    ("(call_indirect (i32.const 4))", TrapCode::UndefinedElement, "undefined element"),
    ("(call_indirect (param i32) (i32.const 1) (i32.const 1))", TrapCode::BadSignature, "indirect call type mismatch"),
    ("(drop (i32.div_s (i32.const 1) (i32.const 0)))", TrapCode::IntegerDivisionByZero, "integer divide by zero"),
    ("(drop (i64.div_s (i64.const 0x8000000000000000) (i64.const -1)))", TrapCode::IntegerOverflow, "integer overflow"),
    ("(drop (i32.trunc_f64_s (f64.const nan)))", TrapCode::BadConversionToInteger, "invalid conversion to integer"),
    ("(drop (i64.trunc_f32_u (f32.const -1)))", TrapCode::IntegerOverflow, "integer overflow"),
    ("(call $trap)", TrapCode::StackOverflow, "call stack exhausted"),
];

#[test]
fn every_trap_has_its_code_and_text() {
    for machine in MACHINES {
        for (body, code, text) in TRAPS {
            let module = format!(
                "(module (memory 1) (table 4 funcref) (elem (i32.const 1) $trap)
                   (func $trap (export \"trap\") {body}))"
            );
            let (mut store, instance) = instance(&engine(machine), &module);
            let trap = instance.get_typed_func::<(), ()>(&store, "trap").unwrap();
            let error = trap.call(&mut store, ()).unwrap_err();
            assert_eq!(error.as_trap_code(), Some(code), "{body} on {machine:?}");
            assert_eq!(error.to_string(), text);
            assert_eq!(code.to_string(), text);
        }
    }
}

const NAMED: &str = r#"(module
  (import "host" "pass" (func $pass (param i32)))
  (table funcref (elem $divide))
  (func $divide (param i32) (result i32)
    (local i32)
    (local.set 1 (i32.const 100))
    (i32.div_u (local.get 1) (local.get 0)))
  (func (param i32) (result i32) (i32.add (i32.const 1) (call $divide (local.get 0))))
  (func $outer (export "outer") (param i32) (result i32)
    (block (result i32)
      (i32.mul (i32.const 3) (call 2 (local.get 0)))))
  (func $through (export "through") (param i32)
    (call $pass (local.get 0)))
  (func $tail (export "tail") (param i32) (result i32)
    (return_call $divide (local.get 0))))"#;

/// Where the operator `opcode` is in the binary of a function that has it only once.
fn offset_of(wasm: &[u8], pattern: &[u8]) -> usize {
    let mut found = wasm.windows(pattern.len()).enumerate().filter(|(_, part)| *part == pattern);
    let (at, _) = found.next().expect("the pattern is there");
    assert!(found.next().is_none(), "the pattern is there once");
    at
}

/// The frames of an error's backtrace: function index, name and offset.
fn frames(error: &Error) -> Vec<(u32, Option<String>, Option<usize>)> {
    let backtrace = error.backtrace().expect("a backtrace");
    let frames = backtrace.frames().iter();
    frames.map(|frame| (frame.func_index(), frame.func_name().map(str::to_owned), frame.module_offset())).collect()
}

#[test]
fn a_trap_carries_the_functions_that_were_active() {
    for machine in MACHINES {
        let engine = engine(machine);
        let wasm = binary(NAMED);
        let module = module(&engine, NAMED).unwrap();
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "pass", |_: i32| {}).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let outer = instance.get_typed_func::<i32, i32>(&store, "outer").unwrap();
        assert_eq!(outer.call(&mut store, 10).unwrap(), 33);
        let error = outer.call(&mut store, 0).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(TrapCode::IntegerDivisionByZero));
        // local.get 1, local.get 0, i32.div_u; call 1; call 2.
        let divide = offset_of(&wasm, &[0x20, 1, 0x20, 0, 0x6e]) + 4;
        let unnamed = offset_of(&wasm, &[0x10, 1, 0x6a]);
        let outer_call = offset_of(&wasm, &[0x10, 2, 0x6c]);
        let want = [
            (1, Some("divide".to_owned()), Some(divide)),
            (2, None, Some(unnamed)),
            (3, Some("outer".to_owned()), Some(outer_call)),
        ];
        assert_eq!(frames(&error), want, "{machine:?}");
    }
}

#[test]
fn a_tail_call_leaves_no_frame() {
    for machine in MACHINES {
        let engine = engine(machine);
        let module = module(&engine, NAMED).unwrap();
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "pass", |_: i32| {}).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module).unwrap();
        let tail = instance.get_typed_func::<i32, i32>(&store, "tail").unwrap();
        let error = tail.call(&mut store, 0).unwrap_err();
        let functions: Vec<u32> = frames(&error).iter().map(|frame| frame.0).collect();
        assert_eq!(functions, [1]);
    }
}

#[test]
fn a_backtrace_goes_through_host_functions_and_instances() {
    for machine in MACHINES {
        let engine = engine(machine);
        let module = module(&engine, NAMED).unwrap();
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("host", "pass", |mut caller: Caller<'_, ()>, x: i32| -> Result<(), Error> {
                let outer = caller.get_export("outer").and_then(|item| item.into_func());
                let outer = outer.unwrap().typed::<i32, i32>(&caller)?;
                outer.call(&mut caller, x).map(drop)
            })
            .unwrap();
        let first = linker.instantiate_and_start(&mut store, &module).unwrap();
        linker.instance(&mut store, "first", first).unwrap();
        let text = r#"(module $second (import "first" "through" (func $through (param i32)))
          (func $begin (export "begin") (call $through (i32.const 0))))"#;
        let module = ermine_tests::module(&engine, text).unwrap();
        let second = linker.instantiate_and_start(&mut store, &module).unwrap();
        let begin = second.get_typed_func::<(), ()>(&store, "begin").unwrap();
        let error = begin.call(&mut store, ()).unwrap_err();
        let names: Vec<Option<String>> = frames(&error).into_iter().map(|frame| frame.1).collect();
        let want = ["divide", "", "outer", "through", "begin"];
        let want = want.map(|name| Some(name.to_owned()).filter(|name| !name.is_empty()));
        assert_eq!(names, want);
    }
}

#[test]
fn a_backtrace_of_a_deep_recursion_is_cut() {
    for machine in MACHINES {
        let text = "(module (func $f (export \"f\") (call $f)))";
        let (mut store, instance) = instance(&engine(machine), text);
        let f = instance.get_typed_func::<(), ()>(&store, "f").unwrap();
        let error = f.call(&mut store, ()).unwrap_err();
        let frames = frames(&error);
        assert!((10..=1000).contains(&frames.len()), "{}", frames.len());
        assert!(frames.iter().all(|frame| frame.1.as_deref() == Some("f")));
    }
}

#[test]
fn a_trap_keeps_what_was_written_and_the_instance_works_on() {
    for machine in MACHINES {
        let text = r#"(module (memory 1) (global $g (mut i32) (i32.const 0))
          (func (export "f") (param i32) (result i32)
            (global.set $g (i32.add (global.get $g) (i32.const 1)))
            (i32.store8 (local.get 0) (global.get $g))
            (i32.store (i32.add (local.get 0) (i32.const 1)) (global.get $g))
            (i32.load8_u (local.get 0)))
          (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0))))"#;
        let (mut store, instance) = instance(&engine(machine), text);
        let f = instance.get_typed_func::<i32, i32>(&store, "f").unwrap();
        let peek = instance.get_typed_func::<i32, i32>(&store, "peek").unwrap();
        assert_eq!(f.call(&mut store, 0).unwrap(), 1);
        assert!(f.call(&mut store, 65_533).is_err());
        assert_eq!(peek.call(&mut store, 65_533).unwrap(), 2);
        // Nothing of the store that trapped.
        assert_eq!(peek.call(&mut store, 65_534).unwrap(), 0);
        assert_eq!(f.call(&mut store, 9).unwrap(), 3);
    }
}

#[test]
fn errors_are_ordinary_errors() {
    fn ordinary<E: std::error::Error + Send + Sync + 'static>() {}
    ordinary::<Error>();
    assert!(size_of::<Error>() <= size_of::<usize>() * 2);
}
