//! Two operations in one instruction: every pair, with operands from and results to everywhere, against the same computation in which each value passes
//! through a call, over which nothing is fused.

use std::fmt::Write as _;

use ermine::{F32, F64, Val};

use super::{Outcome, Way, outcomes};
use ermine_tests::binary;

/// Pairs of a type: the first operation and the second. Each is tried with the first result as either operand of the second.
struct Family {
    ty: &'static str,
    pairs: &'static [(&'static str, &'static str)],
    /// Constants: of 16 bits, of more, of all.
    constants: [&'static str; 3],
    /// An operation that leaves its result in the accumulator, of operand `X`.
    accumulator: &'static str,
    /// Views of `$w`, which holds the operand in another type.
    view: &'static str,
    /// The view's source.
    wide: (&'static str, &'static str),
    arguments: &'static [u64],
}

const FAMILIES: [Family; 4] = [
    Family {
        ty: "i32",
        pairs: &[
            ("add", "add"),
            ("xor", "add"),
            ("xor", "and"),
            ("xor", "xor"),
            ("shl", "or"),
            ("shr_u", "xor"),
            ("rotl", "xor"),
            ("shl", "add"),
            ("and", "add"),
            ("mul", "add"),
            ("and", "shl"),
            ("shr_u", "and"),
            ("add", "shr_u"),
            ("sub", "add"),
            ("add", "sub"),
        ],
        constants: ["(i32.const 13)", "(i32.const 70000)", "(i32.const 0x80000000)"],
        accumulator: "(i32.sub (local.get $s) X)",
        view: "(i32.wrap_i64 (i64.shr_u (local.get $w) (i64.const 32)))",
        wide: ("i64", "(i64.shl (i64.extend_i32_u X) (i64.const 32))"),
        arguments: &[0, 1, 31, 32, 33, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x1234_5678],
    },
    Family {
        ty: "i64",
        pairs: &[("shl", "xor"), ("shr_u", "xor"), ("rotl", "add"), ("xor", "mul"), ("add", "add"), ("and", "shl")],
        constants: ["(i64.const 13)", "(i64.const 70000)", "(i64.const 0x9e3779b97f4a7c15)"],
        accumulator: "(i64.sub (local.get $s) X)",
        view: "(i64.reinterpret_f64 (local.get $w))",
        wide: ("f64", "(f64.reinterpret_i64 X)"),
        arguments: &[0, 1, 63, 64, 65, 0x7fff_ffff_ffff_ffff, 1 << 63, u64::MAX, 0x1234_5678_9abc_def0],
    },
    Family {
        ty: "f32",
        pairs: &[("mul", "add"), ("mul", "sub"), ("add", "mul"), ("sub", "mul")],
        constants: ["(f32.const 0.5)", "(f32.const -0)", "(f32.const nan:0x200123)"],
        accumulator: "(f32.neg X)",
        view: "(f32.reinterpret_i32 (local.get $w))",
        wide: ("i32", "(i32.reinterpret_f32 X)"),
        // 0, -0, 1.5, the least, infinities, a NaN with a payload, a number whose square is not exact.
        arguments: &[0, 0x8000_0000, 0x3fc0_0000, 1, 0x7f80_0000, 0xff80_0000, 0x7fc0_1234, 0x3f80_0001, 0xc049_0fdb],
    },
    Family {
        ty: "f64",
        pairs: &[("mul", "add"), ("mul", "sub"), ("add", "mul"), ("sub", "mul")],
        constants: ["(f64.const 0.5)", "(f64.const -0)", "(f64.const nan:0x4000000000123)"],
        accumulator: "(f64.neg X)",
        view: "(f64.reinterpret_i64 (local.get $w))",
        wide: ("i64", "(i64.reinterpret_f64 X)"),
        arguments: &[
            0,
            1 << 63,
            0x3ff8_0000_0000_0000,
            1,
            0x7ff0_0000_0000_0000,
            0xfff0_0000_0000_0000,
            0x7ff8_0000_0000_1234,
            0x3ff0_0000_0000_0001,
            0xc009_21fb_5444_2d18,
        ],
    },
];

/// Where the operand that is parameter `K` comes from; `T` is the type. `$s` and `$t` are locals of it; `$c` one of i32.
fn places(family: &Family) -> Vec<String> {
    let mut places: Vec<String> = [
        "(local.get K)",
        "(call $same (local.get K))",
        "(T.load offset=16 (i32.const 8))",
        "(T.load offset=16 (local.get $c))",
        "(global.get $g)",
        "(local.get $s)",
        "(local.tee $s (local.get K))",
        "(local.tee K (local.get $t))",
        "(local.tee 0 (local.get K))",
        "(local.tee $t (call $same (local.get K)))",
        "(select (local.get K) (local.get $s) (local.get $c))",
        "(block (result T) (local.get K))",
    ]
    .map(str::to_owned)
    .to_vec();
    places.extend(family.constants.map(str::to_owned));
    places.push(family.accumulator.replace('X', "(local.get K)"));
    places.push(format!("(local.tee $t {})", family.accumulator.replace('X', "(local.get K)")));
    places.push(family.view.to_owned());
    places
}

/// Where the result `E` goes.
const SINKS: &[&str] = &[
    "E",
    "(return E)",
    "(local.set 0 E) (local.get 0)",
    "(local.set $t E) (local.get 1)",
    "(local.tee 2 E)",
    "(local.tee $s (local.tee $t E))",
    "(T.store (i32.const 0) E) (local.get 0)",
    "(T.store offset=40 (local.get $c) E) (local.get 1)",
    "(T.store offset=40 (i32.add (local.get $c) (local.get $c)) E) (local.get 1)",
    "(global.set $g E) (local.get 1)",
    "(call $same E)",
    "(block (br_if 0 (T.eq E (local.get 1))) (return (local.get 0))) (local.get 2)",
    "(if (result T) (T.ne (local.get 1) E) (then (local.get 0)) (else (local.get 1)))",
    "(block (result T) (br 0 E))",
    "(block (result T) (br_if 0 E (local.get $c)))",
    "(select E (local.get 1) (local.get $c))",
    "(select (local.get 1) E (local.get $c))",
    "(select E (T.const 5) (T.eq (local.get 0) (local.get 1)))",
    "(T.sub E (local.get 1))",
    "(T.sub (local.get 1) E)",
    "(T.add E E)",
    "(local.get 1) (local.set 1 E) (T.sub (local.get 1))",
];

/// More of them for i32.
const SINKS_32: &[&str] = &[
    "(block (br_if 0 E) (return (local.get 1))) (local.get 2)",
    "(block (br_if 0 (i32.eqz E)) (return (local.get 1))) (local.get 2)",
    "(if (result i32) E (then (local.get 0)) (else (local.get 1)))",
    "(select (local.get 0) (i32.const 5) E)",
    "(select (i32.const -5) (local.get 1) E)",
    "(block (block (br_table 0 1 0 1 E)) (return (local.get 1))) (local.get 2)",
    "(i32.load8_u (i32.and E (i32.const 255)))",
    "(i32.store8 (i32.and E (i32.const 127)) (local.get 1)) (local.get 0)",
    "(i32.load E)",
    "(i32.wrap_i64 (i64.extend_i32_s E))",
    "(i32.reinterpret_f32 (f32.reinterpret_i32 E))",
];

const SINKS_64: &[&str] = &[
    "(i64.extend_i32_s (i32.wrap_i64 E))",
    "(i64.extend_i32_u (local.tee $c (i32.wrap_i64 E)))",
    "(block (br_if 0 (i32.wrap_i64 E)) (return (local.get 1))) (local.get 2)",
];

/// A function of the sheet: operand places and the result's place, as in the fused text or with a call around every value.
fn body(family: &Family, text: &str, called: bool) -> String {
    let call = |text: &str| if called { format!("(call $same {text})") } else { text.to_owned() };
    let mut out = text.to_owned();
    for (mark, close) in [("<", ">")] {
        while let Some(end) = out.find(close) {
            let start = out[..end].rfind(mark).expect("brackets in pairs");
            let inner = call(&out[start + 1..end]);
            out.replace_range(start..=end, &inner);
        }
    }
    out.replace("T.", &format!("{}.", family.ty)).replace("(result T)", &format!("(result {})", family.ty))
}

/// Every second combination or so, always the same ones.
struct Turns(usize);

impl Turns {
    fn of<'a>(&mut self, items: &[&'a str]) -> &'a str {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        items[(self.0 >> 33) % items.len()]
    }
}

