//! What guests import: functions that do something different each time, and the same in every run.

use ermine::bare::{Call, Halt, Host};
use ermine::image::{Import, Signature};
use ermine::{
    Caller, Error, Extern, ExternType, Func, FuncType, Global, LimiterError, Memory, Module, Ref, ResourceLimiter,
    Store, Table, ValType,
};
use ermine_tests::mutations::Rng;

use crate::rng;
use crate::value::Word;

/// What a failed host function says on a bare host.
const FAILED: u32 = 7;
/// Once in how many calls a host function fails.
const FAILS: usize = 24;

/// The host of one instance, and the data of its store.
#[derive(Debug, Clone)]
pub struct Stub {
    /// What it does follows from this, and from all calls so far with their arguments.
    seed: u64,
    seen: u64,
    /// The name under which the guest exports its first memory.
    memory: Option<String>,
    /// A function that the guest exports and that takes nothing.
    back: Option<String>,
    /// Whether functions grow the memory and call the guest. Only stores can do that.
    pub wild: bool,
    /// Whether functions fail instead of giving results, which then are in `pending`.
    pub defers: bool,
    /// The results that a function would have given.
    pub pending: Vec<Word>,
    /// Whether the embedder has called a function of the host as the guest exports it: no guest runs, and there is no memory to write to.
    pub direct: bool,
    /// Where it follows from what the limiter denies.
    pub denies: Option<Rng>,
    /// The imported globals.
    globals: Vec<Word>,
}

/// What a host function does besides giving results.
#[derive(Debug, Clone, Copy)]
pub enum Deed {
    /// Nothing else.
    Nothing,
    /// It fails, and gives none.
    Fail,
    /// It writes a byte to the memory, at this place modulo its length.
    Write(u64, u8),
    /// It grows the memory by a page.
    Grow,
    /// It calls the guest.
    CallBack,
}

impl Stub {
    /// A host for a guest of this module.
    #[must_use]
    pub fn new(module: &Module, mut numbers: Rng) -> Self {
        let named = |found: fn(&ExternType) -> bool| {
            module.exports().find(|export| found(export.ty())).map(|export| export.name().to_owned())
        };
        Self {
            seed: numbers.number(),
            seen: 0,
            memory: named(|ty| ty.memory().is_some()),
            back: named(|ty| ty.func().is_some_and(|ty| ty.params().is_empty() && ty.results().is_empty())),
            wild: false,
            defers: false,
            pending: Vec::new(),
            direct: false,
            denies: None,
            globals: module
                .imports()
                .filter_map(|import| Some(global(import.module(), import.name(), import.ty().global()?.content())))
                .collect(),
        }
    }

    /// The name under which the guest exports its first memory.
    #[must_use]
    pub fn memory(&self) -> Option<&str> {
        self.memory.as_deref()
    }

    /// What the next call of a function does, and what it gives. It depends on the arguments: a machine that passes others is found out.
    pub fn next(
        &mut self,
        arguments: impl Iterator<Item = Word>,
        results: impl Iterator<Item = ValType>,
    ) -> (Deed, Vec<Word>) {
        self.seen = arguments.fold(self.seen + 1, |seen, word| seen.rotate_left(7) ^ word.bits()) >> 1;
        let mut numbers = Rng::new(self.seed, self.seen);
        let deed = match numbers.below(FAILS) {
            0 => Deed::Fail,
            1..=4 => Deed::Write(numbers.number(), numbers.number() as u8),
            5 if self.wild => Deed::Grow,
            6 if self.wild => Deed::CallBack,
            _ => Deed::Nothing,
        };
        (deed, results.map(|ty| rng::word(&mut numbers, ty)).collect())
    }
}

/// The value of an imported global: it depends on its name alone.
#[must_use]
pub fn global(module: &str, name: &str, ty: ValType) -> Word {
    rng::word(&mut rng::of([module, name].concat().as_bytes()), ty)
}

/// Everything that a module imports.
///
/// # Errors
///
/// If a limit forbids one of them.
pub fn imports(store: &mut Store<Stub>, module: &Module) -> Result<Vec<Extern>, Error> {
    let wanted = module.imports().map(|import| {
        Ok(match import.ty() {
            ExternType::Func(ty) => function(store, ty).into(),
            ExternType::Table(ty) => Table::new(&mut *store, *ty, Ref::null(ty.element()))?.into(),
            ExternType::Memory(ty) => Memory::new(&mut *store, *ty)?.into(),
            ExternType::Global(ty) => {
                let value = global(import.module(), import.name(), ty.content());
                Global::new(&mut *store, value.val(ty.content()), ty.mutability()).into()
            }
        })
    });
    wanted.collect()
}

