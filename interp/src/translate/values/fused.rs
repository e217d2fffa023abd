//! What becomes one instruction of two, and what needs none at all.

use crate::isa::form::{FormKey, Place, Shape};
use crate::isa::{RowId, Ty, lookup};
use crate::translate::emit::Slot;
use crate::translate::function::Function;
use crate::translate::stack::{Entry, Held};
use crate::translate::staged::{Dest, Operand, Operands, Staged, signed};

use super::halves;

impl Function<'_> {
    /// Makes one instruction of this operation and the last one, whose result is one of its operands and of no other use.
    pub(super) fn chain(&mut self, row: RowId, x: Operand, y: Operand, slot: Slot, ty: Ty) -> bool {
        let (other, is_second) = match (x.is_acc(), y.is_acc()) {
            (true, false) => (y, false),
            (false, true) => (x, true),
            (true, true) | (false, false) => return false,
        };
        let Some(last) = self.emit.last().copied() else { return false };
        if last.shape != Shape::Binary || last.dest != Dest::Acc {
            return false;
        }
        let Some(row) = chained(last.row, row, is_second) else { return false };
        let form = last.places().with(other.place()).with(Place::S);
        if lookup::find_form(row, Shape::Ternary, form, self.emit.profile).is_none() {
            return false;
        }
        self.emit.take_last();
        self.emit.stage(row, Shape::Ternary, last.operands.with(other), Dest::Slot(slot), Some(ty));
        true
    }

    /// Conversions that look at the same bits as another type. Where the value is in a slot there is nothing to do: the
    /// result is read from there. So is the upper half of a 64-bit local.
    pub(super) fn view(&mut self, row: RowId) -> bool {
        let ty = match row {
            RowId::I32WrapI64 | RowId::I32ReinterpretF32 => Ty::I32,
            RowId::F32ReinterpretI32 => Ty::F32,
            RowId::I64ReinterpretF64 => Ty::I64,
            RowId::F64ReinterpretI64 => Ty::F64,
            _ => return false,
        };
        let Some(top) = self.stack.top() else { return false };
        match top.held() {
            Held::Const(bits) => {
                self.stack.pop();
                let kept = if ty.bytes() == 4 { bits & u64::from(u32::MAX) } else { bits };
                self.stack.push_constant(kept, ty);
            }
            Held::Local(local) => {
                if !self.is_near(local) || !self.emit.fuses() {
                    return false;
                }
                self.stack.pop();
                self.stack.push_view(local, ty, top.part);
            }
            Held::Temp => {
                if !top.slot.is_near() || !self.emit.fuses() {
                    return false;
                }
                self.stack.pop();
                if let Some(local) = self.upper_half(row, top) {
                    self.emit.take_last();
                    self.stack.push_view(local, ty, 4);
                    return true;
                }
                // What has no accumulator is out of the window's reach afterwards: it writes more than is wanted now.
                if self.emit.last().is_some_and(|last| last.slot() == Some(top.slot) && last.acc.is_none()) {
                    self.emit.flush();
                }
                self.stack.push_temp(ty);
            }
        }
        true
    }

    fn is_near(&self, local: u32) -> bool {
        self.stack.locals.get(local as usize).is_some_and(|local| local.is_near())
    }

    /// The local whose upper half is wanted, if the last instruction shifted that down and the result is truncated.
    fn upper_half(&self, row: RowId, top: Entry) -> Option<u32> {
        let local = self.shifted?;
        let last = self.emit.last()?;
        let slot = self.stack.locals.get(local as usize)?.slot;
        let is_it = row == RowId::I32WrapI64
            && last.row == RowId::I64ShrU
            && last.slot() == Some(top.slot)
            && last.places() == FormKey::SLOT_IMM
            && last.fields() == [slot.field(), 32];
        is_it.then_some(local)
    }

    /// Notes which local is shifted, for [`Function::view`].
    pub(super) fn note_shift(&mut self, row: RowId, a: Entry) {
        if let (RowId::I64ShrU, Held::Local(local)) = (row, a.held())
            && self.is_near(local)
        {
            self.shifted = Some(local);
        }
    }

    /// `global.set` of the sum just computed: of the global and a constant, which stays in its slot, too; or of a slot and a
    /// constant.
    pub(super) fn set_global_to_sum(&mut self, global: u32, value: Entry) -> bool {
        let Some(sum) = self.emit.last().copied() else { return false };
        let Some(to) = sum.slot() else { return false };
        let has = |row| lookup::find(row, Shape::Plain, &[], self.emit.profile).is_some();
        if sum.row != RowId::I32Add || sum.shape != Shape::Binary || self.stack.place(value) != Some(to) {
            return false;
        }
        let [low, high] = halves(global);
        match (sum.places(), sum.fields()) {
            (FormKey::ACC_IMM, &[step]) if has(RowId::GlobalAdd32) && self.is_global(self.emit.before(), global) => {
                self.emit.take_last();
                self.emit.take_last();
                let operands = Operands::plain([step, low, high]);
                self.emit.stage(RowId::GlobalAdd32, Shape::Plain, operands, Dest::Slot(to), Some(Ty::I32));
                true
            }
            (FormKey::SLOT_IMM, &[from, step]) if has(RowId::GlobalSetSum32) && value.is_temp() => {
                self.emit.take_last();
                self.emit.plain(RowId::GlobalSetSum32, [from, step, low, high]);
                true
            }
            _ => false,
        }
    }

    /// Whether this instruction did nothing but leave the value of a global in the accumulator.
    fn is_global(&self, staged: Option<&Staged>, global: u32) -> bool {
        staged.is_some_and(|staged| {
            staged.row == RowId::GlobalGet32 && staged.dest == Dest::Acc && staged.fields() == halves(global)
        })
    }

    /// The values of a `select` as places and fields: one may be a constant.
    pub(super) fn selected(&mut self, row: RowId, a: Entry, b: Entry) -> Operands {
        let immediate = |entry: Entry| match entry.held() {
            Held::Const(bits) => i16::try_from(signed(bits, entry.ty.raw())).ok(),
            Held::Local(_) | Held::Temp => None,
        };
        let has = |places| lookup::find(row, Shape::Select, places, self.emit.profile).is_some();
        match (immediate(a), immediate(b)) {
            (_, Some(value)) if has(&[Place::S, Place::I, Place::S, Place::S]) => {
                let slot = self.slot_of_early(a);
                Operands::none().and(Place::S, [slot.field()]).and(Place::I, [value as u16])
            }
            (Some(value), _) if has(&[Place::I, Place::S, Place::S, Place::S]) => {
                let slot = self.slot_of_early(b);
                Operands::none().and(Place::I, [value as u16]).and(Place::S, [slot.field()])
            }
            _ => {
                let (x, y) = (self.slot_of_early(a), self.slot_of_early(b));
                Operands::plain([x.field(), y.field()])
            }
        }
    }
}

