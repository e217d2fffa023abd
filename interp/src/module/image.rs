//! From an image to a module: bounds, settings, verification, then the tables as a module has them.
//!
//! Nothing is validated as wasm and nothing is translated; the loop machine runs the image's code where it lies. Counts are checked against [`Limits`] before
//! anything allocates by them. An image says a thing once that is used often (names, types, expressions), and a module has it as often as it is
//! used: what is written out that way has [`Limits::module_bytes`] as its bound, as it would have in wasm.

use alloc::{boxed::Box, sync::Arc, vec::Vec};

use hashbrown::HashMap;

use super::{
    Bytes, DataSegment, ElementItems, ElementSegment, ExportEntry, Import, ItemIndex, ModuleInner, SegmentMode,
    env::{MemoryInfo, ModuleEnv},
    init::{ConstExpr, ConstOp},
    sorted_by_name,
};
use crate::{
    code::{Code, decode::get32},
    config::Config,
    engine::Engine,
    error::{Error, ErrorKind, ImageMismatch},
    image::{
        Image, ImageError, ItemKind, Rule, Signature, bytes_of,
        format::{HEADER_WORDS, NO_MAXIMUM, Section, expr, kind, mode, need, word},
    },
    limits::{Bound, Limits},
    types::{ExternType, FuncType, GlobalType, MemoryType, Mutability, TableType},
};

/// The module that an image is.
pub(super) fn module(engine: &Engine, bytes: &[u8]) -> Result<ModuleInner, Error> {
    let limits = engine.config().get_limits();
    if bytes.len() > limits.module_bytes {
        return Err(Error::limit(Bound::ModuleBytes, limits.module_bytes));
    }
    let words = words(bytes);
    let image = Image::from_words(&words)?;
    check_bounds(image, limits)?;
    check_settings(image, engine)?;
    verify(image)?;
    check_frames(image, limits)?;
    let reader =
        Reader { image, budget: limits.module_bytes, limits, types: HashMap::new(), env: ModuleEnv::default() };
    reader.module(engine, &words)
}

/// The image at the start of `bytes`, without what may lie behind it.
fn words(bytes: &[u8]) -> Arc<[u32]> {
    let (words, _) = bytes.as_chunks();
    let words = words.iter().map(|&word| u32::from_le_bytes(word));
    let size = words.clone().nth(word::SIZE).and_then(|size| usize::try_from(size / 4).ok());
    words.take(size.unwrap_or(usize::MAX).max(HEADER_WORDS)).collect()
}

/// Checks counts against limits, before anything allocates by them.
fn check_bounds(image: Image<'_>, limits: &Limits) -> Result<(), Error> {
    let bounds = [
        (Section::Types, Bound::Types, limits.types),
        (Section::Functions, Bound::Functions, limits.functions),
        (Section::Imports, Bound::Imports, limits.imports),
        (Section::Exports, Bound::Exports, limits.exports),
        (Section::Tables, Bound::Tables, limits.tables),
        (Section::Memories, Bound::Memories, limits.memories),
        (Section::Globals, Bound::Globals, limits.globals),
        (Section::Elements, Bound::ElementSegments, limits.element_segments),
        (Section::Datas, Bound::DataSegments, limits.data_segments),
    ];
    for (section, bound, limit) in bounds {
        if image.count(section) > limit {
            return Err(Error::limit(bound, limit));
        }
    }
    if image.code().len() > limits.code_bytes / 2 {
        return Err(Error::limit(Bound::CodeBytes, limits.code_bytes));
    }
    Ok(())
}

/// Checks that the image is one that an engine with these settings could have made, as far as its tables tell.
fn check_settings(image: Image<'_>, engine: &Engine) -> Result<(), Error> {
    let config = engine.config();
    if config.metered() && !image.is_metered() {
        return Err(ImageMismatch::NotMetered.into());
    }
    if image.is_metered() && !config.metered() {
        return Err(ImageMismatch::Metered.into());
    }
    if image.profile().is_none_or(|profile| profile > engine.profile()) {
        return Err(ImageMismatch::Profile.into());
    }
    match missing_proposal(image, config) {
        Some(name) => Err(ImageMismatch::Proposal(name).into()),
        None => Ok(()),
    }
}

