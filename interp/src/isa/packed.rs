//! Layouts as the verifier wants them: without an allocator, in little flash.
//!
//! ```text
//! fields    u32   classes of up to six fields, five bits each, the first in the lowest; 0 ends the list
//!                 bits 30, 31: Role
//! effects   u8    accumulator that is read (bits 0 to 2), accumulator that is written (3 to 5), whether control may go on behind it (6)
//! ```
//!
//! Neighbours in the numbering mostly have equal layouts. So the table has runs of equal ones: where each starts, and the layout.

use super::derive::{OP_COUNT, RowId, code_of, each_form, each_op, each_section, row};
use super::field::{Field, Layout, Next, Ty};
use super::form::{A, I, K, Keyed, M, O, P, S, Shape, W};
use crate::exec::row::{Value, ValueRow};
use crate::exec::shape::*;

/// What a field is to the verifier. Slots that are read and slots that are written are the same to it.
pub(crate) mod class {
    /// There are no more fields.
    pub(crate) const NONE: u32 = 0;

    // One unit.
    /// A slot of 4 bytes.
    pub(crate) const SLOT_4: u32 = 1;
    /// A slot of 8 bytes.
    pub(crate) const SLOT_8: u32 = 2;
    /// Anything.
    pub(crate) const ANY_1: u32 = 3;
    pub(crate) const BRANCH: u32 = 4;
    pub(crate) const FUEL: u32 = 5;
    pub(crate) const MEMORY: u32 = 6;
    pub(crate) const FRAME: u32 = 7;
    pub(crate) const LINK: u32 = 8;
    pub(crate) const BYTES: u32 = 9;

    /// The first class of more than one unit.
    pub(crate) const WIDE: u32 = 10;
    // Two units.
    /// A far slot of 4 bytes.
    pub(crate) const FAR_4: u32 = 10;
    /// A far slot of 8 bytes.
    pub(crate) const FAR_8: u32 = 11;
    /// Anything.
    pub(crate) const ANY_2: u32 = 12;
    pub(crate) const FAR_BRANCH: u32 = 13;
    /// Count of branches but one; they follow.
    pub(crate) const BRANCH_TABLE: u32 = 14;
    /// A function that the module defines, counted from the first of these, as a callee.
    pub(crate) const DEFINED: u32 = 15;
    /// A function that the module imports, as a callee.
    pub(crate) const IMPORT: u32 = 16;
    /// A function.
    pub(crate) const FUNC: u32 = 17;
    /// A type, as that of a callee.
    pub(crate) const TYPE: u32 = 18;
    /// A global of 4 bytes that is read.
    pub(crate) const GET_4: u32 = 19;
    /// A global of 8 bytes that is read.
    pub(crate) const GET_8: u32 = 20;
    /// A global of 4 bytes that is written.
    pub(crate) const SET_4: u32 = 21;
    /// A global of 8 bytes that is written.
    pub(crate) const SET_8: u32 = 22;
    pub(crate) const TABLE: u32 = 23;
    pub(crate) const ELEM: u32 = 24;
    pub(crate) const DATA: u32 = 25;

    // Four units.
    /// Anything.
    pub(crate) const ANY_4: u32 = 26;
}

/// Bits of a class.
const CLASS_BITS: u32 = 5;
/// Fields that a layout has room for.
const FIELDS: u32 = 6;

/// How an instruction stands to fuel, and whether it may be where others are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Role {
    /// It is in any code.
    Common,
    /// It is in code that pays no fuel.
    Unmetered,
    /// It pays fuel.
    Metered,
    /// It is never among a function's instructions: a header, or what calls from outside return to.
    Never,
}

/// An accumulator: 0 for none, else its type plus one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Acc(u8);

impl Acc {
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn of(ty: Ty) -> Self {
        Self(ty as u8 + 1)
    }

    /// Whether what is read here is what `held` has: nothing, the same type, or the lower half of an i64.
    pub(crate) fn is_in(self, held: Self) -> bool {
        self == Self::NONE || self == held || (self == Self::of(Ty::I32) && held == Self::of(Ty::I64))
    }

    const fn maybe(ty: Option<Ty>) -> Self {
        match ty {
            Some(ty) => Self::of(ty),
            None => Self::NONE,
        }
    }
}

/// The layout of an instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packed {
    pub(crate) fields: u32,
    pub(crate) effects: u8,
}

impl Packed {
    /// Of numbers that this build has no instruction for.
    const ABSENT: Self = Self { fields: 0, effects: u8::MAX };

    /// The classes of the fields, the first in the lowest five bits.
    pub(crate) const fn classes(self) -> u32 {
        self.fields & ((1 << (FIELDS * CLASS_BITS)) - 1)
    }

    /// The class of the first of `classes`, and those of the others.
    pub(crate) const fn split(classes: u32) -> (u32, u32) {
        (classes & ((1 << CLASS_BITS) - 1), classes >> CLASS_BITS)
    }

    pub(crate) const fn role(self) -> Role {
        match self.fields >> (FIELDS * CLASS_BITS) {
            0 => Role::Common,
            1 => Role::Unmetered,
            2 => Role::Metered,
            _ => Role::Never,
        }
    }

