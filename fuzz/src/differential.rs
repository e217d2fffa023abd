//! Valid modules, run by wasmtime too: results, traps, globals, memories and tables are the same.
//!
//! Fuel, backtraces and the depth of the stack are each engine's own. A module whose run met one of these bounds is not compared.

use std::sync::OnceLock;

use ermine::{Trap, ValType};
use ermine_trials::execute;
use ermine_trials::host::{self, Deed, Stub};
use ermine_trials::record::{Call, End, Record, assert_same};
use ermine_trials::run::{MEMORY, Plan, REFERENCE, TABLE};
use ermine_trials::value::Word;
use wasmtime::{
    Caller, Config, Engine, Extern, ExternType, FuncType, Global, HeapType, Instance, Memory, Module, Ref, Store,
    StoreLimits, StoreLimitsBuilder, Table, Val, error::Error,
};

/// More than any run takes that ended under the fuel of the reference.
const FUEL: u64 = 100_000_000;
/// Bytes of native stack for guests: many more frames than the reference has room for.
const STACK: usize = 1 << 20;

/// Compares a run with wasmtime's.
///
/// # Panics
///
/// If they differ.
pub fn differential(wasm: &[u8]) {
    if !execute::is_comparable(wasm) {
        return;
    }
    let plan = Plan { wild: false, ..Plan::of(wasm) };
    let Ok(module) = REFERENCE.load(wasm) else { return };
    let expected = ermine_trials::run::run(REFERENCE, &module, &plan);
    if expected.calls.iter().any(|call| is_own(&call.end)) {
        return;
    }
    let Some(actual) = run(wasm, &module, &plan) else { return };
    assert_same(&comparable(expected), &actual, &"wasmtime");
}

/// Whether a run ended at a bound of the engine's own.
fn is_own(end: &End) -> bool {
    match end {
        End::Trap(trap) => matches!(trap, Trap::OutOfFuel | Trap::StackOverflow | Trap::AllocationTooLarge),
        End::Refused(_) => true,
        End::Returned(_) | End::Failed => false,
    }
}

/// Without what each engine has its own of.
fn comparable(record: Record) -> Record {
    let mut record = record.without_fuel().without_places();
    for call in &mut record.calls {
        call.trace.clear();
        if call.end == End::Trap(Trap::UndefinedElement) {
            call.end = End::Trap(Trap::TableOutOfBounds);
        }
    }
    record
}

/// The host's data: what functions answer, and the limits that Ermine has.
struct State {
    stub: Stub,
    limits: StoreLimits,
}

type Result<T> = std::result::Result<T, Error>;

/// Made once.
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| Engine::new(&config()).expect("settings that exist"))
}

fn config() -> Config {
    let mut config = Config::new();
    config.consume_fuel(true).max_wasm_stack(STACK).cranelift_nan_canonicalization(true);
    config.wasm_tail_call(true).wasm_multi_memory(true).wasm_extended_const(true).wasm_custom_page_sizes(true);
    config
}

/// The same calls. Nothing if wasmtime meets a bound of its own.
fn run(wasm: &[u8], module: &ermine::Module, plan: &Plan) -> Option<Record> {
    let compiled = Module::new(engine(), wasm).expect("a module that Ermine takes is valid");
    let limits = StoreLimitsBuilder::new().memory_size(MEMORY as usize).table_elements(TABLE as usize).build();
    let state = State { stub: Stub::new(module, plan.numbers.clone()), limits };
    let mut store = Store::new(engine(), state);
    store.limiter(|state| &mut state.limits);
    store.set_fuel(FUEL).expect("fuel is on");
    let imports = imports(&mut store, &compiled).expect("what Ermine has made can be made");
    let mut record = Record { calls: Vec::new(), globals: Vec::new(), memories: Vec::new(), tables: Vec::new() };
    match Instance::new(&mut store, &compiled, &imports) {
        Ok(instance) => {
            record.calls.push(ended(End::Returned(Vec::new())));
            call_all(&mut store, instance, module, plan, &mut record);
            look(&mut store, instance, module, &mut record);
        }
        Err(error) => record.calls.push(ended(end_of(&error))),
    }
    let bound = [Trap::OutOfFuel, Trap::StackOverflow].map(End::Trap);
    (!record.calls.iter().any(|call| bound.contains(&call.end))).then_some(record)
}

fn ended(end: End) -> Call {
    Call { end, trace: Vec::new(), places: Vec::new(), fuel: None }
}

fn call_all(store: &mut Store<State>, instance: Instance, module: &ermine::Module, plan: &Plan, record: &mut Record) {
    for (number, name) in Plan::calls(module).iter().enumerate() {
        let func = instance.get_func(&mut *store, name).expect("an export");
        let ty = func.ty(&*store);
        let types: Vec<ValType> = ty.params().map(|ty| decoded(&ty)).collect();
        let words = plan.arguments(number, types.iter().copied());
        let arguments: Vec<Val> = words.iter().zip(&types).map(|(&word, &ty)| value(word, ty)).collect();
        let mut results: Vec<Val> = ty.results().map(|_| Val::I32(0)).collect();
        let end = match func.call(&mut *store, &arguments, &mut results) {
            Ok(()) => End::Returned(results.iter().map(word).collect()),
            Err(error) => end_of(&error),
        };
        record.calls.push(ended(end));
    }
}

