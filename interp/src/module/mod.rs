//! Modules: validated, translated, immutable.
//!
//! `parse` turns bytes into a [`ModuleInner`]; `features` explains refusals; `names` reads the name section when a
//! backtrace asks for it; `init` evaluates constant expressions.

#[cfg(feature = "translate")]
use alloc::vec::Vec;
use alloc::{boxed::Box, sync::Arc};
use core::{fmt, ops::Range};

pub(crate) mod env;
#[cfg(feature = "translate")]
mod features;
pub(crate) mod init;
#[cfg(feature = "translate")]
mod listing;
mod names;
#[cfg(feature = "translate")]
mod parse;
#[cfg(feature = "translate")]
pub(crate) mod sections;
#[cfg(not(feature = "translate"))]
mod unlisted;

#[cfg(feature = "translate")]
pub use self::listing::CodeLine;

use self::{env::ModuleEnv, init::ConstExpr};
use crate::{
    code::Code,
    engine::Engine,
    types::{ExternType, GlobalType, MemoryType, TableType},
};

/// A module: validated and translated, ready to be instantiated any number of times. Cheap to clone.
///
/// # Examples
///
#[cfg_attr(feature = "translate", doc = "```")]
#[cfg_attr(not(feature = "translate"), doc = "```ignore")]
/// use ermine::{Engine, Module};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let engine = Engine::default();
/// let wasm = wat::parse_str("(module (import \"env\" \"f\" (func)) (memory (export \"m\") 1))")?;
/// let module = Module::new(&engine, &wasm)?;
/// assert_eq!(module.imports().map(|import| import.name().to_owned()).collect::<Vec<_>>(), ["f"]);
/// assert!(module.get_export("m").is_some_and(|ty| ty.memory().is_some()));
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Module {
    pub(crate) inner: Arc<ModuleInner>,
}

/// What a module is.
#[derive(Debug)]
pub(crate) struct ModuleInner {
    pub(crate) engine: Engine,
    /// The whole module: bytes of data segments, the name section, and function bodies on demand.
    pub(crate) wasm: Box<[u8]>,
    pub(crate) env: Arc<ModuleEnv>,
    pub(crate) imports: Box<[Import]>,
    /// All tables, imports first.
    pub(crate) tables: Box<[TableType]>,
    /// All memories, imports first.
    pub(crate) memories: Box<[MemoryType]>,
    /// All globals, imports first.
    pub(crate) globals: Box<[GlobalType]>,
    /// Initial values of the globals that the module defines.
    pub(crate) global_inits: Box<[ConstExpr]>,
    pub(crate) exports: Box<[ExportEntry]>,
    /// Indices into `exports`, sorted by name.
    pub(crate) exports_by_name: Box<[u32]>,
    pub(crate) start: Option<u32>,
    pub(crate) elements: Box<[ElementSegment]>,
    pub(crate) datas: Box<[DataSegment]>,
    /// Where the bodies of the defined functions are.
    pub(crate) bodies: Box<[Range<u32>]>,
    pub(crate) customs: Box<[CustomRange]>,
    pub(crate) code: Code,
}

/// An import.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) module: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) ty: ExternType,
}

/// An index space and an index in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ItemIndex {
    Func(u32),
    Table(u32),
    Memory(u32),
    Global(u32),
}

/// An export.
#[derive(Debug)]
pub(crate) struct ExportEntry {
    pub(crate) name: Box<str>,
    pub(crate) item: ItemIndex,
}

/// When a segment is copied.
#[derive(Debug)]
pub(crate) enum SegmentMode {
    /// At instantiation, to this table or memory, from this offset.
    Active { target: u32, offset: ConstExpr },
    /// By `table.init` or `memory.init`.
    Passive,
    /// Never: it only declares references.
    Declared,
}

/// An element segment.
#[derive(Debug)]
pub(crate) struct ElementSegment {
    pub(crate) mode: SegmentMode,
    pub(crate) items: ElementItems,
}

/// The items of an element segment.
#[derive(Debug)]
pub(crate) enum ElementItems {
    /// Indices of functions.
    Funcs(Box<[u32]>),
    /// Constant expressions of reference type.
    Exprs(Box<[ConstExpr]>),
}

