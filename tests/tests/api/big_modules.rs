//! Modules as big as real ones get: nothing in the engine may be sized for small ones.

use ermine::{Bound, ErrorKind, TrapCode};
use ermine_tests::{MACHINES, engine, instance, module};

use std::fmt::Write as _;

#[test]
fn a_function_with_far_branches_works() {
    // Over 64 Ki halfwords of code between a branch and its target, forwards and backwards.
    for machine in MACHINES {
        for rounds in [500, 6_000, 20_000] {
            let mut body = String::new();
            for n in 0..rounds {
                let step = n % 97;
                writeln!(
                    body,
                    "(if (i32.eq (local.get 0) (i32.const {n})) (then (br $done)))
                     (local.set 1 (i32.add (i32.mul (local.get 1) (i32.const 3)) (i32.const {step})))"
                )
                .unwrap();
            }
            let text = format!(
                r#"(module (func (export "f") (param i32 i32) (result i32) (local i32)
                  (block $done
                    (loop $again
                      {body}
                      (local.set 2 (i32.add (local.get 2) (i32.const 1)))
                      (br_if $again (i32.lt_u (local.get 2) (i32.const 3)))))
                  (i32.add (local.get 1) (local.get 2))))"#
            );
            let (mut store, instance) = instance(&engine(machine), &text);
            let f = instance.get_typed_func::<(i32, i32), i32>(&store, "f").unwrap();
            for exit in [0, 1, 250, rounds - 1, rounds] {
                let mut expected = 1_i32;
                let mut loops = 0;
                'all: loop {
                    for n in 0..rounds {
                        if n == exit {
                            break 'all;
                        }
                        expected = expected.wrapping_mul(3).wrapping_add(n % 97);
                    }
                    loops += 1;
                    if loops == 3 {
                        break;
                    }
                }
                let got = f.call(&mut store, (exit, 1)).unwrap();
                assert_eq!(got, expected.wrapping_add(loops), "{exit} of {rounds}");
            }
        }
    }
}

#[test]
fn a_far_branch_over_a_chain_of_accumulators_works() {
    // Each instruction takes the result of the one before from the accumulator: nothing may come between them, yet an island must.
    for machine in MACHINES {
        for rounds in [1_000, 6_000, 12_000, 40_000] {
            let chain = "(local.set 0 (i32.mul (local.get 0) (i32.const 3)))".repeat(rounds);
            let text = format!(
                r#"(module (func (export "f") (param i32) (result i32) (local i32)
                  (block (br_if 0 (i32.eqz (local.get 0))) {chain})
                  (loop
                    (local.set 1 (i32.add (local.get 1) (i32.const 1)))
                    {chain}
                    (br_if 0 (i32.lt_u (local.get 1) (i32.const 2))))
                  (i32.add (local.get 0) (local.get 1))))"#
            );
            let (mut store, instance) = instance(&engine(machine), &text);
            let f = instance.get_typed_func::<i32, i32>(&store, "f").unwrap();
            let power = (0..3 * rounds).fold(1_i32, |power, _| power.wrapping_mul(3));
            assert_eq!(f.call(&mut store, 0).unwrap(), 2);
            assert_eq!(f.call(&mut store, 5).unwrap(), power.wrapping_mul(5).wrapping_add(2), "{rounds}");
        }
    }
}

