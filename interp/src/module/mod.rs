//! Modules: validated, translated, immutable.
//!
//! `parse` makes a [`ModuleInner`] from wasm, `image` from an image; `features` explains refusals; `names` reads the name section when a
//! backtrace asks for it; `init` evaluates constant expressions.

use alloc::{boxed::Box, sync::Arc, vec::Vec};
use core::{fmt, ops::Range};

mod bytes;
pub(crate) mod env;
#[cfg(feature = "translate")]
mod features;
mod image;
pub(crate) mod init;
#[cfg(feature = "translate")]
mod lazy;
#[cfg(feature = "translate")]
mod listing;
mod names;
#[cfg(feature = "translate")]
mod parse;
#[cfg(feature = "translate")]
pub(crate) mod sections;
#[cfg(feature = "translate")]
mod symbols;
#[cfg(not(feature = "translate"))]
mod unlisted;

#[cfg(feature = "translate")]
pub use self::listing::CodeLine;
#[cfg(feature = "translate")]
pub(crate) use self::parse::precompile;

use self::{bytes::Bytes, env::ModuleEnv, init::ConstExpr};
use crate::{
    code::{Code, decode::compact_unit},
    engine::Engine,
    error::{Error, ErrorKind},
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
    pub(crate) bytes: Bytes,
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
    /// Where the bodies of the defined functions are. A module from an image has none.
    pub(crate) bodies: Box<[Range<u32>]>,
    pub(crate) customs: Box<[CustomRange]>,
    pub(crate) code: Code,
    /// Where functions were not validated yet: how to.
    #[cfg(feature = "translate")]
    pub(crate) unvalidated: Option<lazy::Unvalidated>,
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
    /// Validates and translates a module in the binary format, or as much of it as [`Config::compilation_mode`](crate::Config::compilation_mode) says.
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
    pub fn new(engine: &Engine, wasm: impl AsRef<[u8]>) -> Result<Self, Error> {
        let inner = parse::module(engine, wasm.as_ref())?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Loads an image: a module that was compiled before, with [`Engine::precompile_module`](crate::Engine::precompile_module),
    /// [`Module::serialize`] or `ermine compile`.
    ///
    /// The bytes are copied; they may lie at any address. Unlike `wasmtime`'s function of this name it is safe: an image is verified, and
    /// what the verifier accepts cannot reach beyond its store, whoever made it. `docs/images.md` says why. (Give an image from someone else a store
    /// of its own: it can make references up, to any function and host object of its store.)
    ///
    /// Names and offsets into the wasm module are not in an image: backtraces have the index of each function, and the place in its code.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Image`](crate::ErrorKind::Image) if it is damaged, was made by another version, or breaks a rule;
    /// [`ErrorKind::ImageMismatch`](crate::ErrorKind::ImageMismatch) if it does not fit the engine's settings;
    /// [`ErrorKind::Limit`](crate::ErrorKind::Limit) if it goes beyond a bound. The proposals that an image's instructions belong to are not
    /// looked at: they were when it was compiled.
    ///
    /// # Examples
    ///
    #[cfg_attr(feature = "translate", doc = "```")]
    #[cfg_attr(not(feature = "translate"), doc = "```ignore")]
    /// use ermine::{Engine, Instance, Module, Store};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let engine = Engine::default();
    /// let wasm = wat::parse_str("(module (func (export \"answer\") (result i32) (i32.const 42)))")?;
    /// let image = engine.precompile_module(&wasm)?;
    /// // … later, without translation:
    /// let module = Module::deserialize(&engine, &image)?;
    /// let mut store = Store::new(&engine, ());
    /// let instance = Instance::new(&mut store, &module, &[])?;
    /// assert_eq!(instance.get_typed_func::<(), i32>(&store, "answer")?.call(&mut store, ())?, 42);
    /// # Ok(())
    /// # }
    /// ```
    pub fn deserialize(engine: &Engine, bytes: impl AsRef<[u8]>) -> Result<Self, Error> {
        let inner = image::module(engine, bytes.as_ref())?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The module as an image, for [`Module::deserialize`].
    ///
    /// A module from wasm is translated once more; a module from an image gives that image.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ImageBound`](crate::ErrorKind::ImageBound) for what the format has no room for.
    #[cfg(feature = "translate")]
    pub fn serialize(&self) -> Result<Vec<u8>, Error> {
        match &self.inner.bytes {
            Bytes::Wasm(wasm) => precompile(self.engine(), wasm),
            Bytes::Image(_) => Ok(self.inner.bytes.as_slice().into()),
        }
    }

    /// Checks whether [`Module::new`] would take this module, but for bounds on translated code.
    ///
    /// # Errors
    ///
    /// As for [`Module::new`].
    #[cfg(feature = "translate")]
    pub fn validate(engine: &Engine, wasm: &[u8]) -> Result<(), Error> {
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
        CustomSectionsIter { bytes: self.inner.bytes.as_slice(), iter: self.inner.customs.iter() }
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

    /// Bytes of translated code that the module has: those of the compact code, and of what the tail machine runs in its place for functions that
    /// were called. Where functions are translated when they are called ([`CompilationMode`](crate::CompilationMode)), only these count.
    #[must_use]
    pub fn code_bytes(&self) -> usize {
        self.inner.code.bytes()
    }

    /// The bytes of the module: wasm, or an image.
    #[doc(hidden)]
    #[must_use]
    pub fn wasm(&self) -> &[u8] {
        self.inner.bytes.as_slice()
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
    /// Makes the code of the function that has none yet, if there is one whose place this address is.
    pub(crate) fn prepare_at(&self, address: usize) -> Option<Result<(), Error>> {
        let defined = self.code.stub_at(address)?;
        let prepared = self.code.prepare(defined, || self.translated(defined));
        Some(prepared.map_err(|error| error.unwrap_or(ErrorKind::OutOfMemory.into())))
    }

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
        self.bytes.as_slice().get(segment.bytes.clone()).unwrap_or_default()
    }

    /// Where the instruction that a position is in starts in a function's compact code, in units of u16 from its header.
    pub(crate) fn code_offset(&self, defined: u32, position: u32) -> Option<u32> {
        match self.bytes.image() {
            Some(image) => {
                let func = self.env.imported_funcs.checked_add(defined)?;
                compact_unit(self.engine.kind(), image.code_of(func)?, position)
            }
            None => self.listed_offset(defined, position),
        }
    }
}

/// Indices of exports, sorted by name.
fn sorted_by_name(exports: &[ExportEntry]) -> Box<[u32]> {
    let mut named: Vec<(&str, u32)> = exports.iter().map(|export| &*export.name).zip(0..).collect();
    named.sort_unstable();
    named.into_iter().map(|(_, index)| index).collect()
}

/// An entry of an index space.
pub(crate) fn get<T>(list: &[T], index: u32) -> Option<&T> {
    list.get(usize::try_from(index).ok()?)
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module")
            .field("bytes", &self.inner.bytes.as_slice().len())
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
    bytes: &'module [u8],
    iter: core::slice::Iter<'module, CustomRange>,
}

impl<'module> Iterator for CustomSectionsIter<'module> {
    type Item = CustomSection<'module>;

    fn next(&mut self) -> Option<Self::Item> {
        let section = self.iter.next()?;
        let data = self.bytes.get(section.bytes.clone()).unwrap_or_default();
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