/// A proposal that is switched off and that the image uses.
fn missing_proposal(image: Image<'_>, config: &Config) -> Option<&'static str> {
    let on = &config.proposals;
    let any = |section, holds: fn([u32; 3]) -> bool| {
        (0..image.count(section)).filter_map(|index| image.record(section, index)).any(holds)
    };
    let shares_mutable = || {
        let imported = image.imports().filter(|import| import.kind == ItemKind::Global).map(|import| import.index);
        let exported = image.exports().filter(|export| export.kind == ItemKind::Global).map(|export| export.index);
        let is_mutable = |index| image.record(Section::Globals, index).is_some_and(|[ty, _]| ty >> 8 != 0);
        imported.chain(exported).any(is_mutable)
    };
    if !on.floats && (image.has_need(need::F32) || image.has_need(need::F64)) {
        Some("floats")
    } else if !on.multi_memory && image.count(Section::Memories) > 1 {
        Some("multi-memory")
    } else if !on.reference_types && image.count(Section::Tables) > 1 {
        Some("reference-types")
    } else if !on.custom_page_sizes && any(Section::Memories, |[flags, ..]| flags & 0xff != 16) {
        Some("custom-page-sizes")
    } else if !on.mutable_global && shares_mutable() {
        Some("mutable-global")
    } else {
        None
    }
}

/// Verifies the image: from here on its parts are what the format says.
fn verify(image: Image<'_>) -> Result<(), Error> {
    let (words, mut scratch) = (image.check_words(), Vec::new());
    scratch.try_reserve_exact(words).map_err(|_| ErrorKind::OutOfMemory)?;
    scratch.resize(words, 0);
    Ok(image.check(&mut scratch)?)
}

/// Checks the frames that the functions' headers claim.
fn check_frames(image: Image<'_>, limits: &Limits) -> Result<(), Error> {
    let defined = image.functions().get(image.imported_funcs() as usize..).unwrap_or_default();
    for function in defined {
        // The number of bytes is a header's first field.
        let bytes = get32(image.code(), function.offset as usize / 2 + 1).unwrap_or(u32::MAX);
        if bytes / 4 > limits.frame_slots {
            return Err(Error::limit(Bound::FrameSlots, limits.frame_slots));
        }
    }
    Ok(())
}

/// What a verified image does not lack: a second net.
#[cold]
fn missing() -> Error {
    ErrorKind::Image(ImageError::Truncated).into()
}

/// A module in the making.
struct Reader<'a> {
    image: Image<'a>,
    /// Bytes that may still be written out.
    budget: usize,
    limits: &'a Limits,
    /// Types by the place of their signature, and the first index of each.
    types: HashMap<u32, (FuncType, u32)>,
    env: ModuleEnv,
}

