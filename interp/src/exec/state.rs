//! The registers of a machine, and how values sit in slots, accumulators and code.
#![allow(
    unsafe_code,
    reason = "slots and code are reached through addresses; what may be read where is the verifier's promise"
)]

use core::marker::PhantomData;

use super::ctx::{CodePtr, Ctx};
use super::exit::ExitCode;
use crate::isa::Ty;

/// An encoding of code.
pub(crate) trait Stream: Copy + 'static {
    /// Bytes before the first field.
    const HEAD: usize;
    /// Bytes of the unit in which branches count and instructions are padded.
    const UNIT: usize;

    /// Where a function that the running module defines starts.
    ///
    /// # Safety
    /// The module defines it (invariant 1), and `ctx` describes the running instance (invariant 2).
    unsafe fn entry(ctx: *const Ctx, func: u32) -> CodePtr;

    /// The same, where the function's offset is known.
    ///
    /// # Safety
    /// As for [`Self::entry`].
    unsafe fn entry_at(ctx: *const Ctx, func: u32, offset: u32) -> CodePtr;

    /// Bytes of an instruction whose fields take `fields` bytes.
    #[inline(always)]
    fn size(fields: usize) -> usize {
        Self::HEAD + fields.next_multiple_of(Self::UNIT)
    }
}

/// u16 units; the first is the number of the instruction.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compact;
impl Stream for Compact {
    const HEAD: usize = 2;
    const UNIT: usize = 2;

    #[inline(always)]
    unsafe fn entry(ctx: *const Ctx, func: u32) -> CodePtr {
        // SAFETY: the caller's contract.
        unsafe {
            match Ctx::listed(ctx, func) {
                Some(entry) => entry,
                None => (*ctx).code.add((*(*ctx).defined.add(func as usize)).offset as usize),
            }
        }
    }

    #[inline(always)]
    unsafe fn entry_at(ctx: *const Ctx, func: u32, offset: u32) -> CodePtr {
        // SAFETY: the caller's contract.
        unsafe {
            match Ctx::listed(ctx, func) {
                Some(entry) => entry,
                None => (*ctx).code.add(offset as usize),
            }
        }
    }
}

/// u64 units; the first is the address of the handler.
#[cfg(ermine_tail)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Threaded;
#[cfg(ermine_tail)]
impl Stream for Threaded {
    const HEAD: usize = 8;
    const UNIT: usize = 8;

    /// Threaded code is in RAM in any case: a list of addresses saves each call four instructions.
    #[inline(always)]
    unsafe fn entry(ctx: *const Ctx, func: u32) -> CodePtr {
        // SAFETY: the caller's contract.
        unsafe { (*(*ctx).entries.add(func as usize)).get() }
    }

    #[inline(always)]
    unsafe fn entry_at(ctx: *const Ctx, func: u32, _offset: u32) -> CodePtr {
        // SAFETY: the caller's contract.
        unsafe { Self::entry(ctx, func) }
    }
}

/// What a machine does after a body.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Flow {
    /// Go on behind this instruction.
    Next,
    /// Go on at `ip`, which the body has set.
    Jump,
    /// Leave.
    Exit(ExitCode),
}

/// The accumulators, one per register class.
#[cfg(not(target_pointer_width = "32"))]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acc {
    pub(crate) int: u64,
    pub(crate) f32: f32,
    pub(crate) f64: f64,
}

/// The accumulators: one place serves all types where registers are few. At most one is live at a time; a 32-bit value leaves `high` as it is.
#[cfg(target_pointer_width = "32")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Acc {
    low: u32,
    high: u32,
}

#[cfg(not(target_pointer_width = "32"))]
impl Acc {
    pub(crate) const ZERO: Self = Self { int: 0, f32: 0.0, f64: 0.0 };

    /// All accumulators holding these bits.
    #[inline(always)]
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self { int: bits, f32: f32::from_bits(bits as u32), f64: f64::from_bits(bits) }
    }
    #[inline(always)]
    pub(super) fn get_i32(&self) -> u32 {
        self.int as u32
    }
    #[inline(always)]
    fn get_i64(&self) -> u64 {
        self.int
    }
    #[inline(always)]
    fn get_f32(&self) -> f32 {
        self.f32
    }
    #[inline(always)]
    fn get_f64(&self) -> f64 {
        self.f64
    }
    #[inline(always)]
    fn set_i32(&mut self, value: u32) {
        self.int = u64::from(value);
    }
    #[inline(always)]
    fn set_i64(&mut self, value: u64) {
        self.int = value;
    }
    #[inline(always)]
    fn set_f32(&mut self, value: f32) {
        self.f32 = value;
    }
    #[inline(always)]
    fn set_f64(&mut self, value: f64) {
        self.f64 = value;
    }
}

#[cfg(target_pointer_width = "32")]
impl Acc {
    pub(crate) const ZERO: Self = Self { low: 0, high: 0 };

