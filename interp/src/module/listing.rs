//! Where translated code comes from: offsets for backtraces, and listings.
//!
//! Nothing of this is kept beside the code. A function is translated again, the same way, when somebody asks.

use alloc::{string::String, vec::Vec};

use wasmparser::{BinaryReader, FunctionBody};

use super::{ModuleInner, features, get};
use crate::{
    code::{
        decode::{Instruction, decode},
        disasm,
    },
    engine::Engine,
    exec::Kind,
    translate::{Listing, Options, list},
};

/// One instruction of translated code, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeLine {
    /// The byte of the module with the wasm operator that it was made for, if it was made for one.
    pub module_offset: Option<usize>,
    /// Its place in the function's code, then name and operands.
    pub text: String,
}

/// How an engine translates.
pub(super) fn options(engine: &Engine) -> Options {
    let config = engine.config();
    Options {
        kind: engine.kind(),
        metered: config.metered(),
        count_operators: config.count_operators,
        profile: config.profile,
        fuse: config.fuse,
    }
}

impl ModuleInner {
    /// The byte of the module that a position in a function's code was made for.
    pub(crate) fn module_offset(&self, defined: u32, position: u32) -> Option<usize> {
        let listing = self.list(defined)?;
        let unit = compact_unit(self.engine.kind(), &listing.code, position)?;
        origin(&listing, unit)
    }

    /// The compact code of a function, one line per instruction.
    pub(super) fn disassemble(&self, func: u32) -> Option<Vec<CodeLine>> {
        let listing = self.list(func.checked_sub(self.env.imported_funcs)?)?;
        let lines = instructions(&listing.code).map(|(at, instruction)| {
            let mut text = alloc::format!("{at:04} ");
            // Writing to a string cannot fail.
            let _ = disasm::write(&mut text, &instruction, at);
            let module_offset = u32::try_from(at).ok().and_then(|unit| origin(&listing, unit));
            CodeLine { module_offset, text }
        });
        Some(lines.collect())
    }

    fn list(&self, defined: u32) -> Option<Listing> {
        let range = get(&self.bodies, defined)?.clone();
        let func = self.env.imported_funcs.checked_add(defined)?;
        let bytes = self.wasm.get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?)?;
        let config = self.engine.config();
        let reader = BinaryReader::new_features(bytes, range.start.into(), features::enabled(config));
        list(&self.env, &options(&self.engine), config.get_limits(), func, &FunctionBody::new(reader)).ok()
    }
}

/// The offset that belongs to a unit of compact code: that of the last entry at or before it.
fn origin(listing: &Listing, unit: u32) -> Option<usize> {
    let behind = listing.offsets.partition_point(|&(at, _)| at <= unit);
    let (_, offset) = *listing.offsets.get(behind.checked_sub(1)?)?;
    usize::try_from(offset).ok()
}

/// Where the instruction that a position is in starts in compact code.
fn compact_unit(kind: Kind, code: &[u16], position: u32) -> Option<u32> {
    let mut end = 0;
    for (at, instruction) in instructions(code) {
        end += match kind {
            Kind::Loop => instruction.len(),
            // Threaded code: a word for the handler, then four fields a word.
            #[cfg(ermine_tail)]
            Kind::Tail => 1 + instruction.fields.len().div_ceil(4),
        };
        if usize::try_from(position).ok()? < end {
            return u32::try_from(at).ok();
        }
    }
    None
}

/// The instructions of compact code, and where each starts.
fn instructions(code: &[u16]) -> impl Iterator<Item = (usize, Instruction<'_>)> {
    let mut next = 0;
    core::iter::from_fn(move || {
        let (at, instruction) = (next, decode(code, next)?);
        next += instruction.len();
        Some((at, instruction))
    })
}
