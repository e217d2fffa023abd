//! Instances: modules with their imports, memories, tables and globals.

mod dropped;
mod exports;
mod instantiate;
mod spaces;

use alloc::boxed::Box;

pub use self::exports::{Export, ExportsIter, Extern};
pub(crate) use self::instantiate::instantiate;
use self::{
    dropped::Dropped,
    spaces::{Space, Spaces},
};
use crate::{
    error::{Error, ErrorKind},
    exec::ctx::{Ctx, MemoryView, TableView},
    func::{Func, TypedFunc, WasmParams, WasmResults},
    global::Global,
    memory::Memory,
    module::{ItemIndex, Module, get},
    store::{AsContext, AsContextMut, Handle, StoreContext, StoreInner},
    table::Table,
};

/// An instance of a [`Module`] in a [`Store`](crate::Store).
///
/// # Examples
///
#[cfg_attr(feature = "translate", doc = "```")]
#[cfg_attr(not(feature = "translate"), doc = "```ignore")]
/// use ermine::{Engine, Instance, Module, Store};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::default();
/// let wasm = wat::parse_str(
///     r#"(module (memory (export "memory") 1) (data (i32.const 8) "abc")
///         (func (export "answer") (result i32) (i32.const 42)))"#,
/// )?;
/// let mut store = Store::new(&engine, ());
/// let instance = Instance::new(&mut store, &Module::new(&engine, &wasm)?, &[])?;
/// let answer = instance.get_typed_func::<(), i32>(&store, "answer")?;
/// assert_eq!(answer.call(&mut store, ())?, 42);
/// assert_eq!(&instance.get_memory(&store, "memory").unwrap().data(&store)[8..11], b"abc");
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Instance(pub(crate) Handle);

impl Instance {
    /// Instantiates a module with these imports, in the order of [`Module::imports`], and runs its start function.
    ///
    /// [`Linker`](crate::Linker) finds imports by name.
    ///
    /// # Errors
    ///
    /// If number or types of the imports do not fit, if a bound or the limiter forbids a memory or table, or if a segment
    /// does not fit or the start function fails. In the last two cases what has been written to imported memories and
    /// tables stays, as the specification wants it.
    pub fn new(mut ctx: impl AsContextMut, module: &Module, imports: &[Extern]) -> Result<Self, Error> {
        instantiate(ctx.as_context_mut().store, module, imports)
    }

