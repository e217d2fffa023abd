//! `ermine run`: loads a program, wasm or image, gives it what the command line allows, and runs it.

use crate::args::RunArgs;
use crate::exit::{Exit, Failure};
use crate::grants::Arguments;
use crate::load::{self, Program};
use crate::trace::Tracer;
use crate::watch::{Watch, Watched, Watcher};
use crate::{fault, grants, invoke, machine, report, symbols, values};
use ermine::image::Inspection;
use ermine::{Config, Engine, Instance, Linker, Module, Store, StoreLimits, StoreLimitsBuilder};
use ermine_wasi::{StdPort, WasiCtx, add_to_linker, add_to_linker_with};
use std::io::{self, Write};
use std::time::{Duration, Instant};

/// What the store holds.
struct State {
    wasi: WasiCtx<StdPort>,
    limits: StoreLimits,
    watch: Watch,
}

impl State {
    fn wasi(&mut self) -> &mut WasiCtx<StdPort> {
        &mut self.wasi
    }
}

impl Watched for State {
    fn watch(&mut self) -> &mut Watch {
        &mut self.watch
    }
}

/// Runs the program.
///
/// # Errors
///
/// Whatever kept the program from being loaded or from ending by itself.
pub fn run(args: &RunArgs) -> Result<Exit, Failure> {
    run_watched(args, Watch::default())
}

/// Runs the program while it is watched, besides what the options ask for.
///
/// # Errors
///
/// As [`run`].
pub(crate) fn run_watched(args: &RunArgs, mut watch: Watch) -> Result<Exit, Failure> {
    watch.trace = args.trace.map(|_| Tracer::new(io::stderr(), grants::preopened(&args.grants)));
    let program = load::load(args.file())?;
    let name = load::name(args.file());
    let cannot_load = |error: ermine::Error| fault::cannot_load(&name, &error);

    let started = Instant::now();
    let image = match &program {
        Program::Wasm(_) => None,
        Program::Image(bytes) => Some(Inspection::open(bytes).map_err(|error| fault::refused(&name, &error))?),
    };
    let config = config(args, image.as_ref());
    let engine = Engine::try_new(&config).map_err(|error| fault::no_engine(&error))?;
    let module = match &program {
        Program::Wasm(wasm) => Module::new(&engine, wasm),
        Program::Image(image) => Module::deserialize(&engine, image),
    };
    let module = module.map_err(cannot_load)?;
    let loaded = started.elapsed();

    let mut linker = Linker::new(&engine);
    link_wasi(&mut linker, watch.is_on()).map_err(cannot_load)?;
    let mut wasi = wasi(args)?;
    if watch.is_answered() {
        wasi.port_mut().divert_stdout();
    }
    let mut store = store(&engine, args, wasi, watch).map_err(cannot_load)?;

    let started = Instant::now();
    let checksum = image.map(|image| image.checksum());
    let result = Guest { args, name: &name, module: &module, checksum }.execute(&linker, &mut store);
    store.data_mut().watch.finish();
    if args.stats {
        Stats { program: &program, loaded, ran: started.elapsed() }.print(args, &store);
    }
    result
}

fn config(args: &RunArgs, image: Option<&Inspection>) -> Config {
    let mut config = crate::config();
    config.machine(machine(args.machine)).consume_fuel(args.fuel.is_some());
    // An image that pays fuel goes on paying where nobody bounds it.
    config.interruptible(image.is_some_and(Inspection::is_metered));
    config
}

fn wasi(args: &RunArgs) -> Result<WasiCtx<StdPort>, Failure> {
    let own = if args.invoke.is_some() { &[] } else { args.args() };
    grants::wasi(&args.grants, &Arguments { file: args.file(), args: own })
}

/// Who is not watched pays nothing for it.
fn link_wasi(linker: &mut Linker<State>, watched: bool) -> Result<(), ermine::Error> {
    if watched { add_to_linker_with(linker, State::wasi, Watcher) } else { add_to_linker(linker, State::wasi) }
}

