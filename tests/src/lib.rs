//! What the suites share: engines on either machine, modules from text, the spec suite's sets and
//! the list of failures that are expected of it.
//!
//! The tests themselves are under `tests/`, one file per subject; the data they read is beside
//! them. This crate is no part of the product.

pub mod assembly;
pub mod clock;
pub mod elf;
pub mod emulator;
pub mod encode;
pub mod expected;
pub mod firmware;
pub mod folder;
pub mod golden;
pub mod json;
pub mod kernels;
pub mod mutations;
pub mod pack;
pub mod sizes;
pub mod spec;
pub mod tools;
pub mod unsafe_code;
pub mod workloads;

use std::panic::resume_unwind;
use std::thread;

use ermine::{Config, Engine, Error, Instance, Linker, Machine, Module, Store};

/// Both machines; every test of behaviour runs on each.
pub const MACHINES: [Machine; 2] = [Machine::Tail, Machine::Loop];

/// Whether this build is one without the tail machine: not optimised, under Miri or a sanitizer. `ERMINE_NO_TAIL` says so, and the test
/// `a_machine_that_this_build_lacks_is_an_error_or_the_other_one` fails where it is not true.
#[must_use]
pub fn has_no_tail_machine() -> bool {
    std::env::var_os("ERMINE_NO_TAIL").is_some()
}

/// This machine, or the loop machine in a build that was said to have no other.
#[must_use]
pub fn available(machine: Machine) -> Machine {
    if has_no_tail_machine() { Machine::Loop } else { machine }
}

/// The default configuration on `machine`.
pub fn config(machine: Machine) -> Config {
    let mut config = Config::default();
    config.machine(machine);
    config
}

/// The default configuration on `machine`, with fuel.
pub fn fuel_config(machine: Machine) -> Config {
    let mut config = config(machine);
    config.consume_fuel(true);
    config
}

/// Runs `work` on a thread with a native stack of `bytes`.
///
/// # Panics
///
/// When `work` does.
pub fn on_stack(bytes: usize, work: impl FnOnce() + Send) {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(bytes).spawn_scoped(scope, work);
        if let Err(panic) = thread.expect("a thread").join() {
            resume_unwind(panic);
        }
    });
}

/// An engine with the default configuration on `machine`.
pub fn engine(machine: Machine) -> Engine {
    Engine::new(&config(machine))
}

/// The binary of a module in text form.
///
/// # Panics
///
/// When the text is malformed: the tests' own texts are not.
pub fn binary(text: &str) -> Vec<u8> {
    wat::parse_str(text).expect("a well-formed text")
}

/// Loads a module in text form.
///
/// # Errors
///
/// When the engine refuses the module.
pub fn module(engine: &Engine, text: &str) -> Result<Module, Error> {
    Module::new(engine, binary(text))
}

/// Loads and instantiates a module without imports in a store of its own.
///
/// # Panics
///
/// When the engine refuses the module.
pub fn instance(engine: &Engine, text: &str) -> (Store<()>, Instance) {
    let mut store = Store::new(engine, ());
    let module = module(engine, text).expect("the module loads");
    let instance = Linker::new(engine).instantiate_and_start(&mut store, &module).expect("the module instantiates");
    (store, instance)
}
