//! What becomes of a changed image: it is refused, or it runs, and everything around its buffers stays as it was.

use ermine::bare::{Call, Halt, Host, Instance, Progress, Resources, Val};
use ermine::image::{Image, ImageError, Import, Inspection, ItemKind, Signature};
use ermine::{
    Config, Engine, Extern, ExternType, Func, Global, Machine, Memory, Module, Ref, Store, StoreLimitsBuilder, Table,
};

use super::buffers::Buffer;
use super::specimen::Draft;
use super::{Report, Rng};

/// Bytes of linear memory that a run may have.
const MOST_MEMORY: u64 = 1 << 20;
/// Words of arena that a run may have.
const MOST_ARENA: usize = 1 << 14;
/// Exports that are called.
const MOST_CALLS: usize = 8;

/// Words of guard on either side of the stack: more than an operand reaches.
const STACK_GUARD: usize = 18 << 10;
/// Elements of guard on either side of everything else.
const GUARD: usize = 1 << 10;

/// Buffers and engines that serve one mutation after another.
pub struct Trial {
    stack: Buffer<u32>,
    memory: Buffer<u8>,
    arena: Buffer<u64>,
    scratch: Buffer<u32>,
    engines: Vec<Engine>,
    /// What has become of everything so far.
    pub report: Report,
}

impl Default for Trial {
    fn default() -> Self {
        let engine = |machine| {
            let mut config = Config::default();
            config.machine(machine).consume_fuel(true);
            Engine::new(&config)
        };
        let mut engines: Vec<Engine> = [Machine::Loop, Machine::Tail].into_iter().map(engine).collect();
        // A build without the tail machine has the loop machine twice.
        engines.dedup_by_key(|engine| engine.machine());
        Self {
            stack: Buffer::new(0x5ace_c0de, STACK_GUARD),
            memory: Buffer::new(0xa7, GUARD),
            arena: Buffer::new(0x0ddb_a115_afec_0ded, GUARD),
            scratch: Buffer::new(0x5c2a_7c4e, GUARD),
            engines,
            report: Report::default(),
        }
    }
}

impl Trial {
    /// Verifies an image; runs it if it is accepted and cannot run for ever.
    ///
    /// # Panics
    ///
    /// If anything outside of its buffers has changed.
    pub fn of(&mut self, draft: &Draft, rng: &mut Rng) {
        if rng.once_in(32) {
            inspect(draft);
        }
        let verdict = self.verify(draft, rng);
        let reason = match verdict {
            Ok(()) => Report::ACCEPTED.into(),
            Err(ImageError::Malformed { rule, .. } | ImageError::Code { rule, .. }) => format!("refused: {rule:?}"),
            Err(error) => format!("refused: {error:?}").split([' ', '{']).take(2).collect::<Vec<_>>().join(" "),
        };
        *self.report.verdicts.entry(reason).or_default() += 1;
        if verdict.is_err() || !Draft::is_metered(draft) {
            return;
        }
        self.run_bare(draft, rng);
        if rng.once_in(4) {
            self.run_in_stores(draft, rng);
        }
    }

    fn verify(&mut self, draft: &Draft, rng: &mut Rng) -> Result<(), ImageError> {
        let guarded = rng.once_in(2);
        let scratch = self.scratch.lend(Image::scratch_words(draft.bytes())?, rng.number() as u32, guarded);
        let verdict = Image::verify(draft.bytes(), scratch).map(|_| ());
        assert!(self.scratch.take_back(), "the verifier wrote outside of its scratch space");
        verdict
    }

    /// Runs an image over borrowed buffers, and looks whether anything around them has changed.
    fn run_bare(&mut self, draft: &Draft, rng: &mut Rng) {
        #[expect(unsafe_code, reason = "opens an image that was verified a moment ago")]
        // SAFETY: `verify` has accepted these bytes.
        let image = unsafe { Image::trusted(draft.bytes()) }.expect("an image that was accepted");
        let needs = image.needs();
        if needs.memory > MOST_MEMORY || needs.arena > MOST_ARENA {
            self.end("bare: too large");
            return;
        }
        let guarded = rng.once_in(2);
        let memory_len = needs.memory as usize + rng.one_of(&[0, 0, 1, 0x1_0000]);
        let stack_len = rng.one_of(&[64, 256, 1024, 16 << 10]);
        let arena_len = needs.arena + rng.one_of(&[0, 0, 1, 40]);
        let resources = Resources {
            stack: self.stack.lend(stack_len, rng.number() as u32, guarded),
            memory: self.memory.lend(memory_len, 0xff, guarded),
            arena: self.arena.lend(arena_len, rng.number(), guarded),
            fuel: 20_000,
        };
        let host = Stub { numbers: rng.clone() };
        let mut ends = Vec::new();
        match Instance::new(image, resources, host) {
            Ok(mut instance) => call_all(&mut instance, rng, &mut ends),
            Err(error) => ends.push(name_of(&error)),
        }
        assert!(self.stack.take_back(), "something was written outside of the value stack");
        assert!(self.memory.take_back(), "something was written outside of the linear memory");
        assert!(self.arena.take_back(), "something was written outside of the arena");
        Image::scratch_words(draft.bytes()).expect("the image is as it was: its checksum says so");
        for end in ends {
            self.end(&format!("bare: {end}"));
        }
    }

