//! Loads and stores: the form of the address, and what can be folded into it.

use super::emit::Slot;
use super::function::Function;
use super::stack::{Entry, Held};
use super::staged::{Dest, Fields, Operand, Operands};
use super::values::halves;
use crate::isa::form::{FormKey, Place, Shape};
use crate::isa::{RowId, Ty, lookup};

/// The immediates of an access.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Access {
    pub(crate) memory: u32,
    pub(crate) offset: u32,
}

impl Access {
    /// Offset as a u16 field, if it fits and the memory is the first.
    fn near(self) -> Option<u16> {
        u16::try_from(self.offset).ok().filter(|_| self.memory == 0)
    }
}

impl Function<'_> {
    /// Whether the row has a form with this address and this place of the value or the result.
    #[inline]
    fn has_access(&self, row: RowId, shape: Shape, address: FormKey, value: Place) -> bool {
        lookup::find_form(row, shape, address.with(value), self.emit.profile).is_some()
    }

    /// A load. The address is on the stack.
    pub(crate) fn load(&mut self, row: RowId, access: Access) {
        let entry = self.stack.pop();
        let ty = row.info().types.1;
        let address = self.address(row, Shape::Load, entry, access, Place::S);
        let slot = self.push_result(ty);
        self.emit.stage(row, Shape::Load, address, Dest::Slot(slot), Some(ty));
    }

    /// A store. Address and value are on the stack.
    pub(crate) fn store(&mut self, row: RowId, access: Access) {
        let (value, entry) = (self.stack.pop(), self.stack.pop());
        let ty = row.info().types.0;
        if let Some(address) = self.sum_before(row, entry, value, access, ty) {
            self.consume(value);
            self.emit.write_access(row, &address.with(Operand::ACC));
            return;
        }
        let operand = self.stored(row, value, access);
        // A value in the accumulator wins over an address there: it was computed last.
        let in_acc = operand.in_slot().is_some_and(|slot| self.emit.in_acc(slot, ty));
        if in_acc && let Some(address) = self.address_beside_acc(row, entry, access) {
            self.consume(value);
            self.emit.write_access(row, &address.with(Operand::ACC));
            return;
        }
        let address = self.address(row, Shape::Store, entry, access, operand.place());
        self.emit.write_access(row, &address.with(operand));
    }

    /// The value of a store: an immediate where there is a form for it.
    fn stored(&mut self, row: RowId, value: Entry, access: Access) -> Operand {
        if let (Held::Const(bits), Ty::I32 | Ty::I64) = (value.held(), value.ty) {
            let constant = Operand::constant(bits, value.ty);
            let offset = if access.near().is_some() { Place::O } else { Place::P };
            if access.memory == 0
                && constant.place() == Place::I
                && self.has_access(row, Shape::Store, FormKey::of(&[Place::S, offset]), Place::I)
            {
                return constant;
            }
        }
        // In front of the address, which may fold then.
        Operand::slot(self.slot_of_early(value))
    }

    /// The address of an access: folded, absolute, from the accumulator, or plain. It comes last before the access; `value` is the place of the value or
    /// the result.
    #[inline]
    fn address(&mut self, row: RowId, shape: Shape, entry: Entry, access: Access, value: Place) -> Operands {
        if let Some(address) = self.absolute(row, shape, entry, access, value) {
            return address;
        }
        if let Some(address) = self.sum_last(row, shape, entry, access, value) {
            return address;
        }
        let slot = self.slot_of(entry);
        let offset = self.offset(row, shape, access, value);
        let has_acc =
            self.emit.in_acc(slot, Ty::I32) && self.has_access(row, shape, FormKey::of(&[Place::A, offset]), value);
        if has_acc {
            self.consume(entry);
        }
        behind(if has_acc { Operand::ACC } else { Operand::slot(slot) }, offset, access)
    }

    /// The place of the offset of an access behind a slot: as short as possible.
    #[inline]
    fn offset(&self, row: RowId, shape: Shape, access: Access, value: Place) -> Place {
        if access.near().is_some() {
            return Place::O;
        }
        let has_long = || self.has_access(row, shape, FormKey::of(&[Place::S, Place::P]), value);
        if access.memory == 0 && has_long() { Place::P } else { Place::M }
    }

    /// The address beside a value in the accumulator: it must be in a slot already, or be absolute.
    fn address_beside_acc(&mut self, row: RowId, entry: Entry, access: Access) -> Option<Operands> {
        if let Some(address) = self.absolute(row, Shape::Store, entry, access, Place::A) {
            return Some(address);
        }
        // What would have to be brought near would come between the value and the store.
        let slot = self.stack.place(entry).filter(|slot| slot.is_near())?;
        let offset = self.offset(row, Shape::Store, access, Place::A);
        if !self.has_access(row, Shape::Store, FormKey::of(&[Place::S, offset]), Place::A) {
            return None;
        }
        Some(behind(Operand::slot(slot), offset, access))
    }

    /// A constant address, the offset added.
    fn absolute(&mut self, row: RowId, shape: Shape, entry: Entry, access: Access, value: Place) -> Option<Operands> {
        let Held::Const(bits) = entry.held() else { return None };
        let start = (bits as u32).checked_add(access.offset)?;
        if access.memory != 0 || !self.has_access(row, shape, FormKey::of(&[Place::W]), value) {
            return None;
        }
        Some(Operands::none().and(Place::W, halves(start)))
    }

    /// What the last instruction computed, as base plus index, base plus constant, or scaled index with or without a base.
    fn sum_last(&mut self, row: RowId, shape: Shape, entry: Entry, access: Access, value: Place) -> Option<Operands> {
        let last = self.emit.last()?;
        if !entry.is_temp() || last.slot() != Some(entry.slot) || access.memory != 0 {
            return None;
        }
        let address = match last.row {
            RowId::I32Add => fold(&last.operands, access.near()?)?,
            RowId::I32ShlAdd => {
                let is_scaled = [FormKey::SCALED, FormKey::ACC_SCALED].contains(&last.places());
                is_scaled.then_some(last.operands)?.and(Place::O, [access.near()?])
            }
            RowId::I32Shl => {
                let is_scaled = [FormKey::SLOT_IMM, FormKey::ACC_IMM].contains(&last.places());
                is_scaled.then_some(last.operands)?.and(Place::P, halves(access.offset))
            }
            _ => return None,
        };
        if !self.has_access(row, shape, address.places, value) {
            return None;
        }
        self.emit.take_last();
        Some(address)
    }

    /// The sum that the instruction before the last computed, where the last computed the value of a store.
    fn sum_before(&mut self, row: RowId, entry: Entry, value: Entry, access: Access, ty: Ty) -> Option<Operands> {
        let near = access.near()?;
        if !entry.is_temp() || !value.is_temp() {
            return None;
        }
        let (before, last) = (self.emit.before()?, self.emit.last()?);
        let is_value = last.slot() == Some(value.slot) && last.acc == Some(ty) && !last.reads_acc();
        let is_sum = before.slot() == Some(entry.slot)
            && before.row == RowId::I32Add
            && before.shape == Shape::Binary
            && !before.reads_acc();
        if !is_value || !is_sum {
            return None;
        }
        let address = fold(&before.operands, near)?;
        if !self.has_access(row, Shape::Store, address.places, Place::A) {
            return None;
        }
        // The value must leave its slot alone: the sum's operands may be there.
        if !last.can_be_lean(self.emit.profile) {
            return None;
        }
        self.emit.take_before();
        Some(address)
    }
}

