//! Every operation in every place its operands can come from and its result can go to.
//!
//! The official suite calls each operation with both operands in parameters. The translator has
//! other forms for constants, for results that are used at once, for results that go to a local,
//! to memory or into a branch; here each of them must agree with the plain one.

use ermine::{Func, Instance, Store, Val};
use ermine_tests::{MACHINES, engine, instance};

/// Operations of a type: those that return the type itself, then comparisons.
struct Family {
    ty: &'static str,
    binary: &'static [&'static str],
    comparisons: &'static [&'static str],
    unary: &'static [&'static str],
    /// Operands, as literals.
    values: &'static [&'static str],
}

const INT_BINARY: [&str; 15] = [
    "add", "sub", "mul", "div_s", "div_u", "rem_s", "rem_u", "and", "or", "xor", "shl", "shr_s", "shr_u", "rotl",
    "rotr",
];
const INT_COMPARISONS: [&str; 10] = ["eq", "ne", "lt_s", "lt_u", "gt_s", "gt_u", "le_s", "le_u", "ge_s", "ge_u"];
const FLOAT_BINARY: [&str; 7] = ["add", "sub", "mul", "div", "min", "max", "copysign"];
const FLOAT_COMPARISONS: [&str; 6] = ["eq", "ne", "lt", "gt", "le", "ge"];
const FLOAT_UNARY: [&str; 7] = ["abs", "neg", "ceil", "floor", "trunc", "nearest", "sqrt"];

const FAMILIES: [Family; 4] = [
    Family {
        ty: "i32",
        binary: &INT_BINARY,
        comparisons: &INT_COMPARISONS,
        unary: &["clz", "ctz", "popcnt", "extend8_s", "extend16_s"],
        values: &[
            "0",
            "1",
            "-1",
            "2",
            "7",
            "31",
            "32",
            "33",
            "-128",
            "255",
            "32767",
            "32768",
            "-32768",
            "-32769",
            "65535",
            "65536",
            "0x7fffffff",
            "0x80000000",
            "0xfffffffe",
        ],
    },
    Family {
        ty: "i64",
        binary: &INT_BINARY,
        comparisons: &INT_COMPARISONS,
        unary: &["clz", "ctz", "popcnt", "extend8_s", "extend16_s", "extend32_s"],
        values: &[
            "0",
            "1",
            "-1",
            "2",
            "63",
            "64",
            "65",
            "32767",
            "-32768",
            "65536",
            "0x7fffffff",
            "0x80000000",
            "-0x80000000",
            "-0x80000001",
            "0xffffffff",
            "0x100000000",
            "0x7fffffffffffffff",
            "0x8000000000000000",
        ],
    },
    Family {
        ty: "f32",
        binary: &FLOAT_BINARY,
        comparisons: &FLOAT_COMPARISONS,
        unary: &FLOAT_UNARY,
        values: &[
            "0",
            "-0",
            "1",
            "-1",
            "0.5",
            "-1.5",
            "2.5",
            "1e10",
            "0x1p-149",
            "inf",
            "-inf",
            "nan",
            "-nan",
            "nan:0x200000",
        ],
    },
    Family {
        ty: "f64",
        binary: &FLOAT_BINARY,
        comparisons: &FLOAT_COMPARISONS,
        unary: &FLOAT_UNARY,
        values: &[
            "0",
            "-0",
            "1",
            "-1",
            "0.5",
            "-1.5",
            "2.5",
            "1e300",
            "0x1p-1074",
            "inf",
            "-inf",
            "nan",
            "-nan",
            "nan:0x4000000000000",
        ],
    },
];

