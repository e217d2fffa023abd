//! Conversions that are no instructions: the value is read from where it is, as another type, and half of it may be another's.

use ermine::{F32, F64, Val};

use super::{agree, all_calls};

/// Bodies over parameters `$a $e` (i64), `$b` (f64), `$c` (f32), `$d` (i32), locals of all types, and `$out`, an address. What every local holds at
/// the end is compared.
const BODIES: &[&str] = &[
    // A temporary of eight bytes goes to a local of four: the local behind it is another one.
    "(local.set $w (i32.wrap_i64 (i64.add (local.get $a) (local.get $e))))",
    "(local.set $w (i32.wrap_i64 (i64.reinterpret_f64 (f64.add (local.get $b) (local.get $b)))))",
    "(local.set $h (i32.wrap_i64 (i64.reinterpret_f64 (f64.neg (local.get $b)))))",
    "(local.set $f (f32.reinterpret_i32 (i32.wrap_i64 (i64.reinterpret_f64 (f64.neg (local.get $b))))))",
    "(local.set $w (i32.wrap_i64 (i64.load (local.get $out))))",
    "(local.set $w (i32.wrap_i64 (i64.reinterpret_f64 (f64.load (local.get $out)))))",
    "(local.set $w (i32.wrap_i64 (call $same64 (local.get $a))))",
    "(local.set $w (i32.wrap_i64 (i64.reinterpret_f64 (call $same-f64 (local.get $b)))))",
    "(local.set $w (i32.wrap_i64 (select (local.get $a) (local.get $e) (local.get $d))))",
    "(local.set $w (i32.wrap_i64 (select (local.get $a) (i64.const 5) (local.get $d))))",
    "(local.set $w (i32.wrap_i64 (i64.reinterpret_f64 (select (local.get $b) (f64.const 2) (local.get $d)))))",
    "(local.set $w (i32.wrap_i64 (global.get $g64)))",
    "(local.set $w (i32.wrap_i64 (i64.reinterpret_f64 (global.get $gf64))))",
    "(local.set $w (i32.wrap_i64 (i64.const 0x1234567887654321)))",
    "(local.set $w (i32.wrap_i64 (i64.xor (i64.shl (local.get $a) (i64.const 7)) (local.get $e))))",
    "(local.set $w (i32.wrap_i64 (i64.reinterpret_f64 (f64.sub (f64.mul (local.get $b) (local.get $b)) (local.get $g)))))",
    "(local.set $w (i32.wrap_i64 (local.tee $y (i64.add (local.get $a) (local.get $e)))))",
    "(local.set $w (i32.wrap_i64 (i64.reinterpret_f64 (local.tee $g (f64.add (local.get $b) (local.get $b))))))",
    "(local.set $d (local.tee $h (local.tee $w (i32.wrap_i64 (i64.reinterpret_f64 (f64.neg (local.get $b)))))))",
    "(global.set $g32 (i32.wrap_i64 (i64.add (local.get $a) (local.get $e)))) (local.set $w (global.get $g32))",
    "(global.set $g32 (i32.wrap_i64 (i64.reinterpret_f64 (f64.neg (local.get $b))))) (local.set $w (global.get $g32))",
    // Behind a temporary that stays.
    "(i32.store (local.get $out) (i32.sub (call $same32 (local.get $d)) (local.tee $w (i32.wrap_i64 (i64.reinterpret_f64 (f64.neg (local.get $b)))))))",
    "(i32.store (local.get $out) (i32.sub (i32.wrap_i64 (i64.mul (local.get $a) (local.get $e))) (call $same32 (local.get $d))))",
    "(i32.store (local.get $out) (i32.sub (i32.wrap_i64 (i64.mul (local.get $a) (local.get $e))) (local.get $d)))",
    "(i64.store (i32.wrap_i64 (i64.and (local.get $a) (i64.const 0xf8))) (i64.add (local.get $a) (local.get $e)))",
    "(i64.store (i32.wrap_i64 (i64.and (local.get $a) (i64.const 0xf8))) (i64.const -1))",
    "(i64.store (i32.wrap_i64 (i64.and (local.get $a) (i64.const 0xf8))) (i64.const 0x123456789a))",
    "(f32.store (local.get $out) (f32.reinterpret_i32 (i32.wrap_i64 (local.get $a))))",
    "(i32.store (local.get $out) (i32.wrap_i64 (i64.reinterpret_f64 (f64.neg (local.get $b)))))",
    // The local changes between the view and its use.
    "(i32.wrap_i64 (local.get $a)) (local.set $a (local.get $e)) (local.set $w)",
    "(i32.wrap_i64 (local.get $a)) (local.set $a (i64.add (local.get $a) (local.get $e))) (local.set $w)",
    "(i32.wrap_i64 (local.get $a)) (drop (local.tee $a (i64.mul (local.get $a) (local.get $e)))) (local.set $w)",
    "(i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32))) (local.set $a (local.get $e)) (local.set $w)",
    "(i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32))) (local.set $a (i64.add (local.get $a) (local.get $e))) (local.set $w)",
    "(i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32))) (local.get $a) (i32.wrap_i64 (local.get $a)) (local.set $a (i64.const 9)) \
     (local.set $w) (local.set $y) (local.set $x)",
    "(i64.reinterpret_f64 (local.get $b)) (local.set $b (f64.neg (local.get $b))) (local.set $y)",
    "(i32.wrap_i64 (i64.reinterpret_f64 (local.get $b))) (local.set $b (f64.neg (local.get $b))) (local.set $w)",
    "(i32.wrap_i64 (i64.shr_u (i64.reinterpret_f64 (local.get $b)) (i64.const 32))) (local.set $b (f64.const 3)) (local.set $w)",
    "(f64.reinterpret_i64 (local.get $a)) (local.set $a (i64.const 1)) (local.set $g)",
    "(f32.reinterpret_i32 (i32.wrap_i64 (local.get $a))) (local.set $a (i64.const 1)) (local.set $f)",
    "(f32.reinterpret_i32 (local.get $d)) (local.set $d (i32.const 1)) (local.set $f)",
    "(i32.reinterpret_f32 (local.get $c)) (local.set $c (f32.neg (local.get $c))) (local.set $w)",
    // The result goes into the local that is viewed.
    "(local.set $a (i64.reinterpret_f64 (f64.reinterpret_i64 (local.get $a))))",
    "(local.set $d (i32.reinterpret_f32 (f32.reinterpret_i32 (local.get $d))))",
    "(local.set $a (i64.extend_i32_u (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32)))))",
    "(local.set $a (i64.extend_i32_s (i32.wrap_i64 (local.get $a))))",
    // Tees of views, and views of tees.
    "(local.set $x (local.tee $w (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32))))) (local.set $a (i64.const 0))",
    "(local.tee $w (i32.wrap_i64 (local.get $a))) (local.set $a (i64.const 0)) (local.set $w (i32.const 1)) (local.set $x)",
    "(i32.wrap_i64 (local.tee $y (i64.shr_u (local.get $a) (i64.const 32)))) (local.set $a (i64.const 0)) (local.set $w)",
    "(i32.wrap_i64 (local.tee $y (i64.shr_u (local.get $a) (i64.const 32)))) (local.set $y (i64.const 0)) (local.set $w)",
    "(i32.wrap_i64 (local.tee $a (i64.shr_u (local.get $a) (i64.const 32)))) (local.set $w)",
    "(i32.wrap_i64 (i64.shr_u (local.tee $a (i64.add (local.get $a) (local.get $e))) (i64.const 32))) (local.set $a (i64.const 0)) (local.set $w)",
    // Other shifts than that of the upper half.
    "(local.set $w (i32.wrap_i64 (i64.shr_s (local.get $a) (i64.const 32))))",
    "(local.set $w (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 31))))",
    "(local.set $w (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 96))))",
    "(local.set $w (i32.wrap_i64 (i64.shr_u (i64.add (local.get $a) (local.get $e)) (i64.const 32))))",
    "(local.set $w (i32.wrap_i64 (i64.shr_u (local.get $a) (local.get $e))))",
    "(local.set $y (i64.shr_u (local.get $a) (i64.const 32))) (local.set $w (i32.wrap_i64 (local.get $y)))",
    // Into blocks, out of them, around loops.
    "(i32.wrap_i64 (local.get $a)) (block (local.set $a (i64.const 3))) (local.set $w)",
    "(local.get $a) (block (param i64) (result i32) (i32.wrap_i64)) (local.set $a (i64.const 3)) (local.set $w)",
    "(i64.shr_u (local.get $a) (i64.const 32)) (block (param i64) (result i32) (i32.wrap_i64)) (local.set $a (i64.const 3)) (local.set $w)",
    "(i64.shr_u (local.get $a) (i64.const 32)) (loop (param i64) (result i32) (i32.wrap_i64)) (local.set $w)",
    "(i64.add (local.get $a) (local.get $e)) (loop (param i64) (result i32) (i32.wrap_i64)) (local.set $w)",
    "(i64.add (local.get $a) (local.get $e)) (block (param i64) (result i32) (i32.wrap_i64)) (local.set $w)",
    "(local.set $w (block (result i32) (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32)))))",
    "(local.set $w (block (result i32) (br 0 (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32))))))",
    "(local.set $w (block (result i32) (br 0 (i32.wrap_i64 (i64.reinterpret_f64 (f64.neg (local.get $b)))))))",
    "(local.set $w (block (result i32) (drop (br_if 0 (i32.wrap_i64 (local.get $a)) (local.get $d))) (i32.const 4)))",
    "(local.set $w (block (result i32) (br_if 0 (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32))) (i32.wrap_i64 (local.get $e)))))",
    "(local.set $w (if (result i32) (i32.wrap_i64 (local.get $a)) (then (i32.wrap_i64 (local.get $e))) (else (i32.reinterpret_f32 (local.get $c)))))",
    "(local.set $w (block (result i32) (block (result i32) (br_table 0 1 (i32.wrap_i64 (local.get $e)) (i32.wrap_i64 (local.get $a)))) (drop) (i32.const 6)))",
    "(block (block (br_table 0 1 0 (i32.wrap_i64 (i64.add (local.get $a) (local.get $e))))) (local.set $w (i32.const 6)))",
    "(block (block (br_table 0 1 0 (i32.wrap_i64 (i64.reinterpret_f64 (f64.neg (local.get $b)))))) (local.set $w (i32.const 6)))",
    "(block (br_if 0 (i32.wrap_i64 (i64.and (local.get $a) (local.get $e)))) (local.set $w (i32.const 6)))",
    "(block (br_if 0 (i32.eqz (i32.wrap_i64 (i64.and (local.get $a) (local.get $e))))) (local.set $w (i32.const 6)))",
    "(block (br_if 0 (i32.and (i32.wrap_i64 (local.get $a)) (i32.wrap_i64 (local.get $e)))) (local.set $w (i32.const 6)))",
    "(i32.wrap_i64 (local.get $a)) (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32))) (f32.reinterpret_i32 (local.get $d)) \
     (block (param i32 i32 f32) (result f32 i32 i32) (local.set $f) (local.set $w) (local.set $x) (f32.neg (local.get $f)) (local.get $w) (local.get $x)) \
     (local.set $w) (local.set $x) (local.set $f)",
    "(i32.wrap_i64 (local.get $a)) (i64.reinterpret_f64 (local.get $b)) \
     (loop $l (param i32 i64) \
       (local.set $y) (local.set $w) \
       (local.set $x (i32.add (local.get $x) (i32.const 1))) \
       (br_if 1 (i32.gt_u (local.get $x) (i32.const 0x22222224))) \
       (br $l (i32.wrap_i64 (i64.shr_u (local.get $y) (i64.const 32))) (i64.reinterpret_f64 (f64.neg (local.get $b)))))",
    // Around calls.
    "(local.set $w (call $sub (i32.wrap_i64 (local.get $a)) (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32)))))",
    "(local.set $w (call $sub (i32.wrap_i64 (i64.add (local.get $a) (local.get $e))) (i32.wrap_i64 (i64.shr_u (local.get $e) (i64.const 32)))))",
    "(local.set $w (call $sub (i32.wrap_i64 (i64.reinterpret_f64 (f64.neg (local.get $b)))) (i32.const 4)))",
    "(i32.wrap_i64 (call $same64 (local.get $a))) (local.set $x (call $same32 (local.get $d))) (local.set $w)",
    "(call $two (local.get $a)) (local.set $w (i32.wrap_i64)) (local.set $x (i32.wrap_i64))",
    "(call $two (local.get $a)) (f64.reinterpret_i64) (local.set $g) (local.set $w (i32.wrap_i64))",
    // As conditions and values of selects, as operands.
    "(local.set $w (select (i32.wrap_i64 (local.get $a)) (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32))) (i32.wrap_i64 (local.get $e))))",
    "(local.set $w (select (i32.wrap_i64 (i64.add (local.get $a) (local.get $e))) (i32.const 7) (local.get $d)))",
    "(local.set $w (select (i32.const 7) (i32.wrap_i64 (local.get $a)) (i32.wrap_i64 (i64.add (local.get $a) (local.get $e)))))",
    "(local.set $w (select (i32.const 70000) (i32.const -70000) (i32.wrap_i64 (i64.add (local.get $a) (local.get $e)))))",
    "(local.set $g (select (f64.reinterpret_i64 (local.get $a)) (local.get $b) (local.get $d)))",
    "(local.set $f (select (f32.reinterpret_i32 (i32.wrap_i64 (local.get $a))) (f32.const 1.5) (local.get $d)))",
    "(local.set $f (select (f32.reinterpret_i32 (i32.const 9)) (f32.const 1.5) (local.get $d)))",
    "(local.set $y (i64.add (i64.reinterpret_f64 (f64.neg (local.get $b))) (local.get $a)))",
    "(local.set $y (i64.extend_i32_s (i32.wrap_i64 (i64.add (local.get $a) (local.get $e)))))",
    "(local.set $y (i64.extend_i32_u (i32.wrap_i64 (i64.reinterpret_f64 (f64.neg (local.get $b))))))",
    "(local.set $w (i32.clz (i32.wrap_i64 (i64.add (local.get $a) (local.get $e)))))",
    "(local.set $w (i32.eqz (i32.wrap_i64 (i64.sub (local.get $a) (local.get $a)))))",
    "(local.set $w (i32.eqz (i32.wrap_i64 (i64.shl (local.get $a) (i64.const 32)))))",
    "(local.set $w (i32.reinterpret_f32 (f32.neg (f32.reinterpret_i32 (i32.wrap_i64 (local.get $a))))))",
    "(local.set $f (f32.copysign (f32.reinterpret_i32 (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32)))) (local.get $c)))",
    "(local.set $w (i32.eq (i32.reinterpret_f32 (local.get $c)) (i32.wrap_i64 (i64.add (local.get $a) (local.get $e)))))",
    "(local.set $w (i32.add (i32.xor (i32.wrap_i64 (i64.add (local.get $a) (local.get $e))) (local.get $d)) (i32.wrap_i64 (local.get $a))))",
    "(local.set $w (i32.xor (i32.rotl (i32.wrap_i64 (i64.shr_u (local.get $a) (i64.const 32))) (i32.const 5)) (i32.wrap_i64 (local.get $a))))",
    "(local.set $w (i32.load (i32.wrap_i64 (i64.and (local.get $a) (i64.const 0x7c)))))",
    "(local.set $w (i32.load (i32.add (i32.wrap_i64 (i64.and (local.get $a) (i64.const 0x3c))) (local.get $out))))",
    "(memory.fill (i32.wrap_i64 (i64.and (local.get $a) (i64.const 0x1c))) (i32.wrap_i64 (local.get $e)) (i32.const 3))",
    // Two stores behind a wide value whose upper half is in the way of the next.
    "(call $sub3 (i32.wrap_i64 (i64.add (local.get $a) (local.get $e))) (i32.const 1) (i32.wrap_i64 (i64.mul (local.get $a) (local.get $e)))) (local.set $w)",
    "(call $sub3 (i32.wrap_i64 (i64.add (local.get $a) (local.get $e))) (local.get $d) (local.tee $h (i32.wrap_i64 (i64.mul (local.get $a) (local.get $e))))) (local.set $w)",
    // Constants.
    "(local.set $f (f32.reinterpret_i32 (i32.const 0x7fa00000))) (local.set $g (f64.reinterpret_i64 (i64.const 0x7ff4000000000001)))",
    "(local.set $w (i32.reinterpret_f32 (f32.const nan:0x200001))) (local.set $y (i64.reinterpret_f64 (f64.const -nan:0x4000000000001)))",
];

