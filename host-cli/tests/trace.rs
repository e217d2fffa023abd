//! `ermine run --trace`: what the guest does, on standard error.

mod common;

use common::{ermine, ermine_with_input, folder};
use std::fs;

/// Makes a file, writes to it, reads standard input, fails once, and ends with 3.
const WORKS: &str = r#"(module
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 100) "notes.txt")
    (data (i32.const 200) "hello\n")
    (func (export "_start")
        (drop (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 9) (i32.const 9)
            (i64.const 66) (i64.const 0) (i32.const 0) (i32.const 0)))
        (i32.store (i32.const 8) (i32.const 200))
        (i32.store (i32.const 12) (i32.const 6))
        (drop (call $write (i32.load (i32.const 0)) (i32.const 8) (i32.const 1) (i32.const 16)))
        (drop (call $close (i32.load (i32.const 0))))
        (drop (call $read (i32.const 0) (i32.const 8) (i32.const 1) (i32.const 16)))
        (drop (call $unlink (i32.const 3) (i32.const -8) (i32.const 9)))
        (call $exit (i32.const 3))))"#;

#[test]
fn each_call_is_a_line_with_its_arguments_decoded() {
    fs::create_dir_all(folder("trace-wasi").join("d")).expect("the target folder can be written");
    let expected = "\
path_open(3 \"/data\", \"notes.txt\", CREAT|TRUNC, rights=READ|WRITE, inheriting=0) = 0, fd 4
fd_write(4 \"/data/notes.txt\", [\"hello\\n\"]) = 0, 6 bytes
fd_close(4 \"/data/notes.txt\") = 0
fd_read(0, [6]) = 0, [\"input\"], 5 bytes
path_unlink_file(3 \"/data\", 0xfffffff8+9 (outside)) = FAULT (Bad address: a pointer or length reaches outside linear memory)
proc_exit(3)
";
    for option in ["--trace", "--trace=wasi"] {
        let run = ermine_with_input("trace-wasi", WORKS, &[option, "--dir", "d::/data", "t.wat"], b"input");
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(3), "", expected));
    }
}

#[test]
fn a_guest_that_is_not_traced_says_nothing() {
    let run = ermine("trace-off", WORKS, &["t.wat"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(3), ""));
}

#[test]
fn the_file_is_not_taken_for_what_to_trace() {
    let run = ermine("trace-value", WORKS, &["--trace", "t.wat"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(run.stderr.starts_with("path_open(3, \"notes.txt\""), "{}", run.stderr);
    assert_eq!(ermine("trace-value", WORKS, &["--trace=everything", "t.wat"]).code, Some(2));
}

#[test]
fn a_call_that_waits_is_shown_before_it_is_done() {
    let program = r#"(module
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "_start")
            (i32.store (i32.const 16) (i32.const 1))
            (i64.store (i32.const 24) (i64.const 60000000000))
            (drop (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128)))))"#;
    let run = ermine("trace-waits", program, &["--trace", "--timeout", "50ms", "t.wat"]);
    assert_eq!(run.code, Some(124));
    let expected = "\
poll_oneoff([CLOCK(MONOTONIC, 60000000000)])
ermine: error: t.wat ran for longer than --timeout 50ms
";
    assert_eq!(run.stderr, expected);
}
