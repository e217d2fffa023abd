//! Modules with very much of one thing. Each loads in time in proportion to its size, on a small native stack, or is refused with an error that has a
//! type. A binary of its own, so that no other test runs beside the measurements.

use std::sync::{Mutex, MutexGuard, PoisonError};

use ermine::{CompilationMode, Engine, Error, ErrorKind, Instance, Module, Store};
use ermine_tests::clock::processor_time;
use ermine_tests::encode::{function, leb, list, module, sized};
use ermine_tests::{MACHINES, config, engine, on_stack, spec};

/// Sizes that are measured, as parts of the largest.
const PARTS: [usize; 4] = [8, 4, 2, 1];

/// The exponent that time may grow with: 1 is proportion, 2 a square. Pages that are touched for the first time add to the former, and so does other work.
const STEEPEST: f64 = 1.75;

/// Keeps the tests of this binary apart.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What there is much of, how much, and the module that has so much.
type Case = (&'static str, usize, fn(usize) -> Vec<u8>);

/// A body of `count` times `part`.
fn body(count: usize, part: &[u8]) -> Vec<u8> {
    function(&part.repeat(count))
}

/// `count` functions of one type, each with this body.
fn functions(count: usize, types: Vec<u8>, body: &[u8]) -> Vec<u8> {
    let code = [&[0][..], body, &[0x0b]].concat();
    module(&[(1, types), (3, list(count, &[0])), (5, vec![1, 0, 1]), (10, list(count, &sized(&code)))])
}

const CASES: [Case; 16] = [
    ("nested blocks", 80_000, |n| function(&[[0x02, 0x40].repeat(n), vec![0x0b; n]].concat())),
    ("nested loops that are branched out of", 80_000, |n| {
        function(&[[0x03, 0x40].repeat(n), vec![0x20, 0, 0x0d], leb(n - 1), vec![0x0b; n]].concat())
    }),
    ("nested conditions", 80_000, |n| function(&[[0x20, 0, 0x04, 0x40].repeat(n), [0x05, 0x0b].repeat(n)].concat())),
    ("data segments", 100_000, |n| module(&[(5, vec![1, 0, 1]), (11, list(n, &[0, 0x41, 5, 0x0b, 1, b'x']))])),
    ("functions", 50_000, |n| functions(n, vec![1, 0x60, 1, 0x7f, 0], &[0x20, 0, 0x1a])),
    ("types", 50_000, |n| module(&[(1, list(n, &[0x60, 2, 0x7f, 0x7e, 1, 0x7d]))])),
    ("imports", 50_000, |n| module(&[(1, vec![1, 0x60, 0, 0]), (2, list(n, &[1, b'm', 1, b'f', 0, 0]))])),
    ("globals", 100_000, |n| module(&[(6, list(n, &[0x7f, 1, 0x41, 7, 0x0b]))])),
    ("items of an element segment", 400_000, |n| {
        let items = [vec![0, 0x41, 0, 0x0b], list(n, &[0])].concat();
        let table = [vec![1, 0x70, 0], leb(n)].concat();
        let (ty, func) = (vec![1, 0x60, 0, 0], vec![1, 0]);
        module(&[(1, ty), (3, func), (4, table), (9, [leb(1), items].concat()), (10, vec![1, 2, 0, 0x0b])])
    }),
    // A megabyte of one body each.
    ("additions to a local", 140_000, |n| body(n, &[0x20, 0, 0x41, 3, 0x6a, 0x21, 0])),
    ("values on the operand stack", 400_000, |n| {
        function(&[[0x41, 0, 0x28, 2, 0].repeat(n), vec![0x6a; n - 1], vec![0x1a]].concat())
    }),
    ("branches out of one block", 200_000, |n| {
        function(&[vec![0x02, 0x40], [0x20, 0, 0x0d, 0, 0x01].repeat(n), vec![0x0b]].concat())
    }),
    ("entries of a branch table", 1_000_000, |n| {
        let table = [vec![0x02, 0x40, 0x20, 0, 0x0e], list(n, &[0]), vec![0, 0x0b]].concat();
        function(&table)
    }),
    ("stores and loads", 100_000, |n| body(n, &[0x41, 8, 0x41, 8, 0x28, 2, 0, 0x36, 2, 0])),
    ("functions of a thousand parameters", 10_000, |n| {
        let types = [vec![1, 0x60], list(1_000, &[0x7e]), vec![0]].concat();
        functions(n, types, &[0x20, 0, 0x1a])
    }),
    ("calls with a thousand arguments", 1_200, |n| {
        let types = [vec![1, 0x60], list(1_000, &[0x7e]), vec![0]].concat();
        let arguments: Vec<u8> = (0..1_000).flat_map(|local| [vec![0x20], leb(local)].concat()).collect();
        functions(n, types, &[arguments, vec![0x10, 0]].concat())
    }),
];

/// Seconds for loading, the best of some.
fn seconds(engine: &Engine, wasm: &[u8]) -> f64 {
    let load = || drop(Module::new(engine, wasm).expect("a module that loads"));
    let once = || processor_time(load).as_secs_f64();
    std::iter::repeat_with(once).take(3).fold(f64::INFINITY, f64::min)
}

/// The exponent of a power law through these points: the slope of a line through their logarithms.
fn exponent(points: &[(f64, f64)]) -> f64 {
    let logs: Vec<(f64, f64)> = points.iter().map(|(size, time)| (size.ln(), time.max(20e-6).ln())).collect();
    let mean = |of: fn(&(f64, f64)) -> f64| logs.iter().map(of).sum::<f64>() / logs.len() as f64;
    let (x, y) = (mean(|log| log.0), mean(|log| log.1));
    let covariance: f64 = logs.iter().map(|log| (log.0 - x) * (log.1 - y)).sum();
    covariance / logs.iter().map(|log| (log.0 - x).powi(2)).sum::<f64>()
}

#[test]
fn loading_takes_time_in_proportion_to_whatever_there_is_much_of() {
    let _alone = alone();
    let engine = Engine::default();
    on_stack(spec::stack_bytes(), || {
        for (what, most, make) in CASES {
            let modules: Vec<Vec<u8>> = PARTS.iter().map(|part| make(most / part)).collect();
            let measure = || {
                let sizes = PARTS.iter().map(|part| (most / part) as f64);
                let points: Vec<(f64, f64)> = sizes.zip(modules.iter().map(|wasm| seconds(&engine, wasm))).collect();
                (exponent(&points), points[PARTS.len() - 1].1)
            };
            // Whoever disturbs a measurement does not disturb all of them.
            let mut best = measure();
            for _ in 0..7 {
                if best.0 < STEEPEST {
                    break;
                }
                let again = measure();
                best = if again.0 < best.0 { again } else { best };
            }
            let ((exponent, time), bytes) = (best, modules[PARTS.len() - 1].len());
            println!("| {most} {what} | {} kB | {:.1} ms | {exponent:.2} |", bytes / 1000, time * 1e3);
            assert!(exponent < STEEPEST, "{what}: time grows with size to the power of {exponent:.2}");
        }
    });
}

/// The same modules on both machines and translated late: they load, and their function runs.
#[test]
fn modules_with_much_of_one_thing_run_everywhere() {
    let _alone = alone();
    for machine in MACHINES {
        for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
            let mut config = config(machine);
            let engine = Engine::new(config.compilation_mode(mode));
            for (what, most, make) in CASES {
                let wasm = make(most / 4);
                on_stack(spec::stack_bytes(), || {
                    let module = Module::new(&engine, &wasm).expect(what);
                    if module.imports().len() > 0 {
                        return;
                    }
                    let mut store = Store::new(&engine, ());
                    let instance = Instance::new(&mut store, &module, &[]).expect(what);
                    if let Ok(f) = instance.get_typed_func::<i32, ()>(&store, "f") {
                        f.call(&mut store, 0).expect(what);
                    }
                });
            }
        }
    }
}

