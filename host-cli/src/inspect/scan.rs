//! The sections of a module, as they are in the file. Nothing is validated here.

use crate::names::function_names;
use std::collections::HashMap;
use std::ops::Range;
use wasmparser::{
    BinaryReaderError, CompositeInnerType, CustomSectionReader, DataKind, ElementItems, ExternalKind, FuncType,
    GlobalType, KnownCustom, MemoryType, Parser, Payload, RecGroup, SectionLimited, TableType, TypeRef,
};

/// A section.
pub(super) struct Section<'a> {
    /// Its name in the specification, or its own if it is a custom one.
    pub(super) name: &'a str,
    pub(super) is_custom: bool,
    /// How many entries it has, if it has any.
    pub(super) entries: Option<u32>,
    /// Bytes of its content.
    pub(super) bytes: u64,
}

/// Something that is imported.
pub(super) struct Import<'a> {
    pub(super) module: &'a str,
    pub(super) name: &'a str,
    pub(super) item: Item,
}

/// Something that is exported.
pub(super) struct Export<'a> {
    pub(super) name: &'a str,
    pub(super) item: Item,
}

/// What an import or export is.
#[derive(Clone)]
pub(super) struct Item {
    /// The word that the text format has for it.
    pub(super) kind: &'static str,
    /// Its type in the text format.
    pub(super) ty: String,
}

/// A field of the producers section, and its values with their versions.
pub(super) struct Producer<'a> {
    pub(super) field: &'a str,
    pub(super) values: Vec<String>,
}

/// What is in a module.
#[derive(Default)]
pub(super) struct Scan<'a> {
    pub(super) sections: Vec<Section<'a>>,
    pub(super) imports: Vec<Import<'a>>,
    pub(super) exports: Vec<Export<'a>>,
    /// All memories, tables and globals, imports first.
    pub(super) memories: Vec<MemoryType>,
    pub(super) tables: Vec<TableType>,
    pub(super) globals: Vec<GlobalType>,
    pub(super) imported_functions: u32,
    /// Where the bodies of the functions are that the module defines.
    pub(super) bodies: Vec<Range<u64>>,
    pub(super) start: Option<u32>,
    pub(super) element_segments: u32,
    pub(super) elements: u64,
    pub(super) data_segments: u32,
    pub(super) passive_segments: u32,
    pub(super) data_bytes: u64,
    /// Names of functions: of the name section, or what they are exported under.
    pub(super) names: HashMap<u32, &'a str>,
    pub(super) has_names: bool,
    /// Bytes of DWARF.
    pub(super) dwarf_bytes: u64,
    pub(super) producers: Vec<Producer<'a>>,
    types: Vec<Option<FuncType>>,
    /// The type of each function.
    functions: Vec<u32>,
    tags: Vec<u32>,
}

impl<'a> Scan<'a> {
    /// Reads the module.
    ///
    /// # Errors
    ///
    /// The first fault of the format.
    pub(super) fn new(wasm: &'a [u8]) -> Result<Self, BinaryReaderError> {
        let mut scan = Self::default();
        let mut exports = Vec::new();
        for payload in Parser::new(0).parse_all(wasm) {
            let payload = payload?;
            scan.list(&payload);
            match payload {
                Payload::ExportSection(section) => {
                    for export in section {
                        exports.push(export?);
                    }
                }
                payload => scan.read(payload)?,
            }
        }
        for export in exports {
            if export.kind == ExternalKind::Func {
                scan.names.entry(export.index).or_insert(export.name);
            }
            let item = scan.exported(export.kind, export.index);
            scan.exports.push(Export { name: export.name, item });
        }
        Ok(scan)
    }

    /// How many of a kind are imported.
    pub(super) fn imported(&self, kind: &str) -> usize {
        self.imports.iter().filter(|import| import.item.kind == kind).count()
    }

