//! Operands and results: how each place of a form is read and written.
#![allow(unsafe_code, reason = "slots, code and linear memory are reached through addresses")]

use super::ctx::Ctx;
use super::state::{State, Stream, Value, read16, read32};
use crate::isa::field::{Field, Layout};
use crate::isa::form::{A, I, K, Keyed, M, O, P, S, W};

/// A place that an operand of type `V` can come from.
pub(crate) trait Read<V: Value>: Keyed {
    const LAYOUT: Layout;

    /// # Safety
    /// The instruction at `s.ip` has this place's field `at` bytes behind it (invariant 1).
    unsafe fn read<C: Stream>(s: &State<C>, at: usize) -> V;
}

impl<V: Value> Read<V> for S {
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Read(V::TY));

    #[inline(always)]
    unsafe fn read<C: Stream>(s: &State<C>, at: usize) -> V {
        // SAFETY: the caller's contract.
        unsafe { s.get(u32::from(s.field16(at))) }
    }
}

impl<V: Value> Read<V> for A {
    const LAYOUT: Layout = Layout::EMPTY.reading(V::TY);

    #[inline(always)]
    unsafe fn read<C: Stream>(s: &State<C>, _at: usize) -> V {
        V::from_acc(&s.acc)
    }
}

impl Read<u32> for I {
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Imm16);

    #[inline(always)]
    unsafe fn read<C: Stream>(s: &State<C>, at: usize) -> u32 {
        // SAFETY: the caller's contract.
        unsafe { i32::from(s.field16(at) as i16) as u32 }
    }
}

impl Read<u64> for I {
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Imm16);

    #[inline(always)]
    unsafe fn read<C: Stream>(s: &State<C>, at: usize) -> u64 {
        // SAFETY: the caller's contract.
        unsafe { i64::from(s.field16(at) as i16) as u64 }
    }
}

impl Read<u32> for W {
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Imm32);

    #[inline(always)]
    unsafe fn read<C: Stream>(s: &State<C>, at: usize) -> u32 {
        // SAFETY: the caller's contract.
        unsafe { s.field32(at) }
    }
}

impl Read<u64> for W {
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Imm32);

    #[inline(always)]
    unsafe fn read<C: Stream>(s: &State<C>, at: usize) -> u64 {
        // SAFETY: the caller's contract.
        unsafe { i64::from(s.field32(at) as i32) as u64 }
    }
}

impl Read<f32> for W {
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Imm32);

    #[inline(always)]
    unsafe fn read<C: Stream>(s: &State<C>, at: usize) -> f32 {
        // SAFETY: the caller's contract.
        unsafe { f32::from_bits(s.field32(at)) }
    }
}

impl Read<u64> for K {
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Imm64);

    #[inline(always)]
    unsafe fn read<C: Stream>(s: &State<C>, at: usize) -> u64 {
        // SAFETY: the caller's contract.
        unsafe { u64::from(s.field32(at)) | u64::from(s.field32(at + 4)) << 32 }
    }
}

impl Read<f64> for K {
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Imm64);

    #[inline(always)]
    unsafe fn read<C: Stream>(s: &State<C>, at: usize) -> f64 {
        // SAFETY: the caller's contract.
        unsafe { f64::from_bits(<Self as Read<u64>>::read(s, at)) }
    }
}

/// A place that a result of type `V` can go to. The accumulator of its type holds it in any case.
pub(crate) trait Write<V: Value>: Keyed {
    const LAYOUT: Layout;

    /// # Safety
    /// The instruction at `s.ip` has this place's field `at` bytes behind it (invariant 1).
    unsafe fn write<C: Stream>(s: &mut State<C>, at: usize, value: V);
}

impl<V: Value> Write<V> for S {
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Write(V::TY)).writing(V::TY);

    #[inline(always)]
    unsafe fn write<C: Stream>(s: &mut State<C>, at: usize, value: V) {
        value.into_acc(&mut s.acc);
        // SAFETY: the caller's contract.
        unsafe { s.set(u32::from(s.field16(at)), value) }
    }
}

impl<V: Value> Write<V> for A {
    const LAYOUT: Layout = Layout::EMPTY.writing(V::TY);

    #[inline(always)]
    unsafe fn write<C: Stream>(s: &mut State<C>, _at: usize, value: V) {
        value.into_acc(&mut s.acc);
    }
}

