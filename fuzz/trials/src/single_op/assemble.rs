//! A module around one operator: where its operands come from, and where its result goes.

use ermine::ValType;
use ermine_tests::mutations::Rng;
use wasm_encoder::{
    BlockType, CodeSection, ConstExpr, DataSection, ExportKind, ExportSection, Function, FunctionSection,
    GlobalSection, GlobalType, Ieee32, Ieee64, InstructionSink, MemArg, MemArgTarget, MemorySection, MemoryType,
    Module, TypeSection,
};

/// Bytes of the memory.
pub(super) const PAGE: usize = 65_536;
/// Where the second memory has what operands are loaded from, and where results are stored.
const SCRATCH: u64 = 64;

/// Where an operand comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// These bits, as a constant.
    Const(u64),
    Param,
    Local,
    Global,
    Memory,
    /// An operator in front of it.
    Computed,
    Block,
}

/// Where the result goes before it is returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sink {
    Return,
    Local,
    /// The first parameter, if it has the result's type.
    Param,
    Global,
    Memory,
    /// An operator behind it.
    Computed,
    /// The result is asked whether it is zero: 1 or 0 is returned.
    If,
    BrIf,
    Select,
}

impl Sink {
    /// Whether the function returns 1 or 0.
    pub(super) fn is_condition(self) -> bool {
        matches!(self, Self::If | Self::BrIf | Self::Select)
    }
}

/// The operator itself.
#[derive(Debug, Clone)]
pub(super) struct Body {
    /// Its bytes, immediates included.
    pub(super) code: Vec<u8>,
    /// The types of its operands.
    pub(super) params: Vec<ValType>,
    /// The type of its result, if it has one.
    pub(super) result: Option<ValType>,
    /// Where operands come from.
    pub(super) sources: Vec<Source>,
    /// Where the result goes.
    pub(super) sink: Sink,
}

/// One of the sources.
pub(super) fn source(rng: &mut Rng, constant: u64) -> Source {
    use Source::{Block, Computed, Const, Global, Local, Memory, Param};
    rng.one_of(&[Const(constant), Const(constant), Param, Param, Local, Global, Memory, Computed, Computed, Block])
}

/// One of the sinks that take a value of this type.
pub(super) fn sink(rng: &mut Rng, result: Option<ValType>) -> Sink {
    use Sink::{BrIf, Computed, Global, If, Local, Memory, Param, Return, Select};
    match result {
        Some(ValType::I32) => {
            rng.one_of(&[Return, Local, Param, Global, Memory, Computed, If, If, BrIf, BrIf, Select, Select])
        }
        Some(_) => rng.one_of(&[Return, Local, Param, Global, Memory, Computed]),
        None => Return,
    }
}

fn encoded(ty: ValType) -> wasm_encoder::ValType {
    match ty {
        ValType::I32 => wasm_encoder::ValType::I32,
        ValType::I64 => wasm_encoder::ValType::I64,
        ValType::F32 => wasm_encoder::ValType::F32,
        ValType::F64 => wasm_encoder::ValType::F64,
        ValType::FuncRef => wasm_encoder::ValType::FUNCREF,
        ValType::ExternRef => wasm_encoder::ValType::EXTERNREF,
    }
}

fn constant(sink: &mut InstructionSink<'_>, ty: ValType, bits: u64) {
    match ty {
        ValType::I32 => sink.i32_const(bits as i32),
        ValType::I64 => sink.i64_const(bits as i64),
        ValType::F32 => sink.f32_const(Ieee32::new(bits as u32)),
        ValType::F64 => sink.f64_const(Ieee64::new(bits)),
        ValType::FuncRef | ValType::ExternRef => unreachable!("no operator here has references"),
    };
}

fn scratch(place: u32) -> MemArg {
    MemArg { offset: SCRATCH + 8 * u64::from(place), align: 0, target: MemArgTarget::Memory(1), ordering: None }
}

/// Leaves the value of its operand as it is.
fn nothing_much(sink: &mut InstructionSink<'_>, ty: ValType) {
    match ty {
        ValType::I32 => sink.i32_const(0).i32_xor(),
        ValType::I64 => sink.i64_const(0).i64_or(),
        ValType::F32 => sink.i32_reinterpret_f32().i32_const(0).i32_or().f32_reinterpret_i32(),
        ValType::F64 => sink.i64_reinterpret_f64().i64_const(0).i64_xor().f64_reinterpret_i64(),
        ValType::FuncRef | ValType::ExternRef => sink,
    };
}

fn load(sink: &mut InstructionSink<'_>, ty: ValType, place: u32) {
    sink.i32_const(0);
    match ty {
        ValType::I32 => sink.i32_load(scratch(place)),
        ValType::I64 => sink.i64_load(scratch(place)),
        ValType::F32 => sink.f32_load(scratch(place)),
        ValType::F64 | ValType::FuncRef | ValType::ExternRef => sink.f64_load(scratch(place)),
    };
}

