//! `ermine run` and `ermine dis` of images.

mod common;

use common::{Run, ermine, ermine_with_input, folder};
use ermine::image::Inspection;
use ermine::{Config, Engine, Limits, Linker, Module, Store};
use ermine_wasi::{StdPort, WasiCtx, add_to_linker};
use std::path::Path;

/// Compiles the program and runs the command with these arguments; the image is `t.erm`.
fn compiled(test: &str, program: &str, options: &[&str], args: &[&str]) -> Run {
    let all: Vec<&str> = ["compile", "t.wat"].into_iter().chain(options.iter().copied()).collect();
    let run = ermine(test, program, &all);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    ermine(test, program, args)
}

/// Traps three functions deep.
const TRAPS: &str = r#"(module
    (func $divide (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
    (func (result i32) (i32.add (i32.const 1) (call $divide (i32.const 0))))
    (func $start (export "_start") (drop (call 1))))"#;

const GROW: &str = r#"(module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;

const LOOPS: &str = r#"(module (func (export "_start") (loop (br 0))))"#;

#[test]
fn functions_of_images_can_be_called() {
    let add = r#"(module (func (export "add") (param i64 f32) (result f32 i64) (local.get 1) (local.get 0)))"#;
    for machine in ["auto", "loop"] {
        let run = compiled("image_invoke", add, &[], &["--machine", machine, "--invoke", "add", "t.erm", "-7", "1.5"]);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "1.5\n-7\n", ""));
    }
}

#[test]
fn images_have_the_limits_of_modules() {
    let grow =
        |pages: &str| compiled("image_grow", GROW, &[], &["--max-memory", "128K", "--invoke", "grow", "t.erm", pages]);
    assert_eq!(grow("1").stdout, "1\n");
    assert_eq!(grow("2").stdout, "-1\n");
    let run = compiled("image_memory", "(module (memory 3))", &[], &["--max-memory", "128K", "t.erm"]);
    assert_eq!(run.code, Some(126), "{}", run.stderr);
    let run = compiled("image_recursion", r#"(module (func $f (export "_start") (call $f)))"#, &[], &["t.erm"]);
    assert!(run.stderr.starts_with("ermine: error: t.erm trapped: call stack exhausted\n"), "{}", run.stderr);
}

#[test]
fn fuel_bounds_images_that_pay() {
    let run = compiled("image_fuel", LOOPS, &["--fuel"], &["--fuel", "1000", "t.erm"]);
    assert_eq!(run.code, Some(124));
    assert!(run.stderr.starts_with("ermine: error: t.erm ran out of fuel (--fuel 1000)\n"), "{}", run.stderr);
    // They run as well where nobody bounds them.
    let run = compiled("image_fuel_unbound", GROW, &["--fuel"], &["--invoke", "grow", "t.erm", "1"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "1\n"), "{}", run.stderr);
}

#[test]
fn fuel_for_images_that_do_not_pay_is_refused() {
    let run = compiled("image_no_fuel", LOOPS, &[], &["--fuel", "1000", "t.erm"]);
    assert_eq!(run.code, Some(126));
    assert_eq!(
        run.stderr,
        "ermine: error: t.erm pays no fuel, so that --fuel cannot bound it: compile it with `ermine compile --fuel`\n"
    );
}

#[test]
fn traps_give_places_and_names_where_there_is_a_map() {
    let named = "\
ermine: error: t.erm trapped: integer divide by zero
  wasm backtrace:
     0: func 0 + 0xc divide at 0x32
     1: func 1 + 0xc at 0x3a
     2: func 2 + 0x9 start at 0x40
";
    for machine in ["auto", "loop"] {
        let run = compiled("image_trap", TRAPS, &[], &["--machine", machine, "t.erm"]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(134), named));
    }
    let run = compiled("image_trap_bare", TRAPS, &["--no-map"], &["t.erm"]);
    assert_eq!(run.stderr, named.replace(" divide at 0x32", "").replace(" at 0x3a", "").replace(" start at 0x40", ""));
}

