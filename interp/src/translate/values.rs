//! Operands and arithmetic: where values come from, which form serves, what fuses with what came before.

use super::emit::{Dest, Short, Slot, holds};
use super::function::Function;
use super::stack::{Entry, Held};
use crate::isa::form::{FormKey, Place, Shape};
use crate::isa::{RowId, Ty, lookup};

mod fused;

/// An operand of the next instruction.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Operand {
    Slot(Slot),
    Acc,
    Imm(i64),
    /// The bits of an f32.
    Bits32(u32),
    /// The bits of an f64.
    Bits64(u64),
}

impl Operand {
    /// Its place and its fields.
    fn encode(self) -> (Place, [u16; 4], usize) {
        let units = |bits: u64| [bits as u16, (bits >> 16) as u16, (bits >> 32) as u16, (bits >> 48) as u16];
        match self {
            Self::Slot(slot) => (Place::S, [slot.field(), 0, 0, 0], 1),
            Self::Acc => (Place::A, [0; 4], 0),
            Self::Bits32(bits) => (Place::W, units(u64::from(bits)), 2),
            Self::Bits64(bits) => (Place::K, units(bits), 4),
            Self::Imm(value) => match (i16::try_from(value), i32::try_from(value)) {
                (Ok(_), _) => (Place::I, units(value as u64), 1),
                (_, Ok(_)) => (Place::W, units(value as u64), 2),
                _ => (Place::K, units(value as u64), 4),
            },
        }
    }

    /// Its place.
    fn place(self) -> Place {
        match self {
            Self::Slot(_) => Place::S,
            Self::Acc => Place::A,
            Self::Bits32(_) => Place::W,
            Self::Bits64(_) => Place::K,
            Self::Imm(value) if i16::try_from(value).is_ok() => Place::I,
            Self::Imm(value) if i32::try_from(value).is_ok() => Place::W,
            Self::Imm(_) => Place::K,
        }
    }

    fn is_constant(self) -> bool {
        match self {
            Self::Slot(_) | Self::Acc => false,
            Self::Imm(_) | Self::Bits32(_) | Self::Bits64(_) => true,
        }
    }
}

/// A constant as a signed number.
fn signed(bits: u64, ty: Ty) -> i64 {
    match ty {
        Ty::I32 | Ty::F32 => i64::from(bits as u32 as i32),
        Ty::I64 | Ty::F64 => bits as i64,
    }
}