/// Ways to compute `(T.OP a b)` of two parameters. `T`, `R` and `OP` are replaced; `R` is the
/// type of the result. Locals 2 and 3 are of types `R` and `T`, memory 8 holds zeroes.
const BINARY_FORMS: [(&str, &str); 20] = [
    ("to a local", "(local.set 2 (T.OP (local.get 0) (local.get 1))) (local.get 2)"),
    ("tee", "(local.tee 2 (T.OP (local.get 0) (local.get 1)))"),
    (
        "tee and pending",
        "(drop (local.tee 2 (T.OP (local.get 0) (local.get 1)))) (local.get 2)
         (local.set 2 (R.const 0))",
    ),
    ("copied operands", "(local.set 3 (local.get 0)) (T.OP (local.get 3) (local.get 1))"),
    ("loaded left", "(T.store (i32.const 16) (local.get 0)) (T.OP (T.load (i32.const 16)) (local.get 1))"),
    ("loaded right", "(T.store (i32.const 16) (local.get 1)) (T.OP (local.get 0) (T.load (i32.const 16)))"),
    (
        "both loaded",
        "(T.store (i32.const 16) (local.get 0)) (T.store (i32.const 24) (local.get 1))
         (T.OP (T.load (i32.const 16)) (T.load (i32.const 24)))",
    ),
    ("called left", "(T.OP (call $same (local.get 0)) (local.get 1))"),
    ("called right", "(T.OP (local.get 0) (call $same (local.get 1)))"),
    ("both called", "(T.OP (call $same (local.get 0)) (call $same (local.get 1)))"),
    ("global left", "(global.set $g (local.get 0)) (T.OP (global.get $g) (local.get 1))"),
    ("global right", "(global.set $g (local.get 1)) (T.OP (local.get 0) (global.get $g))"),
    ("to memory", "(R.store (i32.const 16) (T.OP (local.get 0) (local.get 1))) (R.load (i32.const 16))"),
    (
        "to memory at a local",
        "(local.set 4 (i32.const 16))
         (R.store offset=4 (local.get 4) (T.OP (local.get 0) (local.get 1)))
         (R.load offset=20 (i32.const 0))",
    ),
    (
        "selected operands",
        "(T.OP (select (local.get 0) (local.get 1) (i32.const 1))
               (select (local.get 0) (local.get 1) (i32.const 0)))",
    ),
    ("selected result", "(select (T.OP (local.get 0) (local.get 1)) (R.const 0) (local.get 5))"),
    ("out of a block", "(block (result R) (br 0 (T.OP (local.get 0) (local.get 1))))"),
    ("out of an arm", "(if (result R) (local.get 5) (then (T.OP (local.get 0) (local.get 1))) (else (R.const 0)))"),
    ("returned", "(return (T.OP (local.get 0) (local.get 1)))"),
    ("as an argument", "(call $same-result (T.OP (local.get 0) (local.get 1)))"),
];

/// The same where result and operands are of one type.
const IN_PLACE_FORMS: [(&str, &str); 4] = [
    ("over the left", "(local.set 0 (T.OP (local.get 0) (local.get 1))) (local.get 0)"),
    ("over the right", "(local.set 1 (T.OP (local.get 0) (local.get 1))) (local.get 1)"),
    (
        "over a pending left",
        "(local.get 0) (local.set 0 (T.OP (local.get 0) (local.get 1)))
         (local.set 3) (local.get 0)",
    ),
    ("to a global", "(global.set $g (T.OP (local.get 0) (local.get 1))) (global.get $g)"),
];

/// The same where the result is a condition.
const CONDITION_FORMS: [(&str, &str); 9] = [
    ("br_if", "(block (br_if 0 COND) (return (i32.const 0))) (i32.const 1)"),
    ("br_if of eqz", "(block (br_if 0 (i32.eqz COND)) (return (i32.const 1))) (i32.const 0)"),
    ("if", "(if (result i32) COND (then (i32.const 1)) (else (i32.const 0)))"),
    ("if of eqz", "(if (result i32) (i32.eqz COND) (then (i32.const 0)) (else (i32.const 1)))"),
    ("if without else", "(if COND (then (local.set 4 (i32.const 1)))) (local.get 4)"),
    (
        "backwards",
        "(loop $l
           (if (i32.eq (local.get 4) (i32.const 3)) (then (return (i32.const 1))))
           (local.set 4 (i32.add (local.get 4) (i32.const 1)))
           (br_if $l COND))
         (i32.const 0)",
    ),
    (
        "backwards of eqz",
        "(loop $l
           (if (i32.eq (local.get 4) (i32.const 3)) (then (return (i32.const 0))))
           (local.set 4 (i32.add (local.get 4) (i32.const 1)))
           (br_if $l (i32.eqz COND)))
         (i32.const 1)",
    ),
    ("select", "(select (i32.const 1) (i32.const 0) COND)"),
    ("br_if with a value", "(block (result i32) (drop (br_if 0 (i32.const 1) COND)) (i32.const 0))"),
];

