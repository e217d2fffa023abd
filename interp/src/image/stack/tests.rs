//! Bounds are compared with what instances need: so much is enough, and a slot less is not.

use std::vec::Vec;

use super::{RED_ZONE, StackNeed, Unbounded};
use crate::{
    bare,
    config::Config,
    engine::Engine,
    image::{Image, Inspection},
    linker::Linker,
    module::Module,
    store::Store,
    trap::Trap,
};

fn compile(text: &str) -> Vec<u8> {
    let wasm = wat::parse_str(text).expect("a module");
    Engine::default().precompile_module(&wasm).expect("an image")
}

fn need(text: &str) -> StackNeed {
    Inspection::open(&compile(text)).expect("an image").stack_need()
}

/// Every import, whatever it should do.
struct Anything;

impl bare::Host for Anything {
    fn resolve(&mut self, _: &crate::image::Import<'_>, _: &crate::image::Signature<'_>) -> Option<u32> {
        Some(0)
    }

    fn call(&mut self, _: u32, _: &mut bare::Call<'_>) -> Result<(), bare::Halt> {
        Ok(())
    }
}

/// Calls the export `run` over borrowed buffers with a stack of so many bytes.
fn run_bare(words: &[u32], bytes: u32) -> Result<(), bare::Error> {
    let image = Image::from_words(words).expect("an image");
    let (mut stack, mut arena) = (std::vec![0; bytes as usize / 4], std::vec![0; image.needs().arena]);
    let mut memory = std::vec![0; image.needs().memory as usize];
    let resources = bare::Resources { stack: &mut stack, memory: &mut memory, arena: &mut arena, fuel: 0 };
    let mut instance = bare::Instance::new(image, resources, Anything)?;
    instance.call(image.exported_func("run").expect("a function"), ())
}

/// Calls it in a store whose stack limit is so many bytes.
fn run_store(image: &[u8], bytes: usize) -> Result<(), crate::Error> {
    let mut config = Config::default();
    let mut limits = config.get_limits().clone();
    limits.stack_bytes = bytes;
    config.limits(limits);
    let engine = Engine::new(&config);
    let module = Module::deserialize(&engine, image)?;
    let mut store = Store::new(&engine, ());
    let mut linker = Linker::new(&engine);
    for import in module.imports() {
        let ty = import.ty().func().expect("a function").clone();
        linker.func_new(import.module(), import.name(), ty, |_, _, _| Ok(()))?;
    }
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    instance.get_typed_func::<(), ()>(&store, "run")?.call(&mut store, ())
}

/// The bound is enough, and nothing less is.
fn is_exact(text: &str) {
    let image = compile(text);
    let words: Vec<u32> = image.as_chunks().0.iter().copied().map(u32::from_le_bytes).collect();
    let bytes = need(text).bytes().expect("a bound");
    assert_eq!(Image::from_words(&words).expect("an image").stack_bytes(), Some(bytes));

    run_bare(&words, bytes).expect("enough stack");
    let less = run_bare(&words, bytes - 4);
    assert!(
        matches!(less, Err(bare::Error::Trap { trap: Trap::StackOverflow, .. })),
        "{less:?} with 4 bytes less of {bytes}: {text}"
    );

    // A store's stacks are multiples of 8 bytes.
    let frames = (bytes as usize - RED_ZONE).next_multiple_of(8);
    run_store(&image, frames).expect("enough stack");
    let less = run_store(&image, frames - 8).expect_err("too little stack");
    assert_eq!(less.as_trap_code(), Some(Trap::StackOverflow), "8 bytes less of {frames}: {text}");
}

