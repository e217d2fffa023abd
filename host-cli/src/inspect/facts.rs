//! What is worth knowing of a module: what the file has, and what the engine makes of it.

use super::features;
use super::scan::Scan;
use super::wasi::{self, Group};
use crate::names::demangled;
use ermine::image::Inspection;

/// What the engine says to a module.
pub(super) enum Verdict {
    /// It takes it; this is its image.
    Takes(Vec<u8>),
    /// It lacks these proposals.
    Lacks(Vec<String>),
    /// It refuses it for another reason.
    Refuses(String),
}

/// What a report shows.
pub(super) struct Facts<'a> {
    pub(super) name: &'a str,
    /// Bytes of the module.
    pub(super) bytes: usize,
    pub(super) scan: Scan<'a>,
    /// The proposals that the module needs.
    pub(super) proposals: Vec<Proposal>,
    /// Why the engine does not take it, if that is not for a proposal.
    pub(super) refused: Option<String>,
    pub(super) wasi: Vec<Group<'a>>,
    /// The functions that the module defines, the largest first.
    pub(super) functions: Vec<Function>,
}

/// A proposal that a module needs.
pub(super) struct Proposal {
    pub(super) name: String,
    /// Whether the engine has it.
    pub(super) is_supported: bool,
}

/// A function that the module defines.
pub(super) struct Function {
    pub(super) index: u32,
    /// Bytes of its body.
    pub(super) wasm: u64,
    /// Bytes of compact code, if the engine takes the module.
    pub(super) code: Option<u64>,
}

impl<'a> Facts<'a> {
    pub(super) fn new(name: &'a str, wasm: &'a [u8], scan: Scan<'a>, verdict: Verdict) -> Self {
        let (image, lacking, refused) = match verdict {
            Verdict::Takes(image) => (Inspection::open(&image).ok(), Vec::new(), None),
            Verdict::Lacks(names) => (None, names, None),
            Verdict::Refuses(why) => (None, Vec::new(), Some(why)),
        };
        let needed = features::needed(wasm).unwrap_or_else(|| lacking.iter().cloned().collect());
        let proposal = |name: String| Proposal { is_supported: !lacking.contains(&name), name };
        let proposals = needed.into_iter().map(proposal).collect();
        let functions = functions(&scan, image.as_ref());
        let wasi = wasi::wanted(&scan);
        Self { name, bytes: wasm.len(), scan, proposals, refused, wasi, functions }
    }

    /// What the module is to a runner of programs.
    pub(super) fn kind(&self) -> &'static str {
        let exports = |name| self.scan.exports.iter().any(|export| export.name == name && export.item.kind == "func");
        match (exports("_start"), exports("_initialize")) {
            (true, _) => "command",
            (false, true) => "reactor",
            (false, false) => "module",
        }
    }

    /// A function's name, demangled, if it has one.
    pub(super) fn func_name(&self, index: u32) -> Option<String> {
        self.scan.names.get(&index).map(|name| demangled(name))
    }

    /// Bytes of all function bodies.
    pub(super) fn wasm_code(&self) -> u64 {
        self.functions.iter().map(|function| function.wasm).sum()
    }

    /// Bytes of all translated code.
    pub(super) fn compact_code(&self) -> Option<u64> {
        self.functions.iter().map(|function| function.code).sum()
    }
}

/// The functions, the largest first.
fn functions(scan: &Scan<'_>, image: Option<&Inspection>) -> Vec<Function> {
    let functions = scan.bodies.iter().zip(scan.imported_functions..).map(|(body, index)| {
        // Compact code is made of units of two bytes.
        let code = image.and_then(|image| image.code_units(index)).map(|units| units as u64 * 2);
        Function { index, wasm: body.end.saturating_sub(body.start), code }
    });
    let mut functions: Vec<Function> = functions.collect();
    functions
        .sort_by_key(|function| std::cmp::Reverse((function.code, function.wasm, std::cmp::Reverse(function.index))));
    functions
}
