//! `docs/isa.md`, written from the table.

use core::fmt::Write as _;
use std::string::String;
use std::{env, fs, path::Path};

use super::derive::{Code, FormInfo, Opcode, ROW_IDS, RowInfo, SECTIONS, SectionInfo};
use super::field::{Field, Layout, Ty};
use super::form::Shape;
use super::lookup::op;

const HEAD: &str = "\
# The instruction set

Written by a test from the op table, `interp/src/isa/table.rs`: do not edit. `ERMINE_BLESS=1 cargo test -p ermine isa` writes it anew.

A *row* is an operation; a *form* says where its operands come from and where its result goes; a row in a form is an instruction.
Its number is the form's plus that of the row; rows count from 0 in the order of these lists.

Compact code is a sequence of little-endian u16: the number, then the fields, each one, two or four u16. Threaded code has the address of the
handler in place of the number and pads the fields to 8 bytes. `bytes` below is the size in compact code.

| Place | Is | Field |
|---|---|---|
| S | a slot of the frame | u16, its byte offset |
| A | the accumulator of the value's type | none |
| I | an immediate, sign-extended | i16 |
| W | an immediate, sign-extended, or the bits of an f32 | 32 bits |
| K | an immediate | 64 bits |
| O | an offset into memory 0 | u16 |
| P | an offset into memory 0 | u32 |
| M | a memory and an offset | u16, u32 |

A form lists the places of the operands, then that of the result. A result in a slot is in the accumulator, too. Fields come in the order
result, operands, branch target, fuel. Several operands before an offset are added to it, an immediate behind one shifts it left.

| Shape | Does |
|---|---|
| Binary, Ternary, Unary, Compare | computes a result |
| Branch, BranchMetered | branches if the comparison holds |
| Step, StepMetered | adds an immediate to a slot, branches if the comparison holds for the sum |
| AddStep | adds an immediate to a slot, then does what Step does |
| StepBy | as Step, with a slot in the place of the immediate |
| Load, Store | reads or writes memory |
| Select, GlobalGet, GlobalSet | by the width of the value |
| Return | leaves the function with one result |
| Plain | what the row says; its fields are its own |

Profile `base` is in every build; `full` needs the cargo feature of that name.
";

/// The whole document.
fn document() -> String {
    let mut out = String::from(HEAD);
    let count: usize = SECTIONS.iter().map(|section| usize::from(section.rows) * section.forms.len()).sum();
    let _ = writeln!(out, "\n{} rows, {count} instructions.\n\n{}", ROW_IDS.len(), super::fingerprint::summary());
    let mut rows = ROW_IDS;
    for section in SECTIONS {
        let (own, rest) = rows.split_at(usize::from(section.rows));
        rows = rest;
        let infos = own.iter().map(|row| row.info());
        let _ = write!(out, "\n## {:?}\n\n", own[0].info().section);
        if section.forms.iter().all(|form| form.shape == Shape::Plain) {
            plain(&mut out, section, infos);
        } else {
            shaped(&mut out, section, infos);
        }
    }
    out
}

/// A section whose rows have fields of their own.
fn plain<'a>(out: &mut String, section: &SectionInfo, rows: impl Iterator<Item = &'a RowInfo>) {
    out.push_str("| Number | Row | Opcode | Fields | Bytes | Profile |\n|---|---|---|---|---|---|\n");
    for row in rows {
        let number = section.forms[0].first + row.index;
        let Some(info) = op(Code(number)) else { continue };
        let _ = write!(out, "| {number} | {} | {} | ", row.name, opcode(row.opcode));
        fields(out, &info.layout);
        let _ = writeln!(out, " | {} | {} |", bytes(&info.layout), profile(&section.forms[0]));
    }
}

