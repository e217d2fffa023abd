//! Tables: elements, growth into the arena, bulk instructions.

use ermine::Trap;
use ermine::bare::{Instance, Val};

use crate::{Board, Ones, export, trap_of};

const TABLES: &str = r#"(module
    (table $first 2 9 funcref) (table $second 3 externref) (table $third 1 funcref)
    (type $number (func (result i32)))
    (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
    (func (export "call") (param i32) (result i32) (call_indirect $first (type $number) (local.get 0)))
    (func (export "grow first") (param i32) (result i32) (table.grow $first (ref.func $two) (local.get 0)))
    (func (export "grow second") (param externref i32) (result i32) (table.grow $second (local.get 0) (local.get 1)))
    (func (export "grow third") (param i32) (result i32) (table.grow $third (ref.null func) (local.get 0)))
    (func (export "sizes") (result i32 i32 i32) (table.size $first) (table.size $second) (table.size $third))
    (func (export "get") (param i32) (result externref) (table.get $second (local.get 0)))
    (func (export "set") (param i32 externref) (table.set $second (local.get 0) (local.get 1)))
    (func (export "third") (param i32) (result funcref) (table.get $third (local.get 0)))
    (elem (table $first) (i32.const 0) func $one $two)
    (elem (table $third) (i32.const 0) func $two))"#;

fn get(instance: &mut Instance<'_>, index: i32) -> Val {
    let mut result = [Val::I32(0)];
    instance.call_vals(export(instance, "get"), &[Val::I32(index)], &mut result).expect("an element");
    result[0]
}

fn set(instance: &mut Instance<'_>, index: i32, object: u32) {
    let params = [Val::I32(index), Val::ExternRef(Some(object))];
    instance.call_vals(export(instance, "set"), &params, &mut []).expect("an element");
}

