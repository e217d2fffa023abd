//! What is lent: exactly as much as the image says is enough, one less is an error.

use ermine::bare::{Error, Resource, Unsupported};

use crate::{Board, Ones};

/// Guests that use every part of an arena, or none.
const GUESTS: [&str; 4] = [
    "(module)",
    r#"(module (memory 1) (global i32 (i32.const 1)) (global (mut i64) (i64.const 2)) (global f32 (f32.const 3))
        (table 3 funcref) (table 2 4 externref) (data "a") (data (i32.const 0) "b") (elem func 0) (func))"#,
    r#"(module (memory 5 5 (pagesize 1)) (table 1 1 funcref)
        (func (export "f") (param i64 i64) (result i64) (i64.add (local.get 0) (local.get 1)))
        (func (result i64) (call 0 (i64.const 1) (i64.const 2))))"#,
    include_str!("../data/floats.wat"),
];

#[test]
fn as_much_as_an_image_needs_is_enough_and_one_less_is_not() {
    for text in GUESTS {
        let needs = Board::new(text).image(|image| image.needs());
        let memory = usize::try_from(needs.memory).expect("a small memory");
        let board = || Board::new(text).with_arena(needs.arena).with_memory(memory);
        assert_eq!(board().with(|_| Ok(())), Ok(()), "{text}");
        let outcome = board().with_arena(needs.arena - 1).with(|_| Ok(()));
        assert_eq!(outcome, Err(Error::TooSmall(Resource::Arena)), "{text}");
        if memory > 0 {
            let outcome = board().with_memory(memory - 1).with(|_| Ok(()));
            assert_eq!(outcome, Err(Error::TooSmall(Resource::Memory)), "{text}");
        }
    }
}

#[test]
fn the_stack_that_an_image_says_it_needs_is_enough_for_its_deepest_call() {
    let text = r#"(module
        (func $a (param i64) (result i64) (local i64 i64) (local.set 1 (local.get 0)) (i64.add (local.get 1) (i64.const 1)))
        (func $b (param i64) (result i64) (local i32) (i64.mul (call $a (local.get 0)) (call $a (i64.const 5))))
        (func (export "run") (result i64) (i64.add (call $b (i64.const 3)) (call $a (i64.const 1)))))"#;
    let words = Board::new(text).image(|image| image.needs().stack).expect("a bound: nothing is recursive");
    let run = |words| Board::new(text).with_stack(words).with(|instance| instance.call::<(), i64>(2, ()));
    assert_eq!(run(words), Ok(26));
    assert!(run(words - 1).is_err(), "{words} words are more than it takes");
    // What has no bound says so.
    assert_eq!(Board::new("(module (func (export \"f\") (call 0)))").image(|image| image.needs().stack), None);
}

#[test]
fn a_stack_that_holds_no_frame_is_too_small() {
    let mut board = Board::new("(module (func (export \"f\")))").with_stack(7);
    assert_eq!(board.with(|_| Ok(())), Err(Error::TooSmall(Resource::Stack)));
    let mut board = board.with_stack(8);
    assert_eq!(board.with(|_| Ok(())), Ok(()));
}

#[test]
fn what_there_is_not_without_an_allocator_is_refused() {
    let outcome = Board::new("(module (memory 1) (memory 1))").with(|_| Ok(()));
    assert_eq!(outcome, Err(Error::Unsupported(Unsupported::SeveralMemories)));
    let deep = |depth: usize| {
        let zeros = "(global.get $g) ".repeat(depth);
        let adds = "i32.add ".repeat(depth - 1);
        let text = format!(r#"(module (import "a" "g" (global $g i32)) (global i32 {zeros} {adds}))"#);
        Board::new(&text).with_host(Ones, |instance| Ok(instance.global(1)))
    };
    assert_eq!(deep(8), Ok(Some(ermine::bare::Val::I32(8))));
    assert_eq!(deep(9), Err(Error::Unsupported(Unsupported::DeepExpression)));
}

#[test]
fn instances_can_be_sent_to_other_threads() {
    let mut board = Board::new("(module (func (export \"f\") (result i32) (i32.const 6)))");
    let outcome = board.with(|instance| {
        std::thread::scope(|scope| scope.spawn(|| instance.call::<(), i32>(0, ())).join().expect("no panic"))
    });
    assert_eq!(outcome, Ok(6));
}