    /// All accumulators holding these bits.
    #[inline(always)]
    pub(crate) fn from_bits(bits: u64) -> Self {
        Self { low: bits as u32, high: (bits >> 32) as u32 }
    }
    #[inline(always)]
    pub(super) fn get_i32(&self) -> u32 {
        self.low
    }
    #[inline(always)]
    fn get_i64(&self) -> u64 {
        u64::from(self.high) << 32 | u64::from(self.low)
    }
    #[inline(always)]
    fn get_f32(&self) -> f32 {
        f32::from_bits(self.low)
    }
    #[inline(always)]
    fn get_f64(&self) -> f64 {
        f64::from_bits(self.get_i64())
    }
    #[inline(always)]
    fn set_i32(&mut self, value: u32) {
        self.low = value;
    }
    #[inline(always)]
    fn set_i64(&mut self, value: u64) {
        *self = Self::from_bits(value);
    }
    #[inline(always)]
    fn set_f32(&mut self, value: f32) {
        self.low = value.to_bits();
    }
    #[inline(always)]
    fn set_f64(&mut self, value: f64) {
        self.set_i64(value.to_bits());
    }
}

/// A number as slots hold it: aligned to 4 bytes, whatever its width.
#[derive(Clone, Copy)]
#[repr(C, packed(4))]
struct Slotted<T>(T);

/// A type of value of the machine.
pub(crate) trait Value: Copy + 'static {
    const TY: Ty;

    /// The accumulator of this type.
    fn from_acc(acc: &Acc) -> Self;
    /// Leaves this value in the accumulator of its type.
    fn into_acc(self, acc: &mut Acc);
    /// The value with these bits; of a narrow type, with the low half of them.
    #[cfg(ermine_small)]
    fn from_bits(bits: u64) -> Self;
    /// Its bits.
    #[cfg(ermine_small)]
    fn to_bits(self) -> u64;
}

impl Value for u32 {
    const TY: Ty = Ty::I32;
    #[inline(always)]
    fn from_acc(acc: &Acc) -> Self {
        acc.get_i32()
    }
    #[inline(always)]
    fn into_acc(self, acc: &mut Acc) {
        acc.set_i32(self);
    }
    #[cfg(ermine_small)]
    #[inline(always)]
    fn from_bits(bits: u64) -> Self {
        bits as Self
    }
    #[cfg(ermine_small)]
    #[inline(always)]
    fn to_bits(self) -> u64 {
        u64::from(self)
    }
}

impl Value for u64 {
    const TY: Ty = Ty::I64;
    #[inline(always)]
    fn from_acc(acc: &Acc) -> Self {
        acc.get_i64()
    }
    #[inline(always)]
    fn into_acc(self, acc: &mut Acc) {
        acc.set_i64(self);
    }
    #[cfg(ermine_small)]
    #[inline(always)]
    fn from_bits(bits: u64) -> Self {
        bits
    }
    #[cfg(ermine_small)]
    #[inline(always)]
    fn to_bits(self) -> u64 {
        self
    }
}

impl Value for f32 {
    const TY: Ty = Ty::F32;
    #[inline(always)]
    fn from_acc(acc: &Acc) -> Self {
        acc.get_f32()
    }
    #[inline(always)]
    fn into_acc(self, acc: &mut Acc) {
        acc.set_f32(self);
    }
    #[cfg(ermine_small)]
    #[inline(always)]
    fn from_bits(bits: u64) -> Self {
        Self::from_bits(bits as u32)
    }
    #[cfg(ermine_small)]
    #[inline(always)]
    fn to_bits(self) -> u64 {
        u64::from(Self::to_bits(self))
    }
}

impl Value for f64 {
    const TY: Ty = Ty::F64;
    #[inline(always)]
    fn from_acc(acc: &Acc) -> Self {
        acc.get_f64()
    }
    #[inline(always)]
    fn into_acc(self, acc: &mut Acc) {
        acc.set_f64(self);
    }
    #[cfg(ermine_small)]
    #[inline(always)]
    fn from_bits(bits: u64) -> Self {
        Self::from_bits(bits)
    }
    #[cfg(ermine_small)]
    #[inline(always)]
    fn to_bits(self) -> u64 {
        Self::to_bits(self)
    }
}

/// The registers of a machine running code in the encoding `C`.
#[derive(Debug)]
pub(crate) struct State<C> {
    pub(crate) ip: *const u8,
    pub(crate) sp: *mut u8,
    pub(crate) mem: *mut u8,
    pub(crate) mem_len: usize,
    pub(crate) ctx: *mut Ctx,
    pub(crate) acc: Acc,
    pub(crate) encoding: PhantomData<C>,
}