#[test]
fn any_table_grows_into_the_arena_and_leaves_the_others_as_they_are() {
    let board = Board::new(TABLES);
    // Room for 10 more elements.
    let words = board.image(|image| image.needs().arena) + 5;
    let outcome = board.with_arena(words).with(|instance| {
        let [call, first, sizes] = ["call", "grow first", "sizes"].map(|name| export(instance, name));
        let third = export(instance, "grow third");
        for index in 0..3 {
            set(instance, index, 100 + index as u32);
        }
        assert_eq!(trap_of(instance.call::<u32, u32>(call, 2)), Trap::UndefinedElement);
        assert_eq!(instance.call::<u32, i32>(first, 2), Ok(2));
        assert_eq!([0, 1, 2, 3].map(|index| instance.call::<u32, u32>(call, index)), [Ok(1), Ok(2), Ok(2), Ok(2)]);
        assert_eq!(
            [0, 1, 2].map(|index| get(instance, index)),
            [100, 101, 102].map(|object| Val::ExternRef(Some(object)))
        );
        let mut result = [Val::I32(0)];
        let params = [Val::ExternRef(Some(7)), Val::I32(3)];
        instance.call_vals(export(instance, "grow second"), &params, &mut result)?;
        assert_eq!(result, [Val::I32(3)]);
        assert_eq!([2, 3, 5].map(|index| get(instance, index)), [102, 7, 7].map(|object| Val::ExternRef(Some(object))));
        instance.call_vals(export(instance, "third"), &[Val::I32(0)], &mut result)?;
        assert_eq!(result, [Val::FuncRef(Some(1))]);
        assert_eq!(instance.call::<u32, i32>(first, 6), Ok(-1), "beyond its maximum");
        assert_eq!(instance.call::<u32, i32>(third, 6), Ok(-1), "beyond the arena");
        assert_eq!(instance.call::<u32, i32>(third, u32::MAX), Ok(-1));
        assert_eq!(instance.call::<u32, i32>(third, 5), Ok(1));
        assert_eq!(instance.call::<u32, i32>(first, 1), Ok(-1), "the arena is full");
        assert_eq!(instance.call::<u32, i32>(first, 0), Ok(4));
        assert_eq!(instance.call::<(), (u32, u32, u32)>(sizes, ()), Ok((4, 6, 6)));
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn bulk_instructions_work_on_tables() {
    let text = r#"(module
        (table $a 10 funcref) (table $b 5 funcref) (type $number (func (result i32)))
        (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2)) (func $three (result i32) (i32.const 3))
        (elem $passive func $one $two $three)
        (func (export "init") (param i32 i32 i32) (table.init $a $passive (local.get 0) (local.get 1) (local.get 2)))
        (func (export "drop") (elem.drop $passive))
        (func (export "copy") (param i32 i32 i32) (table.copy $a $a (local.get 0) (local.get 1) (local.get 2)))
        (func (export "to b") (param i32 i32 i32) (table.copy $b $a (local.get 0) (local.get 1) (local.get 2)))
        (func (export "fill") (param i32 i32 i32) (table.fill $a (local.get 0) (table.get $a (local.get 1)) (local.get 2)))
        (func (export "a") (param i32) (result i32) (call_indirect $a (type $number) (local.get 0)))
        (func (export "b") (param i32) (result i32) (call_indirect $b (type $number) (local.get 0))))"#;
    let outcome = Board::new(text).with(|instance| {
        let call = |instance: &mut Instance<'_>, name: &str, to: u32, from: u32, length: u32| {
            instance.call::<_, ()>(export(instance, name), (to, from, length))
        };
        // Results of all functions of a table; 0 for null.
        let all = |instance: &mut Instance<'_>, name: &str, length| {
            let func = export(instance, name);
            (0..length).map(|index| instance.call::<u32, u32>(func, index).unwrap_or(0)).collect::<Vec<_>>()
        };
        call(instance, "init", 1, 0, 3)?;
        assert_eq!(all(instance, "a", 10), [0, 1, 2, 3, 0, 0, 0, 0, 0, 0]);
        call(instance, "copy", 2, 1, 3)?;
        assert_eq!(all(instance, "a", 10), [0, 1, 1, 2, 3, 0, 0, 0, 0, 0]);
        call(instance, "copy", 0, 2, 4)?;
        assert_eq!(all(instance, "a", 10), [1, 2, 3, 0, 3, 0, 0, 0, 0, 0]);
        call(instance, "fill", 6, 1, 4)?;
        call(instance, "to b", 1, 4, 4)?;
        assert_eq!(
            (all(instance, "a", 10), all(instance, "b", 5)),
            (vec![1, 2, 3, 0, 3, 0, 2, 2, 2, 2], vec![0, 3, 0, 2, 2])
        );
        for (name, to, from, length) in [
            ("init", 8, 0, 3),
            ("init", 0, 1, 3),
            ("copy", 8, 0, 3),
            ("copy", 0, 8, 3),
            ("to b", 3, 0, 3),
            ("fill", 8, 0, 3),
            ("init", 11, 0, 0),
        ] {
            assert_eq!(
                trap_of(call(instance, name, to, from, length)),
                Trap::TableOutOfBounds,
                "{name} {to} {from} {length}"
            );
        }
        assert_eq!(all(instance, "a", 10), [1, 2, 3, 0, 3, 0, 2, 2, 2, 2], "nothing was done");
        instance.call::<(), ()>(export(instance, "drop"), ())?;
        assert_eq!(trap_of(call(instance, "init", 0, 0, 1)), Trap::TableOutOfBounds);
        call(instance, "init", 0, 0, 0)
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn elements_may_be_expressions() {
    let text = r#"(module (import "a" "g" (global $g funcref)) (import "a" "at" (global $at i32)) (table $t 4 funcref)
        (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
        (elem (table $t) (offset (global.get $at)) funcref (item (ref.func $two)) (item (global.get $g)) (item (ref.null func)))
        (func (export "call") (param i32) (result i32) (call_indirect $t (result i32) (local.get 0))))"#;
    let outcome = Board::new(text).with_host(Ones, |instance| {
        let call = export(instance, "call");
        assert_eq!([1, 2].map(|index| instance.call::<u32, u32>(call, index)), [Ok(2), Ok(1)]);
        assert_eq!([0, 3].map(|index| trap_of(instance.call::<u32, u32>(call, index))), [Trap::IndirectCallToNull; 2]);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn elements_that_do_not_fit_are_a_trap() {
    for text in [
        "(module (table 2 funcref) (elem (i32.const 1) func 0 0) (func))",
        "(module (table 2 funcref) (elem (i32.const 3) func))",
        "(module (table 2 funcref) (elem (i32.const -1) func 0) (func))",
    ] {
        assert_eq!(trap_of(Board::new(text).with(|_| Ok(()))), Trap::TableOutOfBounds, "{text}");
    }
}

#[test]
fn more_segments_than_a_word_has_bits_are_dropped_one_by_one() {
    let segments: String = (0..70).map(|index| format!("(elem $e{index} func 0) (data $d{index} \"a\")")).collect();
    let drops: String =
        (0..70).step_by(3).map(|index| format!("(elem.drop $e{index}) (data.drop $d{index})")).collect();
    let inits: String = (0..70)
        .map(|index| format!("(func (export \"e{index}\") (table.init $e{index} (i32.const 0) (i32.const 0) (i32.const 1))) (func (export \"d{index}\") (memory.init $d{index} (i32.const 0) (i32.const 0) (i32.const 1)))"))
        .collect();
    let text =
        format!("(module (table 1 funcref) (memory 1) (func) {segments} (func (export \"drop\") {drops}) {inits})");
    let outcome = Board::new(&text).with(|instance| {
        instance.call::<(), ()>(export(instance, "drop"), ())?;
        for index in 0..70 {
            for kind in ["e", "d"] {
                let outcome = instance.call::<(), ()>(export(instance, &format!("{kind}{index}")), ());
                assert_eq!(outcome.is_err(), index % 3 == 0, "{kind}{index}");
            }
        }
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}
