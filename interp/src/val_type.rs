//! Types of values. They need no allocator: images name them, too.

use crate::isa::Ty;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValType {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// Reference to a function, or null.
    FuncRef,
    /// Reference to a host object, or null.
    ExternRef,
}

impl ValType {
    /// Whether this is a number.
    #[must_use]
    pub fn is_num(&self) -> bool {
        matches!(self, Self::I32 | Self::I64 | Self::F32 | Self::F64)
    }

    /// Whether this is a reference.
    #[must_use]
    pub fn is_ref(&self) -> bool {
        matches!(self, Self::FuncRef | Self::ExternRef)
    }

    /// The reference type, if this is one.
    #[must_use]
    pub fn as_ref(&self) -> Option<RefType> {
        match self {
            Self::FuncRef => Some(RefType::Func),
            Self::ExternRef => Some(RefType::Extern),
            Self::I32 | Self::I64 | Self::F32 | Self::F64 => None,
        }
    }

    /// Slots of 4 bytes that a value of this type takes.
    pub(crate) const fn slots(self) -> usize {
        match self {
            Self::I32 | Self::F32 | Self::FuncRef | Self::ExternRef => 1,
            Self::I64 | Self::F64 => 2,
        }
    }

    /// The name in the text format.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::FuncRef => "funcref",
            Self::ExternRef => "externref",
        }
    }
}

impl core::fmt::Display for ValType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

/// The type of a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RefType {
    /// `funcref`
    Func,
    /// `externref`
    Extern,
}

impl From<RefType> for ValType {
    fn from(ty: RefType) -> Self {
        match ty {
            RefType::Func => Self::FuncRef,
            RefType::Extern => Self::ExternRef,
        }
    }
}

impl ValType {
    /// The byte that stands for this type in the binary format, and in images.
    pub(crate) const fn byte(self) -> u8 {
        match self {
            Self::I32 => 0x7f,
            Self::I64 => 0x7e,
            Self::F32 => 0x7d,
            Self::F64 => 0x7c,
            Self::FuncRef => 0x70,
            Self::ExternRef => 0x6f,
        }
    }

    /// The type that this byte stands for.
    pub(crate) const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x7f => Some(Self::I32),
            0x7e => Some(Self::I64),
            0x7d => Some(Self::F32),
            0x7c => Some(Self::F64),
            0x70 => Some(Self::FuncRef),
            0x6f => Some(Self::ExternRef),
            _ => None,
        }
    }

    /// What the machine takes values of this type for.
    pub(crate) const fn machine(self) -> Ty {
        match self {
            Self::I32 | Self::FuncRef | Self::ExternRef => Ty::I32,
            Self::I64 => Ty::I64,
            Self::F32 => Ty::F32,
            Self::F64 => Ty::F64,
        }
    }
}