#[test]
fn a_map_of_another_image_is_not_used() {
    let run = compiled("image_other_map", TRAPS, &[], &["t.erm"]);
    assert_eq!(run.code, Some(134));
    let run = compiled("image_other_map", TRAPS, &["--fuel", "--no-map"], &["t.erm"]);
    assert!(
        run.stderr.contains("ermine: note: t.erm.map is not used: it belongs to another image\n"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("     0: func 0 + 0x"), "{}", run.stderr);
    assert!(!run.stderr.contains("divide at"), "{}", run.stderr);
}

#[test]
fn guests_run_from_images_as_from_wasm() {
    let guests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/guests");
    let guest = |name: &str| guests.join(name).join(format!("{name}.wasm")).to_string_lossy().into_owned();
    for (name, case) in [("quickjs", "language"), ("sqlite", "constraint-error")] {
        let read = |ending: &str| std::fs::read(guests.join(name).join(format!("cases/{case}.{ending}")));
        let input = read("stdin").expect("a case");
        let output = read("stdout").expect("a case");
        let code = read("code").map_or(0, |code| String::from_utf8_lossy(&code).trim().parse().expect("a code"));
        let image = format!("{name}.erm");
        let compile = ermine("image_guests", "", &["compile", &guest(name), "-o", &image]);
        assert_eq!(compile.code, Some(0), "{}", compile.stderr);
        let run = ermine_with_input("image_guests", "", &[&image], &input);
        assert_eq!(run.code, Some(code), "{name}: {}", run.stderr);
        assert_eq!(run.stdout, String::from_utf8_lossy(&output), "{name}");
    }
    let image = "stdio-c.erm";
    ermine("image_guests", "", &["compile", &guest("stdio-c"), "-o", image]);
    let [with_image, with_wasm] =
        [image, &guest("stdio-c")].map(|file| ermine("image_guests", "", &[file, "one", "two"]));
    assert_eq!(
        (with_image.code, with_image.stdout),
        (with_wasm.code, with_wasm.stdout.replace("stdio-c.wasm", "stdio-c.erm"))
    );
}

#[test]
fn a_program_runs_in_the_stack_that_its_image_asks_for() {
    let wasm = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/guests/stdio-c/stdio-c.wasm");
    let image = Engine::default().precompile_module(&std::fs::read(wasm).expect("a guest")).expect("an image");
    let need = Inspection::open(&image).expect("an image").stack_bytes().expect("a bound");
    let mut limits = Limits::default();
    limits.stack_bytes = need as usize;
    let engine = Engine::new(Config::default().limits(limits));
    let module = Module::deserialize(&engine, &image).expect("an image");
    let mut linker = Linker::new(&engine);
    add_to_linker(&mut linker, |wasi: &mut WasiCtx<StdPort>| wasi).expect("new names");
    let mut store = Store::new(&engine, WasiCtx::new(StdPort::new().args(["stdio-c", "one", "two"])));
    let instance = linker.instantiate_and_start(&mut store, &module).expect("all imports");
    let ended = instance.get_typed_func::<(), ()>(&store, "_start").expect("an export").call(&mut store, ());
    // What it says to these arguments does not matter here: it has come to its end.
    assert!(ended.is_ok() || ended.is_err_and(|error| error.i32_exit_status().is_some()));
}

#[test]
fn damaged_images_are_refused() {
    let damaged = |test: &str, change: &dyn Fn(&mut Vec<u8>), expected: &str| {
        compiled(test, TRAPS, &[], &["t.erm"]);
        let path = folder(test).join("t.erm");
        let mut bytes = std::fs::read(&path).expect("an image");
        change(&mut bytes);
        std::fs::write(&path, bytes).expect("a folder");
        for command in ["run", "dis"] {
            let run = ermine(test, "", &[command, "t.erm"]);
            assert_eq!(run.code, Some(126), "{}", run.stderr);
            assert!(
                run.stderr.starts_with("ermine: error: t.erm cannot be loaded: ") && run.stderr.contains(expected),
                "{}",
                run.stderr
            );
        }
    };
    damaged("image_bit", &|bytes| bytes[100] ^= 1, "checksum");
    damaged("image_cut", &|bytes| bytes.truncate(200), "not complete");
    damaged("image_version", &|bytes| bytes[12] = 99, "version 99");
    damaged("image_isa", &|bytes| bytes[16] ^= 1, "another version of Ermine");
    damaged("image_short", &|bytes| bytes.truncate(4), "not complete");
}

#[test]
fn the_code_of_an_image_is_listed() {
    let run = compiled("image_dis", TRAPS, &[], &["dis", "t.erm"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(lines[0].starts_with("t.erm: image of ") && lines[0].ends_with("; verified"), "{}", run.stdout);
    assert!(run.stdout.contains("\nfunc[0] divide, "), "{}", run.stdout);
    assert!(run.stdout.contains("\nfunc[2] start (export \"_start\"), "), "{}", run.stdout);
    assert!(lines.iter().any(|line| line.starts_with("0x000032  0x000c  0012 i32.div_u ")), "{}", run.stdout);
    // Without the map there are neither names nor offsets into the module.
    std::fs::remove_file(folder("image_dis").join("t.erm.map")).expect("the map");
    let run = ermine("image_dis", TRAPS, &["dis", "--func", "0", "t.erm"]);
    assert!(run.stdout.contains("\nfunc[0], ") && run.stdout.contains("\n0x000c  0012 i32.div_u "), "{}", run.stdout);
    assert!(!run.stdout.contains("func[1]"), "{}", run.stdout);
}

#[test]
fn one_function_of_an_image_can_be_chosen() {
    for chosen in ["2", "start", "_start"] {
        let run = compiled("image_dis_one", TRAPS, &[], &["dis", "--func", chosen, "t.erm"]);
        assert!(run.stdout.contains("\nfunc[2] start") && !run.stdout.contains("func[1]"), "{}", run.stdout);
    }
    let run = compiled("image_dis_none", TRAPS, &[], &["dis", "--func", "third", "t.erm"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
    assert!(run.stderr.contains("there are functions 0 to 2"), "{}", run.stderr);
}

#[test]
fn images_that_the_verifier_refuses_are_listed_all_the_same() {
    compiled("image_dis_refused", TRAPS, &[], &["t.erm"]);
    let path = folder("image_dis_refused").join("t.erm");
    let mut bytes = std::fs::read(&path).expect("an image");
    // The last unit of code is part of a `return`: its link.
    let end = bytes.len() - 4;
    bytes[end] ^= 0x20;
    let sum = crc32(&bytes[8..]);
    bytes[4..8].copy_from_slice(&sum.to_le_bytes());
    std::fs::write(&path, bytes).expect("a folder");
    let run = ermine("image_dis_refused", "", &["dis", "t.erm"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.stdout.contains("; REFUSED: malformed image: "), "{}", run.stdout);
    assert!(run.stdout.contains("i32.div_u"), "{}", run.stdout);
    assert_eq!(ermine("image_dis_refused", "", &["t.erm"]).code, Some(126));
}

fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for &byte in bytes {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}
