//! `wasm_val_t`: a kind and a union.

use std::fmt;
use std::mem::MaybeUninit;
use std::ptr;
use std::rc::Rc;

use ermine::{Error, ErrorKind, ExternRef, F32, F64, Func, Nullable, Ref, RefType, Val};

use crate::boundary::{discard, guard_out};
use crate::home::Home;
use crate::object::{Object, Which};
use crate::types::{EXTERNREF, FUNCREF, ValKind, kind_of, of_kind};

/// A value. A reference in it is owned, but where C made the value and the library borrows it.
#[repr(C)]
pub struct Value {
    kind: ValKind,
    of: Payload,
}

#[repr(C)]
#[derive(Clone, Copy)]
union Payload {
    i32: i32,
    i64: i64,
    f32: u32,
    f64: u64,
    reference: *mut Object,
}

impl Default for Value {
    /// The null that C's `WASM_INIT_VAL` is.
    fn default() -> Self {
        Self::reference(EXTERNREF, None)
    }
}

impl Value {
    fn reference(kind: ValKind, object: Option<Box<Object>>) -> Self {
        // All of the union is set: comparing and copying looks at all of it.
        let mut of = Payload { i64: 0 };
        of.reference = object.map_or(ptr::null_mut(), Box::into_raw);
        Self { kind, of }
    }

    fn number(kind: ermine::ValType, bits: u64) -> Self {
        Self { kind: kind_of(kind), of: Payload { f64: bits } }
    }

    /// The object that a reference is to.
    fn object(&self) -> Option<&Object> {
        if !matches!(self.kind, EXTERNREF | FUNCREF) {
            return None;
        }
        // SAFETY: promise C4: the kind says that this member is set, to null or a live object.
        unsafe { self.of.reference.as_ref() }
    }

    /// A value of the engine's, as C has it.
    pub fn new(home: &Rc<Home>, val: Val) -> Self {
        let handle = |which| Some(Object::new(home, which));
        match val {
            Val::I32(value) => Self::number(val.ty(), u64::from(value.cast_unsigned())),
            Val::I64(value) => Self::number(val.ty(), value.cast_unsigned()),
            Val::F32(value) => Self::number(val.ty(), u64::from(value.to_bits())),
            Val::F64(value) => Self::number(val.ty(), value.to_bits()),
            Val::FuncRef(Nullable::Null) => Self::reference(FUNCREF, None),
            Val::ExternRef(Nullable::Null) => Self::reference(EXTERNREF, None),
            Val::FuncRef(Nullable::Val(func)) => Self::reference(FUNCREF, handle(Which::Func(func))),
            Val::ExternRef(Nullable::Val(object)) => Self::reference(EXTERNREF, handle(home.held(object))),
        }
    }

    /// The type of its kind, if there is such a one.
    pub fn ty(&self) -> Option<ermine::ValType> {
        of_kind(self.kind)
    }

    /// Whether it is of this type. A null of either kind is one of the other, too.
    pub fn is(&self, ty: ermine::ValType) -> bool {
        let is_null = matches!(self.kind, EXTERNREF | FUNCREF) && self.object().is_none();
        self.kind == kind_of(ty) || (is_null && ty.is_ref())
    }

    /// The engine's value of this type.
    ///
    /// # Errors
    ///
    /// If the value is of another type, or of another store.
    pub fn to_val(&self, home: &Rc<Home>, ty: ermine::ValType) -> Result<Val, Error> {
        if !self.is(ty) {
            return Err(ErrorKind::ValueType.into());
        }
        if let Some(element) = ty.as_ref() {
            return Ok(reference(home, self.object(), element)?.into());
        }
        // SAFETY: promise C4: the kind says which member is set; any bits are a number.
        Ok(unsafe {
            match ty {
                ermine::ValType::I32 => Val::I32(self.of.i32),
                ermine::ValType::I64 => Val::I64(self.of.i64),
                ermine::ValType::F32 => Val::F32(F32::from_bits(self.of.f32)),
                ermine::ValType::F64 => Val::F64(F64::from_bits(self.of.f64)),
                ermine::ValType::FuncRef => Val::FuncRef(Nullable::Null),
                ermine::ValType::ExternRef => Val::ExternRef(Nullable::Null),
            }
        })
    }
}

/// The engine's reference to an object, or null.
///
/// # Errors
///
/// If it is of another store, or should be a function and is none.
pub fn reference(home: &Rc<Home>, object: Option<&Object>, ty: RefType) -> Result<Ref, Error> {
    let Some(object) = object else { return Ok(Ref::null(ty)) };
    if !Rc::ptr_eq(home, &object.home) {
        return Err(ErrorKind::ForeignHandle.into());
    }
    match (ty, &object.which) {
        (RefType::Func, Which::Func(func)) => Ok(Func::into(*func)),
        (RefType::Func, _) => Err(ErrorKind::ValueType.into()),
        (RefType::Extern, which) => home.hold(which).map(ExternRef::into),
    }
}

/// The handle on what a reference of the engine's is to.
pub fn referenced(home: &Rc<Home>, reference: Ref) -> Option<Box<Object>> {
    match reference {
        Ref::Func(func) => func.val().map(|&func| Object::new(home, Which::Func(func))),
        Ref::Extern(object) => object.val().map(|&object| Object::new(home, home.held(object))),
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        match self.object() {
            Some(object) => Self::reference(self.kind, Some(Box::new(object.clone()))),
            None => Self { kind: self.kind, of: self.of },
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        if self.object().is_some() {
            // SAFETY: promise C2: values that the library drops own their reference, which was made with `Box::into_raw`.
            drop(unsafe { Box::from_raw(self.of.reference) });
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Value").field("kind", &self.kind).finish_non_exhaustive()
    }
}

#[unsafe(no_mangle)]
extern "C" fn wasm_val_delete(value: Option<&mut Value>) {
    discard(value.map(std::mem::take));
}

#[unsafe(no_mangle)]
extern "C" fn wasm_val_copy(out: Option<&mut MaybeUninit<Value>>, value: Option<&Value>) {
    guard_out(out, Value::default(), || value.cloned());
}
