//! Rows that share their code, where code is to be small (`cfg(ermine_small)`): an arm of the loop machine for each form of a section, and one function
//! for what its rows compute.
//!
//! It takes the common arms' place for sections that the op table calls `shared`: those whose instructions guests of microcontrollers seldom execute, or
//! which take long in any case. An instruction costs about twenty-five of the processor's more there, and two bytes instead of forty.
#![allow(unsafe_code, reason = "bodies run on addresses; what may be read where is the verifier's promise")]

use core::marker::PhantomData;

use super::ctx::{Arg, Ctx};
use super::exit::ExitCode;
use super::place::{Read, Write};
use super::row::{BinaryRow, CallRow, CompareRow, Pick, PlainRow};
use super::shape::{Binary, Branch, Compare, Instr, Plain, Unary};
use super::state::{Compact, Flow, State, Stream, Value, read16};
use crate::isa::field::{Layout, Next, Ty};
use crate::trap::Trap;

/// Any row of section `X`, by its place there. `FIRST` is the number of the section's first row in the form at hand.
#[derive(Debug)]
pub(crate) struct Any<X, const FIRST: u16>(u16, PhantomData<X>);

impl<X, const FIRST: u16> Clone for Any<X, FIRST> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<X, const FIRST: u16> Copy for Any<X, FIRST> {}

impl<X: 'static, const FIRST: u16> Pick for Any<X, FIRST> {
    #[inline(always)]
    unsafe fn pick<C: Stream>(s: &State<C>) -> Self {
        // Volatile, it is not what the machine has read for its jump: that is in no register afterwards, and its table of jumps has entries of two bytes.
        // SAFETY: an instruction starts with its number (invariant 1).
        Self(unsafe { s.ip.cast::<u16>().read_volatile() } - FIRST, PhantomData)
    }
}

/// An instruction whose row is any of a section's.
pub(crate) trait SharedInstr {
    const LAYOUT: Layout;

    /// Runs it as [`Instr::run`] does.
    ///
    /// # Safety
    /// As for [`Instr::run`].
    unsafe fn step(s: &mut State<Compact>) -> Flow;
}

macro_rules! outlined {
    ($($shape:ident)*) => {$(
        impl<X, F, const FIRST: u16> SharedInstr for $shape<Any<X, FIRST>, F>
        where
            Self: Instr,
        {
            const LAYOUT: Layout = <Self as Instr>::LAYOUT;

            #[inline(always)]
            unsafe fn step(s: &mut State<Compact>) -> Flow {
                // SAFETY: the caller's contract; `ctx` is valid (invariant 2).
                unsafe { aside(s, |ctx, ip, sp| outlined::<Self>(ctx, ip, sp)) }
            }
        }
    )*};
}
outlined!(Binary Compare Branch);

impl<X: Calls, const FIRST: u16> SharedInstr for Plain<Any<X, FIRST>, ()> {
    const LAYOUT: Layout = <Self as Instr>::LAYOUT;

    #[inline(always)]
    unsafe fn step(s: &mut State<Compact>) -> Flow {
        // SAFETY: the caller's contract; tail calls leave the frame where it is.
        unsafe {
            match X::IN_TAIL_POSITION {
                true => aside(s, |ctx, ip, sp| outlined::<Self>(ctx, ip, sp)),
                false => Self::run(s),
            }
        }
    }
}

/// Runs an instruction by a function that has the machine's registers for itself. It returns what comes next, or null if the machine is left, see [`left`].
///
/// # Safety
/// `ctx` is valid (invariant 2), and the function returns such an address.
#[inline(always)]
unsafe fn aside(s: &mut State<Compact>, run: impl FnOnce(*mut Ctx, *const u8, *mut u8) -> *const u8) -> Flow {
    // SAFETY: the caller's contract.
    unsafe {
        (*s.ctx).acc = s.acc;
        let next = run(s.ctx, s.ip, s.sp);
        s.acc = (*s.ctx).acc;
        if next.is_null() {
            return Flow::Exit(ExitCode((*s.ctx).args[WHY] as u32));
        }
        s.ip = next;
    }
    Flow::Jump
}

/// Where [`left`] leaves the exit code in `ctx.args`: the last, since exits have arguments of their own in the first ones.
const WHY: usize = 5;

/// Leaves the machine, seen from a function that [`aside`] runs.
///
/// # Safety
/// `ctx` is valid (invariant 2).
#[inline(always)]
unsafe fn left(ctx: *mut Ctx, ExitCode(code): ExitCode) -> *const u8 {
    // SAFETY: the caller's contract.
    unsafe { (*ctx).args[WHY] = code as Arg };
    core::ptr::null()
}

/// The registers that instructions have there: none that leads to memory.
///
/// # Safety
/// `ctx` is valid (invariant 2).
#[inline(always)]
unsafe fn state(ctx: *mut Ctx, ip: *const u8, sp: *mut u8) -> State<Compact> {
    let mem = core::ptr::NonNull::dangling().as_ptr();
    // SAFETY: the caller's contract.
    State { ip, sp, mem, mem_len: 0, ctx, acc: unsafe { (*ctx).acc }, encoding: PhantomData }
}

/// Runs an instruction that uses no memory.
///
/// # Safety
/// As for [`Instr::run`]; the accumulators are those of `ctx`.
#[inline(never)]
unsafe fn outlined<I: Instr>(ctx: *mut Ctx, ip: *const u8, sp: *mut u8) -> *const u8 {
    // SAFETY: the caller's contract.
    unsafe {
        let mut s = state(ctx, ip, sp);
        let next = match I::run(&mut s) {
            Flow::Next => ip.add(Compact::size(const { I::LAYOUT.bytes() })),
            Flow::Jump => s.ip,
            Flow::Exit(exit) => left(ctx, exit),
        };
        (*ctx).acc = s.acc;
        next
    }
}