/// Ways to compute `(T.OP a)` of one parameter.
const UNARY_FORMS: [(&str, &str); 5] = [
    ("to a local", "(local.set 2 (T.OP (local.get 0))) (local.get 2)"),
    ("in place", "(local.set 0 (T.OP (local.get 0))) (local.get 0)"),
    ("loaded", "(T.store (i32.const 16) (local.get 0)) (T.OP (T.load (i32.const 16)))"),
    ("called", "(T.OP (call $same (local.get 0)))"),
    ("to memory", "(R.store (i32.const 16) (T.OP (local.get 0))) (R.load (i32.const 16))"),
];

/// A module with one exported function per form, numbered.
struct Sheet {
    text: String,
    names: Vec<String>,
}

impl Sheet {
    fn new(ty: &str, result: &str) -> Self {
        let text = format!(
            "(module (memory 1) (global $g (mut {ty}) ({ty}.const 0))
               (func $same (param {ty}) (result {ty}) (local.get 0))
               (func $same-result (param {result}) (result {result}) (local.get 0))\n"
        );
        Self { text, names: Vec::new() }
    }

    /// Adds a function of two parameters, or of one that stands in both places.
    fn add(&mut self, name: &str, ty: &str, result: &str, body: &str) {
        let number = self.names.len();
        self.text += &format!(
            "(func (export \"{number}\") (param {ty} {ty}) (result {result})
               (local {result} {ty} i32 i32) (local.set 5 (i32.const 9)) {body})\n"
        );
        self.names.push(name.to_owned());
    }

    fn finish(mut self) -> (String, Vec<String>) {
        self.text.push(')');
        (self.text, self.names)
    }
}

/// The end of a call: the bits of the result, any NaN being one, or the trap.
fn end(store: &mut Store<()>, func: Func, args: &[Val]) -> Result<u64, String> {
    let ty = func.ty(&*store).results()[0];
    let mut results = [Val::default_for_ty(ty)];
    match func.call(store, args, &mut results) {
        Ok(()) => Ok(bits(&results[0])),
        Err(error) => Err(error.to_string()),
    }
}

fn bits(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(*value as u32),
        Val::I64(value) => *value as u64,
        Val::F32(value) if value.to_float().is_nan() => u64::MAX,
        Val::F64(value) if value.to_float().is_nan() => u64::MAX,
        Val::F32(value) => u64::from(value.to_bits()),
        Val::F64(value) => value.to_bits(),
        _ => panic!("a reference"),
    }
}

/// The operands of a family, taken out of a module's globals.
fn operands(family: &Family, machine: ermine::Machine) -> Vec<Val> {
    let globals: String = family
        .values
        .iter()
        .enumerate()
        .map(|(n, value)| {
            let ty = family.ty;
            format!("(global (export \"{n}\") {ty} ({ty}.const {value}))\n")
        })
        .collect();
    let (store, instance) = instance(&engine(machine), &format!("(module {globals})"));
    let get = |n: usize| instance.get_global(&store, &n.to_string()).unwrap().get(&store);
    (0..family.values.len()).map(get).collect()
}

fn fill(template: &str, family: &Family, result: &str, op: &str) -> String {
    let cond = format!("({}.{op} (local.get 0) (local.get 1))", family.ty);
    template
        .replace("COND", &cond)
        .replace("T.OP", &format!("{}.{op}", family.ty))
        .replace("T.", &format!("{}.", family.ty))
        .replace("R.", &format!("{result}."))
        .replace("(result R)", &format!("(result {result})"))
}

/// Asserts that every function of a sheet ends as its first one does.
fn check(what: &str, sheet: Sheet, machine: ermine::Machine, args: &[(Val, Val)]) {
    let (text, names) = sheet.finish();
    let (mut store, instance) = instance(&engine(machine), &text);
    let funcs: Vec<Func> = (0..names.len()).map(|n| func(&store, instance, n)).collect();
    for (a, b) in args {
        let args = [*a, *b];
        let plain = end(&mut store, funcs[0], &args);
        for (name, func) in names.iter().zip(&funcs).skip(1) {
            let form = end(&mut store, *func, &args);
            assert_eq!(form, plain, "{what} of {args:?}, {name}, on {machine:?}");
        }
    }
}

