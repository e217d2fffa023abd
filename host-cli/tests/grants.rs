//! What programs are given and denied: directories, environment, names, streams, clocks, sockets.

mod common;

use common::{Run, ermine, ermine_with_input, folder};
use std::fs;

/// A program that ends with the code that `body` leaves.
fn program(imports: &[&str], body: &str) -> String {
    let imports: String = imports
        .iter()
        .map(|import| {
            let (name, types) = import.split_once(' ').expect("a name and types");
            format!("(import \"wasi_snapshot_preview1\" \"{name}\" (func ${name} {types}))")
        })
        .collect();
    format!(
        r#"(module {imports}
            (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
            (memory (export "memory") 1)
            (data (i32.const 1000) "file.txt")
            (func (export "_start") (call $proc_exit {body})))"#
    )
}

const PATH_OPEN: &str = "path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)";
const NOTCAPABLE: Option<i32> = Some(76);
const BADF: Option<i32> = Some(8);
const NOENT: Option<i32> = Some(44);

/// Opens `file.txt` in descriptor 3 with these flags and rights.
fn opens(oflags: u32, rights: u64) -> String {
    let body = format!(
        "(call $path_open (i32.const 3) (i32.const 0) (i32.const 1000) (i32.const 8) (i32.const {oflags})
            (i64.const {rights}) (i64.const 0) (i32.const 0) (i32.const 0))"
    );
    program(&[PATH_OPEN], &body)
}

#[test]
fn there_are_no_directories_unless_they_are_given() {
    assert_eq!(ermine("grants-none", &opens(0, 2), &["t.wat"]).code, BADF);
    fs::create_dir_all(folder("grants-dir").join("d")).expect("the target folder can be written");
    assert_eq!(ermine("grants-dir", &opens(0, 2), &["--dir", "d", "t.wat"]).code, NOENT);
    assert_eq!(ermine("grants-dir", &opens(1, 66), &["--dir", "d::/", "t.wat"]).code, Some(0));
    assert!(folder("grants-dir").join("d/file.txt").exists());
    assert_eq!(ermine("grants-dir", &opens(0, 2), &["--dir", "d:ro", "t.wat"]).code, Some(0));
    fs::remove_dir_all(folder("grants-dir").join("d")).expect("it is ours");
}

#[test]
fn a_directory_can_be_given_to_read_only() {
    fs::create_dir_all(folder("grants-ro").join("d")).expect("the target folder can be written");
    fs::write(folder("grants-ro").join("d/file.txt"), "x").expect("the target folder can be written");
    for (oflags, rights) in [(0, 66), (1, 2), (8, 2), (9, 64)] {
        let run = ermine("grants-ro", &opens(oflags, rights), &["--dir", "d::/:ro", "t.wat"]);
        assert_eq!(run.code, NOTCAPABLE, "{oflags} {rights}");
    }
    assert_eq!(fs::read(folder("grants-ro").join("d/file.txt")).ok().as_deref(), Some(&b"x"[..]));
}

#[test]
fn a_missing_directory_is_told() {
    let Run { code, stdout, stderr } = ermine("grants-missing", "(module)", &["--dir", "nowhere", "t.wat"]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""));
    assert_eq!(stderr, "ermine: error: --dir nowhere: the directory cannot be opened: there is none\n");
}

#[test]
fn an_address_that_is_none_is_told() {
    let run = ermine("grants-address", "(module)", &["--listen", "nowhere", "t.wat"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.starts_with("ermine: error: --listen nowhere: cannot listen there: "), "{}", run.stderr);
}

#[test]
fn an_address_in_use_is_told() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("it has one").to_string();
    let run = ermine("grants-used", "(module)", &["--listen", &address, "t.wat"]);
    let expected = format!("ermine: error: --listen {address}: cannot listen there: the address is in use\n");
    assert_eq!((run.code, run.stderr), (Some(2), expected));
}

#[test]
fn a_file_is_no_directory() {
    let run = ermine("grants-file", "(module)", &["--dir", "t.wat", "t.wat"]);
    let expected = "ermine: error: --dir t.wat: the directory cannot be opened: it is no directory\n";
    assert_eq!((run.code, run.stderr.as_str()), (Some(2), expected));
}