    /// Runs an image in a store, on each machine. What they do is the same, unless the image reads slots that it has not written: there is what
    /// earlier frames have left, return addresses for instance.
    fn run_in_stores(&mut self, draft: &Draft, rng: &mut Rng) {
        let outcomes: Vec<Outcome> =
            self.engines.iter().map(|engine| run_in_store(engine, draft, &mut rng.clone())).collect();
        if let [first, second] = &outcomes[..]
            && first != second
        {
            self.end("stores: depends on what was left in the stack");
        }
        for outcome in outcomes {
            self.end(&outcome.end);
        }
    }

    fn end(&mut self, end: &str) {
        *self.report.ends.entry(end.into()).or_default() += 1;
    }
}

impl Draft {
    /// Whether the header says that the code pays fuel.
    fn is_metered(&self) -> bool {
        self.words.get(3).is_some_and(|word| word >> 24 & 4 != 0)
    }
}

/// The first word of an error's name, and of what is in it.
fn name_of(error: &ermine::bare::Error) -> String {
    let text = format!("{error:?}");
    match error {
        ermine::bare::Error::Trap { trap, .. } => format!("{trap:?}"),
        _ => text.split(['(', ' ']).next().unwrap_or_default().into(),
    }
}

/// Calls exported functions, some of them piece by piece.
fn call_all(instance: &mut Instance<'_, Stub>, rng: &mut Rng, ends: &mut Vec<String>) {
    let image = instance.image();
    let exports = image.exports().filter(|export| export.kind == ItemKind::Func);
    for export in exports.take(MOST_CALLS) {
        let Some(signature) = image.signature(export.index) else { continue };
        let params: Vec<Val> = signature.params().map(|ty| argument(ty, rng)).collect();
        let mut results: Vec<Val> = signature.results().map(Val::default_of).collect();
        let slice = rng.one_of(&[20_000, 20_000, 300, 7, 1]);
        instance.set_fuel(slice);
        let end = match instance.start_vals(export.index, &params) {
            Ok(()) => finish(instance, slice, &mut results),
            Err(error) => name_of(&error),
        };
        assert!(instance.frames().take(100).count() <= 100);
        instance.cancel();
        ends.push(end);
    }
}

/// Resumes a call until it ends, or a few times.
fn finish(instance: &mut Instance<'_, Stub>, slice: u64, results: &mut [Val]) -> String {
    for _ in 0..200 {
        match instance.resume_vals(results) {
            Ok(Progress::Finished(())) => return "returned".into(),
            Ok(Progress::Suspended(_)) if slice < 20_000 => instance.set_fuel(instance.fuel() + slice),
            Ok(Progress::Suspended(_)) => return "suspended".into(),
            Err(error) => return name_of(&error),
        }
    }
    "suspended for good".into()
}

fn argument(ty: ermine::ValType, rng: &mut Rng) -> Val {
    use ermine::ValType;
    let number = match rng.below(4) {
        0 => rng.number(),
        1 => u64::MAX,
        _ => rng.number() % 40,
    };
    match ty {
        ValType::I32 => Val::I32(number as i32),
        ValType::I64 => Val::I64(number as i64),
        ValType::F32 => Val::F32(f32::from_bits(number as u32)),
        ValType::F64 => Val::F64(f64::from_bits(number)),
        ValType::FuncRef => Val::FuncRef(Some(number as u32)),
        ValType::ExternRef => Val::ExternRef(Some(number as u32)),
    }
}

/// A host that has everything and does anything.
struct Stub {
    numbers: Rng,
}

impl Host for Stub {
    fn resolve(&mut self, import: &Import<'_>, _: &Signature<'_>) -> Option<u32> {
        Some(import.index)
    }

    fn call(&mut self, _: u32, call: &mut Call<'_>) -> Result<(), Halt> {
        match self.numbers.below(40) {
            0 => return Err(Halt::Suspend),
            1 => return Err(Halt::Failed(7)),
            2 => return Err(Halt::Trap(ermine::Trap::Interrupt)),
            _ => {}
        }
        for slot in call.slots() {
            *slot = (self.numbers.number() % 100) as u32;
        }
        let at = self.numbers.below(call.memory().len());
        if let Some(byte) = call.memory().get_mut(at) {
            *byte = byte.wrapping_add(1);
        }
        Ok(())
    }

