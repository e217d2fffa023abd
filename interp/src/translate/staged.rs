//! Instructions on their way: operands in a form, and what the window of the emitter holds.

use super::emit::Slot;
use crate::isa::form::{FormKey, Place, Shape};
use crate::isa::{Code, Field, Profile, RowId, Ty, lookup};

/// Where the result of an instruction goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dest {
    /// It has none.
    None,
    /// To a slot, and to the accumulator of its type.
    Slot(Slot),
    /// To the accumulator alone.
    Acc,
}

/// An operand of the next instruction: its place and its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Operand {
    place: Place,
    /// How many fields it has.
    len: u8,
    /// The fields, the first in the lowest bits. Those behind the last are of no meaning.
    units: u64,
}

impl Operand {
    /// The accumulator.
    pub(crate) const ACC: Self = Self { place: Place::A, len: 0, units: 0 };

    /// A near slot.
    #[inline]
    pub(crate) fn slot(slot: Slot) -> Self {
        Self { place: Place::S, len: 1, units: slot.field().into() }
    }

    /// An integer, in as few fields as it fits in.
    #[inline]
    pub(crate) fn integer(value: i64) -> Self {
        let (place, len) = match () {
            () if i16::try_from(value).is_ok() => (Place::I, 1),
            () if i32::try_from(value).is_ok() => (Place::W, 2),
            () => (Place::K, 4),
        };
        Self { place, len, units: value.cast_unsigned() }
    }

    /// A constant of this type.
    #[inline]
    pub(crate) fn constant(bits: u64, ty: Ty) -> Self {
        match ty {
            Ty::I32 | Ty::I64 => Self::integer(signed(bits, ty)),
            Ty::F32 => Self { place: Place::W, len: 2, units: bits },
            Ty::F64 => Self { place: Place::K, len: 4, units: bits },
        }
    }

    /// Its place.
    pub(crate) fn place(self) -> Place {
        self.place
    }

    /// The slot that it is in, if it is in one.
    #[inline]
    pub(crate) fn in_slot(self) -> Option<Slot> {
        (self.place == Place::S).then_some(Slot(self.units as u32))
    }

    pub(crate) fn is_acc(self) -> bool {
        self.place == Place::A
    }

    pub(crate) fn is_constant(self) -> bool {
        matches!(self.place, Place::I | Place::W | Place::K)
    }
}

/// A constant as a signed number.
pub(crate) fn signed(bits: u64, ty: Ty) -> i64 {
    match ty {
        Ty::I32 | Ty::F32 => i64::from(bits as u32 as i32),
        Ty::I64 | Ty::F64 => bits as i64,
    }
}

/// The fields of an instruction, in order.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Fields {
    units: [u16; Self::MAX],
    len: u8,
}

impl Fields {
    /// More than any instruction has, but for branch tables.
    pub(crate) const MAX: usize = 8;

    /// The same with more fields. What does not fit is dropped, which a debug build refuses.
    #[inline(always)]
    pub(crate) fn with<const N: usize>(mut self, more: [u16; N]) -> Self {
        let free = self.free();
        debug_assert!(free.is_some(), "more fields than an instruction has");
        if let Some(free) = free {
            *free = more;
            self.len += N as u8;
        }
        self
    }

    /// Puts the first `count` of four fields behind the last one. All are copied where there is room, since that takes one move.
    #[inline(always)]
    fn push_first(&mut self, units: [u16; 4], count: u8) {
        if let Some(free) = self.free() {
            *free = units;
            self.len += count;
        } else {
            *self = self.followed_by(units.get(..usize::from(count)).unwrap_or(&[]));
        }
    }

    /// Room for `N` more fields.
    #[inline(always)]
    fn free<const N: usize>(&mut self) -> Option<&mut [u16; N]> {
        self.units.get_mut(usize::from(self.len)..)?.first_chunk_mut()
    }

    /// The same with these behind them.
    #[inline(never)]
    pub(crate) fn followed_by(self, more: &[u16]) -> Self {
        more.iter().fold(self, |fields, &field| fields.with([field]))
    }

    pub(crate) fn as_slice(&self) -> &[u16] {
        self.units.get(..usize::from(self.len)).unwrap_or(&[])
    }

    /// All there is room for: the fields, and behind them anything.
    pub(crate) fn units(&self) -> &[u16; Self::MAX] {
        &self.units
    }

    pub(crate) fn len(&self) -> usize {
        usize::from(self.len)
    }
}

/// Operands of an instruction: the places they are in, and the fields that say where. An address is some, and so is a condition.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Operands {
    pub(crate) places: FormKey,
    pub(crate) fields: Fields,
}

impl Operands {
    /// Fields that no form tells apart.
    #[inline(always)]
    pub(crate) fn plain<const N: usize>(fields: [u16; N]) -> Self {
        Self { places: FormKey::of(&[]), fields: Fields::default().with(fields) }
    }

