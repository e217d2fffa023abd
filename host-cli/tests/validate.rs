//! `ermine validate`.

mod common;

use common::{ermine, ermine_with_input, folder};

#[test]
fn what_is_valid_gives_no_output() {
    let run = ermine("validate_ok", "(module (func (export \"f\")))", &["compile", "t.wat"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    std::fs::write(folder("validate_ok").join("t.wasm"), b"\0asm\x01\0\0\0").expect("the target folder can be written");
    let run = ermine("validate_ok", "(module (func (export \"f\")))", &["validate", "t.wat", "t.wasm", "t.erm"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn faults_are_told_with_function_and_offset() {
    let run = ermine(
        "validate_fault",
        "(module (import \"a\" \"b\" (func)) (func nop) (func $f (result i64) (i32.const 1)))",
        &["validate", "t.wat"],
    );
    assert_eq!((run.code, run.stdout.as_str()), (Some(126), ""));
    assert!(run.stderr.starts_with("ermine: error: t.wat cannot be loaded: type mismatch"), "{}", run.stderr);
    assert!(run.stderr.contains("(at offset 0x") && run.stderr.ends_with(", in func[2] f\n"), "{}", run.stderr);
}

#[test]
fn faults_outside_of_functions_are_told_without_one() {
    let run = ermine("validate_section", "(module (export \"f\" (func 0)))", &["validate", "t.wat"]);
    assert_eq!(run.code, Some(126));
    assert!(!run.stderr.contains("func[") && run.stderr.contains("(at offset 0x"), "{}", run.stderr);
}

#[test]
fn missing_proposals_are_named() {
    for (program, name) in [
        ("(module (memory i64 1))", "memory64"),
        ("(module (memory 1 1 shared))", "threads"),
        ("(module (func (drop (v128.const i64x2 0 0))))", "simd"),
    ] {
        let run = ermine("validate_proposal", program, &["validate", "t.wat"]);
        assert_eq!(run.code, Some(126));
        assert!(run.stderr.contains(&format!("needs the {name} proposal")), "{}", run.stderr);
        assert!(run.stderr.contains("used at offset 0x") && run.stderr.lines().count() == 1, "{}", run.stderr);
    }
}

#[test]
fn every_file_is_looked_at_and_the_first_fault_decides() {
    let args = ["validate", "nowhere.wasm", "t.wat", "-"];
    let run = ermine_with_input("validate_several", "(module (func (result i32)))", &args, b"\0asm\x01\0");
    assert_eq!(run.code, Some(127));
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 3, "{}", run.stderr);
    assert!(lines[0].contains("nowhere.wasm: no such file") && lines[2].contains("standard input"), "{}", run.stderr);
}

#[test]
fn images_are_verified() {
    let test = "validate_image";
    assert_eq!(
        ermine(test, "(module (func (export \"f\") (result i32) (i32.const 1)))", &["compile", "t.wat"]).code,
        Some(0)
    );
    let path = folder(test).join("t.erm");
    let mut image = std::fs::read(&path).expect("an image");
    let last = image.len() - 1;
    image[last] ^= 1;
    std::fs::write(&path, image).expect("the target folder can be written");
    let run = ermine(test, "", &["validate", "t.erm"]);
    assert_eq!(run.code, Some(126));
    assert!(run.stderr.starts_with("ermine: error: t.erm cannot be loaded: "), "{}", run.stderr);
}
