//! The facts as JSON.

use super::facts::Facts;
use super::scan::{Item, global_text, page_bytes};
use crate::json::Json;
use crate::table::PAGE_BYTES;

/// The whole report.
pub(super) fn of(facts: &Facts<'_>, top: usize) -> Json {
    let scan = &facts.scan;
    let missing = facts.proposals.iter().filter(|proposal| !proposal.is_supported);
    Json::Object(vec![
        ("input", facts.name.into()),
        ("kind", facts.kind().into()),
        ("bytes", facts.bytes.into()),
        ("refused", facts.refused.clone().into()),
        ("proposals", Json::list(facts.proposals.iter().map(|proposal| proposal.name.as_str()))),
        ("unsupported_proposals", Json::list(missing.map(|proposal| proposal.name.as_str()))),
        ("sections", sections(facts)),
        ("memories", memories(facts)),
        ("tables", tables(facts)),
        ("globals", globals(facts)),
        ("element_segments", scan.element_segments.into()),
        ("elements", scan.elements.into()),
        ("data_segments", scan.data_segments.into()),
        ("passive_data_segments", scan.passive_segments.into()),
        ("data_bytes", scan.data_bytes.into()),
        ("start", scan.start.into()),
        ("producers", producers(facts)),
        ("names", scan.has_names.into()),
        ("dwarf_bytes", scan.dwarf_bytes.into()),
        ("wasi", wasi(facts)),
        ("imports", imports(facts)),
        ("exports", exports(facts)),
        ("wasm_code_bytes", facts.wasm_code().into()),
        ("translated_code_bytes", facts.compact_code().into()),
        ("function_count", facts.functions.len().into()),
        ("functions", functions(facts, top)),
    ])
}

fn objects<T>(items: impl IntoIterator<Item = T>, fields: impl Fn(T) -> Vec<(&'static str, Json)>) -> Json {
    Json::list(items.into_iter().map(|item| Json::Object(fields(item))))
}

fn sections(facts: &Facts<'_>) -> Json {
    objects(&facts.scan.sections, |section| {
        vec![
            ("name", section.name.into()),
            ("custom", section.is_custom.into()),
            ("entries", section.entries.into()),
            ("bytes", section.bytes.into()),
        ]
    })
}

fn memories(facts: &Facts<'_>) -> Json {
    let imported = facts.scan.imported("memory");
    objects(facts.scan.memories.iter().enumerate(), |(index, ty)| {
        vec![
            ("imported", (index < imported).into()),
            ("pages", ty.initial.into()),
            ("max_pages", ty.maximum.into()),
            ("page_bytes", page_bytes(ty).unwrap_or(PAGE_BYTES).into()),
        ]
    })
}

fn tables(facts: &Facts<'_>) -> Json {
    let imported = facts.scan.imported("table");
    objects(facts.scan.tables.iter().enumerate(), |(index, ty)| {
        vec![
            ("imported", (index < imported).into()),
            ("type", ty.element_type.to_string().into()),
            ("elements", ty.initial.into()),
            ("max_elements", ty.maximum.into()),
        ]
    })
}

fn globals(facts: &Facts<'_>) -> Json {
    let imported = facts.scan.imported("global");
    objects(facts.scan.globals.iter().enumerate(), |(index, ty)| {
        vec![("imported", (index < imported).into()), ("type", global_text(ty).into())]
    })
}

fn producers(facts: &Facts<'_>) -> Json {
    objects(&facts.scan.producers, |producer| {
        vec![("field", producer.field.into()), ("values", Json::list(producer.values.iter().map(String::as_str)))]
    })
}

fn wasi(facts: &Facts<'_>) -> Json {
    objects(&facts.wasi, |group| {
        vec![("purpose", group.purpose.into()), ("functions", Json::list(group.functions.iter().copied()))]
    })
}

fn imports(facts: &Facts<'_>) -> Json {
    objects(&facts.scan.imports, |import| named(vec![("module", import.module.into())], import.name, &import.item))
}

fn exports(facts: &Facts<'_>) -> Json {
    objects(&facts.scan.exports, |export| named(Vec::new(), export.name, &export.item))
}

fn named(mut fields: Vec<(&'static str, Json)>, name: &str, item: &Item) -> Vec<(&'static str, Json)> {
    fields.extend([("name", name.into()), ("kind", item.kind.into()), ("type", item.ty.as_str().into())]);
    fields
}

fn functions(facts: &Facts<'_>, top: usize) -> Json {
    objects(facts.functions.iter().take(top), |function| {
        vec![
            ("index", function.index.into()),
            ("name", facts.func_name(function.index).into()),
            ("wasm_bytes", function.wasm.into()),
            ("translated_bytes", function.code.into()),
        ]
    })
}
