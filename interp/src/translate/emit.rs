//! The code buffer. The last two instructions are held back in a window: what comes next may fuse with them, take their result from the
//! accumulator, or send it elsewhere.

use alloc::vec::Vec;

use super::label::{Kind, Label, Labels};
use super::staged::{Dest, Fields, Operands, Staged};
use crate::code::decode::decode;
use crate::error::Error;
use crate::isa::form::{FormKey, Place, Shape};
use crate::isa::{Code, Field, Profile, RowId, Ty, lookup};
use crate::limits::Bound;

/// A slot, as the byte offset from the start of the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot(pub(crate) u32);

impl Slot {
    /// The largest offset a u16 field can hold for a 64-bit value.
    pub(crate) const MAX_NEAR: u32 = 0xfff8;

    /// The last offset at which a temporary may be: behind it are the four scratch slots of [`Emitter::scratch`].
    pub(crate) const LAST_TEMP: u32 = Self::MAX_NEAR - 5 * 8;

    /// Whether a u16 field can hold it.
    pub(crate) fn is_near(self) -> bool {
        self.0 <= Self::MAX_NEAR
    }

    /// This slot as a field. It is near.
    pub(crate) fn field(self) -> u16 {
        debug_assert!(self.is_near(), "a far slot in a near field");
        self.0 as u16
    }
}

/// A branch that pays: where its instruction starts and where its distance is, which its price follows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Priced {
    op: u32,
    distance: u32,
}

/// Where the price of `br.far.metered` is: behind its number and its distance.
const FAR_FUEL: u32 = 3;

/// Code under construction.
#[derive(Debug)]
pub(crate) struct Emitter<'a> {
    code: &'a mut Vec<u16>,
    /// Where this function starts in `code`.
    start: usize,
    pub(crate) labels: &'a mut Labels,
    /// The instruction before the last one.
    before: Option<Staged>,
    /// The last one.
    last: Option<Staged>,
    /// A value known to be in an accumulator: its slot and type. Holds only for the very next instruction.
    acc: Option<(Slot, Ty)>,
    /// Whether an island is due soon. No accumulator is read then, which would put it off.
    tight: bool,
    pub(crate) profile: Profile,
    fuse: bool,
    /// `(unit, module offset)` of each instruction, for listings.
    offsets: Option<&'a mut Vec<(u32, u32)>>,
    /// Offset of the operator being translated.
    pub(crate) offset: u32,
    /// Scratch slots handed out.
    scratch: u32,
    /// The instruction written last, if it is one that may become one with the next.
    counter: Option<Counter>,
}

/// A constant that was added to a slot, in an instruction that is written already.
#[derive(Debug, Clone, Copy)]
struct Counter {
    /// Where it starts and ends.
    start: u32,
    end: u32,
    to: Slot,
    /// What to, and the constant.
    fields: [u16; 2],
}

/// Whether the accumulator, holding a value of one type, holds one of the other: the lower half of an integer is one, too.
pub(crate) fn holds(ty: Ty, wanted: Ty) -> bool {
    ty == wanted || (ty, wanted) == (Ty::I64, Ty::I32)
}

/// Units that no instruction but a branch table exceeds.
const ROOM: usize = 64;

/// Units within which no accumulator is read before an island.
const TIGHT: usize = 4 * ROOM;

impl<'a> Emitter<'a> {
    pub(crate) fn new(
        code: &'a mut Vec<u16>,
        labels: &'a mut Labels,
        profile: Profile,
        fuse: bool,
        offsets: Option<&'a mut Vec<(u32, u32)>>,
    ) -> Self {
        labels.clear();
        let start = code.len();
        Self {
            code,
            start,
            labels,
            before: None,
            last: None,
            acc: None,
            tight: false,
            profile,
            fuse,
            offsets,
            offset: 0,
            scratch: 0,
            counter: None,
        }
    }

    /// Units written so far, the window not counted.
    pub(crate) fn here(&self) -> u32 {
        (self.code.len() - self.start) as u32
    }

    /// This function's code.
    pub(crate) fn code(&mut self) -> &mut [u16] {
        self.code.get_mut(self.start..).unwrap_or(&mut [])
    }

    /// The last instruction, if it is still in the window.
    pub(crate) fn last(&self) -> Option<&Staged> {
        self.last.as_ref().filter(|_| self.fuse)
    }

    /// The last instruction, to be changed.
    pub(crate) fn last_mut(&mut self) -> Option<&mut Staged> {
        let fuse = self.fuse;
        self.last.as_mut().filter(|_| fuse)
    }

    /// The one before the last, if it is still in the window.
    pub(crate) fn before(&self) -> Option<&Staged> {
        self.before.as_ref().filter(|_| self.fuse)
    }