    /// Adds a section to the list.
    fn list(&mut self, payload: &Payload<'a>) {
        let Some((id, range)) = payload.as_section() else { return };
        let bytes = range.end.saturating_sub(range.start);
        let section = match payload {
            Payload::CustomSection(section) => Section { name: section.name(), is_custom: true, entries: None, bytes },
            payload => Section { name: section_name(id), is_custom: false, entries: entries(payload), bytes },
        };
        self.sections.push(section);
    }

    fn read(&mut self, payload: Payload<'a>) -> Result<(), BinaryReaderError> {
        match payload {
            Payload::TypeSection(section) => self.read_types(section)?,
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import?;
                    let item = self.imported_item(import.ty);
                    self.imports.push(Import { module: import.module, name: import.name, item });
                }
            }
            Payload::FunctionSection(section) => extend(&mut self.functions, section)?,
            Payload::MemorySection(section) => extend(&mut self.memories, section)?,
            Payload::TableSection(section) => {
                for table in section {
                    self.tables.push(table?.ty);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    self.globals.push(global?.ty);
                }
            }
            Payload::TagSection(section) => {
                for tag in section {
                    self.tags.push(tag?.func_type_idx);
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => {
                for element in section {
                    self.element_segments = self.element_segments.saturating_add(1);
                    self.elements = self.elements.saturating_add(match element?.items {
                        ElementItems::Functions(items) => items.count().into(),
                        ElementItems::Expressions(_, items) => items.count().into(),
                    });
                }
            }
            Payload::DataSection(section) => {
                for data in section {
                    let data = data?;
                    self.data_segments = self.data_segments.saturating_add(1);
                    self.passive_segments += u32::from(matches!(data.kind, DataKind::Passive));
                    self.data_bytes = self.data_bytes.saturating_add(data.data.len() as u64);
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body.range()),
            Payload::CustomSection(section) => self.read_custom(&section),
            // Exports are read when all else is; the rest has nothing to tell.
            _ => {}
        }
        Ok(())
    }

    fn read_types(&mut self, section: SectionLimited<'a, RecGroup>) -> Result<(), BinaryReaderError> {
        for group in section {
            self.types.extend(group?.into_types().map(|ty| match ty.composite_type.inner {
                CompositeInnerType::Func(ty) => Some(ty),
                CompositeInnerType::Array(_) | CompositeInnerType::Struct(_) | CompositeInnerType::Cont(_) => None,
            }));
        }
        Ok(())
    }

    /// A malformed custom section is not an error in wasm: what stands before the fault counts.
    fn read_custom(&mut self, section: &CustomSectionReader<'a>) {
        if section.name().starts_with(".debug_") {
            self.dwarf_bytes = self.dwarf_bytes.saturating_add(section.data().len() as u64);
        }
        self.has_names |= section.name() == "name";
        self.names.extend(function_names(section));
        let KnownCustom::Producers(fields) = section.as_known() else { return };
        for field in fields.into_iter().map_while(Result::ok) {
            let values = field.values.into_iter().map_while(Result::ok);
            let values = values.map(|value| format!("{} {}", value.name, value.version).trim().to_owned());
            self.producers.push(Producer { field: field.name, values: values.collect() });
        }
    }

    fn imported_item(&mut self, ty: TypeRef) -> Item {
        match ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                self.imported_functions = self.imported_functions.saturating_add(1);
                self.functions.push(ty);
            }
            TypeRef::Table(ty) => self.tables.push(ty),
            TypeRef::Memory(ty) => self.memories.push(ty),
            TypeRef::Global(ty) => self.globals.push(ty),
            TypeRef::Tag(ty) => self.tags.push(ty.func_type_idx),
        }
        self.item(ty)
    }

    /// What is exported, found in its index space.
    fn exported(&self, kind: ExternalKind, index: u32) -> Item {
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        let ty = match kind {
            ExternalKind::Func | ExternalKind::FuncExact => self.functions.get(at).copied().map(TypeRef::Func),
            ExternalKind::Table => self.tables.get(at).copied().map(TypeRef::Table),
            ExternalKind::Memory => self.memories.get(at).copied().map(TypeRef::Memory),
            ExternalKind::Global => self.globals.get(at).copied().map(TypeRef::Global),
            ExternalKind::Tag => self.tags.get(at).copied().map(|func_type_idx| {
                TypeRef::Tag(wasmparser::TagType { kind: wasmparser::TagKind::Exception, func_type_idx })
            }),
        };
        ty.map_or_else(|| Item { kind: "?", ty: "?".to_owned() }, |ty| self.item(ty))
    }

    fn item(&self, ty: TypeRef) -> Item {
        match ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => Item { kind: "func", ty: self.func(ty) },
            TypeRef::Table(ty) => Item { kind: "table", ty: table_text(&ty) },
            TypeRef::Memory(ty) => Item { kind: "memory", ty: memory_text(&ty) },
            TypeRef::Global(ty) => Item { kind: "global", ty: format!("(global {})", global_text(&ty)) },
            TypeRef::Tag(ty) => Item { kind: "tag", ty: self.func(ty.func_type_idx).replacen("(func", "(tag", 1) },
        }
    }

    fn func(&self, ty: u32) -> String {
        let ty = usize::try_from(ty).ok().and_then(|ty| self.types.get(ty)?.as_ref());
        ty.map_or_else(|| "(func ?)".to_owned(), FuncType::to_string)
    }
}