/// A data segment: where its bytes are in the module.
#[derive(Debug)]
pub(crate) struct DataSegment {
    pub(crate) mode: SegmentMode,
    pub(crate) bytes: Range<usize>,
}

/// A custom section: its name, and where its content is in the module.
#[derive(Debug)]
pub(crate) struct CustomRange {
    pub(crate) name: Box<str>,
    pub(crate) bytes: Range<usize>,
}

impl Module {
    /// Validates and translates a module in the binary format.
    ///
    /// # Errors
    ///
    /// If the module is malformed or invalid ([`ErrorKind::Wasm`](crate::ErrorKind::Wasm)), uses a proposal that is
    /// switched off or not supported ([`ErrorKind::Proposal`](crate::ErrorKind::Proposal)), or goes beyond a bound
    /// ([`ErrorKind::Limit`](crate::ErrorKind::Limit)).
    ///
    /// wasmparser, which validates, cannot report that the host has no memory left: if that happens inside of it, the
    /// process ends. Bounds are enforced before it sees a section.
    #[cfg(feature = "translate")]
    pub fn new(engine: &Engine, wasm: impl AsRef<[u8]>) -> Result<Self, crate::Error> {
        let inner = parse::module(engine, wasm.as_ref())?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Checks whether [`Module::new`] would take this module, but for bounds on translated code.
    ///
    /// # Errors
    ///
    /// As for [`Module::new`].
    #[cfg(feature = "translate")]
    pub fn validate(engine: &Engine, wasm: &[u8]) -> Result<(), crate::Error> {
        parse::validate(engine, wasm)
    }

    /// The engine that this module was made with.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// What the module wants, in the order of the module.
    pub fn imports(&self) -> ModuleImportsIter<'_> {
        ModuleImportsIter { iter: self.inner.imports.iter() }
    }

    /// What the module offers, in the order of the module.
    pub fn exports(&self) -> ModuleExportsIter<'_> {
        ModuleExportsIter { module: &self.inner, iter: self.inner.exports.iter() }
    }

    /// The type of the export with this name.
    #[must_use]
    pub fn get_export(&self, name: &str) -> Option<ExternType> {
        self.inner.item_type(self.inner.export(name)?)
    }

    /// The custom sections, in the order of the module.
    pub fn custom_sections(&self) -> CustomSectionsIter<'_> {
        CustomSectionsIter { wasm: &self.inner.wasm, iter: self.inner.customs.iter() }
    }

    /// The name that the name section gives to a function.
    ///
    /// The section is read anew each time.
    #[must_use]
    pub fn func_name(&self, index: u32) -> Option<&str> {
        names::func_name(&self.inner, index)
    }

    /// The code of a function that the module defines, as the translator made it. Nothing for imports.
    #[cfg(feature = "translate")]
    #[must_use]
    pub fn disassemble(&self, func: u32) -> Option<Vec<CodeLine>> {
        self.inner.disassemble(func)
    }

    /// Bytes of translated code, as the engine's machine runs it.
    #[must_use]
    pub fn code_bytes(&self) -> usize {
        self.inner.code.bytes()
    }

    /// The bytes of the module.
    #[doc(hidden)]
    #[must_use]
    pub fn wasm(&self) -> &[u8] {
        &self.inner.wasm
    }

    /// How many functions the module has, and how many of them are imported.
    #[doc(hidden)]
    #[must_use]
    pub fn func_counts(&self) -> (usize, u32) {
        (self.inner.env.funcs.len(), self.inner.env.imported_funcs)
    }

    /// Where the bodies of the functions that the module defines are in its bytes.
    #[doc(hidden)]
    #[must_use]
    pub fn func_bodies(&self) -> &[Range<u32>] {
        &self.inner.bodies
    }
}

impl ModuleInner {
    /// The item exported under this name.
    pub(crate) fn export(&self, name: &str) -> Option<ItemIndex> {
        let entry = |position: u32| self.exports.get(usize::try_from(position).ok()?);
        let compare =
            |&position: &u32| entry(position).map_or(core::cmp::Ordering::Less, |entry| (*entry.name).cmp(name));
        let found = self.exports_by_name.binary_search_by(compare).ok()?;
        entry(*self.exports_by_name.get(found)?).map(|entry| entry.item)
    }

