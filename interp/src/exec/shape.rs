//! Shapes: the bodies of all rows that follow a pattern.
//!
//! The fields of an instruction are its result, its operands, its branch target and its fuel, in this order.
#![allow(unsafe_code, reason = "bodies run on addresses; what may be read where is the verifier's promise")]

use core::marker::PhantomData;

use super::exit::ExitCode;
use super::place::{Address, Read, Write};
use super::row::{BinaryRow, CompareRow, LoadRow, PlainRow, StoreRow, TernaryRow, UnaryRow, ValueRow};
use super::state::{Flow, State, Stream};
use crate::isa::field::{Field, Layout, Next, Ty};
use crate::trap::Trap;

/// An instruction: a row in a form.
pub(crate) trait Instr {
    const LAYOUT: Layout;

    /// # Safety
    /// `s.ip` is at this instruction, in code that the verifier accepts (invariant 1), and `s.ctx` describes the running instance (invariant 2).
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow;
}

macro_rules! shapes {
    ($($shape:ident)*) => {$(
        #[doc = concat!("See [`crate::isa::form::Shape::", stringify!($shape), "`].")]
        #[derive(Debug)]
        pub(crate) struct $shape<R, F>(PhantomData<(R, F)>);
    )*};
}
shapes!(Binary Ternary Unary Compare Branch BranchMetered Step StepMetered AddStep StepBy Load Store Select GlobalGet GlobalSet Return Plain);

#[inline(always)]
const fn trap(trap: Trap) -> Flow {
    Flow::Exit(ExitCode::trap(trap))
}

impl<R: BinaryRow, X: Read<R::Operand>, Y: Read<R::Operand>, D: Write<R::Result>> Instr for Binary<R, (X, Y, D)> {
    const LAYOUT: Layout = D::LAYOUT.and(X::LAYOUT).and(Y::LAYOUT);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        let (x, y) = const { (D::LAYOUT.bytes(), D::LAYOUT.bytes() + X::LAYOUT.bytes()) };
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            match R::pick(s).compute(X::read(s, C::HEAD + x), Y::read(s, C::HEAD + y)) {
                Ok(result) => D::write(s, C::HEAD, result),
                Err(reason) => return trap(reason),
            }
        }
        Flow::Next
    }
}

impl<R, X, Y, Z, D> Instr for Ternary<R, (X, Y, Z, D)>
where
    R: TernaryRow,
    X: Read<R::Value>,
    Y: Read<R::Value>,
    Z: Read<R::Value>,
    D: Write<R::Value>,
{
    const LAYOUT: Layout = D::LAYOUT.and(X::LAYOUT).and(Y::LAYOUT).and(Z::LAYOUT);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        let x = C::HEAD + const { D::LAYOUT.bytes() };
        let y = x + const { X::LAYOUT.bytes() };
        let z = y + const { Y::LAYOUT.bytes() };
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            let result = R::pick(s).compute(X::read(s, x), Y::read(s, y), Z::read(s, z));
            D::write(s, C::HEAD, result);
        }
        Flow::Next
    }
}

impl<R: UnaryRow, X: Read<R::Operand>, D: Write<R::Result>> Instr for Unary<R, (X, D)> {
    const LAYOUT: Layout = D::LAYOUT.and(X::LAYOUT);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            match R::pick(s).compute(X::read(s, C::HEAD + const { D::LAYOUT.bytes() })) {
                Ok(result) => D::write(s, C::HEAD, result),
                Err(reason) => return trap(reason),
            }
        }
        Flow::Next
    }
}

impl<R: CompareRow, X: Read<R::Operand>, Y: Read<R::Operand>, D: Write<u32>> Instr for Compare<R, (X, Y, D)> {
    const LAYOUT: Layout = D::LAYOUT.and(X::LAYOUT).and(Y::LAYOUT);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        let (x, y) = const { (D::LAYOUT.bytes(), D::LAYOUT.bytes() + X::LAYOUT.bytes()) };
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            let holds = R::pick(s).holds(X::read(s, C::HEAD + x), Y::read(s, C::HEAD + y));
            D::write(s, C::HEAD, u32::from(holds));
        }
        Flow::Next
    }
}

impl<R: CompareRow, X: Read<R::Operand>, Y: Read<R::Operand>> Instr for Branch<R, (X, Y)> {
    const LAYOUT: Layout = X::LAYOUT.and(Y::LAYOUT).with(Field::Branch).then(Next::Either);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        let (y, target) = const { (X::LAYOUT.bytes(), X::LAYOUT.bytes() + Y::LAYOUT.bytes()) };
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            if R::pick(s).holds(X::read(s, C::HEAD), Y::read(s, C::HEAD + y)) {
                return s.jump(i32::from(s.field16(C::HEAD + target) as i16));
            }
        }
        Flow::Next
    }
}

