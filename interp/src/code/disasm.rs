//! Compact code as text: one line per instruction.

use core::fmt::{self, Write};

use super::decode::{Instruction, get32};
use crate::isa::Field;
use crate::isa::form::{Place, Shape};
use crate::isa::lookup::{OpInfo, form};

/// Writes one instruction at `at`, without a line break: name, result, operands, target.
pub(crate) fn write(out: &mut impl Write, instruction: &Instruction<'_>, at: usize) -> fmt::Result {
    let (info, layout) = (instruction.info, &instruction.info.layout);
    write!(out, "{}{}", info.shape.prefix(), info.row.info().name)?;
    let mut separator = " ";
    if layout.writes.is_some() && !has_result_slot(info) {
        write_acc(out, &mut separator)?;
    }
    let mut acc_at = layout.reads.map(|_| fields_before_acc(instruction));
    let mut unit = 0;
    for (index, &field) in layout.fields().iter().enumerate() {
        if acc_at.take_if(|at| *at == index).is_some() {
            write_acc(out, &mut separator)?;
        }
        out.write_str(core::mem::replace(&mut separator, ", "))?;
        write_field(out, field, instruction.fields.get(unit..).unwrap_or(&[]), at)?;
        unit += field.bytes() / 2;
    }
    if acc_at.is_some() { write_acc(out, &mut separator) } else { Ok(()) }
}

fn write_acc(out: &mut impl Write, separator: &mut &'static str) -> fmt::Result {
    write!(out, "{}acc", core::mem::replace(separator, ", "))
}

/// Whether the first field is the slot of the result.
fn has_result_slot(info: &OpInfo) -> bool {
    matches!(info.layout.fields().first(), Some(Field::Write(_)))
}

/// How many fields come before the operand that is in the accumulator.
fn fields_before_acc(instruction: &Instruction<'_>) -> usize {
    let Some(form) = form(instruction.code) else { return 0 };
    let values = match form.shape {
        // The slot and its step: in front of what the form names.
        Shape::Step | Shape::StepMetered | Shape::StepBy => 2,
        Shape::AddStep => 4,
        // The values to choose from, if the form does not name them.
        Shape::Select if form.key.places().count() == 2 => 2,
        Shape::Select
        | Shape::Binary
        | Shape::Ternary
        | Shape::Unary
        | Shape::Compare
        | Shape::Branch
        | Shape::BranchMetered
        | Shape::Load
        | Shape::Store
        | Shape::GlobalGet
        | Shape::GlobalSet
        | Shape::Return
        | Shape::Plain => 0,
    };
    let before = form.key.places().take_while(|&(place, _)| place != Place::A);
    let operands: usize = before.map(|(place, _)| if place == Place::M { 2 } else { 1 }).sum();
    usize::from(has_result_slot(instruction.info)) + values + operands
}

fn write_field(out: &mut impl Write, field: Field, units: &[u16], at: usize) -> fmt::Result {
    let short = units.first().copied().unwrap_or(0);
    let long = get32(units, 0).unwrap_or(0);
    let target = |distance: i32| (at as i64 + i64::from(distance)).max(0);
    match field {
        Field::Read(_) | Field::Write(_) | Field::Update(_) => write!(out, "s{}", short / 4),
        Field::FarRead(_) | Field::FarWrite(_) => write!(out, "s{}", long / 4),
        Field::Imm16 => write!(out, "#{}", short as i16),
        Field::Imm32 => write!(out, "#{}", long as i32),
        Field::Imm64 => write!(out, "#{:#x}", u64::from(long) | u64::from(get32(units, 2).unwrap_or(0)) << 32),
        Field::Offset16 => write!(out, "+{short}"),
        Field::Offset32 => write!(out, "+{long}"),
        Field::Branch => write!(out, "-> {:04}", target(i32::from(short as i16))),
        Field::FarBranch => write!(out, "-> {:04}", target(long as i32)),
        Field::BranchTable => {
            out.write_str("[")?;
            for entry in 0..=long as usize {
                let distance = get32(units, 2 + 2 * entry).unwrap_or(0) as i32;
                write!(out, "{}{:04}", if entry == 0 { "" } else { " " }, target(distance))?;
            }
            out.write_str("]")
        }
        Field::Fuel16 => write!(out, "fuel {short}"),
        Field::Func | Field::AnyFunc => write!(out, "func {long}"),
        Field::Type => write!(out, "type {long}"),
        Field::Global => write!(out, "global {long}"),
        Field::Table => write!(out, "table {long}"),
        Field::Memory => write!(out, "memory {short}"),
        Field::Elem => write!(out, "elem {long}"),
        Field::Data => write!(out, "data {long}"),
        Field::Frame => write!(out, "frame s{}", short / 4),
        Field::Link => write!(out, "link s{}", short / 4),
        Field::Bytes => write!(out, "{short}"),
    }
}