    /// The type of an item.
    pub(crate) fn item_type(&self, item: ItemIndex) -> Option<ExternType> {
        match item {
            ItemIndex::Func(index) => self.env.func_type(index).cloned().map(ExternType::Func),
            ItemIndex::Table(index) => get(&self.tables, index).copied().map(ExternType::Table),
            ItemIndex::Memory(index) => get(&self.memories, index).copied().map(ExternType::Memory),
            ItemIndex::Global(index) => get(&self.globals, index).copied().map(ExternType::Global),
        }
    }

    /// The bytes of a data segment.
    pub(crate) fn data(&self, segment: &DataSegment) -> &[u8] {
        self.wasm.get(segment.bytes.clone()).unwrap_or_default()
    }
}

/// An entry of an index space.
pub(crate) fn get<T>(list: &[T], index: u32) -> Option<&T> {
    list.get(usize::try_from(index).ok()?)
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("bytes", &self.inner.wasm.len())
            .field("functions", &self.inner.env.funcs.len())
            .finish_non_exhaustive()
    }
}

/// An import of a [`Module`].
#[derive(Debug, Clone, Copy)]
pub struct ImportType<'module> {
    import: &'module Import,
}

impl<'module> ImportType<'module> {
    /// The first half of the name.
    #[must_use]
    pub fn module(&self) -> &'module str {
        &self.import.module
    }

    /// The second half of the name.
    #[must_use]
    pub fn name(&self) -> &'module str {
        &self.import.name
    }

    /// What the module wants there.
    #[must_use]
    pub fn ty(&self) -> &'module ExternType {
        &self.import.ty
    }
}

/// The imports of a [`Module`].
#[derive(Debug, Clone)]
pub struct ModuleImportsIter<'module> {
    iter: core::slice::Iter<'module, Import>,
}

impl<'module> Iterator for ModuleImportsIter<'module> {
    type Item = ImportType<'module>;

    fn next(&mut self) -> Option<Self::Item> {
        self.iter.next().map(|import| ImportType { import })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.iter.size_hint()
    }
}

impl ExactSizeIterator for ModuleImportsIter<'_> {}

/// An export of a [`Module`].
#[derive(Debug, Clone)]
pub struct ExportType<'module> {
    name: &'module str,
    ty: ExternType,
}

impl<'module> ExportType<'module> {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'module str {
        self.name
    }

    /// What the module offers there.
    #[must_use]
    pub fn ty(&self) -> &ExternType {
        &self.ty
    }
}

/// The exports of a [`Module`].
#[derive(Debug, Clone)]
pub struct ModuleExportsIter<'module> {
    module: &'module ModuleInner,
    iter: core::slice::Iter<'module, ExportEntry>,
}

impl<'module> Iterator for ModuleExportsIter<'module> {
    type Item = ExportType<'module>;

    fn next(&mut self) -> Option<Self::Item> {
        let entry = self.iter.next()?;
        // A valid module exports only what it has.
        let ty = self.module.item_type(entry.item)?;
        Some(ExportType { name: &entry.name, ty })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.iter.size_hint()
    }
}

/// A custom section of a [`Module`].
#[derive(Debug, Clone, Copy)]
pub struct CustomSection<'module> {
    name: &'module str,
    data: &'module [u8],
}

impl<'module> CustomSection<'module> {
    /// The name.
    #[must_use]
    pub fn name(&self) -> &'module str {
        self.name
    }

    /// The content.
    #[must_use]
    pub fn data(&self) -> &'module [u8] {
        self.data
    }
}

/// The custom sections of a [`Module`].
#[derive(Debug, Clone)]
pub struct CustomSectionsIter<'module> {
    wasm: &'module [u8],
    iter: core::slice::Iter<'module, CustomRange>,
}

impl<'module> Iterator for CustomSectionsIter<'module> {
    type Item = CustomSection<'module>;

    fn next(&mut self) -> Option<Self::Item> {
        let section = self.iter.next()?;
        let data = self.wasm.get(section.bytes.clone()).unwrap_or_default();
        Some(CustomSection { name: &section.name, data })
    }
}

impl ElementItems {
    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Funcs(items) => items.len(),
            Self::Exprs(items) => items.len(),
        }
    }
}