fn store(engine: &Engine, args: &RunArgs, wasi: WasiCtx<StdPort>, watch: Watch) -> Result<Store<State>, ermine::Error> {
    let mut limits = StoreLimitsBuilder::new();
    if let Some(bytes) = args.max_memory {
        limits = limits.memory_size(bytes);
    }
    let state = State { wasi, limits: limits.build(), watch };
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.limits);
    if let Some(fuel) = args.fuel {
        store.set_fuel(fuel)?;
    }
    Ok(store)
}

/// A program that is ready to run.
struct Guest<'a> {
    args: &'a RunArgs,
    name: &'a str,
    module: &'a Module,
    /// The image's, if it is one.
    checksum: Option<u32>,
}

impl Guest<'_> {
    /// Instantiates the module and runs what there is to run.
    fn execute(&self, linker: &Linker<State>, store: &mut Store<State>) -> Result<Exit, Failure> {
        let instance = match linker.instantiate_and_start(&mut *store, self.module) {
            Ok(instance) => instance,
            Err(error) if fault::is_guests(&error) => return self.ended(Err(error)),
            Err(error) => return Err(fault::cannot_load(self.name, &error)),
        };
        match &self.args.invoke {
            Some(function) => self.run_function(function, &instance, store),
            None => self.run_program(&instance, store),
        }
    }

    /// A command's `_start`, or a reactor's `_initialize`.
    fn run_program(&self, instance: &Instance, store: &mut Store<State>) -> Result<Exit, Failure> {
        let entry = ["_start", "_initialize"].iter().find_map(|entry| instance.get_func(&*store, entry));
        let Some(entry) = entry else {
            let functions = invoke::exported_functions(self.module);
            if !functions.is_empty() {
                report::note(format_args!("{} has no `_start`; --invoke can call: {functions}", self.name));
            }
            return Ok(Exit::Success);
        };
        self.ended(invoke::call(entry, store, &[]).map(|_| ()))
    }

    /// `--invoke`.
    fn run_function(&self, function: &str, instance: &Instance, store: &mut Store<State>) -> Result<Exit, Failure> {
        let func = invoke::function(self.module, instance, store, function)?;
        let params = invoke::arguments(func, store, function, self.args.args())?;
        if let Some(initialize) = instance.get_func(&*store, "_initialize")
            && function != "_initialize"
            && let Err(error) = invoke::call(initialize, store, &[])
        {
            return self.ended(Err(error));
        }
        match invoke::call(func, store, &params) {
            Ok(results) => {
                let answered = store.data().watch.is_answered();
                let mut out: Box<dyn Write> = if answered { Box::new(io::stderr()) } else { Box::new(io::stdout()) };
                // If nobody listens to the results there is nobody to tell.
                let _ = results.iter().try_for_each(|value| writeln!(out, "{}", values::show(value)));
                Ok(Exit::Success)
            }
            Err(error) => self.ended(Err(error)),
        }
    }

    /// How the guest ended.
    fn ended(&self, result: Result<(), ermine::Error>) -> Result<Exit, Failure> {
        let Err(error) = result else { return Ok(Exit::Success) };
        if let Some(code) = error.i32_exit_status() {
            return Ok(Exit::Guest(code));
        }
        let symbols = self.checksum.and_then(|checksum| symbols::beside(self.args.file(), checksum));
        Err(fault::ended(self.name, self.args.fuel, symbols.as_ref(), &error))
    }
}

/// What `--stats` tells.
struct Stats<'a> {
    program: &'a Program,
    loaded: Duration,
    ran: Duration,
}

impl Stats<'_> {
    fn print(&self, args: &RunArgs, store: &Store<State>) {
        let done = match self.program {
            Program::Wasm(_) => "bytes of wasm translated",
            Program::Image(_) => "bytes of image verified",
        };
        eprintln!("ermine: stats: {} {done} in {:.3?}", self.program.bytes().len(), self.loaded);
        eprintln!("ermine: stats: ran for {:.3?}", self.ran);
        if let (Some(given), Ok(left)) = (args.fuel, store.get_fuel()) {
            eprintln!("ermine: stats: {} of {given} fuel used", given.saturating_sub(left));
        }
    }
}
