//! `ermine run`: loads a program, wasm or image, gives it what the command line allows, and runs it.
//!
//! `session` links and calls, `bounds` and `deadline` limit, `sandbox` puts the process behind a second wall, `stats` counts.

mod bounds;
#[cfg_attr(not(feature = "count"), path = "count_off.rs")]
mod count;
mod deadline;
#[cfg_attr(not(target_os = "linux"), path = "sandbox_none.rs")]
mod sandbox;
mod session;
mod stats;

use crate::args::{RunArgs, Trace};
use crate::backtrace::Sources;
use crate::exit::{Exit, Failure};
use crate::grants;
use crate::source::{Loaded, Source};
use crate::trace::Tracer;
use crate::watch::{Watch, Watched, Watcher};
use crate::{fault, report, size, values};
use bounds::Bounds;
use deadline::Deadline;
use ermine::{Config, Engine, Limits, Linker, Store, TrapCode};
use ermine_wasi::{StdPort, WasiCtx, add_to_linker_with};
use session::{Session, Stop};
use std::io;
use std::time::Instant;

/// What the store holds.
struct State {
    wasi: WasiCtx<StdPort>,
    bounds: Bounds,
    /// Calls of WASI's functions so far.
    wasi_calls: u64,
    watch: Watch,
}

impl State {
    /// What a call of one of WASI's functions works on: this is where calls are counted.
    fn wasi(&mut self) -> &mut WasiCtx<StdPort> {
        self.wasi_calls += 1;
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
    watch.trace = args.trace.map(|_| Tracer::new(io::stderr(), grants::preopened(&args.program.grants)));
    let started = Instant::now();
    let main = Source::load(args.program.file())?;
    let preloads: Vec<Source<'_>> =
        args.preload.iter().map(|preload| Source::load(&preload.file)).collect::<Result<_, _>>()?;
    let config = config(args, &main, &preloads);
    let engine = Engine::try_new(&config).map_err(|error| fault::no_engine(&error))?;
    let mut sources = Sources::new(args.backtrace);
    let mut program = Loaded::new(&main, &engine, &mut sources)?;
    let libraries = preloads.iter().map(|source| Loaded::new(source, &engine, &mut sources));
    let mut libraries: Vec<Loaded<'_>> = libraries.collect::<Result<_, _>>()?;
    if let (Some(Trace::Calls), Some(tracer)) = (args.trace, &mut watch.trace) {
        trace_calls(args, &mut program, &mut libraries, &mut sources, tracer)?;
    }
    let loaded = started.elapsed();

    let cannot_load = |error: ermine::Error| fault::cannot_load(&main.name, &error);
    let mut linker = Linker::new(&engine);
    add_to_linker_with(&mut linker, State::wasi, Watcher).map_err(cannot_load)?;
    let mut wasi = grants::wasi(&args.program)?;
    if watch.is_answered() {
        wasi.port_mut().divert_stdout();
    }
    let mut store = store(&engine, args, wasi, watch).map_err(cannot_load)?;
    sandbox::enter(args.sandbox, &args.program.grants)?;

    let started = Instant::now();
    let timeout = args.timeout.map(|time| Deadline::start(&main.name, time, store.interrupt_handle())).transpose()?;
    let result = Session::new(args, linker).execute(&mut store, &libraries, &program);
    drop(timeout);
    store.data_mut().watch.finish();
    let ran = started.elapsed();

    let result = conclude(args, &main.name, &store, &sources, result);
    if let Some(form) = args.stats {
        stats::Stats { source: &main, loaded, ran }.print(form, args, &store);
    }
    result
}

/// Lets the guest's functions report their calls. Libraries that are images stay as they are: theirs cannot be shown.
fn trace_calls(
    args: &RunArgs,
    program: &mut Loaded<'_>,
    libraries: &mut [Loaded<'_>],
    sources: &mut Sources,
    tracer: &mut Tracer,
) -> Result<(), Failure> {
    program.trace(None, sources, tracer)?;
    let libraries = args.preload.iter().zip(libraries);
    for (preload, library) in libraries.filter(|(_, library)| !library.source.is_image()) {
        library.trace(Some(&preload.name), sources, tracer)?;
    }
    Ok(())
}

fn config(args: &RunArgs, main: &Source<'_>, preloads: &[Source<'_>]) -> Config {
    // An image that pays fuel goes on paying where nobody bounds it; one that does not cannot be made to.
    let is_metered =
        |expected| std::iter::once(main).chain(preloads).any(|source| source.is_metered() == Some(expected));
    let can_meter = !is_metered(false);
    let mut config = crate::config();
    config.machine(args.machine.into()).compilation_mode(args.compilation.into()).limits(limits(args));
    config.consume_fuel(args.fuel.is_some() || (args.stats.is_some() && can_meter));
    config.interruptible(is_metered(true) || (args.timeout.is_some() && can_meter));
    if args.stats.is_some() {
        count::configure(&mut config);
    }
    config
}

fn limits(args: &RunArgs) -> Limits {
    let mut limits = Limits::default();
    limits.backtrace_frames = Sources::frames(args.backtrace).max(1);
    if let Some(bytes) = args.max_stack {
        limits.stack_bytes = bytes;
        limits.total_stack_bytes = limits.total_stack_bytes.max(bytes);
    }
    if let Some(elements) = args.max_table {
        limits.table_elements = elements.max(limits.table_elements);
    }
    limits
}

fn store(engine: &Engine, args: &RunArgs, wasi: WasiCtx<StdPort>, watch: Watch) -> Result<Store<State>, ermine::Error> {
    let max_table = args.max_table.and_then(|elements| usize::try_from(elements).ok());
    let state = State { wasi, bounds: Bounds::new(args.max_memory, max_table), wasi_calls: 0, watch };
    let mut store = Store::new(engine, state);
    store.limiter(|state| &mut state.bounds);
    if engine.config().get_consume_fuel() {
        store.set_fuel(args.fuel.unwrap_or(u64::MAX))?;
    }
    Ok(store)
}

/// How the program ended, and what may have led to it.
fn conclude(
    args: &RunArgs,
    program: &str,
    store: &Store<State>,
    sources: &Sources,
    result: Result<Vec<ermine::Val>, Stop>,
) -> Result<Exit, Failure> {
    let refused = [store.data().bounds.refusal(), store.data().watch.denied.note()].into_iter().flatten();
    match result {
        Ok(results) => {
            if store.data().watch.is_answered() {
                results.iter().for_each(|value| report::line(values::show(value)));
                return Ok(Exit::Success);
            }
            report::answer(results.iter().map(|value| values::show(value) + "\n").collect::<String>())
        }
        Err(Stop::Failure(failure)) => Err(failure),
        Err(Stop::Guest(name, error)) => match error.i32_exit_status() {
            Some(0) => Ok(Exit::Success),
            Some(code) => {
                refused.for_each(|what| report::note(format_args!("{program} ended with {code}; {what}")));
                Ok(Exit::Guest(code))
            }
            None => Err(ended(args, &name, sources, &error).with_details(refused)),
        },
    }
}

/// The failure of a guest that was stopped.
fn ended(args: &RunArgs, name: &str, sources: &Sources, error: &ermine::Error) -> Failure {
    match (error.as_trap_code(), args.timeout) {
        (Some(TrapCode::Interrupt), Some(timeout)) => {
            deadline::passed(name, timeout).with_details(sources.lines(error))
        }
        (Some(TrapCode::StackOverflow), _) => {
            let bytes = size::show(args.max_stack.unwrap_or(Limits::default().stack_bytes));
            let advice = format!("its value stack has {bytes} bytes; --max-stack gives it more");
            fault::ended(name, args.fuel, sources, error).with_details([advice])
        }
        _ => fault::ended(name, args.fuel, sources, error),
    }
}
