//! The tail machine: one handler per instruction, each ending in a jump to the next. Runs threaded code.
//!
//! A handler's last act is a call with its own signature in tail position. Optimised builds make a jump of it, since all arguments travel in
//! registers; [`super::enter`] tests once that they did.
#![allow(unsafe_code, reason = "runs bodies")]

use super::ctx::Ctx;
use super::exit::ExitCode;
use super::shape::*;
use super::state::{Acc, Flow, State, Stream, Threaded};
use crate::isa::OP_COUNT;
use crate::isa::derive::{code_of, each_form, each_op, each_section, row};
use crate::isa::form::*;

/// A call in tail position. It is a jump because the compiler says so.
#[cfg(feature = "nightly")]
macro_rules! tail_call {
    ($call:expr) => {
        become $call
    };
}

/// A call in tail position. It is a jump because the optimiser makes one of it.
#[cfg(not(feature = "nightly"))]
macro_rules! tail_call {
    ($call:expr) => {
        $call
    };
}

macro_rules! convention {
    ($abi:literal) => {
        /// What a handler is: the registers of the machine in registers of the processor.
        pub(crate) type Handler =
            unsafe extern $abi fn(ip: *const u8, sp: *mut u8, mem: *mut u8, mem_len: usize, ctx: *mut Ctx, acc: u64, f32: f32, f64: f64) -> ExitCode;

        /// Runs one instruction and all that follow.
        ///
        /// # Safety
        /// As for [`run`].
        unsafe extern $abi fn handler<I: Instr>(
            ip: *const u8,
            sp: *mut u8,
            mem: *mut u8,
            mem_len: usize,
            ctx: *mut Ctx,
            acc: u64,
            f32: f32,
            f64: f64,
        ) -> ExitCode {
            let mut s = State::<Threaded> { ip, sp, mem, mem_len, ctx, acc: Acc { int: acc, f32, f64 }, encoding: core::marker::PhantomData };
            // SAFETY: the caller's contract. What follows an instruction or is its target is an instruction (invariant 1).
            unsafe {
                match I::run(&mut s) {
                    Flow::Next => {
                        let next = s.ip.add(Threaded::size(const { I::LAYOUT.bytes() }));
                        let handler = next.cast::<Handler>().read();
                        tail_call!(handler(next, s.sp, s.mem, s.mem_len, s.ctx, s.acc.int, s.acc.f32, s.acc.f64))
                    }
                    Flow::Jump => {
                        let next = apart(s.ip.cast::<Handler>().read());
                        tail_call!(next(s.ip, s.sp, s.mem, s.mem_len, s.ctx, s.acc.int, s.acc.f32, s.acc.f64))
                    }
                    Flow::Exit(exit) => {
                        tail_call!(leave(s.ip, s.sp, s.mem, s.mem_len, s.ctx, u64::from(exit.0), s.acc.f32, s.acc.f64))
                    }
                }
            }
        }

        /// Leaves the registers where the driver finds them. `exit` travels in the accumulator.
        ///
        /// # Safety
        /// `ctx` is valid (invariant 2).
        #[cold]
        #[inline(never)]
        unsafe extern $abi fn leave(
            ip: *const u8,
            sp: *mut u8,
            _mem: *mut u8,
            _mem_len: usize,
            ctx: *mut Ctx,
            exit: u64,
            _f32: f32,
            _f64: f64,
        ) -> ExitCode {
            // SAFETY: the caller's contract.
            unsafe {
                (*ctx).ip = ip;
                (*ctx).sp = sp;
            }
            ExitCode(exit as u32)
        }
    };
}
#[cfg(target_arch = "x86_64")]
convention!("sysv64");
#[cfg(not(target_arch = "x86_64"))]
convention!("C");

/// Keeps the two ways out of a conditional branch apart: without it they share one indirect jump, which predicts worse.
#[cfg(not(miri))]
#[inline(always)]
fn apart(handler: Handler) -> Handler {
    let mut address = handler as usize;
    // SAFETY: no instruction at all; the value passes through unchanged. No invariant is needed.
    unsafe { core::arch::asm!("/* {0} */", inout(reg) address, options(pure, nomem, nostack, preserves_flags)) };
    // SAFETY: the address of a handler, as it came in. No invariant is needed.
    unsafe { core::mem::transmute::<usize, Handler>(address) }
}