/// Stores the value whose address is below it.
fn store(sink: &mut InstructionSink<'_>, ty: ValType, place: u32) {
    match ty {
        ValType::I32 => sink.i32_store(scratch(place)),
        ValType::I64 => sink.i64_store(scratch(place)),
        ValType::F32 => sink.f32_store(scratch(place)),
        ValType::F64 | ValType::FuncRef | ValType::ExternRef => sink.f64_store(scratch(place)),
    };
}

impl Body {
    /// Parameters, then a local for each, then one for the result.
    fn locals(&self) -> Function {
        let locals = self.params.iter().copied().chain(self.result);
        Function::new_with_locals_types(locals.map(encoded))
    }

    fn count(&self) -> u32 {
        u32::try_from(self.params.len()).expect("a few")
    }

    /// The type of what the function returns.
    fn returns(&self) -> Option<ValType> {
        if self.sink.is_condition() { Some(ValType::I32) } else { self.result }
    }

    fn function(&self) -> Function {
        let mut function = self.locals();
        let mut sink = function.instructions();
        for (index, source) in (0..).zip(&self.sources) {
            self.prepare(&mut sink, index, *source);
        }
        if self.sink == Sink::BrIf {
            sink.block(BlockType::Empty);
        }
        if self.sink == Sink::Memory {
            sink.i32_const(0);
        }
        if self.sink == Sink::Select {
            sink.i32_const(1).i32_const(0);
        }
        for (index, source) in (0..).zip(&self.sources) {
            self.operand(&mut sink, index, *source);
        }
        function.raw(self.code.iter().copied());
        let mut sink = function.instructions();
        self.finish(&mut sink);
        sink.end();
        function
    }

    fn ty(&self, index: u32) -> ValType {
        self.params[index as usize]
    }

    fn prepare(&self, sink: &mut InstructionSink<'_>, index: u32, source: Source) {
        match source {
            Source::Local => drop(sink.local_get(index).local_set(self.count() + index)),
            Source::Global => drop(sink.local_get(index).global_set(index)),
            Source::Memory => {
                sink.i32_const(0).local_get(index);
                store(sink, self.ty(index), index);
            }
            Source::Const(_) | Source::Param | Source::Computed | Source::Block => {}
        }
    }

    fn operand(&self, sink: &mut InstructionSink<'_>, index: u32, source: Source) {
        match source {
            Source::Const(bits) => constant(sink, self.ty(index), bits),
            Source::Param => drop(sink.local_get(index)),
            Source::Local => drop(sink.local_get(self.count() + index)),
            Source::Global => drop(sink.global_get(index)),
            Source::Memory => load(sink, self.ty(index), index),
            Source::Computed => {
                sink.local_get(index);
                nothing_much(sink, self.ty(index));
            }
            Source::Block => {
                let ty = BlockType::Result(encoded(self.ty(index)));
                sink.block(ty).local_get(index).end();
            }
        }
    }

    fn finish(&self, sink: &mut InstructionSink<'_>) {
        let Some(ty) = self.result else { return };
        let (count, local) = (self.count(), 2 * self.count());
        match self.sink {
            Sink::Param if self.params.first() == Some(&ty) => drop(sink.local_set(0).local_get(0)),
            Sink::Return | Sink::Param => {}
            Sink::Local => drop(sink.local_set(local).local_get(local)),
            Sink::Global => drop(sink.global_set(count).global_get(count)),
            Sink::Memory => {
                store(sink, ty, count);
                load(sink, ty, count);
            }
            Sink::Computed => nothing_much(sink, ty),
            Sink::If => {
                sink.if_(BlockType::Result(wasm_encoder::ValType::I32)).i32_const(1).else_().i32_const(0).end();
            }
            Sink::BrIf => drop(sink.br_if(0).i32_const(0).return_().end().i32_const(1)),
            Sink::Select => drop(sink.select()),
        }
    }

    /// The module: `run`, and `memory` with these bytes.
    pub(super) fn module(&self, data: &[u8]) -> Vec<u8> {
        let mut types = TypeSection::new();
        let (params, results) = (self.params.iter().copied().map(encoded), self.returns().map(encoded));
        types.ty().function(params, results);
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut memories = MemorySection::new();
        let page = MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None };
        memories.memory(page).memory(page);
        let mut globals = GlobalSection::new();
        for ty in self.params.iter().copied().chain(self.result) {
            let mut init = Vec::new();
            constant(&mut InstructionSink::new(&mut init), ty, 0);
            let ty = GlobalType { val_type: encoded(ty), mutable: true, shared: false };
            globals.global(ty, &ConstExpr::raw(init));
        }
        let mut exports = ExportSection::new();
        exports.export("run", ExportKind::Func, 0).export("memory", ExportKind::Memory, 0);
        let mut code = CodeSection::new();
        code.function(&self.function());
        let mut datas = DataSection::new();
        datas.active(0, &ConstExpr::i32_const(0), data.iter().copied());
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&memories).section(&globals);
        module.section(&exports).section(&code).section(&datas);
        module.finish()
    }
}
