//! Carries out a script's directives, one after the other, in one store.

use std::collections::HashMap;

use ermine::{CompilationMode, Engine, Error, Instance, Linker, Module, Store, Val};

use super::script::{Action, Command, Directive, Expected, Source};
use super::{Failure, Options, Report, script, spectest, values};

/// Runs `directives` from the first to the last, whatever fails on the way.
pub(super) fn run(file: &str, directives: &[Directive], options: &Options) -> Report {
    let mut report = Report::default();
    let mut fail = |line, message| {
        report.failed.push(Failure { file: file.to_owned(), line, message });
    };
    let mut session = match Session::new(options) {
        Ok(session) => session,
        Err(error) => {
            fail(0, format!("cannot set up the engine: {error}"));
            return report;
        }
    };
    let mut passed = 0;
    for directive in directives {
        match session.carry_out(&directive.command) {
            Ok(()) => passed += usize::from(directive.command.is_assertion()),
            Err(message) => fail(directive.line, message),
        }
    }
    report.passed = passed;
    report
}

/// The state a script builds up.
struct Session {
    engine: Engine,
    store: Store<()>,
    linker: Linker<()>,
    fuel: Option<u64>,
    images: bool,
    /// Named definitions and instances, and the latest of each, which a missing name means.
    definitions: Named<Module>,
    instances: Named<Instance>,
}

impl Session {
    fn new(options: &Options) -> Result<Self, Error> {
        let engine = Engine::try_new(&options.config)?;
        let mut store = Store::new(&engine, ());
        let mut linker = Linker::new(&engine);
        if let Some(fuel) = options.fuel {
            store.set_fuel(fuel)?;
        }
        spectest::define(&mut linker, &mut store)?;
        linker.allow_shadowing(true);
        Ok(Self {
            engine,
            store,
            linker,
            fuel: options.fuel,
            images: options.images,
            definitions: Named::default(),
            instances: Named::default(),
        })
    }

    fn carry_out(&mut self, command: &Command) -> Result<(), String> {
        match command {
            Command::Module { name, source } => {
                // Should it fail, what follows must not speak to an older instance.
                self.instances.latest = None;
                let module = self.load(source)?;
                self.definitions.add(name.as_deref(), module.clone());
                let instance = self.instantiate(&module).map_err(cannot("instantiate"))?;
                self.instances.add(name.as_deref(), instance);
                Ok(())
            }
            Command::Definition { name, source } => {
                self.definitions.latest = None;
                let module = self.load(source)?;
                self.definitions.add(name.as_deref(), module);
                Ok(())
            }
            Command::Instance { name, definition } => {
                let module = self.definitions.get(definition.as_deref())?.clone();
                let instance = self.instantiate(&module).map_err(cannot("instantiate"))?;
                self.instances.add(name.as_deref(), instance);
                Ok(())
            }
            Command::Register { alias, instance } => {
                let instance = *self.instances.get(instance.as_deref())?;
                self.linker.instance(&mut self.store, alias, instance).map_err(cannot("register"))?;
                Ok(())
            }
            Command::Perform(action) => match self.perform(action)? {
                Ok(_) => Ok(()),
                Err(error) => Err(format!("expected no trap, got {error}")),
            },
            Command::AssertReturn { action, expected } => self.assert_return(action, expected),
            Command::AssertTrap { action, message } => self.assert_trap(action, message),
            Command::AssertRefused { source, message } => match self.load(source) {
                Ok(_) => Err(format!("accepted, expected to be refused: {message}")),
                Err(_) => Ok(()),
            },
            Command::AssertUnlinkable { source, message } => {
                let module = self.load(source)?;
                match self.instantiate(&module) {
                    Ok(_) => Err(format!("linked, expected not to: {message}")),
                    Err(error) if error.as_trap_code().is_some() => {
                        Err(format!("expected not to link ({message}), got the trap {error}"))
                    }
                    Err(_) => Ok(()),
                }
            }
            Command::Unsupported(what) => Err(format!("{what} is not supported")),
        }
    }

    fn assert_return(&mut self, action: &Action, expected: &[Expected]) -> Result<(), String> {
        let want = || script::list(expected);
        let results = self.perform(action)?.map_err(|error| format!("expected {}, got the error: {error}", want()))?;
        if values::all_match(&self.store, &results, expected) {
            return Ok(());
        }
        let got = values::describe(&self.store, &results);
        Err(format!("expected {}, got {got}", want()))
    }

