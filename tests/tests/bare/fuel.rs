//! Fuel: exact, the same however it is handed out; suspension and what becomes of it.

use ermine::Trap;
use ermine::bare::{Error, Instance, Progress, Suspended};

use crate::{Board, export, trap_of};

const AMPLE: u64 = 1 << 40;

const GUEST: &str = include_str!("../data/mixed.wat");

/// What is left of a guest.
#[derive(Debug, PartialEq)]
struct End {
    result: Result<u32, Trap>,
    memory: Vec<u8>,
    fuel: u64,
}

/// Calls a function with all its fuel at once.
fn whole(board: &mut Board, name: &str, argument: u32) -> End {
    let outcome = board.with(|instance| {
        let outcome = instance.call::<u32, u32>(export(instance, name), argument);
        let result = outcome.map_err(|error| trap_of(Err::<(), _>(error)));
        Ok(End { result, memory: instance.memory().to_vec(), fuel: AMPLE - instance.fuel() })
    });
    outcome.expect("the guest is instantiated")
}

/// The same, so much at a time.
fn sliced(board: &mut Board, name: &str, argument: u32, slice: u64) -> (End, u32) {
    let outcome = board.with(|instance| {
        instance.start(export(instance, name), argument)?;
        instance.set_fuel(0);
        let (mut fuel, mut waits, mut given) = (0, 0, 0);
        let result = loop {
            let progress = instance.resume::<u32>();
            fuel += given - instance.fuel();
            match progress {
                Ok(Progress::Finished(result)) => break Ok(result),
                Ok(Progress::Suspended(Suspended::OutOfFuel { required })) => {
                    assert!(required > instance.fuel(), "it would have had enough");
                    given = required.max(slice);
                    instance.set_fuel(given);
                    waits += 1;
                }
                Ok(Progress::Suspended(Suspended::Host)) => panic!("there is no host"),
                Err(error) => break Err(trap_of(Err::<(), _>(error))),
            }
        };
        Ok((End { result, memory: instance.memory().to_vec(), fuel }, waits))
    });
    outcome.expect("the guest is instantiated")
}

#[test]
fn a_call_ends_the_same_however_its_fuel_is_handed_out() {
    for (name, argument) in [("indirect", 300), ("bulk", 20), ("trap", 0), ("trap", 3), ("trap", 4)] {
        let mut board = Board::metered(GUEST, AMPLE).with_memory(8192);
        let expected = whole(&mut board, name, argument);
        for slice in [0, 1, 2, 3, 7, 20, 100, 1000, 100_000] {
            let (end, waits) = sliced(&mut board, name, argument, slice);
            assert_eq!(end, expected, "{name}({argument}) by {slice}");
            assert!(waits > 0);
        }
    }
}

#[test]
fn calls_in_tail_position_wait_for_fuel_as_others_do() {
    const GUEST: &str = r#"(module
        (type $two (func (param i32 i32) (result i32)))
        (table funcref (elem $down $via))
        (func $down (export "down") (param i32 i32) (result i32)
            (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
            (return_call $via (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (local.get 0))))
        (func $via (type $two) (local i64 i64)
            (return_call_indirect (type $two) (local.get 0) (local.get 1) (i32.const 0)))
        (func (export "sum") (param i32) (result i32) (call $down (local.get 0) (i32.const 0))))"#;
    let mut board = Board::metered(GUEST, AMPLE);
    let expected = whole(&mut board, "sum", 50);
    assert_eq!(expected.result, Ok(1275));
    for slice in [1, 7, 100] {
        let (end, waits) = sliced(&mut board, "sum", 50, slice);
        assert_eq!(end, expected, "{slice} at a time");
        assert!(slice == 100 || waits >= 100, "{waits} waits");
    }
}