impl Reader<'_> {
    fn module(mut self, engine: &Engine, words: &Arc<[u32]>) -> Result<ModuleInner, Error> {
        self.types()?;
        self.functions()?;
        let tables = self.all(Section::Tables, Self::table)?;
        let memories = self.all(Section::Memories, Self::memory)?;
        let globals = self.all(Section::Globals, Self::global)?;
        self.env.tables = tables.iter().map(|table| table.element().into()).collect();
        self.env.memories =
            memories.iter().map(|memory| MemoryInfo { page_size_log2: memory.page_size_log2() }).collect();
        self.env.globals = globals.iter().map(GlobalType::content).collect();
        let imports = self.imports(&tables, &memories, &globals)?;
        let imported = imports.iter().filter(|import| import.ty.global().is_some()).count();
        let exports = self.all(Section::Exports, Self::export)?;
        Ok(ModuleInner {
            engine: engine.clone(),
            bytes: Bytes::Image(words.clone()),
            imports,
            global_inits: self.global_inits(imported)?,
            exports_by_name: sorted_by_name(&exports),
            exports,
            start: self.image.start(),
            elements: self.all(Section::Elements, Self::element)?,
            datas: self.datas(words)?,
            bodies: Box::default(),
            customs: Box::default(),
            #[cfg(feature = "translate")]
            unvalidated: None,
            code: Code::of_image(words, engine.kind()),
            tables,
            memories,
            globals,
            env: Arc::new(self.env),
        })
    }

    /// Takes from the budget.
    fn spend(&mut self, bytes: usize) -> Result<(), Error> {
        let rest = self.budget.checked_sub(bytes);
        self.budget = rest.ok_or_else(|| Error::limit(Bound::ModuleBytes, self.limits.module_bytes))?;
        Ok(())
    }

    /// Reads all entries of a section.
    fn all<T, const N: usize>(
        &mut self,
        section: Section,
        mut read: impl FnMut(&mut Self, [u32; N]) -> Result<T, Error>,
    ) -> Result<Box<[T]>, Error> {
        let image = self.image;
        let entry = |index| read(self, image.record(section, index).ok_or_else(missing)?);
        (0..image.count(section)).map(entry).collect()
    }

    fn types(&mut self) -> Result<(), Error> {
        for index in 0..self.image.count(Section::Types) {
            let [at] = self.image.record(Section::Types, index).ok_or_else(missing)?;
            self.add_type(at)?;
        }
        Ok(())
    }

    /// Adds a type to the index space, and gives its index.
    fn add_type(&mut self, at: u32) -> Result<u32, Error> {
        let index = u32::try_from(self.env.types.len()).map_err(|_| missing())?;
        let ty = match self.types.get(&at) {
            Some((ty, _)) => ty.clone(),
            None => {
                let signature = self.image.signature_at(at).ok_or_else(missing)?;
                self.spend(signature.size())?;
                let ty = func_type(&signature);
                self.types.insert(at, (ty.clone(), index));
                ty
            }
        };
        self.env.types.push(ty);
        Ok(index)
    }

    fn functions(&mut self) -> Result<(), Error> {
        for function in self.image.functions() {
            let known = self.types.get(&function.type_id).map(|&(_, index)| index);
            // An image has no need to give a function's type an index: only code and blocks of wasm refer to types by it.
            let ty = known.map_or_else(|| self.add_type(function.type_id), Ok)?;
            self.env.funcs.push(ty);
        }
        self.env.imported_funcs = self.image.imported_funcs();
        Ok(())
    }

    fn table(&mut self, [ty, min, max]: [u32; 3]) -> Result<TableType, Error> {
        let element = Image::val_type(ty).and_then(|ty| ty.as_ref()).ok_or_else(missing)?;
        Ok(TableType::new(element, min, Some(max).filter(|&max| max != NO_MAXIMUM)))
    }

    fn memory(&mut self, [flags, min, max]: [u32; 3]) -> Result<MemoryType, Error> {
        let mut builder = MemoryType::builder();
        builder.min(min.into()).max((flags >> 8 != 0).then_some(max.into())).page_size_log2(flags as u8);
        builder.build_lenient()
    }

    fn global(&mut self, [ty, _]: [u32; 2]) -> Result<GlobalType, Error> {
        let mutability = if ty >> 8 == 0 { Mutability::Const } else { Mutability::Var };
        Ok(GlobalType::new(Image::val_type(ty).ok_or_else(missing)?, mutability))
    }

    fn imports(
        &mut self,
        tables: &[TableType],
        memories: &[MemoryType],
        globals: &[GlobalType],
    ) -> Result<Box<[Import]>, Error> {
        let mut imports = Vec::new();
        for import in self.image.imports() {
            self.spend(import.module.len() + import.name.len())?;
            let ty = match import.kind {
                ItemKind::Func => self.env.func_type(import.index).cloned().map(ExternType::Func),
                ItemKind::Table => super::get(tables, import.index).copied().map(ExternType::Table),
                ItemKind::Memory => super::get(memories, import.index).copied().map(ExternType::Memory),
                ItemKind::Global => super::get(globals, import.index).copied().map(ExternType::Global),
            };
            let ty = ty.ok_or_else(missing)?;
            imports.push(Import { module: import.module.into(), name: import.name.into(), ty });
        }
        Ok(imports.into())
    }

    fn export(&mut self, [name, item]: [u32; 2]) -> Result<ExportEntry, Error> {
        let name = self.image.string(name).ok_or_else(missing)?;
        self.spend(name.len())?;
        let index = item & ((1 << kind::SHIFT) - 1);
        let item = match ItemKind::from_code(item >> kind::SHIFT).ok_or_else(missing)? {
            ItemKind::Func => ItemIndex::Func(index),
            ItemKind::Table => ItemIndex::Table(index),
            ItemKind::Memory => ItemIndex::Memory(index),
            ItemKind::Global => ItemIndex::Global(index),
        };
        Ok(ExportEntry { name: name.into(), item })
    }

    /// Initial values of the globals that are not imported.
    fn global_inits(&mut self, imported: usize) -> Result<Box<[ConstExpr]>, Error> {
        let mut inits = Vec::new();
        for index in (0..self.image.count(Section::Globals)).skip(imported) {
            let [_, at] = self.image.record(Section::Globals, index).ok_or_else(missing)?;
            let init = self.expr(at)?;
            let is_later = |op: &ConstOp| matches!(*op, ConstOp::GlobalGet(other) if other >= index);
            if init.ops().iter().any(is_later) {
                return Err(ImageError::Malformed { rule: Rule::Globals, index }.into());
            }
            inits.push(init);
        }
        Ok(inits.into())
    }

    /// The constant expression that starts there.
    fn expr(&mut self, at: u32) -> Result<ConstExpr, Error> {
        let mut ops = Vec::new();
        for index in at.. {
            let [op, low, high] = self.image.record(Section::Exprs, index).ok_or_else(missing)?;
            self.spend(size_of::<ConstOp>())?;
            ops.push(match op & !expr::LAST {
                expr::VALUE => ConstOp::Value(u64::from(low) | u64::from(high) << 32),
                expr::REF_FUNC => ConstOp::RefFunc(low),
                expr::GLOBAL_GET => ConstOp::GlobalGet(low),
                expr::I32_ADD => ConstOp::I32Add,
                expr::I32_SUB => ConstOp::I32Sub,
                expr::I32_MUL => ConstOp::I32Mul,
                expr::I64_ADD => ConstOp::I64Add,
                expr::I64_SUB => ConstOp::I64Sub,
                expr::I64_MUL => ConstOp::I64Mul,
                _ => return Err(missing()),
            });
            if op & expr::LAST != 0 {
                break;
            }
        }
        Ok(match *ops {
            [op] => ConstExpr::One(op),
            _ => ConstExpr::Many(ops.into()),
        })
    }

    fn element(&mut self, [how, table, offset, first, count]: [u32; 5]) -> Result<ElementSegment, Error> {
        let mode = self.mode(how & !mode::EXPRS, table, offset)?;
        let items = (first..).zip(0..count).map(|(item, _)| self.image.record(Section::Items, item));
        let items = items.map(|item| item.map(|[item]| item).ok_or_else(missing)).collect::<Result<Vec<_>, _>>()?;
        let items = if how & mode::EXPRS != 0 {
            ElementItems::Exprs(items.into_iter().map(|at| self.expr(at)).collect::<Result<_, _>>()?)
        } else if let Some(funcs) = items.iter().map(|item| item.checked_sub(1)).collect() {
            ElementItems::Funcs(funcs)
        } else {
            self.spend(items.len() * size_of::<ConstExpr>())?;
            ElementItems::Exprs(items.into_iter().map(|item| ConstExpr::One(reference(item))).collect())
        };
        Ok(ElementSegment { mode, items })
    }

    /// When a segment is copied, and where to.
    fn mode(&mut self, mode: u32, target: u32, offset: u32) -> Result<SegmentMode, Error> {
        Ok(match mode {
            mode::ACTIVE => SegmentMode::Active { target, offset: self.expr(offset)? },
            mode::PASSIVE => SegmentMode::Passive,
            mode::DECLARED => SegmentMode::Declared,
            _ => return Err(missing()),
        })
    }

    fn datas(&mut self, words: &[u32]) -> Result<Box<[DataSegment]>, Error> {
        let start = self.image.bytes(Section::Data).as_ptr() as usize - bytes_of(words).as_ptr() as usize;
        self.all(Section::Datas, |reader, [how, memory, offset, first, len]| {
            let first = start + first as usize;
            Ok(DataSegment { mode: reader.mode(how, memory, offset)?, bytes: first..first + len as usize })
        })
    }
}

/// The operation that makes a reference.
fn reference(item: u32) -> ConstOp {
    item.checked_sub(1).map_or(ConstOp::Value(0), ConstOp::RefFunc)
}

fn func_type(signature: &Signature<'_>) -> FuncType {
    FuncType::new(signature.params(), signature.results())
}
