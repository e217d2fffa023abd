//! The table as the translator, the disassembler and the expansion ask it.

use super::derive::{
    Code, FormInfo, ROWS, RowId, RowInfo, SECTIONS, SectionId, SectionInfo, code_of, each_form, each_op, each_section,
    row,
};
use super::field::{Layout, Ty};
use super::form::*;
use super::{OP_COUNT, Profile};
use crate::exec::shape::*;

/// An instruction as data.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpInfo {
    pub(crate) row: RowId,
    pub(crate) shape: Shape,
    pub(crate) layout: Layout,
}

macro_rules! table {
    ($({ $common:tt $rare:tt $profile:tt $cfg:tt $shape:ident $form:tt [$($row:ident)*] })*) => {
        /// All instructions of this build, by number.
        static OPS: [Option<OpInfo>; OP_COUNT] = {
            let mut ops = [None; OP_COUNT];
            $($(
                #[cfg $profile]
                #[cfg $cfg]
                {
                    let layout = <$shape<row::$row, $form> as Instr>::LAYOUT;
                    ops[code_of::<row::$row, $shape<(), $form>>() as usize] = Some(OpInfo { row: RowId::$row, shape: Shape::$shape, layout });
                }
            )*)*
            ops
        };
    };
}
each_op!(table);

/// The instruction of this number, if this build has it.
pub(crate) fn op(code: Code) -> Option<&'static OpInfo> {
    OPS.get(usize::from(code.0))?.as_ref()
}

/// The form of the instruction of this number.
pub(crate) fn form(code: Code) -> Option<&'static FormInfo> {
    SECTIONS.iter().find_map(|section| {
        section.forms.iter().find(|form| code.0.checked_sub(form.first).is_some_and(|row| row < section.rows))
    })
}

impl RowId {
    /// The row as data.
    pub(crate) fn info(self) -> &'static RowInfo {
        // A row's place in `ROWS` is its number.
        &ROWS[self as usize]
    }
}

impl RowInfo {
    /// The shape of its plainest form.
    pub(crate) fn shape(&self) -> Shape {
        self.section().forms.first().map_or(Shape::Plain, |form| form.shape)
    }

    /// Whether the operands may be exchanged.
    pub(crate) fn is_commutative(&self) -> bool {
        matches!(self.section, SectionId::I32Commutative | SectionId::I64Commutative)
    }

    /// The float type that it needs a build to have.
    pub(crate) fn float(&self) -> Option<Ty> {
        self.section().float
    }

    fn section(&self) -> &'static SectionInfo {
        &SECTIONS[self.section as usize]
    }
}

/// The row of a wasm opcode: bytes as they are, 0x100 plus the second number for those behind the prefix 0xfc.
pub(crate) fn row_of(opcode: u16) -> Option<RowId> {
    BY_OPCODE.get(usize::from(opcode)).copied().flatten()
}

const OPCODES: usize = 0x108;

static BY_OPCODE: [Option<RowId>; OPCODES] = {
    let mut rows = [None; OPCODES];
    let mut index = 0;
    while index < ROW_IDS.len() {
        let opcode = ROWS[index].opcode.0;
        if (opcode as usize) < OPCODES {
            assert!(rows[opcode as usize].is_none(), "two rows have the same wasm opcode");
            rows[opcode as usize] = Some(ROW_IDS[index]);
        }
        index += 1;
    }
    rows
};

use super::derive::ROW_IDS;

/// The number of a row in the form with these places, if the profile and this build have it.
pub(crate) fn find(row: RowId, shape: Shape, places: &[Place], profile: Profile) -> Option<Code> {
    let info = row.info();
    let section = info.section();
    let key = FormKey::of(places);
    let fits = |form: &FormInfo| form.key == key && form.shape == shape && (!form.full || profile == Profile::Full);
    let code = Code(section.forms.iter().find(|form| fits(form))?.first + info.index);
    op(code).map(|_| code)
}