/// Miri knows no assembly, and predicts nothing.
#[cfg(miri)]
fn apart(handler: Handler) -> Handler {
    handler
}

macro_rules! table {
    ($({ $common:tt $shared:tt $rare:tt $profile:tt $cfg:tt $section:ident $shape:ident $form:tt [$($row:ident)*] })*) => {
        /// The handlers, by number of the instruction.
        pub(crate) static HANDLERS: [Handler; OP_COUNT] = {
            let mut handlers: [Handler; OP_COUNT] = [handler::<Plain<row::Unreachable, ()>>; OP_COUNT];
            $($(
                #[cfg $profile]
                #[cfg $cfg]
                {
                    handlers[code_of::<row::$row, $shape<(), $form>>() as usize] = handler::<$shape<row::$row, $form>>;
                }
            )*)*
            handlers
        };
    };
}
each_op!(table);

/// Runs until the next exit.
///
/// # Safety
/// `ctx` describes a running instance; `ctx.ip` is at an instruction of threaded code, expanded from compact code that the verifier accepts
/// (invariants 1 and 2).
pub(super) unsafe fn run(ctx: *mut Ctx) -> ExitCode {
    // SAFETY: the caller's contract.
    unsafe {
        let s = State::<Threaded>::load(ctx);
        s.ip.cast::<Handler>().read()(s.ip, s.sp, s.mem, s.mem_len, s.ctx, s.acc.int, s.acc.f32, s.acc.f64)
    }
}

/// The handler of the instruction that calls from the driver return to.
pub(super) const EXIT: Handler = handler::<Plain<row::Exit, ()>>;

/// Whether handlers jump to one another, tested once: whoever builds this crate may turn optimisations off that it asked for, and each jump is a
/// recursion then. A chain of branches runs, and the native stack is measured at its end.
pub(super) fn works() -> bool {
    use core::sync::atomic::{AtomicU8, Ordering};
    static RESULT: AtomicU8 = AtomicU8::new(0);
    if cfg!(miri) {
        // There are handlers under Miri with `become` alone, and addresses of variables say nothing about the stack.
        return true;
    }
    match RESULT.load(Ordering::Relaxed) {
        0 => {
            let works = test_chain();
            RESULT.store(if works { 1 } else { 2 }, Ordering::Relaxed);
            works
        }
        result => result == 1,
    }
}

/// How many instructions the test runs, and how far the native stack may move meanwhile.
const CHAIN: usize = 256;
const TOLERANCE: usize = 1024;

/// An instruction of the test: a handler and, for the branch, its distance.
#[repr(C)]
struct Link {
    handler: Handler,
    fields: u64,
}

fn test_chain() -> bool {
    // Branches to the next word pair each, and at the end a handler that notes where the stack is.
    let mut chain: [Link; CHAIN] = [const { Link { handler: handler::<Plain<row::Br, ()>>, fields: 2 } }; CHAIN];
    if let Some(last) = chain.last_mut() {
        last.handler = handler::<Probe>;
    }
    let mut ctx = Ctx::new();
    ctx.ip = chain.as_ptr().cast();
    // SAFETY: `ctx` is this function's own. No invariant is needed.
    unsafe { note_stack(&mut ctx) };
    let here = core::mem::take(&mut ctx.args[0]);
    // SAFETY: the chain is threaded code that touches neither slots nor memory. No invariant is needed.
    unsafe { run(&mut ctx) };
    let there = ctx.args[0];
    there != 0 && here.abs_diff(there) < TOLERANCE
}

/// The last instruction of the test.
struct Probe;

impl Instr for Probe {
    const LAYOUT: crate::isa::Layout = crate::isa::Layout::EMPTY;

    #[inline(always)]
    unsafe fn run<C: Stream>(s: &mut State<C>) -> Flow {
        // SAFETY: `ctx` is that of the test. No invariant is needed.
        unsafe { note_stack(s.ctx) };
        Flow::Exit(ExitCode::DONE)
    }
}

/// Notes an address on the native stack.
///
/// # Safety
/// `ctx` is valid.
#[inline(never)]
unsafe fn note_stack(ctx: *mut Ctx) {
    let local = 0_u8;
    // SAFETY: the caller's contract.
    unsafe { (*ctx).args[0] = core::hint::black_box(core::ptr::from_ref(&local)) as usize };
}
