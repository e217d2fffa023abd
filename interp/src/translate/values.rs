//! Operands and arithmetic: where values come from, which form serves, what fuses with what came before.

use super::emit::{Slot, holds};
use super::function::Function;
use super::stack::{Entry, Held};
use super::staged::{Dest, Operand, Operands};
use crate::isa::form::{FormKey, Place, Shape};
use crate::isa::{RowId, Ty, lookup};

mod fused;

impl Function<'_> {
    /// Pushes a value that the next instruction puts into its own slot; returns that slot.
    pub(crate) fn push_result(&mut self, ty: Ty) -> Slot {
        self.stack.push_temp(ty)
    }

    /// The near slot that an entry's value is in, brought there if need be. An instruction that does that forgets the accumulator.
    #[inline]
    pub(crate) fn slot_of(&mut self, entry: Entry) -> Slot {
        match self.stack.place(entry).filter(|slot| slot.is_near()) {
            Some(slot) => slot,
            None => self.bring_near(entry),
        }
    }

    #[inline(never)]
    fn bring_near(&mut self, entry: Entry) -> Slot {
        let to = if entry.slot.is_near() { entry.slot } else { self.emit.scratch() };
        self.copy_entry(entry, to);
        to
    }

    /// An entry as an operand; a far local is brought near first.
    #[inline]
    fn operand(&mut self, entry: Entry) -> Operand {
        match entry.held() {
            Held::Const(bits) => Operand::constant(bits, entry.ty),
            Held::Local(_) | Held::Temp => Operand::slot(self.slot_of(entry)),
        }
    }

    /// Whether the value of this operand is in the accumulator.
    #[inline]
    fn is_in_acc(&self, operand: Operand, ty: Ty) -> bool {
        operand.in_slot().is_some_and(|slot| self.emit.in_acc(slot, ty))
    }

    /// The value of an entry is consumed: if it is the last instruction's result, in the accumulator, it need not go to its slot.
    pub(crate) fn consume(&mut self, entry: Entry) {
        let profile = self.emit.profile;
        if entry.is_temp()
            && let Some(last) = self.emit.last_mut()
            && last.slot() == Some(entry.slot)
            && last.acc.is_some_and(|ty| holds(ty, entry.ty))
            && last.can_be_lean(profile)
        {
            last.dest = Dest::Acc;
        }
    }

    /// Whether the row has the form with these operands in this shape, the result (if any) in a slot.
    #[inline]
    fn has(&self, row: RowId, shape: Shape, operands: &[Operand], result: bool) -> bool {
        let places = operands.iter().fold(FormKey::of(&[]), |key, operand| key.with(operand.place()));
        let key = if result { places.with(Place::S) } else { places };
        lookup::find_form(row, shape, key, self.emit.profile).is_some()
    }

    /// A row with two operands, in the best form there is.
    pub(crate) fn binary(&mut self, row: RowId, shape: Shape) {
        let (mut b, mut a) = (self.stack.pop(), self.stack.pop());
        let (operand_ty, result_ty) = row.info().types;
        let row = normalise(row, &mut a, &mut b);
        self.note_shift(row, a);
        let (x, y) = self.choose(row, shape, a, b, operand_ty);
        let slot = self.push_result(result_ty);
        let has_acc = x.is_acc() || y.is_acc();
        if has_acc && shape == Shape::Binary && self.chain(row, x, y, slot, result_ty) {
            return;
        }
        self.emit.stage(row, shape, Operands::pair(x, y), Dest::Slot(slot), Some(result_ty));
    }

    /// The operands of a two-operand instruction such that there is a form for them: immediates where possible, the accumulator where the last
    /// instruction left one of them. Consumes both entries.
    #[inline]
    fn choose(&mut self, row: RowId, shape: Shape, a: Entry, b: Entry, ty: Ty) -> (Operand, Operand) {
        // Constants first: those that must go to a slot cost an instruction, and the accumulator with it.
        let any = Operand::slot(Slot(0));
        let mut x = self.operand_if(a, |function, operand| function.has(row, shape, &[operand, any], true));
        let y = self.operand_if(b, |function, operand| function.has(row, shape, &[any, operand], true));
        if x.is_constant() && y.is_constant() {
            x = Operand::slot(self.slot_of(a));
        }
        if self.is_in_acc(x, ty)
            && let Some(chosen) = self.with_acc(row, shape, a, (Operand::ACC, y))
        {
            return chosen;
        }
        if self.is_in_acc(y, ty)
            && let Some(chosen) = self.with_acc(row, shape, b, (x, Operand::ACC))
        {
            return chosen;
        }
        (x, y)
    }

    /// These operands of which the accumulator, which has the value of an entry, is one: in this order, or the other way round, where that makes no
    /// difference. If there is a form for them, the entry is consumed.
    fn with_acc(
        &mut self,
        row: RowId,
        shape: Shape,
        entry: Entry,
        (x, y): (Operand, Operand),
    ) -> Option<(Operand, Operand)> {
        let chosen = if self.has(row, shape, &[x, y], true) {
            (x, y)
        } else if mirror(row) == Some(row) && self.has(row, shape, &[y, x], true) {
            (y, x)
        } else {
            return None;
        };
        self.consume(entry);
        Some(chosen)
    }

    /// An entry as an operand; a constant as an immediate only if there is a form for it.
    #[inline]
    fn operand_if(&mut self, entry: Entry, has: impl Fn(&Self, Operand) -> bool) -> Operand {
        match self.operand(entry) {
            constant if constant.is_constant() && !has(self, constant) => Operand::slot(self.slot_of(entry)),
            other => other,
        }
    }

    /// A row with one operand.
    pub(crate) fn unary(&mut self, row: RowId) {
        if self.view(row) {
            return;
        }
        let a = self.stack.pop();
        let (operand_ty, result_ty) = row.info().types;
        let mut x = Operand::slot(self.slot_of(a));
        if self.is_in_acc(x, operand_ty) && self.has(row, Shape::Unary, &[Operand::ACC], true) {
            self.consume(a);
            x = Operand::ACC;
        }
        let result = self.push_result(result_ty);
        self.emit.stage(row, Shape::Unary, Operands::none().with(x), Dest::Slot(result), Some(result_ty));
    }

    /// `eqz`, `ref.is_null`: comparison with zero, or the inverse of the comparison just made.
    pub(crate) fn is_zero(&mut self, row: RowId) {
        if let Some(top) = self.stack.top()
            && row == RowId::I32Eq
            && top.is_temp()
            && let Some(last) = self.emit.last_mut()
            && last.shape == Shape::Compare
            && last.slot() == Some(top.slot)
            && let Some(inverse) = last.row.info().inverse
        {
            last.row = inverse;
            return;
        }
        self.stack.push_constant(0, row.info().types.0);
        self.binary(row, Shape::Compare);
    }

    /// `select`, both kinds.
    pub(crate) fn select(&mut self) {
        let (condition, b, a) = (self.stack.pop(), self.stack.pop(), self.stack.pop());
        let ty = a.ty.raw();
        let row = if ty == Ty::I32 { RowId::Select32 } else { RowId::Select64 };
        let values = self.selected(row, a, b);
        let slot = self.slot_of(condition);
        let mut z = Operand::slot(slot);
        if self.emit.in_acc(slot, Ty::I32) {
            let form = values.places.with(Place::A).with(Place::S);
            if lookup::find_form(row, Shape::Select, form, self.emit.profile).is_some() {
                self.consume(condition);
                z = Operand::ACC;
            }
        }
        let result = self.push_result(a.ty);
        // The accumulator of a float is not the one that `select` writes.
        let acc = (ty == a.ty).then_some(ty);
        self.emit.stage(row, Shape::Select, values.with(z), Dest::Slot(result), acc);
    }

    /// `global.get`.
    pub(crate) fn global_get(&mut self, global: u32, ty: Ty) {
        let row = if ty.raw() == Ty::I32 { RowId::GlobalGet32 } else { RowId::GlobalGet64 };
        let slot = self.push_result(ty);
        let acc = (ty.raw() == ty).then_some(ty);
        self.emit.stage(row, Shape::GlobalGet, Operands::plain(halves(global)), Dest::Slot(slot), acc);
    }

    /// `global.set`.
    pub(crate) fn global_set(&mut self, global: u32, ty: Ty) {
        let value = self.stack.pop();
        if ty == Ty::I32 && self.set_global_to_sum(global, value) {
            return;
        }
        let row = if ty.raw() == Ty::I32 { RowId::GlobalSet32 } else { RowId::GlobalSet64 };
        let mut x = Operand::slot(self.slot_of(value));
        let is_in_acc = ty.raw() == ty && self.is_in_acc(x, ty);
        if is_in_acc && self.has(row, Shape::GlobalSet, &[Operand::ACC], false) {
            self.consume(value);
            x = Operand::ACC;
        }
        self.emit.write_now(row, Shape::GlobalSet, Operands::none().with(x).more(halves(global)));
    }

    /// The operand of an instruction of one operand and no result, such as `return`: accumulator or immediate where there is a form.
    pub(crate) fn single(&mut self, entry: Entry, row: RowId, shape: Shape) -> Operand {
        let operand = self.operand_if(entry, |function, operand| function.has(row, shape, &[operand], false));
        if self.is_in_acc(operand, entry.ty) && self.has(row, shape, &[Operand::ACC], false) {
            self.consume(entry);
            return Operand::ACC;
        }
        operand
    }
}