fn func(store: &Store<()>, instance: Instance, number: usize) -> Func {
    instance.get_func(store, &number.to_string()).unwrap()
}

#[test]
fn binary_operations_agree_in_every_form() {
    for machine in MACHINES {
        for family in FAMILIES {
            let values = operands(&family, machine);
            let pairs: Vec<(Val, Val)> = values.iter().flat_map(|a| values.iter().map(|b| (*a, *b))).collect();
            let own = family.binary.iter().map(|op| (op, family.ty));
            let compared = family.comparisons.iter().map(|op| (op, "i32"));
            for (op, result) in own.chain(compared) {
                let ty = family.ty;
                let mut sheet = Sheet::new(ty, result);
                sheet.add("plain", ty, result, &fill("(T.OP (local.get 0) (local.get 1))", &family, result, op));
                let in_place = IN_PLACE_FORMS.iter().filter(|_| result == ty);
                let condition = CONDITION_FORMS.iter().filter(|_| result == "i32");
                for (name, body) in BINARY_FORMS.iter().chain(in_place).chain(condition) {
                    // An i32 operation is a condition too; "backwards" needs it to be 0 or 1.
                    let is_bool = family.comparisons.contains(op);
                    if body.contains("COND") && !is_bool {
                        continue;
                    }
                    sheet.add(name, ty, result, &fill(body, &family, result, op));
                }
                check(&format!("{ty}.{op}"), sheet, machine, &pairs);
            }
        }
    }
}

#[test]
fn constant_operands_agree_with_parameters() {
    for machine in MACHINES {
        for family in FAMILIES {
            let values = operands(&family, machine);
            let own = family.binary.iter().map(|op| (op, family.ty));
            let compared = family.comparisons.iter().map(|op| (op, "i32"));
            for (op, result) in own.chain(compared) {
                for (literal, value) in family.values.iter().zip(&values) {
                    constant(machine, &family, (op, result), (literal, value), &values);
                }
            }
        }
    }
}

/// One constant on either side of an operation, and in conditions.
fn constant(
    machine: ermine::Machine,
    family: &Family,
    (op, result): (&str, &str),
    (literal, value): (&str, &Val),
    values: &[Val],
) {
    let ty = family.ty;
    let (p, k) = ("(local.get 0)".to_owned(), format!("({ty}.const {literal})"));
    for (left, right, constant_first) in [(&p, &k, false), (&k, &p, true)] {
        let mut sheet = Sheet::new(ty, result);
        let expr = format!("({ty}.{op} {left} {right})");
        let plain = format!("({ty}.{op} (local.get 0) (local.get 1))");
        sheet.add("plain", ty, result, &plain);
        // The parameter that varies is the first one in the forms with a constant.
        let swap = "(local.get 1) (local.set 0)";
        let forms = [
            ("constant", expr.clone()),
            ("to a local", format!("(local.set 2 {expr}) (local.get 2)")),
            ("called", expr.replace(&p, "(call $same (local.get 0))")),
            ("stored", format!("({result}.store (i32.const 16) {expr}) ({result}.load (i32.const 16))")),
        ];
        for (name, body) in forms {
            let body = if constant_first { format!("{swap} {body}") } else { body };
            sheet.add(name, ty, result, &body);
        }
        if family.comparisons.contains(&op) {
            for (name, body) in CONDITION_FORMS {
                let body = body.replace("COND", &expr);
                let body = if constant_first { format!("{swap} {body}") } else { body };
                sheet.add(name, ty, result, &body);
            }
        }
        let args: Vec<(Val, Val)> = values
            .iter()
            .map(|other| match constant_first {
                true => (*value, *other),
                false => (*other, *value),
            })
            .collect();
        check(&format!("{expr} in {ty}"), sheet, machine, &args);
    }
}

