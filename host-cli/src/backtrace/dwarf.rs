//! Files and lines from a module's DWARF sections, which compilers write as custom sections (`.debug_info` and others).
//!
//! Addresses in them count from the start of the code section's contents. Nothing in them is trusted: what cannot be read is left out.

use crate::names::demangled;
use addr2line::{Context, Location};
use ermine::Module;
use gimli::{EndianSlice, LittleEndian, SectionId};
use std::fmt;
use wasmparser::{Parser, Payload};

type Reader<'a> = EndianSlice<'a, LittleEndian>;

/// What the sections of one module say.
pub(super) struct Dwarf<'a> {
    context: Context<Reader<'a>>,
    /// Where the code section's contents begin.
    code: usize,
}

/// A function at a place in a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) name: Option<String>,
    /// `file:line:column`, as far as it is known.
    pub(super) at: Option<String>,
}

impl<'a> Dwarf<'a> {
    /// The sections of a module, if it has any.
    pub(super) fn of(module: &'a Module) -> Option<Self> {
        let find = |name: &str| module.custom_sections().find(|section| section.name() == name);
        find(SectionId::DebugInfo.name())?;
        let load = |id: SectionId| -> Result<Reader<'a>, gimli::Error> {
            Ok(EndianSlice::new(find(id.name()).map_or(&[], |section| section.data()), LittleEndian))
        };
        let context = Context::from_dwarf(gimli::Dwarf::load(load).ok()?).ok()?;
        Some(Self { context, code: code_start(module.wasm())? })
    }

    /// The functions at a byte of the module: what was inlined there first, the function itself last.
    pub(super) fn places(&self, offset: usize) -> Vec<Place> {
        let Some(address) = offset.checked_sub(self.code).and_then(|address| u64::try_from(address).ok()) else {
            return Vec::new();
        };
        let mut places = Vec::new();
        if let Ok(mut frames) = self.context.find_frames(address).skip_all_loads() {
            while let Ok(Some(frame)) = frames.next() {
                let name = frame.function.and_then(|name| Some(name.raw_name().ok()?.into_owned()));
                let name = name.map(|name| demangled(&name));
                places.push(Place { name, at: frame.location.as_ref().and_then(show) });
            }
        }
        places
    }
}

/// `file:line:column`.
fn show(location: &Location<'_>) -> Option<String> {
    let file = location.file?;
    let mut text = file.strip_prefix("./").unwrap_or(file).to_owned();
    for number in [location.line, location.column].into_iter().map_while(|number| number.filter(|number| *number > 0)) {
        text.push(':');
        text.push_str(&number.to_string());
    }
    Some(text)
}

/// Where the contents of the code section begin.
fn code_start(wasm: &[u8]) -> Option<usize> {
    Parser::new(0).parse_all(wasm).find_map(|payload| match payload {
        Ok(Payload::CodeSectionStart { unchecked_range: range, .. }) => usize::try_from(range.start).ok(),
        _ => None,
    })
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "in {}", self.name.as_deref().unwrap_or("an unnamed function"))?;
        self.at.as_ref().map_or(Ok(()), |at| write!(f, " at {at}"))
    }
}