/// How an access finds its bytes.
pub(crate) trait Address: Keyed {
    const LAYOUT: Layout;

    /// The address of `size` bytes of linear memory, or `None` if they are not all inside it.
    ///
    /// # Safety
    /// The instruction at `s.ip` has this address's fields `at` bytes behind it (invariant 1).
    unsafe fn resolve<C: Stream>(s: &State<C>, at: usize, size: usize) -> Option<*mut u8>;
}

/// `index + offset` in the memory of `len` bytes at `base`.
///
/// # Safety
/// `base` is the address of `len` bytes.
#[cfg(not(ermine_thumb1))]
#[inline(always)]
unsafe fn locate(base: *mut u8, len: usize, index: u32, offset: u32, size: usize) -> Option<*mut u8> {
    let start = start_of(len, index, offset, size)?;
    // SAFETY: `start + size <= len`, and the caller's contract.
    Some(unsafe { base.add(start) })
}

/// The same on a Cortex-M0, which has few registers and short branches: a call takes 20 bytes less, and no more time.
///
/// # Safety
/// `base` is the address of `len` bytes.
#[cfg(ermine_thumb1)]
#[inline(always)]
unsafe fn locate(base: *mut u8, len: usize, index: u32, offset: u32, size: usize) -> Option<*mut u8> {
    /// Null if there are not so many bytes.
    #[inline(never)]
    fn located(base: *mut u8, len: usize, index: u32, offset: u32, size: usize) -> *mut u8 {
        match start_of(len, index, offset, size) {
            Some(start) => base.wrapping_add(start),
            None => core::ptr::null_mut(),
        }
    }
    let address = located(base, len, index, offset, size);
    (!address.is_null()).then_some(address)
}

/// `index + offset`, if `size` bytes from there are inside `len`.
#[cfg(not(target_pointer_width = "32"))]
#[inline(always)]
fn start_of(len: usize, index: u32, offset: u32, size: usize) -> Option<usize> {
    // In 64 bits the sum cannot wrap.
    let start = index as usize + offset as usize;
    (start + size <= len).then_some(start)
}

/// The same where sums of 64 bits take two registers and two additions: 8 instructions become 6 on a Cortex-M, 6 become 4 for a byte.
#[cfg(target_pointer_width = "32")]
#[inline(always)]
fn start_of(len: usize, index: u32, offset: u32, size: usize) -> Option<usize> {
    let start = index.checked_add(offset)? as usize;
    let rest = len.checked_sub(start)?;
    (rest >= size).then_some(start)
}

impl<X: Read<u32>> Address for (X, O) {
    const LAYOUT: Layout = X::LAYOUT.with(Field::Offset16);

    #[inline(always)]
    unsafe fn resolve<C: Stream>(s: &State<C>, at: usize, size: usize) -> Option<*mut u8> {
        // SAFETY: the caller's contract; `mem` and `mem_len` describe memory 0 (invariant 2).
        unsafe {
            locate(s.mem, s.mem_len, X::read(s, at), u32::from(s.field16(at + const { X::LAYOUT.bytes() })), size)
        }
    }
}

impl<X: Read<u32>> Address for (X, P) {
    const LAYOUT: Layout = X::LAYOUT.with(Field::Offset32);

    #[inline(always)]
    unsafe fn resolve<C: Stream>(s: &State<C>, at: usize, size: usize) -> Option<*mut u8> {
        // SAFETY: the caller's contract; `mem` and `mem_len` describe memory 0 (invariant 2).
        unsafe { locate(s.mem, s.mem_len, X::read(s, at), s.field32(at + const { X::LAYOUT.bytes() }), size) }
    }
}

/// The sum of two operands, in 32 bits, is the index.
impl<X: Read<u32>, Y: Read<u32>> Address for (X, Y, O) {
    const LAYOUT: Layout = X::LAYOUT.and(Y::LAYOUT).with(Field::Offset16);

    #[inline(always)]
    unsafe fn resolve<C: Stream>(s: &State<C>, at: usize, size: usize) -> Option<*mut u8> {
        // SAFETY: the caller's contract; `mem` and `mem_len` describe memory 0 (invariant 2).
        unsafe {
            let index = X::read(s, at).wrapping_add(Y::read(s, at + const { X::LAYOUT.bytes() }));
            let offset = s.field16(at + const { X::LAYOUT.bytes() + Y::LAYOUT.bytes() });
            locate(s.mem, s.mem_len, index, u32::from(offset), size)
        }
    }
}