/// Bodies of a pair, values in angle brackets.
fn bodies(family: &Family, (first, second): (&str, &str), turns: &mut Turns) -> Vec<String> {
    let mut sinks = SINKS.to_vec();
    sinks.extend(match family.ty {
        "i32" => SINKS_32,
        "i64" => SINKS_64,
        _ => &[],
    });
    let places = places(family);
    let places: Vec<&str> = places.iter().map(String::as_str).collect();
    let ty = family.ty;
    let mut bodies = Vec::new();
    let mut add = |[a, b, c]: [&str; 3], is_second: bool, sink: &str| {
        let operand = |place: &str, number: char| format!("<{}>", place.replace('K', &number.to_string()));
        let inner = format!("<({ty}.{first} {} {})>", operand(a, '0'), operand(b, '1'));
        let outer = match is_second {
            false => format!("<({ty}.{second} {inner} {})>", operand(c, '2')),
            true => format!("<({ty}.{second} {} {inner})>", operand(c, '2')),
        };
        bodies.push(sink.replace('E', &outer));
    };
    for is_second in [false, true] {
        for place in &places {
            // Each place as each operand, and then anything with anything.
            add([place, "(local.get K)", "(local.get K)"], is_second, turns.of(&sinks));
            add(["(local.get K)", place, "(local.get K)"], is_second, turns.of(&sinks));
            add(["(local.get K)", "(local.get K)", place], is_second, turns.of(&sinks));
            for _ in 0..2 {
                let operands = [turns.of(&places), turns.of(&places), turns.of(&places)];
                add(operands, is_second, turns.of(&sinks));
            }
        }
        for sink in &sinks {
            for constant in [0, 1] {
                add(["(local.get K)", family.constants[constant], turns.of(&places)], is_second, sink);
                add(["(local.get K)", "(local.get K)", turns.of(&places)], is_second, sink);
            }
            add([turns.of(&places), family.constants[0], family.constants[1]], is_second, sink);
        }
    }
    bodies
}

