//! Loading takes time in proportion to the module, and verifying in proportion to the image. A binary of its own, so that no other test runs
//! beside the measurements.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ermine::image::Image;
use ermine::{Engine, Module};
use ermine_tests::clock::processor_time;
use ermine_tests::pack::Aligned;
use ermine_tests::{MACHINES, binary, engine};

/// Keeps the tests of this binary apart.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Loads what `text` gives for `size` and for four times as much; the factor of the time taken.
fn growth(engine: &Engine, size: usize, text: impl Fn(usize) -> String) -> f64 {
    let time = |size: usize| {
        let wasm = binary(&text(size));
        let once = || processor_time(|| drop(Module::new(engine, &wasm).unwrap()));
        let best = std::iter::repeat_with(once).take(3).min();
        best.unwrap().max(Duration::from_micros(50))
    };
    time(size * 4).as_secs_f64() / time(size).as_secs_f64()
}

/// Four times as much of each of these may take about four times as long to load. A quadratic
/// translator takes sixteen times as long.
#[test]
fn loading_takes_linear_time() {
    let _alone = alone();
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

/// Verifies the image of what `text` gives for `size` and for four times as much; the factor of the time taken.
fn verification_growth(size: usize, text: impl Fn(usize) -> String) -> f64 {
    let time = |size: usize| {
        let bytes = Aligned::new(&Engine::default().precompile_module(&binary(&text(size))).unwrap());
        let mut scratch = vec![0; Image::scratch_words(bytes.bytes()).unwrap()];
        let once = || processor_time(|| _ = Image::verify(bytes.bytes(), &mut scratch).unwrap());
        let best = std::iter::repeat_with(once).take(3).min();
        best.unwrap().max(Duration::from_micros(50))
    };
    time(size * 4).as_secs_f64() / time(size).as_secs_f64()
}

/// Whatever is said once in an image and used often must not be looked at with every use.
#[test]
fn verification_takes_linear_time() {
    let _alone = alone();
    type Case = (&'static str, usize, Box<dyn Fn(usize) -> String>);
    let cases: [Case; 6] = [
        (
            "imports from a module with a long name",
            5_000,
            Box::new(|size| {
                let name = "x".repeat(60_000);
                format!("(module {})", format!("(import \"{name}\" \"f\" (func))").repeat(size / 100))
            }),
        ),
        (
            "functions of a long type",
            5_000,
            Box::new(|size| {
                let params = "i64 ".repeat(900);
                format!("(module (type $t (func (param {params}))) {})", "(func (type $t))".repeat(size))
            }),
        ),
        (
            "branches back and forth",
            10_000,
            Box::new(|size| {
                let branches = "(br_if 1 (local.get 0)) (br_if 0 (local.get 0)) ".repeat(size);
                format!("(module (func (param i32) (block (loop {branches}))))")
            }),
        ),
        (
            "entries of a branch table",
            20_000,
            Box::new(|size| {
                let entries = "0 1 ".repeat(size);
                format!("(module (func (param i32) (block (block (br_table {entries} (local.get 0))))))")
            }),
        ),
        (
            "globals that share an expression",
            10_000,
            Box::new(|size| {
                let sum = "(i32.add (global.get 0) ".repeat(500);
                let sum = format!("{sum} (i32.const 1){}", ")".repeat(500));
                format!(
                    "(module (import \"m\" \"g\" (global i32)) {})",
                    format!("(global i32 {sum})").repeat(size / 100)
                )
            }),
        ),
        (
            "items of element segments",
            10_000,
            Box::new(|size| format!("(module (func $f) {})", "(elem func $f $f $f)".repeat(size))),
        ),
    ];
    for (what, size, text) in &cases {
        let factors: Vec<f64> = (0..5).map(|_| verification_growth(*size, text)).collect();
        println!("{what}: {factors:.1?}");
        assert!(factors.iter().any(|factor| *factor < 9.0), "{what}: {factors:?}");
    }
}
