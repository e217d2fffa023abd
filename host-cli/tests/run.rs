//! `ermine run`: what programs get, and how their ends are told apart.

mod common;

use common::{Run, ermine, ermine_with_input, folder};

/// Writes its arguments (NULs and all) to standard output.
const PRINT_ARGS: &str = r#"(module
    (import "wasi_snapshot_preview1" "args_get" (func $get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $sizes (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
        (drop (call $sizes (i32.const 0) (i32.const 12)))
        (drop (call $get (i32.const 64) (i32.const 1024)))
        (i32.store (i32.const 8) (i32.const 1024))
        (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))"#;

/// The same with the environment.
fn print_env() -> String {
    PRINT_ARGS.replace("args_get", "environ_get").replace("args_sizes_get", "environ_sizes_get")
}

/// Ends with the given code.
fn exits_with(code: u32) -> String {
    format!(
        r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (func (export "_start") (call $exit (i32.const {code}))))"#
    )
}

/// Traps three functions deep.
const TRAPS: &str = r#"(module
    (func $divide (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
    (func (result i32) (i32.add (i32.const 1) (call $divide (i32.const 0))))
    (func $start (export "_start") (drop (call 1))))"#;

const LOOPS: &str = r#"(module (func (export "_start") (loop (br 0))))"#;

#[test]
fn the_guests_exit_code_is_passed_on() {
    assert_eq!(ermine("exit_0", &exits_with(0), &["t.wat"]).code, Some(0));
    assert_eq!(ermine("exit_3", &exits_with(3), &["run", "t.wat"]).code, Some(3));
    let run = ermine("exit_255", &exits_with(255), &["t.wat"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(255), "", ""));
}

#[test]
fn a_program_sees_its_name_and_arguments() {
    let run = ermine("args", PRINT_ARGS, &["t.wat", "a", "--fuel", "-x", "--", ""]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "t.wat\0a\0--fuel\0-x\0--\0\0"));
}

#[test]
fn arguments_may_be_long() {
    let long = "x".repeat(50_000);
    assert_eq!(ermine("args_long", PRINT_ARGS, &["t.wat", &long]).stdout, format!("t.wat\0{long}\0"));
    let run = ermine("args_long", PRINT_ARGS, &[&long]);
    assert_eq!(run.code, Some(126), "{}", run.stderr);
    let run = ermine("args_long", PRINT_ARGS, &["--invoke", &long, "t.wat"]);
    assert_eq!((run.code, run.stderr.lines().count()), (Some(2), 2));
}

#[test]
fn the_name_is_the_last_part_of_the_path() {
    let path = folder("argv0").join("t.wat");
    let run = ermine("argv0", PRINT_ARGS, &[path.to_str().expect("a plain path")]);
    assert_eq!(run.stdout, "t.wat\0");
}

#[test]
fn the_environment_is_empty_unless_given() {
    assert_eq!(ermine("env_none", &print_env(), &["t.wat"]).stdout, "");
    let run = ermine("env_some", &print_env(), &["--env", "A=1", "--env", "B=", "t.wat"]);
    assert_eq!(run.stdout, "A=1\0B=\0");
}

#[test]
fn standard_input_reaches_the_program() {
    let cat = r#"(module
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "_start")
            (loop $again
                (i32.store (i32.const 0) (i32.const 64))
                (i32.store (i32.const 4) (i32.const 7))
                (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 4)))
                (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
                (br_if $again (i32.load (i32.const 4))))))"#;
    let run = ermine_with_input("cat", cat, &["t.wat"], b"line one\nline two");
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "line one\nline two"));
}

#[test]
fn a_trap_ends_with_134_and_a_backtrace() {
    let run = ermine("trap", TRAPS, &["t.wat"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(134), ""));
    let expected = "\
ermine: error: t.wat trapped: integer divide by zero
  wasm backtrace:
     0: func[0] divide at 0x32
     1: func[1] at 0x3a
     2: func[2] start at 0x40
";
    assert_eq!(run.stderr, expected);
}

#[test]
fn a_trap_in_the_start_function_is_a_trap() {
    let run = ermine("trap_start", "(module (func unreachable) (start 0))", &["t.wat"]);
    assert_eq!(run.code, Some(134));
    assert!(run.stderr.starts_with("ermine: error: t.wat trapped: "), "{}", run.stderr);
}

