//! The facts as a table for people.

use super::facts::Facts;
use super::scan::{global_text, page_bytes};
use crate::printable::printable;
use crate::size::show;
use crate::table::{self, PAGE_BYTES, count, row};
use std::fmt::Write as _;

/// The whole report.
pub(super) fn of(facts: &Facts<'_>, top: usize) -> String {
    let mut text = format!("{}: {}, {} bytes\n", facts.name, kind(facts), show(facts.bytes));
    if let Some(why) = &facts.refused {
        row(&mut text, "refused", why);
    }
    sections(&mut text, facts);
    proposals(&mut text, facts);
    contents(&mut text, facts);
    producers(&mut text, facts);
    wasi(&mut text, facts);
    imports(&mut text, facts);
    exports(&mut text, facts);
    functions(&mut text, facts, top);
    text
}

fn kind(facts: &Facts<'_>) -> &'static str {
    match (facts.kind(), facts.wasi.is_empty()) {
        ("command", false) => "a command for WASI",
        ("command", true) => "a command",
        ("reactor", false) => "a reactor for WASI",
        ("reactor", true) => "a reactor",
        (_, false) => "a module for WASI, neither command nor reactor",
        (_, true) => "a module, neither command nor reactor",
    }
}

fn sections(text: &mut String, facts: &Facts<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "\n  {:24}{:>10}{:>14}", "section", "entries", "bytes");
    for section in &facts.scan.sections {
        let name =
            if section.is_custom { format!("custom \"{}\"", printable(section.name)) } else { section.name.to_owned() };
        let entries = section.entries.map_or_else(String::new, show);
        let percent = section.bytes as f64 * 100.0 / facts.bytes.max(1) as f64;
        let _ = writeln!(text, "  {name:24}{entries:>10}{:>14}{percent:>7.1} %", show(section.bytes));
    }
    text.push('\n');
}

fn proposals(text: &mut String, facts: &Facts<'_>) {
    let names = facts.proposals.iter().map(|proposal| {
        if proposal.is_supported {
            proposal.name.clone()
        } else {
            format!("{} (this engine does not have it)", proposal.name)
        }
    });
    row(text, "proposals", &or_none(names.collect()));
}

/// What a module is made of, but for functions.
fn contents(text: &mut String, facts: &Facts<'_>) {
    let scan = &facts.scan;
    let own = |index: usize, kind: &str| if index < scan.imported(kind) { ", imported" } else { "" };
    for (index, ty) in scan.memories.iter().enumerate() {
        let size = table::memory(ty.initial, ty.maximum, page_bytes(ty).unwrap_or(PAGE_BYTES));
        row(text, "linear memory", &format!("{size}{}", own(index, "memory")));
    }
    for (index, ty) in scan.tables.iter().enumerate() {
        let size = table::elements(ty.initial, ty.maximum, ty.element_type);
        row(text, "table", &format!("{size}{}", own(index, "table")));
    }
    if scan.element_segments > 0 {
        row(text, "elements", &format!("{} in {}", show(scan.elements), count(scan.element_segments, "segment")));
    }
    if scan.data_segments > 0 {
        let passive = if scan.passive_segments > 0 {
            format!(", {} passive", show(scan.passive_segments))
        } else {
            String::new()
        };
        row(
            text,
            "data",
            &format!("{} bytes in {}{passive}", show(scan.data_bytes), count(scan.data_segments, "segment")),
        );
    }
    globals(text, facts);
    if let Some(start) = scan.start {
        row(text, "start function", &function_name(facts, start));
    }
}

/// How many globals there are of each type.
fn globals(text: &mut String, facts: &Facts<'_>) {
    let mut types: Vec<(String, usize)> = Vec::new();
    for ty in facts.scan.globals.iter().map(global_text) {
        match types.iter_mut().find(|(known, _)| *known == ty) {
            Some((_, number)) => *number += 1,
            None => types.push((ty, 1)),
        }
    }
    if !types.is_empty() {
        let types: Vec<String> = types.into_iter().map(|(ty, number)| format!("{} {ty}", show(number))).collect();
        row(text, "globals", &types.join(", "));
    }
}

/// Who made the module, and what is in it for debuggers.
fn producers(text: &mut String, facts: &Facts<'_>) {
    let scan = &facts.scan;
    for producer in &scan.producers {
        row(text, &printable(producer.field), &printable(&producer.values.join(", ")));
    }
    let names = scan.has_names.then(|| "names".to_owned());
    let dwarf = (scan.dwarf_bytes > 0).then(|| format!("DWARF, {} bytes", show(scan.dwarf_bytes)));
    row(text, "for debuggers", &or_none(names.into_iter().chain(dwarf).collect()));
}

fn wasi(text: &mut String, facts: &Facts<'_>) {
    for (index, group) in facts.wasi.iter().enumerate() {
        row(text, if index == 0 { "WASI" } else { "" }, &format!("{}: {}", group.purpose, group.functions.join(", ")));
    }
}

fn imports(text: &mut String, facts: &Facts<'_>) {
    let imports = &facts.scan.imports;
    row(text, "imports", &or_none((!imports.is_empty()).then(|| show(imports.len())).into_iter().collect()));
    table::imports(text, imports.iter().map(|import| (import.module, import.name, import.item.ty.as_str())));
}

fn exports(text: &mut String, facts: &Facts<'_>) {
    let exports = &facts.scan.exports;
    row(text, "exports", &or_none((!exports.is_empty()).then(|| show(exports.len())).into_iter().collect()));
    for export in exports {
        table::item(text, export.name, &export.item.ty);
    }
}

fn functions(text: &mut String, facts: &Facts<'_>, top: usize) {
    let (functions, wasm) = (&facts.functions, facts.wasm_code());
    let code = facts.compact_code().map_or_else(String::new, |code| {
        let ratio = code as f64 / wasm.max(1) as f64;
        format!(", translated to {} ({ratio:.2} x)", show(code))
    });
    row(text, "functions", &format!("{} with {} bytes of wasm{code}", show(functions.len()), show(wasm)));
    if functions.is_empty() || top == 0 {
        return;
    }
    let _ = writeln!(text, "\n  {:>10}{:>12}  the largest functions", "wasm", "translated");
    for function in functions.iter().take(top) {
        let code = function.code.map_or_else(|| "-".to_owned(), show);
        let _ = writeln!(text, "  {:>10}{code:>12}  {}", show(function.wasm), function_name(facts, function.index));
    }
}

fn function_name(facts: &Facts<'_>, index: u32) -> String {
    let name = facts.func_name(index).map_or_else(String::new, |name| format!(" {}", printable(&name)));
    format!("func[{index}]{name}")
}

/// A list in a row.
fn or_none(list: Vec<String>) -> String {
    if list.is_empty() { "none".to_owned() } else { list.join(", ") }
}
