//! Values as they are compared: bits, and of references no more than whether there is one.

use ermine::{F32, F64, Val, ValType, bare};

/// A value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// An i32, or the bits of an f32.
    Narrow(u32),
    /// An i64, or the bits of an f64.
    Wide(u64),
    /// No reference.
    Null,
    /// A reference.
    Reference,
}

impl Word {
    /// The value of this type with these bits; the null of a reference type.
    #[must_use]
    pub fn new(ty: ValType, bits: u64) -> Self {
        match ty {
            ValType::I32 | ValType::F32 => Self::Narrow(bits as u32),
            ValType::I64 | ValType::F64 => Self::Wide(bits),
            ValType::FuncRef | ValType::ExternRef => Self::Null,
        }
    }

    /// Its bits; 0 for a reference.
    #[must_use]
    pub fn bits(self) -> u64 {
        match self {
            Self::Narrow(bits) => bits.into(),
            Self::Wide(bits) => bits,
            Self::Null | Self::Reference => 0,
        }
    }

    /// The same for an instance in a store.
    #[must_use]
    pub fn val(self, ty: ValType) -> Val {
        match ty {
            ValType::I32 => Val::I32(self.bits() as i32),
            ValType::I64 => Val::I64(self.bits() as i64),
            ValType::F32 => Val::F32(F32::from_bits(self.bits() as u32)),
            ValType::F64 => Val::F64(F64::from_bits(self.bits())),
            ValType::FuncRef | ValType::ExternRef => Val::default_for_ty(ty),
        }
    }

    /// The same for a bare instance.
    #[must_use]
    pub fn bare(self, ty: ValType) -> bare::Val {
        match ty {
            ValType::I32 => bare::Val::I32(self.bits() as i32),
            ValType::I64 => bare::Val::I64(self.bits() as i64),
            ValType::F32 => bare::Val::F32(f32::from_bits(self.bits() as u32)),
            ValType::F64 => bare::Val::F64(f64::from_bits(self.bits())),
            ValType::FuncRef => bare::Val::FuncRef(None),
            ValType::ExternRef => bare::Val::ExternRef(None),
        }
    }
}

impl From<&Val> for Word {
    fn from(value: &Val) -> Self {
        match value {
            Val::I32(value) => Self::Narrow(*value as u32),
            Val::I64(value) => Self::Wide(*value as u64),
            Val::F32(value) => Self::Narrow(value.to_bits()),
            Val::F64(value) => Self::Wide(value.to_bits()),
            Val::FuncRef(value) if value.is_null() => Self::Null,
            Val::ExternRef(value) if value.is_null() => Self::Null,
            Val::FuncRef(_) | Val::ExternRef(_) => Self::Reference,
        }
    }
}

impl From<bare::Val> for Word {
    fn from(value: bare::Val) -> Self {
        match value {
            bare::Val::I32(value) => Self::Narrow(value as u32),
            bare::Val::I64(value) => Self::Wide(value as u64),
            bare::Val::F32(value) => Self::Narrow(value.to_bits()),
            bare::Val::F64(value) => Self::Wide(value.to_bits()),
            bare::Val::FuncRef(None) | bare::Val::ExternRef(None) => Self::Null,
            bare::Val::FuncRef(Some(_)) | bare::Val::ExternRef(Some(_)) => Self::Reference,
        }
    }
}