#[test]
fn bounds_of_direct_calls_are_exact() {
    // One function, with locals, with temporaries.
    is_exact(r#"(module (func (export "run")))"#);
    is_exact(r#"(module (func (export "run") (local i64 i64 i32)))"#);
    // The deeper of two calls, at different places of the frame.
    is_exact(
        r#"(module
            (func $leaf (param i32) (result i32) (local i64 i64) (i32.div_u (i32.const 7) (i32.add (local.get 0) (i32.const 1))))
            (func $other (param i64 i64) (local i32))
            (func $inner (result i32) (i32.add (call $leaf (i32.const 1)) (call $leaf (call $leaf (i32.const 2)))))
            (func (export "run") (local i32 i32 i32)
                (call $other (i64.const 1) (i64.const 2))
                (drop (i32.add (call $inner) (i32.mul (call $inner) (call $leaf (i32.const 0)))))))"#,
    );
    // The caller's own frame is the largest.
    is_exact(
        r#"(module (func $f) (func (export "run")
            (local i64 i64 i64 i64 i64 i64 i64 i64) (call $f) (local.set 0 (i64.mul (i64.add (local.get 1) (local.get 2)) (i64.const 3)))))"#,
    );
}

#[test]
fn tail_calls_replace_the_frame() {
    is_exact(
        r#"(module
            (func $deep (local i64 i64 i64 i64 i64 i64))
            (func $even (param i32) (if (local.get 0) (then (return_call $odd (i32.sub (local.get 0) (i32.const 1))))) (return_call $deep))
            (func $odd (param i32) (return_call $even (i32.sub (local.get 0) (i32.const 1))))
            (func (export "run") (call $even (i32.const 10))))"#,
    );
}

#[test]
fn host_functions_need_their_arguments_and_results() {
    is_exact(
        r#"(module (import "" "f" (func $f (param i64 i64 i64 i64 i64 i64 i64 i64 i32)))
            (func (export "run") (local i32)
                (call $f (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1) (i64.const 1) (i32.const 1))))"#,
    );
    is_exact(
        r#"(module (import "" "f" (func $f (result i64 i64 i64 i64)))
            (func (export "run") (call $f) drop drop drop drop))"#,
    );
}

#[test]
fn indirect_calls_reach_what_references_are_made_of() {
    // $large has another type, and no reference to $larger is made.
    is_exact(
        r#"(module (type $t (func)) (table 2 funcref) (elem (i32.const 0) $small $large)
            (func $small (local i64))
            (func $large (param i32) (local i64 i64 i64 i64 i64 i64 i64 i64))
            (func $larger (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64))
            (func (export "run") (call_indirect (type $t) (i32.const 0))))"#,
    );
    // References made by code, in expressions, and of imports.
    is_exact(
        r#"(module (type $t (func)) (table 1 funcref) (elem declare func $f) (func $f (local i64 i64 i64))
            (func (export "run") (table.set (i32.const 0) (ref.func $f)) (call_indirect (type $t) (i32.const 0))))"#,
    );
    is_exact(
        r#"(module (type $t (func)) (table 1 funcref) (elem (i32.const 0) funcref (item ref.func $f)) (func $f (local i64 i64 i64))
            (func (export "run") (return_call_indirect (type $t) (i32.const 0))))"#,
    );
    let import = r#"(module (type $t (func (result i64 i64 i64 i64 i64 i64 i64 i64))) (import "" "f" (func $f (type $t)))
        (table 1 funcref) (elem (i32.const 0) $f)
        (func (export "run") (call_indirect (type $t) (i32.const 0)) drop drop drop drop drop drop drop drop))"#;
    is_exact(import);
}

#[test]
fn the_start_function_counts() {
    let with = need("(module (func $start (local i64 i64 i64 i64)) (start $start))");
    assert_eq!(with.path(), [0]);
    assert_eq!(need("(module (func $unused (local i64)))").bytes(), Some(RED_ZONE as u32));
}

#[test]
fn the_deepest_chain_is_named() {
    let need = need(
        r#"(module (type $t (func)) (table 1 funcref) (elem (i32.const 0) $b)
            (func $c (local i64 i64)) (func $b (call $c)) (func $a (call_indirect (type $t) (i32.const 0)) (call $c)) (func (export "run") (call $c) (call $a)))"#,
    );
    assert_eq!(need.path(), [3, 2, 1, 0]);
    assert!(need.of(0) < need.of(1) && need.of(1) < need.of(2) && need.of(2) < need.of(3), "{need:?}");
    assert_eq!(need.of(3), need.bytes());
    assert_eq!(need.of(4), None);
}