/// One more than there may be: an error that names the bound, ours or the validator's, before anything is made of it.
#[test]
fn more_than_there_may_be_is_a_typed_error() {
    let _alone = alone();
    let engine = engine(MACHINES[0]);
    let refused: [(&str, Vec<u8>); 9] = [
        ("nesting", function(&[[0x02, 0x40].repeat(100_001), vec![0x0b; 100_001]].concat())),
        ("data segments", module(&[(5, vec![1, 0, 1]), (11, list(100_001, &[0, 0x41, 5, 0x0b, 1, b'x']))])),
        ("element segments", module(&[(4, vec![1, 0x70, 0, 1]), (9, list(100_001, &[0, 0x41, 0, 0x0b, 0]))])),
        ("functions", functions(1_000_001, vec![1, 0x60, 0, 0], &[])),
        ("types", module(&[(1, list(100_001, &[0x60, 0, 0]))])),
        ("imports", module(&[(1, vec![1, 0x60, 0, 0]), (2, list(100_001, &[0, 0, 0, 0]))])),
        ("body", body(1_600_000, &[0x20, 0, 0x1a, 0x01, 0x01])),
        ("parameters", module(&[(1, [vec![1, 0x60], list(1_001, &[0x7f]), vec![0]].concat())])),
        (
            "locals",
            module(&[
                (1, vec![1, 0x60, 0, 0]),
                (3, vec![1, 0]),
                (10, [vec![1], sized(&[vec![1], leb(50_001), vec![0x7f, 0x0b]].concat())].concat()),
            ]),
        ),
    ];
    for (what, wasm) in refused {
        for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation] {
            let mut config = engine.config().clone();
            let engine = Engine::new(config.compilation_mode(mode));
            // What is translated late is refused late.
            let run = || -> Result<(), Error> {
                let module = Module::new(&engine, &wasm)?;
                let mut store = Store::new(&engine, ());
                Instance::new(&mut store, &module, &[])?.get_typed_func::<i32, ()>(&store, "f")?.call(&mut store, 0)
            };
            let error = run().expect_err(what);
            println!("{what}: {error}");
            assert!(matches!(error.kind(), ErrorKind::Limit { .. } | ErrorKind::Wasm { .. }), "{what}: {error:?}");
        }
    }
}
