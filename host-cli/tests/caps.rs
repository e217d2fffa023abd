//! `ermine wasi-caps`: the grants that programs need.

mod common;

use common::{Run, ermine, folder};
use std::fs;

/// Imports of the functions with these names and types.
fn imports(functions: &[&str]) -> String {
    let import = |function: &&str| {
        let (name, types) = function.split_once(' ').expect("a name and types");
        format!("(import \"wasi_snapshot_preview1\" \"{name}\" (func ${name} {types}))")
    };
    functions.iter().map(import).collect()
}

const OPEN: &str = "path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)";
const UNLINK: &str = "path_unlink_file (param i32 i32 i32) (result i32)";
const WRITE: &str = "fd_write (param i32 i32 i32 i32) (result i32)";
const RANDOM: &str = "random_get (param i32 i32) (result i32)";
const ENVIRON: &str = "environ_get (param i32 i32) (result i32)";
const EXIT: &str = "proc_exit (param i32)";

/// Reads in directory 3, changes something in 4, writes to standard output, and leaves 5, clocks and random bytes alone.
fn program() -> String {
    format!(
        r#"(module {}
            (memory (export "memory") 1)
            (data (i32.const 100) "file")
            (data (i32.const 200) "out\n")
            (func (export "_start")
                (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 4) (i32.const 0)
                    (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
                (drop (call $path_unlink_file (i32.const 4) (i32.const 100) (i32.const 4)))
                (i32.store (i32.const 8) (i32.const 200))
                (i32.store (i32.const 12) (i32.const 4))
                (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
                (call $proc_exit (i32.const 2))))"#,
        imports(&[OPEN, UNLINK, WRITE, RANDOM, EXIT])
    )
}

fn with_directories(test: &str, program: &str, args: &[&str]) -> Run {
    for name in ["a", "b", "c"] {
        fs::create_dir_all(folder(test).join(name)).expect("the target folder can be written");
    }
    ermine(test, program, args)
}

#[test]
fn a_run_tells_what_was_used() {
    let args = ["wasi-caps", "--run", "--dir", "a::/in", "--dir", "b", "--dir", "c", "--env", "K=v", "t.wat", "x y"];
    let run = with_directories("caps-run", &program(), &args);
    let expected = "\
ermine --dir a::/in:ro --dir b --deny clock,random t.wat 'x y'
  directory /in: read (path_open)
  directory b: read and written (path_unlink_file)
  directory c: not used
  environment: not used
  stdin: not used
  stdout: used (fd_write)
  stderr: not used
  clock: not used
  random: not used
";
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), expected));
    assert_eq!(run.stderr, "out\nermine: note: the program ended with exit code 2\n");
}

#[test]
fn a_run_tells_what_was_refused() {
    let args = ["wasi-caps", "--run", "--json", "--dir", "a", "--dir", "b:ro", "t.wat"];
    let run = with_directories("caps-refused", &program(), &args);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for part in [
        r#""ran": true"#,
        r#""command": ["ermine", "--dir", "a:ro", "--deny", "clock,random", "t.wat"]"#,
        r#""subject": "path_unlink_file in directory b""#,
        r#""verdict": "refused once""#,
        r#""functions": ["path_open"]"#,
    ] {
        assert!(run.stdout.contains(part), "{}", run.stdout);
    }
}

#[test]
fn the_answer_leads_to_the_same_run() {
    let program = program();
    let granted = with_directories("caps-same", &program, &["--trace", "--dir", "a", "--dir", "b", "t.wat"]);
    let args = ["--trace", "--dir", "a:ro", "--dir", "b", "--deny", "clock,random", "t.wat"];
    let smallest = with_directories("caps-same", &program, &args);
    assert_eq!((granted.code, granted.stdout, granted.stderr), (smallest.code, smallest.stdout, smallest.stderr));
}

#[test]
fn imports_tell_what_could_be_needed() {
    let run = ermine("caps-scan", &program(), &["wasi-caps", "t.wat"]);
    let expected = "\
ermine [--dir DIR] --deny clock t.wat
  directories: may be needed (path_open, path_unlink_file)
  stdio: may be needed (fd_write)
  clock: not needed
  random: may be needed (random_get)
";
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), expected, ""));
    let program = format!("(module {} (import \"env\" \"draw\" (func)))", imports(&[OPEN, ENVIRON]));
    let run = ermine("caps-scan", &program, &["wasi-caps", "t.wat"]);
    let first = "ermine [--dir DIR:ro] [--env NAME=VALUE] --deny stdio,clock,random t.wat\n";
    assert!(run.stdout.starts_with(first), "{}", run.stdout);
    assert!(run.stdout.ends_with("  env.draw: no WASI function, not granted by any option\n"), "{}", run.stdout);
}

#[test]
fn a_program_that_traps_is_told_of_too() {
    let program = format!(
        r#"(module {} (memory (export "memory") 1)
            (func (export "_start") (drop (call $random_get (i32.const 0) (i32.const 8))) unreachable))"#,
        imports(&[RANDOM])
    );
    let run = ermine("caps-trap", &program, &["wasi-caps", "--run", "t.wat"]);
    assert_eq!(run.code, Some(134));
    assert!(run.stdout.starts_with("ermine --deny stdio,clock t.wat\n"), "{}", run.stdout);
    assert!(run.stderr.starts_with("ermine: error: t.wat trapped: "), "{}", run.stderr);
}

#[test]
fn a_program_that_cannot_be_loaded_gives_no_answer() {
    for args in [&["wasi-caps", "nowhere.wasm"][..], &["wasi-caps", "--run", "nowhere.wasm"]] {
        let run = ermine("caps-missing", "", args);
        assert_eq!((run.code, run.stdout.as_str()), (Some(127), ""), "{args:?}");
    }
    assert_eq!(ermine("caps-missing", "", &["wasi-caps"]).code, Some(2));
}

#[test]
fn grants_are_of_no_use_to_a_scan() {
    let run = ermine("caps-useless", "(module)", &["wasi-caps", "--deny", "clock", "t.wat"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.ends_with("add --run\n"), "{}", run.stderr);
}

#[test]
fn a_stream_that_is_denied_is_not_used() {
    let args = ["wasi-caps", "--run", "--dir", "a", "--dir", "b", "--deny", "stdio", "t.wat"];
    let run = with_directories("caps-stdio", &program(), &args);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.starts_with("ermine --dir a:ro --dir b --deny stdio,clock,random t.wat\n"), "{}", run.stdout);
    assert!(run.stdout.ends_with("  fd_write: refused once\n"), "{}", run.stdout);
}
