//! Classes of faults that other engines have had, each with a test: `docs/robustness.md` lists them with their sources.
//!
//! Here is what the other suites do not have. Every test runs on both machines, and in every compilation mode where that can matter.

mod calls;
mod embedding;
mod frames;
mod fuel;
mod malformed;
mod memories;

use ermine::{CompilationMode, Config, Engine, Error, Instance, Linker, Module, Store};
use ermine_tests::{MACHINES, binary, config, fuel_config};

const MODES: [CompilationMode; 3] = [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy];

/// Native stack that is enough for anything here, in bytes, unless `ERMINE_STACK_KIB` says otherwise.
fn native_stack() -> usize {
    ermine_tests::spec::stack_bytes()
}

/// Engines on both machines and in every compilation mode, with fuel and without.
fn engines() -> impl Iterator<Item = Engine> {
    engines_with(|_| {})
}

/// The same, changed.
fn engines_with(change: impl Fn(&mut Config)) -> impl Iterator<Item = Engine> {
    let configs = MACHINES.map(config).into_iter().chain(MACHINES.map(fuel_config));
    configs.flat_map(move |config| MODES.map(|mode| (config.clone(), mode))).map(move |(mut config, mode)| {
        config.compilation_mode(mode);
        change(&mut config);
        Engine::new(&config)
    })
}

/// A store with more fuel than any test takes, where there is fuel.
fn store<T>(engine: &Engine, data: T) -> Store<T> {
    let mut store = Store::new(engine, data);
    if engine.config().get_consume_fuel() {
        store.set_fuel(1 << 40).expect("an engine with fuel");
    }
    store
}

/// Loads and instantiates a module without imports in a store of its own.
fn instance(engine: &Engine, text: &str) -> Result<(Store<()>, Instance), Error> {
    let mut store = store(engine, ());
    let module = Module::new(engine, binary(text))?;
    let instance = Linker::new(engine).instantiate_and_start(&mut store, &module)?;
    Ok((store, instance))
}
