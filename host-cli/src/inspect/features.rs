//! Which proposals a module needs.
//!
//! What sections need is found by taking one proposal away after the other and validating the sections, which is quick. What function bodies need
//! is found in their operators. If the two together do not make the module valid, proposals are taken away from the whole module instead.

use std::collections::BTreeSet;
use wasmparser::{BlockType, FunctionBody, Operator, Parser, Payload, ValType, ValidPayload, Validator, WasmFeatures};

/// What is no proposal, or none about modules: floats, a switch for hosts without a collector, parts of proposals, components.
const ALWAYS: WasmFeatures = WasmFeatures::FLOATS
    .union(WasmFeatures::GC_TYPES)
    .union(WasmFeatures::BULK_MEMORY_OPT)
    .union(WasmFeatures::CALL_INDIRECT_OVERLONG);

/// The names of the proposals that the module needs, sorted. Nothing if it is not valid with all of them.
pub(super) fn needed(wasm: &[u8]) -> Option<BTreeSet<String>> {
    let simd = unparsable(wasm);
    if !simd.is_empty() {
        // The rest cannot be validated, but what is known is true.
        let sections = fewest(all(), |features| sections_valid(features, wasm)).unwrap_or_default();
        return Some(names(sections.union(operators(wasm))).chain(simd).collect());
    }
    let (sections, bodies) = (fewest(all(), |features| sections_valid(features, wasm))?, operators(wasm));
    let guess = sections.union(bodies);
    let features =
        if valid(guess, wasm) { guess } else { fewest(all(), |features| valid(features, wasm))?.union(bodies) };
    Some(names(features).collect())
}

/// All proposals that wasmparser knows.
fn all() -> WasmFeatures {
    let components =
        WasmFeatures::all().iter_names().filter(|(name, _)| name.starts_with("CM_") || *name == "COMPONENT_MODEL");
    components.fold(WasmFeatures::all(), |features, (_, feature)| features.difference(feature))
}

/// A smallest set of features with which something holds; nothing if it does not hold with `features`.
fn fewest(mut features: WasmFeatures, holds: impl Fn(WasmFeatures) -> bool) -> Option<WasmFeatures> {
    if !holds(features) {
        return None;
    }
    // Later proposals build on earlier ones, and so have to go first.
    let proposals: Vec<WasmFeatures> = all().iter_names().map(|(_, feature)| feature).collect();
    for feature in proposals.into_iter().rev().filter(|&feature| !ALWAYS.contains(feature)) {
        let feature = feature.difference(ALWAYS);
        let without = features.difference(feature);
        if holds(without) {
            features = without;
        }
    }
    Some(features)
}

/// Names as the proposals' repositories have them.
fn names(features: WasmFeatures) -> impl Iterator<Item = String> {
    let features = features.union(ALWAYS);
    let known =
        all().iter_names().filter(move |(_, feature)| !ALWAYS.contains(*feature) && features.contains(*feature));
    known.map(|(name, _)| match name {
        "BULK_MEMORY" => "bulk-memory-operations".to_owned(),
        "SIGN_EXTENSION" => "sign-extension-ops".to_owned(),
        "EXCEPTIONS" => "exception-handling".to_owned(),
        "COMPACT_IMPORTS" => "compact-import-section".to_owned(),
        name => name.to_ascii_lowercase().replace('_', "-"),
    })
}

/// Whether the whole module is valid.
fn valid(features: WasmFeatures, wasm: &[u8]) -> bool {
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut validator = Validator::new_with_features(features);
    let mut allocations = Default::default();
    parser.parse_all(wasm).all(|payload| {
        let Ok(payload) = payload else { return false };
        match validator.payload(&payload) {
            Ok(ValidPayload::Func(func, body)) => {
                let mut function = func.into_validator(std::mem::take(&mut allocations));
                let verdict = function.validate(&body);
                allocations = function.into_allocations();
                verdict.is_ok()
            }
            Ok(ValidPayload::Ok | ValidPayload::Parser(_) | ValidPayload::End(_)) => true,
            Err(_) => false,
        }
    })
}

/// Whether everything but function bodies is valid.
fn sections_valid(features: WasmFeatures, wasm: &[u8]) -> bool {
    let mut parser = Parser::new(0);
    parser.set_features(features);
    let mut validator = Validator::new_with_features(features);
    parser.parse_all(wasm).all(|payload| payload.is_ok_and(|payload| validator.payload(&payload).is_ok()))
}

/// What function bodies need.
fn operators(wasm: &[u8]) -> WasmFeatures {
    let mut features = WasmFeatures::empty();
    for_each_body(wasm, |body| features = features.union(body_needs(body)));
    features
}

fn for_each_body<'a>(wasm: &'a [u8], mut visit: impl FnMut(&FunctionBody<'a>)) {
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        if let Payload::CodeSectionEntry(body) = payload {
            visit(&body);
        }
    }
}

