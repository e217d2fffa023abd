//! Scaled and summed addresses: at the ends of memory, where 32 bits wrap, and the operator that a trap names.

use ermine::Val;

use super::{agree, all_calls, pairs};

/// Addresses over two i32 parameters; `OFFSET` is a field's value.
const ADDRESSES: &[&str] = &[
    "(i32.add (local.get 0) (i32.shl (local.get 1) (i32.const 2)))",
    "(i32.add (i32.shl (local.get 1) (i32.const 2)) (local.get 0))",
    "(i32.add (i32.shl (local.get 1) (i32.const 3)) (local.get 0))",
    "(i32.add (i32.shl (local.get 1) (i32.const 34)) (local.get 0))",
    "(i32.add (i32.shl (local.get 1) (local.get 0)) (local.get 0))",
    "(i32.add (i32.shl (local.get 1) (i32.const 31)) (local.get 0))",
    "(i32.add (i32.shl (call $same (local.get 1)) (i32.const 2)) (local.get 0))",
    "(i32.add (i32.shl (local.get 1) (i32.const 2)) (call $same (local.get 0)))",
    "(i32.add (i32.shl (i32.sub (local.get 1) (local.get 0)) (i32.const 2)) (local.get 0))",
    "(i32.add (i32.shl (i32.and (local.get 1) (i32.const 255)) (i32.const 2)) (local.get 0))",
    "(i32.add (i32.shl (local.get 1) (i32.const 2)) (i32.const 16))",
    "(i32.add (i32.shl (local.get 1) (i32.const 2)) (i32.const -16))",
    "(i32.shl (local.get 1) (i32.const 2))",
    "(i32.shl (local.get 1) (i32.const 0))",
    "(i32.shl (local.get 1) (i32.const 33))",
    "(i32.shl (local.get 1) (local.get 0))",
    "(i32.shl (i32.sub (local.get 1) (local.get 0)) (i32.const 2))",
    "(i32.shl (call $same (local.get 1)) (i32.const 3))",
    "(i32.shl (i32.const 3) (local.get 1))",
    "(local.tee 0 (i32.add (i32.shl (local.get 1) (i32.const 2)) (local.get 0)))",
    "(local.tee 1 (i32.shl (local.get 1) (i32.const 2)))",
    "(i32.add (local.get 0) (local.get 1))",
    "(i32.add (i32.add (local.get 0) (local.get 1)) (local.get 0))",
    "(i32.add (local.get 0) (i32.const 8))",
    "(i32.add (local.get 0) (i32.const -8))",
    "(i32.mul (local.get 1) (i32.const 4))",
    "(i32.add (i32.mul (local.get 1) (i32.const 12)) (local.get 0))",
    "(i32.wrap_i64 (i64.shl (i64.extend_i32_u (local.get 1)) (i64.const 2)))",
    "(i32.shr_u (i32.shl (local.get 1) (i32.const 2)) (i32.const 1))",
    "(select (i32.shl (local.get 1) (i32.const 2)) (local.get 0) (local.get 0))",
];

const OFFSETS: [u32; 7] = [0, 8, 65_528, 65_532, 65_535, 65_536, u32::MAX];

/// What is done there, `ADDRESS` and `OFFSET` to be filled in.
const ACCESSES: &[&str] = &[
    "(local.set $r (i64.extend_i32_u (i32.load OFFSET ADDRESS)))",
    "(local.set $r (i64.extend_i32_u (i32.load8_s OFFSET ADDRESS)))",
    "(local.set $r (i64.extend_i32_u (i32.add (local.get 1) (i32.load16_u OFFSET ADDRESS))))",
    "(local.set $r (i64.load OFFSET ADDRESS))",
    "(local.set $r (i64.add (i64.load32_s OFFSET ADDRESS) (i64.const 5)))",
    "(local.set $r (i64.extend_i32_u (i32.reinterpret_f32 (f32.load OFFSET ADDRESS))))",
    "(local.set $r (i64.reinterpret_f64 (f64.load OFFSET ADDRESS)))",
    "(local.set $r (i64.reinterpret_f64 (f64.neg (f64.load OFFSET ADDRESS))))",
    "(i32.store OFFSET ADDRESS (i32.const -77))",
    "(i32.store OFFSET ADDRESS (i32.const 77777777))",
    "(i32.store OFFSET ADDRESS (local.get 1))",
    "(i32.store8 OFFSET ADDRESS (i32.mul (local.get 1) (local.get 0)))",
    "(i32.store16 OFFSET ADDRESS (call $same (local.get 1)))",
    "(i64.store OFFSET ADDRESS (i64.const 77))",
    "(i64.store OFFSET ADDRESS (i64.const 0x123456789a))",
    "(i64.store32 OFFSET ADDRESS (i64.mul (local.get $v) (local.get $v)))",
    "(f32.store OFFSET ADDRESS (f32.const 1.1))",
    "(f32.store OFFSET ADDRESS (f32.reinterpret_i32 (local.get 1)))",
    "(f64.store OFFSET ADDRESS (f64.reinterpret_i64 (local.get $v)))",
    "(f64.store OFFSET ADDRESS (f64.mul (f64.const 1.5) (f64.convert_i32_s (local.get 1))))",
];

