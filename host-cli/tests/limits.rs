//! `ermine run`: what bounds programs, and how they are told.

mod common;

use common::{Run, command, ermine, folder};
use std::process::Stdio;
use std::time::{Duration, Instant};

const LOOPS: &str = r#"(module (func $spin (export "_start") (loop (br 0))))"#;

/// Waits a minute.
const SLEEPS: &str = r#"(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
        (i32.store (i32.const 16) (i32.const 1))
        (i64.store (i32.const 24) (i64.const 60000000000))
        (drop (call $poll (i32.const 0) (i32.const 200) (i32.const 1) (i32.const 300)))))"#;

/// Reads standard input.
const READS: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start")
        (i32.store (i32.const 0) (i32.const 64))
        (i32.store (i32.const 4) (i32.const 7))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))))"#;

/// Asks for memory, and exits with 1 or traps if there is none.
fn grows(otherwise: &str) -> String {
    format!(
        r#"(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (func (export "_start")
                (if (i32.eq (memory.grow (i32.const 3)) (i32.const -1)) (then {otherwise}))))"#
    )
}

/// Recurses as deep as its argument says.
const RECURSES: &str = r#"(module (func $f (export "f") (param i32) (result i32)
    (if (result i32) (local.get 0)
        (then (i32.add (i32.const 1) (call $f (i32.sub (local.get 0) (i32.const 1)))))
        (else (i32.const 0)))))"#;

#[test]
fn a_timeout_interrupts_a_program() {
    let run = ermine("timeout_loop", LOOPS, &["--timeout", "50ms", "t.wat"]);
    assert_eq!(run.code, Some(124));
    let expected = "\
ermine: error: t.wat ran for longer than --timeout 50ms
  wasm backtrace:
     0: func[0] spin at 0x";
    assert!(run.stderr.starts_with(expected), "{}", run.stderr);
}

#[test]
fn a_timeout_ends_a_program_that_waits() {
    let started = Instant::now();
    for (test, program) in [("timeout_sleep", SLEEPS), ("timeout_read", READS)] {
        std::fs::write(folder(test).join("t.wat"), program).expect("the target folder can be written");
        let mut command = command(&folder(test), &["--timeout", "50ms", "t.wat"]);
        let child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the command starts");
        // Nobody writes to the pipe.
        let pipe = child.stdin.take();
        let run: Run = child.wait_with_output().expect("the command ends").into();
        drop(pipe);
        assert_eq!(run.code, Some(124));
        assert_eq!(run.stderr, "ermine: error: t.wat ran for longer than --timeout 50ms\n");
    }
    assert!(started.elapsed() < Duration::from_secs(50));
}

#[test]
fn images_that_pay_no_fuel_have_time_outs_too() {
    let compile = ermine("timeout_image", LOOPS, &["compile", "t.wat"]);
    assert_eq!(compile.code, Some(0), "{}", compile.stderr);
    let run = ermine("timeout_image", LOOPS, &["--timeout", "50ms", "t.erm"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(124), "ermine: error: t.erm ran for longer than --timeout 50ms\n")
    );
}

#[test]
fn a_program_that_ends_in_time_is_left_alone() {
    let run = ermine("timeout_enough", "(module (func (export \"_start\")))", &["--timeout", "1m", "t.wat"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

#[test]
fn memory_that_was_refused_is_told_where_it_may_matter() {
    let refused = "it asked for 262,144 bytes of memory, and --max-memory allows 131,072\n";
    let run = ermine("refused_exit", &grows("(call $exit (i32.const 1))"), &["--max-memory", "128K", "t.wat"]);
    assert_eq!((run.code, run.stderr), (Some(1), format!("ermine: note: t.wat ended with 1; {refused}")));
    let run = ermine("refused_trap", &grows("unreachable"), &["--max-memory", "128K", "t.wat"]);
    assert_eq!(run.code, Some(134));
    assert!(run.stderr.ends_with(&format!("  {refused}")), "{}", run.stderr);
    let run = ermine("refused_not", &grows("nop"), &["--max-memory", "128K", "t.wat"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
}

#[test]
fn bounds_hold_from_the_start() {
    let run = ermine("bound_memory", "(module (memory 3))", &["--max-memory", "128K", "t.wat"]);
    let expected = "ermine: error: t.wat cannot be loaded: \
        it asked for 196,608 bytes of memory from the start, and --max-memory allows 131,072\n";
    assert_eq!((run.code, run.stderr.as_str()), (Some(126), expected));
    let run = ermine("bound_table", "(module (table 11 funcref))", &["--max-table", "10", "t.wat"]);
    assert_eq!(run.code, Some(126));
    assert!(run.stderr.contains("11 elements in a table from the start, and --max-table allows 10"), "{}", run.stderr);
}

#[test]
fn the_value_stack_can_have_another_size() {
    let run = |stack, depth| ermine("stack", RECURSES, &["--max-stack", stack, "--invoke", "f", "t.wat", depth]);
    assert_eq!(run("64M", "200000").stdout, "200000\n");
    let failed = run("64K", "200000");
    assert_eq!(failed.code, Some(134));
    let advice = "its value stack has 65,536 bytes; --max-stack gives it more\n";
    assert!(failed.stderr.ends_with(advice), "{}", failed.stderr);
}

#[test]
fn a_refused_path_is_told() {
    let program = r#"(module
        (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1) (data (i32.const 8) "../secret")
        (func (export "_start") (call $exit (call $unlink (i32.const 3) (i32.const 8) (i32.const 9)))))"#;
    let run = ermine("denied", program, &["--dir", ".", "t.wat"]);
    let expected = "ermine: note: t.wat ended with 76; it was refused access to \"../secret\"; \
        --dir grants directories, without `:ro` also for writing\n";
    assert_eq!((run.code, run.stderr.as_str()), (Some(76), expected));
}

#[test]
fn a_strict_sandbox_holds_or_is_told() {
    let run = ermine("strict", "(module (func (export \"_start\")))", &["--sandbox=strict", "--dir", ".", "t.wat"]);
    match run.code {
        Some(0) => assert_eq!(run.stderr, ""),
        Some(126) => assert!(run.stderr.starts_with("ermine: error: --sandbox=strict: "), "{}", run.stderr),
        other => panic!("{other:?}: {}", run.stderr),
    }
}

#[test]
fn programs_can_use_their_directories_behind_the_second_wall() {
    // Makes `made` in the directory, with the rights to read and write.
    let program = r#"(module
        (import "wasi_snapshot_preview1" "path_open"
            (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_remove_directory" (func $rmdir (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_readdir" (func $readdir (param i32 i32 i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory (export "memory") 1) (data (i32.const 8) "made") (data (i32.const 16) "folder")
        (func (export "_start") (call $exit (i32.or
            (i32.or
                (call $open (i32.const 3) (i32.const 0) (i32.const 8) (i32.const 4) (i32.const 1) (i64.const 66)
                    (i64.const 0) (i32.const 0) (i32.const 100))
                (call $mkdir (i32.const 3) (i32.const 16) (i32.const 6)))
            (i32.or
                (call $rmdir (i32.const 3) (i32.const 16) (i32.const 6))
                (call $readdir (i32.const 3) (i32.const 200) (i32.const 64) (i64.const 0) (i32.const 104)))))))"#;
    for mode in ["auto", "off"] {
        let run = ermine("walled", program, &[&format!("--sandbox={mode}"), "--dir", ".", "t.wat"]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert!(folder("walled").join("made").exists());
    }
}
