//! Valid modules, run in one way and another: all agree on results, traps, backtraces, globals, memories and fuel.

use ermine::{CompilationMode, Config, Engine, Machine, Module, Profile};
use ermine_tests::mutations::Rng;
use ermine_tests::mutations::specimen::Draft;

use crate::record::{End, Record, assert_same};
use crate::run::{Mode, Pauses, Plan, REFERENCE, run};
use crate::{CANONICAL, lend, rng};

/// Modes that each input is tried in, besides the reference.
const TRIED: usize = 4;

/// Runs a module in the reference mode, in a few others, and over borrowed buffers.
///
/// # Panics
///
/// If one of them does something else.
pub fn execute(wasm: &[u8]) {
    if !is_comparable(wasm) {
        return;
    }
    let plan = Plan::of(wasm);
    let Some(expected) = reference(wasm, &plan) else { return };
    let mut numbers = rng::of(wasm);
    for _ in 0..TRIED {
        let mode = any(&mut numbers);
        if expected.ran_dry() && !mode.fuel {
            continue;
        }
        let module = mode.load(wasm).unwrap_or_else(|error| panic!("refused in {mode:?}: {error}"));
        compare(&expected, run(mode, &module, &plan), mode);
    }
    if !plan.wild {
        compare_bare(wasm, &plan, &expected);
    }
}

/// Runs a module without pauses and with them.
///
/// # Panics
///
/// If they make a difference.
pub fn suspend(wasm: &[u8]) {
    if !is_comparable(wasm) {
        return;
    }
    // A call by a host function cannot wait.
    let mut plan = Plan { wild: false, ..Plan::of(wasm) };
    let Some(expected) = reference(wasm, &plan) else { return };
    let expected = expected.without_dry_places();
    plan.pauses = Pauses::Random(rng::of(wasm));
    for machine in [Machine::Tail, Machine::Loop] {
        let mode = Mode { machine, ..REFERENCE };
        let module = mode.load(wasm).expect("it was loaded before");
        compare(&expected, run(mode, &module, &plan).without_dry_places(), mode);
    }
}

/// Whether no NaN can come out that wasm leaves open, as far as it is known: there are no floats, or its maker has made all NaNs canonical.
#[must_use]
pub fn is_comparable(wasm: &[u8]) -> bool {
    let mut config = Config::default();
    config.floats(false).wasm_custom_page_sizes(true);
    wasm.ends_with(CANONICAL) || Module::validate(&Engine::new(&config), wasm).is_ok()
}

/// What all other runs are compared with; nothing if the module is refused.
#[must_use]
pub fn reference(wasm: &[u8], plan: &Plan) -> Option<Record> {
    let module = REFERENCE.load(wasm).ok()?;
    Some(run(REFERENCE, &module, plan))
}

/// One of all modes.
fn any(numbers: &mut Rng) -> Mode {
    Mode {
        machine: numbers.one_of(&[Machine::Tail, Machine::Tail, Machine::Loop]),
        profile: numbers.one_of(&[Profile::Full, Profile::Base]),
        compilation: numbers.one_of(&[CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy]),
        fuse: !numbers.once_in(4),
        fuel: !numbers.once_in(3),
        image: numbers.once_in(3),
    }
}

fn compare(expected: &Record, actual: Record, mode: Mode) {
    let mut expected = expected.clone();
    if !mode.fuel {
        expected = expected.without_fuel();
    }
    let actual = if mode.image {
        expected = expected.without_places();
        actual.without_places()
    } else {
        actual
    };
    assert_same(&expected, &actual, &mode);
}

/// The same calls on a board, in both profiles.
fn compare_bare(wasm: &[u8], plan: &Plan, expected: &Record) {
    if matches!(expected.calls[0].end, End::Refused(_)) {
        return;
    }
    for profile in [Profile::Base, Profile::Full] {
        let mode = Mode { profile, ..REFERENCE };
        let engine = mode.engine();
        let Ok(image) = engine.precompile_module(wasm) else { continue };
        let module = Module::deserialize(&engine, &image).expect("an image that was just made loads");
        let Some(actual) = lend::run(&Draft::new(&image), &module, plan) else { continue };
        let mut expected = expected.clone().as_bare();
        if !expected.started() {
            expected.calls[0].fuel = None;
        }
        assert_same(&expected, &actual, &("bare", profile));
    }
}
