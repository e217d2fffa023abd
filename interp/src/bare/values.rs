//! Values in slots: typed, as tuples, and untyped.

use crate::{image::Signature, val_type::ValType};

/// A value of a type that is not known at compile time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Val {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A 32-bit float.
    F32(f32),
    /// A 64-bit float.
    F64(f64),
    /// A function of the module by its index, or null.
    FuncRef(Option<u32>),
    /// A number that means something to the host, or null. `u32::MAX` means null, too.
    ExternRef(Option<u32>),
}

impl Val {
    /// The type of this value.
    #[must_use]
    pub fn ty(&self) -> ValType {
        match self {
            Self::I32(_) => ValType::I32,
            Self::I64(_) => ValType::I64,
            Self::F32(_) => ValType::F32,
            Self::F64(_) => ValType::F64,
            Self::FuncRef(_) => ValType::FuncRef,
            Self::ExternRef(_) => ValType::ExternRef,
        }
    }

    /// The zero, or null, of a type.
    #[must_use]
    pub fn default_of(ty: ValType) -> Self {
        Self::read(ty, &[])
    }

    /// The value of this type that starts at the first slot. Missing slots count as 0.
    pub(super) fn read(ty: ValType, slots: &[u32]) -> Self {
        let reference = || u32::read(slots).checked_sub(1);
        match ty {
            ValType::I32 => Self::I32(i32::read(slots)),
            ValType::I64 => Self::I64(i64::read(slots)),
            ValType::F32 => Self::F32(f32::read(slots)),
            ValType::F64 => Self::F64(f64::read(slots)),
            ValType::FuncRef => Self::FuncRef(reference()),
            ValType::ExternRef => Self::ExternRef(reference()),
        }
    }

    /// Writes the value from the first slot on. Missing slots get nothing.
    pub(super) fn write(self, slots: &mut [u32]) {
        match self {
            Self::I32(value) => value.write(slots),
            Self::I64(value) => value.write(slots),
            Self::F32(value) => value.write(slots),
            Self::F64(value) => value.write(slots),
            // An index and one, 0 is null.
            Self::FuncRef(reference) | Self::ExternRef(reference) => {
                reference.map_or(0, |index| index.wrapping_add(1)).write(slots);
            }
        }
    }
}

/// The bits of the value of this type that starts at the first slot; those of 32 bits in the low half.
pub(super) fn read_bits(ty: ValType, slots: &[u32]) -> u64 {
    if ty.slots() == 2 { u64::read(slots) } else { u32::read(slots).into() }
}

/// Writes a value by its bits, as [`read_bits`] gives them.
pub(super) fn write_bits(bits: u64, ty: ValType, slots: &mut [u32]) {
    if ty.slots() == 2 { bits.write(slots) } else { (bits as u32).write(slots) }
}

/// A type of number that guests know: `i32`, `u32`, `i64`, `u64`, `f32`, `f64`.
pub trait Number: Copy + sealed::Sealed {
    /// Its type in WebAssembly.
    const TYPE: ValType;

    #[doc(hidden)]
    fn read(slots: &[u32]) -> Self;
    #[doc(hidden)]
    fn write(self, slots: &mut [u32]);
}

mod sealed {
    pub trait Sealed {}
    pub trait List {}
}

macro_rules! numbers {
    (narrow $($ty:ty, $wasm:ident, $from:expr, $to:expr;)*) => {$(
        impl sealed::Sealed for $ty {}
        impl Number for $ty {
            const TYPE: ValType = ValType::$wasm;

            fn read(slots: &[u32]) -> Self {
                $from(slots.first().copied().unwrap_or(0))
            }

            fn write(self, slots: &mut [u32]) {
                if let Some(slot) = slots.first_mut() {
                    *slot = $to(self);
                }
            }
        }
    )*};
    (wide $($ty:ty, $wasm:ident, $from:expr, $to:expr;)*) => {$(
        impl sealed::Sealed for $ty {}
        impl Number for $ty {
            const TYPE: ValType = ValType::$wasm;

            fn read(slots: &[u32]) -> Self {
                let [low, high] = slots.first_chunk().copied().unwrap_or_default();
                $from(u64::from(high) << 32 | u64::from(low))
            }

            fn write(self, slots: &mut [u32]) {
                let bits: u64 = $to(self);
                if let Some(pair) = slots.first_chunk_mut() {
                    *pair = [bits as u32, (bits >> 32) as u32];
                }
            }
        }
    )*};
}
numbers! { narrow
    i32, I32, |bits: u32| bits as i32, |value: i32| value as u32;
    u32, I32, |bits: u32| bits, |value: u32| value;
    f32, F32, f32::from_bits, f32::to_bits;
}
numbers! { wide
    i64, I64, |bits: u64| bits as i64, |value: i64| value as u64;
    u64, I64, |bits: u64| bits, |value: u64| value;
    f64, F64, f64::from_bits, f64::to_bits;
}

/// Parameters or results of a function: a [`Number`], or a tuple of up to eight.
pub trait Numbers: Copy + sealed::List {
    #[doc(hidden)]
    fn fit(types: impl ExactSizeIterator<Item = ValType>) -> bool;
    #[doc(hidden)]
    fn read_all(slots: &[u32]) -> Self;
    #[doc(hidden)]
    fn write_all(self, slots: &mut [u32]);
}

impl<N: Number> sealed::List for N {}

impl<N: Number> Numbers for N {
    fn fit(mut types: impl ExactSizeIterator<Item = ValType>) -> bool {
        types.next() == Some(N::TYPE) && types.len() == 0
    }

    fn read_all(slots: &[u32]) -> Self {
        N::read(slots)
    }

    fn write_all(self, slots: &mut [u32]) {
        self.write(slots);
    }
}

macro_rules! tuples {
    ($(($($name:ident)*))*) => {$(
        impl<$($name: Number),*> sealed::List for ($($name,)*) {}
        #[allow(
            non_snake_case,
            unused_assignments,
            unused_mut,
            unused_variables,
            clippy::unused_unit,
            reason = "named after their types; the empty tuple"
        )]
        impl<$($name: Number),*> Numbers for ($($name,)*) {
            fn fit(mut types: impl ExactSizeIterator<Item = ValType>) -> bool {
                $(types.next() == Some($name::TYPE) &&)* types.len() == 0
            }

            fn read_all(slots: &[u32]) -> Self {
                let mut rest = slots;
                $(
                    let $name = $name::read(rest);
                    rest = rest.get($name::TYPE.slots()..).unwrap_or_default();
                )*
                ($($name,)*)
            }

            fn write_all(self, slots: &mut [u32]) {
                let ($($name,)*) = self;
                let mut rest = slots;
                $(
                    $name.write(rest);
                    rest = rest.get_mut($name::TYPE.slots()..).unwrap_or_default();
                )*
            }
        }
    )*};
}
tuples! { () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

impl Signature<'_> {
    /// Whether parameters and results are of these types: `signature.is::<(i32, i32), i64>()`.
    #[must_use]
    pub fn is<P: Numbers, R: Numbers>(&self) -> bool {
        P::fit(self.params()) && R::fit(self.results())
    }
}