fn sheet(family: &Family, bodies: &[String], called: bool) -> String {
    let ty = family.ty;
    let (wide, widen) = (family.wide.0, family.wide.1.replace('X', "(local.get 2)"));
    let mut text = format!(
        "(module (memory (export \"memory\") 1) (global $g (mut {ty}) ({ty}.const 3))
           (func $same (param {ty}) (result {ty}) (local.get 0))\n"
    );
    for (n, body) in bodies.iter().enumerate() {
        let body = self::body(family, body, called);
        // What locals hold at the end goes to memory, if the function gets there.
        let _ = write!(
            text,
            "(func (export \"{n}\") (param {ty} {ty} {ty}) (result {ty}) (local $s {ty}) (local $t {ty}) (local $w {wide}) (local $c i32) (local $r {ty})
               (local.set $s (local.get 1)) (local.set $t (local.get 0)) (local.set $w {widen}) (local.set $c (i32.const 8))
               ({ty}.store (i32.const 24) (local.get 2)) (global.set $g (local.get 0))
               (local.set $r (block (result {ty}) {body}))
               ({ty}.store (i32.const 256) (local.get 0)) ({ty}.store (i32.const 264) (local.get 1)) ({ty}.store (i32.const 272) (local.get 2))
               ({ty}.store (i32.const 280) (local.get $s)) ({ty}.store (i32.const 288) (local.get $t)) ({ty}.store (i32.const 296) (global.get $g))
               (i32.store (i32.const 304) (local.get $c)) (local.get $r))\n"
        );
    }
    text + ")"
}

