//! Places: where an operand comes from, where a result goes. A form is a tuple of them.
//!
//! Places are types, so that a handler's body is generic over them, and each has a [`Place`] value, so that the translator can
//! look forms up at run time.

/// A slot of the frame: one u16 field.
#[derive(Debug)]
pub(crate) struct S;
/// The accumulator of the operand's type: no field.
#[derive(Debug)]
pub(crate) struct A;
/// A 16-bit immediate, sign-extended: one field.
#[derive(Debug)]
pub(crate) struct I;
/// A 32-bit immediate, sign-extended (or the bits of an f32): two fields.
#[derive(Debug)]
pub(crate) struct W;
/// A 64-bit immediate: four fields.
#[derive(Debug)]
pub(crate) struct K;
/// A 16-bit offset into memory 0.
#[derive(Debug)]
pub(crate) struct O;
/// A 32-bit offset into memory 0.
#[derive(Debug)]
pub(crate) struct P;
/// The number of a memory and a 32-bit offset into it.
#[derive(Debug)]
pub(crate) struct M;

/// A place as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub(crate) enum Place {
    #[default]
    S = 1,
    A = 2,
    I = 3,
    W = 4,
    O = 5,
    P = 6,
    M = 7,
    K = 8,
}

/// Identifies a form among those of one shape: the places in order, four bits each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FormKey(pub(crate) u32);

impl FormKey {
    /// The key of the form with these places.
    pub(crate) const fn of(places: &[Place]) -> Self {
        let mut key = 0;
        let mut index = 0;
        while index < places.len() {
            key = key << 4 | places[index] as u32;
            index += 1;
        }
        Self(key)
    }
}

#[cfg(feature = "translate")]
impl FormKey {
    /// A slot and an immediate.
    pub(crate) const SLOT_IMM: Self = Self::of(&[Place::S, Place::I]);
    /// An accumulator and an immediate.
    pub(crate) const ACC_IMM: Self = Self::of(&[Place::A, Place::I]);
    /// An index in a slot, how far it is shifted, and a base.
    pub(crate) const SCALED: Self = Self::of(&[Place::S, Place::I, Place::S]);
    /// The same, the index in an accumulator.
    pub(crate) const ACC_SCALED: Self = Self::of(&[Place::A, Place::I, Place::S]);
    /// Two slots.
    pub(crate) const SLOTS: Self = Self::of(&[Place::S, Place::S]);

    /// The key of the form with one more place.
    pub(crate) const fn with(self, place: Place) -> Self {
        Self(self.0 << 4 | place as u32)
    }

    /// The key without its last place, and that.
    pub(crate) fn split_last(self) -> Option<(Self, Place)> {
        const PLACES: [Place; 8] = [Place::S, Place::A, Place::I, Place::W, Place::O, Place::P, Place::M, Place::K];
        let place = PLACES.get((self.0 & 15).checked_sub(1)? as usize)?;
        debug_assert_eq!(*place as u32, self.0 & 15, "places are in the order of their numbers");
        Some((Self(self.0 >> 4), *place))
    }

    /// Whether one of the places is the accumulator.
    pub(crate) const fn has_acc(self) -> bool {
        const EACH: u32 = 0x1111_1111;
        // Where all four bits are equal to those wanted, they are zero now, and the subtraction sets the uppermost, which was not set.
        let others = self.0 ^ (EACH * Place::A as u32);
        others.wrapping_sub(EACH) & !others & EACH << 3 != 0
    }
}

#[cfg(feature = "alloc")]
impl FormKey {
    /// The places, each with its letter.
    pub(crate) fn places(self) -> impl Iterator<Item = (Place, &'static str)> {
        let count = (u32::BITS - self.0.leading_zeros()).div_ceil(4);
        (0..count).rev().filter_map(move |index| {
            let number = self.0 >> (4 * index) & 15;
            PLACES.iter().find(|&&(place, _)| place as u32 == number).copied()
        })
    }
}

/// A place, or a tuple of places, as part of a key.
pub(crate) trait Keyed {
    /// The places, four bits each, the last in the lowest bits.
    const KEY: u32;
    /// How many there are.
    const COUNT: u32;
}

macro_rules! place {
    ($($place:ident)*) => {$(
        impl Keyed for $place {
            const KEY: u32 = Place::$place as u32;
            const COUNT: u32 = 1;
        }
    )*
        /// All places with their letters.
        #[cfg(feature = "alloc")]
        const PLACES: &[(Place, &str)] = &[$((Place::$place, stringify!($place))),*];
    };
}
place!(S A I W K O P M);

impl Keyed for () {
    const KEY: u32 = 0;
    const COUNT: u32 = 0;
}

impl<X: Keyed> Keyed for (X,) {
    const KEY: u32 = X::KEY;
    const COUNT: u32 = X::COUNT;
}

impl<X: Keyed, Y: Keyed> Keyed for (X, Y) {
    const KEY: u32 = X::KEY << (4 * Y::COUNT) | Y::KEY;
    const COUNT: u32 = X::COUNT + Y::COUNT;
}

impl<X: Keyed, Y: Keyed, Z: Keyed> Keyed for (X, Y, Z) {
    const KEY: u32 = <(X, (Y, Z))>::KEY;
    const COUNT: u32 = X::COUNT + Y::COUNT + Z::COUNT;
}

impl<X: Keyed, Y: Keyed, Z: Keyed, D: Keyed> Keyed for (X, Y, Z, D) {
    const KEY: u32 = <(X, (Y, Z, D))>::KEY;
    const COUNT: u32 = X::COUNT + Y::COUNT + Z::COUNT + D::COUNT;
}

/// How the fields of an instruction are arranged and what it does beside computing its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `(a, b, result)`
    Binary,
    /// `(a, b, c, result)`
    Ternary,
    /// `(a, result)`
    Unary,
    /// `(a, b, result)` of a comparison.
    Compare,
    /// `(a, b)`: branch if the comparison holds.
    Branch,
    /// `(a, b)`: the same, charging fuel where the branch is taken.
    BranchMetered,
    /// `(b)`: add an immediate to a slot, compare the sum with `b`, branch if that holds.
    Step,
    /// `(b)`: the same, charging fuel where the branch is taken.
    StepMetered,
    /// `(b)`: add an immediate to a slot, then as a step.
    AddStep,
    /// `(b)`: add a slot to a slot, then as a step.
    StepBy,
    /// `(address, result)`
    Load,
    /// `(address, value)`
    Store,
    /// `(condition, result)`, the values in slots; or `(a, b, condition, result)`.
    Select,
    /// `(result)`
    GlobalGet,
    /// `(value)`
    GlobalSet,
    /// `(result of the function)`
    Return,
    /// A form of its own, see the row.
    Plain,
}

#[cfg(feature = "alloc")]
impl Shape {
    /// What stands before the name of the row.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Branch => "br_if.",
            Self::BranchMetered => "br_if.metered.",
            Self::Step => "step.",
            Self::StepMetered => "step.metered.",
            Self::AddStep => "add.step.",
            Self::StepBy => "step.by.",
            Self::Binary
            | Self::Ternary
            | Self::Unary
            | Self::Compare
            | Self::Load
            | Self::Store
            | Self::Select
            | Self::GlobalGet
            | Self::GlobalSet
            | Self::Return
            | Self::Plain => "",
        }
    }
}
