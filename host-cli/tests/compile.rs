//! `ermine compile`: what it writes and what it tells.

mod common;

use common::{Run, ermine, ermine_with_input, folder};
use std::path::Path;
use std::process::Command;

/// Something of everything that the report shows.
const PROGRAM: &str = r#"(module
    (import "env" "draw" (func $draw (param i32 f32) (result i32)))
    (import "env" "limit" (global $limit i32))
    (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
    (memory (export "memory") 1 4)
    (table 3 funcref)
    (elem (i32.const 0) $leaf $leaf)
    (global (mut i64) (i64.const 5))
    (data (i32.const 8) "hello")
    (func $init)
    (start $init)
    (func $leaf (param i32) (result i32) (drop (call $yield)) (call $draw (local.get 0) (f32.convert_i32_s (local.get 0))))
    (func $middle (result i32) (call_indirect (param i32) (result i32) (i32.const 7) (i32.const 1)))
    (func $run (export "run") (param i32) (result i32) (i32.add (call $middle) (local.get 0))))"#;

const RECURSIVE: &str =
    r#"(module (func $a (export "a") (param i32) (call $b)) (func $b (call $a (i32.const 1))) (func (export "leaf")))"#;

fn compile(test: &str, args: &[&str]) -> Run {
    let all: Vec<&str> = ["compile", "t.wat"].into_iter().chain(args.iter().copied()).collect();
    ermine(test, PROGRAM, &all)
}