/// The row that does `second` with the result of `first` as one of its operands: the second one, if so said.
fn chained(first: RowId, second: RowId, is_second: bool) -> Option<RowId> {
    use RowId::*;
    let row = match (first, second, is_second) {
        (I32Add, I32Add, _) => I32AddAdd,
        (I32Xor, I32Add, _) => I32XorAdd,
        (I32Xor, I32And, _) => I32XorAnd,
        (I32Xor, I32Xor, _) => I32XorXor,
        (I32Shl, I32Or, _) => I32ShlOr,
        (I32ShrU, I32Xor, _) => I32ShrUXor,
        (I32Rotl, I32Xor, _) => I32RotlXor,
        (I32Shl, I32Add, _) => I32ShlAdd,
        (I32And, I32Add, _) => I32AndAdd,
        (I32Mul, I32Add, _) => I32MulAdd,
        (I32And, I32Shl, false) => I32AndShl,
        (I32ShrU, I32And, _) => I32ShrUAnd,
        (I32Add, I32ShrU, false) => I32AddShrU,
        (I64Shl, I64Xor, _) => I64ShlXor,
        (I64ShrU, I64Xor, _) => I64ShrUXor,
        (I64Rotl, I64Add, _) => I64RotlAdd,
        (I64Xor, I64Mul, _) => I64XorMul,
        (F32Mul, F32Add, false) => F32MulAdd,
        (F32Mul, F32Add, true) => F32AddMul,
        (F32Mul, F32Sub, false) => F32MulSub,
        (F32Mul, F32Sub, true) => F32SubMul,
        (F64Mul, F64Add, false) => F64MulAdd,
        (F64Mul, F64Add, true) => F64AddMul,
        (F64Mul, F64Sub, false) => F64MulSub,
        (F64Mul, F64Sub, true) => F64SubMul,
        (F64Add, F64Mul, true) => F64MulSum,
        _ => return None,
    };
    Some(row)
}