    /// Takes the last instruction back.
    pub(crate) fn take_last(&mut self) {
        self.last = self.before;
        self.before = None;
        self.acc = None;
    }

    /// Takes back the instruction before the last.
    pub(crate) fn take_before(&mut self) {
        self.before = None;
    }

    /// Whether the value of this slot, read as this type, is in the accumulator for the next instruction.
    pub(crate) fn in_acc(&self, slot: Slot, ty: Ty) -> bool {
        let is_there = |(own, held): (Slot, Ty)| own == slot && holds(held, ty);
        self.fuse && !self.tight && self.acc.is_some_and(is_there)
    }

    /// Whether instructions may become one, or none.
    pub(crate) fn fuses(&self) -> bool {
        self.fuse
    }

    /// Records that the accumulator holds the value of a slot.
    pub(crate) fn set_acc(&mut self, acc: Option<(Slot, Ty)>) {
        self.acc = acc;
    }

    /// Stages an instruction.
    #[inline]
    pub(crate) fn stage(&mut self, row: RowId, shape: Shape, operands: Operands, dest: Dest, acc: Option<Ty>) {
        self.stage_again(Staged { row, shape, operands, dest, acc, offset: self.offset });
    }

    /// A near slot for a value on its way from or to a far one. There are four: no instruction has more operands.
    pub(crate) fn scratch(&mut self) -> Slot {
        self.scratch = (self.scratch + 1) % 4;
        Slot(Slot::MAX_NEAR - 8 * (1 + self.scratch))
    }

    /// Sends the result of an instruction to a far slot by way of a near one.
    #[cold]
    #[inline(never)]
    fn stage_far(&mut self, staged: Staged, to: Slot) {
        let near = self.scratch();
        let near_staged = Staged { dest: Dest::Slot(near), ..staged };
        let layout = near_staged.code(self.profile).and_then(lookup::op).map(|info| info.layout);
        let is_wide = layout.is_some_and(|layout| {
            layout.fields().contains(&Field::Write(Ty::I64)) || layout.fields().contains(&Field::Write(Ty::F64))
        });
        self.stage_again(near_staged);
        let row = if is_wide { RowId::FarSet64 } else { RowId::FarSet32 };
        let operands = Operands::plain([to.0 as u16, (to.0 >> 16) as u16, near.field()]);
        self.stage(row, Shape::Plain, operands, Dest::None, None);
    }

    /// Stages an instruction that was taken back, or a changed one.
    pub(crate) fn stage_again(&mut self, staged: Staged) {
        if let Dest::Slot(to) = staged.dest
            && !to.is_near()
        {
            self.stage_far(staged, to);
            return;
        }
        if let Some(before) = self.before.take() {
            self.write(&before);
        }
        self.before = self.last;
        self.last = Some(staged);
        self.acc = match (staged.dest, staged.acc) {
            (Dest::Slot(slot), Some(ty)) => Some((slot, ty)),
            _ => None,
        };
        if !self.fuse {
            self.flush();
        }
    }

    /// Stages a plain instruction in front of the last one, which must not read the accumulator.
    pub(crate) fn stage_before_last(&mut self, row: RowId, dest: Dest, operands: Operands) {
        let staged = Staged { row, shape: Shape::Plain, operands, dest, acc: None, offset: self.offset };
        if let Some(before) = self.before.replace(staged) {
            self.write(&before);
        }
    }

    /// Writes the window out. The accumulator is forgotten: whatever comes next may be a branch target.
    #[inline]
    pub(crate) fn flush(&mut self) {
        self.acc = None;
        if self.last.is_some() || self.before.is_some() {
            self.write_window();
        }
    }

    #[inline(never)]
    fn write_window(&mut self) {
        if let Some(before) = self.before.take() {
            self.write(&before);
        }
        if let Some(last) = self.last.take() {
            self.write(&last);
        }
    }

    /// Writes an instruction. Returns where it is: it may have become one with the instruction before it.
    fn write(&mut self, staged: &Staged) -> u32 {
        self.tight = self.labels.may_be_tight(self.here(), TIGHT) && self.is_getting_tight(staged);
        if self.counter.is_some()
            && let Some(start) = self.write_with_counter(staged)
        {
            return start;
        }
        let start = self.here();
        let Some(code) = staged.code(self.profile) else {
            debug_assert!(false, "no such instruction: {staged:?}");
            return start;
        };
        if let Some(offsets) = self.offsets.as_deref_mut() {
            offsets.push((start, staged.offset));
        }
        self.put(code, staged.slot(), &staged.operands.fields);
        self.counter = staged.counter().map(|(to, fields)| Counter { start, end: self.here(), to, fields });
        start
    }

