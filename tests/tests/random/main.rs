//! Random programs, run by the engine and by a tree-walking model of a few lines.
//!
//! The programs are all about what a translator can get wrong: operands that are pending while
//! their local changes, values carried out of blocks and arms, results that go to locals, memory,
//! globals and branches; counters at the heads and ends of loops, values read as another type,
//! scaled addresses, stack pointers. They always end.
//!
//! `ERMINE_RANDOM_PROGRAMS=<count>` runs more of them, `ERMINE_RANDOM_SEED=<seed>` others. A
//! failure prints the program and its number.

mod generate;
mod model;
mod print;
mod program;
mod shrink;

use std::env;

use ermine::{Engine, Error, Func, Linker, Module, Profile, ResumableCall, Store, Val};
use ermine_tests::{MACHINES, binary, config, fuel_config, on_stack};

use crate::model::Outcome;
use crate::program::{Program, Type};

/// Programs that every run tries.
const PROGRAMS: u64 = 1_000;

/// Sets of arguments that each program is called with.
const CALLS: u64 = 3;

fn setting(name: &str, default: u64) -> u64 {
    env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// Native stack for the walks over programs' trees.
const STACK_BYTES: usize = 16 << 20;

#[test]
fn random_programs_end_as_in_the_model() {
    on_stack(STACK_BYTES, compare);
}

fn compare() {
    let programs = setting("ERMINE_RANDOM_PROGRAMS", PROGRAMS);
    let seed = setting("ERMINE_RANDOM_SEED", 1);
    let modes = Mode::all();
    let mut trapped = 0;
    for number in 0..programs {
        let program = generate::program(seed.wrapping_mul(1 << 32) + number);
        let expected = expected(&program);
        trapped += expected.iter().filter(|outcome| outcome.trap.is_some()).count();
        for mode in &modes {
            if mode.execute(&program).ok().as_ref() != Some(&expected) {
                let small = shrink::shrink(program, |program| {
                    mode.execute(program).is_ok_and(|outcome| outcome != self::expected(program))
                });
                panic!(
                    "program {number} of seed {seed}, made small:\n{}\nmodel:  {:?}\nengine: {:?} ({:?}, fuel {:?})",
                    print::module(&small),
                    self::expected(&small),
                    mode.execute(&small),
                    mode.engine.machine(),
                    mode.fuel
                );
            }
        }
    }
    // Traps are wanted, but they end a program early.
    let calls = usize::try_from(programs * CALLS).expect("a small number");
    assert!(trapped > 0 && trapped < calls / 3, "{trapped} of {calls} trapped");
}

#[test]
fn fuel_is_what_it_is_without_fusion() {
    on_stack(STACK_BYTES, compare_fuel);
}

fn compare_fuel() {
    let seed = setting("ERMINE_RANDOM_SEED", 1);
    for number in 0..setting("ERMINE_RANDOM_PROGRAMS", PROGRAMS) / 5 {
        let program = generate::program(seed.wrapping_mul(1 << 32) + number);
        let wasm = binary(&print::module(&program));
        for fuel in [Fuel::Ample, Fuel::Only(number % 50), Fuel::Only(number % 1_000)] {
            let unfused = Mode { engine: Engine::new(fuel_config(MACHINES[0]).fuse(false)), fuel };
            let expected = unfused.calls(&program, &wasm);
            for machine in MACHINES {
                for profile in [Profile::Full, Profile::Base] {
                    let mode = Mode { engine: Engine::new(fuel_config(machine).profile(profile)), fuel };
                    let actual = mode.calls(&program, &wasm);
                    assert_eq!(actual, expected, "program {number} of seed {seed}, {machine:?}, {profile:?}, {fuel:?}");
                }
            }
        }
    }
}

/// How the calls of a program end in the model.
fn expected(program: &Program) -> Vec<Outcome> {
    (0..CALLS).map(|call| model::run(program, call)).collect()
}

/// How a guest is given its fuel.
#[derive(Clone, Copy, Debug)]
enum Fuel {
    None,
    Ample,
    /// So much and no more.
    Only(u64),
    /// So little at a time that the call is suspended again and again.
    Slices(u64),
}

/// An engine, and how its guests are given fuel.
struct Mode {
    engine: Engine,
    fuel: Fuel,
}

impl Mode {
    fn all() -> Vec<Self> {
        let mut modes = Vec::new();
        for machine in MACHINES {
            modes.push(Self { engine: Engine::new(&config(machine)), fuel: Fuel::None });
            for fuel in [Fuel::Ample, Fuel::Slices(1), Fuel::Slices(50)] {
                modes.push(Self { engine: Engine::new(&fuel_config(machine)), fuel });
            }
        }
        modes
    }

    /// Calls the program in a fresh instance with each set of arguments.
    fn execute(&self, program: &Program) -> Result<Vec<Outcome>, Error> {
        let module = Module::new(&self.engine, binary(&print::module(program)))?;
        (0..CALLS).map(|call| Ok(self.call(program, &module, call)?.0)).collect()
    }

    /// The same of a module that is fine, with the fuel that is left.
    fn calls(&self, program: &Program, wasm: &[u8]) -> Vec<(Outcome, Option<u64>)> {
        let module = Module::new(&self.engine, wasm).expect("the module loads");
        (0..CALLS).map(|call| self.call(program, &module, call).expect("an instance")).collect()
    }

    /// One call, and the fuel that is left.
    fn call(&self, program: &Program, module: &Module, call: u64) -> Result<(Outcome, Option<u64>), Error> {
        let mut store = Store::new(&self.engine, ());
        if !matches!(self.fuel, Fuel::None) {
            store.set_fuel(1 << 40)?;
        }
        let instance = Linker::new(&self.engine).instantiate_and_start(&mut store, module)?;
        let run = instance.get_func(&store, "run").expect("an export");
        let args: Vec<Val> = program.main().params.iter().zip(model::arguments(call)).map(value).collect();
        let mut results = vec![Val::I32(0); program.main().results.len()];
        if let Fuel::Only(fuel) = self.fuel {
            store.set_fuel(fuel)?;
        }
        let end = match self.fuel {
            Fuel::None | Fuel::Ample | Fuel::Only(_) => run.call(&mut store, &args, &mut results),
            Fuel::Slices(slice) => in_slices(&mut store, slice, run, &args, &mut results),
        };
        let memory = instance.get_memory(&store, "memory").expect("an export");
        let globals = (0..program.globals.len()).map(|n| {
            let global = instance.get_global(&store, &format!("g{n}")).expect("an export");
            bits(&global.get(&store))
        });
        let left = (!matches!(self.fuel, Fuel::None)).then(|| store.get_fuel()).transpose()?;
        let outcome = Outcome {
            results: if end.is_ok() { results.iter().map(bits).collect() } else { Vec::new() },
            trap: end.err().map(|error| error.to_string()),
            globals: globals.collect(),
            memory: model::non_zero(memory.data(&store)),
        };
        Ok((outcome, left))
    }
}

/// Calls a function with a slice of fuel, and resumes it with another one until it ends.
fn in_slices(store: &mut Store<()>, slice: u64, run: Func, args: &[Val], results: &mut [Val]) -> Result<(), Error> {
    store.set_fuel(slice)?;
    let mut state = run.call_resumable(&mut *store, args, results)?;
    while let ResumableCall::OutOfFuel(call) = state {
        let left = store.get_fuel()?;
        store.set_fuel(left + slice.max(call.required_fuel()))?;
        state = call.resume(&mut *store, results)?;
    }
    Ok(())
}

fn value((ty, bits): (&Type, u64)) -> Val {
    match ty {
        Type::I32 => Val::I32(bits as i32),
        Type::I64 => Val::I64(bits as i64),
        Type::F32 => Val::F32(ermine::F32::from_bits(model::float32_of(bits).to_bits())),
        Type::F64 => Val::F64(ermine::F64::from_bits(model::float_of(bits).to_bits())),
    }
}

/// The bits of a value; every NaN is the same.
fn bits(value: &Val) -> u64 {
    match value {
        Val::I32(value) => u64::from(*value as u32),
        Val::I64(value) => *value as u64,
        Val::F32(value) => model::float32_bits(value.to_float()),
        Val::F64(value) => model::float_bits(value.to_float()),
        other => panic!("no program has {other:?}"),
    }
}