#[test]
fn variables_and_names_are_passed_on() {
    let imports = ["environ_sizes_get (param i32 i32) (result i32)", "args_sizes_get (param i32 i32) (result i32)"];
    // The number of variables, and a hundred times the bytes of all arguments.
    let body = "(block (result i32)
        (drop (call $environ_sizes_get (i32.const 0) (i32.const 4)))
        (drop (call $args_sizes_get (i32.const 8) (i32.const 12)))
        (i32.add (i32.load (i32.const 0)) (i32.mul (i32.const 10) (i32.load (i32.const 12)))))";
    let program = program(&imports, body);
    assert_eq!(ermine("grants-env", &program, &["t.wat"]).code, Some(60));
    assert_eq!(ermine("grants-env", &program, &["--argv0", "abc", "t.wat"]).code, Some(40));
    assert_eq!(ermine("grants-env", &program, &["--env", "A=1", "--env", "PATH", "t.wat"]).code, Some(62));
    assert_eq!(ermine("grants-env", &program, &["--env", "NO_SUCH_VARIABLE_HERE", "t.wat"]).code, Some(60));
    let all = i32::try_from(std::env::vars_os().count()).expect("a small number");
    let inherited = ermine("grants-env", &program, &["--env-inherit", "--env", "PATH=x", "t.wat"]).code;
    assert!(inherited.is_some_and(|code| (code - 60 - all).abs() <= 1 || all > 150), "{inherited:?} of {all}");
}

#[test]
fn what_programs_have_by_default_can_be_denied() {
    let random =
        program(&["random_get (param i32 i32) (result i32)"], "(call $random_get (i32.const 0) (i32.const 8))");
    let clock = program(
        &["clock_time_get (param i32 i64 i32) (result i32)"],
        "(call $clock_time_get (i32.const 1) (i64.const 0) (i32.const 0))",
    );
    let write = program(
        &["fd_write (param i32 i32 i32 i32) (result i32)"],
        "(call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 0))",
    );
    for (program, name, denied) in
        [(&random, "random", NOTCAPABLE), (&clock, "clock", NOTCAPABLE), (&write, "stdio", BADF)]
    {
        assert_eq!(ermine("grants-deny", program, &["t.wat"]).code, Some(0), "{name}");
        assert_eq!(ermine("grants-deny", program, &["--deny", name, "t.wat"]).code, denied, "{name}");
    }
}

/// Waits 20 ms for standard input; ends with the number of events, and ten times the kind of the first.
const WAITS: &str = "(block (result i32)
    (i32.store8 (i32.const 8) (i32.const 0))
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 20000000))
    (i32.store8 (i32.const 56) (i32.const 1))
    (i32.store (i32.const 64) (i32.const 0))
    (drop (call $poll_oneoff (i32.const 0) (i32.const 200) (i32.const 2) (i32.const 300)))
    (i32.add (i32.load (i32.const 300)) (i32.mul (i32.const 10) (i32.load8_u (i32.const 210)))))";

#[test]
fn waiting_for_input_sees_what_is_there() {
    let program =
        program(&["poll_oneoff (param i32 i32 i32 i32) (result i32)"], &WAITS.replace("20000000", "20000000000"));
    // The null device, and a pipe with bytes in it: input is there at once.
    assert_eq!(ermine("grants-poll", &program, &["t.wat"]).code, Some(11));
    assert_eq!(ermine_with_input("grants-poll", &program, &["t.wat"], b"x").code, Some(11));
}

#[cfg(unix)]
#[test]
fn waiting_for_input_ends_with_the_time() {
    use std::process::{Command, Stdio};
    let program = program(&["poll_oneoff (param i32 i32 i32 i32) (result i32)"], WAITS);
    let file = folder("grants-wait").join("t.wat");
    fs::write(&file, program).expect("the target folder can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ermine"));
    let mut child = command.arg(file).stdin(Stdio::piped()).spawn().expect("the command starts");
    // Nobody writes to the pipe while the program waits.
    let pipe = child.stdin.take();
    assert_eq!(child.wait().expect("the command ends").code(), Some(1));
    drop(pipe);
}
