//! `ermine inspect`.

mod common;
#[path = "../../tests/src/json.rs"]
#[allow(dead_code, unreachable_pub, reason = "other tests use more of it")]
mod json;

use common::{ermine, ermine_with_input, folder};
use json::Json;
use std::path::Path;

const ALL: &str = include_str!("inspect/all.wat");

/// Runs `inspect` and reads its JSON.
fn inspected(test: &str, program: &str, args: &[&str]) -> Json {
    let all: Vec<&str> = ["inspect", "--json"].into_iter().chain(args.iter().copied()).collect();
    let run = ermine(test, program, &all);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    Json::parse(&run.stdout).unwrap_or_else(|| panic!("not JSON: {}", run.stdout))
}

fn strings<'a>(json: &'a Json, field: &str) -> Vec<&'a str> {
    json.get(field).expect("the field").items().iter().filter_map(Json::as_str).collect()
}

#[test]
fn everything_of_a_module_is_told() {
    let run = ermine("inspect_all", ALL, &["inspect", "t.wat"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    // How large translated code is depends on the engine of the day.
    let (facts, functions) = run.stdout.split_once("\nfunctions ").expect("a row for functions");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/inspect/all.txt");
    if std::env::var_os("ERMINE_BLESS").is_some() {
        std::fs::write(&golden, facts).expect("the golden can be written");
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(facts, expected, "bless it with ERMINE_BLESS=1");
    assert!(functions.trim_start().starts_with("4 with 50 bytes of wasm, translated to "), "{functions}");
    for name in ["func[4] init", "func[5] swap", "func[6] core::fmt::Write::write_fmt", "func[7] start"] {
        assert!(functions.lines().any(|line| line.ends_with(name)), "{functions}");
    }
}

#[test]
fn json_has_the_same_facts() {
    let json = inspected("inspect_json", ALL, &["--top", "2", "t.wat"]);
    assert_eq!(json.get("kind").and_then(Json::as_str), Some("command"));
    let proposals = [
        "bulk-memory-operations",
        "extended-const",
        "multi-memory",
        "multi-value",
        "mutable-global",
        "reference-types",
        "sign-extension-ops",
        "tail-call",
    ];
    assert_eq!(strings(&json, "proposals"), proposals);
    assert_eq!(strings(&json, "unsupported_proposals"), [""; 0]);
    assert_eq!(json.get("functions").expect("functions").items().len(), 2);
    assert_eq!(json.get("function_count").and_then(Json::as_i32), Some(4));
    let exports = json.get("exports").expect("exports").items();
    let swap = exports.iter().find(|export| export.get("name").and_then(Json::as_str) == Some("swap"));
    let ty = swap.and_then(|swap| swap.get("type")).and_then(Json::as_str);
    assert_eq!(ty, Some("(func (param i32 i64) (result i64 i32))"));
    let purposes: Vec<_> =
        json.get("wasi").expect("wasi").items().iter().filter_map(|group| group.get("purpose")?.as_str()).collect();
    assert_eq!(purposes, ["streams", "clocks"]);
}

#[test]
fn modules_for_other_engines_are_shown_without_code() {
    let threads = r#"(module (memory (export "m") 1 2 shared) (func (export "f") (param v128)))"#;
    let json = inspected("inspect_foreign", threads, &["t.wat"]);
    assert_eq!(strings(&json, "unsupported_proposals"), ["simd", "threads"]);
    assert_eq!(json.get("translated_code_bytes"), Some(&Json::Bare("null".to_owned())));
    let run = ermine("inspect_foreign", threads, &["inspect", "t.wat"]);
    assert!(run.stdout.contains("threads (this engine does not have it)"), "{}", run.stdout);
    assert!(run.stdout.contains("(memory 1 2 shared)"), "{}", run.stdout);
}

#[test]
fn the_kind_of_a_module_is_told() {
    for (program, kind) in [
        (r#"(module (func (export "_initialize")))"#, "a reactor"),
        (r#"(module (func (export "_start")))"#, "a command"),
        (r#"(module (global (export "_start") i32 (i32.const 0)))"#, "a module, neither command nor reactor"),
    ] {
        let run = ermine("inspect_kind", program, &["inspect", "t.wat"]);
        assert!(run.stdout.starts_with(&format!("t.wat: {kind}, ")), "{}", run.stdout);
    }
}

#[test]
fn components_are_named_as_such() {
    let component = b"\0asm\x0d\0\x01\0";
    for subcommand in ["inspect", "validate"] {
        let run = ermine_with_input("inspect_component", "", &[subcommand, "-"], component);
        assert_eq!((run.code, run.stdout.as_str()), (Some(126), ""));
        assert!(run.stderr.contains("standard input is a component, not a module"), "{}", run.stderr);
    }
}

#[test]
fn images_are_told_as_when_they_were_compiled() {
    let run = ermine("inspect_image", ALL, &["compile", "t.wat"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    let run = ermine("inspect_image", ALL, &["inspect", "--top", "1", "t.erm"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.starts_with("t.erm: an image\n"), "{}", run.stdout);
    assert!(run.stdout.contains("the largest functions"), "{}", run.stdout);
    let json = inspected("inspect_image", ALL, &["t.erm"]);
    assert_eq!(json.get("kind").and_then(Json::as_str), Some("image"));
    assert_eq!(json.get("functions").expect("functions").items().len(), 4);
    // Without a map there are the names of exports.
    std::fs::remove_file(folder("inspect_image").join("t.erm.map")).expect("a map");
    let run = ermine("inspect_image", ALL, &["inspect", "t.erm"]);
    assert!(run.stdout.contains("  swap\n") && run.stdout.contains("  func[4]\n"), "{}", run.stdout);
}

#[test]
fn what_is_not_valid_is_refused() {
    let run = ermine("inspect_refused", "(module (func $f (result i32)))", &["inspect", "t.wat"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(126), ""));
    assert!(run.stderr.starts_with("ermine: error: t.wat cannot be loaded: "), "{}", run.stderr);
    assert!(run.stderr.ends_with(", in func[0] f\n"), "{}", run.stderr);
    assert_eq!(ermine("inspect_refused", "", &["inspect", "nowhere.wasm"]).code, Some(127));
    assert_eq!(ermine("inspect_refused", "", &["inspect"]).code, Some(2));
}
