//! `ermine dis`.

mod common;

use common::ermine;

const PROGRAM: &str = r#"(module
    (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
    (func $first (export "one") (param i32) (result i32)
        (block (br_if 0 (local.get 0)))
        (i32.const 7))
    (func $second (drop (i64.const -3))))"#;

#[test]
fn operators_are_listed_with_their_offsets() {
    let run = ermine("dis_all", PROGRAM, &["dis", "t.wat"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    assert!(run.stdout.contains("func[1] first (export \"one\")"), "{}", run.stdout);
    assert!(run.stdout.contains("  block "), "{}", run.stdout);
    assert!(run.stdout.contains("    br_if 0"), "{}", run.stdout);
    assert!(run.stdout.contains("func[2] second"), "{}", run.stdout);
    assert!(run.stdout.contains("i64.const -3"), "{}", run.stdout);
}

#[test]
fn translated_code_stands_beside_the_operator_it_came_from() {
    let run = ermine("dis_code", PROGRAM, &["dis", "--func", "first", "t.wat"]);
    let branch = run.stdout.lines().find(|line| line.contains("    br_if 0 "));
    assert!(branch.is_some_and(|line| line.contains(" | ")), "{}", run.stdout);
}

#[test]
fn one_function_can_be_chosen_by_index_or_name() {
    for chosen in ["1", "first", "one"] {
        let run = ermine("dis_one", PROGRAM, &["dis", "--func", chosen, "t.wat"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout.contains("func[1]") && !run.stdout.contains("func[2]"), "{}", run.stdout);
    }
}

#[test]
fn an_unknown_function_is_refused() {
    for unknown in ["0", "3", "third"] {
        let run = ermine("dis_unknown", PROGRAM, &["dis", "--func", unknown, "t.wat"]);
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""));
        assert!(run.stderr.contains("there are functions 1 to 2"), "{}", run.stderr);
    }
}

#[test]
fn mangled_names_are_shown_and_found_as_they_are_in_the_source() {
    let program = "(module (func $_ZN3foo3bar17h0123456789abcdefE (drop (i32.const 1))) (func $other))";
    assert_eq!(ermine("dis_mangled", program, &["compile", "t.wat"]).code, Some(0));
    for (file, name) in [("t.wat", "foo::bar"), ("t.wat", "_ZN3foo3bar17h0123456789abcdefE"), ("t.erm", "foo::bar")] {
        let run = ermine("dis_mangled", program, &["dis", "--func", name, file]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout.contains("func[0] foo::bar, ") && !run.stdout.contains("func[1]"), "{}", run.stdout);
    }
}
