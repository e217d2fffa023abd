//! Names of instructions with their forms, for histograms and `docs/isa.md`.

use core::fmt::{self, Write};

use super::derive::Code;
use super::form::FormKey;
use super::lookup::{form, op};

impl FormKey {
    /// Writes the places as the table does, but in one row: `(S, O, A)`. Nothing where there are none.
    pub(crate) fn write(self, out: &mut impl Write) -> fmt::Result {
        let mut separator = "(";
        for (_, letter) in self.places() {
            write!(out, "{separator}{letter}")?;
            separator = ", ";
        }
        if separator == "(" { Ok(()) } else { out.write_str(")") }
    }
}

/// Writes the name of an instruction with the places of its form: `i32.add (S, I, A)`. Nothing where this build has no such instruction.
pub(crate) fn write(out: &mut impl Write, code: Code) -> fmt::Result {
    let (Some(info), Some(form)) = (op(code), form(code)) else { return Ok(()) };
    write!(out, "{}{}", info.shape.prefix(), info.row.info().name)?;
    if form.key != FormKey(0) {
        out.write_str(" ")?;
    }
    form.key.write(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::form::{Place, Shape};
    use crate::isa::lookup::find;
    use crate::isa::{Profile, RowId};
    use alloc::string::String;

    fn named(row: RowId, shape: Shape, places: &[Place]) -> String {
        let mut text = String::new();
        let code = find(row, shape, places, Profile::Base).expect("a form of the base profile");
        write(&mut text, code).expect("a string takes it");
        text
    }

    #[test]
    fn a_name_tells_the_form() {
        assert_eq!(named(RowId::I32Add, Shape::Binary, &[Place::S, Place::I, Place::A]), "i32.add (S, I, A)");
        assert_eq!(named(RowId::I32LtS, Shape::Branch, &[Place::A, Place::I]), "br_if.i32.lt_s (A, I)");
        assert_eq!(named(RowId::Copy32, Shape::Plain, &[]), "copy.32");
    }
}
