//! Hosts that have little to give: tiny budgets, limiters that say no, an allocator that fails. All of it ends in typed errors.
//!
//! Where the binary has the allocator of [`allocator`](crate::allocator), it fails, too. Modules and images are loaded before: they are as large as the
//! host lets in, and where there is no heap for what is made of them, the process aborts. (Of wasmparser that is documented.)

use ermine::{Bound, Engine, ErrorKind, Limits, Module};
use ermine_tests::mutations::Rng;

use crate::allocator::failing;
use crate::run::{Mode, Plan, REFERENCE, run};
use crate::{execute, rng, wasi};

/// Bytes from which on an allocation is taken for one whose size a guest chooses...
const LARGE: usize = 4_096;
/// ...if it also is so many times as large as the module: what an instance keeps of each function or element is bounded by the module, which the
/// host has let in.
const TIMES: usize = 16;
/// Failures of one input.
const MOST_FAILURES: u32 = 24;

/// Runs a module with too little of this and that.
pub fn limits(wasm: &[u8]) {
    let mut numbers = rng::of(wasm);
    tiny_budgets(wasm, &mut numbers);
    let Ok(module) = REFERENCE.load(wasm) else { return };
    let plan = Plan { denies: Some(numbers.clone()), ..Plan::of(wasm) };
    let _ = run(REFERENCE, &module, &plan);
    no_memory(&module, wasm, &mut numbers);
}

/// A small number: too small, or just enough.
fn few(numbers: &mut Rng) -> u32 {
    let small = numbers.below(20) as u32;
    numbers.one_of(&[0, 1, 2, small, small * 10, small * 1_000])
}

/// Loads and runs a module under bounds most of which are ample, and some tiny.
fn tiny_budgets(wasm: &[u8], numbers: &mut Rng) {
    let mut limits = crate::run::limits();
    for _ in 0..1 + numbers.below(3) {
        let few = few(numbers);
        *numbers.one_of(&FIELDS)(&mut limits) = few;
        let wide = numbers.one_of(&WIDE_FIELDS);
        if numbers.once_in(2) {
            wide(&mut limits, few as usize);
        }
    }
    let mut config = Mode { fuel: true, ..REFERENCE }.config();
    config.limits(limits.clone());
    let engine = Engine::new(&config);
    match Module::new(&engine, wasm) {
        Ok(module) => drop(run(REFERENCE, &module, &Plan::of(wasm))),
        Err(error) => match error.kind() {
            ErrorKind::Limit { bound, limit } => assert_eq!(is_in_force(&limits, *bound), Some(*limit), "{error}"),
            other => drop(other.to_string()),
        },
    }
}

/// Fields of [`Limits`] that are counts.
const FIELDS: [fn(&mut Limits) -> &mut u32; 20] = [
    |limits| &mut limits.types,
    |limits| &mut limits.imports,
    |limits| &mut limits.functions,
    |limits| &mut limits.tables,
    |limits| &mut limits.memories,
    |limits| &mut limits.globals,
    |limits| &mut limits.exports,
    |limits| &mut limits.element_segments,
    |limits| &mut limits.data_segments,
    |limits| &mut limits.locals,
    |limits| &mut limits.function_bytes,
    |limits| &mut limits.nesting,
    |limits| &mut limits.frame_slots,
    |limits| &mut limits.table_elements,
    |limits| &mut limits.instances,
    |limits| &mut limits.store_memories,
    |limits| &mut limits.store_tables,
    |limits| &mut limits.store_functions,
    |limits| &mut limits.host_objects,
    |limits| &mut limits.host_depth,
];

/// The others.
const WIDE_FIELDS: [fn(&mut Limits, usize); 6] = [
    |limits, few| limits.module_bytes = few,
    |limits, few| limits.code_bytes = few,
    |limits, few| limits.stack_bytes = few,
    |limits, few| limits.total_stack_bytes = few,
    |limits, few| limits.memory_bytes = few as u64,
    |limits, few| limits.backtrace_frames = few,
];

/// The value that an error about a bound must name; nothing for bounds that several fields or wasmparser have.
fn is_in_force(limits: &Limits, bound: Bound) -> Option<u64> {
    Some(match bound {
        Bound::ModuleBytes => limits.module_bytes as u64,
        Bound::Types => limits.types.into(),
        Bound::Imports => limits.imports.into(),
        Bound::Functions => limits.functions.into(),
        Bound::Tables => limits.tables.into(),
        Bound::Memories => limits.memories.into(),
        Bound::Globals => limits.globals.into(),
        Bound::Exports => limits.exports.into(),
        Bound::ElementSegments => limits.element_segments.into(),
        Bound::DataSegments => limits.data_segments.into(),
        Bound::Locals => limits.locals.into(),
        Bound::FunctionBytes => limits.function_bytes.into(),
        Bound::Nesting => limits.nesting.into(),
        Bound::CodeBytes => limits.code_bytes as u64,
        Bound::FrameSlots => limits.frame_slots.into(),
        Bound::StackBytes => limits.stack_bytes as u64,
        Bound::TotalStackBytes => limits.total_stack_bytes as u64,
        Bound::MemoryBytes => limits.memory_bytes,
        Bound::TableElements => limits.table_elements.into(),
        Bound::Instances => limits.instances.into(),
        Bound::StoreMemories => limits.store_memories.into(),
        Bound::StoreTables => limits.store_tables.into(),
        Bound::StoreFunctions => limits.store_functions.into(),
        Bound::HostObjects => limits.host_objects.into(),
        _ => return None,
    })
}

/// Instantiates, calls and writes files while an allocation fails: the first, the second and so on until there are no more.
fn no_memory(module: &Module, wasm: &[u8], numbers: &mut Rng) {
    let plan = Plan::of(wasm);
    let large = LARGE.max(TIMES * wasm.len());
    for nth in 1..MOST_FAILURES {
        let (_, failed) = failing(large, nth, || run(REFERENCE, module, &plan));
        if !failed {
            break;
        }
    }
    wasi::short_of_memory(wasm, LARGE, 1 + numbers.below(8) as u32);
    // What could not be had is no harm to the next one.
    if execute::is_comparable(wasm) {
        let first = run(REFERENCE, module, &plan);
        assert!(first == run(REFERENCE, module, &plan), "a failed allocation has left something behind");
    }
}
