//! Names of instructions with their forms, for histograms and `docs/isa.md`.

use core::fmt::{self, Write};

use super::derive::{Code, SECTIONS};
use super::form::FormKey;
use super::lookup::op;

impl FormKey {
    /// Writes the places as the table does, but in one row: `(S, O, A)`. Nothing where there are none.
    pub(crate) fn write(self, out: &mut impl Write) -> fmt::Result {
        const LETTERS: &[u8] = b"?SAIWOPM";
        let count = (u32::BITS - self.0.leading_zeros()).div_ceil(4);
        for index in 0..count {
            let place = (self.0 >> (4 * (count - 1 - index))) & 15;
            let letter = LETTERS.get(place as usize).copied().unwrap_or(b'?');
            out.write_str(if index == 0 { "(" } else { ", " })?;
            out.write_char(char::from(letter))?;
        }
        if count > 0 { out.write_str(")") } else { Ok(()) }
    }
}

/// Writes the name of an instruction with the places of its form: `i32.add (S, I, A)`. Nothing where this build has no such instruction.
pub(crate) fn write(out: &mut impl Write, code: Code) -> fmt::Result {
    let Some(info) = op(code) else { return Ok(()) };
    write!(out, "{}{}", info.shape.prefix(), info.row.info().name)?;
    match form_of(code) {
        Some(key) if key.0 != 0 => {
            out.write_str(" ")?;
            key.write(out)
        }
        _ => Ok(()),
    }
}

/// The form of the instruction of this number.
fn form_of(code: Code) -> Option<FormKey> {
    SECTIONS.iter().find_map(|section| {
        let form = code.0.checked_sub(section.first)?.checked_div(section.rows)?;
        section.forms.get(usize::from(form)).map(|form| form.key)
    })
}
