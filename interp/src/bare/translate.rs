//! The host's half: what a module becomes before it goes into a firmware.

use alloc::{string::String, vec::Vec};

use crate::{
    Config, Engine, Machine, Module,
    code::decode::decode,
    error::Error,
    isa::Field,
    module::{ItemIndex, ModuleInner, SegmentMode, init::ConstContext},
};

/// A translated module, in the parts of a [`Code`](super::Code).
#[doc(hidden)]
#[derive(Debug)]
pub struct Translation {
    /// The code of all functions.
    pub code: Vec<u16>,
    /// Where each function starts in it.
    pub entries: Vec<u32>,
    /// Initial values of the globals.
    pub globals: Vec<u64>,
    /// What is copied into memory at the start, and to where.
    pub data: Vec<(u32, Vec<u8>)>,
    /// Bytes of memory.
    pub memory: u64,
    /// Exported functions: names and numbers.
    pub exports: Vec<(String, u32)>,
}

/// Translates a module with the instructions of the `base` profile.
///
/// # Errors
///
/// If the module is not valid, or needs what [the module above](super) does not have.
#[doc(hidden)]
pub fn translate(wasm: &[u8]) -> Result<Translation, Error> {
    let mut config = Config::default();
    config.machine(Machine::Loop).base_profile(true);
    let module = Module::new(&Engine::new(&config), wasm)?;
    let module = &*module.inner;
    let (code, starts) = module.code.compact().ok_or_else(|| refuse("no loop machine"))?;
    let entries = starts.split_last().map_or(&[][..], |(_, entries)| entries);
    check(module, code)?;
    let globals = globals(module)?;
    Ok(Translation {
        code: code.into(),
        entries: entries.into(),
        data: data(module, &globals)?,
        memory: module.memories.first().map_or(0, |memory| memory.minimum().saturating_mul(memory.page_size())),
        exports: module
            .exports
            .iter()
            .filter_map(|export| Some((String::from(&*export.name), function(export.item)?)))
            .collect(),
        globals: globals.0,
    })
}

fn refuse(what: &str) -> Error {
    Error::new(alloc::format!("not on a bare board yet: {what}"))
}

fn function(item: ItemIndex) -> Option<u32> {
    match item {
        ItemIndex::Func(func) => Some(func),
        ItemIndex::Table(_) | ItemIndex::Memory(_) | ItemIndex::Global(_) => None,
    }
}

/// Refuses what would reach beyond code, stack, globals and one memory.
fn check(module: &ModuleInner, code: &[u16]) -> Result<(), Error> {
    if !module.imports.is_empty() {
        return Err(refuse("imports"));
    }
    if module.memories.len() > 1 {
        return Err(refuse("several memories"));
    }
    if module.start.is_some() {
        return Err(refuse("a start function"));
    }
    let mut at = 0;
    while let Some(instruction) = decode(code, at) {
        for field in instruction.info.layout.fields() {
            match field {
                Field::Type | Field::Table | Field::Elem => return Err(refuse("tables")),
                Field::AnyFunc => return Err(refuse("references to functions")),
                Field::Data => return Err(refuse("passive segments")),
                _ => {}
            }
        }
        at += instruction.len();
    }
    Ok(())
}

/// The globals so far.
struct Values(Vec<u64>);

impl ConstContext for Values {
    fn global(&self, index: u32) -> Option<u64> {
        self.0.get(usize::try_from(index).ok()?).copied()
    }

    fn func_ref(&self, _: u32) -> Option<u32> {
        None
    }
}

fn globals(module: &ModuleInner) -> Result<Values, Error> {
    let mut values = Values(Vec::new());
    for init in &module.global_inits {
        let value = init.eval(&values).ok_or_else(|| refuse("references to functions"))?;
        values.0.push(value);
    }
    Ok(values)
}

fn data(module: &ModuleInner, globals: &Values) -> Result<Vec<(u32, Vec<u8>)>, Error> {
    let mut data = Vec::new();
    for segment in &module.datas {
        if let SegmentMode::Active { offset, .. } = &segment.mode {
            let at = offset.eval_u32(globals).ok_or_else(|| refuse("references to functions"))?;
            let bytes = module.wasm.get(segment.bytes.clone()).unwrap_or(&[]);
            data.push((at, bytes.into()));
        }
    }
    Ok(data)
}
