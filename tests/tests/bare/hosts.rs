//! Host functions: what they get, what they give, how they stop a guest.

use ermine::Trap;
use ermine::bare::{Call, Error, Halt, Host, Progress, Suspended, Val};
use ermine::image::{Import, ItemKind, Signature};

use crate::{Board, export, trap_of};

/// A host that has everything of the module `host`, and remembers what it was asked.
#[derive(Default)]
struct Recorder {
    calls: Vec<u32>,
    /// How often `wait` is not ready yet.
    waits: u32,
}

const NAMES: [&str; 8] = ["swap", "poke", "trap", "fail", "exit", "wait", "wrong", "sum"];

impl Host for Recorder {
    fn resolve(&mut self, import: &Import<'_>, _: &Signature<'_>) -> Option<u32> {
        assert_eq!(import.kind, ItemKind::Func);
        let name = NAMES.iter().position(|name| *name == import.name)?;
        (import.module == "host").then_some(name as u32)
    }

    fn call(&mut self, function: u32, call: &mut Call<'_>) -> Result<(), Halt> {
        self.calls.push(function);
        match NAMES[function as usize] {
            "swap" => {
                let (a, b) = call.args::<(i64, i32)>()?;
                call.ret((b, a))
            }
            "poke" => {
                let (at, value) = call.args::<(u32, u32)>()?;
                call.bytes(at, 4)?.copy_from_slice(&value.to_le_bytes());
                Ok(())
            }
            "trap" => Err(Trap::IntegerOverflow.into()),
            "fail" => Err(Halt::Failed(77)),
            "exit" => Err(Halt::Exit(-3)),
            "wait" if self.waits > 0 => {
                self.waits -= 1;
                // What is written here is not lost, and the arguments are as they were next time.
                assert_eq!(call.args::<u32>(), Ok(5));
                Err(Halt::Suspend)
            }
            "wait" => {
                let value = call.args::<u32>()?;
                call.ret(value * 100)
            }
            "wrong" => call.ret(1_i64),
            _ => {
                let sum = call.slots().iter().copied().fold(0, u32::wrapping_add);
                call.slots()[0] = sum;
                Ok(())
            }
        }
    }

    fn global(&mut self, import: &Import<'_>) -> Option<u64> {
        (import.name == "answer").then_some(42)
    }
}

const GUEST: &str = r#"(module
    (import "host" "swap" (func $swap (param i64 i32) (result i32 i64)))
    (import "host" "poke" (func $poke (param i32 i32)))
    (import "host" "trap" (func $trap))
    (import "host" "fail" (func $fail (result i32)))
    (import "host" "exit" (func $exit))
    (import "host" "wait" (func $wait (param i32) (result i32)))
    (import "host" "wrong" (func $wrong (result i32)))
    (import "host" "sum" (func $sum (param i32 i32 i32) (result i32)))
    (import "host" "answer" (global $answer i32))
    (memory 1 1)
    (table funcref (elem $sum $leaf $wait))
    (type $three (func (param i32 i32 i32) (result i32)))
    (type $one (func (param i32) (result i32)))
    (func $leaf (type $three) (i32.mul (local.get 0) (local.get 2)))
    (func (export "swap") (param i32) (result i64)
        (call $swap (i64.const 0x1_0000_0002) (local.get 0)) drop (local.set 0) (i64.extend_i32_u (local.get 0)))
    (func (export "wide") (result i32 i64) (call $swap (i64.const -9) (i32.const 8)))
    (func (export "poke") (param i32) (result i32) (call $poke (local.get 0) (i32.const 0x01020304)) (i32.load (local.get 0)))
    (func (export "trap") (call $trap))
    (func (export "fail") (result i32) (i32.add (call $fail) (i32.const 1)))
    (func (export "exit") (call $exit))
    (func (export "wait") (result i32) (i32.add (call $wait (i32.const 5)) (global.get $answer)))
    (func (export "wrong") (result i32) (call $wrong))
    (func (export "tail") (result i32) (return_call $sum (i32.const 1) (i32.const 2) (i32.const 3)))
    (func $tail (param i32) (result i32) (local i64 i64)
        (return_call $sum (local.get 0) (i32.const 20) (i32.const 3)))
    (func (export "tail in a frame") (result i32) (i32.add (call $tail (i32.const 100)) (i32.const 1000)))
    (func (export "tail wait") (result i32) (return_call $wait (i32.const 5)))
    (func (export "tail wait in a frame") (result i32) (i32.add (call $tail_wait) (i32.const 1)))
    (func $tail_wait (result i32) (return_call $wait (i32.const 5)))
    (func (export "indirect") (param i32) (result i32)
        (call_indirect (type $three) (i32.const 4) (i32.const 5) (i32.const 6) (local.get 0)))
    (func (export "tail indirect") (param i32) (result i32)
        (i32.add (call $tail_indirect (local.get 0)) (i32.const 1)))
    (func $tail_indirect (param i32) (result i32)
        (return_call_indirect (type $three) (i32.const 4) (i32.const 5) (i32.const 6) (local.get 0)))
    (export "imported" (func $sum)))"#;

