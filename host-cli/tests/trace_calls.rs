//! `ermine run --trace=calls`: the guest's own functions.

mod common;

use common::{Run, ermine, folder};

/// Runs with `--trace=calls`; the trace is what standard error has.
fn trace(test: &str, program: &str, args: &[&str]) -> Run {
    ermine(test, program, &[&["--trace=calls"], args].concat())
}

/// A trace without its last lines, which tell how the guest ended.
fn before_error(stderr: &str) -> &str {
    stderr.split("ermine: error").next().unwrap_or_default()
}

#[test]
fn calls_are_indented_and_their_results_follow() {
    let program = r#"(module
        (func $fib (export "fib") (param $n i32) (result i32)
            (if (i32.lt_u (local.get $n) (i32.const 2)) (then (return (local.get $n))))
            (i32.add
                (call $fib (i32.sub (local.get $n) (i32.const 1)))
                (call $fib (i32.sub (local.get $n) (i32.const 2))))))"#;
    let run = trace("calls-fib", program, &["--invoke", "fib", "t.wat", "3"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "2\n"));
    let expected = "\
fib(3)
  fib(2)
    fib(1) = 1
    fib(0) = 0
  <- fib = 1
  fib(1) = 1
<- fib = 2
";
    assert_eq!(run.stderr, expected);
}

#[test]
fn every_way_out_of_a_function_is_seen() {
    let program = r#"(module
        (func $f (export "f") (param i32) (result i64)
            (block
                (block
                    (block
                        (block (br_table 0 1 2 3 (local.get 0)))
                        (return (i64.const 10)))
                    (loop (br 3 (i64.const 11))))
                (br_if 1 (i64.const 12) (i32.const 1))
                drop)
            (block (loop (br_table 2 2 (i64.const 13) (i32.const 0))))
            unreachable))"#;
    for (argument, result) in [("0", 10), ("1", 11), ("2", 12), ("3", 13)] {
        let run = trace("calls-ways", program, &["--invoke", "f", "t.wat", argument]);
        assert_eq!((run.code, run.stdout), (Some(0), format!("{result}\n")), "{}", run.stderr);
        assert_eq!(run.stderr, format!("f({argument}) = {result}\n"));
    }
}

#[test]
fn values_of_all_types_and_many_results_are_shown() {
    let program = r#"(module
        (type $pair (func (result i32 f64)))
        (func $many (param i32 i64 f32 f64 funcref externref) (result i32 i64 f32 f64 funcref)
            (local i32 i64)
            (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4))
        (func $none)
        (func $pair (type $pair) (i32.const 1) (return (f64.const 0.5)))
        (elem declare func $none)
        (func (export "_start")
            (call $many (i32.const -1) (i64.const -2) (f32.const 1.5) (f64.const inf) (ref.func $none) (ref.null extern))
            drop drop drop drop drop
            (call $none)
            (call $pair) drop drop))"#;
    let run = trace("calls-types", program, &["t.wat"]);
    let expected = "\
_start()
  many(-1, -2, 1.5, inf, funcref, null) = -1, -2, 1.5, inf, funcref
  none()
  pair() = 1, 0.5
<- _start
";
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), expected));
}

#[test]
fn tail_calls_do_not_go_deeper() {
    let program = r#"(module
        (type $t (func (param i32) (result i32)))
        (table funcref (elem $down))
        (func $down (export "down") (type $t)
            (if (i32.eqz (local.get 0)) (then (return (i32.const 7))))
            (if (i32.eq (local.get 0) (i32.const 1)) (then (return_call $down (i32.const 0))))
            (return_call_indirect (type $t) (i32.sub (local.get 0) (i32.const 1)) (i32.const 0))))"#;
    let run = trace("calls-tail", program, &["--invoke", "down", "t.wat", "2"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "7\n"));
    assert_eq!(run.stderr, "down(2), tail call\ndown(1), tail call\ndown(0) = 7\n");
}

#[test]
fn a_tail_call_does_not_use_up_the_stack() {
    let program = r#"(module
        (func $down (export "down") (param i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (i32.const 7))))
            (return_call $down (i32.sub (local.get 0) (i32.const 1)))))"#;
    let run = trace("calls-tails", program, &["--invoke", "down", "t.wat", "100000"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "7\n"));
    assert_eq!(run.stderr.lines().count(), 100_001);
}

#[test]
fn wasi_calls_are_shown_among_the_others() {
    let program = r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "\08\00\00\00\03\00\00\00abc")
        (func $say (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))
        (func (export "_start") (call $say) (call $exit (i32.const 4))))"#;
    let run = trace("calls-wasi", program, &["t.wat"]);
    let expected = "\
_start()
  say()
    fd_write(1, [\"abc\"]) = 0, 3 bytes
  <- say
  proc_exit(4)
";
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(4), "abc", expected));
}

#[test]
fn a_start_function_is_traced_too() {
    let program = r#"(module
        (global $g (mut i32) (i32.const 0))
        (func $begin (global.set $g (i32.const 5)))
        (start $begin)
        (func (export "get") (result i32) (global.get $g)))"#;
    let run = trace("calls-start", program, &["--invoke", "get", "t.wat"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "5\n", "begin()\nget() = 5\n"));
}

