//! Golden metrics: what the translator makes of the benches' kernels and programs, in numbers that no noise touches.
//!
//! A change that costs dispatches, code or stack shows in the diff of `goldens/metrics.txt`.
//! `ERMINE_BLESS=1 cargo test -p ermine-tests --features count --test metrics` rewrites it. The feature gives the engine its counters.

use std::fmt::Write as _;
use std::ops::Range;

use ermine::{Config, Engine, Error, Linker, Machine, Module, Store};
use ermine_tests::golden;
use ermine_tests::workloads::{KERNELS, PROGRAMS, Workload};

/// What the programs' dispatches per operator may be at the most, their geometric mean.
const MOST_OF_PROGRAMS: f64 = 0.42;

const HEAD: &str = "\
# Kernels and programs of benches, translated for the full profile. Written by tests/metrics.rs.
#
# operators   wasm operators executed by run(n): block, loop, else, end and nop are none
# dispatches  instructions that the loop machine dispatched for them
# ratio       dispatches per operator
# bytes/byte  bytes of compact code per byte of wasm function bodies
# slots       4-byte slots per frame: mean and maximum over the module's functions
";

/// One workload's numbers.
struct Metrics {
    operators: u64,
    dispatches: u64,
    bytes_per_byte: f64,
    slots: Vec<u32>,
}

impl Metrics {
    fn of(wasm: &[u8], n: i32) -> Result<Self, Error> {
        let mut config = Config::default();
        config.machine(Machine::Loop).count_dispatches(true);
        let (module, fused) = run(&config, wasm, n)?;
        let (_, plain) = run(config.count_dispatches(false).fuse(false).count_operators(true), wasm, n)?;
        let body_bytes: usize = module.func_bodies().iter().map(Range::len).sum();
        Ok(Self {
            operators: plain.operators(),
            dispatches: fused.dispatches(),
            bytes_per_byte: module.code_bytes() as f64 / body_bytes as f64,
            slots: slots(&module),
        })
    }

    fn ratio(&self) -> f64 {
        self.dispatches as f64 / self.operators as f64
    }

    fn mean_slots(&self) -> f64 {
        f64::from(self.slots.iter().sum::<u32>()) / self.slots.len() as f64
    }
}

/// Runs a workload.
fn run(config: &Config, wasm: &[u8], n: i32) -> Result<(Module, Store<()>), Error> {
    let engine = Engine::new(config);
    let module = Module::new(&engine, wasm)?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
    instance.get_typed_func::<i32, i64>(&store, "run")?.call(&mut store, n)?;
    Ok((module, store))
}

/// Slots of each function's frame: the first number of its header.
fn slots(module: &Module) -> Vec<u32> {
    let (functions, imported) = module.func_counts();
    let headers = (imported..functions as u32).filter_map(|func| module.disassemble(func)?.into_iter().next());
    headers
        .map(|line| {
            let bytes = line.text.split(['#', ',']).nth(1).and_then(|bytes| bytes.parse::<u32>().ok());
            bytes.expect("a header starts with the bytes of the frame") / 4
        })
        .collect()
}

/// The part of the file for some workloads, and the geometric mean of their ratios.
fn part(title: &str, workloads: &[Workload]) -> Result<(String, f64), Box<dyn std::error::Error>> {
    let mut text = format!("{title:14}     n operators dispatches   ratio bytes/byte  slots  max\n");
    let (mut logs, mut operators, mut dispatches) = (0.0, 0, 0);
    for workload in workloads {
        let metrics = Metrics::of(&workload.wasm(), workload.n)?;
        logs += metrics.ratio().ln();
        operators += metrics.operators;
        dispatches += metrics.dispatches;
        write!(text, "{:14}{:>6}{:>10}{:>11}", workload.name, workload.n, metrics.operators, metrics.dispatches)?;
        write!(text, "{:>8.4}{:>11.2}", metrics.ratio(), metrics.bytes_per_byte)?;
        writeln!(text, "{:>7.1}{:>5}", metrics.mean_slots(), metrics.slots.iter().max().unwrap_or(&0))?;
    }
    let ratio = dispatches as f64 / operators as f64;
    writeln!(text, "{:20}{operators:>10}{dispatches:>11}{ratio:>8.4}", "total")?;
    let mean = (logs / workloads.len() as f64).exp();
    writeln!(text, "{:41}{mean:>8.4}", "geomean")?;
    Ok((text, mean))
}

#[test]
fn kernels_and_programs_cost_what_they_did() {
    let (kernels, _) = part("kernel", &KERNELS).expect("every kernel runs");
    let (programs, mean) = part("program", &PROGRAMS).expect("every program runs");
    if let Err(difference) =
        golden::check(&golden::path("goldens/metrics.txt"), &format!("{HEAD}{kernels}\n{programs}"))
    {
        panic!("{difference}");
    }
    assert!(mean <= MOST_OF_PROGRAMS, "dispatches per operator of the programs: {mean:.4}");
}
