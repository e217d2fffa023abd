//! Compact code as a sequence of instructions.

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
