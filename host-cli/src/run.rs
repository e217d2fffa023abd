//! `ermine run`: loads a program, gives it what the command line allows, and runs it.

use crate::args::RunArgs;
use crate::exit::{Exit, Failure};
use crate::{fault, grants, invoke, load, machine, report, values};
use ermine::{Config, Engine, Instance, Linker, Module, Store, StoreLimits, StoreLimitsBuilder};
use ermine_wasi::{StdPort, WasiCtx, add_to_linker};
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

/// What the store holds.
struct State {
    wasi: WasiCtx<StdPort>,
    limits: StoreLimits,
}

/// Runs the program.
///
/// # Errors
///
/// Whatever kept the program from being loaded or from ending by itself.
pub fn run(args: &RunArgs) -> Result<Exit, Failure> {
    let wasm = load::load(args.file())?;
    let name = load::name(args.file());
    let cannot_load = |error: ermine::Error| fault::cannot_load(&name, &error);

    let started = Instant::now();
    let engine = Engine::try_new(&config(args)).map_err(|error| fault::no_engine(&error))?;
    let module = Module::new(&engine, &wasm).map_err(cannot_load)?;
    let translated = started.elapsed();

    let mut linker = Linker::new(&engine);
    add_to_linker(&mut linker, |state: &mut State| &mut state.wasi).map_err(cannot_load)?;
    let mut store = store(&engine, args, grants::wasi(args)?).map_err(cannot_load)?;

    let started = Instant::now();
    let result = execute(args, &name, &module, &linker, &mut store);
    if args.stats {
        Stats { wasm: wasm.len(), translated, ran: started.elapsed() }.print(args, &store);
    }
    result
}

fn config(args: &RunArgs) -> Config {
    let mut config = Config::default();
    config.machine(machine(args.machine)).consume_fuel(args.fuel.is_some());
    config
}

fn store(engine: &Engine, args: &RunArgs, wasi: WasiCtx<StdPort>) -> Result<Store<State>, ermine::Error> {
    let mut limits = StoreLimitsBuilder::new();
    if let Some(bytes) = args.max_memory {
        limits = limits.memory_size(bytes);
    }
    let state = State { wasi, limits: limits.build() };
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.limits);
    if let Some(fuel) = args.fuel {
        store.set_fuel(fuel)?;
    }
    Ok(store)
}

/// Instantiates the module and runs what there is to run.
fn execute(
    args: &RunArgs,
    name: &str,
    module: &Module,
    linker: &Linker<State>,
    store: &mut Store<State>,
) -> Result<Exit, Failure> {
    let instance = match linker.instantiate_and_start(&mut *store, module) {
        Ok(instance) => instance,
        Err(error) if fault::is_guests(&error) => return ended(args, name, Err(error)),
        Err(error) => return Err(fault::cannot_load(name, &error)),
    };
    match &args.invoke {
        Some(function) => run_function(args, name, function, module, &instance, store),
        None => run_program(args, name, module, &instance, store),
    }
}

/// A command's `_start`, or a reactor's `_initialize`.
fn run_program(
    args: &RunArgs,
    name: &str,
    module: &Module,
    instance: &Instance,
    store: &mut Store<State>,
) -> Result<Exit, Failure> {
    let entry = ["_start", "_initialize"].iter().find_map(|entry| instance.get_func(&*store, entry));
    let Some(entry) = entry else {
        let functions = invoke::exported_functions(module);
        if !functions.is_empty() {
            report::note(format_args!("{name} has no `_start`; --invoke can call: {functions}"));
        }
        return Ok(Exit::Success);
    };
    ended(args, name, invoke::call(entry, store, &[]).map(|_| ()))
}

/// `--invoke`.
fn run_function(
    args: &RunArgs,
    name: &str,
    function: &str,
    module: &Module,
    instance: &Instance,
    store: &mut Store<State>,
) -> Result<Exit, Failure> {
    let func = invoke::function(module, instance, store, function)?;
    let params = invoke::arguments(func, store, function, args.args())?;
    if let Some(initialize) = instance.get_func(&*store, "_initialize")
        && function != "_initialize"
        && let Err(error) = invoke::call(initialize, store, &[])
    {
        return ended(args, name, Err(error));
    }
    match invoke::call(func, store, &params) {
        Ok(results) => {
            let mut stdout = io::stdout().lock();
            // If nobody listens to the results there is nobody to tell.
            let _ = results.iter().try_for_each(|value| writeln!(stdout, "{}", values::show(value)));
            Ok(Exit::Success)
        }
        Err(error) => ended(args, name, Err(error)),
    }
}

/// How the guest ended.
fn ended(args: &RunArgs, name: &str, result: Result<(), ermine::Error>) -> Result<Exit, Failure> {
    match result {
        Ok(()) => Ok(Exit::Success),
        Err(error) => match error.i32_exit_status() {
            Some(code) => Ok(Exit::Guest(code)),
            None => Err(fault::ended(name, args.fuel, &error)),
        },
    }
}

/// What `--stats` tells.
struct Stats {
    wasm: usize,
    translated: Duration,
    ran: Duration,
}

impl Stats {
    fn print(&self, args: &RunArgs, store: &Store<State>) {
        eprintln!("ermine: stats: {} bytes of wasm translated in {:.3?}", self.wasm, self.translated);
        eprintln!("ermine: stats: ran for {:.3?}", self.ran);
        if let (Some(given), Ok(left)) = (args.fuel, store.get_fuel()) {
            eprintln!("ermine: stats: {} of {given} fuel used", given.saturating_sub(left));
        }
    }
}
