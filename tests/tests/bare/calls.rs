//! Calls and their values, globals, and what is refused before anything happens.

use ermine::ValType;
use ermine::bare::{Error, Val};

use crate::{Board, export};

const VALUES: &str = r#"(module
    (func (export "none"))
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "mixed") (param i32 i64 f32 f64) (result f64 f32 i64 i32)
        (local.get 3) (local.get 2) (local.get 1) (local.get 0))
    (func (export "many") (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32 i32 i32 i32 i32 i32 i32 i32)
        (local.get 7) (local.get 6) (local.get 5) (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0))
    (func (export "both") (param funcref externref) (result externref funcref) (local.get 1) (local.get 0))
    (func (export "self") (result funcref) (ref.func 0))
    (elem declare func 0))"#;

#[test]
fn typed_calls_pass_numbers_of_every_type() {
    let outcome = Board::new(VALUES).with(|instance| {
        instance.call::<(), ()>(export(instance, "none"), ())?;
        assert_eq!(instance.call::<(i32, i32), i32>(export(instance, "add"), (40, 2)), Ok(42));
        assert_eq!(instance.call::<(u32, u32), u32>(export(instance, "add"), (u32::MAX, 2)), Ok(1));
        let mixed = export(instance, "mixed");
        let values = (-1, i64::MIN + 5, 1.5_f32, -2.25_f64);
        let results = instance.call::<(i32, i64, f32, f64), (f64, f32, i64, i32)>(mixed, values);
        assert_eq!(results, Ok((-2.25, 1.5, i64::MIN + 5, -1)));
        let many = export(instance, "many");
        let eight = (1, 2, 3, 4, 5, 6, 7, 8);
        type Eight = (u32, u32, u32, u32, u32, u32, u32, u32);
        assert_eq!(instance.call::<Eight, Eight>(many, eight), Ok((8, 7, 6, 5, 4, 3, 2, 1)));
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn untyped_calls_pass_values_and_references() {
    let outcome = Board::new(VALUES).with(|instance| {
        let mut results = [Val::default_of(ValType::I32); 4];
        let mixed = [Val::I32(7), Val::I64(-8), Val::F32(0.5), Val::F64(f64::INFINITY)];
        instance.call_vals(export(instance, "mixed"), &mixed, &mut results)?;
        assert_eq!(results, [Val::F64(f64::INFINITY), Val::F32(0.5), Val::I64(-8), Val::I32(7)]);
        let mut results = [Val::I32(0); 2];
        let references = [Val::FuncRef(Some(3)), Val::ExternRef(Some(0))];
        instance.call_vals(export(instance, "both"), &references, &mut results)?;
        assert_eq!(results, [Val::ExternRef(Some(0)), Val::FuncRef(Some(3))]);
        instance.call_vals(export(instance, "both"), &[Val::FuncRef(None), Val::ExternRef(None)], &mut results)?;
        assert_eq!(results, [Val::ExternRef(None), Val::FuncRef(None)]);
        let mut result = [Val::I32(0)];
        instance.call_vals(export(instance, "self"), &[], &mut result)?;
        assert_eq!(result, [Val::FuncRef(Some(0))]);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn a_call_with_other_types_is_refused() {
    let outcome = Board::new(VALUES).with(|instance| {
        let add = export(instance, "add");
        assert_eq!(instance.call::<(i32, i32), i64>(add, (1, 2)), Err(Error::Signature));
        assert_eq!(instance.call::<i32, i32>(add, 1), Err(Error::Signature));
        assert_eq!(instance.call::<(i32, f32), i32>(add, (1, 2.0)), Err(Error::Signature));
        assert_eq!(instance.call::<(i32, i32), ()>(add, (1, 2)), Err(Error::Signature));
        let two = [Val::I32(1), Val::I32(2)];
        assert_eq!(instance.call_vals(add, &two, &mut []), Err(Error::Signature));
        assert_eq!(instance.call_vals(add, &two[..1], &mut [Val::I32(0)]), Err(Error::Signature));
        assert_eq!(instance.call_vals(add, &[Val::I32(1), Val::I64(2)], &mut [Val::I32(0)]), Err(Error::Signature));
        for func in [6, u32::MAX] {
            assert_eq!(instance.call::<(), ()>(func, ()), Err(Error::NoSuchFunction));
            assert_eq!(instance.call_vals(func, &[], &mut []), Err(Error::NoSuchFunction));
            assert_eq!(instance.start::<()>(func, ()), Err(Error::NoSuchFunction));
        }
        // Nothing has begun.
        assert_eq!(instance.call::<(i32, i32), i32>(add, (1, 2)), Ok(3));
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn globals_are_read_and_written_by_type() {
    let text = r#"(module
        (global $narrow (mut i32) (i32.const -3))
        (global $wide (mut i64) (i64.add (i64.const 0x1_0000_0000) (i64.mul (i64.const 3) (i64.const 7))))
        (global $fixed f64 (f64.const 0.25))
        (global $func (mut funcref) (ref.func 0))
        (global $object (mut externref) (ref.null extern))
        (func (export "next") (result i64)
            (global.set $narrow (i32.add (global.get $narrow) (i32.const 5)))
            (i64.add (global.get $wide) (i64.extend_i32_s (global.get $narrow)))))"#;
    let outcome = Board::new(text).with(|instance| {
        let values = [0, 1, 2, 3, 4].map(|global| instance.global(global));
        let expected =
            [Val::I32(-3), Val::I64(0x1_0000_0015), Val::F64(0.25), Val::FuncRef(Some(0)), Val::ExternRef(None)];
        assert_eq!(values, expected.map(Some));
        assert_eq!(instance.global_val_type(2), Some(ValType::F64));
        assert_eq!((instance.global(5), instance.global_val_type(5)), (None, None));
        assert_eq!(instance.call::<(), i64>(0, ()), Ok(0x1_0000_0017));
        instance.set_global(0, Val::I32(100))?;
        instance.set_global(1, Val::I64(-1))?;
        instance.set_global(4, Val::ExternRef(Some(9)))?;
        assert_eq!(instance.call::<(), i64>(0, ()), Ok(104));
        assert_eq!(instance.global(4), Some(Val::ExternRef(Some(9))));
        assert_eq!(instance.set_global(2, Val::F64(1.0)), Err(Error::NoSuchGlobal), "it is not mutable");
        assert_eq!(instance.set_global(0, Val::I64(1)), Err(Error::NoSuchGlobal), "it has another type");
        assert_eq!(instance.set_global(5, Val::I32(1)), Err(Error::NoSuchGlobal));
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn calls_are_begun_and_ended_in_order() {
    let outcome = Board::new(VALUES).with(|instance| {
        let (add, none) = (export(instance, "add"), export(instance, "none"));
        assert_eq!(instance.resume::<i32>(), Err(Error::Idle));
        assert_eq!(instance.resume_vals(&mut []), Err(Error::Idle));
        instance.start(add, (1_i32, 2_i32))?;
        assert_eq!(instance.start(add, (1_i32, 2_i32)), Err(Error::Busy));
        assert_eq!(instance.call::<(), ()>(none, ()), Err(Error::Busy));
        assert_eq!(instance.call_vals(none, &[], &mut []), Err(Error::Busy));
        assert_eq!(instance.resume::<i64>(), Err(Error::Signature), "and nothing is done");
        assert_eq!(instance.resume_vals(&mut []), Err(Error::Signature));
        assert_eq!(instance.resume::<i32>(), Ok(ermine::bare::Progress::Finished(3)));
        assert_eq!(instance.resume::<i32>(), Err(Error::Idle));
        instance.start_vals(add, &[Val::I32(5), Val::I32(6)])?;
        instance.cancel();
        assert_eq!(instance.resume::<i32>(), Err(Error::Idle));
        assert_eq!(instance.call::<(i32, i32), i32>(add, (1, 2)), Ok(3));
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}
