//! Compact code as text: one line per instruction.

use core::fmt::{self, Write};

use super::decode::{Instruction, get32};
use crate::isa::Field;

/// Writes one instruction at `at`, without a line break: name, result, operands, target.
pub(crate) fn write(out: &mut impl Write, instruction: &Instruction<'_>, at: usize) -> fmt::Result {
    let info = instruction.info;
    write!(out, "{}{}", info.shape.prefix(), info.row.info().name)?;
    let mut separator = " ";
    if let (Some(_), false) = (info.layout.writes, info.layout.fields().iter().any(|field| matches!(field, Field::Write(_)))) {
        write!(out, " acc")?;
        separator = ", ";
    }
    if info.layout.reads.is_some() {
        write!(out, "{separator}(acc)")?;
        separator = ", ";
    }
    let mut unit = 0;
    for &field in info.layout.fields() {
        out.write_str(separator)?;
        separator = ", ";
        write_field(out, field, instruction.fields.get(unit..).unwrap_or(&[]), at)?;
        unit += field.bytes() / 2;
    }
    Ok(())
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