#[test]
fn scaled_addresses_are_those_of_shifts_and_sums() {
    // Indices such that sums are inside memory, at its ends, or wrap at 4 GiB.
    let args = pairs(&[0, 4, 61, 16_382, 16_383, 16_384, 65_529, 65_536, -4, -1, i32::MIN, 0x4000_0001, 0x3fff_ffff]);
    let args: Vec<Vec<Val>> = args.into_iter().enumerate().filter(|(n, _)| n % 5 < 2).map(|(_, args)| args).collect();
    for access in ACCESSES {
        let mut bodies = Vec::new();
        for (n, address) in ADDRESSES.iter().enumerate() {
            for (m, offset) in OFFSETS.iter().enumerate() {
                if (n + 2 * m) % 7 < 2 {
                    let offset = format!("offset={offset}");
                    bodies.push(access.replace("OFFSET", &offset).replace("ADDRESS", address));
                }
            }
        }
        let mut text = String::from(
            "(module (memory (export \"memory\") 1) (data (i32.const 0) \"0123456789abcdefghijklmnopqrstuvwxyz\")
               (data (i32.const 65500) \"0123456789abcdefghijklmnopqrstuvwxyz\")
               (func $same (param i32) (result i32) (local.get 0))\n",
        );
        for body in &bodies {
            text += &format!(
                "(func (export \"{body}\") (param i32 i32) (result i64) (local $v i64) (local $r i64)
                   (local.set $v (i64.const 0x1122334455667788)) {body}
                   (i64.add (local.get $r) (i64.add (i64.extend_i32_u (local.get 0)) (i64.extend_i32_u (local.get 1)))))\n"
            );
        }
        text.push(')');
        let names: Vec<&str> = bodies.iter().map(String::as_str).collect();
        agree(&text, &all_calls(&names, &args));
    }
}

#[test]
fn stores_with_an_address_far_up_the_stack_keep_the_value_computed_last() {
    // More values than near slots have room for, then an address, then a value that is in a local and in the accumulator.
    let deep = 8300;
    let text = format!(
        "(module (memory (export \"memory\") 1) (data (i32.const 0) \"\\40\\00\\00\\00\")
           (func (export \"deep\") (param i32 i32) (result i32) {}
             (i32.store (i32.load (local.get 0)) (local.tee 1 (i32.mul (local.get 1) (i32.const 3))))
             {} (local.get 1)))",
        "(i64.const 7)".repeat(deep),
        "drop ".repeat(deep)
    );
    let outcomes = agree(&text, &all_calls(&["deep"], &[vec![Val::I32(0), Val::I32(5)]]));
    assert_eq!((&outcomes[0].end, outcomes[0].memory[0x40]), (&Ok(vec![15]), 15));
}

/// Several operators that may trap around fused ones: the backtrace tells which did.
const TRAPS: &[&str] = &[
    "(i32.store (i32.add (local.get 0) (i32.const 70000)) (i32.div_u (i32.const 5) (local.get 1)))",
    "(i32.store offset=65536 (i32.shl (local.get 0) (i32.const 2)) (i32.load (i32.add (i32.shl (local.get 1) (i32.const 16)) (local.get 0))))",
    "(i32.store (i32.load (i32.shl (local.get 0) (i32.const 30))) (i32.load (i32.shl (local.get 1) (i32.const 14))))",
    "(drop (i32.div_s (i32.load (i32.add (i32.shl (local.get 0) (i32.const 14)) (local.get 1))) (local.get 1)))",
    "(drop (i32.rem_u (i32.add (i32.shl (local.get 0) (i32.const 14)) (local.get 1)) (i32.wrap_i64 (i64.shr_u (i64.extend_i32_u (local.get 1)) (i64.const 32)))))",
    "(local.set 0 (i32.add (local.get 0) (i32.const 1))) (local.set 1 (i32.add (local.get 1) (i32.const 1))) (drop (i32.div_s (local.get 0) (local.get 1)))",
    "(local.set 0 (i32.add (local.get 0) (i32.const 1))) (block (br_if 0 (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))) (unreachable)) (unreachable)",
    "(local.set 1 (i32.or (i32.and (local.get 1) (i32.const 15)) (i32.const 1))) \
     (loop $l (local.set 1 (i32.sub (local.get 1) (i32.const 1))) (drop (i32.div_u (i32.const 8) (local.get 1))) (br $l))",
    "(loop $l (local.set 1 (i32.sub (local.get 1) (i32.const 1))) (local.set 0 (i32.add (local.get 0) (i32.load offset=65532 (i32.shl (local.get 1) (i32.const 2))))) (br_if $l (local.get 1)) (br $l))",
    "(global.set $g (i32.add (global.get $g) (i32.const -16))) (i32.store offset=65533 (global.get $g) (local.get 0))",
    "(drop (i32.trunc_f64_s (f64.add (f64.mul (f64.convert_i32_s (local.get 0)) (f64.const 1e9)) (f64.convert_i32_s (local.get 1)))))",
];

#[test]
fn backtraces_name_the_operator_that_trapped() {
    let mut text = String::from("(module (memory (export \"memory\") 1) (global $g (mut i32) (i32.const 64))\n");
    for body in TRAPS {
        text += &format!("(func (export \"{body}\") (param i32 i32) {body})\n");
    }
    text.push(')');
    let outcomes = agree(&text, &all_calls(TRAPS, &pairs(&[0, 1, 3, -1, i32::MIN])));
    let trapped = outcomes.iter().filter(|outcome| outcome.end.is_err()).count();
    assert!(trapped > outcomes.len() / 2, "{trapped} of {} trapped", outcomes.len());
}
