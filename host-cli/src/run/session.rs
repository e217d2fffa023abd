//! Links modules and calls what there is to call.

use super::State;
use crate::args::{RunArgs, Trace, UnknownImports};
use crate::exit::{Exit, Failure};
use crate::source::Loaded;
use crate::trace::calls;
use crate::{fault, imports, invoke, report};
use ermine::{Error, ErrorKind, Func, Instance, Linker, Module, Store, Val};

/// Why a program did not come to its end.
pub(super) enum Stop {
    /// It was not run, or is none.
    Failure(Failure),
    /// The guest of this name stopped.
    Guest(String, Error),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

/// What is linked so far.
pub(super) struct Session<'a> {
    args: &'a RunArgs,
    linker: Linker<State>,
    linked: Vec<(String, Module)>,
}

impl<'a> Session<'a> {
    /// A session in which `linker` has WASI.
    pub(super) fn new(args: &'a RunArgs, linker: Linker<State>) -> Self {
        Self { args, linker, linked: Vec::new() }
    }

    /// Links the libraries, then instantiates the program and runs what there is to run: its results.
    ///
    /// # Errors
    ///
    /// Whatever kept the program from ending by itself.
    pub(super) fn execute(
        &mut self,
        store: &mut Store<State>,
        libraries: &[Loaded<'_>],
        program: &Loaded<'_>,
    ) -> Result<Vec<Val>, Stop> {
        for (preload, library) in self.args.preload.iter().zip(libraries) {
            self.preload(store, &preload.name, library)?;
        }
        let instance = self.instantiate(store, program)?;
        match &self.args.program.invoke {
            Some(function) => self.run_function(store, program, &instance, function),
            None => run_program(store, program, &instance),
        }
    }

    /// Instantiates a library, lets it initialize itself, and defines its exports under `name`.
    fn preload(&mut self, store: &mut Store<State>, name: &str, library: &Loaded<'_>) -> Result<(), Stop> {
        let instance = self.instantiate(store, library)?;
        initialize(store, library.name(), &instance)?;
        self.linker.instance(&*store, name, instance).map_err(|error| {
            let why = match error.kind() {
                ErrorKind::DuplicateDefinition { module, name } => format!("{module}.{name} is provided already"),
                _ => error.to_string(),
            };
            Failure::new(Exit::CannotLoad, format!("--preload {name}={}: {why}", library.name()))
        })?;
        self.linked.push((name.to_owned(), library.module.clone()));
        Ok(())
    }

    /// Instantiates a module; its start function has run then.
    fn instantiate(&mut self, store: &mut Store<State>, loaded: &Loaded<'_>) -> Result<Instance, Stop> {
        let (name, module) = (loaded.name(), &loaded.module);
        let mut result = self.linker.instantiate_and_start(&mut *store, module);
        if let Err(error) = &result
            && let ErrorKind::MissingImports(missing) = error.kind()
        {
            let policy = self.args.unknown_imports;
            if policy == UnknownImports::Error {
                return Err(imports::missing(name, missing, &self.linked).into());
            }
            result = stand_in(&mut self.linker, store, module, policy)
                .and_then(|()| self.linker.instantiate_and_start(&mut *store, module));
        }
        let instance = result.map_err(|error| not_instantiated(store, name, error))?;
        if self.args.trace == Some(Trace::Calls) {
            start_traced(store, name, &instance)?;
        }
        Ok(instance)
    }

    /// `--invoke`.
    fn run_function(
        &self,
        store: &mut Store<State>,
        program: &Loaded<'_>,
        instance: &Instance,
        function: &str,
    ) -> Result<Vec<Val>, Stop> {
        let func = invoke::function(&program.module, instance, store, function)?;
        let params = invoke::arguments(func, store, function, self.args.program.args())?;
        if function != "_initialize" {
            initialize(store, program.name(), instance)?;
        }
        call(store, program.name(), func, &params)
    }
}

/// Defines what nothing provides.
fn stand_in(
    linker: &mut Linker<State>,
    store: &mut Store<State>,
    module: &Module,
    policy: UnknownImports,
) -> Result<(), Error> {
    if policy == UnknownImports::Trap {
        linker.define_unknown_imports_as_traps(module)?;
    }
    linker.define_unknown_imports_as_default_values(store, module)
}

/// Why there is no instance: its start function did not end well, or it cannot have what it needs.
fn not_instantiated(store: &Store<State>, name: &str, error: Error) -> Stop {
    if fault::is_guests(&error) {
        return Stop::Guest(name.to_owned(), error);
    }
    match (error.kind(), store.data().bounds.refusal()) {
        (ErrorKind::GrowthDenied, Some(why)) => {
            Failure::new(Exit::CannotLoad, format!("{name} cannot be loaded: {why}")).into()
        }
        _ => fault::cannot_load(name, &error).into(),
    }
}

/// A command's `_start`, or a reactor's `_initialize`.
fn run_program(store: &mut Store<State>, program: &Loaded<'_>, instance: &Instance) -> Result<Vec<Val>, Stop> {
    let name = program.name();
    let entry = ["_start", "_initialize"].iter().find_map(|entry| instance.get_func(&*store, entry));
    let Some(entry) = entry else {
        let functions: Vec<&str> = invoke::exported_functions(&program.module).collect();
        if !functions.is_empty() {
            let functions = functions.join(", ");
            report::note(format_args!("{name} has no `_start`; --invoke can call: {functions}"));
        }
        return Ok(Vec::new());
    };
    call(store, name, entry, &[])?;
    // Whatever it gives back, a program has no results.
    Ok(Vec::new())
}

/// Gives a module its hooks if it is traced, and runs its start function, which had to wait for them.
fn start_traced(store: &mut Store<State>, name: &str, instance: &Instance) -> Result<(), Stop> {
    let start = calls::install(store, instance).map_err(|error| fault::cannot_load(name, &error))?;
    start.map_or(Ok(()), |start| call(store, name, start, &[]).map(drop))
}

/// Lets a reactor initialize itself.
fn initialize(store: &mut Store<State>, name: &str, instance: &Instance) -> Result<(), Stop> {
    let initialize = instance.get_func(&*store, "_initialize");
    initialize.map_or(Ok(()), |initialize| call(store, name, initialize, &[]).map(drop))
}

/// Calls a function of the guest `name`.
fn call(store: &mut Store<State>, name: &str, func: Func, args: &[Val]) -> Result<Vec<Val>, Stop> {
    invoke::call(func, store, args).map_err(|error| Stop::Guest(name.to_owned(), error))
}
