//! What the command says: places in programs, statistics, colour, and what it does when nobody listens.

mod common;

use common::{Run, command, ermine, folder};
use std::path::Path;

const TRAPS: &str = r#"(module (func $f (export "_start") unreachable))"#;

fn inlined(args: &[&str]) -> Run {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let args: Vec<&str> = args.iter().copied().chain(["--invoke", "run", "inlined.wasm", "1"]).collect();
    command(&data, &args).output().expect("the command starts").into()
}

#[test]
fn backtraces_have_files_and_lines() {
    let expected = "\
ermine: error: inlined.wasm trapped: integer divide by zero
  wasm backtrace:
     0: func[0] half at 0x42
          in divide at inlined.c:6:14
          in half at inlined.c:10:12
     1: func[1] run at 0x4e (inlined.c:14:12)
";
    assert_eq!(inlined(&[]).stderr, expected);
    assert_eq!(inlined(&["--backtrace=full"]).stderr, expected);
    assert_eq!(inlined(&["--backtrace=off"]).stderr, "ermine: error: inlined.wasm trapped: integer divide by zero\n");
}

#[test]
fn a_full_backtrace_is_longer() {
    let recursion = r#"(module (func $f (export "_start") (call $f)))"#;
    let lines = |form: &str| ermine("long", recursion, &["--backtrace", form, "t.wat"]).stderr.lines().count();
    assert_eq!((lines("off"), lines("short"), lines("full")), (2, 20, 1004));
}

#[test]
fn damaged_debug_information_does_no_harm() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/inlined.wasm");
    let wasm = std::fs::read(data).expect("a module");
    // Behind the code there is nothing but custom sections.
    let start = wasm.windows(10).position(|bytes| bytes == b".debug_loc").expect("a section");
    let target = folder("damaged_dwarf");
    for at in (start + 10..wasm.len()).step_by(7) {
        let mut damaged = wasm.clone();
        damaged[at] ^= 0xff;
        std::fs::write(target.join("t.wasm"), damaged).expect("the target folder can be written");
        let run: Run =
            command(&target, &["--invoke", "run", "t.wasm", "1"]).output().expect("the command starts").into();
        assert!(matches!(run.code, Some(134 | 126)), "byte {at}: {:?} {}", run.code, run.stderr);
    }
}

#[test]
fn statistics_can_be_read_by_programs() {
    let run = ermine("stats_json", "(module (memory 1) (func (export \"_start\")))", &["--stats=json", "t.wat"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""));
    assert!(run.stderr.starts_with("{\"bytes\": ") && run.stderr.ends_with("}\n"), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1);
    for field in ["\"image\": false", "\"wasi_calls\": 0", "\"operators\": 0", "\"memory_bytes\": 65536"] {
        assert!(run.stderr.contains(field), "{field}: {}", run.stderr);
    }
}

#[test]
fn colour_is_for_those_who_want_it() {
    std::fs::write(folder("colour").join("t.wat"), TRAPS).expect("the target folder can be written");
    let run = |args: &[&str], variables: &[(&str, &str)]| -> Run {
        let mut command = command(&folder("colour"), args);
        command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").envs(variables.iter().copied());
        command.output().expect("the command starts").into()
    };
    let forced = ("CLICOLOR_FORCE", "1");
    let coloured = "ermine: \u{1b}[1;31merror:\u{1b}[0m ";
    assert!(run(&["t.wat"], &[]).stderr.starts_with("ermine: error: t.wat"));
    assert!(run(&["t.wat"], &[forced]).stderr.starts_with(&format!("{coloured}t.wat")));
    assert!(run(&["--fule", "t.wat"], &[forced]).stderr.starts_with(&format!("{coloured}unexpected argument")));
    assert!(run(&["t.wat"], &[forced, ("NO_COLOR", "1")]).stderr.starts_with("ermine: error: t.wat"));
}

#[cfg(unix)]
#[test]
fn nobody_has_to_listen() {
    use std::process::Command;
    std::fs::write(folder("deaf").join("t.wat"), TRAPS).expect("the target folder can be written");
    for (rest, code) in
        [("t.wat", 134), ("nowhere.wat", 127), ("--fule", 2), ("--help", 0), ("--stats --backtrace=full t.wat", 134)]
    {
        // Both are closed, and both are full.
        for script in ["exec >&- 2>&-; exec \"$0\" ", "exec >/dev/full 2>&1; exec \"$0\" "] {
            let mut shell = Command::new("sh");
            shell
                .current_dir(folder("deaf"))
                .arg("-c")
                .arg(format!("{script}{rest}"))
                .arg(env!("CARGO_BIN_EXE_ermine"));
            assert_eq!(shell.status().expect("a shell").code(), Some(code), "{script}{rest}");
        }
    }
}

