//! Work that must be paid for.

use ermine::{Config, Engine, Instance, Module, Store, TrapCode, Val};
use ermine_tests::{MACHINES, binary, fuel_config};

use crate::MODES;

fn metered() -> impl Iterator<Item = Engine> {
    let configs = MACHINES.map(fuel_config).into_iter();
    configs
        .flat_map(|config| MODES.map(|mode| (config.clone(), mode)))
        .map(|(mut config, mode): (Config, _)| Engine::new(config.compilation_mode(mode)))
}

/// Fuel that a call of `name` takes, and its trap.
fn cost(engine: &Engine, text: &str, arguments: &[Val]) -> (u64, Option<TrapCode>) {
    const PLENTY: u64 = 1 << 50;
    let mut store = Store::new(engine, ());
    store.set_fuel(PLENTY).unwrap();
    let module = Module::new(engine, binary(text)).unwrap();
    let instance = Instance::new(&mut store, &module, &[]).unwrap();
    let f = instance.get_func(&store, "f").unwrap();
    let end = f.call(&mut store, arguments, &mut []);
    (PLENTY - store.get_fuel().unwrap(), end.err().map(|error| error.as_trap_code().expect("a trap")))
}

const BULK: [(&str, &str); 8] = [
    ("memory.fill", "(memory.fill (local.get 0) (i32.const 1) (local.get 1))"),
    ("memory.copy", "(memory.copy (local.get 0) (i32.const 0) (local.get 1))"),
    ("memory.copy from", "(memory.copy (i32.const 0) (local.get 0) (local.get 1))"),
    ("memory.init", "(memory.init $d (local.get 0) (i32.const 0) (local.get 1))"),
    ("table.fill", "(table.fill (local.get 0) (ref.null func) (local.get 1))"),
    ("table.copy", "(table.copy (local.get 0) (i32.const 0) (local.get 1))"),
    ("table.init", "(table.init $e (local.get 0) (i32.const 0) (local.get 1))"),
    ("table.copy from", "(table.copy (i32.const 0) (local.get 0) (local.get 1))"),
];

fn bulk(body: &str) -> String {
    format!(
        "(module (memory 1) (table 10000 funcref) (data $d \"{}\") (elem $e func {})
           (func $g) (func (export \"f\") (param i32 i32) {body}))",
        "x".repeat(4096),
        "$g ".repeat(4096)
    )
}

/// What is out of bounds traps at once, and is not paid for as if it had been done.
#[test]
fn bulk_instructions_out_of_bounds_cost_no_more_than_empty_ones() {
    for engine in metered() {
        for (name, body) in BULK {
            let text = bulk(body);
            let (nothing, none) = cost(&engine, &text, &[Val::I32(0), Val::I32(0)]);
            assert_eq!(none, None, "{name}");
            for (at, length) in [(0, -1), (-1, -1), (1, i32::MAX), (i32::MIN, 5)] {
                let (beyond, trap) = cost(&engine, &text, &[Val::I32(at), Val::I32(length)]);
                let expected =
                    if name.starts_with("memory") { TrapCode::MemoryOutOfBounds } else { TrapCode::TableOutOfBounds };
                assert_eq!(trap, Some(expected), "{name}");
                assert!(beyond <= nothing + 1, "{name} {at} {length}: {beyond} for nothing, {nothing} for none");
            }
        }
    }
}

#[test]
fn bulk_instructions_cost_what_they_move() {
    for engine in metered() {
        for (name, body) in BULK {
            let text = bulk(body);
            let cost = |length| cost(&engine, &text, &[Val::I32(0), Val::I32(length)]).0;
            let units = if name.starts_with("memory") { 4096 / 64 } else { 4096 / 16 };
            assert_eq!(cost(4096) - cost(0), units, "{name}");
        }
    }
}

/// Zeroing a callee's locals is work that a caller could otherwise have for nothing.
#[test]
fn locals_that_a_call_zeroes_are_paid_for() {
    for engine in metered() {
        let calls = |locals: usize| {
            let text = format!(
                "(module (func $g (local {})) (func (export \"f\") (param i32)
                   (loop (call $g) (br_if 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))",
                "i64 ".repeat(locals)
            );
            let (fuel, trap) = cost(&engine, &text, &[Val::I32(100)]);
            assert_eq!(trap, None);
            fuel
        };
        assert_eq!(calls(2_000) - calls(0), 100 * 2 * 2_000);
    }
}
