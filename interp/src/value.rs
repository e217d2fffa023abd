//! Values that cross the border between host and guest.

use core::fmt;

use crate::{
    externref::ExternRef,
    func::Func,
    types::{RefType, ValType},
};

macro_rules! float {
    ($(#[$doc:meta])* $name:ident, $float:ty, $bits:ty) => {
        $(#[$doc])*
        ///
        /// Kept as bits, so that the payload of a NaN survives. Comparisons are those of floats.
        #[derive(Clone, Copy, Default)]
        pub struct $name($bits);

        impl $name {
            /// A float from its bits.
            #[must_use]
            pub const fn from_bits(bits: $bits) -> Self {
                Self(bits)
            }

            /// The bits.
            #[must_use]
            pub const fn to_bits(self) -> $bits {
                self.0
            }

            /// From Rust's float.
            #[must_use]
            pub const fn from_float(float: $float) -> Self {
                Self(float.to_bits())
            }

            /// As Rust's float.
            #[must_use]
            pub const fn to_float(self) -> $float {
                <$float>::from_bits(self.0)
            }
        }

        impl From<$float> for $name {
            fn from(float: $float) -> Self {
                Self::from_float(float)
            }
        }

        impl From<$name> for $float {
            fn from(float: $name) -> Self {
                float.to_float()
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.to_float() == other.to_float()
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
                self.to_float().partial_cmp(&other.to_float())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if self.to_float().is_nan() {
                    return write!(f, "nan:{:#x}", self.0);
                }
                fmt::Debug::fmt(&self.to_float(), f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if self.to_float().is_nan() {
                    return write!(f, "nan:{:#x}", self.0);
                }
                fmt::Display::fmt(&self.to_float(), f)
            }
        }
    };
}

float! {
    /// A 32-bit float as the guest has it.
    F32, f32, u32
}

float! {
    /// A 64-bit float as the guest has it.
    F64, f64, u64
}

/// A reference that may be null.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Nullable<T> {
    /// Refers to nothing.
    #[default]
    Null,
    /// Refers to this.
    Val(T),
}

impl<T> Nullable<T> {
    /// Whether it refers to nothing.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// What it refers to.
    pub fn val(&self) -> Option<&T> {
        match self {
            Self::Null => None,
            Self::Val(value) => Some(value),
        }
    }

    /// The same with a borrowed value.
    pub fn as_ref(&self) -> Nullable<&T> {
        match self {
            Self::Null => Nullable::Null,
            Self::Val(value) => Nullable::Val(value),
        }
    }
}

impl<T> From<T> for Nullable<T> {
    fn from(value: T) -> Self {
        Self::Val(value)
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Val)
    }
}

impl<T> From<Nullable<T>> for Option<T> {
    fn from(value: Nullable<T>) -> Self {
        match value {
            Nullable::Null => None,
            Nullable::Val(value) => Some(value),
        }
    }
}

/// A reference, as tables hold them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ref {
    /// To a function.
    Func(Nullable<Func>),
    /// To a host object.
    Extern(Nullable<ExternRef>),
}

impl Ref {
    /// The null of a type.
    #[must_use]
    pub fn null(ty: RefType) -> Self {
        match ty {
            RefType::Func => Self::Func(Nullable::Null),
            RefType::Extern => Self::Extern(Nullable::Null),
        }
    }

    /// The default of a type: its null.
    #[must_use]
    pub fn default_for_ty(ty: RefType) -> Self {
        Self::null(ty)
    }

    /// Whether it refers to nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        match self {
            Self::Func(func) => func.is_null(),
            Self::Extern(object) => object.is_null(),
        }
    }

    /// Whether it refers to something.
    #[must_use]
    pub fn is_non_null(&self) -> bool {
        !self.is_null()
    }

    /// Its type.
    #[must_use]
    pub fn ty(&self) -> RefType {
        match self {
            Self::Func(_) => RefType::Func,
            Self::Extern(_) => RefType::Extern,
        }
    }

    /// The function reference, if it is one.
    #[must_use]
    pub fn as_func(&self) -> Option<Nullable<&Func>> {
        match self {
            Self::Func(func) => Some(func.as_ref()),
            Self::Extern(_) => None,
        }
    }

    /// The reference to a host object, if it is one.
    #[must_use]
    pub fn as_extern(&self) -> Option<Nullable<&ExternRef>> {
        match self {
            Self::Extern(object) => Some(object.as_ref()),
            Self::Func(_) => None,
        }
    }
}

