//! Rewrites a module, section by section. What needs no change is copied as it is.

use super::body::{self, Function, Hooks, count, val_type};
use super::hooks::{ELEMENTS, START, TABLE, VALUES};
use super::names::Names;
use super::places::Places;
use std::collections::BTreeMap;
use std::ops::Range;
use wasm_encoder::{BlockType, Encode as _, Module, RawSection, SectionId};
use wasmparser::{
    BinaryReader, BinaryReaderError, ExternalKind, FuncType, FunctionBody, Parser, Payload, TypeRef, ValType,
};

/// A module whose functions report their calls.
pub(crate) struct Rewritten {
    /// The module.
    pub(crate) wasm: Vec<u8>,
    /// What its functions are called.
    pub(crate) names: Names,
    /// How many functions it has, imports included.
    pub(crate) functions: u32,
    /// Where its code was.
    pub(crate) places: Places,
}

/// Sections in the order that modules have them.
const ORDER: [SectionId; 13] = [
    SectionId::Type,
    SectionId::Import,
    SectionId::Function,
    SectionId::Table,
    SectionId::Memory,
    SectionId::Tag,
    SectionId::Global,
    SectionId::Export,
    SectionId::Start,
    SectionId::Element,
    SectionId::DataCount,
    SectionId::Code,
    SectionId::Data,
];

/// Rewrites a module, whose functions report themselves by numbers from `first` on. It must be valid.
///
/// # Errors
///
/// If it is malformed.
pub(crate) fn rewrite(wasm: &[u8], first: u32) -> Result<Rewritten, BinaryReaderError> {
    let mut input = Input::read(wasm)?;
    let mut output = Output { module: Module::new(), places: Places::default(), blocks: BTreeMap::new(), first };
    let wasm = if input.bodies.is_empty() {
        // There is nothing to report.
        wasm.to_vec()
    } else {
        input.complete();
        input.write(&mut output)?;
        output.module.finish()
    };
    let functions = input.imported_functions.saturating_add(count(input.bodies.len()));
    Ok(Rewritten { wasm, names: input.names, functions, places: output.places })
}

/// A module as far as it must be known.
#[derive(Default)]
struct Input<'a> {
    /// Number and contents of each section; custom ones are 0.
    sections: Vec<(u8, &'a [u8])>,
    types: Vec<FuncType>,
    imported_functions: u32,
    /// The types of the functions that are no imports.
    functions: Vec<u32>,
    tables: u32,
    start: Option<u32>,
    bodies: Vec<FunctionBody<'a>>,
    names: Names,
}

