//! Modules that use what is off or not supported are refused with an error that names the proposal.

#![cfg(feature = "translate")]

use ermine::{Config, Engine, ErrorKind, Module};

/// The proposals named in the refusal of a module, and whether switches would help.
fn refusal(config: &Config, text: &str) -> (String, bool) {
    let wasm = wat::parse_str(text).expect("the text is well-formed");
    let error = Module::new(&Engine::new(config), wasm).expect_err(text);
    match error.kind() {
        ErrorKind::Proposal { names, switched_off, .. } => (names.to_string(), *switched_off),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn unsupported_proposals_are_named() {
    let cases = [
        ("simd", "(module (func (result v128) (v128.const i64x2 0 0)))"),
        ("simd", "(module (func (drop (i8x16.splat (i32.const 1)))))"),
        ("simd", "(module (func (param v128)))"),
        ("simd", "(module (func (local v128)))"),
        ("gc", "(module (type (array (mut i32))))"),
        ("function-references", "(module (type $f (func)) (func (param (ref null $f)) (call_ref $f (local.get 0))))"),
        ("exception-handling", "(module (tag) (func (throw 0)))"),
        (
            "exception-handling",
            "(module (func (block $b (result exnref) (try_table (catch_all_ref $b)) unreachable) drop))",
        ),
        ("threads", "(module (memory 1 1 shared))"),
        ("threads", "(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))"),
        ("memory64", "(module (memory i64 1))"),
        (
            "wide-arithmetic",
            "(module (func (param i64 i64) (result i64 i64) (i64.mul_wide_u (local.get 0) (local.get 1))))",
        ),
    ];
    for (name, text) in cases {
        let (names, switched_off) = refusal(&Config::default(), text);
        assert!(names.split(", ").any(|named| named == name), "{text}: {names}");
        assert!(!switched_off, "{text}");
    }
}

#[test]
fn switched_off_proposals_are_named() {
    type Switch = fn(&mut Config, bool) -> &mut Config;
    let cases: [(&str, Switch, &str); 10] = [
        ("multi-memory", Config::wasm_multi_memory, "(module (memory 1) (memory 1))"),
        ("custom-page-sizes", Config::wasm_custom_page_sizes, "(module (memory 1 (pagesize 1)))"),
        ("tail-call", Config::wasm_tail_call, "(module (func $f (return_call $f)))"),
        ("extended-const", Config::wasm_extended_const, "(module (global i32 (i32.add (i32.const 1) (i32.const 2))))"),
        ("multi-value", Config::wasm_multi_value, "(module (func (result i32 i32) (i32.const 1) (i32.const 2)))"),
        ("sign-extension-ops", Config::wasm_sign_extension, "(module (func (drop (i32.extend8_s (i32.const 1)))))"),
        (
            "saturating-float-to-int",
            Config::wasm_saturating_float_to_int,
            "(module (func (drop (i32.trunc_sat_f32_s (f32.const 1)))))",
        ),
        ("mutable-global", Config::wasm_mutable_global, "(module (global (export \"g\") (mut i32) (i32.const 0)))"),
        ("reference-types", Config::wasm_reference_types, "(module (func (param externref)))"),
        ("floats", Config::floats, "(module (func (param f32)))"),
    ];
    for (name, switch, text) in cases {
        let mut config = Config::default();
        switch(&mut config, false);
        assert_eq!(refusal(&config, text), (name.to_owned(), true), "{text}");
        switch(&mut config, true);
        Module::new(&Engine::new(&config), wat::parse_str(text).unwrap()).expect(text);
    }
}

#[test]
fn several_proposals_are_all_named() {
    let mut config = Config::default();
    config.wasm_tail_call(false).wasm_multi_memory(false);
    let (names, switched_off) = refusal(&config, "(module (memory 1) (memory 1) (func $f (return_call $f)))");
    assert_eq!(names, "multi-memory, tail-call");
    assert!(switched_off);
}

#[test]
fn invalid_modules_keep_their_own_error() {
    let engine = Engine::default();
    for text in ["(module (func (result i32)))", "(module (func (drop (i32.add (i64.const 1) (i32.const 2)))))"] {
        let error = Module::new(&engine, wat::parse_str(text).unwrap()).expect_err(text);
        assert!(matches!(error.kind(), ErrorKind::Wasm { .. }), "{error:?}");
    }
    let error = Module::new(&engine, b"\0asm\x01\0\0").expect_err("too short");
    assert!(matches!(error.kind(), ErrorKind::Wasm { .. }), "{error:?}");
    let error = Module::new(&engine, b"").expect_err("empty");
    assert!(matches!(error.kind(), ErrorKind::Wasm { .. }), "{error:?}");
}
