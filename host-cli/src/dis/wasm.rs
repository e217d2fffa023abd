//! The functions of a module: names and operators.

use super::operator;
use crate::names::{demangled, function_names, is_function};
use std::collections::HashMap;
use wasmparser::{BinaryReaderError, ExternalKind, FunctionBody, Operator, Parser, Payload};

/// What a listing needs of a module.
pub(super) struct WasmModule<'a> {
    /// The functions that the module defines, by index.
    pub(super) functions: Vec<Function<'a>>,
}

/// One function.
pub(super) struct Function<'a> {
    /// Its index, imports counted.
    pub(super) index: u32,
    /// Its name in the name section.
    pub(super) name: Option<&'a str>,
    /// The names it is exported under.
    pub(super) exports: Vec<&'a str>,
    body: FunctionBody<'a>,
}

/// An operator and where it is.
pub(super) struct OperatorLine {
    /// Offset in the module.
    pub(super) offset: u64,
    /// The operator with its immediates, indented by nesting.
    pub(super) text: String,
}

impl<'a> WasmModule<'a> {
    /// Reads names and function bodies.
    pub(super) fn parse(wasm: &'a [u8]) -> Result<Self, BinaryReaderError> {
        let mut imported = 0;
        let mut bodies = Vec::new();
        let mut names = HashMap::new();
        let mut exports: HashMap<u32, Vec<&'a str>> = HashMap::new();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        imported += u32::from(is_function(import?.ty));
                    }
                }
                Payload::ExportSection(section) => {
                    for export in section {
                        let export = export?;
                        if export.kind == ExternalKind::Func {
                            exports.entry(export.index).or_default().push(export.name);
                        }
                    }
                }
                Payload::CodeSectionEntry(body) => bodies.push(body),
                Payload::CustomSection(section) => names.extend(function_names(&section)),
                // All other sections say nothing about functions' names and bodies.
                _ => {}
            }
        }
        let functions = bodies.into_iter().zip(imported..).map(|(body, index)| Function {
            index,
            name: names.get(&index).copied(),
            exports: exports.remove(&index).unwrap_or_default(),
            body,
        });
        Ok(Self { functions: functions.collect() })
    }
}

impl Function<'_> {
    /// Whether it has this name, mangled or not, or is exported under it.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.exports.contains(&name) || self.name.is_some_and(|own| own == name || demangled(own) == name)
    }

    /// Size of the body in bytes.
    pub(super) fn bytes(&self) -> usize {
        self.body.as_bytes().len()
    }

    /// Its operators, one a line.
    pub(super) fn operators(&self) -> Result<Vec<OperatorLine>, BinaryReaderError> {
        let mut lines = Vec::new();
        let mut depth = 0_usize;
        for item in self.body.get_operators_reader()?.into_iter_with_offsets() {
            let (operator, offset) = item?;
            if matches!(operator, Operator::End | Operator::Else) {
                depth = depth.saturating_sub(1);
            }
            // A body's last `end` closes no block.
            let indent = "  ".repeat(depth.min(20));
            lines.push(OperatorLine { offset, text: format!("{indent}{}", operator::text(&operator)) });
            if matches!(operator, Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } | Operator::Else)
            {
                depth += 1;
            }
        }
        Ok(lines)
    }
}
