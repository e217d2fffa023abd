//! Locals and copies: reads that stay pending, writes that re-target the instruction before.

use super::emit::Slot;
use super::function::Function;
use super::stack::{Entry, Held};
use super::staged::{Dest, Operands, Staged};
use super::values::halves;
use crate::isa::form::{FormKey, Shape};
use crate::isa::{RowId, Ty, lookup};

/// Where a copy takes its value from.
#[derive(Debug, Clone, Copy)]
enum Source {
    Slot(Slot),
    Const(u64),
}

/// A copy as a plain row: which, where to, remaining fields.
#[derive(Debug, Clone, Copy)]
struct Copying {
    row: RowId,
    dest: Dest,
    fields: Operands,
}

impl Copying {
    fn new(source: Source, ty: Ty, to: Slot) -> Self {
        let wide = ty.raw() == Ty::I64;
        let pick = |narrow, wider| if wide { wider } else { narrow };
        let (row, dest, fields) = match source {
            Source::Slot(from) if !to.is_near() => {
                let [low, high] = halves(to.0);
                let fields = Operands::plain([low, high, from.field()]);
                (pick(RowId::FarSet32, RowId::FarSet64), Dest::None, fields)
            }
            Source::Slot(from) if !from.is_near() => {
                (pick(RowId::FarGet32, RowId::FarGet64), Dest::Slot(to), Operands::plain(halves(from.0)))
            }
            Source::Slot(from) => (pick(RowId::Copy32, RowId::Copy64), Dest::Slot(to), Operands::plain([from.field()])),
            Source::Const(bits) => {
                let value = if wide { bits as i64 } else { i64::from(bits as u32 as i32) };
                let [a, b, c, d] = [bits as u16, (bits >> 16) as u16, (bits >> 32) as u16, (bits >> 48) as u16];
                let (row, fields) = match (i16::try_from(value), wide) {
                    (Ok(_), _) => (pick(RowId::Const32, RowId::Const64), Operands::plain([a])),
                    (Err(_), false) => (RowId::Const32Wide, Operands::plain([a, b])),
                    (Err(_), true) => (RowId::Const64Wide, Operands::plain([a, b, c, d])),
                };
                (row, Dest::Slot(to), fields)
            }
        };
        Self { row, dest, fields }
    }
}

