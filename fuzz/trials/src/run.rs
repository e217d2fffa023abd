//! Runs of a module in a store: in which mode, with which calls, and what came of it.

use ermine::{
    AsContext as _, CompilationMode, Config, Engine, Error, Func, Instance, Limits, Machine, Module, Profile,
    ResumableCall, Store, Val,
};
use ermine_tests::mutations::Rng;

use crate::host::{self, Stub};
use crate::record::{Call, End, Record};
use crate::rng;
use crate::value::Word;

/// Fuel for each call: loops wrap around, and it does not take long.
pub const FUEL: u64 = 20_000;
/// Bytes of a value stack.
pub const STACK: usize = 64 << 10;
/// Bytes that a memory may have.
pub const MEMORY: u64 = 1 << 20;
/// Elements that a table may have.
pub const TABLE: u32 = 4_096;
/// Exported functions that are called, and how often.
const CALLED: usize = 10;
const ROUNDS: usize = 2;

/// One way to run a module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mode {
    /// Which machine.
    pub machine: Machine,
    /// Which instructions.
    pub profile: Profile,
    /// When functions are translated.
    pub compilation: CompilationMode,
    /// Whether operators are fused.
    pub fuse: bool,
    /// Whether the guest pays.
    pub fuel: bool,
    /// Whether the module goes through an image.
    pub image: bool,
}

/// What all others are compared with.
pub const REFERENCE: Mode = Mode {
    machine: Machine::Loop,
    profile: Profile::Full,
    compilation: CompilationMode::Eager,
    fuse: true,
    fuel: true,
    image: false,
};

impl Mode {
    /// An engine for it, with tight limits.
    #[must_use]
    pub fn engine(&self) -> Engine {
        Engine::new(self.config().machine(self.machine))
    }

    /// Its settings, but for the machine.
    #[must_use]
    pub fn config(&self) -> Config {
        let mut config = Config::default();
        config.profile(self.profile).compilation_mode(self.compilation).fuse(self.fuse).consume_fuel(self.fuel);
        config.wasm_custom_page_sizes(true).limits(limits());
        config
    }

    /// Loads a module as this mode says.
    ///
    /// # Errors
    ///
    /// If the engine refuses it.
    pub fn load(&self, wasm: &[u8]) -> Result<Module, Error> {
        let module = Module::new(&self.engine(), wasm)?;
        if self.image { Module::deserialize(module.engine(), module.serialize()?) } else { Ok(module) }
    }
}

/// Bounds under which nothing takes long.
#[must_use]
pub fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.stack_bytes = STACK;
    limits.memory_bytes = MEMORY;
    limits.table_elements = TABLE;
    limits.code_bytes = 16 << 20;
    limits.backtrace_frames = 4;
    limits.host_depth = 8;
    limits
}

/// How a call is interrupted.
#[derive(Debug, Clone)]
pub enum Pauses {
    /// Not at all.
    None,
    /// It gets its fuel in slices, is interrupted at random, and waits for its host functions.
    Random(Rng),
}

/// What is done with a module.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where arguments and the host's answers come from.
    pub numbers: Rng,
    /// Whether the host does what a bare one cannot.
    pub wild: bool,
    /// How calls are interrupted.
    pub pauses: Pauses,
    /// Whether a limiter denies growth now and then.
    pub denies: Option<Rng>,
}

impl Plan {
    /// The plan that belongs to these bytes.
    #[must_use]
    pub fn of(wasm: &[u8]) -> Self {
        let mut numbers = rng::of(wasm);
        let wild = numbers.once_in(3);
        Self { numbers, wild, pauses: Pauses::None, denies: None }
    }

    /// The names of the functions to call, one after the other.
    #[must_use]
    pub fn calls(module: &Module) -> Vec<String> {
        let funcs = module.exports().filter(|export| export.ty().func().is_some()).take(CALLED);
        let names: Vec<String> = funcs.map(|export| export.name().to_owned()).collect();
        (0..ROUNDS).flat_map(|_| names.iter().cloned()).collect()
    }

    /// The arguments of the n-th call.
    #[must_use]
    pub fn arguments(&self, call: usize, params: impl Iterator<Item = ermine::ValType>) -> Vec<Word> {
        let mut numbers = self.numbers.clone();
        let mut numbers = Rng::new(numbers.number(), call as u64);
        params.map(|ty| rng::word(&mut numbers, ty)).collect()
    }
}

/// Instantiates a module and calls what it exports.
#[must_use]
pub fn run(mode: Mode, module: &Module, plan: &Plan) -> Record {
    let mut stub = Stub::new(module, plan.numbers.clone());
    stub.wild = plan.wild;
    stub.denies = plan.denies.clone();
    let mut guest = Guest { store: Store::new(module.engine(), stub), mode, pauses: plan.pauses.clone() };
    if plan.denies.is_some() {
        guest.store.limiter(|stub| stub);
    }
    guest.refuel();
    let instance = guest.instantiate(module);
    let mut calls = vec![match &instance {
        Ok(_) => guest.returned(&[]),
        Err(error) => guest.failed(error),
    }];
    let Ok(instance) = instance else {
        return Record { calls, globals: Vec::new(), memories: Vec::new(), tables: Vec::new() };
    };
    guest.store.data_mut().defers = matches!(plan.pauses, Pauses::Random(_));
    for (number, name) in Plan::calls(module).iter().enumerate() {
        let Some(func) = instance.get_func(&guest.store, name) else { continue };
        let params = func.ty(&guest.store);
        let arguments = plan.arguments(number, params.params().iter().copied());
        let arguments: Vec<Val> = arguments.iter().zip(params.params()).map(|(word, &ty)| word.val(ty)).collect();
        let mut results: Vec<Val> = params.results().iter().map(|&ty| Val::default_for_ty(ty)).collect();
        guest.refuel();
        calls.push(match guest.call(func, &arguments, &mut results) {
            Ok(()) => guest.returned(&results),
            Err(error) => guest.failed(&error),
        });
    }
    guest.look(module, instance, calls)
}