    /// Makes room for an instruction. A value in the accumulator of the instruction before must be read before anything comes between: islands
    /// wait. Not for long: where one is due, which is the answer, nothing more is read from accumulators.
    #[cold]
    #[inline(never)]
    fn is_getting_tight(&mut self, staged: &Staged) -> bool {
        if !staged.reads_acc() {
            self.make_room(ROOM);
        }
        self.labels.is_tight(self.here(), TIGHT)
    }

    /// Two counters in a row are one instruction; so are a counter and a step of another one, and a counter and a branch.
    #[inline(never)]
    fn write_with_counter(&mut self, staged: &Staged) -> Option<u32> {
        let here = self.here();
        let counter = self.counter.take().filter(|counter| self.fuse && counter.end == here)?;
        let [from, step] = counter.fields;
        let to = counter.to.field();
        let find = |row, shape, places| lookup::find_form(row, shape, places, self.profile);
        let (code, fields) = match (staged.counter(), staged.fields()) {
            (Some((to2, [from2, step2])), _) => {
                let code = find(RowId::AddPair32, Shape::Plain, FormKey::of(&[]));
                (code, Fields::default().with([to, from, step, to2.field(), from2, step2]))
            }
            (None, &[distance]) if staged.row == RowId::Br => {
                let code = find(RowId::AddBr32, Shape::Plain, FormKey::of(&[]));
                (code, Fields::default().with([to, from, step, distance]))
            }
            (None, _) if staged.shape == Shape::Step && to == from => {
                let fields = Fields::default().with([to, step]).followed_by(staged.fields());
                (find(staged.row, Shape::AddStep, staged.places()), fields)
            }
            (None, _) => return None,
        };
        let code = code?;
        self.code.truncate(self.start + counter.start as usize);
        self.put(code, None, &fields);
        Some(counter.start)
    }

    /// Appends an instruction. Copied at full length and cut, since that takes a few moves, and a copy of unknown length a call.
    #[inline]
    fn put(&mut self, code: Code, slot: Option<Slot>, fields: &Fields) {
        let &[a, b, c, d, e, f, g, h] = fields.units();
        let (units, at) = match slot {
            Some(slot) => ([code.0, slot.field(), a, b, c, d, e, f, g, h], 2),
            None => ([code.0, a, b, c, d, e, f, g, h, 0], 1),
        };
        let end = self.code.len() + at + fields.len();
        self.code.extend_from_slice(&units);
        self.code.truncate(end);
    }

    /// Writes an instruction of a plain row at once.
    #[inline]
    pub(crate) fn plain<const N: usize>(&mut self, row: RowId, fields: [u16; N]) {
        self.write_now(row, Shape::Plain, Operands::plain(fields));
    }

    /// Writes an instruction without a result at once, behind the window, of which it may read the accumulator. Returns where it is.
    pub(crate) fn write_now(&mut self, row: RowId, shape: Shape, operands: Operands) -> u32 {
        self.flush();
        self.write(&Staged { row, shape, operands, dest: Dest::None, acc: None, offset: self.offset })
    }

    /// Writes a branch to a label behind the window, of whose accumulator it may make use. A metered one goes back; returns what
    /// [`Emitter::price`] wants to know of it.
    pub(crate) fn branch(
        &mut self,
        row: RowId,
        shape: Shape,
        operands: Operands,
        label: Label,
        metered: bool,
    ) -> Priced {
        let operands = if metered { operands.more([0, 0]) } else { operands.more([0]) };
        let op = self.write_now(row, shape, operands);
        let field = self.here() - if metered { 2 } else { 1 };
        let code = self.code.get_mut(self.start..).unwrap_or(&mut []);
        self.labels.refer(code, label, op, field, if metered { Kind::NearMetered } else { Kind::Near });
        Priced { op, distance: field }
    }

    /// If what is at this place, a branch target, is a counter: its fields, and a label behind it. A branch to the one may count and go to the other.
    pub(crate) fn counter_at(&mut self, label: Label) -> Option<([u16; 3], Label)> {
        self.flush();
        let at = self.labels.place(label)? as usize;
        let code = self.code.get_mut(self.start..)?;
        let first = decode(code, at)?;
        let second = decode(code, at + first.len())?;
        let counter = lookup::find(RowId::I32Add, Shape::Binary, &[Place::S, Place::I, Place::S], self.profile)?;
        let &[to, from, step] = first.fields else { return None };
        // Behind the counter, the sum may be read from the accumulator.
        if !self.fuse || first.code != counter || second.info.layout.reads.is_some() {
            return None;
        }
        lookup::find(RowId::AddBr32, Shape::Plain, &[], self.profile)?;
        let behind = self.labels.create();
        self.labels.bind(code, behind, (at + first.len()) as u32);
        Some(([to, from, step], behind))
    }