#[test]
fn fuel_that_is_used_up_is_a_trap_of_a_plain_call() {
    let mut board = Board::metered(GUEST, AMPLE).with_memory(8192);
    let needed = whole(&mut board, "indirect", 50).fuel;
    for (fuel, enough) in [(needed, true), (needed - 1, false), (0, false)] {
        board.fuel = fuel;
        let outcome = board.with(|instance| instance.call::<u32, u32>(export(instance, "indirect"), 50));
        match outcome {
            Ok(_) => assert!(enough, "{fuel}"),
            error => assert_eq!((trap_of(error), enough), (Trap::OutOfFuel, false), "{fuel}"),
        }
    }
}

#[test]
fn an_instance_is_free_after_a_call_that_did_not_end() {
    let outcome = Board::metered(GUEST, 1000).with_memory(8192).with(|instance| {
        let (spin, indirect) = (export(instance, "spin"), export(instance, "indirect"));
        assert_eq!(trap_of(instance.call::<(), u32>(spin, ())), Trap::OutOfFuel);
        assert!(instance.frames().next().is_some_and(|at| at.func == spin));
        assert_eq!(instance.resume::<u32>(), Err(Error::Idle));
        instance.set_fuel(1000);
        instance.start(spin, ())?;
        let suspended = instance.resume::<u32>();
        assert!(matches!(suspended, Ok(Progress::Suspended(Suspended::OutOfFuel { .. }))));
        assert_eq!(instance.frames().count(), 1, "a suspended call has frames");
        assert_eq!(instance.call::<u32, u32>(indirect, 1), Err(Error::Busy));
        instance.cancel();
        assert_eq!(instance.frames().count(), 0);
        instance.set_fuel(100_000);
        instance.call::<u32, u32>(indirect, 10).map(|_| ())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn growth_and_bulk_instructions_are_paid() {
    let text = r#"(module (memory 1 2) (table 1 100 funcref)
        (func (export "memory") (result i32) (memory.grow (i32.const 1)))
        (func (export "table") (result i32) (table.grow (ref.null func) (i32.const 64)))
        (func (export "fill") (memory.fill (i32.const 0) (i32.const 1) (i32.const 6400))))"#;
    let spent = |instance: &mut Instance<'_>, name: &str| {
        let before = instance.fuel();
        let func = export(instance, name);
        let mut results = [ermine::bare::Val::I32(0)];
        let results = if name == "fill" { &mut results[..0] } else { &mut results[..] };
        instance.call_vals(func, &[], results).map(|()| before - instance.fuel())
    };
    let outcome = Board::metered(text, AMPLE).with(|instance| {
        // Two operators, and one for 64 bytes.
        assert_eq!(spent(instance, "memory"), Ok(2 + 1024));
        assert_eq!(spent(instance, "memory"), Ok(2), "what is refused costs nothing");
        assert_eq!(spent(instance, "table"), Ok(3 + 4));
        assert_eq!(spent(instance, "fill"), Ok(4 + 100));
        // Growth that is not paid is tried again.
        instance.set_fuel(5);
        instance.start(export(instance, "table"), ())?;
        assert_eq!(instance.resume::<i32>(), Ok(Progress::Suspended(Suspended::OutOfFuel { required: 4 })));
        instance.set_fuel(4);
        assert_eq!(instance.resume::<i32>(), Ok(Progress::Finished(-1)));
        assert_eq!(instance.fuel(), 0);
        Ok(())
    });
    assert_eq!(outcome, Ok(()));
}

#[test]
fn a_start_function_that_runs_out_of_fuel_is_a_trap() {
    let text = "(module (func $spin (loop (br 0))) (start $spin))";
    assert_eq!(trap_of(Board::metered(text, 1000).with(|_| Ok(()))), Trap::OutOfFuel);
    assert_eq!(trap_of(Board::metered(text, 0).with(|_| Ok(()))), Trap::OutOfFuel);
}

#[test]
fn images_that_do_not_pay_do_not_use_fuel() {
    let outcome = Board { fuel: 5, ..Board::new(GUEST) }.with_memory(8192).with(|instance| {
        instance.call::<u32, u32>(export(instance, "bulk"), 3)?;
        Ok((instance.fuel(), instance.image().is_metered()))
    });
    assert_eq!(outcome, Ok((5, false)));
}