#[test]
fn indices_of_the_module_stay_what_they_are() {
    let program = r#"(module
        (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
        (memory (export "memory") 1)
        (type $t (func (result i32)))
        (global $f funcref (ref.func $two))
        (table $a 1 funcref)
        (table $b 2 funcref)
        (elem (table $b) (i32.const 0) func $one $two)
        (func $one (type $t) (i32.const 1))
        (func $two (type $t) (i32.const 2))
        (func (export "f") (result i32)
            (table.set $a (i32.const 0) (global.get $f))
            (i32.add
                (call_indirect $a (type $t) (i32.const 0))
                (i32.mul (i32.const 10) (call_indirect $b (type $t) (i32.const 0))))))"#;
    let run = trace("calls-indices", program, &["--invoke", "f", "t.wat"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "12\n"), "{}", run.stderr);
    assert_eq!(run.stderr, "f()\n  two() = 2\n  one() = 1\n<- f = 12\n");
}

#[test]
fn a_trap_is_reported_as_without_a_trace() {
    let program = r#"(module
        (func $divide (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
        (func (result i32) (block (br_if 0 (i32.const 0))) (i32.add (i32.const 1) (call $divide (i32.const 0))))
        (func $start (export "_start") (drop (call 1))))"#;
    let plain = ermine("calls-trap", program, &["t.wat"]);
    let traced = trace("calls-trap", program, &["t.wat"]);
    assert_eq!((plain.code, traced.code), (Some(134), Some(134)));
    assert_eq!(before_error(&traced.stderr), "start()\n  func[1]()\n    divide(0)\n");
    assert!(traced.stderr.ends_with(&plain.stderr), "{}\n{}", traced.stderr, plain.stderr);
}

#[test]
fn a_module_without_functions_has_nothing_to_show() {
    let run = trace("calls-none", "(module (memory 1))", &["t.wat"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

#[test]
fn an_image_cannot_be_traced() {
    let program = r#"(module (func (export "_start")))"#;
    assert_eq!(ermine("calls-image", program, &["compile", "t.wat"]).code, Some(0));
    assert!(folder("calls-image").join("t.erm").exists());
    let run = ermine("calls-image", program, &["--trace=calls", "t.erm"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(run.stderr, "ermine: error: --trace=calls: t.erm is an image: trace the module that it was made of\n");
}

/// Runs `t.wat`, with `library` as `lib.wat` preloaded under the name `lib`.
fn with_library(test: &str, program: &str, library: &str, args: &[&str]) -> Run {
    std::fs::write(folder(test).join("lib.wat"), library).expect("the target folder can be written");
    trace(test, program, &[&["--preload", "lib=lib.wat"], args].concat())
}

const CALLS_LIBRARY: &str = r#"(module
    (import "lib" "divide" (func $divide (param i32 i32) (result i32)))
    (func $halve (export "half") (param i32) (result i32) (call $divide (local.get 0) (i32.const 2)))
    (func (export "fail") (result i32) (return_call $divide (i32.const 1) (i32.const 0))))"#;

const LIBRARY: &str = r#"(module
    (func $check (param i32))
    (func $begin)
    (func (export "_initialize") (call $check (i32.const 1)))
    (func $quotient (export "divide") (param i32 i32) (result i32)
        (call $check (local.get 1))
        (i32.div_s (local.get 0) (local.get 1)))
    (start $begin))"#;

#[test]
fn preloaded_modules_are_traced_too() {
    let run = with_library("calls-library", CALLS_LIBRARY, LIBRARY, &["--invoke", "half", "t.wat", "42"]);
    let expected = "\
lib.begin()
lib._initialize()
  lib.check(1)
<- lib._initialize
halve(42)
  lib.quotient(42, 2)
    lib.check(2)
  <- lib.quotient = 21
<- halve = 21
";
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "21\n", expected));
}

#[test]
fn a_trap_in_a_preloaded_module_is_reported_as_without_a_trace() {
    let args = ["--invoke", "fail", "t.wat"];
    let traced = with_library("calls-library-trap", CALLS_LIBRARY, LIBRARY, &args);
    let plain = ermine("calls-library-trap", CALLS_LIBRARY, &[&["--preload", "lib=lib.wat"], &args[..]].concat());
    assert_eq!((plain.code, traced.code), (Some(134), Some(134)));
    assert!(before_error(&traced.stderr).ends_with("fail(), tail call\nlib.quotient(1, 0)\n  lib.check(0)\n"));
    assert!(traced.stderr.ends_with(&plain.stderr), "{}\n{}", traced.stderr, plain.stderr);
}

#[test]
fn a_preloaded_image_is_run_and_not_shown() {
    let library = r#"(module (func (export "divide") (param i32 i32) (result i32) (i32.const 7)))"#;
    let folder = folder("calls-library-image");
    std::fs::write(folder.join("lib.wat"), library).expect("the target folder can be written");
    assert_eq!(ermine("calls-library-image", CALLS_LIBRARY, &["compile", "lib.wat"]).code, Some(0));
    let args = ["--preload", "lib=lib.erm", "--invoke", "half", "t.wat", "42"];
    let run = trace("calls-library-image", CALLS_LIBRARY, &args);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "7\n", "halve(42) = 7\n"));
}
