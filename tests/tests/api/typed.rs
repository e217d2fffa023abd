//! Rust types at the border: every one that stands for a wasm type, both ways, and what is said where they do not fit.

use ermine::{
    Error, ErrorKind, ExternRef, F32, F64, Func, FuncType, Instance, Linker, Nullable, Store, Val, ValType, WasmRet,
    WasmTy,
};
use ermine_tests::{MACHINES, engine, module};

/// Calls `f` of a guest, which calls the host function `f`, which gives back what it gets.
fn round_trip<V>(wasm: &str, values: impl Fn(&mut Store<()>) -> Vec<V>, same: impl Fn(&V, &V) -> bool)
where
    V: WasmTy + WasmRet + Clone + 'static,
{
    let text = format!(
        r#"(module (import "host" "f" (func $f (param {wasm}) (result {wasm})))
             (func (export "f") (param {wasm}) (result {wasm}) (call $f (local.get 0))))"#
    );
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "f", |value: V| value).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module(&engine, &text).unwrap()).unwrap();
        let f = instance.get_typed_func::<V, V>(&store, "f").unwrap();
        for value in values(&mut store) {
            let back = f.call(&mut store, value.clone()).unwrap();
            assert!(same(&value, &back), "{wasm} on {machine:?}");
        }
    }
}

#[test]
fn integers_of_either_sign_keep_their_bits() {
    round_trip("i32", |_| vec![0, 1, -1, i32::MIN, i32::MAX], |a, b| a == b);
    round_trip("i32", |_| vec![0, 1, u32::MAX, 1 << 31], |a, b| a == b);
    round_trip("i64", |_| vec![0, 1, -1, i64::MIN, i64::MAX], |a, b| a == b);
    round_trip("i64", |_| vec![0, 1, u64::MAX, 1 << 63, 1 << 32], |a, b| a == b);
}

#[test]
fn floats_keep_their_bits_through_guests() {
    let floats = [0.0, -0.0, 1.5, f64::MIN_POSITIVE, f64::INFINITY, f64::NEG_INFINITY];
    round_trip("f64", |_| floats.to_vec(), |a, b| a.to_bits() == b.to_bits());
    round_trip("f32", |_| floats.map(|float| float as f32).to_vec(), |a, b| a.to_bits() == b.to_bits());
    // Signalling and with a payload: kept by the types that are bits.
    round_trip(
        "f32",
        |_| vec![F32::from_bits(0x7f80_0001), F32::from_bits(0xffc1_2345)],
        |a, b| a.to_bits() == b.to_bits(),
    );
    round_trip("f64", |_| vec![F64::from_bits(0x7ff0_0000_0000_0001)], |a, b| a.to_bits() == b.to_bits());
}

#[test]
fn references_are_options_or_nullables() {
    round_trip("funcref", |store| vec![None, Some(Func::wrap(store, || 7_i32))], |a, b| a == b);
    round_trip("funcref", |store| vec![Nullable::Null, Func::wrap(store, || 7_i32).into()], |a, b| a == b);
    round_trip("externref", |store| vec![None, Some(ExternRef::new(store, "object"))], |a, b| a == b);
    round_trip("externref", |store| vec![Nullable::Null, ExternRef::new(store, 5).into()], |a, b| a == b);
}

#[test]
fn a_reference_of_another_store_is_refused_as_an_argument_and_as_a_result() {
    const TEXT: &str = r#"(module (import "host" "f" (func $f (param externref) (result externref)))
      (func (export "f") (param externref) (result externref) (call $f (local.get 0))))"#;
    for machine in MACHINES {
        let engine = engine(machine);
        let stranger = ExternRef::new(&mut Store::new(&engine, ()), "of another store");
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker.func_wrap("host", "f", move |_: Option<ExternRef>| Some(stranger)).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module(&engine, TEXT).unwrap()).unwrap();
        let f = instance.get_typed_func::<Option<ExternRef>, Option<ExternRef>>(&store, "f").unwrap();
        for argument in [Some(stranger), None] {
            let error = f.call(&mut store, argument).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::ForeignHandle), "{error}");
        }
    }
}