    /// Writes the head of a branch table; its targets are appended. Returns where it is.
    pub(crate) fn write_table<const N: usize>(&mut self, row: RowId, fields: [u16; N]) -> u32 {
        let at = self.write_now(row, Shape::Plain, Operands::plain(fields));
        debug_assert_eq!(at as usize + 1 + N, self.here() as usize);
        at
    }

    /// An entry of the table at `op`, to a label.
    pub(crate) fn refer_far(&mut self, label: Label, op: u32, field: u32) {
        let code = self.code.get_mut(self.start..).unwrap_or(&mut []);
        self.labels.refer(code, label, op, field, Kind::Far);
    }

    /// Sets what a metered branch costs. One that could not reach its target goes ahead, to a far branch that pays.
    pub(crate) fn price(&mut self, branch: Priced, price: u16) {
        let code = self.code();
        let distance = code.get(branch.distance as usize).map_or(0, |&units| units as i16);
        let fuel = match u32::try_from(distance) {
            Ok(ahead @ 1..) => branch.op + ahead + FAR_FUEL,
            Ok(0) | Err(_) => branch.distance + 1,
        };
        if let Some(field) = code.get_mut(fuel as usize) {
            *field = price;
        }
    }

    /// Puts a label here. The window is empty.
    pub(crate) fn bind(&mut self, label: Label) {
        self.counter = None;
        let here = self.here();
        let code = self.code.get_mut(self.start..).unwrap_or(&mut []);
        self.labels.bind(code, label, here);
    }

    /// Whether branches that are waiting would get out of reach of the next `units`.
    pub(crate) fn is_tight(&mut self, units: usize) -> bool {
        let here = self.here();
        self.labels.is_tight(here, units + ROOM)
    }

    /// Writes a store.
    pub(crate) fn write_access(&mut self, row: RowId, operands: &Operands) {
        self.flush();
        let Some(code) = lookup::find_form(row, Shape::Store, operands.places, self.profile) else {
            debug_assert!(false, "no such store: {row:?} {operands:?}");
            return;
        };
        if !operands.places.has_acc() {
            self.make_room(ROOM);
        }
        let at = self.here();
        if let Some(offsets) = self.offsets.as_deref_mut() {
            offsets.push((at, self.offset));
        }
        self.put(code, None, &operands.fields);
    }

    /// Appends units that belong to the instruction just written.
    pub(crate) fn append(&mut self, units: &[u16]) {
        self.code.extend_from_slice(units);
    }

    /// Makes sure that all branches still unresolved reach beyond the next `units`, if need be by an island of far branches.
    #[inline]
    pub(crate) fn make_room(&mut self, units: usize) {
        if self.labels.may_be_tight(self.here(), units) && self.labels.is_tight(self.here(), units) {
            self.go_over_island();
        }
    }

    /// Writes an island, and a jump over it.
    #[cold]
    #[inline(never)]
    fn go_over_island(&mut self) {
        // Control jumps over the island.
        let over = self.here();
        self.code.extend_from_slice(&[number(RowId::Br), 0]);
        self.island();
        let distance = self.here() - over;
        if let Some(field) = self.code().get_mut(over as usize + 1) {
            *field = distance as u16;
        }
    }

    /// Far branches for all unresolved near ones.
    fn island(&mut self) {
        while let Some(fixup) = self.labels.next_unresolved() {
            let here = self.here();
            let field = fixup.field as usize;
            if let Some(units) = self.code().get_mut(field) {
                *units = (here - fixup.op) as u16;
            }
            if fixup.kind == Kind::NearMetered {
                // The price, if it is known already, goes along.
                let price = self.code().get_mut(field + 1).map_or(0, core::mem::take);
                self.code.extend_from_slice(&[number(RowId::BrFarMetered), 0, 0, price]);
            } else {
                self.code.extend_from_slice(&[number(RowId::BrFar), 0, 0]);
            }
            self.refer_far(fixup.label, here, here + 1);
        }
    }

    /// Ends the function: what is still unresolved lies too far behind.
    pub(crate) fn finish(&mut self) {
        self.flush();
        self.island();
    }
}

/// The number of a plain row, which every profile has.
fn number(row: RowId) -> u16 {
    lookup::find(row, Shape::Plain, &[], Profile::Base).map_or(0, |code| code.0)
}

/// The error of a function that needs more slots than a frame can have.
pub(crate) fn frame_too_large(limit: u32) -> Error {
    crate::error::ErrorKind::Limit { bound: Bound::FrameSlots, limit: u64::from(limit) }.into()
}