/// Commands whose answer goes to standard output.
#[cfg(unix)]
const ANSWERS: &[&[&str]] = &[
    &["--invoke", "f", "t.wat"],
    &["inspect", "t.wat"],
    &["dis", "t.wat"],
    &["dis", "t.erm"],
    &["wasi-caps", "t.wat"],
    &["bench", "--reps", "1", "--invoke", "f", "t.wat"],
    &["compile", "-o", "-", "t.wat"],
    &["compile", "t.wat"],
    &["symbolize", "t.erm.map", "report.txt"],
    &["wast", "t.wast"],
    &["completions", "bash"],
];

#[cfg(unix)]
fn answers(test: &str, args: &[&str], stdout: impl Into<std::process::Stdio>) -> Run {
    let folder = folder(test);
    for (name, text) in [("report.txt", "func 0 + 0x1\n"), ("t.wast", "(module)")] {
        std::fs::write(folder.join(name), text).expect("the target folder can be written");
    }
    let compiled = ermine(test, r#"(module (func (export "f") (result i32) (i32.const 7)))"#, &["compile", "t.wat"]);
    assert_eq!(compiled.code, Some(0), "{}", compiled.stderr);
    command(&folder, args).stdout(stdout).output().expect("the command starts").into()
}

#[cfg(target_os = "linux")]
#[test]
fn answers_that_cannot_be_written_are_failures() {
    for args in ANSWERS {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("Linux has it");
        let run = answers("full", args, full);
        assert_eq!(run.code, Some(1), "{args:?}: {}", run.stderr);
        let expected = "ermine: error: standard output cannot be written: No space left on device (os error 28)\n";
        assert_eq!(run.stderr, expected, "{args:?}");
    }
}

#[cfg(unix)]
#[test]
fn answers_end_quietly_where_nobody_reads_on() {
    for args in ANSWERS {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let run = answers("pipe", args, writer);
        let report = args.contains(&"-");
        assert_eq!((run.code, run.stderr.is_empty()), (Some(0), !report), "{args:?}: {}", run.stderr);
    }
}

#[test]
fn other_files_than_modules_are_told_apart() {
    let told = |content: &[u8], expected: &str| {
        std::fs::write(folder("kinds").join("t.wasm"), content).expect("the target folder can be written");
        let run: Run = command(&folder("kinds"), &["t.wasm"]).output().expect("the command starts").into();
        assert_eq!((run.code, run.stderr), (Some(126), format!("ermine: error: {expected}\n")));
    };
    let component = "t.wasm is a component, not a module: build it for wasm32-wasip1";
    told(b"\0asm\x0d\0\x01\0", component);
    told(b"(component)", component);
    told(b"\0asm\x01\0\0\0\x01\x09", "t.wasm is cut short: unexpected end-of-file (at offset 0xa)");
}

#[test]
fn mistakes_in_text_modules_have_a_place() {
    let run = ermine("text_place", "(module\n  (func (call $nowhere)))", &["t.wat"]);
    assert_eq!(run.code, Some(126));
    let place = run.stderr.lines().nth(1).map(str::trim);
    assert_eq!(place, Some("--> t.wat:2:15"), "{}", run.stderr);
}

#[test]
fn proposals_are_named() {
    let run = ermine("simd", "(module (func (drop (v128.const i32x4 0 0 0 0))))", &["t.wat"]);
    assert_eq!(run.code, Some(126));
    let expected = "ermine: error: t.wat needs the simd proposal, which is not supported: build it without\n";
    assert!(run.stderr.starts_with(expected), "{}", run.stderr);
}

#[test]
fn similar_files_and_commands_are_offered() {
    let run = ermine("similar", "", &["t.wta"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(127), "ermine: error: t.wta: no such file (is `t.wat` meant?)\n")
    );
    let run = ermine("similar_command", "", &["compil", "t.wat"]);
    assert_eq!(run.stderr, "ermine: error: compil: no such file (is `compile` meant?)\n");
}

#[test]
fn names_of_modules_do_not_rule_the_terminal() {
    let traps = r#"(module (func $"a\1b[2Jb\nermine: note: all is well" (export "_start") unreachable) (func (export "x\1b[2Jy")))"#;
    let lacks = r#"(module (import "m\1b[2J" "n\n" (func)))"#;
    let plain = |program: &str, args: &[&str]| {
        let run = ermine("names", program, args);
        let shown = run.stdout + &run.stderr;
        assert!(shown.contains(r"\u{1b}[2J") || shown.contains("?[2J"), "{args:?}: {shown}");
        assert!(!shown.contains('\u{1b}') && !shown.contains("\nermine: note: all"), "{args:?}: {shown}");
    };
    for args in [
        &["t.wat"][..],
        &["--trace=calls", "t.wat"],
        &["--invoke", "z", "t.wat"],
        &["dis", "t.wat"],
        &["inspect", "t.wat"],
        &["compile", "t.wat"],
        &["dis", "t.erm"],
        &["inspect", "t.erm"],
        &["t.erm"],
    ] {
        plain(traps, args);
    }
    for args in [&["t.wat"][..], &["wasi-caps", "t.wat"], &["compile", "t.wat"]] {
        plain(lacks, args);
    }
}
