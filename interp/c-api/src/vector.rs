//! `wasm_…_vec_t`: a size and a pointer, one generic type for all of them.

use std::ffi::c_char;
use std::mem::{self, MaybeUninit};
use std::{ptr, slice};

use crate::boundary::{discard, guard_out};
use crate::object::Object;
use crate::trap::Frame;
use crate::types::{ExportType, ExternType, ImportType, ValType};
use crate::value::Value;

/// A pointer in a vector that owns what it points to, or null.
pub type Own<T> = Option<Box<T>>;

/// A vector. Owns its elements where the library made it; where C did, it is only ever borrowed.
#[repr(C)]
#[derive(Debug)]
pub struct Vector<T> {
    size: usize,
    data: *mut T,
}

/// A vector of bytes, and a name.
pub type Bytes = Vector<c_char>;

impl<T> Vector<T> {
    /// A vector of these. An empty one has no allocation.
    pub fn new(items: Vec<T>) -> Self {
        let size = items.len();
        let data = if size == 0 { ptr::null_mut() } else { Box::into_raw(items.into_boxed_slice()).cast() };
        Self { size, data }
    }

    /// A vector of none.
    pub fn empty() -> Self {
        Self { size: 0, data: ptr::null_mut() }
    }

    /// The elements.
    pub fn as_slice(&self) -> &[T] {
        if self.data.is_null() {
            return &[];
        }
        // SAFETY: promise C1: there are `size` initialised elements.
        unsafe { slice::from_raw_parts(self.data, self.size) }
    }

    /// How many elements it has.
    pub fn len(&self) -> usize {
        if self.data.is_null() { 0 } else { self.size }
    }

    /// Where the elements are, and how many; they need not be initialised.
    pub fn places(&mut self) -> &mut [MaybeUninit<T>] {
        if self.data.is_null() {
            return &mut [];
        }
        // SAFETY: promise C1: there is room for `size` elements, which nothing else refers to meanwhile.
        unsafe { slice::from_raw_parts_mut(self.data.cast(), self.size) }
    }

    /// Takes the elements out; what stays is empty.
    pub fn take(&mut self) -> Vec<T> {
        let (size, data) = (mem::take(&mut self.size), mem::replace(&mut self.data, ptr::null_mut()));
        if data.is_null() {
            return Vec::new();
        }
        // SAFETY: promise C2: the library made it with this size.
        unsafe { Box::from_raw(ptr::slice_from_raw_parts_mut(data, size)) }.into_vec()
    }
}

impl Bytes {
    /// A vector of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self::new(bytes.iter().map(|&byte| byte.cast_signed() as c_char).collect())
    }

    /// The bytes as Rust has them.
    pub fn bytes(&self) -> &[u8] {
        let chars = self.as_slice();
        // SAFETY: a `c_char` is one byte and every value of it is one. No invariant is needed.
        unsafe { slice::from_raw_parts(chars.as_ptr().cast(), chars.len()) }
    }
}

impl<T: Clone> Clone for Vector<T> {
    fn clone(&self) -> Self {
        Self::new(self.as_slice().to_vec())
    }
}

impl<T> Drop for Vector<T> {
    fn drop(&mut self) {
        drop(self.take());
    }
}

/// The elements of an array, which are the vector's from then on.
fn moved<T>(size: usize, items: *const T) -> Vec<T> {
    if items.is_null() {
        return Vec::new();
    }
    // SAFETY: promises C1 and C2: there are `size` elements, and C gives them away.
    (0..size).map(|at| unsafe { items.add(at).read() }).collect()
}

/// The five functions of each kind of vector. Elements that the standard leaves uninitialised are `$initial`: deleting them is harmless.
macro_rules! vectors {
    ($($item:ty = $initial:expr; $empty:ident $uninitialized:ident $new:ident $copy:ident $delete:ident)*) => {$(
        #[unsafe(no_mangle)]
        pub extern "C" fn $empty(out: Option<&mut MaybeUninit<Vector<$item>>>) {
            guard_out(out, Vector::empty(), || None);
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $uninitialized(out: Option<&mut MaybeUninit<Vector<$item>>>, size: usize) {
            guard_out(out, Vector::empty(), || {
                let mut items: Vec<$item> = Vec::new();
                items.try_reserve_exact(size).ok()?;
                items.resize_with(size, || $initial);
                Some(Vector::new(items))
            });
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $new(out: Option<&mut MaybeUninit<Vector<$item>>>, size: usize, items: *const $item) {
            guard_out(out, Vector::empty(), || Some(Vector::new(moved(size, items))));
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $copy(out: Option<&mut MaybeUninit<Vector<$item>>>, vector: Option<&Vector<$item>>) {
            guard_out(out, Vector::empty(), || vector.cloned());
        }

        #[unsafe(no_mangle)]
        pub extern "C" fn $delete(vector: Option<&mut Vector<$item>>) {
            discard(vector.map(Vector::take));
        }
    )*};
}

vectors! {
    c_char = 0; wasm_byte_vec_new_empty wasm_byte_vec_new_uninitialized wasm_byte_vec_new wasm_byte_vec_copy wasm_byte_vec_delete
    Value = Value::default(); wasm_val_vec_new_empty wasm_val_vec_new_uninitialized wasm_val_vec_new wasm_val_vec_copy wasm_val_vec_delete
    Own<ValType> = None; wasm_valtype_vec_new_empty wasm_valtype_vec_new_uninitialized wasm_valtype_vec_new wasm_valtype_vec_copy wasm_valtype_vec_delete
    Own<ExternType> = None; wasm_functype_vec_new_empty wasm_functype_vec_new_uninitialized wasm_functype_vec_new wasm_functype_vec_copy wasm_functype_vec_delete
    Own<ExternType> = None; wasm_globaltype_vec_new_empty wasm_globaltype_vec_new_uninitialized wasm_globaltype_vec_new wasm_globaltype_vec_copy wasm_globaltype_vec_delete
    Own<ExternType> = None; wasm_tabletype_vec_new_empty wasm_tabletype_vec_new_uninitialized wasm_tabletype_vec_new wasm_tabletype_vec_copy wasm_tabletype_vec_delete
    Own<ExternType> = None; wasm_memorytype_vec_new_empty wasm_memorytype_vec_new_uninitialized wasm_memorytype_vec_new wasm_memorytype_vec_copy wasm_memorytype_vec_delete
    Own<ExternType> = None; wasm_externtype_vec_new_empty wasm_externtype_vec_new_uninitialized wasm_externtype_vec_new wasm_externtype_vec_copy wasm_externtype_vec_delete
    Own<ImportType> = None; wasm_importtype_vec_new_empty wasm_importtype_vec_new_uninitialized wasm_importtype_vec_new wasm_importtype_vec_copy wasm_importtype_vec_delete
    Own<ExportType> = None; wasm_exporttype_vec_new_empty wasm_exporttype_vec_new_uninitialized wasm_exporttype_vec_new wasm_exporttype_vec_copy wasm_exporttype_vec_delete
    Own<Frame> = None; wasm_frame_vec_new_empty wasm_frame_vec_new_uninitialized wasm_frame_vec_new wasm_frame_vec_copy wasm_frame_vec_delete
    Own<Object> = None; wasm_extern_vec_new_empty wasm_extern_vec_new_uninitialized wasm_extern_vec_new wasm_extern_vec_copy wasm_extern_vec_delete
}