impl<'a> Input<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self, BinaryReaderError> {
        let mut input = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            if let Some((id, range)) = payload.as_section() {
                input.sections.push((id, bytes(wasm, range)));
            }
            input.take(payload)?;
        }
        Ok(input)
    }

    fn take(&mut self, payload: Payload<'a>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::TypeSection(reader) => {
                self.types = reader.into_iter_err_on_gc_types().collect::<Result<_, _>>()?
            }
            Payload::ImportSection(reader) => {
                for import in reader.into_imports() {
                    let import = import?;
                    match import.ty {
                        TypeRef::Func(_) | TypeRef::FuncExact(_) => {
                            self.names.add(self.imported_functions, import.name);
                            self.imported_functions += 1;
                        }
                        TypeRef::Table(_) => self.tables += 1,
                        TypeRef::Memory(_) | TypeRef::Global(_) | TypeRef::Tag(_) => {}
                    }
                }
            }
            Payload::FunctionSection(reader) => self.functions = reader.into_iter().collect::<Result<_, _>>()?,
            Payload::TableSection(reader) => self.tables += reader.count(),
            Payload::ExportSection(reader) => {
                for export in reader {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.names.add(export.index, export.name);
                    }
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(section) => self.names.read(&section),
            // The others are copied.
            _ => {}
        }
        Ok(())
    }

    /// Adds the sections that something is put into, where the module has none.
    fn complete(&mut self) {
        for section in [SectionId::Table, SectionId::Export] {
            if self.sections.iter().all(|(id, _)| *id != section.into()) {
                let place = self.sections.iter().position(|(id, _)| rank(*id) > rank(section.into()));
                self.sections.insert(place.unwrap_or(self.sections.len()), (section.into(), &[0]));
            }
        }
    }

    fn write(&self, output: &mut Output) -> Result<(), BinaryReaderError> {
        for &(id, contents) in &self.sections {
            match rank(id).map(|rank| ORDER[rank]) {
                Some(section) => self.write_section(output, section, contents)?,
                None => output.section(id, contents),
            }
        }
        Ok(())
    }

    fn write_section(&self, output: &mut Output, id: SectionId, contents: &[u8]) -> Result<(), BinaryReaderError> {
        let number = u8::from(id);
        match id {
            SectionId::Type => {
                let types = self.more_types(output);
                output.section(number, &appended(contents, &types)?);
            }
            SectionId::Table => output.section(number, &appended(contents, &[table()])?),
            SectionId::Export => output.section(number, &appended(contents, &self.more_exports())?),
            SectionId::Start => {}
            SectionId::Code => self.write_code(output)?,
            // The others refer to nothing that has changed.
            _ => output.section(number, contents),
        }
        Ok(())
    }

    /// One type for each hook's parameter, then those of blocks with many results.
    fn more_types(&self, output: &mut Output) -> Vec<Vec<u8>> {
        let mut types: Vec<Vec<u8>> = VALUES.iter().map(|(ty, _)| func_type(&[*ty], &[])).collect();
        for ty in self.functions.iter().filter_map(|ty| self.function_type(*ty)) {
            if ty.results().len() > 1 && !output.blocks.contains_key(ty.results()) {
                let results: Vec<wasm_encoder::ValType> = ty.results().iter().copied().map(val_type).collect();
                output.blocks.insert(ty.results().into(), self.type_count() + count(types.len()));
                types.push(func_type(&[], &results));
            }
        }
        types
    }

    fn more_exports(&self) -> Vec<Vec<u8>> {
        let mut exports = vec![export(TABLE, wasm_encoder::ExportKind::Table, self.tables)];
        exports.extend(self.start.map(|start| export(START, wasm_encoder::ExportKind::Func, start)));
        exports
    }

    fn write_code(&self, output: &mut Output) -> Result<(), BinaryReaderError> {
        let hooks = Hooks { table: self.tables, first_type: self.type_count() };
        let mut code = Vec::new();
        let mut places = Places::default();
        count(self.bodies.len()).encode(&mut code);
        for (body, (index, ty)) in self.bodies.iter().zip((self.imported_functions..).zip(&self.functions)) {
            // A valid module has the type.
            let Some(ty) = self.function_type(*ty) else { continue };
            let number = output.first.saturating_add(index);
            let function = Function { number, ty, block: output.block(ty), body };
            let (rewritten, inside) = body::rewrite(&hooks, &function)?;
            count(rewritten.len()).encode(&mut code);
            places.append(inside, code.len());
            code.extend(rewritten);
        }
        output.section(SectionId::Code.into(), &code);
        output.places.append(places, output.module.len() - code.len());
        Ok(())
    }

    fn function_type(&self, index: u32) -> Option<&FuncType> {
        self.types.get(usize::try_from(index).ok()?)
    }

    fn type_count(&self) -> u32 {
        count(self.types.len())
    }
}

struct Output {
    module: Module,
    places: Places,
    /// Types without parameters, by their results.
    blocks: BTreeMap<Vec<ValType>, u32>,
    /// The number of the module's first function in the trace.
    first: u32,
}

impl Output {
    fn section(&mut self, id: u8, data: &[u8]) {
        self.module.section(&RawSection { id, data });
    }

    /// The type of a block with a function's results.
    fn block(&self, ty: &FuncType) -> BlockType {
        match ty.results() {
            [] => BlockType::Empty,
            [one] => BlockType::Result(val_type(*one)),
            // All lists were given a type before the code came.
            many => self.blocks.get(many).map_or(BlockType::Empty, |ty| BlockType::FunctionType(*ty)),
        }
    }
}

