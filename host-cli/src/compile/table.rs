//! The report as a table for people.

use super::facts::Facts;
use crate::printable::printable;
use crate::size::show;
use crate::table::{self, count, row};
use ermine::ValType;
use std::fmt::Write as _;

/// Functions of a path shown at either end.
const ENDS: usize = 4;

/// The whole report.
pub(super) fn of(facts: &Facts<'_>) -> String {
    let mut text = match &facts.origin {
        Some(origin) => format!("{} -> {}\n\n", facts.input, origin.output),
        None => format!("{}: an image\n\n", facts.input),
    };
    sizes(&mut text, facts);
    sections(&mut text, facts);
    row(&mut text, "numbers", &facts.numbers().join(", "));
    memories(&mut text, facts);
    tables(&mut text, facts);
    row(&mut text, "globals", &show(facts.entries("globals")));
    stack(&mut text, facts);
    let arena = |pointer| show(facts.image.arena_bytes(pointer));
    row(&mut text, "arena", &format!("{} bytes on 32-bit targets, {} on 64-bit ones", arena(4), arena(8)));
    row(
        &mut text,
        "start function",
        &facts.image.start().map_or_else(|| "none".to_owned(), |start| name(facts, start)),
    );
    imports(&mut text, facts);
    exports(&mut text, facts);
    functions(&mut text, facts);
    text
}

fn sizes(text: &mut String, facts: &Facts<'_>) {
    let image = facts.image;
    let ratio = facts.origin.as_ref().map_or_else(String::new, |origin| {
        row(text, "wasm", &format!("{} bytes", show(origin.wasm_bytes)));
        format!(", {:.2} x the wasm", image.size() as f64 / origin.wasm_bytes.max(1) as f64)
    });
    let metered = if image.is_metered() { "metered" } else { "not metered" };
    let properties = format!("{} profile, {metered}, checksum {:08x}", facts.profile(), image.checksum());
    row(text, "image", &format!("{} bytes{ratio}; {properties}", show(image.size())));
}

fn sections(text: &mut String, facts: &Facts<'_>) {
    let _ = writeln!(text, "\n  {:12}{:>10}{:>12}", "section", "entries", "bytes");
    for section in facts.image.sections().filter(|section| section.bytes > 0) {
        let percent = f64::from(section.bytes) * 100.0 / facts.image.size() as f64;
        let (entries, bytes) = (show(section.entries), show(section.bytes));
        let _ = writeln!(text, "  {:12}{entries:>10}{bytes:>12}{percent:>7.1} %", section.name);
    }
    text.push('\n');
}

fn memories(text: &mut String, facts: &Facts<'_>) {
    let imported = facts.imported(|ty| ty.memory().is_some());
    for (index, memory) in facts.image.memories().enumerate() {
        row(
            text,
            "linear memory",
            &format!(
                "{}{}",
                table::memory(memory.minimum(), memory.maximum(), memory.page_size()),
                if index < imported { ", imported" } else { "" }
            ),
        );
    }
    if facts.image.memories().next().is_none() {
        row(text, "linear memory", "none");
    }
}

fn tables(text: &mut String, facts: &Facts<'_>) {
    let imported = facts.imported(|ty| ty.table().is_some());
    for (index, table) in facts.image.tables().enumerate() {
        row(
            text,
            "table",
            &format!(
                "{}{}",
                table::elements(table.minimum(), table.maximum(), ValType::from(table.element())),
                if index < imported { ", imported" } else { "" }
            ),
        );
    }
    let (segments, items) = facts.elements();
    if segments > 0 {
        row(text, "elements", &format!("{} in {}", show(items), count(segments, "segment")));
    }
}

/// What calls need, and why.
fn stack(text: &mut String, facts: &Facts<'_>) {
    if let Some(bytes) = facts.stack.bytes() {
        let path = names(facts, facts.stack.path());
        let deepest = if path.is_empty() { String::new() } else { format!("; deepest: {}", chain(&path)) };
        row(text, "value stack", &format!("{} bytes{deepest}", show(bytes)));
        return;
    }
    let reason = if let Some((cycle, bytes)) = facts.recursion() {
        let mut names = names(facts, cycle);
        names.extend(names.first().cloned());
        format!("recursion, {} bytes a round: {}", show(bytes), chain(&names))
    } else if let Some(caller) = facts.outside() {
        format!("{} may call functions of others through a table", name(facts, caller))
    } else {
        "too large".to_owned()
    };
    row(text, "value stack", &format!("no bound; {reason}"));
    row(text, "", &format!("each level of calls takes {} bytes at most", show(facts.stack.level())));
}

/// A function's name as it is shown.
fn name(facts: &Facts<'_>, func: u32) -> String {
    printable(&facts.func_name(func)).into_owned()
}

fn names(facts: &Facts<'_>, functions: &[u32]) -> Vec<String> {
    functions.iter().map(|&func| name(facts, func)).collect()
}

/// Functions that call one another. Of a long chain, its ends.
fn chain(names: &[String]) -> String {
    match names.len().checked_sub(2 * ENDS) {
        None | Some(0 | 1) => names.join(" > "),
        Some(left_out) => {
            let (first, last) = (names[..ENDS].join(" > "), names[names.len() - ENDS..].join(" > "));
            format!("{first} > … {left_out} more … > {last}")
        }
    }
}

fn imports(text: &mut String, facts: &Facts<'_>) {
    let counts = [
        (facts.imported(|ty| ty.func().is_some()), "function"),
        (facts.imported(|ty| ty.table().is_some()), "table"),
        (facts.imported(|ty| ty.memory().is_some()), "memory"),
        (facts.imported(|ty| ty.global().is_some()), "global"),
    ];
    let counts: Vec<String> = counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, name)| count(n, name)).collect();
    row(text, "imports", &if counts.is_empty() { "none".to_owned() } else { counts.join(", ") });
    table::imports(text, facts.module.imports().map(|import| (import.module(), import.name(), import.ty())));
}

fn exports(text: &mut String, facts: &Facts<'_>) {
    let exports: Vec<_> = facts.exports().collect();
    row(text, "exports", &if exports.is_empty() { "none".to_owned() } else { show(exports.len()) });
    for export in exports {
        let stack = export.stack.map_or_else(String::new, |bytes| format!(", {} bytes of stack", show(bytes)));
        table::item(text, export.name, format_args!("{}{stack}", export.ty));
    }
}

fn functions(text: &mut String, facts: &Facts<'_>) {
    for (index, (func, bytes)) in facts.largest().into_iter().enumerate() {
        if index == 0 {
            let _ = writeln!(text, "\n  {:>10}  the largest functions", "bytes");
        }
        let _ = writeln!(text, "  {:>10}  {}", show(bytes), name(facts, func));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_chains_show_their_ends() {
        let names: Vec<String> = (0..12).map(|name| name.to_string()).collect();
        assert_eq!(chain(&names[..3]), "0 > 1 > 2");
        assert_eq!(chain(&names[..9]), "0 > 1 > 2 > 3 > 4 > 5 > 6 > 7 > 8");
        assert_eq!(chain(&names), "0 > 1 > 2 > 3 > … 4 more … > 8 > 9 > 10 > 11");
    }
}
