//! The same bytes give the same results, memory, fuel, traps and number of dispatches: on this host without an allocator and in a store, on
//! both machines, and on emulated boards.
//!
//! The golden `goldens/same.txt` is what all of them are compared with, and other hosts. Dispatches are counted with the feature `count`, which it also takes
//! to bless the golden: `ERMINE_BLESS=1 cargo test -p ermine-tests --features count --test same`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ermine::bare::Position;
use ermine::{Config, Engine, Error, Instance, Limits, Linker, Machine, Module, ResumableCall, Store, Trap, Val};
use ermine_checks::Lent;
use ermine_checks::same::{Line, Outcome, Run, hash, run, runs};
use ermine_tests::firmware::{Board, Build, M0, M4F, RV32};
use ermine_tests::pack::{Kept, same};
use ermine_tests::{MACHINES, golden};

/// Bytes of every stack that hold no frame.
const RED_ZONE: usize = 32;

/// Whether dispatches are counted.
const COUNTS: bool = cfg!(feature = "count");

/// The lines of the golden, as far as this build can tell.
fn golden_lines() -> Vec<String> {
    let text = fs::read_to_string(golden::path("goldens/same.txt")).expect("the golden");
    text.lines().map(|line| if COUNTS { line.to_owned() } else { without_dispatches(line) }).collect()
}

fn without_dispatches(line: &str) -> String {
    line.split(", dispatches").next().unwrap_or_default().to_owned()
}

/// What a run of the pack without an allocator says on this host.
fn bare_lines() -> String {
    let (mut stack, mut memory, mut arena) = (vec![0; same::STACK_WORDS], vec![0; 64 << 10], vec![0; 128]);
    let mut console = Kept::default();
    let mut lent = Lent { stack: &mut stack, memory: &mut memory, arena: &mut arena };
    run(same::build(false).bytes(), &mut lent, &mut console);
    console.to_string()
}

#[test]
fn runs_without_an_allocator_are_what_they_were() {
    let lines = bare_lines();
    if COUNTS {
        golden::check(&golden::path("goldens/same.txt"), &lines).unwrap_or_else(|difference| panic!("{difference}"));
    } else {
        assert_eq!(lines.lines().collect::<Vec<_>>(), golden_lines());
    }
}

#[test]
fn runs_in_a_store_are_the_same_on_both_machines() {
    let pack = same::build(false);
    for machine in MACHINES {
        let mut text = String::new();
        for run in runs(pack.bytes()) {
            let mut console = Kept::default();
            in_store(&run, machine).write(&mut console);
            writeln!(text, "{}: {console}", run.name).expect("writing to a string does not fail");
        }
        // The tail machine does not count, and retries what a slice of fuel ends at in its own way.
        let counted = |line: &str| COUNTS && machine == Machine::Loop && !line.contains(" by ");
        let keep = |line: &str| if counted(line) { line.to_owned() } else { without_dispatches(line) };
        let expected: Vec<String> = golden_lines().iter().map(|line| keep(line)).collect();
        let actual: Vec<String> = text.lines().map(keep).collect();
        assert_eq!(actual, expected, "{machine:?}");
    }
}

#[test]
fn runs_are_the_same_on_emulated_boards() {
    for (board, features) in [(M4F, "f64"), (M0, ""), (RV32, "f64")] {
        if board.is_available() {
            let lines = on_board(board, features);
            let ran: Vec<&str> = lines.lines().collect();
            let expected: Vec<String> = golden_lines();
            // What needs floats and much memory comes last, and a small board does not have it.
            let expected = &expected[..if features.is_empty() { expected.len() - 3 } else { expected.len() }];
            assert_eq!(ran, expected, "{}", board.name);
        }
    }
}

