//! Which proposals are on, and which one a refused module would have needed.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use wasmparser::WasmFeatures;

use super::parse::validate_with;
use crate::{
    config::{Config, Proposals},
    error::{Error, ErrorKind},
};

/// A proposal as wasmparser knows it.
struct Proposal {
    name: &'static str,
    feature: WasmFeatures,
    /// Its switch in [`Config`]; nothing for what this engine does not support.
    switch: Option<fn(&Proposals) -> bool>,
}

const fn unsupported(name: &'static str, feature: WasmFeatures) -> Proposal {
    Proposal { name, feature, switch: None }
}

const fn switchable(name: &'static str, feature: WasmFeatures, switch: fn(&Proposals) -> bool) -> Proposal {
    Proposal { name, feature, switch: Some(switch) }
}

/// All proposals, those that build on others first: [`needed`] takes them away in this order.
const PROPOSALS: [Proposal; 27] = [
    unsupported("multibyte-array-access", WasmFeatures::MULTIBYTE_ARRAY_ACCESS),
    unsupported("acquire-release-atomics", WasmFeatures::ACQUIRE_RELEASE_ATOMICS),
    unsupported("shared-everything-threads", WasmFeatures::SHARED_EVERYTHING_THREADS),
    unsupported("custom-descriptors", WasmFeatures::CUSTOM_DESCRIPTORS),
    unsupported("stack-switching", WasmFeatures::STACK_SWITCHING),
    unsupported("legacy-exceptions", WasmFeatures::LEGACY_EXCEPTIONS),
    unsupported("memory-control", WasmFeatures::MEMORY_CONTROL),
    unsupported("compact-import-section", WasmFeatures::COMPACT_IMPORTS),
    unsupported("gc", WasmFeatures::GC),
    unsupported("function-references", WasmFeatures::FUNCTION_REFERENCES),
    unsupported("exception-handling", WasmFeatures::EXCEPTIONS),
    unsupported("threads", WasmFeatures::THREADS),
    unsupported("relaxed-simd", WasmFeatures::RELAXED_SIMD),
    unsupported("simd", WasmFeatures::SIMD),
    unsupported("wide-arithmetic", WasmFeatures::WIDE_ARITHMETIC),
    unsupported("memory64", WasmFeatures::MEMORY64),
    switchable("custom-page-sizes", WasmFeatures::CUSTOM_PAGE_SIZES, |on| on.custom_page_sizes),
    switchable("multi-memory", WasmFeatures::MULTI_MEMORY, |on| on.multi_memory),
    switchable("tail-call", WasmFeatures::TAIL_CALL, |on| on.tail_call),
    switchable("extended-const", WasmFeatures::EXTENDED_CONST, |on| on.extended_const),
    switchable("reference-types", WasmFeatures::REFERENCE_TYPES, |on| on.reference_types),
    switchable("bulk-memory-operations", WasmFeatures::BULK_MEMORY, |on| on.bulk_memory),
    switchable("multi-value", WasmFeatures::MULTI_VALUE, |on| on.multi_value),
    switchable("saturating-float-to-int", WasmFeatures::SATURATING_FLOAT_TO_INT, |on| on.saturating_float_to_int),
    switchable("sign-extension-ops", WasmFeatures::SIGN_EXTENSION, |on| on.sign_extension),
    switchable("mutable-global", WasmFeatures::MUTABLE_GLOBAL, |on| on.mutable_global),
    switchable("floats", WasmFeatures::FLOATS, |on| on.floats),
];

/// wasmparser's features for a configuration.
pub(super) fn enabled(config: &Config) -> WasmFeatures {
    // `externref` is one of what wasmparser calls GC types.
    let mut features = WasmFeatures::GC_TYPES;
    for proposal in &PROPOSALS {
        if is_on(proposal, config) {
            features.insert(proposal.feature);
        }
    }
    features
}

fn is_on(proposal: &Proposal, config: &Config) -> bool {
    proposal.switch.is_some_and(|switch| switch(&config.proposals))
}

/// Names the proposals in an error about a module that would be valid with them.
///
/// Validates anew once per proposal, so takes a constant factor longer than the validation that failed.
#[cold]
pub(super) fn explain(error: Error, config: &Config, wasm: &[u8]) -> Error {
    let ErrorKind::Wasm { message, offset } = error.kind() else { return error };
    let missing = match missing_by_message(message, wasm, *offset) {
        Some(missing) => missing,
        None => match needed(config, wasm) {
            Some(needed) => needed,
            None => return error,
        },
    };
    let missing: Vec<&Proposal> = missing.into_iter().filter(|proposal| !is_on(proposal, config)).collect();
    if missing.is_empty() {
        return error;
    }
    let mut names = String::new();
    for proposal in &missing {
        if !names.is_empty() {
            names.push_str(", ");
        }
        names.push_str(proposal.name);
    }
    ErrorKind::Proposal {
        names: names.into(),
        switched_off: missing.iter().all(|proposal| proposal.switch.is_some()),
        message: message.to_string().into(),
        offset: *offset,
    }
    .into()
}

/// What cannot be tried, since the validator is built without it.
fn missing_by_message(message: &str, wasm: &[u8], offset: usize) -> Option<Vec<&'static Proposal>> {
    /// Second byte of the first opcode of relaxed SIMD: 0x100, as LEB128.
    const RELAXED: [u8; 2] = [0x80, 0x02];
    if !message.contains("SIMD opcode") {
        return None;
    }
    let opcode = offset.checked_add(1).and_then(|at| wasm.get(at..)).unwrap_or_default();
    let relaxed = opcode.get(..2).is_some_and(|bytes| bytes[0] >= RELAXED[0] && bytes[1] == RELAXED[1]);
    let name = if relaxed { "relaxed-simd" } else { "simd" };
    Some(PROPOSALS.iter().filter(|proposal| proposal.name == name).collect())
}

/// A smallest set of proposals, beside those that are on, with which the module is valid. Nothing if it never is.
fn needed(config: &Config, wasm: &[u8]) -> Option<Vec<&'static Proposal>> {
    let valid = |features| validate_with(features, config.get_limits(), wasm);
    let mut features = enabled(config);
    for proposal in &PROPOSALS {
        features.insert(proposal.feature);
    }
    match valid(features) {
        Ok(()) => {}
        Err(error) => {
            let ErrorKind::Wasm { message, offset } = error.kind() else { return None };
            return missing_by_message(message, wasm, *offset);
        }
    }
    for proposal in PROPOSALS.iter().filter(|proposal| !is_on(proposal, config)) {
        let without = features.difference(proposal.feature);
        if valid(without).is_ok() {
            features = without;
        }
    }
    let needed = |proposal: &&'static Proposal| features.contains(proposal.feature) && !is_on(proposal, config);
    Some(PROPOSALS.iter().filter(needed).collect())
}
