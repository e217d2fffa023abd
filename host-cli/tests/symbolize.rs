//! `ermine symbolize`: reports of images get names.

mod common;

use common::{ermine, ermine_with_input, folder};

const TRAPS: &str = r#"(module
    (func $divide (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
    (func (result i32) (i32.add (i32.const 1) (call $divide (i32.const 0))))
    (func $start (export "_start") (drop (call 1))))"#;

#[test]
fn reports_of_the_command_get_names() {
    assert_eq!(ermine("symbolize", TRAPS, &["compile", "t.wat", "--map", "names"]).code, Some(0));
    let report = ermine("symbolize", TRAPS, &["t.erm"]).stderr;
    let expected = "\
ermine: error: t.erm trapped: integer divide by zero
  wasm backtrace:
     0: func 0 + 0xc divide at 0x32
     1: func 1 + 0xc at 0x3a
     2: func 2 + 0x9 start at 0x40
";
    let piped = ermine_with_input("symbolize", TRAPS, &["symbolize", "names"], report.as_bytes());
    assert_eq!((piped.code, piped.stdout.as_str(), piped.stderr.as_str()), (Some(0), expected, ""));
    std::fs::write(folder("symbolize").join("report.txt"), report).expect("a folder");
    let read = ermine("symbolize", TRAPS, &["symbolize", "names", "report.txt"]);
    assert_eq!((read.code, read.stdout.as_str()), (Some(0), expected));
}

#[test]
fn text_of_any_kind_goes_through() {
    assert_eq!(ermine("symbolize_text", TRAPS, &["compile", "t.wat"]).code, Some(0));
    let report = b"\xff[   12.5] PANIC trap 9 at func 0 + 0xd (reset)\r\nfunc 77 + 0x1 func\n\nno line feed";
    let run = ermine_with_input("symbolize_text", TRAPS, &["symbolize", "t.erm.map", "-"], report);
    assert_eq!(
        run.stdout,
        "\u{fffd}[   12.5] PANIC trap 9 at func 0 + 0xd divide at 0x32 (reset)\r\nfunc 77 + 0x1 func\n\nno line feed"
    );
}

#[test]
fn what_is_no_map_is_refused() {
    let refused = |file: &str, code: i32, expected: &str| {
        let run = ermine("symbolize_refused", "ermine map 9\n", &["symbolize", file]);
        assert_eq!(run.code, Some(code), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    };
    refused("nowhere.map", 127, "no such file");
    refused("t.wat", 126, "t.wat cannot be used: the map has another version");
    std::fs::write(folder("symbolize_refused").join("image"), b"\0erm\xff").expect("a folder");
    refused("image", 126, "not a symbol map");
    assert_eq!(ermine("symbolize_refused", "", &["symbolize"]).code, Some(2));
}

#[test]
fn a_report_that_cannot_be_read_is_refused() {
    assert_eq!(ermine("symbolize_report", TRAPS, &["compile", "t.wat"]).code, Some(0));
    let run = ermine("symbolize_report", TRAPS, &["symbolize", "t.erm.map", "nowhere.txt"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(127), "ermine: error: nowhere.txt: no such file\n"));
    let run = ermine("symbolize_report", TRAPS, &["symbolize", "t.erm.map", "."]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(126), "ermine: error: . is a directory: give a file in it\n"));
}
