//! `ermine run --invoke`: arguments by type, results one a line.

mod common;

use common::{Run, ermine};

const FUNCTIONS: &str = r#"(module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "swap") (param i64 f32) (result f32 i64) (local.get 1) (local.get 0))
    (func (export "half") (param f64) (result f64) (f64.div (local.get 0) (f64.const 2)))
    (func (export "nothing"))
    (func (export "is_null") (param externref) (result i32) (ref.is_null (local.get 0)))
    (func $trap (export "trap") unreachable)
    (memory (export "memory") 1))"#;

fn invoke(test: &str, args: &[&str]) -> Run {
    let all: Vec<&str> = ["--invoke"].into_iter().chain(args.iter().copied()).collect();
    ermine(test, FUNCTIONS, &all)
}

fn prints(test: &str, args: &[&str], expected: &str) {
    let run = invoke(test, args);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), expected, ""), "{args:?}");
}

#[test]
fn results_are_printed_one_a_line() {
    prints("results", &["add", "t.wat", "2", "40"], "42\n");
    prints("results", &["swap", "t.wat", "7", "1.5"], "1.5\n7\n");
    prints("results", &["nothing", "t.wat"], "");
}

#[test]
fn negative_numbers_need_no_separator() {
    prints("negative", &["add", "t.wat", "-2", "44"], "42\n");
    prints("negative", &["add", "t.wat", "--", "-2", "-40"], "-42\n");
    prints("negative", &["add", "t.wat", "4294967295", "0x2b"], "42\n");
    prints("negative", &["half", "t.wat", "-3"], "-1.5\n");
}

#[test]
fn floats_may_be_infinite_or_no_number() {
    prints("floats", &["half", "t.wat", "inf"], "inf\n");
    prints("floats", &["half", "t.wat", "-inf"], "-inf\n");
    prints("floats", &["half", "t.wat", "nan"], "NaN\n");
    prints("floats", &["half", "t.wat", "1e-3"], "0.0005\n");
}

#[test]
fn references_can_only_be_null() {
    prints("references", &["is_null", "t.wat", "null"], "1\n");
    assert_eq!(invoke("references", &["is_null", "t.wat", "1"]).code, Some(2));
}

#[test]
fn arguments_that_do_not_fit_are_refused() {
    let run = invoke("misfit", &["add", "t.wat", "1"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(run.stderr, "ermine: error: `add` takes 2 arguments, not 1: it is a function [i32 i32] -> [i32]\n");
    let run = invoke("misfit", &["add", "t.wat", "1", "1.5"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(
        run.stderr,
        "ermine: error: argument 2 of `add` is `1.5`, expected an i32: an integer from -2147483648 to 4294967295\n"
    );
}

#[test]
fn unknown_functions_are_refused_with_those_there_are() {
    let run = invoke("unknown", &["sub", "t.wat"]);
    assert_eq!(run.code, Some(2));
    let expected = "\
ermine: error: no function `sub` is exported
  there is: add, swap, half, nothing, is_null, trap
";
    assert_eq!(run.stderr, expected);
    assert_eq!(invoke("unknown", &["memory", "t.wat"]).code, Some(2));
    let run = invoke("unknown", &["hlaf", "t.wat"]);
    assert!(run.stderr.starts_with("ermine: error: no function `hlaf` is exported\n"), "{}", run.stderr);
    let run = invoke("unknown", &["swapp", "t.wat"]);
    assert!(
        run.stderr.starts_with("ermine: error: no function `swapp` is exported (is `swap` meant?)\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_trap_prints_no_result() {
    let run = invoke("invoke_trap", &["trap", "t.wat"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(134), ""));
    assert!(run.stderr.contains("func[5] trap"), "{}", run.stderr);
}

#[test]
fn a_reactor_is_initialized_before_the_call() {
    let reactor = r#"(module (global $g (mut i32) (i32.const 1))
        (func (export "_initialize") (global.set $g (i32.const 7)))
        (func (export "get") (result i32) (global.get $g)))"#;
    let run = ermine("invoke_reactor", reactor, &["--invoke", "get", "t.wat"]);
    assert_eq!(run.stdout, "7\n");
}
