//! Names of functions: found in modules that may be invalid, and made readable.

use rustc_demangle::demangle;
use wasmparser::{CustomSectionReader, KnownCustom, Name, Parser, Payload, TypeRef};

/// A function that a module defines.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Located<'a> {
    /// Its index, imports counted.
    pub(crate) index: u32,
    /// What the name section calls it.
    pub(crate) name: Option<&'a str>,
}

/// The function with this byte of the module in its body.
pub(crate) fn function_at(wasm: &[u8], offset: u64) -> Option<Located<'_>> {
    let (mut next, mut found, mut name) = (0_u32, None, None);
    // What is behind a section that cannot be found the end of is not looked at.
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        match payload {
            Payload::ImportSection(imports) => {
                let functions = imports.into_imports().map_while(Result::ok).filter(|import| is_function(import.ty));
                next = u32::try_from(functions.count()).ok()?;
            }
            Payload::CodeSectionEntry(body) => {
                // An operator that is missing is missed at the end.
                if body.range().contains(&offset) || (body.range().end == offset && found.is_none()) {
                    found = Some(next);
                }
                next = next.checked_add(1)?;
            }
            Payload::CustomSection(section) => {
                let known = function_names(&section).find(|(index, _)| Some(*index) == found);
                name = known.map(|(_, known)| known).or(name);
            }
            // All other sections say nothing about functions.
            _ => {}
        }
    }
    Some(Located { index: found?, name })
}

/// A name as it is in the source, if it is one that Rust has mangled, without a hash.
pub(crate) fn demangled(name: &str) -> String {
    format!("{:#}", demangle(name))
}

/// Whether an import is a function.
pub(crate) fn is_function(ty: TypeRef) -> bool {
    matches!(ty, TypeRef::Func(_) | TypeRef::FuncExact(_))
}

/// The functions' names by index, if this is the name section. A malformed one is not an error in wasm: names end where it breaks.
pub(crate) fn function_names<'a>(section: &CustomSectionReader<'a>) -> impl Iterator<Item = (u32, &'a str)> + use<'a> {
    let subsections = match section.as_known() {
        KnownCustom::Name(subsections) => Some(subsections),
        _ => None,
    };
    let maps = subsections.into_iter().flatten().map_while(Result::ok).filter_map(|subsection| match subsection {
        Name::Function(map) => Some(map),
        _ => None,
    });
    maps.flat_map(|map| map.into_iter().map_while(Result::ok)).map(|naming| (naming.index, naming.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_belong_to_functions() {
        let wasm =
            wat::parse_str(r#"(module (import "a" "b" (func)) (func $f nop) (func $g nop nop))"#).expect("a module");
        let at = |offset| function_at(&wasm, offset).map(|func| (func.index, func.name));
        let bodies: Vec<_> = Parser::new(0)
            .parse_all(&wasm)
            .filter_map(|payload| match payload {
                Ok(Payload::CodeSectionEntry(body)) => Some(body.range()),
                _ => None,
            })
            .collect();
        assert_eq!(at(bodies[0].start), Some((1, Some("f"))));
        assert_eq!(at(bodies[0].end), Some((1, Some("f"))));
        assert_eq!(at(bodies[1].start), Some((2, Some("g"))));
        assert_eq!(at(8), None);
    }
}
