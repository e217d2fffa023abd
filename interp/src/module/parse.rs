//! From bytes to a module: parse, check bounds, validate, translate, in one pass.
//!
//! Sections are checked against [`Limits`] before the validator sees them, since it allocates by the counts that a section
//! claims. Function bodies are validated and translated one after the other as they come.

use alloc::{sync::Arc, vec::Vec};
use core::{mem, ops::Range};

use wasmparser::{
    FuncToValidate, FuncValidatorAllocations, FunctionBody, ImportSectionReader, Parser, Payload, TypeRef,
    ValidPayload, Validator, ValidatorResources, WasmFeatures,
};

use super::{
    Bytes, CustomRange, DataSegment, ElementSegment, ExportEntry, Import, ItemIndex, ModuleInner,
    env::{MemoryInfo, ModuleEnv},
    features,
    init::ConstExpr,
    lazy::Unvalidated,
    listing::options,
    sections, sorted_by_name,
};
#[cfg(debug_assertions)]
use crate::image::Image;
use crate::{
    code::Code,
    config::CompilationMode,
    engine::Engine,
    error::{Error, ErrorKind},
    image::{bytes_of, write},
    limits::{Bound, Limits},
    translate::ModuleTranslator,
    types::{ExternType, GlobalType, MemoryType, TableType, ValType},
};

/// Validates and translates a module.
pub(super) fn module(engine: &Engine, wasm: &[u8]) -> Result<ModuleInner, Error> {
    match engine.config().compilation_mode {
        CompilationMode::Eager => eager_module(engine, wasm),
        mode @ (CompilationMode::LazyTranslation | CompilationMode::Lazy) => {
            // Checked builds verify what will be translated.
            #[cfg(debug_assertions)]
            let _ = eager_module(engine, wasm);
            build(engine, wasm, mode)
        }
    }
}

/// The same, with all functions translated.
fn eager_module(engine: &Engine, wasm: &[u8]) -> Result<ModuleInner, Error> {
    let module = build(engine, wasm, CompilationMode::Eager)?;
    #[cfg(debug_assertions)]
    verify(&module);
    Ok(module)
}

/// The verifier accepts what the translator makes: checked builds try that with every module.
#[cfg(debug_assertions)]
fn verify(module: &ModuleInner) {
    // What is no image cannot be verified.
    let Ok(words) = write::image(module) else { return };
    let image = Image::again(&words);
    let verdict = image.check(&mut alloc::vec![0; image.check_words()]);
    assert!(verdict.is_ok(), "the translator's code is refused: {verdict:?}");
}

/// Validates a module, without translation.
pub(super) fn validate(engine: &Engine, wasm: &[u8]) -> Result<(), Error> {
    let config = engine.config();
    validate_with(features::enabled(config), config.get_limits(), wasm)
        .map_err(|error| features::explain(error, config, wasm))
}

/// Validates a module with just these features of wasmparser.
pub(super) fn validate_with(features: WasmFeatures, limits: &Limits, wasm: &[u8]) -> Result<(), Error> {
    let mut allocations = FuncValidatorAllocations::default();
    each_payload(features, limits, wasm, |step| {
        if let Step::Body(func, body) = step {
            let mut validator = func.into_validator(mem::take(&mut allocations));
            validator.validate(&body)?;
            allocations = validator.into_allocations();
        }
        Ok(())
    })
}

