//! Traps: where they happened, what is left behind, and the stack's end.

use ermine::bare::{Error, Instance, Position, Resources, Val};
use ermine::image::Image;
use ermine::{Config, Engine, Module, Profile, Store, Trap};

use crate::{Board, export, trap_of};

const GUEST: &str = r#"(module (memory 1) (global $calls (mut i32) (i32.const 0))
    (func $inner (param i32) (result i32)
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (i32.store (i32.const 0) (global.get $calls))
        (i32.div_u (i32.const 100) (local.get 0)))
    (func $middle (param i32) (result i32) (local i64 i64) (i32.add (call $inner (local.get 0)) (i32.const 1)))
    (func $outer (export "run") (param i32) (result i32) (i32.mul (call $middle (local.get 0)) (i32.const 2)))
    (func $deep (export "deep") (param i32) (result i32)
        (if (result i32) (i32.eqz (local.get 0)) (then (i32.const 0))
            (else (i32.add (call $deep (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))))
    (func (export "forever") (param i32) (result i32) (return_call $again (local.get 0)))
    (func $again (param i32) (result i32)
        (if (result i32) (local.get 0) (then (return_call $again (i32.sub (local.get 0) (i32.const 1)))) (else (i32.const 5)))))"#;

#[test]
fn a_trap_says_where_it_happened_and_who_called() {
    let outcome = Board::new(GUEST).with(|instance| {
        let run = export(instance, "run");
        let Err(Error::Trap { trap, at: Some(at) }) = instance.call::<u32, u32>(run, 0) else {
            panic!("no trap");
        };
        assert_eq!((trap, at.func), (Trap::IntegerDivisionByZero, 0));
        let frames: Vec<Position> = instance.frames().collect();
        assert_eq!(frames.iter().map(|at| at.func).collect::<Vec<_>>(), [0, 1, 2]);
        assert_eq!(frames[0], at);
        assert!(frames.iter().all(|at| at.offset >= 9), "behind the header: {frames:?}");
        assert_eq!(at.to_string(), format!("func 0 + {:#x}", at.offset));
        // It goes on as if nothing had been.
        assert_eq!(instance.call::<u32, u32>(run, 5), Ok(42));
        assert_eq!(instance.frames().count(), 0);
        assert_eq!(instance.memory()[0], 2, "what the guest did before it trapped stays");
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn positions_are_those_of_the_image_in_a_store() {
    let board = Board::new(GUEST);
    let mut config = Config::default();
    config.profile(Profile::Base);
    let engine = Engine::new(&config);
    let module = Module::deserialize(&engine, board.image.bytes()).expect("an image");
    let mut store = Store::new(&engine, ());
    let instance = ermine::Instance::new(&mut store, &module, &[]).expect("no imports");
    let run = instance.get_typed_func::<i32, i32>(&store, "run").expect("an export");
    let error = run.call(&mut store, 0).expect_err("a trap");
    let frames = error.backtrace().expect("frames").frames();
    let expected: Vec<Position> = frames
        .iter()
        .map(|frame| Position { func: frame.func_index(), offset: frame.code_offset().expect("code") })
        .collect();
    let mut board = board;
    let outcome = board.with(|instance| {
        let _ = instance.call::<u32, u32>(export(instance, "run"), 0);
        Ok(instance.frames().collect::<Vec<_>>())
    });
    assert_eq!(outcome, Ok(expected));
}

#[test]
fn the_end_of_the_stack_is_a_trap_wherever_it_is() {
    let mut reached = Vec::new();
    for words in 8..200 {
        let mut board = Board::new(GUEST).with_stack(words);
        let mut deepest = 0;
        // The verifier takes its scratch space from elsewhere: the stack may be too small for it.
        let depth = with_scratch(&mut board, |instance| {
            let deep = export(instance, "deep");
            for depth in 0..100 {
                match instance.call::<u32, u32>(deep, depth) {
                    Ok(result) => {
                        assert_eq!(result, depth);
                        deepest = depth + 1;
                    }
                    error => {
                        assert_eq!(trap_of(error), Trap::StackOverflow, "{words} words, {depth} deep");
                        break;
                    }
                }
            }
            // Tail calls take no more.
            if deepest > 0 {
                assert_eq!(instance.call::<u32, u32>(export(instance, "forever"), 10_000), Ok(5));
            }
            Ok(deepest)
        });
        reached.push(depth.expect("it is instantiated"));
    }
    assert!(reached.is_sorted() && reached[0] == 0 && reached[190] > 10, "{reached:?}");
}

/// As [`Board::with`], verified with space of its own.
fn with_scratch<T>(board: &mut Board, run: impl FnOnce(&mut Instance<'_>) -> Result<T, Error>) -> Result<T, Error> {
    let words = Image::scratch_words(board.image.bytes()).expect("an image");
    let image = Image::verify(board.image.bytes(), &mut vec![0; words]).expect("an image");
    let resources =
        Resources { stack: board.stack.lend(), memory: board.memory.lend(), arena: board.arena.lend(), fuel: 0 };
    let outcome = Instance::new(image, resources, ()).and_then(|mut instance| run(&mut instance));
    board.stack.check();
    board.memory.check();
    board.arena.check();
    outcome
}

#[test]
fn a_start_function_that_traps_fails_instantiation() {
    let text = "(module (memory 1) (func $start (i32.store (i32.const 0) (i32.const 1)) unreachable) (start $start))";
    let outcome = Board::new(text).with(|_| Ok(()));
    assert!(matches!(
        outcome,
        Err(Error::Trap { trap: Trap::UnreachableCodeReached, at: Some(Position { func: 0, .. }) })
    ));
    let text =
        "(module (global $g (mut i32) (i32.const 1)) (func $start (global.set $g (i32.const 5))) (start $start))";
    let outcome = Board::new(text).with(|instance| Ok(instance.global(0)));
    assert_eq!(outcome, Ok(Some(Val::I32(5))));
}