fn look(store: &mut Store<State>, instance: Instance, module: &ermine::Module, record: &mut Record) {
    for export in module.exports() {
        match instance.get_export(&mut *store, export.name()) {
            Some(Extern::Global(global)) => record.globals.push(word(&global.get(&mut *store))),
            Some(Extern::Memory(memory)) => {
                let bytes = memory.data(&*store);
                record.memories.push((bytes.len(), ermine_trials::hash(bytes)));
            }
            Some(Extern::Table(table)) => {
                let size = table.size(&*store);
                let nulls =
                    (0..size).map(|index| table.get(&mut *store, index).is_none_or(|element| element.is_null()));
                record.tables.push(nulls.collect());
            }
            _ => {}
        }
    }
}

/// How a call ended that did not return, in Ermine's words.
fn end_of(error: &Error) -> End {
    let Some(trap) = error.downcast_ref::<wasmtime::Trap>() else { return End::Failed };
    End::Trap(match trap {
        wasmtime::Trap::UnreachableCodeReached => Trap::UnreachableCodeReached,
        wasmtime::Trap::MemoryOutOfBounds => Trap::MemoryOutOfBounds,
        wasmtime::Trap::TableOutOfBounds => Trap::TableOutOfBounds,
        wasmtime::Trap::IndirectCallToNull => Trap::IndirectCallToNull,
        wasmtime::Trap::BadSignature => Trap::BadSignature,
        wasmtime::Trap::IntegerOverflow => Trap::IntegerOverflow,
        wasmtime::Trap::IntegerDivisionByZero => Trap::IntegerDivisionByZero,
        wasmtime::Trap::BadConversionToInteger => Trap::BadConversionToInteger,
        wasmtime::Trap::StackOverflow => Trap::StackOverflow,
        wasmtime::Trap::OutOfFuel => Trap::OutOfFuel,
        other => panic!("a trap that Ermine does not have: {other}"),
    })
}

fn decoded(ty: &wasmtime::ValType) -> ValType {
    match ty {
        wasmtime::ValType::I32 => ValType::I32,
        wasmtime::ValType::I64 => ValType::I64,
        wasmtime::ValType::F32 => ValType::F32,
        wasmtime::ValType::F64 => ValType::F64,
        wasmtime::ValType::Ref(ty) if matches!(ty.heap_type(), HeapType::Extern) => ValType::ExternRef,
        _ => ValType::FuncRef,
    }
}

fn value(word: Word, ty: ValType) -> Val {
    match ty {
        ValType::I32 => Val::I32(word.bits() as i32),
        ValType::I64 => Val::I64(word.bits() as i64),
        ValType::F32 => Val::F32(word.bits() as u32),
        ValType::F64 => Val::F64(word.bits()),
        ValType::FuncRef => Val::FuncRef(None),
        ValType::ExternRef => Val::ExternRef(None),
    }
}

fn word(value: &Val) -> Word {
    match value {
        Val::I32(value) => Word::Narrow(*value as u32),
        Val::I64(value) => Word::Wide(*value as u64),
        Val::F32(bits) => Word::Narrow(*bits),
        Val::F64(bits) => Word::Wide(*bits),
        Val::FuncRef(None) | Val::ExternRef(None) => Word::Null,
        _ => Word::Reference,
    }
}

fn imports(store: &mut Store<State>, module: &Module) -> Result<Vec<Extern>> {
    let wanted = module.imports().map(|import| {
        Ok(match import.ty() {
            ExternType::Func(ty) => function(store, ty).into(),
            ExternType::Table(ty) => {
                let null = Ref::null(ty.element().heap_type());
                Table::new(&mut *store, ty, null)?.into()
            }
            ExternType::Memory(ty) => Memory::new(&mut *store, ty)?.into(),
            ExternType::Global(ty) => {
                let content = decoded(ty.content());
                let word = host::global(import.module(), import.name(), content);
                Global::new(&mut *store, ty, value(word, content))?.into()
            }
            other => panic!("an import that Ermine does not have: {other:?}"),
        })
    });
    wanted.collect()
}

fn function(store: &mut Store<State>, ty: FuncType) -> wasmtime::Func {
    let types: Vec<ValType> = ty.results().map(|ty| decoded(&ty)).collect();
    wasmtime::Func::new(store, ty, move |mut caller, arguments, results| {
        let arguments = arguments.iter().map(word);
        let (deed, words) = caller.data_mut().stub.next(arguments, types.iter().copied());
        act(&mut caller, deed)?;
        for ((place, word), &ty) in results.iter_mut().zip(words).zip(&types) {
            *place = value(word, ty);
        }
        Ok(())
    })
}

fn act(caller: &mut Caller<'_, State>, deed: Deed) -> Result<()> {
    match deed {
        Deed::Fail => return Err(Error::msg("failed")),
        Deed::Write(at, byte) => {
            let memory = caller.data().stub.memory().map(str::to_owned);
            if let Some(memory) = memory.and_then(|name| caller.get_export(&name)?.into_memory()) {
                host::write(memory.data_mut(caller), at, byte);
            }
        }
        Deed::Nothing | Deed::Grow | Deed::CallBack => {}
    }
    Ok(())
}
