//! The loop machine of builds that are not optimised: each body is a function of its own.
//!
//! Without optimisation every local variable of every arm of one `match` has a place of its own in the frame: 358 KiB of native stack for a run, and
//! runs nest where host functions call guests. Here a run takes the frame of its longest body. Speed is no aim of such builds.
#![allow(unsafe_code, reason = "runs bodies")]

use super::super::ctx::Ctx;
use super::super::exit::ExitCode;
use super::super::shape::*;
use super::super::state::{Compact, Flow, State, Stream, read16};
use super::{Number, count, save};
use crate::isa::derive::{each_form, each_op, each_section, row};
use crate::isa::form::*;

macro_rules! machine {
    ($({ $common:tt $shared:tt $rare:tt $profile:tt $cfg:tt $section:ident $shape:ident $form:tt [$($row:ident)*] })*) => {
        /// Runs the instruction at `s.ip`, whose number is `code`.
        ///
        /// # Safety
        /// As for [`run`].
        unsafe fn step(s: &mut State<Compact>, code: u16) -> Option<ExitCode> {
            // SAFETY: the caller's contract; each arm runs the body of the instruction that `ip` is at.
            unsafe {
                match code {
                    $($(
                        #[cfg $profile]
                        #[cfg $cfg]
                        Number::<row::$row, $shape<(), $form>>::CODE => one::<$shape<row::$row, $form>>(s),
                    )*)*
                    _ => {
                        debug_assert!(false, "not an instruction of this build: {code:#x}");
                        // Verified code has no other numbers (invariant 1).
                        core::hint::unreachable_unchecked()
                    }
                }
            }
        }
    };
}
each_op!(machine);

/// Runs one instruction; where to, if the machine is to be left.
///
/// # Safety
/// As for [`run`]; `s.ip` is at an instruction of this kind.
#[inline(never)]
unsafe fn one<I: Instr>(s: &mut State<Compact>) -> Option<ExitCode> {
    // SAFETY: the caller's contract; what follows an instruction that goes on behind itself is an instruction (invariant 1).
    unsafe {
        match I::run(s) {
            Flow::Next => s.ip = s.ip.add(Compact::size(I::LAYOUT.bytes())),
            Flow::Jump => {}
            Flow::Exit(exit) => return Some(exit),
        }
    }
    None
}

/// Runs until the next exit.
///
/// # Safety
/// `ctx` describes a running instance; `ctx.ip` is at an instruction of compact code that the verifier accepts (invariants 1 and 2).
pub(in super::super) unsafe fn run(ctx: *mut Ctx) -> ExitCode {
    // SAFETY: the caller's contract.
    unsafe {
        let mut s = State::<Compact>::load(ctx);
        loop {
            let code = read16(s.ip, 0);
            count(s.ctx, code);
            if let Some(exit) = step(&mut s, code) {
                return save(&s, exit);
            }
        }
    }
}