/// Parameters and locals; those of four bytes have neighbours of four.
const LOCALS: &str = "(local $w i32) (local $x i32) (local $f f32) (local $y i64) (local $g f64) (local $h i32)";

const BEFORE: &str = "(local.set $w (i32.const 0x11111111)) (local.set $x (i32.const 0x22222222))
    (local.set $f (f32.reinterpret_i32 (i32.const 0x33333333))) (local.set $y (i64.const 0x4444444444444444))
    (local.set $g (f64.reinterpret_i64 (i64.const 0x5555555555555555))) (local.set $h (i32.const 0x66666666))";

const BEHIND: &str =
    "(i32.store offset=256 (i32.const 0) (local.get $w)) (i32.store offset=260 (i32.const 0) (local.get $x))
    (f32.store offset=264 (i32.const 0) (local.get $f)) (i64.store offset=268 (i32.const 0) (local.get $y))
    (f64.store offset=276 (i32.const 0) (local.get $g)) (i32.store offset=284 (i32.const 0) (local.get $h))
    (i64.store offset=288 (i32.const 0) (local.get $a)) (i64.store offset=296 (i32.const 0) (local.get $e))
    (f64.store offset=304 (i32.const 0) (local.get $b)) (f32.store offset=312 (i32.const 0) (local.get $c))
    (i32.store offset=316 (i32.const 0) (local.get $d)) (i32.store offset=320 (i32.const 0) (local.get $out))";

