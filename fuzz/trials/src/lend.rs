//! Runs of an image over borrowed buffers, as on a board.

use ermine::bare::{self, Instance, Resources};
use ermine::image::{Image, ItemKind};
use ermine::{Module, ValType};
use ermine_tests::mutations::specimen::Draft;

use crate::host::Stub;
use crate::record::{Call, End, Record};
use crate::run::{FUEL, MEMORY, Plan, STACK, TABLE};
use crate::value::Word;

/// Words behind the stack that hold no frame.
const SPARE: usize = 8;

/// The buffers of one run.
struct Buffers {
    stack: Vec<u32>,
    memory: Vec<u8>,
    arena: Vec<u64>,
}

impl Buffers {
    /// As much as a store gives: so that growth succeeds and fails as there.
    fn new(image: Image<'_>, elements: u64) -> Self {
        let room = u64::from(TABLE).saturating_sub(elements.next_multiple_of(2)) / 2;
        Self {
            stack: vec![0; STACK / 4 + SPARE],
            memory: vec![0; MEMORY as usize],
            arena: vec![0; image.needs().arena + room as usize],
        }
    }

    fn resources(&mut self) -> Resources<'_> {
        Resources { stack: &mut self.stack, memory: &mut self.memory, arena: &mut self.arena, fuel: FUEL }
    }
}

/// The same calls as in a store. Nothing if the image wants what a bare instance does not have.
///
/// # Panics
///
/// If the verifier refuses the image, which was compiled a moment ago.
#[must_use]
pub fn run(image: &Draft, module: &Module, plan: &Plan) -> Option<Record> {
    let bytes = image.bytes();
    let mut scratch = vec![0; Image::scratch_words(bytes).expect("an image")];
    let image = Image::verify(bytes, &mut scratch).expect("an image that was just made is accepted");
    if image.needs().memory > MEMORY {
        return None;
    }
    let mut buffers = Buffers::new(image, elements(module)?);
    let mut record = Record { calls: Vec::new(), globals: Vec::new(), memories: Vec::new(), tables: Vec::new() };
    let stub = Stub::new(module, plan.numbers.clone());
    match Instance::new(image, buffers.resources(), stub) {
        Ok(mut instance) => {
            record.calls.push(ended(&instance, End::Returned(Vec::new())));
            call_all(&mut instance, module, plan, &mut record);
            look(&mut instance, &mut record);
        }
        Err(bare::Error::Unsupported(_)) => return None,
        // Its fuel is gone with it.
        Err(error) => record.calls.push(Call { fuel: None, ..failed(0, &error) }),
    }
    Some(record)
}

/// Elements of the table; nothing if there are several, which share their room to grow.
fn elements(module: &Module) -> Option<u64> {
    let types =
        module.imports().map(|import| import.ty().clone()).chain(module.exports().map(|export| export.ty().clone()));
    let tables: Vec<u64> = types.filter_map(|ty| Some(ty.table()?.minimum())).collect();
    match tables[..] {
        [] => Some(0),
        [elements] => Some(elements).filter(|&elements| elements <= u64::from(TABLE)),
        _ => None,
    }
}

fn call_all(instance: &mut Instance<'_, Stub>, module: &Module, plan: &Plan, record: &mut Record) {
    let image = instance.image();
    for (number, name) in Plan::calls(module).iter().enumerate() {
        let func = image.exported_func(name).expect("an exported function");
        let signature = image.signature(func).expect("a signature");
        let types: Vec<ValType> = signature.params().collect();
        let arguments = plan.arguments(number, types.iter().copied());
        let arguments: Vec<bare::Val> = arguments.iter().zip(&types).map(|(word, &ty)| word.bare(ty)).collect();
        let mut results: Vec<bare::Val> = signature.results().map(bare::Val::default_of).collect();
        instance.set_fuel(FUEL);
        instance.host().direct = func < image.imported_funcs();
        let call = match instance.call_vals(func, &arguments, &mut results) {
            Ok(()) => ended(instance, End::Returned(results.into_iter().map(Word::from).collect())),
            Err(error) => failed(instance.fuel(), &error),
        };
        record.calls.push(call);
    }
}

fn ended(instance: &Instance<'_, Stub>, end: End) -> Call {
    Call { end, trace: Vec::new(), places: Vec::new(), fuel: Some(instance.fuel()) }
}

fn failed(fuel: u64, error: &bare::Error) -> Call {
    let at = match error {
        bare::Error::Trap { at, .. } | bare::Error::Host { at, .. } => *at,
        _ => None,
    };
    let trace = at.iter().map(|at| at.func).collect();
    Call { end: End::of_bare(error), trace, places: Vec::new(), fuel: Some(fuel) }
}

fn look(instance: &mut Instance<'_, Stub>, record: &mut Record) {
    for export in instance.image().exports() {
        match export.kind {
            ItemKind::Global => record.globals.extend(instance.global(export.index).map(Word::from)),
            ItemKind::Memory => {
                let bytes = instance.memory();
                record.memories.push((bytes.len(), crate::hash(bytes)));
            }
            ItemKind::Func | ItemKind::Table => {}
        }
    }
}
