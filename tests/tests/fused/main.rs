//! What the translator makes one instruction of two, or none at all, against the same module without any fusion.
//!
//! A text is run in every [`Way`]; results, traps, the operators that backtraces name, memory, and the fuel that is left must be what they are where every
//! operator is an instruction of its own. [`chains`] also compares with a reference in which values pass through calls.

mod addresses;
mod chains;
mod counters;
mod globals;
mod views;

use ermine::{Config, Engine, Error, Linker, Machine, Module, Profile, Store, Val};
use ermine_tests::{MACHINES, binary, config, fuel_config};

/// Fuel of a metered call. A loop without end ends by it.
const FUEL: u64 = 20_000;

/// Bytes of memory that are compared.
const MEMORY: usize = 512;

/// A way to run a module.
struct Way {
    name: String,
    engine: Engine,
    /// Whether it goes through an image.
    image: bool,
}

impl Way {
    fn new(what: &str, config: &Config, machine: Machine) -> Self {
        Self { name: format!("{what} on {machine:?}"), engine: Engine::new(config), image: what == "image" }
    }

    /// The ways to run without fuel or with it; in the first of them nothing is fused.
    fn all(metered: bool) -> Vec<Self> {
        let make = |machine| if metered { fuel_config(machine) } else { config(machine) };
        let mut ways = vec![Self::new("unfused", make(Machine::Loop).fuse(false), Machine::Loop)];
        for machine in MACHINES {
            ways.push(Self::new("fused", &make(machine), machine));
            ways.push(Self::new("image", &make(machine), machine));
            ways.push(Self::new("base", make(machine).profile(Profile::Base), machine));
        }
        ways
    }

    fn is_metered(&self) -> bool {
        self.engine.config().get_consume_fuel()
    }

    fn module(&self, wasm: &[u8]) -> Module {
        let module = Module::new(&self.engine, wasm).unwrap_or_else(|error| panic!("{}: {error}", self.name));
        match self.image {
            true => Module::deserialize(&self.engine, module.serialize().expect("an image")).expect("the image loads"),
            false => module,
        }
    }
}

/// How a call ended, and what it left.
#[derive(Debug, PartialEq)]
struct Outcome {
    /// The results' bits, or the trap.
    end: Result<Vec<u64>, String>,
    /// Offsets in the module of the operators in the backtrace. Images have none.
    trace: Option<Vec<Option<usize>>>,
    fuel: Option<u64>,
    memory: Vec<u8>,
}

fn bits(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(*value as u32),
        Val::I64(value) => *value as u64,
        Val::F32(value) => u64::from(value.to_bits()),
        Val::F64(value) => value.to_bits(),
        other => panic!("no test has {other:?}"),
    }
}

fn trace(error: &Error) -> Vec<Option<usize>> {
    error.backtrace().map_or_else(Vec::new, |trace| trace.frames().iter().map(|frame| frame.module_offset()).collect())
}

/// Calls exports of one instance, one after the other.
fn outcomes(way: &Way, wasm: &[u8], calls: &[(&str, Vec<Val>)]) -> Vec<Outcome> {
    let module = way.module(wasm);
    let mut store = Store::new(&way.engine, ());
    let metered = way.is_metered();
    if metered {
        store.set_fuel(FUEL).expect("a metered store");
    }
    let instance = Linker::new(&way.engine).instantiate_and_start(&mut store, &module).expect("an instance");
    let call = |(name, args): &(&str, Vec<Val>)| {
        let func = instance.get_func(&store, name).unwrap_or_else(|| panic!("no export {name}"));
        let types = func.ty(&store);
        let mut results: Vec<Val> = types.results().iter().map(|ty| Val::default_for_ty(*ty)).collect();
        if metered {
            store.set_fuel(FUEL).expect("a metered store");
        }
        let end = func.call(&mut store, args, &mut results);
        Outcome {
            trace: end.as_ref().err().filter(|_| !way.image).map(trace),
            end: end.map(|()| results.iter().map(bits).collect()).map_err(|error| error.to_string()),
            fuel: metered.then(|| store.get_fuel().expect("a metered store")),
            memory: instance
                .get_memory(&store, "memory")
                .map_or_else(Vec::new, |memory| memory.data(&store)[..MEMORY].to_vec()),
        }
    };
    calls.iter().map(call).collect()
}

/// Asserts that the calls end in every way as without fusion, and returns how that is without fuel.
fn agree(text: &str, calls: &[(&str, Vec<Val>)]) -> Vec<Outcome> {
    let without_fuel = agree_in(&Way::all(false), text, calls);
    agree_in(&Way::all(true), text, calls);
    without_fuel
}

/// The same with fuel only: for what might not end.
fn agree_metered(text: &str, calls: &[(&str, Vec<Val>)]) -> Vec<Outcome> {
    agree_in(&Way::all(true), text, calls)
}

fn agree_in(ways: &[Way], text: &str, calls: &[(&str, Vec<Val>)]) -> Vec<Outcome> {
    let wasm = binary(text);
    let (first, others) = ways.split_first().expect("one at least");
    let expected = outcomes(first, &wasm, calls);
    let mut failures = Vec::new();
    for way in others {
        let actual = outcomes(way, &wasm, calls);
        for ((call, expected), mut actual) in calls.iter().zip(&expected).zip(actual) {
            if way.image {
                actual.trace.clone_from(&expected.trace);
            }
            if actual != *expected {
                failures.push(format!("{} of {:?}, {}: {}", call.0, call.1, way.name, difference(&actual, expected)));
            }
        }
    }
    assert!(failures.is_empty(), "{} calls differ:\n{}", failures.len(), failures[..failures.len().min(20)].join("\n"));
    expected
}

/// What is not as it should be, without all the memory that is.
fn difference(actual: &Outcome, expected: &Outcome) -> String {
    let bytes = actual.memory.iter().zip(&expected.memory).enumerate();
    let bytes: Vec<_> = bytes.filter(|(_, (actual, expected))| actual != expected).collect();
    format!(
        "{:?} {:?} fuel {:?} for {:?} {:?} fuel {:?}, bytes {bytes:?}",
        actual.end, actual.trace, actual.fuel, expected.end, expected.trace, expected.fuel
    )
}

/// Arguments of two i32 parameters, all pairs.
fn pairs(values: &[i32]) -> Vec<Vec<Val>> {
    values.iter().flat_map(|a| values.iter().map(|b| vec![Val::I32(*a), Val::I32(*b)])).collect()
}

/// All exports called with all sets of arguments.
fn all_calls<'a>(exports: &[&'a str], args: &[Vec<Val>]) -> Vec<(&'a str, Vec<Val>)> {
    exports.iter().flat_map(|name| args.iter().map(|args| (*name, args.clone()))).collect()
}