/// A part of a module that is within bounds and, but for function bodies, valid.
enum Step<'a> {
    Section(Payload<'a>),
    Body(FuncToValidate<ValidatorResources>, FunctionBody<'a>),
}

fn each_payload<'a>(
    features: WasmFeatures,
    limits: &Limits,
    wasm: &'a [u8],
    mut visit: impl FnMut(Step<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    if wasm.len() > limits.module_bytes {
        return Err(Error::limit(Bound::ModuleBytes, limits.module_bytes as u64));
    }
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut validator = Validator::new_with_features(features);
    let mut imported = 0;
    for payload in parser.parse_all(wasm) {
        let payload = payload?;
        check_bounds(&payload, limits, &mut imported)?;
        let step = match validator.payload(&payload)? {
            ValidPayload::Func(func, body) => Step::Body(func, body),
            ValidPayload::Ok | ValidPayload::Parser(_) | ValidPayload::End(_) => Step::Section(payload),
        };
        visit(step)?;
    }
    Ok(())
}

/// Checks the count that a section claims, before anything allocates by it.
fn check_bounds(payload: &Payload<'_>, limits: &Limits, imported: &mut u32) -> Result<(), Error> {
    let section = |bound, limit, count, range: Range<u64>| {
        if count > limit {
            return Err(Error::limit(bound, limit));
        }
        // Every entry takes a byte or more.
        if u64::from(count) > range.end.saturating_sub(range.start) {
            return Err(Error::wasm("unexpected end: the section has fewer entries than it says", offset(range.start)));
        }
        Ok(())
    };
    let functions = |count| {
        if count > limits.functions { Err(Error::limit(Bound::Functions, limits.functions)) } else { Ok(()) }
    };
    match payload {
        Payload::TypeSection(reader) => section(Bound::Types, limits.types, reader.count(), reader.range()),
        Payload::ImportSection(reader) => {
            section(Bound::Imports, limits.imports, reader.count(), reader.range())?;
            *imported = imported_functions(reader)?;
            functions(*imported)
        }
        Payload::FunctionSection(reader) => {
            section(Bound::Functions, limits.functions, reader.count(), reader.range())?;
            functions(imported.saturating_add(reader.count()))
        }
        Payload::TableSection(reader) => section(Bound::Tables, limits.tables, reader.count(), reader.range()),
        Payload::MemorySection(reader) => section(Bound::Memories, limits.memories, reader.count(), reader.range()),
        Payload::GlobalSection(reader) => section(Bound::Globals, limits.globals, reader.count(), reader.range()),
        Payload::ExportSection(reader) => section(Bound::Exports, limits.exports, reader.count(), reader.range()),
        Payload::ElementSection(reader) => {
            section(Bound::ElementSegments, limits.element_segments, reader.count(), reader.range())
        }
        Payload::DataSection(reader) => {
            section(Bound::DataSegments, limits.data_segments, reader.count(), reader.range())
        }
        Payload::CodeSectionStart { count, unchecked_range, .. } => {
            section(Bound::Functions, limits.functions, *count, unchecked_range.clone())
        }
        Payload::CodeSectionEntry(body) => {
            let range = body.range();
            if range.end.saturating_sub(range.start) > limits.function_bytes.into() {
                return Err(Error::limit(Bound::FunctionBytes, limits.function_bytes));
            }
            Ok(())
        }
        // The others have no entries, or the validator does not allocate by their count.
        _ => Ok(()),
    }
}

fn imported_functions(reader: &ImportSectionReader<'_>) -> Result<u32, Error> {
    let mut count = 0_u32;
    for import in reader.clone().into_imports() {
        count = count.saturating_add(u32::from(matches!(import?.ty, TypeRef::Func(_))));
    }
    Ok(count)
}

/// Validates and translates a module, and writes it as an image.
pub(crate) fn precompile(engine: &Engine, wasm: &[u8]) -> Result<Vec<u8>, Error> {
    let module = eager_module(engine, wasm)?;
    let words = write::image(&module)?;
    Ok(bytes_of(&words).into())
}

fn build(engine: &Engine, wasm: &[u8], mode: CompilationMode) -> Result<ModuleInner, Error> {
    let config = engine.config();
    let mut builder = Builder::new(engine, mode);
    each_payload(features::enabled(config), config.get_limits(), wasm, |step| match step {
        Step::Section(payload) => builder.section(payload),
        Step::Body(func, body) => builder.body(func, &body),
    })
    .and_then(|()| builder.finish(wasm))
    .map_err(|error| features::explain(error, config, wasm))
}

/// A module in the making.
struct Builder<'a> {
    engine: &'a Engine,
    mode: CompilationMode,
    env: ModuleEnv,
    imports: Vec<Import>,
    tables: Vec<TableType>,
    memories: Vec<MemoryType>,
    globals: Vec<GlobalType>,
    global_inits: Vec<ConstExpr>,
    exports: Vec<ExportEntry>,
    start: Option<u32>,
    elements: Vec<ElementSegment>,
    datas: Vec<DataSegment>,
    bodies: Vec<Range<u32>>,
    customs: Vec<CustomRange>,
    allocations: FuncValidatorAllocations,
    /// What it takes to validate functions later, if that is wanted.
    unvalidated: Option<Unvalidated>,
    /// Set up when the code section starts: all index spaces are known then.
    translation: Option<Translation>,
}