#[test]
fn a_branch_table_of_twelve_thousand_entries_works() {
    const CASES: usize = 400;
    const ENTRIES: usize = 12_000;
    let mut text = String::from("(module (func (export \"f\") (param i32) (result i32)\n");
    text.push_str(&"(block ".repeat(CASES));
    text.push_str("(br_table ");
    for entry in 0..ENTRIES {
        write!(text, "{} ", entry * 7 % CASES).unwrap();
    }
    writeln!(text, "0 (local.get 0))").unwrap();
    for case in 0..CASES {
        writeln!(text, ") (return (i32.const {}))", case * 3 + 1).unwrap();
    }
    text.push_str("))");
    for machine in MACHINES {
        let (mut store, instance) = instance(&engine(machine), &text);
        let f = instance.get_typed_func::<u32, i32>(&store, "f").unwrap();
        for entry in (0..ENTRIES).step_by(37).chain([ENTRIES - 1]) {
            let want = i32::try_from(entry * 7 % CASES * 3 + 1).unwrap();
            assert_eq!(f.call(&mut store, entry as u32).unwrap(), want, "{entry}");
        }
        for beyond in [ENTRIES as u32, 65_536, u32::MAX - 3, u32::MAX] {
            assert_eq!(f.call(&mut store, beyond).unwrap(), 1, "{beyond}");
        }
    }
}

#[test]
fn a_hundred_thousand_data_segments_work() {
    let mut text = String::from("(module (memory (export \"m\") 4)\n");
    for n in 0..100_000 {
        writeln!(text, "(data (i32.const {}) \"\\{:02x}\")", n * 2, n % 251).unwrap();
    }
    text.push(')');
    for machine in MACHINES {
        let (store, instance) = instance(&engine(machine), &text);
        let memory = instance.get_memory(&store, "m").unwrap();
        let data = memory.data(&store);
        assert!((0..100_000).all(|n| usize::from(data[n * 2]) == n % 251));
    }
}

#[test]
fn forty_thousand_functions_and_a_table_of_them_work() {
    const COUNT: u32 = 40_000;
    let mut text = String::from("(module (type $t (func (param i32) (result i32)))\n");
    for n in 0..COUNT {
        writeln!(text, "(func (type $t) (i32.add (local.get 0) (i32.const {n})))").unwrap();
    }
    writeln!(text, "(table {COUNT} funcref) (elem (i32.const 0) func").unwrap();
    for n in 0..COUNT {
        write!(text, " {n}").unwrap();
    }
    writeln!(
        text,
        ") (func (export \"far\") (param i32) (result i32) (call {} (call 3 (local.get 0))))
         (func (export \"f\") (param i32 i32) (result i32)
          (call_indirect (type $t) (local.get 0) (local.get 1))))",
        COUNT - 1
    )
    .unwrap();
    for machine in MACHINES {
        let (mut store, instance) = instance(&engine(machine), &text);
        let f = instance.get_typed_func::<(u32, u32), u32>(&store, "f").unwrap();
        for n in (0..COUNT).step_by(999).chain([COUNT - 1]) {
            assert_eq!(f.call(&mut store, (5, n)).unwrap(), n + 5);
        }
        let error = f.call(&mut store, (5, COUNT)).unwrap_err();
        assert_eq!(error.as_trap_code(), Some(TrapCode::UndefinedElement));
        let far = instance.get_typed_func::<u32, u32>(&store, "far").unwrap();
        assert_eq!(far.call(&mut store, 1).unwrap(), COUNT - 1 + 3 + 1);
    }
}

/// A function with `count` i64 locals that writes some of them, calls with values from both ends
/// of the frame and adds them up.
fn many_locals(count: usize) -> String {
    let locals = "i64 ".repeat(count);
    let (mid, last) = (count / 2, count);
    format!(
        r#"(module
          (func $sum (param i64 i32 i64) (result i64)
            (i64.add (i64.add (local.get 0) (local.get 2)) (i64.extend_i32_u (local.get 1))))
          (func (export "f") (param i64) (result i64) (local {locals})
            (if (i64.ne (local.get {last}) (i64.const 0)) (then unreachable))
            (if (i64.ne (local.get {mid}) (i64.const 0)) (then unreachable))
            (local.set {last} (i64.add (local.get 0) (i64.const 5)))
            (local.set {mid} (i64.mul (local.get {last}) (i64.const 2)))
            (local.set 1 (call $sum (local.get {mid}) (i32.const 7) (local.get {last})))
            (loop $again
              (local.set {mid} (i64.sub (local.get {mid}) (i64.const 1)))
              (br_if $again (i64.gt_s (local.get {mid}) (i64.const 3))))
            (i64.add (local.get 1)
              (i64.add (local.get {mid}) (i64.shl (local.get {last}) (i64.const 8))))))"#
    )
}

