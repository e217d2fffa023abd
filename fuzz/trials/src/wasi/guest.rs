//! A guest that passes calls on: for each function of WASI it exports one that calls it.

use std::sync::OnceLock;

use ermine::{Engine, ErrorKind, Func, Instance, Linker, Memory, Module, Store, Val};
use ermine_wasi::{FUNCTIONS, Function, MODULE, MemFs, ValueType, WasiCtx, WithFiles, add_to_linker};
use wasm_encoder::{
    CodeSection, EntityType, ExportKind, ExportSection, Function as Body, FunctionSection, ImportSection,
    MemorySection, MemoryType, Module as Encoder, TypeSection, ValType,
};

use super::port::{Board, Port};

/// Bytes of its memory.
pub(super) const MEMORY: usize = 65_536;

/// The guest in a store.
pub(super) struct Guest {
    store: Store<WasiCtx<Port>>,
    instance: Instance,
    memory: Memory,
}

fn encoded(ty: ValueType) -> ValType {
    match ty {
        ValueType::I32 => ValType::I32,
        ValueType::I64 => ValType::I64,
    }
}

fn wasm() -> Vec<u8> {
    let mut types = TypeSection::new();
    let (mut imports, mut functions) = (ImportSection::new(), FunctionSection::new());
    let (mut exports, mut code) = (ExportSection::new(), CodeSection::new());
    let all = u32::try_from(FUNCTIONS.len()).expect("a few");
    for (index, function) in (0..).zip(FUNCTIONS) {
        types.ty().function(function.params.iter().map(|(_, ty)| encoded(*ty)), function.result.map(encoded));
        imports.import(MODULE, function.name, EntityType::Function(index));
        functions.function(index);
        exports.export(function.name, ExportKind::Func, all + index);
        let mut body = Body::new([]);
        let mut sink = body.instructions();
        for (param, _) in (0..).zip(function.params) {
            sink.local_get(param);
        }
        sink.call(index).end();
        code.function(&body);
    }
    let mut memories = MemorySection::new();
    memories.memory(MemoryType { minimum: 1, maximum: None, memory64: false, shared: false, page_size_log2: None });
    exports.export("memory", ExportKind::Memory, 0);
    let mut module = Encoder::new();
    module.section(&types).section(&imports).section(&functions).section(&memories).section(&exports).section(&code);
    module.finish()
}

/// Compiled once.
fn program() -> &'static (Module, Linker<WasiCtx<Port>>) {
    static PROGRAM: OnceLock<(Module, Linker<WasiCtx<Port>>)> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let engine = Engine::default();
        let mut linker = Linker::new(&engine);
        add_to_linker(&mut linker, |ctx| ctx).expect("the names are free");
        (Module::new(&engine, wasm()).expect("a valid module"), linker)
    })
}

impl Guest {
    /// A guest with these files.
    pub(super) fn new(files: MemFs) -> Self {
        let (module, linker) = program();
        let mut store = Store::new(linker.engine(), WasiCtx::new(WithFiles::new(Board::default(), files)));
        let instance = linker.instantiate_and_start(&mut store, module).expect("nothing is missing");
        let memory = instance.get_memory(&store, "memory").expect("an export");
        Self { store, instance, memory }
    }

    /// Makes a call: its error code, or nothing if the guest has ended, or the host has no memory for it.
    pub(super) fn call(&mut self, function: &Function, arguments: &[u64]) -> Option<u16> {
        let arguments: Vec<Val> = function
            .params
            .iter()
            .zip(arguments)
            .map(|((_, ty), &bits)| match ty {
                ValueType::I32 => Val::I32(bits as i32),
                ValueType::I64 => Val::I64(bits as i64),
            })
            .collect();
        let func: Func = self.instance.get_func(&self.store, function.name).expect("an export");
        let mut results = vec![Val::I32(0); usize::from(function.result.is_some())];
        match func.call(&mut self.store, &arguments, &mut results) {
            Ok(()) => Some(u16::try_from(results[0].i32().expect("an i32")).expect("an error code")),
            Err(error) => {
                let expected = matches!(error.kind(), ErrorKind::I32Exit(_) | ErrorKind::OutOfMemory);
                assert!(expected, "{}: {error}", function.name);
                None
            }
        }
    }

    /// Makes a call by name: whether it succeeded.
    pub(super) fn succeeds(&mut self, name: &str, arguments: &[u64]) -> bool {
        let function = FUNCTIONS.iter().find(|function| function.name == name).expect("a function of WASI");
        assert_eq!(function.params.len(), arguments.len(), "{name}");
        self.call(function, arguments) == Some(0)
    }

    /// Its memory.
    pub(super) fn memory(&mut self) -> &mut [u8] {
        self.memory.data_mut(&mut self.store)
    }

    /// Puts bytes into its memory.
    pub(super) fn put(&mut self, at: u32, bytes: &[u8]) {
        self.memory()[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
    }

    /// Bytes of its memory.
    pub(super) fn get(&mut self, at: u32, len: usize) -> Vec<u8> {
        self.memory()[at as usize..at as usize + len].to_vec()
    }

    /// Four of them as a number.
    pub(super) fn number(&mut self, at: u32) -> u32 {
        u32::from_le_bytes(self.get(at, 4).try_into().expect("four bytes"))
    }

    /// The files, when the guest has ended.
    pub(super) fn into_files(self) -> MemFs {
        self.store.into_data().into_port().into_parts().1
    }
}