fn on_board(board: Board, features: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let file = folder.join(format!("same-{}.pack", board.name));
    fs::write(&file, same::build(features.is_empty()).bytes()).expect("a file for the pack");
    let count = if COUNTS { "count" } else { "" };
    let features = [features, count].into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(",");
    let firmware = Build { board, program: "same", features: &features, pack: Some(&file) }.make(folder);
    board.run(&firmware)
}

/// Runs an image in a store.
fn in_store(run: &Run<'_>, machine: Machine) -> Line {
    let mut limits = Limits::default();
    limits.stack_bytes = same::STACK_WORDS * 4 - RED_ZONE;
    let mut config = same::config();
    count(config.machine(machine).limits(limits));
    let engine = Engine::new(&config);
    let module = Module::deserialize(&engine, run.image).expect("an image of this engine");
    let mut store = Store::new(&engine, ());
    store.set_fuel(run.fuel.into()).expect("an engine with fuel");
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).expect("a module without imports");
    let mut rest = u64::from(run.fuel);
    let ended = call(run, &mut store, instance, &mut rest);
    let outcome = match ended {
        Ok(results) => Outcome::Returned(results.first().map_or(0, bits)),
        Err(error) => trapped(&error),
    };
    let memory = instance.get_memory(&store, "memory").map_or(&[][..], |memory| memory.data(&store));
    Line { outcome, memory: hash(memory), fuel: u64::from(run.fuel) - rest, dispatches: dispatches(&store) }
}

/// Calls the function, in slices of fuel if the run says so. Leaves in `rest` what is left of all fuel.
fn call(run: &Run<'_>, store: &mut Store<()>, instance: Instance, rest: &mut u64) -> Result<Vec<Val>, Error> {
    let name = run.name.split([' ', '(']).nth(1).expect("the name of an export");
    let func = instance.get_func(&*store, name).expect("an export");
    let arguments: Vec<Val> = run.arguments().map(Val::I32).collect();
    let mut results: Vec<Val> = func.ty(&*store).results().iter().map(|ty| Val::default_for_ty(*ty)).collect();
    if run.slice == 0 {
        let ended = func.call(&mut *store, &arguments, &mut results);
        *rest = store.get_fuel().expect("an engine with fuel");
        return ended.map(|()| results);
    }
    let mut slice = u64::from(run.slice);
    store.set_fuel(slice).expect("an engine with fuel");
    let mut progress = func.call_resumable(&mut *store, &arguments, &mut results);
    loop {
        *rest -= slice - store.get_fuel().expect("an engine with fuel");
        match progress? {
            ResumableCall::Finished => return Ok(results),
            ResumableCall::HostTrap(failed) => return Err(failed.into_host_error()),
            ResumableCall::OutOfFuel(suspended) => {
                slice = u64::from(run.slice).max(suspended.required_fuel());
                store.set_fuel(slice).expect("an engine with fuel");
                progress = suspended.resume(&mut *store, &mut results);
            }
        }
    }
}

fn bits(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(value.cast_unsigned()),
        Val::I64(value) => value.cast_unsigned(),
        Val::F32(value) => u64::from(value.to_bits()),
        Val::F64(value) => value.to_bits(),
        Val::FuncRef(_) | Val::ExternRef(_) => unreachable!("no run returns a reference"),
    }
}

fn trapped(error: &Error) -> Outcome {
    let trap: Trap = error.as_trap_code().expect("a trap");
    let frame = error.backtrace().and_then(|trace| trace.frames().first().cloned());
    let at = frame.map(|frame| Position { func: frame.func_index(), offset: frame.code_offset().expect("code") });
    Outcome::Trapped(trap, at)
}

#[cfg(feature = "count")]
fn count(config: &mut Config) {
    config.count_dispatches(true);
}

#[cfg(not(feature = "count"))]
fn count(_: &mut Config) {}

#[cfg(feature = "count")]
fn dispatches(store: &Store<()>) -> Option<u64> {
    Some(store.dispatches())
}

#[cfg(not(feature = "count"))]
fn dispatches(_: &Store<()>) -> Option<u64> {
    None
}
