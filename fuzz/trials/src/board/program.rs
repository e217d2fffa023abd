//! Guests: sequences of calls of what a board offers.

use std::sync::OnceLock;

use ermine::{Config, Engine, Profile, ValType};
use ermine_boards::Grant;
use ermine_boards::abi::{FUNCTIONS, GRANT_MODULE, ON_EVENT, START};
use ermine_wasi::ValueType;
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, EntityType, ExportKind, ExportSection, Function, FunctionSection,
    ImportSection, InstructionSink, MemArg, MemArgTarget, MemorySection, MemoryType, Module, StartSection, TypeSection,
};

use super::MEMORY;
use crate::bytes::Bytes;

/// Calls of a function.
const CALLS: usize = 40;

/// Records at the start of the memory: operations of transactions, and buffers of WASI.
const RECORDS: usize = 8;

/// The functions of WASI that a board has.
const WASI: [&str; 8] = [
    "args_sizes_get",
    "clock_time_get",
    "fd_fdstat_get",
    "fd_read",
    "fd_write",
    "proc_exit",
    "random_get",
    "sched_yield",
];

/// Numbers at the edges of memory, handles, addresses and limits.
const EDGES: [u32; 24] = [
    0,
    1,
    2,
    3,
    4,
    15,
    16,
    17,
    32,
    64,
    super::desk::FIRST as u32,
    super::desk::LAST as u32 + 1,
    256,
    257,
    1000,
    1024,
    1025,
    MEMORY - 16,
    MEMORY - 1,
    MEMORY,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_fff0,
    0xffff_ffff,
];

/// Lengths on both sides of limits.
const LENGTHS: [i32; 12] = [0, 1, 5, 16, 64, 100, 255, 256, 257, 1024, 1025, 1900];

/// Times: microseconds, nanoseconds, and what overflows.
const TIMES: [i64; 10] = [0, 1, 499, 1000, 49_000, 51_000, 3_000_000, i64::MAX, i64::MIN, -1];

/// An import of a guest.
struct Import {
    module: &'static str,
    name: &'static str,
    params: Vec<ValType>,
    result: Option<ValType>,
    /// The last grant that allows the function, if it is a board's.
    grant: Option<usize>,
}

fn imports(table: &[Grant]) -> Vec<Import> {
    let rows = FUNCTIONS.iter().filter_map(|row| {
        let grant = table.iter().rposition(|grant| grant.what.allows(row.function).is_ok())?;
        let (module, params) = (row.interface.module(), row.params.to_vec());
        Some(Import { module, name: row.name, params, result: row.result, grant: Some(grant) })
    });
    let wasi = ermine_wasi::FUNCTIONS.iter().filter(|function| WASI.contains(&function.name)).map(|function| {
        let ty = |ty: &ValueType| if *ty == ValueType::I64 { ValType::I64 } else { ValType::I32 };
        let (module, params) = (ermine_wasi::MODULE, function.params.iter().map(|(_, param)| ty(param)).collect());
        Import { module, name: function.name, params, result: function.result.as_ref().map(ty), grant: None }
    });
    let handles = table.iter().map(|grant| Import {
        module: GRANT_MODULE,
        name: grant.name,
        params: Vec::new(),
        result: Some(ValType::I32),
        grant: None,
    });
    rows.chain(wasi).chain(handles).collect()
}

fn encoded(ty: ValType) -> wasm_encoder::ValType {
    if ty == ValType::I64 { wasm_encoder::ValType::I64 } else { wasm_encoder::ValType::I32 }
}

/// An image of the guest that an input means. `None` if it is too large for what boards have.
pub(super) fn image(bytes: &mut Bytes<'_>, table: &[Grant]) -> Option<Vec<u8>> {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    let engine = ENGINE.get_or_init(|| {
        let mut config = Config::default();
        config.profile(Profile::Base).consume_fuel(true).wasm_custom_page_sizes(true);
        Engine::new(&config)
    });
    let image = engine.precompile_module(&wasm(bytes, table)).expect("a valid module");
    (image.len() <= super::SLOT).then_some(image)
}

