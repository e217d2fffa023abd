//! `ermine bench`, and `ermine completions`.

mod common;
#[path = "../../tests/src/json.rs"]
#[allow(dead_code, unreachable_pub, reason = "other tests use more of it")]
mod json;

use common::ermine;
use json::Json;

const SUM: &str = r#"(module (func (export "sum") (param i32) (result i32) (local i32)
    (loop (result i32)
        (local.set 1 (i32.add (local.get 1) (local.get 0)))
        (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1))))
        (local.get 1))))"#;

/// Writes `hi`.
const HELLO: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "\08\00\00\00\03\00\00\00hi\n")
    (func (export "_start") (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;

fn measured(test: &str, program: &str, args: &[&str]) -> Json {
    let all: Vec<&str> = ["bench", "--json"].into_iter().chain(args.iter().copied()).collect();
    let run = ermine(test, program, &all);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    Json::parse(&run.stdout).unwrap_or_else(|| panic!("not JSON: {}", run.stdout))
}

fn number(json: &Json, field: &str) -> f64 {
    match json.get(field) {
        Some(Json::Bare(text)) => text.parse().unwrap_or_else(|_| panic!("{field} is {text}")),
        other => panic!("{field} is {other:?}"),
    }
}

#[test]
fn functions_are_called_as_often_as_wanted() {
    let json = measured("bench_reps", SUM, &["--reps", "50", "--machine", "loop", "--invoke", "sum", "t.wat", "1000"]);
    let [machine] = json.get("machines").expect("machines").items() else { panic!("{json:?}") };
    assert_eq!(number(machine, "calls"), 50.0);
    let (min, median, max) = (number(machine, "min_ns"), number(machine, "median_ns"), number(machine, "max_ns"));
    assert!(0.0 < min && min <= median && median <= max, "{json:?}");
    assert!(number(&json, "operators") > 5000.0, "{json:?}");
}

#[test]
fn programs_run_anew_and_their_output_is_not_shown() {
    let run = ermine("bench_program", HELLO, &["bench", "--reps", "3", "t.wat"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.starts_with("t.wat\n") && !run.stdout.contains("hi\n"), "{}", run.stdout);
    assert!(run.stdout.contains("operators"), "{}", run.stdout);
}

#[test]
fn machines_are_compared() {
    let run = ermine(
        "bench_machines",
        SUM,
        &["bench", "--time", "20ms", "--machine", "loop,auto", "--invoke", "sum", "t.wat", "100"],
    );
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.contains("auto = ") && run.stdout.contains(" x loop, by medians"), "{}", run.stdout);
}

#[test]
fn calls_that_fail_end_it() {
    let run = ermine("bench_trap", "(module (func (export \"f\") unreachable))", &["bench", "--invoke", "f", "t.wat"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(134), ""));
    assert!(run.stderr.starts_with("ermine: error: t.wat trapped: "), "{}", run.stderr);
    let run = ermine("bench_none", SUM, &["bench", "t.wat"]);
    assert_eq!(run.code, Some(2));
    assert!(run.stderr.contains("say what to call with --invoke\n  there is: sum"), "{}", run.stderr);
    for args in [
        &["bench", "--reps", "0", "t.wat"][..],
        &["bench", "--time", "1d", "t.wat"],
        &["bench", "--invoke", "g", "t.wat"],
    ] {
        assert_eq!(ermine("bench_usage", SUM, args).code, Some(2), "{args:?}");
    }
}

#[test]
fn images_are_measured() {
    assert_eq!(ermine("bench_image", SUM, &["compile", "t.wat"]).code, Some(0));
    let json = measured("bench_image", SUM, &["--reps", "2", "--invoke", "sum", "t.erm", "10"]);
    assert_eq!(json.get("operators"), Some(&Json::Bare("null".to_owned())));
    assert_eq!(ermine("bench_image", SUM, &["compile", "--fuel", "t.wat"]).code, Some(0));
    assert!(
        number(&measured("bench_image", SUM, &["--reps", "2", "--invoke", "sum", "t.erm", "10"]), "operators") > 50.0
    );
}

#[test]
fn shells_complete_every_subcommand() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = ermine("completions", "", &["completions", shell]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        for subcommand in ["run", "validate", "inspect", "bench", "wasi-caps"] {
            assert!(run.stdout.contains(subcommand), "{shell}: {subcommand}");
        }
    }
    assert_eq!(ermine("completions", "", &["completions", "cmd"]).code, Some(2));
}