fn function(store: &mut Store<Stub>, ty: &FuncType) -> Func {
    let types = ty.results().to_vec();
    Func::new(store, ty.clone(), move |mut caller, arguments, results| {
        let arguments = arguments.iter().map(Word::from);
        let (deed, words) = caller.data_mut().next(arguments, types.iter().copied());
        act(&mut caller, &deed)?;
        if caller.data().defers {
            caller.data_mut().pending = words;
            return Err(Error::new(DEFERRED));
        }
        for ((place, word), &ty) in results.iter_mut().zip(words).zip(&types) {
            *place = word.val(ty);
        }
        Ok(())
    })
}

/// What a function says that will give its results later.
pub const DEFERRED: &str = "later";

fn act(caller: &mut Caller<'_, Stub>, deed: &Deed) -> Result<(), Error> {
    let memory = caller.data().memory.clone().and_then(|name| caller.get_export(&name)?.into_memory());
    match deed {
        Deed::Nothing => {}
        Deed::Fail => return Err(Error::new("failed")),
        Deed::Write(at, byte) => {
            if let Some(memory) = memory {
                write(memory.data_mut(caller), *at, *byte);
            }
        }
        Deed::Grow => {
            if let Some(memory) = memory {
                // It may be as large as it can be.
                let _ = memory.grow(caller, 1);
            }
        }
        Deed::CallBack => {
            let back = caller.data().back.clone();
            if let Some(back) = back.and_then(|name| caller.get_export(&name)?.into_func()) {
                back.call(caller, &[], &mut [])?;
            }
        }
    }
    Ok(())
}

/// Writes a byte, as [`Deed::Write`] says.
pub fn write(memory: &mut [u8], at: u64, byte: u8) {
    let at = (at % memory.len().max(1) as u64) as usize;
    if let Some(place) = memory.get_mut(at) {
        *place = byte;
    }
}

/// The arguments of a call on a bare host.
fn arguments(call: &mut Call<'_>) -> Vec<Word> {
    let types: Vec<ValType> = call.signature().params().collect();
    let mut slots = call.slots().iter().map(|&slot| u64::from(slot));
    let mut next = || slots.next().unwrap_or(0);
    let word = |ty: ValType| match Word::new(ty, 0) {
        Word::Wide(_) => Word::Wide(next() | next() << 32),
        Word::Narrow(_) => Word::Narrow(next() as u32),
        Word::Null | Word::Reference if next() == 0 => Word::Null,
        Word::Null | Word::Reference => Word::Reference,
    };
    types.into_iter().map(word).collect()
}

impl Stub {
    fn allows(&mut self) -> Result<bool, LimiterError> {
        match self.denies.as_mut().map_or(2, |numbers| numbers.below(4)) {
            0 => Err(LimiterError::ResourceLimiterDeniedAllocation),
            1 => Ok(false),
            _ => Ok(true),
        }
    }
}

impl ResourceLimiter for Stub {
    fn memory_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool, LimiterError> {
        self.allows()
    }

    fn table_growing(&mut self, _: usize, _: usize, _: Option<usize>) -> Result<bool, LimiterError> {
        self.allows()
    }

    fn memory_grow_failed(&mut self, _: &Error) -> Result<(), LimiterError> {
        self.allows().map(|_| ())
    }

    fn table_grow_failed(&mut self, _: &Error) -> Result<(), LimiterError> {
        self.allows().map(|_| ())
    }

    fn instances(&self) -> usize {
        2
    }

    fn tables(&self) -> usize {
        2
    }

    fn memories(&self) -> usize {
        2
    }
}

impl Host for Stub {
    fn resolve(&mut self, import: &Import<'_>, _: &Signature<'_>) -> Option<u32> {
        Some(import.index)
    }

    fn call(&mut self, _: u32, call: &mut Call<'_>) -> Result<(), Halt> {
        let types: Vec<ValType> = call.signature().results().collect();
        let (deed, words) = self.next(arguments(call).into_iter(), types.iter().copied());
        match deed {
            Deed::Fail => return Err(Halt::Failed(FAILED)),
            Deed::Write(at, byte) if self.memory.is_some() && !self.direct => write(call.memory(), at, byte),
            Deed::Nothing | Deed::Write(..) | Deed::Grow | Deed::CallBack => {}
        }
        let mut slots = call.slots().iter_mut();
        for word in words {
            let bits = word.bits();
            let halves = if let Word::Wide(_) = word { 2 } else { 1 };
            for (place, half) in slots.by_ref().take(halves).zip([bits as u32, (bits >> 32) as u32]) {
                *place = half;
            }
        }
        Ok(())
    }

    fn global(&mut self, import: &Import<'_>) -> Option<u64> {
        self.globals.get(import.index as usize).map(|word| word.bits())
    }
}
