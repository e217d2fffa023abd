//! Loads arbitrary bytes as a module and calls everything it exports, on both machines, with little fuel, stack and memory.
//!
//! Whatever happens is fine as long as nothing panics, nothing hangs, and both machines end the same way with the same fuel left. Modules
//! with floats are not compared: which NaN comes out is not for wasm to decide, and a guest can look at its bits.
#![no_main]

use ermine::{Config, Engine, Func, Limits, Linker, Machine, Module, Store, Trap, Val, ValType};
use libfuzzer_sys::fuzz_target;

/// Enough for loops to wrap around, little enough to stay fast.
const FUEL: u64 = 50_000;

fuzz_target!(|wasm: &[u8]| {
    let [tail, looping] = [Machine::Tail, Machine::Loop].map(|machine| run(machine, wasm));
    if Module::validate(&engine(Machine::Loop, false), wasm).is_ok() {
        assert_eq!(tail, looping, "the machines disagree");
    }
});

fn engine(machine: Machine, floats: bool) -> Engine {
    let mut limits = Limits::default();
    limits.stack_bytes = 64 << 10;
    limits.memory_bytes = 4 << 20;
    limits.table_elements = 10_000;
    limits.code_bytes = 16 << 20;
    let mut config = Config::default();
    config.machine(machine).floats(floats).consume_fuel(true).wasm_custom_page_sizes(true).limits(limits);
    Engine::new(&config)
}

/// How one call ended.
#[derive(Debug, PartialEq, Eq)]
struct Ending {
    /// The trap, if it was one.
    trap: Option<Trap>,
    /// Results as text: floats as their bits, references without their numbers.
    results: Vec<String>,
    fuel: u64,
}

/// Loads, instantiates and calls each exported function once; nothing if the module is refused or imports something.
fn run(machine: Machine, wasm: &[u8]) -> Option<Vec<Ending>> {
    let engine = engine(machine, true);
    let module = Module::new(&engine, wasm).ok()?;
    let mut store = Store::new(&engine, ());
    store.set_fuel(FUEL).ok()?;
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module).ok()?;
    let funcs: Vec<Func> = module.exports().filter_map(|export| instance.get_func(&store, export.name())).collect();
    Some(funcs.into_iter().filter_map(|func| call(&mut store, func)).collect())
}

fn call(store: &mut Store<()>, func: Func) -> Option<Ending> {
    store.set_fuel(FUEL).ok()?;
    let ty = func.ty(&*store);
    let arguments: Vec<Val> = ty.params().iter().map(|&ty| Val::default_for_ty(ty)).collect();
    let mut results: Vec<Val> = ty.results().iter().map(|&ty| Val::default_for_ty(ty)).collect();
    let outcome = func.call(&mut *store, &arguments, &mut results);
    let trap = outcome.as_ref().err().and_then(ermine::Error::as_trap_code);
    let results = if outcome.is_ok() { results.iter().map(describe).collect() } else { Vec::new() };
    Some(Ending { trap, results, fuel: store.get_fuel().ok()? })
}

fn describe(value: &Val) -> String {
    match value {
        Val::I32(value) => value.to_string(),
        Val::I64(value) => value.to_string(),
        Val::F32(value) => value.to_bits().to_string(),
        Val::F64(value) => value.to_bits().to_string(),
        Val::FuncRef(_) => ValType::FuncRef.to_string(),
        Val::ExternRef(_) => ValType::ExternRef.to_string(),
    }
}