/// A u32 as two fields.
pub(crate) fn halves(value: u32) -> [u16; 2] {
    [value as u16, (value >> 16) as u16]
}

/// Rewrites an operation with a constant into one that has an immediate form: the constant second, subtraction as addition, shift
/// counts reduced.
#[inline]
fn normalise(row: RowId, a: &mut Entry, b: &mut Entry) -> RowId {
    if let Held::Const(bits) = b.held() {
        let (row, bits) = with_constant(row, bits);
        *b = b.with_constant(bits);
        return row;
    }
    if let (Held::Const(_), Some(mirrored)) = (a.held(), mirror(row)) {
        core::mem::swap(a, b);
        return mirrored;
    }
    row
}

/// An operation whose second operand is this constant.
fn with_constant(row: RowId, bits: u64) -> (RowId, u64) {
    use RowId::*;
    match row {
        I32Sub => (I32Add, u64::from((bits as u32).wrapping_neg())),
        I64Sub => (I64Add, bits.wrapping_neg()),
        I32Shl | I32ShrS | I32ShrU | I32Rotl | I32Rotr => (row, bits & 31),
        I64Shl | I64ShrS | I64ShrU | I64Rotl | I64Rotr => (row, bits & 63),
        _ => (row, bits),
    }
}

/// The operation that gives the same result with its operands exchanged.
pub(crate) fn mirror(row: RowId) -> Option<RowId> {
    use RowId::*;
    match row {
        I32Eq | I32Ne | I64Eq | I64Ne | I32AnySet | I32NoneSet => Some(row),
        I32LtS => Some(I32GtS),
        I32LtU => Some(I32GtU),
        I32GtS => Some(I32LtS),
        I32GtU => Some(I32LtU),
        I32LeS => Some(I32GeS),
        I32LeU => Some(I32GeU),
        I32GeS => Some(I32LeS),
        I32GeU => Some(I32LeU),
        I64LtS => Some(I64GtS),
        I64LtU => Some(I64GtU),
        I64GtS => Some(I64LtS),
        I64GtU => Some(I64LtU),
        I64LeS => Some(I64GeS),
        I64LeU => Some(I64GeU),
        I64GeS => Some(I64LeS),
        I64GeU => Some(I64LeU),
        _ if row.info().is_commutative() => Some(row),
        _ => None,
    }
}