impl From<Func> for Ref {
    fn from(func: Func) -> Self {
        Self::Func(Nullable::Val(func))
    }
}

impl From<ExternRef> for Ref {
    fn from(object: ExternRef) -> Self {
        Self::Extern(Nullable::Val(object))
    }
}

impl From<Nullable<Func>> for Ref {
    fn from(func: Nullable<Func>) -> Self {
        Self::Func(func)
    }
}

impl From<Nullable<ExternRef>> for Ref {
    fn from(object: Nullable<ExternRef>) -> Self {
        Self::Extern(object)
    }
}

/// A value of any type.
///
/// # Examples
///
/// ```
/// use ermine::{Val, ValType};
///
/// let value = Val::from(2.5_f64);
/// assert_eq!(value.ty(), ValType::F64);
/// assert_eq!(value.f64().map(f64::from), Some(2.5));
/// assert_eq!(value.i32(), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Val {
    /// A 32-bit integer.
    I32(i32),
    /// A 64-bit integer.
    I64(i64),
    /// A 32-bit float.
    F32(F32),
    /// A 64-bit float.
    F64(F64),
    /// A reference to a function.
    FuncRef(Nullable<Func>),
    /// A reference to a host object.
    ExternRef(Nullable<ExternRef>),
}

impl Val {
    /// Zero or null.
    #[must_use]
    pub fn default_for_ty(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32(0),
            ValType::I64 => Self::I64(0),
            ValType::F32 => Self::F32(F32::default()),
            ValType::F64 => Self::F64(F64::default()),
            ValType::FuncRef => Self::FuncRef(Nullable::Null),
            ValType::ExternRef => Self::ExternRef(Nullable::Null),
        }
    }

    /// Its type.
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

    /// The value, if it is an `i32`.
    #[must_use]
    pub fn i32(&self) -> Option<i32> {
        if let Self::I32(value) = self { Some(*value) } else { None }
    }

    /// The value, if it is an `i64`.
    #[must_use]
    pub fn i64(&self) -> Option<i64> {
        if let Self::I64(value) = self { Some(*value) } else { None }
    }

    /// The value, if it is an `f32`.
    #[must_use]
    pub fn f32(&self) -> Option<F32> {
        if let Self::F32(value) = self { Some(*value) } else { None }
    }

    /// The value, if it is an `f64`.
    #[must_use]
    pub fn f64(&self) -> Option<F64> {
        if let Self::F64(value) = self { Some(*value) } else { None }
    }

    /// The reference, if it is a `funcref`.
    #[must_use]
    pub fn funcref(&self) -> Option<Nullable<&Func>> {
        if let Self::FuncRef(value) = self { Some(value.as_ref()) } else { None }
    }

    /// The reference, if it is an `externref`.
    #[must_use]
    pub fn externref(&self) -> Option<Nullable<&ExternRef>> {
        if let Self::ExternRef(value) = self { Some(value.as_ref()) } else { None }
    }

    /// The reference, if it is one of either kind.
    #[must_use]
    pub fn as_ref_value(&self) -> Option<Ref> {
        match self {
            Self::FuncRef(value) => Some(Ref::Func(*value)),
            Self::ExternRef(value) => Some(Ref::Extern(*value)),
            Self::I32(_) | Self::I64(_) | Self::F32(_) | Self::F64(_) => None,
        }
    }
}

macro_rules! val_from {
    ($($from:ty => $variant:ident;)*) => {
        $(impl From<$from> for Val {
            fn from(value: $from) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

val_from! {
    i32 => I32;
    i64 => I64;
    f32 => F32;
    f64 => F64;
    F32 => F32;
    F64 => F64;
    Func => FuncRef;
    ExternRef => ExternRef;
    Nullable<Func> => FuncRef;
    Nullable<ExternRef> => ExternRef;
}

impl From<Ref> for Val {
    fn from(value: Ref) -> Self {
        match value {
            Ref::Func(func) => Self::FuncRef(func),
            Ref::Extern(object) => Self::ExternRef(object),
        }
    }
}