#[test]
fn functions_with_tens_of_thousands_of_locals_work() {
    // 8,000 wide locals still fit 64 KiB; 49,999 are a frame of 400 KB. Twice, so that the second
    // call sees what the first one left.
    for machine in MACHINES {
        for count in [100, 8_000, 8_180, 8_190, 8_200, 16_400, 32_800, 49_999 - 1] {
            let (mut store, instance) = instance(&engine(machine), &many_locals(count));
            let f = instance.get_typed_func::<i64, i64>(&store, "f").unwrap();
            for x in [1_i64, 100] {
                let last = x + 5;
                let want = last * 3 + 7 + 3 + (last << 8);
                assert_eq!(f.call(&mut store, x).unwrap(), want, "{count} on {machine:?}");
            }
        }
    }
}

#[test]
fn more_locals_than_the_limit_are_an_error() {
    for machine in MACHINES {
        assert!(module(&engine(machine), &many_locals(60_000)).is_err());
    }
}

#[test]
fn deep_operand_stacks_work() {
    // Values loaded or returned, so that none of them is a constant or a local.
    const LOADED: &str = "(i64.load (i32.const 0))";
    const RETURNED: &str = "(call $next)";
    for machine in MACHINES {
        for (value, depth) in [(LOADED, 100), (LOADED, 8_300), (LOADED, 20_000), (RETURNED, 100), (RETURNED, 5_000)] {
            let values = format!("{value} ").repeat(depth);
            let adds = "i64.add ".repeat(depth - 1);
            let text = format!(
                r#"(module (memory 1) (data (i32.const 0) "\03") (global $g (mut i64) (i64.const 0))
                  (func $next (result i64)
                    (global.set $g (i64.add (global.get $g) (i64.const 1))) (global.get $g))
                  (func (export "f") (result i64) {values} {adds}))"#
            );
            let (mut store, instance) = instance(&engine(machine), &text);
            let f = instance.get_typed_func::<(), i64>(&store, "f").unwrap();
            let n = depth as i64;
            let sum = if value == LOADED { 3 * n } else { n * (n + 1) / 2 };
            assert_eq!(f.call(&mut store, ()).unwrap(), sum, "{value} {depth} on {machine:?}");
        }
    }
}

/// A call's frame begins within 64 KiB of its caller's: with more than that waiting on the operand
/// stack, loading ends in an error of that name.
#[test]
fn a_call_above_too_many_operands_is_an_error() {
    for machine in MACHINES {
        let text = format!(
            "(module (func $next (result i64) (i64.const 1)) (func (result i64) {} {}))",
            "(call $next) ".repeat(20_000),
            "i64.add ".repeat(19_999)
        );
        let error = module(&engine(machine), &text).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Limit { bound: Bound::FrameSlots, .. }), "{error}");
    }
}

#[test]
fn deeply_nested_blocks_work() {
    for machine in MACHINES {
        let depth = 3_000;
        let opening = "block loop ".repeat(depth);
        let closing = "end end ".repeat(depth);
        let exit = depth * 2 - 2;
        let text = format!(
            r#"(module (func (export "f") (param i32) (result i32)
              {opening} (local.set 0 (i32.add (local.get 0) (i32.const 1)))
              (br_if {exit} (i32.and (local.get 0) (i32.const 1)))
              {closing} (local.get 0)))"#
        );
        let (mut store, instance) = instance(&engine(machine), &text);
        let f = instance.get_typed_func::<i32, i32>(&store, "f").unwrap();
        assert_eq!(f.call(&mut store, 0).unwrap(), 2);
    }
}