impl Function<'_> {
    /// Pushes a value that the next instruction puts into its own slot; returns that slot.
    pub(crate) fn push_result(&mut self, ty: Ty) -> Slot {
        self.stack.push(Held::Temp, ty)
    }

    /// The near slot that an entry's value is in, brought there if need be. An instruction that does that forgets the accumulator.
    pub(crate) fn slot_of(&mut self, entry: &Entry) -> Slot {
        let there = match entry.held {
            Held::Temp => Some(entry.slot),
            Held::Local(local) => self.stack.local_slot(local, entry),
            Held::Const(_) => None,
        };
        if let Some(slot) = there.filter(|slot| slot.is_near()) {
            return slot;
        }
        let to = if entry.slot.is_near() { entry.slot } else { self.emit.scratch() };
        self.copy_entry(entry, to);
        to
    }

    /// An entry as an operand; a far local is brought near first.
    fn operand(&mut self, entry: &Entry) -> Operand {
        match entry.held {
            Held::Const(bits) => match entry.ty {
                Ty::I32 | Ty::I64 => Operand::Imm(signed(bits, entry.ty)),
                Ty::F32 => Operand::Bits32(bits as u32),
                Ty::F64 => Operand::Bits64(bits),
            },
            Held::Local(_) | Held::Temp => Operand::Slot(self.slot_of(entry)),
        }
    }

    /// This operand, or the accumulator if its value is there.
    fn or_acc(&self, operand: Operand, ty: Ty) -> Operand {
        match operand {
            Operand::Slot(slot) if self.emit.in_acc(slot, ty) => Operand::Acc,
            other => other,
        }
    }

    /// The value of an entry is consumed: if it is the last instruction's result, in the accumulator, it need not go to its slot.
    pub(crate) fn consume(&mut self, entry: &Entry) {
        let profile = self.emit.profile;
        if entry.held == Held::Temp
            && let Some(last) = self.emit.last_mut()
            && last.slot() == Some(entry.slot)
            && last.acc.is_some_and(|ty| holds(ty, entry.ty))
        {
            let lean = last.lean();
            if lean.exists(profile) {
                *last = lean;
            }
        }
    }

    /// Whether the row has the form with these operands in this shape, the result (if any) in a slot.
    fn has(&self, row: RowId, shape: Shape, operands: &[Operand], result: bool) -> bool {
        let places = operands.iter().fold(FormKey::of(&[]), |key, operand| key.with(operand.place()));
        let key = if result { places.with(Place::S) } else { places };
        lookup::find_form(row, shape, key, self.emit.profile).is_some()
    }

    /// A row with two operands, in the best form there is.
    pub(crate) fn binary(&mut self, row: RowId, shape: Shape) {
        let (b, a) = (self.stack.pop(), self.stack.pop());
        let (operand_ty, result_ty) = row.info().types;
        let (row, a, b) = self.normalise(row, a, b);
        self.note_shift(row, &a);
        let (x, y) = self.choose(row, shape, &a, &b, operand_ty, true);
        let slot = self.push_result(result_ty);
        if shape == Shape::Binary && self.chain(row, x, y, slot, result_ty) {
            return;
        }
        self.stage_value(row, shape, &[x, y], slot, result_ty);
    }

    /// Rewrites an operation with a constant into one that has an immediate form: the constant second, subtraction as addition, shift
    /// counts reduced.
    fn normalise(&self, row: RowId, a: Entry, mut b: Entry) -> (RowId, Entry, Entry) {
        let is_const = |entry: &Entry| matches!(entry.held, Held::Const(_));
        match (row, b.held) {
            (RowId::I32Sub, Held::Const(bits)) => {
                b.held = Held::Const(u64::from((bits as u32).wrapping_neg()));
                return (RowId::I32Add, a, b);
            }
            (RowId::I64Sub, Held::Const(bits)) => {
                b.held = Held::Const(bits.wrapping_neg());
                return (RowId::I64Add, a, b);
            }
            (RowId::I32Shl | RowId::I32ShrS | RowId::I32ShrU | RowId::I32Rotl | RowId::I32Rotr, Held::Const(bits)) => {
                b.held = Held::Const(bits & 31);
            }
            (RowId::I64Shl | RowId::I64ShrS | RowId::I64ShrU | RowId::I64Rotl | RowId::I64Rotr, Held::Const(bits)) => {
                b.held = Held::Const(bits & 63);
            }
            _ => {}
        }
        if is_const(&a)
            && !is_const(&b)
            && let Some(mirrored) = mirror(row)
        {
            return (mirrored, b, a);
        }
        (row, a, b)
    }

    /// The operands of a two-operand instruction such that there is a form for them: immediates where possible, the accumulator where the last
    /// instruction left one of them. Consumes both entries.
    fn choose(&mut self, row: RowId, shape: Shape, a: &Entry, b: &Entry, ty: Ty, result: bool) -> (Operand, Operand) {
        // Constants first: those that must go to a slot cost an instruction, and the accumulator with it.
        let any = Operand::Slot(Slot(0));
        let mut x = self.operand_if(a, |function, operand| function.has(row, shape, &[operand, any], result));
        let y = self.operand_if(b, |function, operand| function.has(row, shape, &[any, operand], result));
        if x.is_constant() && y.is_constant() {
            x = Operand::Slot(self.slot_of(a));
        }
        let with_acc = [(self.or_acc(x, ty), y), (x, self.or_acc(y, ty))];
        for (p, q) in with_acc {
            let entry = match (p, q) {
                (Operand::Acc, _) => a,
                (_, Operand::Acc) => b,
                _ => continue,
            };
            if self.has(row, shape, &[p, q], result) {
                self.consume(entry);
                return (p, q);
            }
            // The other way round, where that makes no difference.
            if mirror(row) == Some(row) && self.has(row, shape, &[q, p], result) {
                self.consume(entry);
                return (q, p);
            }
        }
        (x, y)
    }

    /// An entry as an operand; a constant as an immediate only if there is a form for it.
    fn operand_if(&mut self, entry: &Entry, has: impl Fn(&Self, Operand) -> bool) -> Operand {
        match self.operand(entry) {
            constant if constant.is_constant() && !has(self, constant) => Operand::Slot(self.slot_of(entry)),
            other => other,
        }
    }

    /// Stages an instruction that leaves a value in a slot.
    fn stage_value(&mut self, row: RowId, shape: Shape, operands: &[Operand], slot: Slot, ty: Ty) {
        self.emit.stage_operands(row, shape, encode(operands), Dest::Slot(slot), Some(ty));
    }

    /// A row with one operand.
    pub(crate) fn unary(&mut self, row: RowId) {
        if self.view(row) {
            return;
        }
        let a = self.stack.pop();
        let (operand_ty, result_ty) = row.info().types;
        let slot = Operand::Slot(self.slot_of(&a));
        let mut x = self.or_acc(slot, operand_ty);
        if matches!(x, Operand::Acc) {
            match self.has(row, Shape::Unary, &[x], true) {
                true => self.consume(&a),
                false => x = slot,
            }
        }
        let result = self.push_result(result_ty);
        self.stage_value(row, Shape::Unary, &[x], result, result_ty);
    }

    /// `eqz`, `ref.is_null`: comparison with zero, or the inverse of the comparison just made.
    pub(crate) fn is_zero(&mut self, row: RowId) {
        if let Some(top) = self.stack.top().copied()
            && row == RowId::I32Eq
            && top.held == Held::Temp
            && let Some(last) = self.emit.last_mut()
            && last.shape == Shape::Compare
            && last.slot() == Some(top.slot)
            && let Some(inverse) = last.row.info().inverse
        {
            last.row = inverse;
            return;
        }
        self.stack.push(Held::Const(0), row.info().types.0);
        self.binary(row, Shape::Compare);
    }

    /// `select`, both kinds.
    pub(crate) fn select(&mut self) {
        let (condition, b, a) = (self.stack.pop(), self.stack.pop(), self.stack.pop());
        let ty = a.ty.raw();
        let row = if ty == Ty::I32 { RowId::Select32 } else { RowId::Select64 };
        let (mut places, mut fields) = self.selected(row, &a, &b);
        let slot = self.slot_of(&condition);
        let mut z = Operand::Slot(slot);
        if self.emit.in_acc(slot, Ty::I32) {
            let mut form: Short<Place, 5> = Short::of(places.as_slice());
            form.extend(&[Place::A, Place::S]);
            if lookup::find(row, Shape::Select, form.as_slice(), self.emit.profile).is_some() {
                self.consume(&condition);
                z = Operand::Acc;
            }
        }
        let result = self.push_result(a.ty);
        let (condition_places, condition_fields) = encode(&[z]);
        places.extend(condition_places.as_slice());
        fields.extend(condition_fields.as_slice());
        // The accumulator of a float is not the one that `select` writes.
        let acc = (ty == a.ty).then_some(ty);
        self.emit.stage(row, Shape::Select, places.as_slice(), Dest::Slot(result), fields.as_slice(), acc);
    }

    /// `global.get`.
    pub(crate) fn global_get(&mut self, global: u32, ty: Ty) {
        let row = if ty.raw() == Ty::I32 { RowId::GlobalGet32 } else { RowId::GlobalGet64 };
        let slot = self.push_result(ty);
        let acc = (ty.raw() == ty).then_some(ty);
        self.emit.stage(row, Shape::GlobalGet, &[], Dest::Slot(slot), &halves(global), acc);
    }

    /// `global.set`.
    pub(crate) fn global_set(&mut self, global: u32, ty: Ty) {
        let value = self.stack.pop();
        if ty == Ty::I32 && self.set_global_to_sum(global, &value) {
            return;
        }
        let row = if ty.raw() == Ty::I32 { RowId::GlobalSet32 } else { RowId::GlobalSet64 };
        let slot = Operand::Slot(self.slot_of(&value));
        let mut x = if ty.raw() == ty { self.or_acc(slot, ty) } else { slot };
        if matches!(x, Operand::Acc) {
            match self.has(row, Shape::GlobalSet, &[x], false) {
                true => self.consume(&value),
                false => x = slot,
            }
        }
        let (places, mut fields) = encode(&[x]);
        fields.extend(&halves(global));
        self.emit.write_now(row, Shape::GlobalSet, places.as_slice(), fields.as_slice());
    }

    /// The operand of an instruction of one operand and no result, such as `return`: accumulator or immediate where there is a form.
    pub(crate) fn single(&mut self, entry: &Entry, row: RowId, shape: Shape) -> Operand {
        let operand = self.operand_if(entry, |function, operand| function.has(row, shape, &[operand], false));
        if matches!(self.or_acc(operand, entry.ty), Operand::Acc) && self.has(row, shape, &[Operand::Acc], false) {
            self.consume(entry);
            return Operand::Acc;
        }
        operand
    }
}

/// A u32 as two fields.
pub(crate) fn halves(value: u32) -> [u16; 2] {
    [value as u16, (value >> 16) as u16]
}

/// Places and fields of operands, in order.
pub(crate) fn encode(operands: &[Operand]) -> (Short<Place, 4>, Short<u16, 8>) {
    let (mut places, mut fields) = (Short::of(&[]), Short::of(&[]));
    for operand in operands {
        let (place, units, count) = operand.encode();
        places.push(place);
        fields.extend_first(units, count);
    }
    (places, fields)
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