impl<R: CompareRow, X: Read<R::Operand>, Y: Read<R::Operand>> Instr for BranchMetered<R, (X, Y)> {
    const LAYOUT: Layout = Branch::<R, (X, Y)>::LAYOUT.with(Field::Fuel16);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        let (y, target) = const { (X::LAYOUT.bytes(), X::LAYOUT.bytes() + Y::LAYOUT.bytes()) };
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            if R::pick(s).holds(X::read(s, C::HEAD), Y::read(s, C::HEAD + y)) {
                return s.jump_metered(C::HEAD + target);
            }
        }
        Flow::Next
    }
}

/// The body of the step shapes, its fields from `at` on: the sum, and whether the comparison holds for it.
///
/// # Safety
/// As for [`Instr::run`].
#[inline(always)]
unsafe fn step<R: CompareRow<Operand = u32>, Y: Read<u32>, C: Stream>(s: &State<C>, at: usize) -> (u32, u32, bool) {
    // SAFETY: the caller's contract, for each of this instruction's fields.
    unsafe {
        let (slot, sum) = stepped(s, at);
        // The translator never makes the stepped slot its own limit.
        let limit = Y::read(s, at + 4);
        (slot, sum, R::pick(s).holds(sum, limit))
    }
}

/// The slot that the field at `at` names, and its value plus the immediate behind that.
///
/// # Safety
/// As for [`Instr::run`].
#[inline(always)]
unsafe fn stepped<C: Stream>(s: &State<C>, at: usize) -> (u32, u32) {
    // SAFETY: the caller's contract, for both fields.
    unsafe {
        let slot = u32::from(s.field16(at));
        (slot, s.get::<u32>(slot).wrapping_add(<crate::isa::form::I as Read<u32>>::read(s, at + 2)))
    }
}

impl<R: CompareRow<Operand = u32>, Y: Read<u32>> Instr for Step<R, (Y,)> {
    const LAYOUT: Layout = Layout::EMPTY
        .with(Field::Update(Ty::I32))
        .with(Field::Imm16)
        .and(Y::LAYOUT)
        .with(Field::Branch)
        .then(Next::Either);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            let (slot, sum, holds) = step::<R, Y, C>(s, C::HEAD);
            s.set(slot, sum);
            if holds {
                return s.jump(i32::from(s.field16(C::HEAD + 4 + const { Y::LAYOUT.bytes() }) as i16));
            }
        }
        Flow::Next
    }
}

impl<R: CompareRow<Operand = u32>, Y: Read<u32>> Instr for StepMetered<R, (Y,)> {
    const LAYOUT: Layout = Step::<R, (Y,)>::LAYOUT.with(Field::Fuel16);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            let (slot, sum, holds) = step::<R, Y, C>(s, C::HEAD);
            if holds {
                // The sum is stored only once the fuel is paid: an unpaid instruction is executed again.
                let flow = s.jump_metered(C::HEAD + 4 + const { Y::LAYOUT.bytes() });
                if let Flow::Jump = flow {
                    s.set(slot, sum);
                }
                return flow;
            }
            s.set(slot, sum);
        }
        Flow::Next
    }
}

/// One more counter before a step. If it is the limit or the stepped slot, it is what the addition left.
impl<R: CompareRow<Operand = u32>, Y: Read<u32>> Instr for AddStep<R, (Y,)> {
    const LAYOUT: Layout =
        Layout::EMPTY.with(Field::Update(Ty::I32)).with(Field::Imm16).and(Step::<R, (Y,)>::LAYOUT).then(Next::Either);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            let (first, value) = stepped(s, C::HEAD);
            s.set(first, value);
            let (slot, sum, holds) = step::<R, Y, C>(s, C::HEAD + 4);
            s.set(slot, sum);
            if holds {
                return s.jump(i32::from(s.field16(C::HEAD + 8 + const { Y::LAYOUT.bytes() }) as i16));
            }
        }
        Flow::Next
    }
}

/// The step is in a slot.
impl<R: CompareRow<Operand = u32>, Y: Read<u32>> Instr for StepBy<R, (Y,)> {
    const LAYOUT: Layout = Layout::EMPTY
        .with(Field::Update(Ty::I32))
        .with(Field::Read(Ty::I32))
        .and(Y::LAYOUT)
        .with(Field::Branch)
        .then(Next::Either);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            let slot = u32::from(s.field16(C::HEAD));
            let sum = s.get::<u32>(slot).wrapping_add(s.get::<u32>(u32::from(s.field16(C::HEAD + 2))));
            // The translator never makes the stepped slot its own limit.
            let holds = R::pick(s).holds(sum, Y::read(s, C::HEAD + 4));
            s.set(slot, sum);
            if holds {
                return s.jump(i32::from(s.field16(C::HEAD + 4 + const { Y::LAYOUT.bytes() }) as i16));
            }
        }
        Flow::Next
    }
}

/// A number as linear memory holds it. Not `read_unaligned`: where assertions are on, that takes the address of a local, and the handler is no leaf.
#[derive(Clone, Copy)]
#[repr(C, packed)]
struct Unaligned<T>(T);