/// A scaled operand plus another one, in 32 bits, is the index: an element of an array.
impl<X: Read<u32>, Y: Read<u32>> Address for (X, I, Y, O) {
    const LAYOUT: Layout = X::LAYOUT.with(Field::Imm16).and(Y::LAYOUT).with(Field::Offset16);

    #[inline(always)]
    unsafe fn resolve<C: Stream>(s: &State<C>, at: usize, size: usize) -> Option<*mut u8> {
        // SAFETY: the caller's contract; `mem` and `mem_len` describe memory 0 (invariant 2).
        unsafe {
            let shift = at + const { X::LAYOUT.bytes() };
            let base = Y::read(s, shift + 2);
            let index = X::read(s, at).wrapping_shl(<I as Read<u32>>::read(s, shift)).wrapping_add(base);
            let offset = s.field16(shift + 2 + const { Y::LAYOUT.bytes() });
            locate(s.mem, s.mem_len, index, u32::from(offset), size)
        }
    }
}

/// A scaled operand is the index: an element of an array whose address is the offset.
impl<X: Read<u32>> Address for (X, I, P) {
    const LAYOUT: Layout = X::LAYOUT.with(Field::Imm16).with(Field::Offset32);

    #[inline(always)]
    unsafe fn resolve<C: Stream>(s: &State<C>, at: usize, size: usize) -> Option<*mut u8> {
        // SAFETY: the caller's contract; `mem` and `mem_len` describe memory 0 (invariant 2).
        unsafe {
            let shift = at + const { X::LAYOUT.bytes() };
            let index = X::read(s, at).wrapping_shl(<I as Read<u32>>::read(s, shift));
            locate(s.mem, s.mem_len, index, s.field32(shift + 2), size)
        }
    }
}

/// The sum of an operand and an immediate, in 32 bits, is the address.
impl<X: Read<u32>> Address for (X, W) {
    const LAYOUT: Layout = X::LAYOUT.with(Field::Imm32);

    #[inline(always)]
    unsafe fn resolve<C: Stream>(s: &State<C>, at: usize, size: usize) -> Option<*mut u8> {
        // SAFETY: the caller's contract; `mem` and `mem_len` describe memory 0 (invariant 2).
        unsafe {
            let index = X::read(s, at).wrapping_add(s.field32(at + const { X::LAYOUT.bytes() }));
            locate(s.mem, s.mem_len, index, 0, size)
        }
    }
}

/// An address known to the translator.
impl Address for W {
    const LAYOUT: Layout = Layout::EMPTY.with(Field::Offset32);

    #[inline(always)]
    unsafe fn resolve<C: Stream>(s: &State<C>, at: usize, size: usize) -> Option<*mut u8> {
        // SAFETY: the caller's contract; `mem` and `mem_len` describe memory 0 (invariant 2).
        unsafe { locate(s.mem, s.mem_len, 0, s.field32(at), size) }
    }
}

/// Any memory, any offset.
impl<X: Read<u32>> Address for (X, M) {
    const LAYOUT: Layout = X::LAYOUT.with(Field::Memory).with(Field::Offset32);

    #[inline(always)]
    unsafe fn resolve<C: Stream>(s: &State<C>, at: usize, size: usize) -> Option<*mut u8> {
        // SAFETY: the caller's contract; the module has a memory of this number (invariants 1 and 2).
        unsafe {
            let fields = at + const { X::LAYOUT.bytes() };
            far(s.ctx, s.ip.add(fields), X::read(s, at), size)
        }
    }
}

/// [`locate`] with the memory and the offset that are in code at `fields`. It is seldom executed: where code is to be small, it is a call.
///
/// # Safety
/// The module has this memory (invariant 1), and `ctx` is valid (invariant 2).
#[cfg_attr(ermine_small, inline(never))]
#[cfg_attr(not(ermine_small), inline(always))]
unsafe fn far(ctx: *const Ctx, fields: *const u8, index: u32, size: usize) -> Option<*mut u8> {
    // SAFETY: the caller's contract.
    unsafe {
        let view = *(*ctx).memories.add(usize::from(read16(fields, 0)));
        locate((*view).base, (*view).len, index, read32(fields, 2), size)
    }
}