#[test]
fn endless_recursion_is_a_trap_with_a_short_backtrace() {
    let run = ermine("recursion", r#"(module (func $f (export "_start") (call $f)))"#, &["t.wat"]);
    assert_eq!(run.code, Some(134));
    assert!(run.stderr.starts_with("ermine: error: t.wat trapped: call stack exhausted\n"), "{}", run.stderr);
    assert!(run.stderr.lines().count() < 50, "{}", run.stderr);
}

#[test]
fn running_out_of_fuel_ends_with_124() {
    let run = ermine("fuel", LOOPS, &["--fuel", "1000", "t.wat"]);
    assert_eq!(run.code, Some(124));
    assert!(run.stderr.starts_with("ermine: error: t.wat ran out of fuel (--fuel 1000)\n"), "{}", run.stderr);
}

#[test]
fn enough_fuel_changes_nothing() {
    assert_eq!(ermine("fuel_enough", &exits_with(5), &["--fuel", "1000", "t.wat"]).code, Some(5));
}

#[test]
fn memory_does_not_grow_past_its_bound() {
    let grow = r#"(module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;
    let run = |pages: &str| ermine("grow", grow, &["--max-memory", "128K", "--invoke", "grow", "t.wat", pages]);
    assert_eq!(run("1").stdout, "1\n");
    assert_eq!(run("2").stdout, "-1\n");
}

#[test]
fn a_memory_too_large_from_the_start_cannot_be_loaded() {
    let run = ermine("memory", "(module (memory 3))", &["--max-memory", "128K", "t.wat"]);
    assert_eq!(run.code, Some(126), "{}", run.stderr);
}

#[test]
fn every_missing_import_is_listed() {
    let program = r#"(module
        (import "env" "draw" (func (param i32 f64) (result i64)))
        (import "wasi_snapshot_preview1" "fd_wrte" (func (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
        (import "env" "memory" (memory 1)))"#;
    let run = ermine("imports", program, &["t.wat"]);
    assert_eq!(run.code, Some(126));
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines[0], "ermine: error: t.wat needs 3 imports that nothing provides");
    assert_eq!(lines[1], "  env.draw: function [i32 f64] -> [i64]");
    assert_eq!(
        lines[2],
        "  wasi_snapshot_preview1.fd_wrte: function [i32 i32 i32 i32] -> [i32] (is `fd_write` meant?)"
    );
    assert!(lines[3].starts_with("  env.memory: memory"), "{}", lines[3]);
    assert!(lines[4].contains("--preload env=FILE"), "{}", lines[4]);
    assert_eq!(lines.len(), 5);
}

#[test]
fn an_import_with_another_type_cannot_be_loaded() {
    let program = r#"(module (import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32))))"#;
    let run = ermine("import_type", program, &["t.wat"]);
    assert_eq!(run.code, Some(126));
    assert!(run.stderr.contains("fd_close"), "{}", run.stderr);
}

#[test]
fn files_that_cannot_be_loaded_say_why() {
    let told = |test: &str, content: &str, code: i32, expected: &str| {
        let run = ermine(test, content, &["t.wat"]);
        assert_eq!(run.code, Some(code), "{}", run.stderr);
        assert!(run.stderr.starts_with(&format!("ermine: error: {expected}")), "{}", run.stderr);
    };
    told("load_empty", "", 126, "t.wat is empty\n");
    told("load_other", "#!/bin/sh\n", 126, "t.wat is neither a wasm module nor its text form nor an image\n");
    told("load_text", "(module (func i32.nonsense))", 126, "t.wat is not a valid text module: unknown operator");
    told("load_cut", "\0asm\u{1}\0\0\0\u{1}\u{9}", 126, "t.wat is cut short: unexpected end-of-file (at offset 0xa)\n");
    told("load_invalid", "(module (func (result i32)))", 126, "t.wat cannot be loaded: ");
}

#[test]
fn a_missing_file_ends_with_127() {
    let run = ermine("missing", "", &["nowhere.wasm"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(127), "ermine: error: nowhere.wasm: no such file\n"));
}

#[test]
fn a_folder_cannot_be_loaded() {
    assert_eq!(ermine("directory", "", &["."]).code, Some(126));
}

#[test]
fn a_program_can_come_from_standard_input() {
    let wasm = wat::parse_str(exits_with(9)).expect("a valid module");
    assert_eq!(ermine_with_input("stdin", "", &["-"], &wasm).code, Some(9));
}

#[test]
fn a_reactor_is_initialized() {
    let reactor = exits_with(6).replace("_start", "_initialize");
    assert_eq!(ermine("reactor", &reactor, &["t.wat"]).code, Some(6));
}

#[test]
fn a_library_is_told_how_to_call_it() {
    let run = ermine("library", r#"(module (func (export "a")) (func (export "b")))"#, &["t.wat"]);
    let Run { code, stdout, stderr } = run;
    assert_eq!((code, stdout.as_str()), (Some(0), ""));
    assert_eq!(stderr, "ermine: note: t.wat has no `_start`; --invoke can call: a, b\n");
}

#[test]
fn statistics_go_to_standard_error() {
    let run = ermine("stats", &exits_with(0), &["--stats", "--fuel", "100", "t.wat"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
    assert!(run.stderr.contains("bytes of wasm validated in"), "{}", run.stderr);
    assert!(run.stderr.contains("of 100 fuel used"), "{}", run.stderr);
}

#[test]
fn both_machines_run_programs() {
    for machine in ["auto", "loop"] {
        assert_eq!(ermine("machines", &exits_with(4), &["--machine", machine, "t.wat"]).code, Some(4));
    }
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    for args in [
        &[][..],
        &["--fule", "t.wat"],
        &["--fuel", "many", "t.wat"],
        &["--env", "=A", "t.wat"],
        &["--max-memory", "64X", "t.wat"],
        &["--machine", "fast", "t.wat"],
        &["run"],
    ] {
        let run = ermine("usage", "(module)", args);
        assert_eq!(run.code, Some(2), "{args:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{args:?}");
    }
}

#[test]
fn help_is_an_answer() {
    for args in [&["--help"][..], &["run", "--help"], &["--version"]] {
        let run = ermine("help", "", args);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{args:?}");
        assert!(run.stdout.contains("ermine"), "{args:?}");
    }
}
