//! Where translated code comes from: offsets for backtraces, and listings.
//!
//! Nothing of this is kept beside the code. A function is translated again, the same way, when somebody asks.

use alloc::{string::String, vec::Vec};

use wasmparser::{BinaryReader, FunctionBody};

use super::{ModuleInner, features, get};
use crate::{
    code::{
        decode::{compact_unit, instructions},
        disasm,
    },
    engine::Engine,
    translate::{Job, Listing, Options, list},
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
        metered: config.metered(),
        count_operators: config.count_operators,
        profile: engine.profile(),
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

    /// Where the instruction that a position is in starts in the function's compact code, which is not kept.
    pub(super) fn listed_offset(&self, defined: u32, position: u32) -> Option<u32> {
        compact_unit(self.engine.kind(), &self.list(defined)?.code, position)
    }

    /// The compact code of a function, one line per instruction.
    pub(super) fn disassemble(&self, func: u32) -> Option<Vec<CodeLine>> {
        let defined = func.checked_sub(self.env.imported_funcs)?;
        let listing = match self.bytes.image() {
            Some(image) => Listing { code: image.code_of(func)?.into(), offsets: Vec::new() },
            None => self.list(defined)?,
        };
        let lines = instructions(&listing.code).map(|(at, instruction)| {
            let mut text = alloc::format!("{at:04} ");
            // Writing to a string cannot fail.
            let _ = disasm::write(&mut text, &instruction, at);
            let module_offset = u32::try_from(at).ok().and_then(|unit| origin(&listing, unit));
            CodeLine { module_offset, text }
        });
        Some(lines.collect())
    }

    /// A function, translated again.
    pub(super) fn list(&self, defined: u32) -> Option<Listing> {
        let (func, body) = self.body(defined)?;
        let limits = self.engine.config().get_limits();
        let job = Job { env: &self.env, options: &options(&self.engine), limits, func };
        // Nothing else may have validated a function that was never called.
        list(&job, &body, self.validator(func).as_mut()).ok()
    }

    /// A function's index and its body.
    pub(super) fn body(&self, defined: u32) -> Option<(u32, FunctionBody<'_>)> {
        let range = get(&self.bodies, defined)?.clone();
        let func = self.env.imported_funcs.checked_add(defined)?;
        let bytes = self.bytes.as_slice().get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?)?;
        let reader = BinaryReader::new_features(bytes, range.start.into(), features::enabled(self.engine.config()));
        Some((func, FunctionBody::new(reader)))
    }
}

/// The offset that belongs to a unit of compact code: that of the last entry at or before it.
fn origin(listing: &Listing, unit: u32) -> Option<usize> {
    let behind = listing.offsets.partition_point(|&(at, _)| at <= unit);
    let (_, offset) = *listing.offsets.get(behind.checked_sub(1)?)?;
    usize::try_from(offset).ok()
}
