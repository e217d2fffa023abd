//! What is written in several places is the same: functions and errors in the document, the C header, the crate for guests, and here.

use ermine::ValType;
use ermine_boards::Errno;
use ermine_boards::abi::{FUNCTIONS, GRANT_MODULE, Row};

const DOCUMENT: &str = include_str!("../../docs/boards.md");
const HEADER: &str = include_str!("../guest/include/ermine.h");
const GUEST: &str = include_str!("../guest/src/raw.rs");
const GUEST_ERRORS: &str = include_str!("../guest/src/error.rs");

/// The module's name without `ermine:` and version.
fn short(row: &Row) -> &'static str {
    let module = row.interface.module();
    module.strip_prefix("ermine:").and_then(|name| name.strip_suffix("@1")).expect("a name with a version")
}

/// The line behind those that name a module up to the one that names the function there.
fn section<'t>(text: &'t str, start: &str, line: &str) -> &'t str {
    let (_, rest) = text.split_once(start).unwrap_or_else(|| panic!("{start} is missing"));
    rest.lines().find(|found| found.contains(line)).unwrap_or_else(|| panic!("{start} {line} is missing"))
}

#[test]
fn the_document_has_each_function() {
    for row in FUNCTIONS {
        let line = section(DOCUMENT, &format!("| `{}` |", row.interface.module()), &format!("`{}(", row.name));
        let (_, call) = line.split_once(&format!("`{}(", row.name)).expect("the call");
        let (params, rest) = call.split_once(')').expect("its end");
        let params: Vec<&str> = params.split(", ").filter(|param| !param.is_empty()).collect();
        assert_eq!(params.len(), row.params.len(), "{line}");
        for (param, ty) in params.iter().zip(row.params) {
            assert_eq!(param.starts_with("i64"), *ty == ValType::I64, "{line}");
        }
        assert_eq!(rest.starts_with(" -> "), row.result.is_some(), "{line}");
    }
    assert!(DOCUMENT.contains(GRANT_MODULE));
}

#[test]
fn the_c_header_has_each_function() {
    for row in FUNCTIONS {
        let import = format!("ERMINE_IMPORT(\"{}\", \"{}\") ", short(row), row.name);
        let line = section(HEADER, &import[..0], &import);
        let (result, params) = line.strip_prefix(&import).and_then(|line| line.split_once(" ermine_")).expect("a type");
        let wanted = match row.result {
            None => "void",
            Some(ValType::I64) => "int64_t",
            Some(_) => "int32_t",
        };
        assert_eq!(result, wanted, "{line}");
        let (_, params) = params.split_once('(').expect("parameters");
        let params: Vec<&str> = params.trim_end_matches(");").split(", ").filter(|param| *param != "void").collect();
        let types = params.iter().map(|param| match param.starts_with("int64_t ") {
            true => ValType::I64,
            false => ValType::I32,
        });
        assert!(types.eq(row.params.iter().copied()), "{line}");
    }
}

#[test]
fn the_crate_for_guests_has_each_function() {
    for row in FUNCTIONS {
        let block = format!("#[link(wasm_import_module = \"{}\")]", row.interface.module());
        let (_, rest) = GUEST.split_once(&block).unwrap_or_else(|| panic!("{block} is missing"));
        let (functions, _) = rest.split_once("\n}").expect("the end of the block");
        let name = format!("#[link_name = \"{}\"]", row.name);
        let (_, function) = functions
            .split_once(&format!("{name}\n    pub(crate) "))
            .unwrap_or_else(|| panic!("{block} {name} is missing"));
        let (declaration, _) =
            function.split_once("fn ").and_then(|(_, rest)| rest.split_once(';')).expect("the end of the declaration");
        let (params, result) = declaration.split_once('(').and_then(|(_, rest)| rest.split_once(')')).expect("a list");
        let params: Vec<&str> = params.split(',').map(str::trim).filter(|param| !param.is_empty()).collect();
        let types = params.iter().map(|param| if param.ends_with("i64") { ValType::I64 } else { ValType::I32 });
        assert!(types.eq(row.params.iter().copied()), "{declaration}");
        let wanted = match row.result {
            None => "",
            Some(ValType::I64) => " -> i64",
            Some(_) => " -> i32",
        };
        assert_eq!(result, wanted, "{declaration}");
    }
}

#[test]
fn errors_have_the_same_numbers_everywhere() {
    for errno in Errno::ALL {
        let (number, name) = (*errno as u8, errno.name());
        let upper = name.to_uppercase();
        assert!(DOCUMENT.contains(&format!("| {number} | `{name}` |")), "{name}");
        assert!(HEADER.contains(&format!(" ERMINE_{upper} = {number},")), "{name}");
        assert!(GUEST_ERRORS.contains(&format!(" = {number}, \"{name}\";")), "{name}");
    }
}
