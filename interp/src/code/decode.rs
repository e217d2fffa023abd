//! Compact code as a sequence of instructions.

use crate::exec::Kind;
use crate::isa::lookup::{OpInfo, op};
use crate::isa::{Code, Field};

/// An instruction in compact code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Instruction<'a> {
    pub(crate) info: &'static OpInfo,
    pub(crate) code: Code,
    /// Its fields, branch table entries included.
    pub(crate) fields: &'a [u16],
}

/// The instruction at `at` (in u16), or `None` if there is none.
pub(crate) fn decode(code: &[u16], at: usize) -> Option<Instruction<'_>> {
    let number = Code(*code.get(at)?);
    let info = op(number)?;
    let mut units = info.layout.bytes() / 2;
    let rest = code.get(at + 1..)?;
    if let Some((Field::BranchTable, before)) = info.layout.fields().split_last() {
        let count_at = before.iter().map(|field| field.bytes()).sum::<usize>() / 2;
        let targets = usize::try_from(get32(rest, count_at)?).ok()?.checked_add(1)?;
        units = units.checked_add(targets.checked_mul(2)?)?;
    }
    Some(Instruction { info, code: number, fields: rest.get(..units)? })
}

impl Instruction<'_> {
    /// Units of u16 it takes.
    pub(crate) fn len(&self) -> usize {
        1 + self.fields.len()
    }

    /// Words of 8 bytes it takes in threaded code: one for the handler, then four fields in each. Never more than units of u16, so that every
    /// distance of a branch fits its field there, too.
    #[cfg(ermine_tail)]
    pub(crate) fn words(&self) -> usize {
        1 + self.fields.len().div_ceil(4)
    }
}

/// The instructions of compact code, and where each starts.
pub(crate) fn instructions(code: &[u16]) -> impl Iterator<Item = (usize, Instruction<'_>)> {
    let mut next = 0;
    core::iter::from_fn(move || {
        let (at, instruction) = (next, decode(code, next)?);
        next += instruction.len();
        Some((at, instruction))
    })
}

/// Where the instruction starts in a function's compact code that a machine of this kind has at `position` in its own code of the function.
pub(crate) fn compact_unit(kind: Kind, code: &[u16], position: u32) -> Option<u32> {
    let position = usize::try_from(position).ok()?;
    let mut end = 0;
    for (at, instruction) in instructions(code) {
        end += match kind {
            Kind::Loop => instruction.len(),
            #[cfg(ermine_tail)]
            Kind::Tail => instruction.words(),
        };
        if position < end {
            return u32::try_from(at).ok();
        }
    }
    None
}

/// Two units as one number.
pub(crate) fn get32(units: &[u16], at: usize) -> Option<u32> {
    Some(u32::from(*units.get(at)?) | u32::from(*units.get(at + 1)?) << 16)
}

/// Replaces two units by a number.
pub(crate) fn put32(units: &mut [u16], at: usize, value: u32) {
    if let Some(pair) = units.get_mut(at..at + 2) {
        pair[0] = value as u16;
        pair[1] = (value >> 16) as u16;
    }
}
