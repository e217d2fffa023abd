//! Ermine, on either of its machines.

use ermine::{Config, Engine, Linker, Machine, Module, Store, TypedFunc};

use crate::contender::{Contender, Failure, Prepared};
use crate::workload::Workload;

/// Ermine on one machine.
pub struct Ermine {
    name: &'static str,
    machine: Machine,
}

impl Ermine {
    /// The tail machine, on threaded code.
    pub const TAIL: Self = Self { name: "tail", machine: Machine::Tail };

    /// The loop machine, on compact code.
    pub const LOOP: Self = Self { name: "loop", machine: Machine::Loop };
}

impl Contender for Ermine {
    fn name(&self) -> &'static str {
        self.name
    }

    fn load(&self, workload: &Workload) -> Result<Box<dyn Prepared>, Failure> {
        let mut config = Config::new();
        config.machine(self.machine);
        Ok(Box::new(load(&config, workload)?))
    }
}

struct Loaded {
    store: Store<()>,
    run: TypedFunc<i32, i64>,
}

fn load(config: &Config, workload: &Workload) -> Result<Loaded, Failure> {
    let engine = Engine::new(config);
    let module = Module::new(&engine, workload.wasm)?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
    let run = instance.get_typed_func(&store, "run")?;
    Ok(Loaded { store, run })
}

impl Prepared for Loaded {
    fn call(&mut self, n: i32) -> Result<i64, Failure> {
        Ok(self.run.call(&mut self.store, n)?)
    }
}

/// What a workload's execution consisted of.
#[cfg(feature = "count")]
#[derive(Debug, Clone)]
pub struct Counts {
    /// Wasm operators executed (block, loop, else, end and nop are none), as an unfused translation counts them.
    pub operators: u64,
    /// Instructions the machine dispatched to execute them.
    pub dispatches: u64,
    /// The dispatches by instruction, by pair and by triple.
    sequences: [Vec<(String, u64)>; 3],
}

#[cfg(feature = "count")]
impl Counts {
    /// How often each instruction (1), pair (2) or triple (3) of instructions was dispatched.
    pub fn sequences(&self, length: usize) -> Vec<(String, u64)> {
        self.sequences[length - 1].clone()
    }
}

/// Runs a workload twice: unfused, to count operators, and as always, to count dispatches.
///
/// # Errors
///
/// Whatever Ermine has against the module, or a trap.
#[cfg(feature = "count")]
pub fn counts(workload: &Workload) -> Result<Counts, Failure> {
    let mut config = Config::new();
    config.machine(Machine::Loop).count_dispatches(true);
    let mut fused = load(&config, workload)?;
    fused.call(workload.n)?;
    let mut plain = load(config.fuse(false).count_operators(true), workload)?;
    plain.call(workload.n)?;
    Ok(Counts {
        operators: plain.store.operators(),
        dispatches: fused.store.dispatches(),
        sequences: [fused.store.op_histogram(), fused.store.op_sequences(2), fused.store.op_sequences(3)],
    })
}