impl<R: LoadRow, X: Address, D: Write<R::Result>> Instr for Load<R, (X, D)> {
    const LAYOUT: Layout = D::LAYOUT.and(X::LAYOUT);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract, for each of this instruction's fields; `resolve` yields the address of that many bytes.
        unsafe {
            match X::resolve(s, C::HEAD + const { D::LAYOUT.bytes() }, size_of::<R::Stored>()) {
                Some(address) => D::write(s, C::HEAD, R::extend((*address.cast::<Unaligned<R::Stored>>()).0)),
                None => return trap(Trap::MemoryOutOfBounds),
            }
        }
        Flow::Next
    }
}

impl<R: StoreRow, X: Address, V: Read<R::Operand>> Instr for Store<R, (X, V)> {
    const LAYOUT: Layout = X::LAYOUT.and(V::LAYOUT);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract, for each of this instruction's fields; `resolve` yields the address of that many bytes.
        unsafe {
            let value = R::narrow(V::read(s, C::HEAD + const { X::LAYOUT.bytes() }));
            match X::resolve(s, C::HEAD, size_of::<R::Stored>()) {
                Some(address) => (*address.cast::<Unaligned<R::Stored>>()).0 = value,
                None => return trap(Trap::MemoryOutOfBounds),
            }
        }
        Flow::Next
    }
}

/// The condition's field is last; the two values are slots.
impl<R: ValueRow, X: Read<u32>, D: Write<R::Value>> Instr for Select<R, (X, D)> {
    const LAYOUT: Layout = D::LAYOUT
        .with(Field::Read(<R::Value as super::state::Value>::TY))
        .with(Field::Read(<R::Value as super::state::Value>::TY))
        .and(X::LAYOUT);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        let at = C::HEAD + const { D::LAYOUT.bytes() };
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            let (a, b) = (s.get::<R::Value>(u32::from(s.field16(at))), s.get::<R::Value>(u32::from(s.field16(at + 2))));
            let value = if X::read(s, at + 4) != 0 { a } else { b };
            D::write(s, C::HEAD, value);
        }
        Flow::Next
    }
}

/// One of the values, or both, are constants.
impl<R, P, Q, X, D> Instr for Select<R, (P, Q, X, D)>
where
    R: ValueRow,
    P: Read<R::Value>,
    Q: Read<R::Value>,
    X: Read<u32>,
    D: Write<R::Value>,
{
    const LAYOUT: Layout = D::LAYOUT.and(P::LAYOUT).and(Q::LAYOUT).and(X::LAYOUT);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        let p = C::HEAD + const { D::LAYOUT.bytes() };
        let q = p + const { P::LAYOUT.bytes() };
        let x = q + const { Q::LAYOUT.bytes() };
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            let (a, b) = (P::read(s, p), Q::read(s, q));
            let value = if X::read(s, x) != 0 { a } else { b };
            D::write(s, C::HEAD, value);
        }
        Flow::Next
    }
}

impl<R: ValueRow, D: Write<R::Value>> Instr for GlobalGet<R, (D,)> {
    const LAYOUT: Layout = D::LAYOUT.with(Field::Global);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract; the module has a global of this number, and its cell takes any value (invariants 1 and 2).
        unsafe {
            let cell = *(*s.ctx).globals.add(s.field32(C::HEAD + const { D::LAYOUT.bytes() }) as usize);
            D::write(s, C::HEAD, cell.cast::<R::Value>().read());
        }
        Flow::Next
    }
}

impl<R: ValueRow, X: Read<R::Value>> Instr for GlobalSet<R, (X,)> {
    const LAYOUT: Layout = X::LAYOUT.with(Field::Global);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract, as for `GlobalGet` (invariants 1 and 2).
        unsafe {
            let cell = *(*s.ctx).globals.add(s.field32(C::HEAD + const { X::LAYOUT.bytes() }) as usize);
            cell.cast::<R::Value>().write(X::read(s, C::HEAD));
        }
        Flow::Next
    }
}

/// Leaves the function with one result: at the start of its frame, where the caller has it, and in the accumulator.
impl<R: ValueRow, X: Read<R::Value>> Instr for Return<R, (X,)> {
    const LAYOUT: Layout = X::LAYOUT.with(Field::Link).then(Next::Elsewhere);

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract, for each of this instruction's fields.
        unsafe {
            let value = X::read(s, C::HEAD);
            let link = u32::from(s.field16(C::HEAD + const { X::LAYOUT.bytes() }));
            // The link lies behind the results: the value cannot overwrite it.
            s.set(0, value);
            super::state::Value::into_acc(value, &mut s.acc);
            super::calls::return_plain(s, link)
        }
    }
}

impl<R: PlainRow> Instr for Plain<R, ()> {
    const LAYOUT: Layout = R::LAYOUT;

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: the caller's contract.
        unsafe { R::run(s) }
    }
}