impl<C: Stream> State<C> {
    /// The registers at entry.
    ///
    /// # Safety
    /// `ctx` describes an instance that stays as it is during the run (invariant 2).
    #[inline(always)]
    pub(crate) unsafe fn load(ctx: *mut Ctx) -> Self {
        // SAFETY: the caller's contract; memory 0 is the first of `memories_len` (invariant 2).
        unsafe {
            let (mem, mem_len) = match (*ctx).memories_len {
                0 => (core::ptr::NonNull::dangling().as_ptr(), 0),
                _ => {
                    let view = *(*ctx).memories;
                    ((*view).base, (*view).len)
                }
            };
            Self { ip: (*ctx).ip, sp: (*ctx).sp, mem, mem_len, ctx, acc: (*ctx).acc, encoding: PhantomData }
        }
    }

    /// The address of a slot.
    ///
    /// # Safety
    /// `slot` is in the current frame (invariant 1).
    #[inline(always)]
    pub(crate) unsafe fn slot(&self, slot: u32) -> *mut u8 {
        debug_assert!(slot.is_multiple_of(4), "a slot is aligned");
        // SAFETY: the caller's contract.
        let address = unsafe { self.sp.add(slot as usize) };
        // SAFETY: `ctx` is valid during a run (invariant 2).
        let end = unsafe { (*self.ctx).stack_end };
        debug_assert!((address as usize) < end as usize + super::RED_ZONE, "a slot is on the stack");
        address
    }

    /// The value in a slot.
    ///
    /// # Safety
    /// `slot` is in the current frame (invariant 1).
    #[inline(always)]
    pub(crate) unsafe fn get<T: Value>(&self, slot: u32) -> T {
        // SAFETY: the caller's contract; slots are 4-aligned and any bits are a number.
        unsafe { self.slot(slot).cast::<Slotted<T>>().read().0 }
    }

    /// Puts a value into a slot.
    ///
    /// # Safety
    /// `slot` is in the current frame and not its link (invariant 1).
    #[inline(always)]
    pub(crate) unsafe fn set<T: Value>(&mut self, slot: u32, value: T) {
        // SAFETY: the caller's contract.
        unsafe { self.slot(slot).cast::<Slotted<T>>().write(Slotted(value)) }
    }

    /// Puts a value into a slot and into the accumulator of its type.
    ///
    /// # Safety
    /// As for [`Self::set`].
    #[inline(always)]
    pub(crate) unsafe fn set_both<T: Value>(&mut self, slot: u32, value: T) {
        value.into_acc(&mut self.acc);
        // SAFETY: the caller's contract.
        unsafe { self.set(slot, value) }
    }

    /// A u16 field, `at` bytes behind `ip`.
    ///
    /// # Safety
    /// The instruction at `ip` has a field of that width there (invariant 1).
    #[inline(always)]
    pub(crate) unsafe fn field16(&self, at: usize) -> u16 {
        // SAFETY: the caller's contract; fields are 2-aligned.
        unsafe { read16(self.ip, at) }
    }

    /// A u32 field.
    ///
    /// # Safety
    /// As for [`Self::field16`].
    #[inline(always)]
    pub(crate) unsafe fn field32(&self, at: usize) -> u32 {
        // SAFETY: the caller's contract.
        unsafe { read32(self.ip, at) }
    }

    /// Sets `ip` that many units from the current instruction.
    ///
    /// # Safety
    /// An instruction starts there (invariant 1).
    #[inline(always)]
    pub(crate) unsafe fn jump(&mut self, units: i32) -> Flow {
        // SAFETY: the caller's contract.
        self.ip = unsafe { self.ip.offset(units as isize * C::UNIT as isize) };
        Flow::Jump
    }

    /// Says that the integer accumulator is not needed any more: a callee does not read it. Handlers that need many registers have one more then.
    #[inline(always)]
    pub(crate) fn drop_acc(&mut self) {
        #[cfg(ermine_tail)]
        {
            self.acc.int = 0;
        }
    }

    /// Leaves with `ip` behind this instruction, whose fields take `fields` bytes.
    ///
    /// # Safety
    /// `ip` is at such an instruction.
    #[inline(always)]
    pub(crate) unsafe fn leave(&mut self, fields: usize, code: ExitCode) -> Flow {
        // SAFETY: the caller's contract.
        self.ip = unsafe { self.ip.add(C::size(fields)) };
        Flow::Exit(code)
    }
}

/// A u16 in code.
///
/// # Safety
/// `ip + at` is inside code.
#[inline(always)]
pub(crate) unsafe fn read16(ip: *const u8, at: usize) -> u16 {
    // SAFETY: the caller's contract; code is 2-aligned and so are its fields.
    unsafe { ip.add(at).cast::<u16>().read() }
}

/// A u32 in code, which is aligned like a u16: one read where unaligned ones exist, two elsewhere.
#[derive(Clone, Copy)]
#[repr(C, packed(2))]
struct Wide(u32);

/// A u32 in code.
///
/// # Safety
/// As for [`read16`].
#[inline(always)]
pub(crate) unsafe fn read32(ip: *const u8, at: usize) -> u32 {
    // SAFETY: the caller's contract; code is little-endian, and so is every target.
    unsafe { (*ip.add(at).cast::<Wide>()).0 }
}
