//! The runner itself: it must notice what is wrong, not only pass what is right.

use std::path::Path;

use super::{Config, Features, Options, Report, run_script};

fn run(text: &str) -> Report {
    let mut config = Config::default();
    Features::none().apply(&mut config);
    run_script("script", text, &Options::new(config))
}

/// Each script holds one failing directive on its last line, with a part of what is reported.
const FAILING: [(&str, &str); 14] = [
    (
        "(module (func (export \"f\") (result i32) i32.const 1))\n(assert_return (invoke \"f\") (i32.const 2))",
        "got [i32 1]",
    ),
    (
        "(module (func (export \"f\") (result f32) f32.const nan:0x200000))\n(assert_return (invoke \"f\") (f32.const nan:arithmetic))",
        "0x7fa00000",
    ),
    (
        "(module (func (export \"f\") (result f64) f64.const nan:0xc000000000000))\n(assert_return (invoke \"f\") (f64.const nan:canonical))",
        "0x7ffc000000000000",
    ),
    ("(module (func (export \"f\")))\n(assert_trap (invoke \"f\") \"unreachable\")", "got []"),
    ("(module (func (export \"f\") unreachable))\n(assert_trap (invoke \"f\") \"integer overflow\")", "got `"),
    ("(module (func (export \"f\") unreachable))\n(invoke \"f\")", "expected no trap"),
    ("(assert_invalid (module) \"some reason\")", "accepted"),
    ("(assert_malformed (module quote \"(func)\") \"some reason\")", "accepted"),
    ("(assert_unlinkable (module) \"unknown import\")", "linked"),
    ("(assert_unlinkable (module (func $f unreachable) (start $f)) \"unknown import\")", "got the trap"),
    ("(module (func (export \"f\")))\n(assert_return (invoke \"g\"))", "no exported function"),
    ("(module (import \"a\" \"b\" (func)))", "cannot instantiate"),
    ("(module $m)\n(assert_exception (invoke \"f\"))", "assert_exception is not supported"),
    (
        "(module (func (export \"f\") (result externref) ref.null extern))\n(assert_return (invoke \"f\") (ref.null func))",
        "null externref",
    ),
];

#[test]
fn failures_are_noticed_with_their_line() {
    for (script, part) in FAILING {
        let report = run(script);
        assert_eq!(report.passed, 0, "{script}");
        let [failure] = &report.failed[..] else {
            panic!("{script}: {report:?}");
        };
        assert!(failure.message.contains(part), "{script}: {failure}");
        let last = u32::try_from(script.lines().count()).unwrap();
        assert_eq!(failure.line, last, "{script}");
    }
}

#[test]
fn a_script_that_does_not_parse_is_a_failure() {
    let report = run("(module)\n(assert_nothing)");
    assert_eq!(report.failed.len(), 1);
    assert_eq!(report.failed[0].line, 2);
}

#[test]
fn definitions_are_instantiated_by_name() {
    let report = run(r#"
        (module definition $D (global (export "g") (mut i32) (i32.const 1))
          (func (export "set") (global.set 0 (i32.const 7))))
        (module instance $A $D)
        (module instance $B $D)
        (invoke $A "set")
        (assert_return (get $A "g") (i32.const 7))
        (assert_return (get $B "g") (either (i32.const 3) (i32.const 1)))
        (register "b" $B)
        (module (import "b" "g" (global (mut i32))) (export "g" (global 0)))
        (assert_return (get "g") (i32.const 1))"#);
    assert_eq!((report.passed, &report.failed[..]), (3, &[][..]));
}

#[test]
fn a_failed_module_does_not_leave_the_last_one_in_charge() {
    let report = run(r#"
        (module (func (export "f")))
        (module (import "a" "b" (func)))
        (assert_return (invoke "f"))"#);
    assert_eq!((report.passed, report.failed.len()), (0, 2));
}

#[test]
fn folders_name_the_proposals() {
    let of = |path: &str| Features::of_path(Path::new(path));
    assert_eq!(of("proposals/tail-call/call.wast"), "tail-call".parse().unwrap());
    assert_eq!(of("core/tail-call.wast"), Features::none());
    assert!("simd".parse::<Features>().is_err());
}