fn read(test: &str, file: &str) -> Vec<u8> {
    let path = folder(test).join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folder of a test, empty.
fn emptied(test: &str) {
    let folder = folder(test);
    std::fs::remove_dir_all(&folder).expect("the target folder can be written");
}

#[test]
fn image_and_map_go_beside_the_module() {
    emptied("compile_default");
    let run = compile("compile_default", &[]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    let image = read("compile_default", "t.erm");
    assert!(image.starts_with(b"\0erm") && image.len().is_multiple_of(4));
    let map = String::from_utf8(read("compile_default", "t.erm.map")).expect("text");
    let checksum = u32::from_le_bytes(image[4..8].try_into().expect("four bytes"));
    assert!(map.starts_with(&format!("ermine map 1\nimage {checksum:08x}\nfunc 0 - env.draw\n")), "{map}");
    assert!(map.contains("func 3 0x") && map.contains(" leaf\n"), "{map}");
}

#[test]
fn outputs_go_where_they_are_wanted() {
    emptied("compile_output");
    let run = compile("compile_output", &["-o", "out.bin"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    read("compile_output", "out.bin.map");
    let run = compile("compile_output", &["--output", "other", "--map", "names.txt"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert_eq!(read("compile_output", "names.txt"), read("compile_output", "out.bin.map"));
    let run = compile("compile_output", &["-o", "alone.erm", "--no-map"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(!folder("compile_output").join("alone.erm.map").exists());
    assert_eq!(read("compile_output", "alone.erm"), read("compile_output", "other"));
}

#[test]
fn standard_input_and_output_can_be_used() {
    let wasm = wat::parse_str(RECURSIVE).expect("a module");
    let run = ermine_with_input("compile_stdin", "", &["compile", "-", "-o", "piped.erm"], &wasm);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.starts_with("standard input -> piped.erm\n"), "{}", run.stdout);
    let run = ermine_with_input("compile_stdin", "", &["compile", "-"], &wasm);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("-o"), "{}", run.stderr);
    let run = ermine("compile_stdout", RECURSIVE, &["compile", "t.wat", "-o", "-"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.starts_with("\0erm") && run.stderr.starts_with("t.wat -> standard output\n"), "{}", run.stderr);
}

#[test]
fn the_report_says_what_a_board_needs() {
    let run = compile("compile_report", &[]);
    let report = run.stdout;
    let has = |line: &str| assert!(report.lines().any(|have| have.trim_end() == line), "{line}\n\n{report}");
    let starts = |start: &str| assert!(report.lines().any(|have| have.starts_with(start)), "{start}\n\n{report}");
    assert!(report.starts_with("t.wat -> t.erm\n\nwasm            "), "{report}");
    starts("image           ");
    assert!(report.contains(" x the wasm; base profile, not metered, checksum "), "{report}");
    starts("  code  ");
    has("numbers         integers, f32");
    has("linear memory   65,536 bytes, 1 page; at most 262,144 bytes, 4 pages");
    has("table           3 of funcref; no maximum");
    has("elements        2 in 1 segment");
    has("globals         2");
    assert!(report.contains(" bytes; deepest: run > middle > leaf"), "{report}");
    starts("arena           ");
    has("start function  init");
    has("imports         2 functions, 1 global");
    has("  env");
    has("    draw                    function [i32 f32] -> [i32]");
    has("    limit                   constant global of type i32");
    has("  wasi_snapshot_preview1");
    has("exports         2");
    starts("    run                     function [i32] -> [i32], ");
}

#[test]
fn recursion_is_named_with_its_price() {
    let run = ermine("compile_recursion", RECURSIVE, &["compile", "t.wat"]);
    assert!(run.stdout.contains("value stack     no bound; recursion, 36 bytes a round: "), "{}", run.stdout);
    assert!(run.stdout.contains("a > b > a\n") || run.stdout.contains("b > a > b\n"), "{}", run.stdout);
    assert!(run.stdout.contains("each level of calls takes 20 bytes at most\n"), "{}", run.stdout);
    assert!(run.stdout.contains("    leaf                    function [] -> [], "), "{}", run.stdout);
    let open = r#"(module (table (export "t") 1 funcref) (func $main (export "run") (call_indirect (i32.const 0))))"#;
    let run = ermine("compile_open", open, &["compile", "t.wat"]);
    assert!(run.stdout.contains("no bound; main may call functions of others through a table\n"), "{}", run.stdout);
}

#[test]
fn the_report_is_to_be_had_as_json() {
    let run = compile("compile_json", &["--json", "--fuel", "--profile", "full"]);
    let report = run.stdout;
    for part in [
        r#""input": "t.wat","#,
        r#""profile": "full","#,
        r#""metered": true,"#,
        r#""numbers": ["integers", "f32"],"#,
        r#"{"imported": false, "pages": 1, "max_pages": 4, "page_bytes": 65536}"#,
        r#"{"imported": false, "type": "funcref", "elements": 3, "max_elements": null}"#,
        r#""path": ["run", "middle", "leaf""#,
        r#""recursion": null,"#,
        r#""start": "init","#,
        r#"{"module": "env", "name": "draw", "kind": "function", "type": "function [i32 f32] -> [i32]"}"#,
    ] {
        assert!(report.contains(part), "{part}\n\n{report}");
    }
}

#[test]
fn fuel_and_profile_make_other_images() {
    emptied("compile_settings");
    for (output, args) in [("plain", &[][..]), ("fuel", &["--fuel"]), ("full", &["--profile", "full"])] {
        let args: Vec<&str> = ["-o", output].into_iter().chain(args.iter().copied()).collect();
        assert_eq!(compile("compile_settings", &args).code, Some(0));
    }
    let header = |file| read("compile_settings", file)[14..16].to_vec();
    // Profile and needs: f32 is 1, metered 4.
    assert_eq!([header("plain"), header("fuel"), header("full")], [[0, 1], [0, 5], [1, 1]]);
}

#[test]
fn pages_of_one_byte_are_taken() {
    let program = r#"(module (memory 300 300 (pagesize 1)) (func (export "size") (result i32) (memory.size)))"#;
    let run = ermine("compile_pages", program, &["compile", "t.wat"]);
    assert!(run.stdout.contains("linear memory   300 bytes; does not grow\n"), "{} {}", run.stdout, run.stderr);
    for file in ["t.wat", "t.erm"] {
        assert_eq!(ermine("compile_pages", program, &["--invoke", "size", file]).stdout, "300\n");
        assert_eq!(ermine("compile_pages", program, &["dis", file]).code, Some(0));
    }
}

#[test]
fn a_guest_can_be_given_less_than_a_page() {
    let program = r#"(module (memory (export "memory") 1) (data (i32.const 8) "hello")
        (func (export "get") (param i32) (result i32) (i32.load8_u (local.get 0))))"#;
    let run = ermine("compile_memory", program, &["compile", "t.wat", "--memory", "1K"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("linear memory   1,024 bytes; does not grow\n"), "{}", run.stdout);
    assert!(
        run.stdout.contains("    memory                  memory of 1024..=1024 pages of 1 bytes\n"),
        "{}",
        run.stdout
    );
    let get = |at| ermine("compile_memory", program, &["--invoke", "get", "t.erm", at]);
    assert_eq!((get("8").stdout.as_str(), get("1023").stdout.as_str()), ("104\n", "0\n"));
    assert!(get("1024").stderr.contains("out of bounds memory access"));
    let run = ermine("compile_memory", program, &["compile", "t.wat", "--memory", "10"]);
    assert_eq!(run.code, Some(126));
    assert!(
        run.stderr.starts_with("ermine: error: t.wat cannot have 10 bytes of memory: data segment 0 "),
        "{}",
        run.stderr
    );
}

/// Runs a program that has to succeed.
fn succeeds(mut command: Command) {
    let output = command.output().expect("the program starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn emitted_rust_compiles_without_std() {
    emptied("compile_rust");
    let run = compile("compile_rust", &["--emit", "rust"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    read("compile_rust", "t.erm.map");
    assert_eq!(compile("compile_rust", &[]).code, Some(0));
    let library = "#![no_std]\n#![deny(warnings, missing_docs, unsafe_code)]\n//! Test.\ninclude!(\"t.rs\");\n\
        const _: () = assert!(T.len() == include_bytes!(\"t.erm\").len());\n";
    std::fs::write(folder("compile_rust").join("lib.rs"), library).expect("a folder");
    let rustc = |folder: &Path| {
        let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
        rustc.current_dir(folder).args(["--edition", "2024"]);
        rustc
    };
    let mut lib = rustc(&folder("compile_rust"));
    lib.args(["--crate-type", "lib", "--emit", "metadata", "lib.rs"]);
    succeeds(lib);

    let named = compile("compile_rust", &["--emit", "rust", "--name", "GUEST", "-o", "guest.rs"]);
    assert_eq!(named.code, Some(0), "{}", named.stderr);
    let main = "include!(\"guest.rs\");\nfn main() {\n    assert!(GUEST.as_ptr().addr() % 4 == 0 && GUEST == include_bytes!(\"t.erm\"));\n}\n";
    std::fs::write(folder("compile_rust").join("main.rs"), main).expect("a folder");
    let mut program = rustc(&folder("compile_rust"));
    program.args(["main.rs", "-o", "program"]);
    succeeds(program);
    succeeds(Command::new(folder("compile_rust").join("program")));
}

#[test]
fn emitted_c_compiles_without_warnings() {
    emptied("compile_c");
    let run = compile("compile_c", &["--emit", "c", "--name", "guest_image"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert_eq!(compile("compile_c", &[]).code, Some(0));
    if Command::new("cc").arg("--version").output().is_err() {
        assert!(std::env::var_os("ERMINE_REQUIRE_TOOLS").is_none(), "there is no cc");
        eprintln!("not compiled: there is no cc");
        return;
    }
    let main = "#include <stdio.h>\n#include \"t.h\"\nint main(void) {\n    \
        return (unsigned long)guest_image % 4 || fwrite(guest_image, 1, guest_image_len, fopen(\"written\", \"wb\")) != guest_image_len;\n}\n";
    std::fs::write(folder("compile_c").join("main.c"), main).expect("a folder");
    let mut cc = Command::new("cc");
    cc.current_dir(folder("compile_c")).args(["-std=c11", "-Wall", "-Wextra", "-Werror", "main.c", "-o", "program"]);
    succeeds(cc);
    let mut program = Command::new(folder("compile_c").join("program"));
    program.current_dir(folder("compile_c"));
    succeeds(program);
    assert_eq!(read("compile_c", "written"), read("compile_c", "t.erm"));
}

#[test]
fn what_cannot_be_compiled_says_why() {
    let told = |test: &str, content: &str, args: &[&str], code: i32, expected: &str| {
        let all: Vec<&str> = ["compile", "t.wat"].into_iter().chain(args.iter().copied()).collect();
        let run = ermine(test, content, &all);
        assert_eq!(run.code, Some(code), "{}", run.stderr);
        assert!(run.stderr.starts_with(&format!("ermine: error: {expected}")), "{}", run.stderr);
    };
    told("compile_invalid", "(module (func (result i32)))", &[], 126, "t.wat cannot be loaded: ");
    told("compile_other", "#!/bin/sh\n", &[], 126, "t.wat is neither a wasm module nor its text form nor an image\n");
    told("compile_twice", "\0erm....", &[], 126, "t.wat is an image already\n");
    told("compile_nowhere", "(module)", &["-o", "no/such/folder"], 1, "no/such/folder cannot be written: ");
    for args in [&["--profile", "rich"][..], &["--emit", "java"], &["--name", "2x"], &["--map", "m", "--no-map"]] {
        let all: Vec<&str> = ["compile", "t.wat"].into_iter().chain(args.iter().copied()).collect();
        assert_eq!(ermine("compile_usage", "(module)", &all).code, Some(2), "{args:?}");
    }
    assert_eq!(ermine("compile_missing", "", &["compile", "nowhere.wasm"]).code, Some(127));
}