#[test]
fn tuples_mix_wide_and_narrow_values() {
    type All = (u32, i64, f32, f64, Option<ExternRef>, i32, Option<Func>, u64);
    const TYPES: &str = "i32 i64 f32 f64 externref i32 funcref i64";
    let text = format!(
        r#"(module (import "host" "turn" (func $turn (param {TYPES}) (result {TYPES})))
             (func (export "turn") (param {TYPES}) (result {TYPES})
               local.get 0 local.get 1 local.get 2 local.get 3 local.get 4 local.get 5 local.get 6 local.get 7
               call $turn))"#
    );
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        let turn = |a: u32, b: i64, c: f32, d: f64, e: Option<ExternRef>, f: i32, g: Option<Func>, h: u64| -> All {
            (!a, -b, -c, -d, e, -f, g, !h)
        };
        linker.func_wrap("host", "turn", turn).unwrap();
        let instance = linker.instantiate_and_start(&mut store, &module(&engine, &text).unwrap()).unwrap();
        let (object, func) = (ExternRef::new(&mut store, 1), Func::wrap(&mut store, || ()));
        let turn = instance.get_typed_func::<All, All>(&store, "turn").unwrap();
        let back = turn.call(&mut store, (1, 2, 3.0, 4.0, Some(object), 5, Some(func), 6)).unwrap();
        assert_eq!(back, (!1, -2, -3.0, -4.0, Some(object), -5, Some(func), !6));
    }
}

fn exporting(text: &str) -> (Store<()>, Instance) {
    ermine_tests::instance(&engine(MACHINES[0]), text)
}

fn message<V>(result: Result<V, Error>) -> String {
    result.err().expect("an error").to_string()
}

#[test]
fn a_static_type_that_does_not_fit_is_refused_with_both_signatures() {
    let (store, instance) = exporting(r#"(module (func (export "f") (param i32 i64) (result f32) unreachable))"#);
    for (said, asked) in [
        (message(instance.get_typed_func::<(i32, i32), f32>(&store, "f")), "[i32 i32] -> [f32]"),
        (message(instance.get_typed_func::<i32, f32>(&store, "f")), "[i32] -> [f32]"),
        (message(instance.get_typed_func::<(i32, i64), ()>(&store, "f")), "[i32 i64] -> []"),
        (message(instance.get_typed_func::<(i32, u64), f64>(&store, "f")), "[i32 i64] -> [f64]"),
        (message(instance.get_typed_func::<(Option<Func>, i64), f32>(&store, "f")), "[funcref i64] -> [f32]"),
        (message(instance.get_typed_func::<(), (f32, f32)>(&store, "f")), "[] -> [f32 f32]"),
    ] {
        assert_eq!(said, format!("the function has type [i32 i64] -> [f32], but {asked} was asked for"));
    }
    let error = instance.get_typed_func::<(), ()>(&store, "f").unwrap_err();
    let ErrorKind::FuncType { expected, actual } = error.kind() else { panic!("{error}") };
    assert_eq!((expected, actual.params()), (&FuncType::new([], []), &[ValType::I32, ValType::I64][..]));
    assert!(instance.get_typed_func::<(u32, u64), F32>(&store, "f").is_ok());
}

#[test]
fn arguments_and_results_that_do_not_fit_are_named() {
    let (mut store, instance) = exporting(r#"(module (func (export "f") (param i32 i64) (result f32) unreachable))"#);
    let f = instance.get_func(&store, "f").unwrap();
    let mut one = [Val::I32(0)];
    assert_eq!(
        message(f.call(&mut store, &[Val::I64(1)], &mut one)),
        "the function has type [i32 i64] -> [f32], but was called with [i64]"
    );
    assert_eq!(
        message(f.call(&mut store, &[Val::I32(1), Val::I64(1)], &mut [])),
        "the function has type [i32 i64] -> [f32], but was called with room for 0 results"
    );
    let liar = Func::new(&mut store, FuncType::new([], [ValType::I32]), |_, _, results| {
        results[0] = Val::FuncRef(Nullable::Null);
        Ok(())
    });
    assert_eq!(
        message(liar.call(&mut store, &[], &mut one)),
        "the host function has type [] -> [i32], but gave [funcref]"
    );
}

#[test]
fn a_host_function_of_another_type_than_the_import_is_refused_with_both_signatures() {
    for machine in MACHINES {
        let engine = engine(machine);
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        linker
            .func_wrap("host", "f", |a: u64, b: Option<ExternRef>| -> (u32, f64) {
                (a as u32, f64::from(u8::from(b.is_some())))
            })
            .unwrap();
        let module = module(&engine, r#"(module (import "host" "f" (func (param i32) (result i64))))"#).unwrap();
        let said = message(linker.instantiate_and_start(&mut store, &module));
        assert!(said.contains("[i32] -> [i64]") && said.contains("[i64 externref] -> [i32 f64]"), "{said}");
    }
}