fn body_needs(body: &FunctionBody<'_>) -> WasmFeatures {
    let mut features = WasmFeatures::empty();
    for (_, ty) in body.get_locals_reader().into_iter().flatten().map_while(Result::ok) {
        match ty {
            ValType::V128 => features |= WasmFeatures::SIMD,
            ValType::Ref(_) => features |= WasmFeatures::REFERENCE_TYPES,
            ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 => {}
        }
    }
    for operator in body.get_operators_reader().into_iter().flatten().map_while(Result::ok) {
        let proposal = proposal_of(&operator);
        if proposal != "mvp" {
            features |= WasmFeatures::from_name(&proposal.to_ascii_uppercase()).unwrap_or(WasmFeatures::empty());
        }
        if let Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty } = operator
            && matches!(blockty, BlockType::FuncType(_))
        {
            features |= WasmFeatures::MULTI_VALUE;
        }
    }
    features
}

macro_rules! proposals {
    ($( @$proposal:ident $op:ident $({ $($arg:ident: $ty:ty),* })? => $visit:ident ($($arity:tt)*) )*) => {
        /// wasmparser's name of the proposal that an operator came with.
        fn proposal_of(operator: &Operator<'_>) -> &'static str {
            match operator {
                $(Operator::$op { .. } => stringify!($proposal),)*
                // wasmparser may learn more operators.
                _ => "mvp",
            }
        }
    };
}

wasmparser::for_each_operator!(proposals);

/// The names of the proposals whose operators this build of wasmparser does not read.
fn unparsable(wasm: &[u8]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for_each_body(wasm, |body| {
        let Ok(operators) = body.get_operators_reader() else { return };
        if let Some(Err(error)) = operators.into_iter().find(Result::is_err)
            && error.message().contains("SIMD opcode")
        {
            let at = error.offset().saturating_sub(body.range().start);
            let opcode = usize::try_from(at).ok().and_then(|at| body.as_bytes().get(at + 1..)).unwrap_or_default();
            // Relaxed SIMD has the opcodes from 0x100, which is 0x80 0x02 as LEB128.
            let relaxed = matches!(opcode, [first, 0x02, ..] if *first >= 0x80);
            names.insert(if relaxed { "relaxed-simd" } else { "simd" }.to_owned());
        }
    });
    names
}

#[cfg(test)]
mod tests {
    use super::needed;

    fn check(module: &str, expected: &[&str]) {
        let wasm = wat::parse_str(module).expect("a module");
        let found = needed(&wasm).map(|names| names.into_iter().collect::<Vec<_>>());
        assert_eq!(
            found.as_deref(),
            Some(expected.iter().map(|&name| name.to_owned()).collect::<Vec<_>>().as_slice()),
            "{module}"
        );
    }

    #[test]
    fn each_proposal_is_found_alone() {
        check("(module (func (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))", &[]);
        check("(module (func (result f64) (f64.const 1)))", &[]);
        check("(module (func (result i32 i32) (i32.const 1) (i32.const 2)))", &["multi-value"]);
        check("(module (func (i32.const 1) (block (param i32) (drop))))", &["multi-value"]);
        check("(module (func (param i32) (drop (i32.extend8_s (local.get 0)))))", &["sign-extension-ops"]);
        check("(module (func (drop (i32.trunc_sat_f32_s (f32.const 1)))))", &["saturating-float-to-int"]);
        check(
            "(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0))))",
            &["bulk-memory-operations"],
        );
        check("(module (memory 1) (data \"a\"))", &["bulk-memory-operations"]);
        check("(module (table 1 externref))", &["reference-types"]);
        check("(module (func (local externref)))", &["reference-types"]);
        check("(module (func $f (return_call $f)))", &["tail-call"]);
        check("(module (global i32 (i32.add (i32.const 1) (i32.const 2))))", &["extended-const"]);
        check("(module (import \"\" \"\" (global (mut i32))))", &["mutable-global"]);
        check("(module (memory 1) (memory 1))", &["multi-memory"]);
        check("(module (memory 1 (pagesize 1)))", &["custom-page-sizes"]);
    }

    #[test]
    fn proposals_that_the_engine_lacks_are_found() {
        check("(module (memory i64 1))", &["memory64"]);
        check("(module (memory 1 1 shared))", &["threads"]);
        check("(module (memory 1) (func (drop (i32.atomic.load (i32.const 0)))))", &["threads"]);
        check("(module (tag))", &["exception-handling"]);
        check("(module (func (local v128)))", &["simd"]);
        check("(module (func (drop (v128.const i64x2 0 0))))", &["simd"]);
        check(
            "(module (func (drop (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0))) (drop)))",
            &["wide-arithmetic"],
        );
    }

    #[test]
    fn modules_that_are_never_valid_need_nothing_in_particular() {
        let wasm = wat::parse_str("(module (func (result i32)))").expect("a module");
        assert_eq!(needed(&wasm), None);
    }
}
