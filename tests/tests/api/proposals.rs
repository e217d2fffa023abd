//! Proposals that are switched off, or not supported, are refused when a module is loaded, with an
//! error that names the proposal.

use ermine::{Config, Engine, ErrorKind, Module};
use ermine_tests::{MACHINES, binary, config};

/// A proposal with a switch: its name, the switch, and a module that needs it.
type Switched = (&'static str, fn(&mut Config, bool), &'static str);

const SWITCHED: [Switched; 11] = [
    (
        "mutable-global",
        |config, on| _ = config.wasm_mutable_global(on),
        "(module (global (export \"g\") (mut i32) (i32.const 0)))",
    ),
    (
        "sign-extension",
        |config, on| _ = config.wasm_sign_extension(on),
        "(module (func (param i32) (result i32) (i32.extend8_s (local.get 0))))",
    ),
    (
        "saturating-float-to-int",
        |config, on| _ = config.wasm_saturating_float_to_int(on),
        "(module (func (param f32) (result i32) (i32.trunc_sat_f32_s (local.get 0))))",
    ),
    (
        "multi-value",
        |config, on| _ = config.wasm_multi_value(on),
        "(module (func (result i32 i32) (i32.const 1) (i32.const 2)))",
    ),
    (
        "bulk-memory",
        |config, on| _ = config.wasm_bulk_memory(on),
        "(module (memory 1)
           (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))",
    ),
    (
        "reference-types",
        |config, on| _ = config.wasm_reference_types(on),
        "(module (func (result externref) (ref.null extern)))",
    ),
    ("tail-call", |config, on| _ = config.wasm_tail_call(on), "(module (func $f (return_call $f)))"),
    (
        "extended-const",
        |config, on| _ = config.wasm_extended_const(on),
        "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))",
    ),
    ("multi-memory", |config, on| _ = config.wasm_multi_memory(on), "(module (memory 1) (memory 1))"),
    ("custom-page-sizes", |config, on| _ = config.wasm_custom_page_sizes(on), "(module (memory 1 (pagesize 1)))"),
    ("floats", |config, on| _ = config.floats(on), "(module (func (result f32) (f32.const 1)))"),
];

/// Proposals that are not supported at all.
const UNSUPPORTED: [(&str, &str); 12] = [
    ("simd", "(module (func (result v128) (v128.const i64x2 0 0)))"),
    (
        "relaxed-simd",
        "(module (func (param v128 v128) (result v128)
           (i8x16.relaxed_swizzle (local.get 0) (local.get 1))))",
    ),
    ("threads", "(module (memory 1 1 shared))"),
    ("threads", "(module (memory 1) (func (atomic.fence)))"),
    ("gc", "(module (type (struct (field i32))))"),
    ("gc", "(module (func (result i31ref) (ref.i31 (i32.const 1))))"),
    ("exception-handling", "(module (tag) (func (throw 0)))"),
    ("memory64", "(module (memory i64 1))"),
    ("function-references", "(module (type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0))))"),
    (
        "wide-arithmetic",
        "(module (func (param i64 i64) (result i64 i64)
           (i64.mul_wide_u (local.get 0) (local.get 1))))",
    ),
    (
        "stack-switching",
        "(module (type $f (func)) (type $c (cont $f))
           (func (result (ref $c)) (cont.new $c (ref.null $f))))",
    ),
    ("custom-page-sizes", "(module (memory 1 (pagesize 1)))"),
];

/// What an error says about the proposals a module needs.
fn refusal(config: &Config, text: &str) -> Option<(String, bool)> {
    let error = Module::new(&Engine::new(config), binary(text)).err()?;
    match error.kind() {
        ErrorKind::Proposal { names, switched_off, .. } => {
            assert!(error.to_string().contains(&**names), "{error}");
            assert!(!error.to_string().contains('\n'), "{error}");
            Some((names.to_string(), *switched_off))
        }
        _ => panic!("another error: {error}\n{text}"),
    }
}

#[test]
fn a_proposal_that_is_switched_off_is_named() {
    for machine in MACHINES {
        for (name, switch, text) in SWITCHED {
            let mut config = config(machine);
            switch(&mut config, true);
            assert_eq!(refusal(&config, text), None, "{name}");
            switch(&mut config, false);
            let (names, switched_off) = refusal(&config, text).expect(name);
            assert!(names.contains(name), "{name}: {names}");
            assert!(switched_off, "{name}");
        }
    }
}

#[test]
fn switching_one_proposal_off_leaves_the_others_on() {
    for (name, switch, _) in SWITCHED {
        // These build on one another.
        let needs_it = |other: &str| match name {
            "reference-types" => other == "bulk-memory",
            "bulk-memory" => other == "reference-types",
            "floats" => other == "saturating-float-to-int",
            _ => false,
        };
        let mut config = Config::default();
        for (_, on, _) in SWITCHED {
            on(&mut config, true);
        }
        switch(&mut config, false);
        for (other, _, text) in SWITCHED {
            if other != name && !needs_it(other) {
                assert_eq!(refusal(&config, text), None, "{other} without {name}");
            }
        }
    }
}

#[test]
fn a_proposal_that_is_not_supported_is_named() {
    for machine in MACHINES {
        let config = config(machine);
        for (name, text) in UNSUPPORTED {
            let (names, switched_off) = refusal(&config, text).expect(name);
            assert!(names.contains(name), "{name}: {names}");
            assert_eq!(switched_off, name == "custom-page-sizes", "{name}");
        }
    }
}

#[test]
fn components_are_refused() {
    for machine in MACHINES {
        let engine = Engine::new(&config(machine));
        let error = Module::new(&engine, binary("(component)")).unwrap_err();
        assert!(error.to_string().contains("component"), "{error}");
    }
}

#[test]
fn what_is_no_wasm_at_all_is_refused() {
    for machine in MACHINES {
        let engine = Engine::new(&config(machine));
        let whole = binary(
            r#"(module (memory 1) (func $f (export "f") (param i32) (result i32)
              (if (result i32) (local.get 0) (then (i32.load (i32.const 3))) (else (i32.const 9))))
              (data (i32.const 0) "abc"))"#,
        );
        assert!(Module::new(&engine, &whole).is_ok());
        // Every beginning of a module, and every module with one byte of it changed.
        for end in 0..whole.len() {
            if end != 8 {
                let _ = Module::new(&engine, &whole[..end]).map(drop);
            }
        }
        for at in 0..whole.len() {
            for flip in [0x01, 0x10, 0x7f, 0x80, 0xff] {
                let mut changed = whole.clone();
                changed[at] ^= flip;
                let _ = Module::new(&engine, &changed).map(drop);
            }
        }
        for nonsense in [&b""[..], b"hello", b"\0asm", b"\0asm\x02\0\0\0", &[0; 100]] {
            let error = Module::new(&engine, nonsense).unwrap_err();
            assert!(!error.to_string().is_empty());
        }
    }
}