#[test]
fn recursion_has_no_bound() {
    let itself = need(r#"(module (func $f (export "run") (param i64) (call $f (local.get 0))))"#);
    assert_eq!(itself.bytes(), None);
    assert!(itself.path().is_empty());
    let Some(Unbounded::Recursion { cycle, bytes }) = itself.unbounded() else { panic!("{itself:?}") };
    assert_eq!((&cycle[..], *bytes), (&[0][..], u64::from(itself.level())));

    let circle = need(
        r#"(module (type $t (func)) (table 1 funcref) (elem (i32.const 0) $a)
            (func $a (call $b)) (func $b (return_call $c)) (func $c (call_indirect (type $t) (i32.const 0))) (func $d)
            (func (export "run") (call $d) (call $b)) (func (export "leaf") (call $d)))"#,
    );
    let Some(Unbounded::Recursion { cycle, bytes }) = circle.unbounded() else { panic!("{circle:?}") };
    let start = cycle.iter().position(|&func| func == 0).expect("a is in it");
    let rotated: Vec<u32> = cycle.iter().cycle().skip(start).take(cycle.len()).copied().collect();
    assert_eq!(rotated, [0, 1, 2]);
    assert_eq!(*bytes, 2 * u64::from(circle.level()));
    // Others have a bound all the same.
    assert_eq!(circle.of(4), None);
    assert!(circle.of(5).is_some());
}

#[test]
fn what_others_put_into_a_table_has_no_bound() {
    let caller = |fields: &str| {
        need(&std::format!(
            r#"(module (type $t (func)) {fields} (func (export "run") (call_indirect (type $t) (i32.const 0))))"#
        ))
    };
    for open in [
        r#"(table (export "t") 1 funcref)"#,
        r#"(import "" "t" (table 1 funcref))"#,
        r#"(table 1 funcref) (import "" "g" (global $g funcref)) (elem (i32.const 0) funcref (item global.get $g))"#,
        r#"(table 1 funcref) (func (export "set") (param funcref) (table.set (i32.const 0) (local.get 0)))"#,
        r#"(table 1 funcref) (import "" "f" (func $f (result funcref))) (func (export "set") (table.fill (i32.const 0) (call $f) (i32.const 1)))"#,
    ]
    .map(reordered)
    {
        let need = caller(&open);
        assert!(matches!(need.unbounded(), Some(Unbounded::Outside { .. })) && need.bytes().is_none(), "{open}: {need:?}");
    }
    for closed in [
        "(table 1 funcref)",
        r#"(table 1 funcref) (table (export "x") 1 externref)"#,
        r#"(table 1 funcref) (func (export "get") (result funcref) (table.get (i32.const 0)))"#,
    ] {
        assert!(caller(closed).bytes().is_some(), "{closed}");
    }
}

/// Imports have to come first.
fn reordered(fields: &str) -> std::string::String {
    match fields.split_once("(import") {
        Some((before, rest)) => {
            let (mut depth, mut end) = (1, 0);
            for (at, character) in rest.char_indices() {
                depth += i32::from(character == '(') - i32::from(character == ')');
                if depth == 0 {
                    end = at + 1;
                    break;
                }
            }
            std::format!("(import{} {before} {}", &rest[..end], &rest[end..])
        }
        None => fields.into(),
    }
}

#[test]
fn references_that_leave_can_be_called() {
    let without = need(r#"(module (func $f (local i64 i64 i64 i64)) (elem declare func $f))"#);
    assert_eq!(without.bytes(), Some(RED_ZONE as u32));
    let with = need(
        r#"(module (func $f (local i64 i64 i64 i64)) (elem declare func $f) (func (export "get") (result funcref) (ref.func $f)))"#,
    );
    assert_eq!(with.path(), [0]);
}

#[test]
fn long_chains_and_wide_circles_take_linear_time() {
    let count = 20_000;
    let chain: std::string::String =
        (0..count).map(|func| std::format!("(func $f{func} (call $f{}))", func + 1)).collect();
    let need = need(&std::format!(r#"(module {chain} (func $f{count}) (export "run" (func $f0)))"#));
    assert_eq!(need.path().len(), count + 1);
    assert_eq!(need.bytes().map(|bytes| bytes - RED_ZONE as u32), Some(16 * (count as u32 + 1)));
}
