//! Loads and stores: the form of the address, and what can be folded into it.

use super::emit::{Dest, Short, Slot};
use super::function::Function;
use super::stack::{Entry, Held};
use super::values::{Operand, encode, halves};
use crate::isa::form::{Place, Shape};
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

/// An address in a form: places and fields.
#[derive(Debug, Clone, Copy)]
struct Address {
    places: Short<Place, 4>,
    fields: Short<u16, 8>,
}

impl Address {
    fn new(operands: &[Operand], offset: Place, fields: &[u16]) -> Self {
        let (mut places, mut all) = encode(operands);
        places.push(offset);
        all.extend(fields);
        Self { places, fields: all }
    }
}

impl Function<'_> {
    /// Whether the row has a form with this address and this place of the value or the result.
    fn has_access(&self, row: RowId, shape: Shape, address: &[Place], value: Place) -> bool {
        let mut places: Short<Place, 5> = Short::of(address);
        places.push(value);
        lookup::find(row, shape, places.as_slice(), self.emit.profile).is_some()
    }

    /// A load. The address is on the stack.
    pub(crate) fn load(&mut self, row: RowId, access: Access) {
        let entry = self.stack.pop();
        let ty = row.info().types.1;
        let address = self.address(row, Shape::Load, &entry, access, Place::S);
        let slot = self.push_result(ty);
        self.emit.stage(
            row,
            Shape::Load,
            address.places.as_slice(),
            Dest::Slot(slot),
            address.fields.as_slice(),
            Some(ty),
        );
    }

    /// A store. Address and value are on the stack.
    pub(crate) fn store(&mut self, row: RowId, access: Access) {
        let (value, entry) = (self.stack.pop(), self.stack.pop());
        let ty = row.info().types.0;
        if let Some(address) = self.sum_before(row, &entry, &value, access, ty) {
            self.consume(&value);
            self.write_store(row, &address, Operand::Acc);
            return;
        }
        let operand = self.stored(row, &value, access);
        // A value in the accumulator wins over an address there: it was computed last.
        let in_acc = matches!(operand, Operand::Slot(slot) if self.emit.in_acc(slot, ty));
        let place = match operand {
            Operand::Imm(_) => Place::I,
            Operand::Slot(_) | Operand::Acc | Operand::Bits32(_) | Operand::Bits64(_) => Place::S,
        };
        if in_acc && let Some(address) = self.address_beside_acc(row, &entry, access) {
            self.consume(&value);
            self.write_store(row, &address, Operand::Acc);
            return;
        }
        let address = self.address(row, Shape::Store, &entry, access, place);
        self.write_store(row, &address, operand);
    }

    fn write_store(&mut self, row: RowId, address: &Address, value: Operand) {
        let (value_places, value_fields) = encode(&[value]);
        let mut places: Short<Place, 5> = Short::of(address.places.as_slice());
        places.extend(value_places.as_slice());
        let mut fields = address.fields;
        fields.extend(value_fields.as_slice());
        self.emit.write_access(row, places.as_slice(), fields.as_slice());
    }

    /// The value of a store: an immediate where there is a form for it.
    fn stored(&mut self, row: RowId, value: &Entry, access: Access) -> Operand {
        if let (Held::Const(bits), Ty::I32 | Ty::I64) = (value.held, value.ty) {
            let number = if value.ty == Ty::I32 { i64::from(bits as u32 as i32) } else { bits as i64 };
            let offset = if access.near().is_some() { Place::O } else { Place::P };
            if access.memory == 0
                && i16::try_from(number).is_ok()
                && self.has_access(row, Shape::Store, &[Place::S, offset], Place::I)
            {
                return Operand::Imm(number);
            }
        }
        // In front of the address, which may fold then.
        Operand::Slot(self.slot_of_early(value))
    }

    /// The address of an access: folded, absolute, from the accumulator, or plain. It comes last before the access; `value` is the place of the value or
    /// the result.
    fn address(&mut self, row: RowId, shape: Shape, entry: &Entry, access: Access, value: Place) -> Address {
        if let Some(address) = self.absolute(row, shape, entry, access, value) {
            return address;
        }
        if let Some(address) = self.sum_last(row, shape, entry, access, value) {
            return address;
        }
        let slot = self.slot_of(entry);
        let (offset, fields) = self.offset(row, shape, access, value);
        if self.emit.in_acc(slot, Ty::I32) && self.has_access(row, shape, &[Place::A, offset], value) {
            self.consume(entry);
            return Address::new(&[Operand::Acc], offset, fields.as_slice());
        }
        Address::new(&[Operand::Slot(slot)], offset, fields.as_slice())
    }

    /// The offset of an access behind a slot: as short as possible.
    fn offset(&self, row: RowId, shape: Shape, access: Access, value: Place) -> (Place, Short<u16, 3>) {
        if let Some(near) = access.near() {
            return (Place::O, Short::of(&[near]));
        }
        if access.memory == 0 && self.has_access(row, shape, &[Place::S, Place::P], value) {
            return (Place::P, Short::of(&halves(access.offset)));
        }
        let [low, high] = halves(access.offset);
        (Place::M, Short::of(&[access.memory as u16, low, high]))
    }

    /// The address beside a value in the accumulator: it must be in a slot already, or be absolute.
    fn address_beside_acc(&mut self, row: RowId, entry: &Entry, access: Access) -> Option<Address> {
        if let Some(address) = self.absolute(row, Shape::Store, entry, access, Place::A) {
            return Some(address);
        }
        let is_there = match entry.held {
            Held::Temp => true,
            Held::Local(local) => self.stack.locals.get(local as usize).is_some_and(|local| local.is_near()),
            Held::Const(_) => false,
        };
        let (offset, fields) = self.offset(row, Shape::Store, access, Place::A);
        if !is_there || !self.has_access(row, Shape::Store, &[Place::S, offset], Place::A) {
            return None;
        }
        let slot = self.slot_of(entry);
        Some(Address::new(&[Operand::Slot(slot)], offset, fields.as_slice()))
    }

    /// A constant address, the offset added.
    fn absolute(&mut self, row: RowId, shape: Shape, entry: &Entry, access: Access, value: Place) -> Option<Address> {
        let Held::Const(bits) = entry.held else { return None };
        let start = (bits as u32).checked_add(access.offset)?;
        if access.memory != 0 || !self.has_access(row, shape, &[Place::W], value) {
            return None;
        }
        Some(Address::new(&[], Place::W, &halves(start)))
    }

    /// What the last instruction computed, as base plus index, base plus constant, or scaled index with or without a base.
    fn sum_last(&mut self, row: RowId, shape: Shape, entry: &Entry, access: Access, value: Place) -> Option<Address> {
        let last = self.emit.last()?;
        if entry.held != Held::Temp || last.slot() != Some(entry.slot) || access.memory != 0 {
            return None;
        }
        let address = match (last.row, last.places.as_slice()) {
            (RowId::I32Add, &[first, second]) => fold(first, second, last.fields.as_slice(), access.near()?)?,
            (RowId::I32ShlAdd, &[first, Place::I, Place::S]) => {
                let mut fields = last.fields;
                fields.push(access.near()?);
                Address { places: Short::of(&[first, Place::I, Place::S, Place::O]), fields }
            }
            (RowId::I32Shl, &[first, Place::I]) => {
                let mut fields = last.fields;
                fields.extend(&halves(access.offset));
                Address { places: Short::of(&[first, Place::I, Place::P]), fields }
            }
            _ => return None,
        };
        if !self.has_access(row, shape, address.places.as_slice(), value) {
            return None;
        }
        self.emit.take_last();
        Some(address)
    }

    /// The sum that the instruction before the last computed, where the last computed the value of a store.
    fn sum_before(&mut self, row: RowId, entry: &Entry, value: &Entry, access: Access, ty: Ty) -> Option<Address> {
        let near = access.near()?;
        let (before, last) = (self.emit.before()?, self.emit.last()?);
        let is_value =
            value.held == Held::Temp && last.slot() == Some(value.slot) && last.acc == Some(ty) && !last.reads_acc();
        let is_sum = entry.held == Held::Temp
            && before.slot() == Some(entry.slot)
            && before.row == RowId::I32Add
            && before.shape == Shape::Binary
            && !before.reads_acc();
        let &[first, second] = before.places.as_slice() else { return None };
        if !is_value || !is_sum {
            return None;
        }
        let address = fold(first, second, before.fields.as_slice(), near)?;
        if !self.has_access(row, Shape::Store, address.places.as_slice(), Place::A) {
            return None;
        }
        // The value must leave its slot alone: the sum's operands may be there.
        if !last.lean().exists(self.emit.profile) {
            return None;
        }
        self.emit.take_before();
        Some(address)
    }
}

/// A sum with these operands as an address: with any short offset for two operands, without offset for an operand and a constant.
fn fold(first: Place, second: Place, fields: &[u16], offset: u16) -> Option<Address> {
    let mut all: Short<u16, 8> = Short::of(fields);
    match second {
        Place::S => {
            all.push(offset);
            Some(Address { places: Short::of(&[first, second, Place::O]), fields: all })
        }
        Place::I if offset == 0 => {
            // The constant is wider in an address: its sign goes to the upper half.
            let sign = fields.last().map_or(0, |&low| if (low as i16) < 0 { u16::MAX } else { 0 });
            all.push(sign);
            Some(Address { places: Short::of(&[first, Place::W]), fields: all })
        }
        Place::W if offset == 0 => Some(Address { places: Short::of(&[first, Place::W]), fields: all }),
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
pub(crate) fn fields_of(slots: &[Slot]) -> Short<u16, 8> {
    let mut fields = Short::of(&[]);
    for slot in slots {
        fields.push(slot.field());
    }
    fields
}