fn extend<'a, T: wasmparser::FromReader<'a>>(
    list: &mut Vec<T>,
    section: SectionLimited<'a, T>,
) -> Result<(), BinaryReaderError> {
    for item in section {
        list.push(item?);
    }
    Ok(())
}

/// A table's type in the text format.
fn table_text(ty: &TableType) -> String {
    format!("(table {}{} {})", if ty.table64 { "i64 " } else { "" }, bounds(ty.initial, ty.maximum), ty.element_type)
}

/// A memory's type in the text format.
fn memory_text(ty: &MemoryType) -> String {
    let index = if ty.memory64 { "i64 " } else { "" };
    let shared = if ty.shared { " shared" } else { "" };
    let page = page_bytes(ty).map_or_else(String::new, |bytes| format!(" (pagesize {bytes})"));
    format!("(memory {index}{}{shared}{page})", bounds(ty.initial, ty.maximum))
}

/// A global's type in the text format.
pub(super) fn global_text(ty: &GlobalType) -> String {
    if ty.mutable { format!("(mut {})", ty.content_type) } else { ty.content_type.to_string() }
}

fn bounds(minimum: u64, maximum: Option<u64>) -> String {
    maximum.map_or_else(|| minimum.to_string(), |maximum| format!("{minimum} {maximum}"))
}

/// Bytes of a memory's page, if they are not the usual ones.
pub(super) fn page_bytes(ty: &MemoryType) -> Option<u64> {
    ty.page_size_log2.and_then(|log2| 1_u64.checked_shl(log2))
}

/// The specification's name of a section.
fn section_name(id: u8) -> &'static str {
    const NAMES: [&str; 14] = [
        "custom",
        "type",
        "import",
        "function",
        "table",
        "memory",
        "global",
        "export",
        "start",
        "element",
        "code",
        "data",
        "datacount",
        "tag",
    ];
    NAMES.get(usize::from(id)).copied().unwrap_or("unknown")
}

/// How many entries a section has.
fn entries(payload: &Payload<'_>) -> Option<u32> {
    match payload {
        Payload::TypeSection(section) => Some(section.count()),
        Payload::ImportSection(section) => Some(section.count()),
        Payload::FunctionSection(section) => Some(section.count()),
        Payload::TableSection(section) => Some(section.count()),
        Payload::MemorySection(section) => Some(section.count()),
        Payload::TagSection(section) => Some(section.count()),
        Payload::GlobalSection(section) => Some(section.count()),
        Payload::ExportSection(section) => Some(section.count()),
        Payload::ElementSection(section) => Some(section.count()),
        Payload::DataSection(section) => Some(section.count()),
        Payload::CodeSectionStart { count, .. } => Some(*count),
        // The others have no entries.
        _ => None,
    }
}
