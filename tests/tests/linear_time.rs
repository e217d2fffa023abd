//! Loading takes time in proportion to the module. A binary of its own, so that no other test runs
//! beside the measurements.

use std::time::{Duration, Instant};

use ermine::{Engine, Error, Module};
use ermine_tests::{MACHINES, binary, engine};

/// Loads what `text` gives for `size` and for four times as much; the factor of the time taken.
fn growth(engine: &Engine, size: usize, text: impl Fn(usize) -> String) -> f64 {
    let time = |size: usize| {
        let wasm = binary(&text(size));
        let once = || -> Result<Duration, Error> {
            let start = Instant::now();
            Module::new(engine, &wasm)?;
            Ok(start.elapsed())
        };
        let best = (0..3).map(|_| once().unwrap()).min();
        best.unwrap().max(Duration::from_micros(50))
    };
    time(size * 4).as_secs_f64() / time(size).as_secs_f64()
}

/// Four times as much of each of these may take about four times as long to load. A quadratic
/// translator takes sixteen times as long.
#[test]
fn loading_takes_linear_time() {
    let repeat = |head: &str, part: &str, tail: &str| {
        let (head, part, tail) = (head.to_owned(), part.to_owned(), tail.to_owned());
        move |size: usize| format!("{head}{}{tail}", part.repeat(size))
    };
    type Case = (&'static str, usize, Box<dyn Fn(usize) -> String>);
    let cases: [Case; 6] = [
        (
            "pending local reads before a write each",
            10_000,
            Box::new(|size| {
                let gets = "local.get 0 ".repeat(size);
                let sets = "i32.const 1 local.set 0 ".repeat(size);
                let drops = "drop ".repeat(size);
                format!("(module (func (param i32) {gets} {sets} {drops}))")
            }),
        ),
        (
            "blocks with pending reads",
            10_000,
            Box::new(|size| {
                let gets = "local.get 0 ".repeat(size);
                let blocks = "block local.get 0 drop end ".repeat(size);
                let drops = "drop ".repeat(size);
                format!("(module (func (param i32) {gets} {blocks} {drops}))")
            }),
        ),
        (
            "branches out of one block",
            20_000,
            Box::new(repeat("(module (func (param i32) (block ", "(br_if 0 (local.get 0)) ", ")))")),
        ),
        (
            "constants",
            20_000,
            Box::new(repeat(
                "(module (func (param i64) (result i64) (local.get 0) ",
                "i64.const 0x123456789abcdef i64.xor ",
                "))",
            )),
        ),
        (
            "unreachable code",
            20_000,
            Box::new(repeat("(module (func (param i32) unreachable ", "local.get 0 i32.eqz drop ", "))")),
        ),
        (
            "locals written in turn",
            8_000,
            Box::new(|size| {
                let locals = "i32 ".repeat(size);
                let gets: String = (0..size).map(|n| format!("local.get {n} ")).collect();
                let sets: String = (0..size).map(|n| format!("local.set {n} ")).collect();
                format!("(module (func (local {locals}) {gets} {sets} {gets} {sets}))")
            }),
        ),
    ];
    for machine in MACHINES {
        let engine = engine(machine);
        for (what, size, text) in &cases {
            // Other work on the machine disturbs a measurement; a quadratic translator disturbs them all.
            let factors: Vec<f64> = (0..5).map(|_| growth(&engine, *size, text)).collect();
            println!("{what}: {factors:.1?}");
            assert!(factors.iter().any(|factor| *factor < 9.0), "{what}: {factors:?}");
        }
    }
}