/// An address behind an operand.
#[inline]
fn behind(base: Operand, offset: Place, access: Access) -> Operands {
    let base = Operands::none().with(base);
    let [low, high] = halves(access.offset);
    match offset {
        Place::O => base.and(offset, [low]),
        Place::P => base.and(offset, [low, high]),
        _ => base.and(offset, [access.memory as u16, low, high]),
    }
}

/// A sum with these operands as an address: with any short offset for two operands, without offset for an operand and a constant.
fn fold(sum: &Operands, offset: u16) -> Option<Operands> {
    // The second operand is the last place.
    let (first, second) = sum.places.split_last()?;
    match second {
        Place::S => Some(sum.and(Place::O, [offset])),
        Place::I if offset == 0 => {
            // The constant is wider in an address: its sign goes to the upper half.
            let sign = sum.fields.as_slice().last().map_or(0, |&low| if (low as i16) < 0 { u16::MAX } else { 0 });
            Some(Operands { places: first.with(Place::W), fields: sum.fields.with([sign]) })
        }
        Place::W if offset == 0 => Some(*sum),
        _ => None,
    }
}

/// A wasm memory immediate as an access, if its offset is one that a 32-bit memory can have.
pub(crate) fn access(memarg: &wasmparser::MemArg) -> Access {
    let memory = match memarg.target {
        wasmparser::MemArgTarget::Memory(memory) => memory,
        // An access to an array: validation refuses it.
        wasmparser::MemArgTarget::Array(_) => 0,
    };
    // Offsets into a 32-bit memory have 32 bits: validation has made sure of it.
    Access { memory, offset: memarg.offset as u32 }
}

/// Slots of the operands, in the order given: for instructions whose operands must all be in slots.
pub(crate) fn fields_of(slots: &[Slot]) -> Fields {
    slots.iter().fold(Fields::default(), |fields, slot| fields.with([slot.field()]))
}