    /// The accumulator that it reads.
    pub(crate) const fn reads(self) -> Acc {
        Acc(self.effects & 7)
    }

    /// The accumulator that holds its result afterwards; of a return, what the function returns.
    pub(crate) const fn writes(self) -> Acc {
        Acc(self.effects >> 3 & 7)
    }

    /// Whether control may go on behind it.
    pub(crate) const fn falls_through(self) -> bool {
        self.effects >> 6 != 0
    }

    const fn of(layout: &Layout, row: RowId, shape: Shape, result: Option<Ty>) -> Self {
        let mut fields = 0;
        let mut index = 0;
        let mut metered = false;
        while let Some(field) = layout.field(index) {
            assert!((index as u32) < FIELDS, "a layout of too many fields: give `Packed` more room");
            let class = class_of(field, layout, shape);
            metered |= class == class::FUEL;
            fields |= class << (index as u32 * CLASS_BITS);
            index += 1;
        }
        let role = if metered { Role::Metered } else { role_of(row) };
        let writes = if result.is_some() { result } else { layout.writes };
        let falls_through = !matches!(layout.next, Next::Elsewhere) as u8;
        let effects = Acc::maybe(layout.reads).0 | Acc::maybe(writes).0 << 3 | falls_through << 6;
        Self { fields: fields | (role as u32) << (FIELDS * CLASS_BITS), effects }
    }

    pub(super) const fn same(self, other: Self) -> bool {
        self.fields == other.fields && self.effects == other.effects
    }
}

/// Rows whose calls pay in code that pays, and what no function contains. Fields say it of all others.
const fn role_of(row: RowId) -> Role {
    match row {
        RowId::Function | RowId::Exit => Role::Never,
        RowId::Call | RowId::CallIndirect | RowId::ReturnCall | RowId::ReturnCallIndirect => Role::Unmetered,
        RowId::CallMetered
        | RowId::CallIndirectMetered
        | RowId::ReturnCallMetered
        | RowId::ReturnCallIndirectMetered => Role::Metered,
        _ => Role::Common,
    }
}

const fn class_of(field: Field, layout: &Layout, shape: Shape) -> u32 {
    match field {
        Field::Read(ty) | Field::Write(ty) | Field::Update(ty) => by_width(ty, class::SLOT_4, class::SLOT_8),
        Field::FarRead(ty) | Field::FarWrite(ty) => by_width(ty, class::FAR_4, class::FAR_8),
        Field::Imm16 | Field::Offset16 => class::ANY_1,
        Field::Imm32 | Field::Offset32 => class::ANY_2,
        Field::Imm64 => class::ANY_4,
        Field::Branch => class::BRANCH,
        Field::FarBranch => class::FAR_BRANCH,
        Field::BranchTable => class::BRANCH_TABLE,
        Field::Fuel16 => class::FUEL,
        Field::Func => class::DEFINED,
        Field::AnyFunc if calls(layout) => class::IMPORT,
        Field::AnyFunc => class::FUNC,
        Field::Type => class::TYPE,
        Field::Global => match (shape, value_of(layout)) {
            (Shape::GlobalGet, ty) => by_width(ty, class::GET_4, class::GET_8),
            (_, ty) => by_width(ty, class::SET_4, class::SET_8),
        },
        Field::Table => class::TABLE,
        Field::Memory => class::MEMORY,
        Field::Elem => class::ELEM,
        Field::Data => class::DATA,
        Field::Frame => class::FRAME,
        Field::Link => class::LINK,
        Field::Bytes => class::BYTES,
    }
}

const fn by_width(ty: Ty, narrow: u32, wide: u32) -> u32 {
    if ty.bytes() == 4 { narrow } else { wide }
}

/// Whether it is a call.
const fn calls(layout: &Layout) -> bool {
    let mut index = 0;
    while let Some(field) = layout.field(index) {
        if matches!(field, Field::Frame) {
            return true;
        }
        index += 1;
    }
    false
}

/// The type of the one value that an instruction moves.
const fn value_of(layout: &Layout) -> Ty {
    match (layout.field(0), layout.reads, layout.writes) {
        (Some(Field::Read(ty) | Field::Write(ty)), ..) | (_, Some(ty), _) | (_, _, Some(ty)) => ty,
        _ => panic!("an instruction that moves no value"),
    }
}

/// An instruction of the table, whether this build has it or not.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) packed: Packed,
    pub(super) row: RowId,
    pub(super) shape: Shape,
    pub(super) key: u32,
    /// Only in the `full` profile.
    pub(super) full: bool,
    /// Whether this build has it.
    present: bool,
}

macro_rules! result {
    (Return $row:ident) => {
        Some(<row::$row as ValueRow>::Value::TY)
    };
    ($shape:ident $row:ident) => {
        None
    };
}