/// A section whose rows share their forms.
fn shaped<'a>(out: &mut String, section: &SectionInfo, rows: impl Iterator<Item = &'a RowInfo>) {
    out.push_str("| Row | Opcode | Operands | Result | Inverse |\n|---|---|---|---|---|\n");
    for row in rows {
        let (operand, result) = row.types;
        let inverse = row.inverse.map_or("", |inverse| inverse.info().name);
        let _ =
            writeln!(out, "| {} | {} | {} | {} | {inverse} |", row.name, opcode(row.opcode), ty(operand), ty(result));
    }
    out.push_str("\n| Number | Form | Fields | Bytes | Profile |\n|---|---|---|---|---|\n");
    for form in section.forms {
        let Some(info) = op(Code(form.first)) else { continue };
        let _ = write!(out, "| {} | {:?}", form.first, form.shape);
        let _ = form.key.write(out);
        out.push_str(" | ");
        fields(out, &info.layout);
        let _ = writeln!(out, " | {} | {} |", bytes(&info.layout), profile(form));
    }
}

fn opcode(opcode: Opcode) -> String {
    let mut text = String::new();
    let _ = match opcode {
        Opcode::NONE => Ok(()),
        Opcode(byte @ 0..=0xff) => write!(text, "{byte:#04x}"),
        Opcode(prefixed) => write!(text, "0xfc {:#04x}", prefixed - 0x100),
    };
    text
}

fn ty(ty: Ty) -> &'static str {
    match ty {
        Ty::I32 => "i32",
        Ty::I64 => "i64",
        Ty::F32 => "f32",
        Ty::F64 => "f64",
    }
}

fn profile(form: &FormInfo) -> &'static str {
    if form.full { "full" } else { "base" }
}

/// Bytes in compact code: of a branch table, without its targets.
fn bytes(layout: &Layout) -> usize {
    2 + layout.bytes()
}

/// The fields in order, and the accumulator.
fn fields(out: &mut String, layout: &Layout) {
    let mut separator = "";
    for &field in layout.fields() {
        let (what, of) = describe(field);
        let _ = write!(out, "{separator}{what}");
        if let Some(of) = of {
            let _ = write!(out, " {}", ty(of));
        }
        separator = ", ";
    }
    if let Some(read) = layout.reads {
        let _ = write!(out, "{separator}reads acc {}", ty(read));
    }
}

/// What a field is, and of which type the value in its slot.
fn describe(field: Field) -> (&'static str, Option<Ty>) {
    match field {
        Field::Read(of) => ("slot read", Some(of)),
        Field::Write(of) => ("slot written", Some(of)),
        Field::Update(of) => ("slot updated", Some(of)),
        Field::FarRead(of) => ("far slot read", Some(of)),
        Field::FarWrite(of) => ("far slot written", Some(of)),
        Field::Imm16 => ("imm i16", None),
        Field::Imm32 => ("imm i32", None),
        Field::Imm64 => ("imm 64", None),
        Field::Offset16 => ("offset u16", None),
        Field::Offset32 => ("offset u32", None),
        Field::Branch => ("branch i16", None),
        Field::FarBranch => ("branch i32", None),
        Field::BranchTable => ("count u32 and count + 1 branches i32", None),
        Field::Fuel16 => ("fuel u16", None),
        Field::Func => ("defined function u32", None),
        Field::AnyFunc => ("function u32", None),
        Field::Type => ("type u32", None),
        Field::Global => ("global u32", None),
        Field::Table => ("table u32", None),
        Field::Memory => ("memory u16", None),
        Field::Elem => ("element segment u32", None),
        Field::Data => ("data segment u32", None),
        Field::Frame => ("frame u16", None),
        Field::Link => ("link u16", None),
        Field::Bytes => ("bytes u16", None),
    }
}

#[test]
fn isa_md_is_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/isa.md");
    let actual = document();
    if fs::read_to_string(&path).is_ok_and(|expected| expected == actual) {
        return;
    }
    assert!(env::var_os("ERMINE_BLESS").is_some(), "docs/isa.md is not what the table says: ERMINE_BLESS=1 writes it");
    fs::write(&path, actual).expect("docs/isa.md is writable");
}
