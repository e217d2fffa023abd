//! The report as JSON.

use super::facts::{Facts, Origin};
use crate::json::Json;
use ermine::ExternType;

/// The whole report.
pub(super) fn of(facts: &Facts<'_>) -> Json {
    let image = facts.image;
    let (segments, items) = facts.elements();
    let mut fields = match &facts.origin {
        Some(Origin { wasm_bytes, output }) => {
            vec![
                ("input", facts.input.into()),
                ("output", output.as_str().into()),
                ("wasm_bytes", (*wasm_bytes).into()),
            ]
        }
        None => vec![("input", facts.input.into()), ("kind", "image".into())],
    };
    fields.extend([
        ("image_bytes", image.size().into()),
        ("checksum", format!("{:08x}", image.checksum()).into()),
        ("profile", facts.profile().into()),
        ("metered", image.is_metered().into()),
        ("numbers", Json::list(facts.numbers())),
        ("sections", sections(facts)),
        ("memories", memories(facts)),
        ("tables", tables(facts)),
        ("element_segments", segments.into()),
        ("elements", items.into()),
        ("globals", facts.entries("globals").into()),
        ("stack", stack(facts)),
        ("arena_bytes_32", image.arena_bytes(4).into()),
        ("arena_bytes_64", image.arena_bytes(8).into()),
        ("start", image.start().map(|start| facts.func_name(start)).into()),
        ("imports", imports(facts)),
        ("exports", exports(facts)),
    ]);
    if facts.origin.is_none() {
        fields.push(("functions", functions(facts)));
    }
    Json::Object(fields)
}

fn sections(facts: &Facts<'_>) -> Json {
    let objects = facts.image.sections().map(|section| {
        Json::Object(vec![
            ("name", section.name.into()),
            ("entries", section.entries.into()),
            ("bytes", section.bytes.into()),
        ])
    });
    Json::list(objects)
}

fn memories(facts: &Facts<'_>) -> Json {
    let imported = facts.imported(|ty| ty.memory().is_some());
    let objects = facts.image.memories().enumerate().map(|(index, memory)| {
        Json::Object(vec![
            ("imported", (index < imported).into()),
            ("pages", memory.minimum().into()),
            ("max_pages", memory.maximum().into()),
            ("page_bytes", memory.page_size().into()),
        ])
    });
    Json::list(objects)
}

fn tables(facts: &Facts<'_>) -> Json {
    let imported = facts.imported(|ty| ty.table().is_some());
    let objects = facts.image.tables().enumerate().map(|(index, table)| {
        Json::Object(vec![
            ("imported", (index < imported).into()),
            ("type", ermine::ValType::from(table.element()).to_string().into()),
            ("elements", table.minimum().into()),
            ("max_elements", table.maximum().into()),
        ])
    });
    Json::list(objects)
}

fn stack(facts: &Facts<'_>) -> Json {
    let recursion = facts.recursion().map(|(cycle, bytes)| {
        Json::Object(vec![("functions", Json::list(facts.names(cycle))), ("bytes", bytes.into())])
    });
    Json::Object(vec![
        ("bytes", facts.stack.bytes().into()),
        ("path", Json::list(facts.names(facts.stack.path()))),
        ("level_bytes", facts.stack.level().into()),
        ("recursion", recursion.into()),
        ("calls_outside", facts.outside().map(|caller| facts.func_name(caller)).into()),
    ])
}

fn imports(facts: &Facts<'_>) -> Json {
    let objects = facts.module.imports().map(|import| {
        Json::Object(vec![
            ("module", import.module().into()),
            ("name", import.name().into()),
            ("kind", kind(import.ty()).into()),
            ("type", import.ty().to_string().into()),
        ])
    });
    Json::list(objects)
}

fn exports(facts: &Facts<'_>) -> Json {
    let objects = facts.exports().map(|export| {
        Json::Object(vec![
            ("name", export.name.into()),
            ("kind", kind(&export.ty).into()),
            ("type", export.ty.to_string().into()),
            ("stack_bytes", export.stack.into()),
        ])
    });
    Json::list(objects)
}

fn functions(facts: &Facts<'_>) -> Json {
    let objects = facts.largest().into_iter().map(|(func, bytes)| {
        Json::Object(vec![
            ("index", func.into()),
            ("name", facts.func_name(func).into()),
            ("translated_bytes", bytes.into()),
        ])
    });
    Json::list(objects)
}

fn kind(ty: &ExternType) -> &'static str {
    match ty {
        ExternType::Func(_) => "function",
        ExternType::Table(_) => "table",
        ExternType::Memory(_) => "memory",
        ExternType::Global(_) => "global",
    }
}