fn arguments() -> Vec<Vec<Val>> {
    const WIDE: [i64; 5] = [0, -1, 0x1234_5678_9abc_def0, 0x0000_0001_8000_0000, i64::MIN];
    let floats = [F64::from_bits(0x4009_21fb_5444_2d18), F64::from_bits(0x7ff4_0000_dead_beef)];
    let mut all = Vec::new();
    for (n, a) in WIDE.into_iter().enumerate() {
        for (e, b) in [(1, floats[n % 2]), (0x1_0000_0001, floats[(n + 1) % 2]), (-7, floats[0])] {
            let d = Val::I32(n as i32 % 3);
            all.push(vec![
                Val::I64(a),
                Val::I64(e),
                Val::F64(b),
                Val::F32(F32::from_bits(0xffa0_1234)),
                d,
                Val::I32(64),
            ]);
        }
    }
    all
}

/// Parameters of these names and types, with what is behind each name.
fn params(behind: &str) -> String {
    PARAMS.iter().map(|(name, ty)| format!("(param ${name}{behind} {ty}) ")).collect()
}

const PARAMS: [(&str, &str); 6] =
    [("a", "i64"), ("e", "i64"), ("b", "f64"), ("c", "f32"), ("d", "i32"), ("out", "i32")];

fn check(params: &str, before: &str) {
    let mut text = String::from(
        "(module (memory (export \"memory\") 1) (data (i32.const 0) \"0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz\")
           (global $g32 (mut i32) (i32.const 1)) (global $g64 (mut i64) (i64.const 0x123456789a)) (global $gf64 (mut f64) (f64.const 1.1))
           (func $same32 (param i32) (result i32) (local.get 0)) (func $same64 (param i64) (result i64) (local.get 0))
           (func $same-f64 (param f64) (result f64) (local.get 0))
           (func $two (param i64) (result i64 i64) (local.get 0) (i64.add (local.get 0) (i64.const 0x100000001)))
           (func $sub (param i32 i32) (result i32) (i32.sub (local.get 0) (local.get 1)))
           (func $sub3 (param i32 i32 i32) (result i32) (i32.sub (i32.sub (local.get 0) (local.get 1)) (local.get 2)))\n",
    );
    for body in BODIES {
        text += &format!("(func (export \"{body}\") {params} {LOCALS} {before} {BEFORE} {body} {BEHIND})\n");
    }
    text.push(')');
    agree(&text, &all_calls(BODIES, &arguments()));
}

#[test]
fn views_of_slots_are_the_values_that_conversions_give() {
    check(&params(""), "");
}

#[test]
fn views_of_far_locals_are_the_values_that_conversions_give() {
    // Four thousand locals of eight bytes: what follows is beyond what a field reaches.
    let filler = "i64 ".repeat(4_096);
    let locals: String = PARAMS.iter().map(|(name, ty)| format!("(local ${name} {ty}) ")).collect();
    let copies: String =
        PARAMS.iter().map(|(name, _)| format!("(local.set ${name} (local.get ${name}-near)) ")).collect();
    check(&format!("{} (local {filler}) {locals}", params("-near")), &copies);
}
