//! `ermine run`: preloaded modules, and imports that nothing provides.

mod common;

use common::{Run, command, folder};

const MATH: &str = r#"(module (global $base (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $base (i32.const 100)))
    (func (export "add") (param i32 i32) (result i32)
        (i32.add (global.get $base) (i32.add (local.get 0) (local.get 1)))))"#;

/// Uses `math`, and WASI with a memory of its own.
const TWICE: &str = r#"(module
    (import "math" "add" (func $add (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 16) "twice\n")
    (func (export "twice") (param i32) (result i32)
        (i32.store (i32.const 0) (i32.const 16)) (i32.store (i32.const 4) (i32.const 6))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
        (call $add (local.get 0) (local.get 0))))"#;

const MAIN: &str = r#"(module
    (import "lib" "twice" (func $twice (param i32) (result i32)))
    (import "math" "add" (func $add (param i32 i32) (result i32)))
    (func (export "run") (param i32) (result i32) (call $add (call $twice (local.get 0)) (i32.const 1))))"#;

const UNKNOWN: &str = r#"(module
    (import "env" "f" (func $f (param i32) (result i64 f32)))
    (import "env" "memory" (memory 1)) (import "env" "table" (table 2 funcref)) (import "env" "base" (global i32))
    (func (export "call") (result i64 f32) (call $f (i32.const 1)))
    (func (export "size") (result i32 i32 i32) (memory.size) (table.size 0) (global.get 0)))"#;

fn run(test: &str, files: &[(&str, &str)], args: &[&str]) -> Run {
    let folder = folder(test);
    for (name, content) in files {
        std::fs::write(folder.join(name), content).expect("the target folder can be written");
    }
    command(&folder, args).output().expect("the command starts").into()
}

fn preloaded(test: &str, args: &[&str]) -> Run {
    run(test, &[("math.wat", MATH), ("twice.wat", TWICE), ("t.wat", MAIN)], args)
}

#[test]
fn preloaded_modules_are_linked_in_order() {
    let args = ["--preload", "math=math.wat", "--preload", "lib=twice.wat", "--invoke", "run", "t.wat", "5"];
    let Run { code, stdout, stderr } = preloaded("preload", &args);
    assert_eq!((code, stdout.as_str(), stderr.as_str()), (Some(0), "twice\n211\n", ""));
}

#[test]
fn names_that_are_missing_are_looked_for_in_preloaded_modules() {
    let run = preloaded("preload_order", &["--preload", "lib=twice.wat", "--preload", "math=math.wat", "t.wat"]);
    assert_eq!(run.code, Some(126));
    let expected =
        "ermine: error: twice.wat needs an import that nothing provides\n  math.add: function [i32 i32] -> [i32]\n";
    assert!(run.stderr.starts_with(expected), "{}", run.stderr);
    let run = preloaded("preload_name", &["--preload", "maths=math.wat", "--preload", "lib=math.wat", "t.wat"]);
    assert!(run.stderr.contains("math.add: function [i32 i32] -> [i32] (is `maths.add` meant?)"), "{}", run.stderr);
}

#[test]
fn a_name_is_provided_once() {
    let run = preloaded("preload_twice", &["--preload", "math=math.wat", "--preload", "math=math.wat", "t.wat"]);
    assert_eq!(run.code, Some(126));
    assert_eq!(run.stderr, "ermine: error: --preload math=math.wat: math._initialize is provided already\n");
}

#[test]
fn a_preload_has_a_name_and_a_file() {
    for text in ["math.wat", "math="] {
        assert_eq!(preloaded("preload_usage", &["--preload", text, "t.wat"]).code, Some(2));
    }
    assert_eq!(preloaded("preload_missing", &["--preload", "m=nowhere.wat", "t.wat"]).code, Some(127));
}

#[test]
fn unknown_functions_trap_or_give_zeros() {
    let invoke = |policy: &str, function| {
        run("unknown_imports", &[("t.wat", UNKNOWN)], &["--unknown-imports", policy, "--invoke", function, "t.wat"])
    };
    let trapped = invoke("trap", "call");
    assert_eq!((trapped.code, trapped.stdout.as_str()), (Some(134), ""));
    let expected = "ermine: error: t.wat stopped: it called env.f, which nothing provides\n  wasm backtrace:\n";
    assert!(trapped.stderr.starts_with(expected), "{}", trapped.stderr);
    assert_eq!(invoke("zero", "call").stdout, "0\n0\n");
    assert_eq!(invoke("trap", "size").stdout, "1\n2\n0\n");
    assert_eq!(invoke("error", "size").code, Some(126));
}
