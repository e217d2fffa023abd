//! What is measured: a function in an instance, or a program in a new one each time.

use crate::args::{BenchArgs, MachineArg};
use crate::backtrace::Sources;
use crate::exit::{Exit, Failure};
use crate::grants;
use crate::source::Source;
use crate::{fault, invoke};
use ermine::{Config, Engine, Error, Func, Instance, Linker, Module, Store, Val};
use ermine_wasi::{StdPort, WasiCtx, add_to_linker};
use std::time::{Duration, Instant};

type Wasi = WasiCtx<StdPort>;

/// More than any call uses.
const FUEL: u64 = u64::MAX;

/// A program, loaded for one machine.
pub(super) struct Subject<'a> {
    guest: Guest<'a>,
    /// How long loading took.
    pub(super) loading: Duration,
    /// The function that is called, if it is not the whole program that runs.
    function: Option<Function>,
}

/// A module, and what it is given.
struct Guest<'a> {
    args: &'a BenchArgs,
    name: &'a str,
    module: Module,
    /// What explains backtraces.
    sources: Sources,
    linker: Linker<Wasi>,
}

/// A function of an instance, and what it is called with.
struct Function {
    store: Store<Wasi>,
    func: Func,
    params: Vec<Val>,
    results: Vec<Val>,
}

impl<'a> Subject<'a> {
    /// Loads the program; if a function of it is to be called, instantiates it.
    pub(super) fn load(args: &'a BenchArgs, source: &'a Source<'a>, machine: MachineArg) -> Result<Self, Failure> {
        let mut config = crate::config();
        config.machine(machine.into()).compilation_mode(args.compilation.into());
        let started = Instant::now();
        let guest = Guest::load(args, source, config)?;
        let loading = started.elapsed();
        let function = args.program.invoke.as_deref().map(|function| guest.function(function)).transpose()?;
        Ok(Self { guest, loading, function })
    }

    /// Calls the function, or runs the program.
    pub(super) fn call(&mut self) -> Result<(), Failure> {
        match &mut self.function {
            Some(function) => function.call().map_err(|error| self.guest.ended(&error)),
            None => self.guest.run(&mut self.guest.store()?),
        }
    }
}

/// The fuel that a call takes, which counts operators. Nothing for images that do not pay.
pub(super) fn fuel(args: &BenchArgs, source: &Source<'_>) -> Result<Option<u64>, Failure> {
    if source.is_metered() == Some(false) {
        return Ok(None);
    }
    let mut config = crate::config();
    config.consume_fuel(true);
    let guest = Guest::load(args, source, config)?;
    let Some(name) = args.program.invoke.as_deref() else {
        let mut store = guest.store()?;
        guest.run(&mut store)?;
        return Ok(used(&store));
    };
    let mut function = guest.function(name)?;
    let before = used(&function.store);
    function.call().map_err(|error| guest.ended(&error))?;
    Ok(used(&function.store).zip(before).map(|(after, before)| after.saturating_sub(before)))
}

/// The fuel that a store has used.
fn used(store: &Store<Wasi>) -> Option<u64> {
    store.get_fuel().ok().map(|left| FUEL.saturating_sub(left))
}

impl<'a> Guest<'a> {
    fn load(args: &'a BenchArgs, source: &'a Source<'a>, mut config: Config) -> Result<Self, Failure> {
        // An image that pays fuel goes on paying where nobody bounds it.
        config.interruptible(source.is_metered() == Some(true));
        let engine = Engine::try_new(&config).map_err(|error| fault::no_engine(&error))?;
        let mut sources = Sources::default();
        let module = source.module(&engine, &mut sources)?;
        let mut linker = Linker::new(&engine);
        add_to_linker(&mut linker, |wasi: &mut Wasi| wasi).map_err(|error| fault::cannot_load(&source.name, &error))?;
        Ok(Self { args, name: &source.name, module, sources, linker })
    }

    /// A store with what the program is given. What it writes to standard output is thrown away.
    fn store(&self) -> Result<Store<Wasi>, Failure> {
        let port = grants::port(&self.args.program)?;
        let wasi = grants::context(&self.args.program.grants, port.discard_stdout());
        let mut store = Store::new(self.module.engine(), wasi);
        // An engine without fuel says so, and needs none.
        let _ = store.set_fuel(FUEL);
        Ok(store)
    }

    fn instantiate(&self, store: &mut Store<Wasi>) -> Result<Instance, Failure> {
        self.linker.instantiate_and_start(store, &self.module).map_err(|error| {
            if fault::is_guests(&error) { self.ended(&error) } else { fault::cannot_load(self.name, &error) }
        })
    }

    /// Runs the program once.
    fn run(&self, store: &mut Store<Wasi>) -> Result<(), Failure> {
        let instance = self.instantiate(store)?;
        let Some(start) = instance.get_func(&*store, "_start") else {
            let message = format!("{} has no `_start`: say what to call with --invoke", self.name);
            return Err(Failure::new(Exit::Usage, message).with_details(invoke::there_is(&self.module)));
        };
        match invoke::call(start, store, &[]) {
            Ok(_) => Ok(()),
            Err(error) if error.i32_exit_status() == Some(0) => Ok(()),
            Err(error) => Err(self.ended(&error)),
        }
    }

    /// A new instance's function.
    fn function(&self, name: &str) -> Result<Function, Failure> {
        let mut store = self.store()?;
        let instance = self.instantiate(&mut store)?;
        let func = invoke::function(&self.module, &instance, &store, name)?;
        let params = invoke::arguments(func, &store, name, self.args.program.args())?;
        if let Some(initialize) = instance.get_func(&store, "_initialize") {
            invoke::call(initialize, &mut store, &[]).map_err(|error| self.ended(&error))?;
        }
        let results = func.ty(&store).results().iter().map(|ty| Val::default_for_ty(*ty)).collect();
        Ok(Function { store, func, params, results })
    }

    /// A call that did not end well.
    fn ended(&self, error: &Error) -> Failure {
        match error.i32_exit_status() {
            Some(code) => Failure::new(Exit::Guest(code), format!("{} ended with exit code {code}", self.name)),
            None => fault::ended(self.name, None, &self.sources, error),
        }
    }
}

impl Function {
    fn call(&mut self) -> Result<(), Error> {
        self.func.call(&mut self.store, &self.params, &mut self.results)
    }
}
