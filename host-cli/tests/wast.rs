//! `ermine wast`.

mod common;

use common::ermine;

#[test]
fn a_script_that_holds_ends_with_0() {
    let script = r#"(module (func (export "f") (result i32) (i32.const 1)))
        (assert_return (invoke "f") (i32.const 1))"#;
    let run = ermine("wast_ok", script, &["wast", "t.wat"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), "1 passed, 0 failed\n"), "{}", run.stderr);
}

#[test]
fn scripts_run_through_images() {
    let script = r#"(module (memory 1) (data (i32.const 3) "\07") (func (export "f") (result i32) (i32.load8_u (i32.const 3))))
        (assert_return (invoke "f") (i32.const 7))
        (assert_invalid (module (func (result i32))) "type mismatch")"#;
    for more in ["--machine=tail", "--machine=loop", "--fuel=1000"] {
        let run = ermine("wast_images", script, &["wast", "--images", more, "t.wat"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(0), "2 passed, 0 failed\n"), "{}", run.stderr);
    }
}

#[test]
fn a_script_that_does_not_hold_ends_with_1_and_says_where() {
    let script =
        "(module (func (export \"f\") (result i32) (i32.const 1)))\n(assert_return (invoke \"f\") (i32.const 2))";
    let run = ermine("wast_fails", script, &["wast", "t.wat"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.starts_with("t.wat:2: "), "{}", run.stdout);
    assert!(run.stdout.ends_with("\n0 passed, 1 failed\n"), "{}", run.stdout);
}

#[test]
fn proposals_are_off_unless_named() {
    let script = r#"(assert_invalid (module (memory 1) (memory 1)) "multiple memories")"#;
    assert_eq!(ermine("wast_proposal", script, &["wast", "t.wat"]).code, Some(0));
    let run = ermine("wast_proposal", script, &["wast", "--features", "multi-memory", "t.wat"]);
    assert_eq!(run.code, Some(1), "{}", run.stdout);
}

#[test]
fn unknown_proposals_and_missing_files_are_refused() {
    assert_eq!(ermine("wast_usage", "", &["wast", "--features", "teleport", "t.wat"]).code, Some(2));
    assert_eq!(ermine("wast_usage", "", &["wast"]).code, Some(2));
    assert_eq!(ermine("wast_usage", "", &["wast", "nowhere.wast"]).code, Some(127));
    let run = ermine("wast_usage", "", &["wast", "t.wat", "t.wst"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(127), ""));
    assert_eq!(run.stderr, "ermine: error: t.wst: no such file (is `t.wat` meant?)\n");
    let run = ermine("wast_usage", "", &["wast", "."]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(126), "ermine: error: . is a directory: give a file in it\n"));
}