    fn global(&mut self, _: &Import<'_>) -> Option<u64> {
        Some(self.numbers.number() % 1000)
    }
}

/// What a run in a store has led to.
#[derive(Debug, PartialEq)]
struct Outcome {
    /// How it ended, in short.
    end: String,
    /// How each call ended, with results and the fuel that was left.
    calls: Vec<String>,
}

/// Loads an image as a module and calls its exports.
fn run_in_store(engine: &Engine, draft: &Draft, rng: &mut Rng) -> Outcome {
    let mut calls = Vec::new();
    let end = match try_in_store(engine, draft, rng, &mut calls) {
        Ok(()) if calls.is_empty() => "store: no calls".into(),
        Ok(()) => "store: calls".into(),
        Err(error) => {
            let text = error.as_trap_code().map_or_else(|| error.to_string(), |trap| format!("{trap:?}"));
            format!("store: {}", text.split([':', '`', '(']).next().unwrap_or_default())
        }
    };
    Outcome { end, calls }
}

fn try_in_store(engine: &Engine, draft: &Draft, rng: &mut Rng, calls: &mut Vec<String>) -> Result<(), ermine::Error> {
    let module = Module::deserialize(engine, draft.bytes())?;
    let limits = StoreLimitsBuilder::new().memory_size(MOST_MEMORY as usize).table_elements(1 << 14).build();
    let mut store = Store::new(engine, limits);
    store.limiter(|limits| limits);
    store.set_fuel(100_000)?;
    let mut imports = Vec::new();
    for import in module.imports() {
        imports.push(stub_of(&mut store, import.ty(), rng)?);
    }
    let instance = ermine::Instance::new(&mut store, &module, &imports)?;
    let names: Vec<String> =
        module.exports().filter(|export| export.ty().func().is_some()).map(|export| export.name().into()).collect();
    for name in names.iter().take(MOST_CALLS) {
        let Some(func) = instance.get_func(&store, name) else { continue };
        let ty = func.ty(&store);
        let params: Vec<ermine::Val> = ty.params().iter().map(|&ty| value(ty, rng)).collect();
        let mut results: Vec<ermine::Val> = ty.results().iter().map(|&ty| ermine::Val::default_for_ty(ty)).collect();
        store.set_fuel(20_000)?;
        // However it ends: the store goes on.
        let end = func.call(&mut store, &params, &mut results).map_err(|error| error.as_trap_code());
        let results: Vec<String> = results.iter().map(describe).collect();
        calls.push(format!("{end:?} {results:?} {}", store.get_fuel()?));
    }
    Ok(())
}

/// A value, of whichever store it is.
fn describe(value: &ermine::Val) -> String {
    match value.as_ref_value() {
        Some(reference) => format!("null: {}", reference.is_null()),
        None => format!("{value:?}"),
    }
}

fn value(ty: ermine::ValType, rng: &mut Rng) -> ermine::Val {
    match argument(ty, rng) {
        Val::I32(value) => value.into(),
        Val::I64(value) => value.into(),
        Val::F32(value) => value.into(),
        Val::F64(value) => value.into(),
        Val::FuncRef(_) | Val::ExternRef(_) => ermine::Val::default_for_ty(ty),
    }
}

/// Something of the type that an import has.
fn stub_of(store: &mut Store<ermine::StoreLimits>, ty: &ExternType, rng: &mut Rng) -> Result<Extern, ermine::Error> {
    Ok(match ty {
        ExternType::Func(ty) => {
            let results = ty.results().to_vec();
            Func::new(store, ty.clone(), move |_, _, out| {
                for (place, &ty) in out.iter_mut().zip(&results) {
                    *place = ermine::Val::default_for_ty(ty);
                }
                Ok(())
            })
            .into()
        }
        ExternType::Table(ty) => Table::new(store, *ty, Ref::null(ty.element()))?.into(),
        ExternType::Memory(ty) => Memory::new(store, *ty)?.into(),
        ExternType::Global(ty) => Global::new(store, value(ty.content(), rng), ty.mutability()).into(),
    })
}

/// Looks at everything that tools show of an image, accepted or not.
fn inspect(draft: &Draft) {
    let Ok(inspection) = Inspection::open(draft.bytes()) else { return };
    let _ = inspection.verdict();
    let _ = (inspection.imports().count(), inspection.exports().count(), inspection.start());
    let _ = (inspection.memories().count(), inspection.tables().count(), inspection.globals().count());
    let _ = inspection.arena_bytes(4);
    for func in inspection.defined().take(64) {
        let _ = (inspection.signature(func), inspection.disassemble(func));
    }
    let need = inspection.stack_need();
    let _ = (need.bytes(), need.path().len(), need.level());
}