/// `_start` and `on_event`, each with calls of its own; now and then a start function as well.
fn wasm(bytes: &mut Bytes<'_>, table: &[Grant]) -> Vec<u8> {
    let offered = imports(table);
    let count = offered.len() as u32;
    let (mut types, mut imports) = (TypeSection::new(), ImportSection::new());
    for (index, Import { module, name, params, result, .. }) in (0..).zip(&offered) {
        types.ty().function(params.iter().copied().map(encoded), result.map(encoded));
        imports.import(module, name, EntityType::Function(index));
    }
    types.ty().function([], []);
    types.ty().function([wasm_encoder::ValType::I32; 2], []);
    let mut functions = FunctionSection::new();
    functions.function(count).function(count + 1);
    let mut memories = MemorySection::new();
    let minimum = MEMORY.into();
    memories.memory(MemoryType { minimum, maximum: None, memory64: false, shared: false, page_size_log2: Some(0) });
    let mut exports = ExportSection::new();
    exports.export(START, ExportKind::Func, count).export(ON_EVENT, ExportKind::Func, count + 1);
    let has_start = bytes.below(8) == 0;
    let mut data = DataSection::new();
    let records = (0..RECORDS).flat_map(|_| record(bytes)).flat_map(u32::to_le_bytes);
    data.active(0, &ConstExpr::i32_const(0), records.collect::<Vec<u8>>());
    let mut code = CodeSection::new();
    code.function(&body(bytes, &offered, 0)).function(&body(bytes, &offered, 2));
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&memories).section(&exports);
    if has_start {
        module.section(&StartSection { function_index: count });
    }
    module.section(&code).section(&data);
    module.finish()
}

/// Kind, address, length and another address; or address and length, twice.
fn record(bytes: &mut Bytes<'_>) -> [u32; 4] {
    let kind = bytes.below(6) as u32;
    let mut number = |most| match bytes.byte() {
        0..8 => bytes.number() as u32,
        8..32 => bytes.one_of(&EDGES),
        _ => bytes.below(16) as u32 * most / 16,
    };
    [kind, number(MEMORY), number(256), number(MEMORY)]
}

/// Calls, in a loop that ends after some rounds or never. The last result is in a local behind the parameters.
fn body(bytes: &mut Bytes<'_>, offered: &[Import], params: u32) -> Function {
    let (last, round) = (params, params + 1);
    let mut function = Function::new([(2, wasm_encoder::ValType::I32)]);
    let mut sink = function.instructions();
    let rounds = bytes.one_of(&[1, 1, 2, 30, 0]);
    sink.loop_(BlockType::Empty);
    for _ in 0..bytes.below(CALLS) {
        if bytes.below(8) == 0 {
            sink.i32_const(bytes.byte().into());
            number(bytes, &mut sink, last);
            sink.i32_store(MemArg { offset: 0, align: 0, target: MemArgTarget::Memory(0), ordering: None });
        }
        let index = bytes.below(offered.len());
        let Import { params, result, grant, .. } = &offered[index];
        // What takes a handle does little with that of something else.
        let mut handle = grant.filter(|_| bytes.below(4) != 0);
        for param in params {
            if *param == ValType::I64 {
                sink.i64_const(bytes.one_of(&TIMES));
            } else if let Some(handle) = handle.take() {
                sink.i32_const(handle as i32);
            } else {
                number(bytes, &mut sink, last);
            }
        }
        sink.call(index as u32);
        match result {
            Some(ValType::I64) => sink.i32_wrap_i64().local_set(last),
            Some(_) => sink.local_set(last),
            None => &mut sink,
        };
    }
    match rounds {
        0 => sink.br(0),
        _ => sink.local_get(round).i32_const(1).i32_add().local_tee(round).i32_const(rounds).i32_lt_u().br_if(0),
    };
    sink.end().end();
    function
}

/// An argument: behind one that lies outside of the memory nothing comes any more, so most do not.
fn number(bytes: &mut Bytes<'_>, sink: &mut InstructionSink<'_>, last: u32) {
    match bytes.byte() {
        0 => sink.i32_const(bytes.number() as i32),
        1..4 => sink.i32_const(bytes.one_of(&EDGES).cast_signed()),
        4..16 => sink.local_get(last),
        16..80 => sink.i32_const(bytes.below(RECORDS) as i32 * 16),
        80..144 => sink.i32_const(bytes.one_of(&LENGTHS)),
        // Handles, counts, levels.
        _ => sink.i32_const(bytes.below(18) as i32),
    };
}