#[test]
fn constants_on_both_sides_agree_with_parameters() {
    for machine in MACHINES {
        for family in FAMILIES {
            let values = operands(&family, machine);
            let own = family.binary.iter().map(|op| (op, family.ty));
            let compared = family.comparisons.iter().map(|op| (op, "i32"));
            for (op, result) in own.chain(compared) {
                let ty = family.ty;
                let mut sheet = Sheet::new(ty, result);
                let plain = format!("({ty}.{op} (local.get 0) (local.get 1))");
                sheet.add("plain", ty, result, &plain);
                for a in family.values {
                    for b in family.values {
                        let body = format!("({ty}.{op} ({ty}.const {a}) ({ty}.const {b}))");
                        sheet.add(&format!("{a} {b}"), ty, result, &body);
                    }
                }
                let (text, _) = sheet.finish();
                let (mut store, instance) = instance(&engine(machine), &text);
                let plain = func(&store, instance, 0);
                let mut number = 0;
                for a in &values {
                    for b in &values {
                        number += 1;
                        let args = [*a, *b];
                        let want = end(&mut store, plain, &args);
                        let constant = func(&store, instance, number);
                        let got = end(&mut store, constant, &args);
                        assert_eq!(got, want, "{ty}.{op} of {args:?} on {machine:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn unary_operations_agree_in_every_form() {
    for machine in MACHINES {
        for family in FAMILIES {
            let values = operands(&family, machine);
            let pairs: Vec<(Val, Val)> = values.iter().map(|v| (*v, *v)).collect();
            for op in family.unary {
                let ty = family.ty;
                let mut sheet = Sheet::new(ty, ty);
                sheet.add("plain", ty, ty, &format!("({ty}.{op} (local.get 0))"));
                for (name, body) in UNARY_FORMS {
                    sheet.add(name, ty, ty, &fill(body, &family, ty, op));
                }
                check(&format!("{ty}.{op}"), sheet, machine, &pairs);
            }
        }
    }
}

/// Loads and stores: width in bytes, name and the type they give or take.
const LOADS: [(u32, &str, &str); 14] = [
    (4, "i32.load", "i32"),
    (8, "i64.load", "i64"),
    (4, "f32.load", "f32"),
    (8, "f64.load", "f64"),
    (1, "i32.load8_s", "i32"),
    (1, "i32.load8_u", "i32"),
    (2, "i32.load16_s", "i32"),
    (2, "i32.load16_u", "i32"),
    (1, "i64.load8_s", "i64"),
    (1, "i64.load8_u", "i64"),
    (2, "i64.load16_s", "i64"),
    (2, "i64.load16_u", "i64"),
    (4, "i64.load32_s", "i64"),
    (4, "i64.load32_u", "i64"),
];

/// Ways to load from `a + 24`, where the addition does not wrap.
const ADDRESS_FORMS: [&str; 12] = [
    "(LOAD offset=24 (local.get 0))",
    "(LOAD offset=24 (call $same (local.get 0)))",
    "(LOAD offset=12 (i32.add (local.get 0) (i32.const 12)))",
    "(LOAD (i32.add (local.get 0) (i32.const 24)))",
    "(LOAD (i32.add (i32.const 24) (local.get 0)))",
    "(LOAD (i32.add (local.get 0) (local.get 1)))",
    "(LOAD (i32.add (local.get 1) (local.get 0)))",
    "(LOAD offset=4 (i32.add (local.get 0) (i32.sub (local.get 1) (i32.const 4))))",
    "(LOAD offset=20 (i32.add (local.get 0) (i32.shr_u (local.get 1) (i32.const 3))) )",
    "(LOAD (local.tee 0 (i32.add (local.get 0) (local.get 1))))",
    "(local.set 2 (LOAD offset=24 (local.get 0))) (local.get 2)",
    "(drop (LOAD offset=24 (local.get 0))) (LOAD offset=24 (local.get 0))",
];

#[test]
fn loads_agree_in_every_form_up_to_the_last_byte() {
    let data: String = (0..64).map(|n| format!("\\{:02x}", n * 37 % 256)).collect();
    for machine in MACHINES {
        for (width, load, ty) in LOADS {
            let mut text = format!(
                "(module (memory 1) (data (i32.const 24) \"{data}\")
                   (data (i32.const 65472) \"{data}\")
                   (func $same (param i32) (result i32) (local.get 0))\n"
            );
            for (n, form) in ADDRESS_FORMS.iter().enumerate() {
                // One of the forms adds 3 of the 24 in another way.
                let form = form.replace("offset=20", "offset=21").replace("LOAD", load);
                text += &format!("(func (export \"{n}\") (param i32 i32) (result {ty}) (local {ty}) {form})\n");
            }
            text.push(')');
            let (mut store, instance) = instance(&engine(machine), &text);
            let last = 65_536 - 24 - i32::try_from(width).unwrap();
            for address in (0..40).chain(last - 20..last + 12) {
                let args = [Val::I32(address), Val::I32(24)];
                let plain = func(&store, instance, 0);
                let want = end(&mut store, plain, &args);
                assert_eq!(want.is_err(), address > last, "{load} at {address}");
                for (n, form) in ADDRESS_FORMS.iter().enumerate() {
                    let other = func(&store, instance, n);
                    let got = end(&mut store, other, &args);
                    assert_eq!(got, want, "{load} at {address}: {form} on {machine:?}");
                }
            }
        }
    }
}

/// Ways to store `v` at `a + 24`; parameters 0 and 1 are `a` and 24, 2 is the value.
const STORE_FORMS: [&str; 9] = [
    "(STORE offset=24 (local.get 0) (local.get 2))",
    "(STORE offset=24 (call $same (local.get 0)) (local.get 2))",
    "(STORE (i32.add (local.get 0) (i32.const 24)) (local.get 2))",
    "(STORE (i32.add (local.get 0) (local.get 1)) (local.get 2))",
    "(STORE offset=8 (i32.add (local.get 0) (i32.const 16)) (local.get 2))",
    "(STORE offset=24 (local.get 0) (T.const VALUE))",
    "(STORE (i32.add (local.get 0) (local.get 1)) (T.const VALUE))",
    "(STORE offset=24 (local.get 0) (select (local.get 2) (local.get 2) (local.get 0)))",
    "(local.set 0 (i32.add (local.get 0) (i32.const 24))) (STORE (local.get 0) (local.get 2))",
];

const STORES: [(&str, &str, usize); 9] = [
    ("i32.store", "i32", 4),
    ("i64.store", "i64", 8),
    ("f32.store", "f32", 4),
    ("f64.store", "f64", 8),
    ("i32.store8", "i32", 1),
    ("i32.store16", "i32", 2),
    ("i64.store8", "i64", 1),
    ("i64.store16", "i64", 2),
    ("i64.store32", "i64", 4),
];

#[test]
fn stores_agree_in_every_form_up_to_the_last_byte() {
    for machine in MACHINES {
        for (store_op, ty, width) in STORES {
            for literal in ["-2", "1", "77"] {
                let mut text = String::from(
                    "(module (memory (export \"m\") 1)
                       (func $same (param i32) (result i32) (local.get 0))\n",
                );
                text += &format!("(global (export \"v\") {ty} ({ty}.const {literal}))\n");
                for (n, form) in STORE_FORMS.iter().enumerate() {
                    let form = form.replace("STORE", store_op).replace("T.const", &format!("{ty}.const"));
                    let form = form.replace("VALUE", literal);
                    text += &format!("(func (export \"{n}\") (param i32 i32 {ty}) {form})\n");
                }
                text.push(')');
                let (mut store, instance) = instance(&engine(machine), &text);
                let memory = instance.get_memory(&store, "m").unwrap();
                let value = instance.get_global(&store, "v").unwrap().get(&store);
                let bytes = bits(&value).to_le_bytes();
                for address in [0_usize, 1, 3, 65_536 - 24 - width, 65_537 - 24 - width, 65_511, 65_512] {
                    let fits = address + 24 + width <= 65_536;
                    for (n, form) in STORE_FORMS.iter().enumerate() {
                        memory.data_mut(&mut store).fill(0xaa);
                        let args = [Val::I32(address as i32), Val::I32(24), value];
                        let result = func(&store, instance, n).call(&mut store, &args, &mut []);
                        assert_eq!(result.is_ok(), fits, "{form} at {address} on {machine:?}");
                        let mut expected = vec![0xaa; 65_536];
                        if fits {
                            let at = address + 24;
                            expected[at..at + width].copy_from_slice(&bytes[..width]);
                        }
                        let same = memory.data(&store) == &expected[..];
                        assert!(same, "{store_op}: {form} at {address} on {machine:?}");
                    }
                }
            }
        }
    }
}
