//! Rust's numbers as wasm's values.

use ermine::ValType;

/// A number with the type it has in wasm.
pub(super) trait Number: Copy {
    /// That type.
    const TYPE: ValType;

    /// The number with these bits; 32-bit ones in the low half.
    fn of(bits: u64) -> Self;

    /// Its bits.
    fn bits(self) -> u64;
}

macro_rules! integers {
    ($($number:ty: $ty:ident through $unsigned:ty;)*) => {
        $(impl Number for $number {
            const TYPE: ValType = ValType::$ty;

            fn of(bits: u64) -> Self {
                bits as Self
            }

            fn bits(self) -> u64 {
                self as $unsigned as u64
            }
        })*
    };
}

integers! {
    u32: I32 through u32;
    i32: I32 through u32;
    u64: I64 through u64;
    i64: I64 through u64;
}

impl Number for f32 {
    const TYPE: ValType = ValType::F32;

    fn of(bits: u64) -> Self {
        Self::from_bits(bits as u32)
    }

    fn bits(self) -> u64 {
        self.to_bits().into()
    }
}

impl Number for f64 {
    const TYPE: ValType = ValType::F64;

    fn of(bits: u64) -> Self {
        Self::from_bits(bits)
    }

    fn bits(self) -> u64 {
        self.to_bits()
    }
}