    fn assert_trap(&mut self, action: &Action, message: &str) -> Result<(), String> {
        match self.perform(action)? {
            Ok(results) => {
                let got = values::describe(&self.store, &results);
                Err(format!("expected the trap `{message}`, got {got}"))
            }
            Err(error) => {
                let Some(code) = error.as_trap_code() else {
                    return Err(format!("expected the trap `{message}`, got {error}"));
                };
                if is_trap_text(&code.to_string(), message) {
                    return Ok(());
                }
                Err(format!("expected the trap `{message}`, got `{code}`"))
            }
        }
    }

    /// Carries out an action. The outer error is the script's (no such export), the inner one is
    /// what the action ended in.
    fn perform(&mut self, action: &Action) -> Result<Result<Vec<Val>, Error>, String> {
        match action {
            Action::Invoke { instance, function, arguments } => {
                let instance = self.instances.get(instance.as_deref())?;
                let func = instance
                    .get_func(&self.store, function)
                    .ok_or_else(|| format!("no exported function `{function}`"))?;
                let arguments = arguments
                    .iter()
                    .map(|argument| values::lower(&mut self.store, argument))
                    .collect::<Result<Vec<_>, _>>()?;
                let ty = func.ty(&self.store);
                let mut results: Vec<Val> = ty.results().iter().map(|ty| Val::default_for_ty(*ty)).collect();
                if let Err(error) = self.refuel() {
                    return Ok(Err(error));
                }
                let outcome = func.call(&mut self.store, &arguments, &mut results);
                Ok(outcome.map(|()| results))
            }
            Action::Get { instance, global } => {
                let instance = self.instances.get(instance.as_deref())?;
                let global =
                    instance.get_global(&self.store, global).ok_or_else(|| format!("no exported global `{global}`"))?;
                Ok(Ok(vec![global.get(&self.store)]))
            }
            Action::Instantiate(source) => {
                let module = self.load(source)?;
                Ok(self.instantiate(&module).map(|_| Vec::new()))
            }
        }
    }

    fn load(&self, source: &Source) -> Result<Module, String> {
        match source {
            Source::Binary(binary) if self.images => self.load_through_image(binary).map_err(cannot("load")),
            Source::Binary(binary) => self.load_binary(binary).map_err(cannot("load")),
            Source::Malformed(why) => Err(format!("malformed text: {why}")),
        }
    }

    /// Loads a module. Scripts say which are invalid: where functions are validated later, that is looked at first.
    fn load_binary(&self, binary: &[u8]) -> Result<Module, Error> {
        if self.engine.config().get_compilation_mode() == CompilationMode::Lazy {
            Module::validate(&self.engine, binary)?;
        }
        Module::new(&self.engine, binary)
    }

    fn load_through_image(&self, binary: &[u8]) -> Result<Module, Error> {
        let image = self.engine.precompile_module(binary)?;
        Module::deserialize(&self.engine, &image)
    }

    fn instantiate(&mut self, module: &Module) -> Result<Instance, Error> {
        self.refuel()?;
        self.linker.instantiate_and_start(&mut self.store, module)
    }

    fn refuel(&mut self) -> Result<(), Error> {
        match self.fuel {
            Some(fuel) => self.store.set_fuel(fuel),
            None => Ok(()),
        }
    }
}

/// Things by their script name.
struct Named<T> {
    by_name: HashMap<String, T>,
    latest: Option<T>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { by_name: HashMap::new(), latest: None }
    }
}

impl<T: Clone> Named<T> {
    fn add(&mut self, name: Option<&str>, item: T) {
        if let Some(name) = name {
            self.by_name.insert(name.to_owned(), item.clone());
        }
        self.latest = Some(item);
    }

    fn get(&self, name: Option<&str>) -> Result<&T, String> {
        match name {
            Some(name) => self.by_name.get(name).ok_or_else(|| format!("no module named `${name}`")),
            None => self.latest.as_ref().ok_or_else(|| "no module to speak to".to_owned()),
        }
    }
}

fn cannot(what: &str) -> impl FnOnce(Error) -> String + '_ {
    move |error| format!("cannot {what}: {error}")
}

/// Whether a trap's text is the one a script expects: `expected` is a prefix of it. A number at
/// the end of `expected` ("uninitialized element 2") is a detail trap codes do not carry.
fn is_trap_text(actual: &str, expected: &str) -> bool {
    let without_number = expected.trim_end_matches(|c: char| c.is_ascii_digit());
    let expected = if without_number.ends_with(' ') { without_number.trim_end() } else { expected };
    actual.starts_with(expected)
}