/// The translator and the index spaces that it works with.
struct Translation {
    env: Arc<ModuleEnv>,
    translator: ModuleTranslator,
}

impl<'a> Builder<'a> {
    fn new(engine: &'a Engine, mode: CompilationMode) -> Self {
        Self {
            engine,
            mode,
            unvalidated: None,
            env: ModuleEnv::default(),
            imports: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            global_inits: Vec::new(),
            exports: Vec::new(),
            start: None,
            elements: Vec::new(),
            datas: Vec::new(),
            bodies: Vec::new(),
            customs: Vec::new(),
            allocations: FuncValidatorAllocations::default(),
            translation: None,
        }
    }

    fn section(&mut self, payload: Payload<'_>) -> Result<(), Error> {
        match payload {
            Payload::TypeSection(reader) => {
                for ty in reader.into_iter_err_on_gc_types() {
                    self.env.types.push(sections::func_type(&ty?)?);
                }
            }
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    self.import(import?)?;
                }
            }
            Payload::FunctionSection(reader) => {
                for ty in reader {
                    self.env.funcs.push(ty?);
                }
            }
            Payload::TableSection(reader) => {
                for table in reader {
                    self.add_table(sections::table_type(&table?.ty)?);
                }
            }
            Payload::MemorySection(reader) => {
                for memory in reader {
                    self.add_memory(sections::memory_type(&memory?)?);
                }
            }
            Payload::GlobalSection(reader) => {
                for global in reader {
                    let global = global?;
                    self.add_global(sections::global_type(&global.ty)?);
                    self.global_inits.push(sections::const_expr(&global.init_expr)?);
                }
            }
            Payload::ExportSection(reader) => {
                for export in reader {
                    self.exports.push(sections::export(&export?)?);
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(reader) => {
                for element in reader {
                    self.elements.push(sections::element(element?)?);
                }
            }
            Payload::DataSection(reader) => {
                for data in reader {
                    self.datas.push(sections::data(&data?)?);
                }
            }
            Payload::CustomSection(reader) => {
                let range = reader.data_range();
                let bytes = offset(range.start)..offset(range.end);
                self.customs.push(CustomRange { name: reader.name().into(), bytes });
            }
            // What is left has no content of its own (version, code section start, data count, end), or is of a proposal
            // that the validator has refused.
            _ => {}
        }
        Ok(())
    }

    fn import(&mut self, import: wasmparser::Import<'_>) -> Result<(), Error> {
        let ty = match import.ty {
            TypeRef::Func(ty) => {
                self.env.funcs.push(ty);
                self.env.imported_funcs += 1;
                let ty = super::get(&self.env.types, ty).cloned();
                ExternType::Func(ty.ok_or_else(|| Error::wasm("unknown type", 0))?)
            }
            TypeRef::Table(ty) => {
                let ty = sections::table_type(&ty)?;
                self.add_table(ty);
                ty.into()
            }
            TypeRef::Memory(ty) => {
                let ty = sections::memory_type(&ty)?;
                self.add_memory(ty);
                ty.into()
            }
            TypeRef::Global(ty) => {
                let ty = sections::global_type(&ty)?;
                self.add_global(ty);
                ty.into()
            }
            TypeRef::Tag(_) | TypeRef::FuncExact(_) => {
                return Err(Error::wasm("unsupported kind of import", 0));
            }
        };
        self.imports.push(Import { module: import.module.into(), name: import.name.into(), ty });
        Ok(())
    }