    /// The module.
    ///
    /// # Errors
    ///
    /// If the handle is foreign.
    pub fn module<'a, T: 'a>(&self, ctx: impl Into<StoreContext<'a, T>>) -> Result<&'a Module, Error> {
        ctx.into().store.inner.instance_by(self.0).map(InstanceEntity::module)
    }

    /// The export with this name.
    pub fn get_export(&self, ctx: impl AsContext, name: &str) -> Option<Extern> {
        let inner = &ctx.as_context().store.inner;
        inner.instance_by(self.0).ok()?.export(inner, name)
    }

    /// The exported function with this name.
    pub fn get_func(&self, ctx: impl AsContext, name: &str) -> Option<Func> {
        self.get_export(ctx, name)?.into_func()
    }

    /// The exported function with this name and type.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownExport`] if there is no such function, [`ErrorKind::FuncType`] if it has another type.
    pub fn get_typed_func<Params, Results>(
        &self,
        ctx: impl AsContext,
        name: &str,
    ) -> Result<TypedFunc<Params, Results>, Error>
    where
        Params: WasmParams,
        Results: WasmResults,
    {
        let context = ctx.as_context();
        let func = self.get_func(context, name).ok_or_else(|| ErrorKind::UnknownExport(name.into()))?;
        func.typed(context)
    }

    /// The exported global with this name.
    pub fn get_global(&self, ctx: impl AsContext, name: &str) -> Option<Global> {
        self.get_export(ctx, name)?.into_global()
    }

    /// The exported table with this name.
    pub fn get_table(&self, ctx: impl AsContext, name: &str) -> Option<Table> {
        self.get_export(ctx, name)?.into_table()
    }

    /// The exported memory with this name.
    pub fn get_memory(&self, ctx: impl AsContext, name: &str) -> Option<Memory> {
        self.get_export(ctx, name)?.into_memory()
    }

    /// All exports, in the order of the module. None for a foreign handle.
    pub fn exports<'a, T: 'a>(&self, ctx: impl Into<StoreContext<'a, T>>) -> ExportsIter<'a> {
        ExportsIter::new(&ctx.into().store.inner, self.0)
    }
}

/// What an instance is made of. It is never removed from its store (invariant 11).
#[derive(Debug)]
pub(crate) struct InstanceEntity {
    module: Module,
    spaces: Spaces,
    /// Addresses of memories, then of tables, then of globals, by index, for machines: each of a `MemoryView`, a `TableView` or a cell.
    addresses: Box<[*mut ()]>,
    /// The store's number of the first function that the module defines, and how many these are: they follow one another.
    defined: (u32, usize),
    /// Element segments, as references; empty once dropped. None at all if all are.
    elements: Box<[Box<[u32]>]>,
    /// Which data segments have been dropped.
    dropped_datas: Dropped,
}

impl InstanceEntity {
    pub(crate) fn module(&self) -> &Module {
        &self.module
    }

    /// Makes a context, which knows the store's functions, describe this instance.
    pub(crate) fn describe(&self, ctx: &mut Ctx) {
        ctx.entries = self.module.inner.code.cells();
        (ctx.defined_first, ctx.defined_len) = self.defined;
        ctx.defined = ctx.funcs.wrapping_add(self.defined.0 as usize);
        let (memories, tables) = (self.spaces.len(Space::Memories), self.spaces.len(Space::Tables));
        let address = |index: usize| self.addresses.as_ptr().wrapping_add(index);
        ctx.memories = address(0).cast::<*mut MemoryView>();
        ctx.memories_len = u32::try_from(memories).unwrap_or(u32::MAX);
        ctx.tables = address(memories).cast::<*mut TableView>();
        ctx.globals = address(memories + tables).cast::<*mut u64>();
        ctx.types = self.spaces.of(Space::Types).as_ptr();
        ctx.func_refs = self.spaces.of(Space::Funcs).as_ptr();
    }

    /// The number in the store of a function.
    pub(crate) fn func(&self, index: u32) -> Option<u32> {
        self.spaces.get(Space::Funcs, index)?.checked_sub(1)
    }

    /// A function as a reference.
    pub(crate) fn func_ref(&self, index: u32) -> Option<u32> {
        self.spaces.get(Space::Funcs, index)
    }

    /// The number in the store of a memory.
    pub(crate) fn memory(&self, index: u32) -> Option<u32> {
        self.spaces.get(Space::Memories, index)
    }

    /// The number in the store of a table.
    pub(crate) fn table(&self, index: u32) -> Option<u32> {
        self.spaces.get(Space::Tables, index)
    }

    /// The number in the store of a global.
    pub(crate) fn global(&self, index: u32) -> Option<u32> {
        self.spaces.get(Space::Globals, index)
    }

    /// What is left of an element segment.
    pub(crate) fn element(&self, segment: u32) -> &[u32] {
        get(&self.elements, segment).map_or(&[], |items| items)
    }

    /// Sets what is left of all element segments.
    fn set_elements(&mut self, elements: Box<[Box<[u32]>]>) {
        self.elements = elements;
    }

    pub(crate) fn drop_element(&mut self, segment: u32) {
        if let Some(items) = usize::try_from(segment).ok().and_then(|segment| self.elements.get_mut(segment)) {
            *items = Box::default();
        }
    }

    /// What is left of a data segment.
    pub(crate) fn data(&self, segment: u32) -> &[u8] {
        let dropped = self.dropped_datas.has(segment);
        let segment = get(&self.module.inner.datas, segment).filter(|_| !dropped);
        segment.map_or(&[], |segment| self.module.inner.data(segment))
    }

    pub(crate) fn drop_data(&mut self, segment: u32) {
        self.dropped_datas.insert(segment);
    }

    /// The item that is exported under this name.
    pub(crate) fn export(&self, inner: &StoreInner, name: &str) -> Option<Extern> {
        self.item(inner, self.module.inner.export(name)?)
    }

    /// An item of one of the index spaces.
    pub(crate) fn item(&self, inner: &StoreInner, item: ItemIndex) -> Option<Extern> {
        Some(match item {
            ItemIndex::Func(index) => Extern::Func(Func(inner.handle(self.func(index)?))),
            ItemIndex::Table(index) => Extern::Table(Table(inner.handle(self.table(index)?))),
            ItemIndex::Memory(index) => Extern::Memory(Memory(inner.handle(self.memory(index)?))),
            ItemIndex::Global(index) => Extern::Global(Global(inner.handle(self.global(index)?))),
        })
    }
}