macro_rules! table {
    ($({ $common:tt $shared:tt $rare:tt $profile:tt $cfg:tt $section:ident $shape:ident $form:tt [$($row:ident)*] })*) => {
        /// All instructions, by number. Only what is computed from it at compile time is in a build.
        pub(super) const TABLE: &[Entry; OP_COUNT] = &{
            let none = Entry { packed: Packed::ABSENT, row: RowId::Function, shape: Shape::Plain, key: 0, full: false, present: false };
            let mut table = [none; OP_COUNT];
            $($(
                table[code_of::<row::$row, $shape<(), $form>>() as usize] = Entry {
                    packed: Packed::of(&<$shape<row::$row, $form> as Instr>::LAYOUT, RowId::$row, Shape::$shape, result!($shape $row)),
                    row: RowId::$row,
                    shape: Shape::$shape,
                    key: <$form as Keyed>::KEY,
                    full: is_full!($profile),
                    present: cfg! $profile && cfg! $cfg,
                };
            )*)*
            table
        };
    };
}

macro_rules! is_full {
    ((all())) => {
        false
    };
    ((feature = "full")) => {
        true
    };
}
each_op!(table);

/// How many instructions the `base` profile has. They come first.
pub(crate) const BASE_COUNT: u16 = {
    let mut count = 0;
    while count < OP_COUNT && !TABLE[count].full {
        count += 1;
    }
    let mut rest = count;
    while rest < OP_COUNT {
        assert!(TABLE[rest].full, "instructions of `base` come first");
        rest += 1;
    }
    count as u16
};

/// What this build has of the instruction of this number.
const fn packed(number: usize) -> Packed {
    let entry = &TABLE[number];
    if entry.present { entry.packed } else { Packed::ABSENT }
}

/// How many runs there are.
const RUNS: usize = {
    let mut runs = 1;
    let mut number = 1;
    while number < OP_COUNT {
        runs += !packed(number).same(packed(number - 1)) as usize;
        number += 1;
    }
    runs
};

/// The runs, as three lists: where each starts, its fields, its effects.
struct Runs {
    first: [u16; RUNS],
    fields: [u32; RUNS],
    effects: [u8; RUNS],
}

const ALL_RUNS: &Runs = &{
    let mut all = Runs { first: [0; RUNS], fields: [packed(0).fields; RUNS], effects: [packed(0).effects; RUNS] };
    let (mut number, mut run) = (1, 0);
    while number < OP_COUNT {
        let own = packed(number);
        if !own.same(packed(number - 1)) {
            run += 1;
            all.first[run] = number as u16;
            all.fields[run] = own.fields;
            all.effects[run] = own.effects;
        }
        number += 1;
    }
    all
};

static FIRST: [u16; RUNS] = ALL_RUNS.first;
static FIELDS_OF: [u32; RUNS] = ALL_RUNS.fields;
static EFFECTS: [u8; RUNS] = ALL_RUNS.effects;

/// The layout of the instruction of this number, if this build has it. Numbers beyond the last are the caller's to refuse.
pub(crate) fn layout(number: u16) -> Option<Packed> {
    let run = FIRST.partition_point(|&first| first <= number).checked_sub(1)?;
    let packed = Packed { fields: *FIELDS_OF.get(run)?, effects: *EFFECTS.get(run)? };
    (packed.effects != Packed::ABSENT.effects).then_some(packed)
}

/// Units of the verified instruction at the start of `code`, its number included.
pub(crate) fn units(code: &[u16]) -> Option<usize> {
    let (mut classes, mut units) = (layout(*code.first()?)?.classes(), 1_usize);
    while classes != class::NONE {
        let (class, rest) = Packed::split(classes);
        units += match class {
            class::ANY_4 => 4,
            class::BRANCH_TABLE => {
                let [low, high] = *code.get(units..)?.first_chunk()?;
                4 + 2 * (usize::from(high) << 16 | usize::from(low))
            }
            wide if wide >= class::WIDE => 2,
            _ => 1,
        };
        classes = rest;
    }
    Some(units)
}

#[cfg(all(test, feature = "alloc"))]
mod tests {
    use super::*;
    use crate::isa::derive::Code;
    use crate::isa::lookup::op;

    #[test]
    fn every_instruction_has_the_layout_of_the_table() {
        for number in 0..OP_COUNT as u16 {
            let (packed, info) = (layout(number), op(Code(number)));
            assert_eq!(packed.is_some(), info.is_some(), "{number}");
            let (Some(packed), Some(info)) = (packed, info) else { continue };
            assert_eq!(packed.reads(), Acc::maybe(info.layout.reads), "{number}");
            assert_eq!(packed.falls_through(), info.layout.next != Next::Elsewhere, "{number}");
            let (mut classes, mut units) = (packed.classes(), 0);
            while classes != class::NONE {
                let (class, rest) = Packed::split(classes);
                units += match class {
                    class::ANY_4 => 4,
                    wide if wide >= class::WIDE => 2,
                    _ => 1,
                };
                classes = rest;
            }
            assert_eq!(units * 2, info.layout.bytes(), "{number}");
        }
    }

    #[test]
    fn the_table_is_small() {
        let bytes = RUNS * 7;
        let most = if cfg!(feature = "full") { 6000 } else { 1500 };
        assert!(bytes <= most, "{RUNS} runs, {bytes} bytes");
    }
}