fn value(family: &Family, bits: u64) -> Val {
    match family.ty {
        "i32" => Val::I32(bits as i32),
        "i64" => Val::I64(bits as i64),
        "f32" => Val::F32(F32::from_bits(bits as u32)),
        _ => Val::F64(F64::from_bits(bits)),
    }
}

/// Any NaN that was computed is one: the spec leaves its bits open.
fn normal(family: &Family, outcome: Outcome) -> Outcome {
    let normal_32 = |bits: u32| if f32::from_bits(bits).is_nan() { u32::MAX } else { bits };
    let normal_64 = |bits: u64| if f64::from_bits(bits).is_nan() { u64::MAX } else { bits };
    let one = |bits: u64| match family.ty {
        "f32" => u64::from(normal_32(bits as u32)),
        "f64" => normal_64(bits),
        _ => bits,
    };
    let mut memory = outcome.memory;
    for word in memory.chunks_exact_mut(if family.ty == "f32" { 4 } else { 8 }) {
        let mut bytes = [0; 8];
        bytes[..word.len()].copy_from_slice(word);
        let len = word.len();
        word.copy_from_slice(&one(u64::from_le_bytes(bytes)).to_le_bytes()[..len]);
    }
    let end = outcome.end.map(|values| values.into_iter().map(one).collect());
    // The reference has calls: other fuel, other frames.
    Outcome { end, memory, trace: None, fuel: None }
}

fn check(family: &Family) {
    let mut turns = Turns(family.ty.len());
    let arguments = family.arguments;
    let mut args = Vec::new();
    for (n, a) in arguments.iter().enumerate() {
        for m in 0..2 {
            let other = |by: usize| arguments[(n * by + m * (by + 1)) % arguments.len()];
            args.push([*a, other(2), other(5)].map(|bits| value(family, bits)).to_vec());
        }
    }
    for pair in family.pairs {
        let bodies = bodies(family, *pair, &mut turns);
        let names: Vec<String> = (0..bodies.len()).map(|n| n.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let calls = super::all_calls(&names, &args);
        let reference = Way::all(false).swap_remove(0);
        let expected = outcomes(&reference, &binary(&sheet(family, &bodies, true)), &calls);
        let expected: Vec<Outcome> = expected.into_iter().map(|outcome| normal(family, outcome)).collect();
        let wasm = binary(&sheet(family, &bodies, false));
        let mut fuel: Option<Vec<Option<u64>>> = None;
        for way in Way::all(false).into_iter().chain(Way::all(true)) {
            let actual = outcomes(&way, &wasm, &calls);
            if way.is_metered() {
                let left: Vec<Option<u64>> = actual.iter().map(|outcome| outcome.fuel).collect();
                assert!(
                    *fuel.get_or_insert_with(|| left.clone()) == left,
                    "{pair:?} of {}: fuel, {}",
                    family.ty,
                    way.name
                );
            }
            for ((call, expected), actual) in calls.iter().zip(&expected).zip(actual) {
                let actual = normal(family, actual);
                let body = &bodies[call.0.parse::<usize>().expect("a number")];
                assert!(
                    actual == *expected,
                    "{body} of {:?}, {}: {}",
                    call.1,
                    way.name,
                    super::difference(&actual, expected)
                );
            }
        }
    }
}

#[test]
fn chains_of_i32_operations_are_those_operations() {
    check(&FAMILIES[0]);
}

#[test]
fn chains_of_i64_operations_are_those_operations() {
    check(&FAMILIES[1]);
}

#[test]
fn chains_of_f32_operations_are_those_operations() {
    check(&FAMILIES[2]);
}

#[test]
fn chains_of_f64_operations_are_those_operations() {
    check(&FAMILIES[3]);
}