/// Where a section with this number comes. Custom ones are anywhere.
fn rank(id: u8) -> Option<usize> {
    ORDER.iter().position(|section| u8::from(*section) == id)
}

/// A section's contents with more items at the end.
fn appended(contents: &[u8], items: &[Vec<u8>]) -> Result<Vec<u8>, BinaryReaderError> {
    let mut reader = BinaryReader::new(contents, 0);
    let before = reader.read_var_u32()?;
    let rest = reader.read_bytes(reader.bytes_remaining())?;
    let mut section = Vec::new();
    before.saturating_add(count(items.len())).encode(&mut section);
    section.extend(rest);
    section.extend(items.iter().flatten());
    Ok(section)
}

fn func_type(params: &[wasm_encoder::ValType], results: &[wasm_encoder::ValType]) -> Vec<u8> {
    const FUNC: u8 = 0x60;
    let mut ty = vec![FUNC];
    params.encode(&mut ty);
    results.encode(&mut ty);
    ty
}

/// The table of hooks.
fn table() -> Vec<u8> {
    let mut ty = Vec::new();
    wasm_encoder::TableType {
        element_type: wasm_encoder::RefType::FUNCREF,
        table64: false,
        minimum: ELEMENTS.into(),
        maximum: None,
        shared: false,
    }
    .encode(&mut ty);
    ty
}

fn export(name: &str, kind: wasm_encoder::ExportKind, index: u32) -> Vec<u8> {
    let mut export = Vec::new();
    name.encode(&mut export);
    kind.encode(&mut export);
    index.encode(&mut export);
    export
}

/// The bytes in this range of the module.
fn bytes(wasm: &[u8], range: Range<u64>) -> &[u8] {
    let start = usize::try_from(range.start).unwrap_or(usize::MAX);
    let end = usize::try_from(range.end).unwrap_or(usize::MAX);
    wasm.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::rewrite;
    use ermine::{Engine, Module};
    use std::path::Path;

    /// The modules that the engine's own tests have as listings: they are there for their variety of code.
    #[test]
    fn rewritten_modules_are_valid_and_keep_their_exports() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/listings");
        let engine = Engine::default();
        let mut seen = 0;
        for entry in folder.read_dir().expect("the folder is there") {
            let path = entry.expect("the folder can be read").path();
            // Some are templates, or need a proposal that is off.
            let Ok(wasm) = wat::parse_file(&path) else { continue };
            let Ok(module) = Module::new(&engine, &wasm) else { continue };
            let rewritten = rewrite(&wasm, 7).expect("a valid module");
            let traced = Module::new(&engine, &rewritten.wasm);
            let traced = traced.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let exports = |module: &Module| -> Vec<String> {
                let exports = module.exports().map(|export| format!("{} {:?}", export.name(), export.ty()));
                exports.filter(|export| !export.starts_with("ermine:")).collect()
            };
            assert_eq!(exports(&traced), exports(&module), "{}", path.display());
            assert_eq!(traced.imports().count(), module.imports().count());
            seen += 1;
        }
        assert!(seen > 10, "{seen}");
    }

    #[test]
    fn sections_are_added_where_they_belong() {
        // Code, but neither tables nor exports; custom sections at all places.
        let wasm = wat::parse_str(
            r#"(module (@custom "a" (before type) "x") (func nop) (@custom "b" (after func) "y") (memory 1)
                (global i32 (i32.const 0)) (@custom "c" (after global) "z") (data (i32.const 0) "d"))"#,
        );
        let rewritten = rewrite(&wasm.expect("a valid module"), 0).expect("a valid module");
        Module::new(&Engine::default(), &rewritten.wasm).expect("a valid module");
    }

    #[test]
    fn what_is_no_module_is_an_error() {
        for wasm in [&b""[..], b"\0asm", b"\0asm\x01\0\0\0\x01\x05\x01", b"nonsense"] {
            assert!(rewrite(wasm, 0).is_err(), "{wasm:?}");
        }
    }
}