    fn add_table(&mut self, ty: TableType) {
        self.tables.push(ty);
        self.env.tables.push(ValType::from(ty.element()));
    }

    fn add_memory(&mut self, ty: MemoryType) {
        self.memories.push(ty);
        self.env.memories.push(MemoryInfo { page_size_log2: ty.page_size_log2() });
    }

    fn add_global(&mut self, ty: GlobalType) {
        self.globals.push(ty);
        self.env.globals.push(ty.content());
    }

    fn body(&mut self, func: FuncToValidate<ValidatorResources>, body: &FunctionBody<'_>) -> Result<(), Error> {
        let range = body.range();
        let narrow = |at: u64| u32::try_from(at).map_err(|_| Error::limit(Bound::ModuleBytes, u32::MAX));
        self.bodies.push(narrow(range.start)?..narrow(range.end)?);
        match self.mode {
            CompilationMode::Eager => {
                let validator = func.into_validator(mem::take(&mut self.allocations));
                self.allocations = self.translation()?.translator.function(body, validator)?;
            }
            CompilationMode::LazyTranslation => {
                let mut validator = func.into_validator(mem::take(&mut self.allocations));
                validator.validate(body)?;
                self.allocations = validator.into_allocations();
            }
            CompilationMode::Lazy if self.unvalidated.is_none() => {
                self.unvalidated = Some(Unvalidated { resources: func.resources, features: func.features });
            }
            CompilationMode::Lazy => {}
        }
        Ok(())
    }

    /// The translator, made when it is first asked for.
    fn translation(&mut self) -> Result<&mut Translation, Error> {
        if self.translation.is_none() {
            let env = Arc::new(mem::take(&mut self.env));
            let translator = ModuleTranslator::new(options(self.engine), self.limits(), env.clone());
            self.translation = Some(Translation { env, translator });
        }
        self.translation.as_mut().ok_or_else(|| ErrorKind::OutOfMemory.into())
    }

    fn limits(&self) -> &'a Limits {
        self.engine.config().get_limits()
    }

    fn finish(mut self, wasm: &[u8]) -> Result<ModuleInner, Error> {
        self.translation()?;
        let Some(Translation { env, translator }) = self.translation else { return Err(ErrorKind::OutOfMemory.into()) };
        let kind = self.engine.kind();
        let code = match self.mode {
            CompilationMode::Eager => translator.finish(kind)?,
            CompilationMode::LazyTranslation | CompilationMode::Lazy => Code::untranslated(self.bodies.len(), kind),
        };
        Ok(ModuleInner {
            engine: self.engine.clone(),
            bytes: Bytes::Wasm(wasm.into()),
            env,
            imports: self.imports.into(),
            tables: self.tables.into(),
            memories: self.memories.into(),
            globals: self.globals.into(),
            global_inits: self.global_inits.into(),
            exports_by_name: sorted_by_name(&self.exports),
            exports: self.exports.into(),
            start: self.start,
            elements: self.elements.into(),
            datas: self.datas.into(),
            bodies: self.bodies.into(),
            customs: self.customs.into(),
            code,
            unvalidated: self.unvalidated,
        })
    }
}

/// An offset of wasmparser, in a module that is in memory.
pub(super) fn offset(at: u64) -> usize {
    usize::try_from(at).unwrap_or(usize::MAX)
}

impl ItemIndex {
    /// From wasmparser's kind of export.
    pub(super) fn new(kind: wasmparser::ExternalKind, index: u32) -> Option<Self> {
        match kind {
            wasmparser::ExternalKind::Func => Some(Self::Func(index)),
            wasmparser::ExternalKind::Table => Some(Self::Table(index)),
            wasmparser::ExternalKind::Memory => Some(Self::Memory(index)),
            wasmparser::ExternalKind::Global => Some(Self::Global(index)),
            wasmparser::ExternalKind::Tag | wasmparser::ExternalKind::FuncExact => None,
        }
    }
}
