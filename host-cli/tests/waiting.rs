//! Waiting for standard input, be it a pipe, a file, the null device or nothing; `terminal.rs` has it as a terminal.

mod common;

use common::folder;
use std::fs::File;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Waits for standard input and two clocks, 200 ms and 10 minutes; prints what happened, one character for each event: `i` or
/// `h` (input; the other side is gone), `c` (a clock), `!` (an error), then how many bytes can be read, in octal.
const PROGRAM: &str = r#"(module
    (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func $put (param $char i32)
        (i32.store8 (i32.const 8) (local.get $char))
        (i32.store (i32.const 0) (i32.const 8))
        (i32.store (i32.const 4) (i32.const 1))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))
    (func $octal (param $number i64)
        (if (i64.ge_u (local.get $number) (i64.const 8))
            (then (call $octal (i64.shr_u (local.get $number) (i64.const 3)))))
        (call $put (i32.add (i32.const 48) (i32.wrap_i64 (i64.and (local.get $number) (i64.const 7))))))
    (func (export "_start") (local $event i32) (local $end i32)
        ;; Three subscriptions of 48 bytes at 100: input, a clock, a far clock.
        (i32.store8 (i32.const 108) (i32.const 1))
        (i32.store (i32.const 164) (i32.const 1))
        (i64.store (i32.const 172) (i64.const 200_000_000))
        (i32.store (i32.const 212) (i32.const 1))
        (i64.store (i32.const 220) (i64.const 600_000_000_000))
        (if (call $poll (i32.const 100) (i32.const 400) (i32.const 3) (i32.const 20)) (then unreachable))
        (local.set $event (i32.const 400))
        (local.set $end (i32.add (i32.const 400) (i32.shl (i32.load (i32.const 20)) (i32.const 5))))
        (loop $next
            (if (i32.load16_u offset=8 (local.get $event))
                (then (call $put (i32.const 33)))
                (else (if (i32.load8_u offset=10 (local.get $event))
                    (then
                        (call $put (select (i32.const 104) (i32.const 105) (i32.load8_u offset=24 (local.get $event))))
                        (call $octal (i64.load offset=16 (local.get $event))))
                    (else (call $put (i32.const 99))))))
            (local.set $event (i32.add (local.get $event) (i32.const 32)))
            (br_if $next (i32.lt_u (local.get $event) (local.get $end))))))"#;

/// What the program says with this as its input; `feed` is written to it if it is a pipe, which
/// stays open unless it is to hang up.
fn waits(test: &str, input: impl Into<Stdio>, feed: &[u8], hang_up: bool) -> (String, Duration) {
    let folder = folder(test);
    std::fs::write(folder.join("t.wat"), PROGRAM).expect("the target folder can be written");
    let began = Instant::now();
    let mut command = Command::new(env!("CARGO_BIN_EXE_ermine"));
    command.current_dir(&folder).arg("t.wat").stdin(input).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut child = command.spawn().expect("the command starts");
    let mut pipe = child.stdin.take();
    if let Some(pipe) = &mut pipe {
        pipe.write_all(feed).expect("the program is there");
    }
    if hang_up {
        drop(pipe.take());
    }
    let output = child.wait_with_output().expect("the command ends");
    drop(pipe);
    assert_eq!(output.status.code(), Some(0));
    (String::from_utf8_lossy(&output.stdout).into_owned(), began.elapsed())
}

#[test]
fn a_pipe_without_input_is_waited_for() {
    let (events, took) = waits("waiting-pipe", Stdio::piped(), b"", false);
    assert_eq!(events, "c");
    assert!(took >= Duration::from_millis(200) && took < Duration::from_secs(60), "{took:?}");
}

#[test]
fn a_pipe_with_input_is_ready() {
    assert_eq!(waits("waiting-input", Stdio::piped(), b"eight, 8", false).0, "i10");
}

#[test]
#[cfg(unix)]
fn a_pipe_that_nobody_writes_to_any_more_is_ready() {
    assert_eq!(waits("waiting-end", Stdio::piped(), b"", true).0, "h0");
}

#[test]
fn a_file_is_ready() {
    let path = folder("waiting-file").join("input");
    std::fs::write(&path, "12345").expect("the target folder can be written");
    assert_eq!(waits("waiting-file", File::open(path).expect("it was written"), b"", true).0, "i5");
}

#[test]
fn the_null_device_is_ready() {
    let events = waits("waiting-null", Stdio::null(), b"", true).0;
    assert!(events.starts_with('i'), "{events}");
}
