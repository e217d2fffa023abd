//! Linear memory: how it starts, how it grows, data segments.

use ermine::Trap;
use ermine::bare::{Call, Error, Halt, Host, Instance, Resource};
use ermine::image::{Import, Signature};

use crate::{Board, Ones, export, trap_of};

const GROWING: &str = r#"(module (memory 1 3)
    (func (export "size") (result i32) (memory.size))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
    (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "store") (param i32) (i32.store8 (local.get 0) (i32.const 7))))"#;

#[test]
fn memory_grows_into_what_is_lent_and_is_zero_there() {
    let outcome = Board::new(GROWING).with_memory((2 << 16) + 100).with(|instance| {
        let [size, grow, load, store] = ["size", "grow", "load", "store"].map(|name| export(instance, name));
        assert_eq!(instance.memory().len(), 1 << 16);
        assert!(instance.memory().iter().all(|byte| *byte == 0), "what is lent is zeroed");
        assert_eq!(trap_of(instance.call::<u32, u32>(load, 1 << 16)), Trap::MemoryOutOfBounds);
        assert_eq!(instance.call::<u32, i32>(grow, 0), Ok(1));
        assert_eq!(instance.call::<u32, i32>(grow, 2), Ok(-1), "no room");
        assert_eq!(instance.call::<u32, i32>(grow, u32::MAX), Ok(-1));
        assert_eq!(instance.call::<u32, i32>(grow, 1), Ok(1));
        assert_eq!(instance.call::<(), i32>(size, ()), Ok(2));
        assert_eq!(instance.call::<u32, u32>(load, (2 << 16) - 1), Ok(0), "what it grows into is zeroed, too");
        instance.call::<u32, ()>(store, (2 << 16) - 1)?;
        assert_eq!(instance.memory().last(), Some(&7));
        assert_eq!(instance.call::<u32, i32>(grow, 1), Ok(-1), "a hundred bytes are no page");
        assert_eq!(trap_of(instance.call::<u32, ()>(store, 2 << 16)), Trap::MemoryOutOfBounds);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn memory_grows_no_further_than_its_maximum() {
    let outcome = Board::new(GROWING).with_memory(5 << 16).with(|instance| {
        let grow = export(instance, "grow");
        assert_eq!(instance.call::<u32, i32>(grow, 3), Ok(-1));
        assert_eq!(instance.call::<u32, i32>(grow, 2), Ok(1));
        assert_eq!(instance.call::<u32, i32>(grow, 1), Ok(-1));
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn pages_of_one_byte_give_exactly_what_is_asked_for() {
    let text = r#"(module (memory 100 (pagesize 1))
        (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
        (func (export "load") (param i32) (result i32) (i32.load (local.get 0))))"#;
    let outcome = Board::new(text).with_memory(103).with(|instance| {
        assert_eq!(instance.memory().len(), 100);
        assert_eq!(instance.call::<u32, u32>(1, 96), Ok(0));
        assert_eq!(trap_of(instance.call::<u32, u32>(1, 97)), Trap::MemoryOutOfBounds);
        assert_eq!(instance.call::<u32, i32>(0, 4), Ok(-1));
        assert_eq!(instance.call::<u32, i32>(0, 3), Ok(100));
        assert_eq!(instance.call::<u32, u32>(1, 99), Ok(0));
        assert_eq!(instance.memory().len(), 103);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn data_is_copied_where_it_belongs() {
    let text = r#"(module (import "a" "g" (global $at i32)) (memory 1)
        (data (i32.const 8) "abc") (data (global.get $at) "def") (data (i32.const 65533) "end") (data (i32.const 65536) "")
        (data $passive "0123456789")
        (func (export "init") (param i32 i32 i32) (memory.init $passive (local.get 0) (local.get 1) (local.get 2)))
        (func (export "drop") (data.drop $passive)))"#;
    let outcome = Board::new(text).with_host(Ones, |instance| {
        let memory = instance.memory();
        assert_eq!((&memory[..12], &memory[65_533..]), (&b"\0def\0\0\0\0abc\0"[..], &b"end"[..]));
        let init = |instance: &mut Instance<'_, Ones>, to, from, length| {
            instance.call::<(u32, u32, u32), ()>(0, (to, from, length))
        };
        init(instance, 20, 3, 5)?;
        assert_eq!(&instance.memory()[19..26], b"\x0034567\0");
        assert_eq!(trap_of(init(instance, 20, 8, 3)), Trap::MemoryOutOfBounds);
        assert_eq!(trap_of(init(instance, 65_534, 0, 3)), Trap::MemoryOutOfBounds);
        assert_eq!(trap_of(init(instance, u32::MAX, 0, 2)), Trap::MemoryOutOfBounds);
        assert_eq!(trap_of(init(instance, 0, u32::MAX, 2)), Trap::MemoryOutOfBounds);
        init(instance, 65_536, 10, 0)?;
        instance.call::<(), ()>(1, ())?;
        init(instance, 0, 0, 0)?;
        assert_eq!(trap_of(init(instance, 0, 0, 1)), Trap::MemoryOutOfBounds, "it is dropped");
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn data_that_does_not_fit_is_a_trap() {
    for text in [
        r#"(module (memory 1) (data (i32.const 65534) "abc"))"#,
        r#"(module (memory 1) (data (i32.const -1) "a"))"#,
        r#"(module (memory 0) (data (i32.const 1) ""))"#,
    ] {
        assert_eq!(trap_of(Board::new(text).with(|_| Ok(()))), Trap::MemoryOutOfBounds, "{text}");
    }
}

#[test]
fn copies_and_fills_are_right_at_every_alignment() {
    let text = r#"(module (memory 256 256 (pagesize 1))
        (func (export "copy") (param i32 i32 i32) (memory.copy (local.get 0) (local.get 1) (local.get 2)))
        (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2))))"#;
    for metered in [false, true] {
        let mut board = Board { fuel: 1 << 40, ..Board::of(&ermine_tests::binary(text), metered) };
        let outcome = board.with(|instance| {
            let mut model: Vec<u8> = (0..=255).collect();
            instance.memory().copy_from_slice(&model);
            for step in 0..2000_u32 {
                let (to, from, length) = (step * 7 % 101, step * 13 % 89, step * 5 % 130);
                let (start, end) = (from as usize, (from + length) as usize);
                model.copy_within(start..end, to as usize);
                instance.call::<_, ()>(0, (to, from, length))?;
                model[end..end + 3].fill(step as u8);
                instance.call::<_, ()>(1, (from + length, step, 3))?;
                assert_eq!(instance.memory(), &model[..], "{step}");
            }
            assert_eq!(trap_of(instance.call::<_, ()>(0, (200_u32, 0_u32, 57_u32))), Trap::MemoryOutOfBounds);
            assert_eq!(trap_of(instance.call::<_, ()>(0, (0_u32, 200_u32, 57_u32))), Trap::MemoryOutOfBounds);
            assert_eq!(trap_of(instance.call::<_, ()>(1, (200_u32, 0_u32, 57_u32))), Trap::MemoryOutOfBounds);
            assert_eq!(instance.memory(), &model[..], "nothing was done");
            Ok(())
        });
        assert_eq!(outcome, Ok(()));
    }
}

#[test]
fn imported_memory_is_made_by_the_instance() {
    struct Pokes;
    impl Host for Pokes {
        fn resolve(&mut self, _: &Import<'_>, _: &Signature<'_>) -> Option<u32> {
            Some(0)
        }

        fn call(&mut self, _: u32, call: &mut Call<'_>) -> Result<(), Halt> {
            call.memory()[9] = 200;
            let length = call.memory().len() as u32;
            call.ret(length)
        }
    }
    let text = r#"(module (import "env" "memory" (memory 1)) (import "env" "poke" (func (result i32)))
        (func (export "run") (result i32) (i32.add (call 0) (i32.load8_u (i32.const 9)))))"#;
    let outcome = Board::new(text).with_host(Pokes, |instance| instance.call::<(), i32>(1, ()));
    assert_eq!(outcome, Ok(65_736));
}

#[test]
fn too_little_memory_is_an_error() {
    let outcome = Board::new(GROWING).with_memory((1 << 16) - 1).with(|_| Ok(()));
    assert_eq!(outcome, Err(Error::TooSmall(Resource::Memory)));
    assert_eq!(Board::new("(module)").with_memory(0).with(|instance| Ok(instance.memory().len())), Ok(0));
    // What the module does not ask for is not its own.
    assert_eq!(Board::new("(module)").with(|instance| Ok(instance.memory().len())), Ok(0));
    assert_eq!(Board::new("(module (memory 0))").with(|instance| Ok(instance.memory().len())), Ok(0));
}