/// A store, and how to use it.
struct Guest {
    store: Store<Stub>,
    mode: Mode,
    pauses: Pauses,
}

impl Guest {
    fn refuel(&mut self) {
        if self.mode.fuel {
            self.store.set_fuel(FUEL).expect("fuel is on");
        }
    }

    fn instantiate(&mut self, module: &Module) -> Result<Instance, Error> {
        let imports = host::imports(&mut self.store, module)?;
        Instance::new(&mut self.store, module, &imports)
    }

    fn call(&mut self, func: Func, arguments: &[Val], results: &mut [Val]) -> Result<(), Error> {
        match &mut self.pauses {
            Pauses::None => func.call(&mut self.store, arguments, results),
            Pauses::Random(numbers) => in_pieces(&mut self.store, numbers, func, arguments, results),
        }
    }

    fn returned(&self, results: &[Val]) -> Call {
        let end = End::Returned(results.iter().map(Word::from).collect());
        Call { end, trace: Vec::new(), places: Vec::new(), fuel: self.store.get_fuel().ok() }
    }

    fn failed(&self, error: &Error) -> Call {
        let frames = error.backtrace().map_or(&[][..], |backtrace| backtrace.frames());
        Call {
            end: End::of(error),
            trace: frames.iter().map(|frame| frame.func_index()).collect(),
            places: frames.iter().map(|frame| frame.module_offset()).collect(),
            fuel: self.store.get_fuel().ok(),
        }
    }

    /// What the calls have left behind in what the module exports.
    fn look(&self, module: &Module, instance: Instance, calls: Vec<Call>) -> Record {
        let mut record = Record { calls, globals: Vec::new(), memories: Vec::new(), tables: Vec::new() };
        for export in module.exports() {
            let name = export.name();
            if let Some(global) = instance.get_global(&self.store, name) {
                record.globals.push(Word::from(&global.get(&self.store)));
            } else if let Some(memory) = instance.get_memory(&self.store, name) {
                let bytes = memory.data(self.store.as_context());
                record.memories.push((bytes.len(), crate::hash(bytes)));
            } else if let Some(table) = instance.get_table(&self.store, name) {
                let elements = 0..table.size(&self.store);
                let is_null = |index| table.get(&self.store, index).is_none_or(|element| element.is_null());
                record.tables.push(elements.map(is_null).collect());
            }
        }
        record
    }
}

/// A call that waits now and then, with as much fuel in all as one that does not.
fn in_pieces(
    store: &mut Store<Stub>,
    numbers: &mut Rng,
    func: Func,
    arguments: &[Val],
    results: &mut [Val],
) -> Result<(), Error> {
    let mut tap = Tap { numbers, kept: FUEL };
    store.set_fuel(0)?;
    tap.pour(store, 0)?;
    let mut state = func.call_resumable(&mut *store, arguments, results);
    let end = loop {
        state = match state {
            Ok(ResumableCall::Finished) => break Ok(()),
            Ok(ResumableCall::OutOfFuel(call)) => {
                if !tap.pour(store, call.required_fuel())? {
                    break Err(ermine::Trap::OutOfFuel.into());
                }
                call.resume(&mut *store, results)
            }
            Ok(ResumableCall::HostTrap(call)) if call.host_error().to_string() == host::DEFERRED => {
                let types = call.host_func().ty(&*store);
                let words = std::mem::take(&mut store.data_mut().pending);
                let inputs: Vec<Val> = words.iter().zip(types.results()).map(|(word, &ty)| word.val(ty)).collect();
                call.resume(&mut *store, &inputs, results)
            }
            Ok(ResumableCall::HostTrap(call)) => break Err(call.into_host_error()),
            // A function of the host that the guest exports as it is: no guest waits.
            Err(error) if error.backtrace().is_none() && error.to_string() == host::DEFERRED => {
                let words = std::mem::take(&mut store.data_mut().pending);
                results.iter_mut().zip(words).for_each(|(place, word)| *place = word.val(place.ty()));
                break Ok(());
            }
            Err(error) => break Err(error),
        };
    };
    store.interrupt_handle().clear();
    let left = store.get_fuel()?;
    store.set_fuel(left + tap.kept)?;
    end
}

/// Fuel that a call gets bit by bit.
struct Tap<'n> {
    numbers: &'n mut Rng,
    kept: u64,
}

impl Tap<'_> {
    /// Gives a little more, at least what the next step needs, and interrupts now and then. Whether there was so much.
    fn pour(&mut self, store: &mut Store<Stub>, required: u64) -> Result<bool, Error> {
        let have = store.get_fuel()?;
        let more = required.saturating_sub(have).max(1 + self.numbers.number() % 400).min(self.kept);
        self.kept -= more;
        if self.numbers.once_in(8) {
            store.interrupt_handle().interrupt();
        }
        store.set_fuel(have + more)?;
        Ok(have + more >= required)
    }
}