    /// None yet.
    pub(crate) fn none() -> Self {
        Self::plain([])
    }

    /// These and one more.
    #[inline]
    pub(crate) fn with(mut self, operand: Operand) -> Self {
        self.push(operand);
        self
    }

    /// These two.
    #[inline]
    pub(crate) fn pair(x: Operand, y: Operand) -> Self {
        let mut pair = Self::none();
        pair.push(x);
        pair.push(y);
        pair
    }

    #[inline(always)]
    fn push(&mut self, operand: Operand) {
        let Operand { place, len, units: bits } = operand;
        let units = [bits as u16, (bits >> 16) as u16, (bits >> 32) as u16, (bits >> 48) as u16];
        self.places = self.places.with(place);
        self.fields.push_first(units, len);
    }

    /// These and one more in this place, with these fields.
    #[inline(always)]
    pub(crate) fn and<const N: usize>(mut self, place: Place, fields: [u16; N]) -> Self {
        self.places = self.places.with(place);
        self.fields = self.fields.with(fields);
        self
    }

    /// These, and fields that have no place in the form.
    #[inline(always)]
    pub(crate) fn more<const N: usize>(mut self, fields: [u16; N]) -> Self {
        self.fields = self.fields.with(fields);
        self
    }
}

/// An instruction that is still in the window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Staged {
    pub(crate) row: RowId,
    pub(crate) shape: Shape,
    /// The accumulator that holds its result, if one does.
    pub(crate) acc: Option<Ty>,
    pub(crate) dest: Dest,
    /// Places of its operands; all fields but the result's, in order.
    pub(crate) operands: Operands,
    /// Where its operator is in the module.
    pub(crate) offset: u32,
}

impl Staged {
    /// Whether it reads the result of the instruction before it.
    pub(crate) fn reads_acc(&self) -> bool {
        self.operands.places.has_acc() || self.row == RowId::BrTableAcc
    }

    /// The places of its operands.
    pub(crate) fn places(&self) -> FormKey {
        self.operands.places
    }

    /// Its fields, but for the result's.
    pub(crate) fn fields(&self) -> &[u16] {
        self.operands.fields.as_slice()
    }

    /// Whether there is the same instruction with its result in the accumulator alone.
    #[inline]
    pub(crate) fn can_be_lean(&self, profile: Profile) -> bool {
        lookup::find_form(self.row, self.shape, self.places().with(Place::A), profile).is_some()
    }

    /// Its result's slot.
    pub(crate) fn slot(&self) -> Option<Slot> {
        match self.dest {
            Dest::Slot(slot) => Some(slot),
            Dest::None | Dest::Acc => None,
        }
    }

    /// If it adds a constant to a slot: where the sum goes, and the fields.
    #[inline]
    pub(crate) fn counter(&self) -> Option<(Slot, [u16; 2])> {
        if self.row != RowId::I32Add || self.places() != FormKey::SLOT_IMM {
            return None;
        }
        match (self.dest, self.fields()) {
            (Dest::Slot(to), &[from, step]) => Some((to, [from, step])),
            _ => None,
        }
    }

    /// Whether it reads or writes any of the `bytes` bytes from `slot` on.
    pub(crate) fn touches(&self, profile: Profile, slot: Slot, bytes: u32) -> bool {
        let Some(info) = self.code(profile).and_then(lookup::op) else { return true };
        let overlaps = |other: u32, ty: Ty| other < slot.0 + bytes && slot.0 < other + ty.bytes();
        let mut units = self.fields();
        let mut result = self.slot();
        info.layout.fields().iter().any(|&field| {
            if let (Field::Write(ty), Some(to)) = (field, result.take()) {
                return overlaps(to.0, ty);
            }
            let (own, rest) = units.split_at_checked(field.bytes() / 2).unwrap_or((&[], &[]));
            units = rest;
            match (field, own) {
                (Field::Read(ty) | Field::Write(ty) | Field::Update(ty), &[at]) => overlaps(u32::from(at), ty),
                (Field::FarRead(ty) | Field::FarWrite(ty), &[low, high]) => {
                    overlaps(u32::from(low) | u32::from(high) << 16, ty)
                }
                _ => false,
            }
        })
    }

    /// Its number, if there is such an instruction.
    #[inline]
    pub(crate) fn code(&self, profile: Profile) -> Option<Code> {
        let places = self.operands.places;
        let key = match self.dest {
            // A plain row has no form to choose: its fields are all there is to it.
            _ if self.shape == Shape::Plain => FormKey::of(&[]),
            Dest::None => places,
            Dest::Slot(_) => places.with(Place::S),
            Dest::Acc => places.with(Place::A),
        };
        lookup::find_form(self.row, self.shape, key, profile)
    }
}
