//! The table as the translator, the disassembler and the expansion ask it.

use super::derive::{
    Code, FormInfo, ROWS, RowId, RowInfo, SECTIONS, SectionId, SectionInfo, code_of, each_form, each_op, each_section,
    row,
};
#[cfg(ermine_tail)]
use super::field::Field;
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
    ($({ $common:tt $shared:tt $rare:tt $profile:tt $cfg:tt $section:ident $shape:ident $form:tt [$($row:ident)*] })*) => {
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
///
/// The translator asks several times for each instruction it makes.
#[inline]
pub(crate) fn find(row: RowId, shape: Shape, places: &[Place], profile: Profile) -> Option<Code> {
    find_form(row, shape, FormKey::of(places), profile)
}

/// The same, by the key of the places.
#[inline]
pub(crate) fn find_form(row: RowId, shape: Shape, key: FormKey, profile: Profile) -> Option<Code> {
    let info = row.info();
    let wanted = Known::tag(info.section as u32, shape as u32, key.0);
    let mut at = Known::hash(wanted);
    loop {
        // The mask keeps the index inside.
        let known = &KNOWN[at & (KNOWN_LEN - 1)];
        if known.tag == wanted {
            return (!known.full || profile == Profile::Full).then_some(Code(known.first + info.index));
        }
        if known.tag == Known::FREE {
            return None;
        }
        at += 1;
    }
}

/// A form of a section that this build has, in a table with open addressing.
#[derive(Clone, Copy)]
struct Known {
    /// Section, shape and key.
    tag: u32,
    /// The number of its first instruction.
    first: u16,
    full: bool,
}

impl Known {
    const FREE: u32 = u32::MAX;
    /// Bits of a key: a place takes four.
    const KEY_BITS: u32 = 20;
    const SHAPE_BITS: u32 = 5;
    /// The best of some thousand: it takes 1.06 looks to find a form.
    const MULTIPLIER: u32 = 0x45f2_1e95;

    const fn tag(section: u32, shape: u32, key: u32) -> u32 {
        (section << Self::SHAPE_BITS | shape) << Self::KEY_BITS | key
    }

    /// Where a tag is looked for first.
    const fn hash(tag: u32) -> usize {
        (tag.wrapping_mul(Self::MULTIPLIER) >> (u32::BITS - KNOWN_BITS)) as usize
    }
}

const KNOWN_BITS: u32 = 11;
const KNOWN_LEN: usize = 1 << KNOWN_BITS;

static KNOWN: [Known; KNOWN_LEN] = {
    let mut table = [Known { tag: Known::FREE, first: 0, full: false }; KNOWN_LEN];
    let (mut section, mut count) = (0, 0);
    while section < SECTIONS.len() {
        let forms = SECTIONS[section].forms;
        let mut index = 0;
        while index < forms.len() {
            let form = &forms[index];
            assert!(form.key.0 >> Known::KEY_BITS == 0 && (form.shape as u32) >> Known::SHAPE_BITS == 0);
            assert!(
                section < 1 << (u32::BITS - Known::KEY_BITS - Known::SHAPE_BITS),
                "more sections than a tag can name"
            );
            if OPS[form.first as usize].is_some() {
                let tag = Known::tag(section as u32, form.shape as u32, form.key.0);
                let mut at = Known::hash(tag);
                while table[at % KNOWN_LEN].tag != Known::FREE {
                    at += 1;
                }
                table[at % KNOWN_LEN] = Known { tag, first: form.first, full: form.full };
                count += 1;
            }
            index += 1;
        }
        section += 1;
    }
    assert!(count < KNOWN_LEN * 2 / 3, "the table is too full: give it another bit");
    table
};

/// How an instruction is expanded to threaded code.
#[cfg(ermine_tail)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Units of its fields, without the entries of a branch table. [`Plan::ABSENT`] where this build has no such instruction.
    pub(crate) units: u8,
    /// One more than the unit at which a near branch's distance, a far one's, or a table's count is; 0 where there is none.
    near: u8,
    far: u8,
    table: u8,
}

#[cfg(ermine_tail)]
impl Plan {
    const ABSENT: u8 = u8::MAX;

    const fn of(layout: &Layout) -> Self {
        let mut plan = Self { units: 0, near: 0, far: 0, table: 0 };
        let mut index = 0;
        while let Some(field) = layout.field(index) {
            match field {
                Field::Branch => plan.near = plan.units + 1,
                Field::FarBranch => plan.far = plan.units + 1,
                Field::BranchTable => plan.table = plan.units + 1,
                _ => {}
            }
            plan.units += (field.bytes() / 2) as u8;
            index += 1;
        }
        plan
    }

    /// Whether it has a branch.
    #[inline]
    pub(crate) fn branches(self) -> bool {
        self.near | self.far | self.table != 0
    }

    /// The unit of a near branch's distance.
    pub(crate) fn near(self) -> Option<usize> {
        usize::from(self.near).checked_sub(1)
    }

    /// The unit of a far branch's distance.
    pub(crate) fn far(self) -> Option<usize> {
        usize::from(self.far).checked_sub(1)
    }

    /// The unit of a branch table's count; its entries follow.
    #[inline]
    pub(crate) fn table(self) -> Option<usize> {
        usize::from(self.table).checked_sub(1)
    }
}

#[cfg(ermine_tail)]
static PLANS: [Plan; OP_COUNT] = {
    let mut plans = [Plan { units: Plan::ABSENT, near: 0, far: 0, table: 0 }; OP_COUNT];
    let mut number = 0;
    while number < OP_COUNT {
        if let Some(info) = &OPS[number] {
            plans[number] = Plan::of(&info.layout);
        }
        number += 1;
    }
    plans
};

/// How the instruction of this number is expanded, if this build has it.
#[cfg(ermine_tail)]
#[inline]
pub(crate) fn plan(number: u16) -> Option<Plan> {
    PLANS.get(usize::from(number)).copied().filter(|plan| plan.units != Plan::ABSENT)
}