/// A section of binary rows, all of them on the same types.
pub(crate) trait Binaries: 'static {
    type Operand: Value;
    type Result: Value;
    fn compute(place: u16, a: Self::Operand, b: Self::Operand) -> Result<Self::Result, Trap>;
}

impl<X: Binaries, const FIRST: u16> BinaryRow for Any<X, FIRST> {
    type Operand = X::Operand;
    type Result = X::Result;

    #[inline(always)]
    fn compute(self, a: X::Operand, b: X::Operand) -> Result<X::Result, Trap> {
        X::compute(self.0, a, b)
    }
}

/// A section of comparisons.
pub(crate) trait Compares: 'static {
    type Operand: Value;
    fn holds(place: u16, a: Self::Operand, b: Self::Operand) -> bool;
}

impl<X: Compares, const FIRST: u16> CompareRow for Any<X, FIRST> {
    type Operand = X::Operand;

    #[inline(always)]
    fn holds(self, a: X::Operand, b: X::Operand) -> bool {
        X::holds(self.0, a, b)
    }
}

/// A section of unary rows, on operands of several types.
#[derive(Debug)]
struct Unaries {
    /// Types of operand and result, by place.
    types: &'static [(Ty, Ty)],
    /// The bits of the result for the row at a place and the bits of its operand.
    compute: fn(u16, u64) -> Result<u64, Trap>,
}

/// A section that has such.
pub(crate) trait UnarySection: 'static {
    const TYPES: &'static [(Ty, Ty)];
    fn compute(place: u16, bits: u64) -> Result<u64, Trap>;
}

/// A place that operands of all types can come from.
pub(crate) trait ReadAny: Read<u32> + Read<u64> + Read<f32> + Read<f64> {}
impl<X: Read<u32> + Read<u64> + Read<f32> + Read<f64>> ReadAny for X {}

/// A place that results of all types can go to.
pub(crate) trait WriteAny: Write<u32> + Write<u64> + Write<f32> + Write<f64> {}
impl<X: Write<u32> + Write<u64> + Write<f32> + Write<f64>> WriteAny for X {}

impl<X: UnarySection, const FIRST: u16, R: ReadAny, D: WriteAny> SharedInstr for Unary<Any<X, FIRST>, (R, D)> {
    /// Of one of them: all take as many bytes.
    const LAYOUT: Layout = <D as Write<u32>>::LAYOUT.and(<R as Read<u32>>::LAYOUT);

    #[inline(always)]
    unsafe fn step(s: &mut State<Compact>) -> Flow {
        // SAFETY: the caller's contract; `ctx` is valid (invariant 2).
        unsafe {
            aside(s, |ctx, ip, sp| {
                unary::<R, D>(ctx, ip, sp, &const { Unaries { types: X::TYPES, compute: X::compute } }, FIRST)
            })
        }
    }
}

/// Runs a unary instruction of whatever section.
///
/// # Safety
/// As for [`outlined`]; it is one of these, `first` the number of the first.
#[inline(never)]
unsafe fn unary<R: ReadAny, D: WriteAny>(
    ctx: *mut Ctx,
    ip: *const u8,
    sp: *mut u8,
    unaries: &Unaries,
    first: u16,
) -> *const u8 {
    // SAFETY: the caller's contract, for each of this instruction's fields.
    unsafe {
        let mut s = state(ctx, ip, sp);
        let at = Compact::HEAD + const { <D as Write<u32>>::LAYOUT.bytes() };
        let place = read16(ip, 0) - first;
        let (operand, result) = *unaries.types.get_unchecked(usize::from(place));
        let bits = match operand {
            Ty::I32 => <R as Read<u32>>::read(&s, at).to_bits(),
            Ty::I64 => <R as Read<u64>>::read(&s, at).to_bits(),
            Ty::F32 => Value::to_bits(<R as Read<f32>>::read(&s, at)),
            Ty::F64 => Value::to_bits(<R as Read<f64>>::read(&s, at)),
        };
        let bits = match (unaries.compute)(place, bits) {
            Ok(bits) => bits,
            Err(reason) => return left(ctx, ExitCode::trap(reason)),
        };
        match result {
            Ty::I32 => <D as Write<u32>>::write(&mut s, Compact::HEAD, Value::from_bits(bits)),
            Ty::I64 => <D as Write<u64>>::write(&mut s, Compact::HEAD, Value::from_bits(bits)),
            Ty::F32 => <D as Write<f32>>::write(&mut s, Compact::HEAD, Value::from_bits(bits)),
            Ty::F64 => <D as Write<f64>>::write(&mut s, Compact::HEAD, Value::from_bits(bits)),
        }
        (*ctx).acc = s.acc;
        ip.add(Compact::size(const { <D as Write<u32>>::LAYOUT.and(<R as Read<u32>>::LAYOUT).bytes() }))
    }
}

/// A section of two calls, of which the second is paid for.
pub(crate) trait Calls: 'static {
    type Free: CallRow + PlainRow;
    /// Whether they end the current frame.
    const IN_TAIL_POSITION: bool = matches!(Self::Free::LAYOUT.next, Next::Elsewhere);
}

impl<X: Calls, const FIRST: u16> PlainRow for Any<X, FIRST> {
    const LAYOUT: Layout = X::Free::LAYOUT;

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract.
        unsafe {
            let Self(place, _) = Self::pick(s);
            X::Free::call(s, place != 0)
        }
    }
}