impl Function<'_> {
    /// Where an entry's value is now.
    fn source(&self, entry: Entry) -> Source {
        match entry.held() {
            Held::Const(bits) => Source::Const(bits),
            Held::Temp | Held::Local(_) => Source::Slot(self.stack.place(entry).unwrap_or(entry.slot)),
        }
    }

    /// Copies an entry's value to a slot.
    pub(crate) fn copy_entry(&mut self, entry: Entry, to: Slot) {
        let source = self.source(entry);
        self.copy(source, entry.ty, to);
    }

    fn copy(&mut self, source: Source, ty: Ty, to: Slot) {
        if matches!(source, Source::Slot(from) if from == to) {
            return;
        }
        let is_near_slot = matches!(source, Source::Slot(from) if from.is_near());
        if !to.is_near() && !is_near_slot {
            let near = self.emit.scratch();
            self.copy(source, ty, near);
            self.copy(Source::Slot(near), ty, to);
            return;
        }
        let copying = Copying::new(source, ty, to);
        if !self.pair_up(&copying) {
            self.emit.stage(copying.row, Shape::Plain, copying.fields, copying.dest, None);
        }
    }

    /// Makes one instruction of this copy and the one just staged.
    fn pair_up(&mut self, copying: &Copying) -> bool {
        let pair = match copying.row {
            RowId::Copy32 => RowId::CopyPair32,
            RowId::Copy64 => RowId::CopyPair64,
            _ => return false,
        };
        let (Dest::Slot(to), &[from]) = (copying.dest, copying.fields.fields.as_slice()) else { return false };
        let profile = self.emit.profile;
        let Some(last) = self.emit.last_mut().filter(|last| last.row == copying.row && last.shape == Shape::Plain)
        else {
            return false;
        };
        if lookup::find_form(pair, Shape::Plain, FormKey::of(&[]), profile).is_none() {
            return false;
        }
        last.row = pair;
        last.operands = last.operands.more([to.field(), from]);
        true
    }

    /// As [`Function::slot_of`], but in front of the last instruction, if that is possible, so that its result stays in the accumulator.
    pub(crate) fn slot_of_early(&mut self, entry: Entry) -> Slot {
        let source = self.source(entry);
        let is_there = matches!(source, Source::Slot(slot) if slot.is_near());
        let from = if let Source::Slot(slot) = source { Some(slot) } else { None };
        if is_there || !self.can_go_before(from, entry.slot, entry.ty) {
            return self.slot_of(entry);
        }
        let copying = Copying::new(source, entry.ty, entry.slot);
        self.emit.stage_before_last(copying.row, copying.dest, copying.fields);
        entry.slot
    }

    /// Whether a copy from `from` (if that is a slot) to the slot of an entry may go in front of the last instruction: that must neither need the accumulator of
    /// the one before, nor write what the copy reads, nor touch what the copy writes.
    fn can_go_before(&self, from: Option<Slot>, to: Slot, ty: Ty) -> bool {
        self.emit.last().is_some_and(|last| {
            let profile = self.emit.profile;
            let is_source = from.is_some_and(|from| last.touches(profile, from, ty.bytes()));
            to.is_near() && !last.reads_acc() && !is_source && !last.touches(profile, to, ty.bytes())
        })
    }

    /// Copies the value of a local to all entries held by it, since it is about to change.
    fn settle_local(&mut self, local: u32) {
        let Some(slot) = self.stack.locals.get(local as usize).map(|local| local.slot) else { return };
        while let Some(entry) = self.stack.settle_local(local) {
            let slot = Slot(slot.0 + u32::from(entry.part));
            if self.can_go_before(Some(slot), entry.slot, entry.ty) {
                let copying = Copying::new(Source::Slot(slot), entry.ty, entry.slot);
                self.emit.stage_before_last(copying.row, copying.dest, copying.fields);
            } else {
                self.copy(Source::Slot(slot), entry.ty, entry.slot);
            }
        }
    }

    /// Copies the values of locals to all entries held by any: control is about to fork or join.
    pub(crate) fn settle_all(&mut self) {
        while let Some(local) = self.stack.next_unsettled() {
            self.settle_local(local);
        }
    }

    /// Makes the last instruction, whose result an entry is, put it somewhere else. The entry is gone afterwards.
    pub(crate) fn retarget(&mut self, entry: Entry, to: Slot) -> bool {
        if !entry.is_temp() || !to.is_near() {
            return false;
        }
        let is_value = |last: &Staged| {
            // The value may be a part of what the instruction puts there.
            let is_part = last.acc.is_some_and(|ty| entry.ty.bytes() < ty.bytes());
            last.slot() == Some(entry.slot) && !is_pair(last.row) && !is_part
        };
        let Some(last) = self.emit.last_mut().filter(|last| is_value(last)) else {
            return false;
        };
        last.dest = Dest::Slot(to);
        let acc = last.acc.map(|ty| (to, ty));
        self.emit.set_acc(acc);
        true
    }

    /// Brings the value of an entry that is used up to a slot: by re-targeting, or by a copy.
    pub(crate) fn move_entry(&mut self, entry: Entry, to: Slot) {
        if !self.retarget(entry, to) {
            self.copy_entry(entry, to);
        }
    }

    /// `local.set` and `local.tee`.
    pub(crate) fn local_set(&mut self, local: u32, tee: bool) {
        let value = self.stack.pop();
        let Some(target) = self.stack.locals.get(local as usize).copied() else { return };
        if value.held() == Held::Local(local) {
            if tee {
                self.stack.push_view(local, value.ty, 0);
            }
            return;
        }
        if target.is_pending() {
            self.settle_local(local);
        }
        let held = if target.is_near() {
            self.move_entry(value, target.slot);
            Held::Local(local)
        } else {
            let near = self.slot_of(value);
            self.copy(Source::Slot(near), value.ty, target.slot);
            // What `slot_of` brought to the entry's own slot is there still; what it brought to a scratch slot is not.
            if near == value.slot { Held::Temp } else { value.held() }
        };
        if tee {
            match (value.held(), held) {
                (Held::Const(bits), _) => self.stack.push_constant(bits, value.ty),
                (Held::Local(other), Held::Local(same)) if other == same => {
                    self.stack.push_view(other, value.ty, value.part);
                }
                (_, Held::Local(local)) => self.stack.push_view(local, value.ty, 0),
                (_, Held::Temp | Held::Const(_)) => {
                    self.stack.push_temp(value.ty);
                }
            }
        }
    }
}

/// Two copies in one: its first destination is not its only one.
fn is_pair(row: RowId) -> bool {
    matches!(row, RowId::CopyPair32 | RowId::CopyPair64)
}