fn call(name: &str, params: &[Val]) -> (Result<Vec<Val>, Error>, Vec<u32>) {
    let mut calls = Vec::new();
    let outcome = Board::new(GUEST).with_host(Recorder::default(), |instance| {
        let func = export(instance, name);
        let count = instance.image().signature(func).expect("a function").results().len();
        let mut results = vec![Val::I32(0); count];
        let outcome = instance.call_vals(func, params, &mut results);
        calls = instance.host().calls.clone();
        outcome.map(|()| results)
    });
    (outcome, calls)
}

#[test]
fn arguments_and_results_are_passed_to_host_functions() {
    assert_eq!(call("swap", &[Val::I32(7)]), (Ok(vec![Val::I64(7)]), vec![0]));
    assert_eq!(call("wide", &[]), (Ok(vec![Val::I32(8), Val::I64(-9)]), vec![0]));
    assert_eq!(call("indirect", &[Val::I32(0)]), (Ok(vec![Val::I32(15)]), vec![7]));
    assert_eq!(call("indirect", &[Val::I32(1)]), (Ok(vec![Val::I32(24)]), vec![]));
    assert_eq!(trap_of(call("indirect", &[Val::I32(2)]).0), Trap::BadSignature);
    let six = [1, 2, 3].map(Val::I32);
    assert_eq!(call("imported", &six), (Ok(vec![Val::I32(6)]), vec![7]), "an export that is an import");
}

#[test]
fn host_functions_reach_the_memory_and_nothing_else() {
    assert_eq!(call("poke", &[Val::I32(65_532)]).0, Ok(vec![Val::I32(0x0102_0304)]));
    for at in [65_533, 65_536, -1] {
        assert_eq!(trap_of(call("poke", &[Val::I32(at)]).0), Trap::MemoryOutOfBounds, "{at}");
    }
}

#[test]
fn host_functions_stop_the_guest() {
    assert_eq!(trap_of(call("trap", &[]).0), Trap::IntegerOverflow);
    assert!(matches!(call("fail", &[]).0, Err(Error::Host { code: 77, at: Some(at) }) if at.func == 13));
    assert_eq!(call("exit", &[]).0, Err(Error::Exit(-3)));
    assert_eq!(trap_of(call("wrong", &[]).0), Trap::BadSignature, "results of another type are no results");
    let mut board = Board::new(GUEST);
    let outcome = board.with_host(Recorder::default(), |instance| {
        // An instance goes on after each of these.
        for name in ["trap", "exit", "trap"] {
            assert!(instance.call::<(), ()>(export(instance, name), ()).is_err());
        }
        instance.call::<(), i32>(export(instance, "tail"), ())
    });
    assert_eq!(outcome, Ok(6));
}

#[test]
fn host_functions_are_called_in_tail_position() {
    assert_eq!(call("tail", &[]), (Ok(vec![Val::I32(6)]), vec![7]));
    assert_eq!(call("tail in a frame", &[]), (Ok(vec![Val::I32(1123)]), vec![7]));
    assert_eq!(call("tail indirect", &[Val::I32(0)]), (Ok(vec![Val::I32(16)]), vec![7]));
    assert_eq!(call("tail indirect", &[Val::I32(1)]).0, Ok(vec![Val::I32(25)]));
}

#[test]
fn a_host_that_is_not_ready_suspends_the_guest() {
    for (name, result) in [("wait", 542), ("tail wait", 500), ("tail wait in a frame", 501)] {
        let host = Recorder { waits: 3, ..Recorder::default() };
        let outcome = Board::new(GUEST).with_host(host, |instance| {
            instance.start(export(instance, name), ())?;
            for _ in 0..3 {
                assert_eq!(instance.resume::<i32>(), Ok(Progress::Suspended(Suspended::Host)), "{name}");
                assert_eq!(instance.call::<(), ()>(export(instance, "exit"), ()), Err(Error::Busy));
            }
            assert_eq!(instance.resume::<i32>(), Ok(Progress::Finished(result)), "{name}");
            // A call that cannot be resumed traps instead, and the instance is free again.
            instance.host().waits = 1;
            assert_eq!(trap_of(instance.call::<(), i32>(export(instance, name), ())), Trap::Interrupt);
            assert_eq!(instance.call::<(), i32>(export(instance, name), ()), Ok(result));
            // So does one that is given up.
            instance.host().waits = 1;
            instance.start(export(instance, name), ())?;
            assert_eq!(instance.resume::<i32>(), Ok(Progress::Suspended(Suspended::Host)));
            instance.cancel();
            assert_eq!(instance.call::<(), i32>(export(instance, name), ()), Ok(result));
            Ok(())
        });
        assert_eq!(outcome, Ok(()), "{name}");
    }
}

#[test]
fn an_import_that_the_host_does_not_have_is_missing() {
    let of = |text: &str| Board::new(text).with_host(Recorder::default(), |_| Ok(()));
    assert_eq!(
        of(r#"(module (import "host" "trap" (func)) (import "host" "no" (func)))"#),
        Err(Error::MissingImport { import: 1 })
    );
    assert_eq!(of(r#"(module (import "other" "trap" (func)))"#), Err(Error::MissingImport { import: 0 }));
    assert_eq!(of(r#"(module (import "host" "question" (global i32)))"#), Err(Error::MissingImport { import: 0 }));
    assert_eq!(of(r#"(module (import "host" "answer" (global i64)))"#), Ok(()));
    let plain = Board::new(r#"(module (import "host" "trap" (func)))"#).with(|_| Ok(()));
    assert_eq!(plain, Err(Error::MissingImport { import: 0 }));
}
