//! The loop machine: all bodies in one `match`, the state in local variables of one function. Runs compact code.
#![allow(unsafe_code, reason = "runs bodies")]

#[cfg(ermine_unoptimised)]
mod by_call;

use core::marker::PhantomData;

use super::ctx::Ctx;
use super::exit::ExitCode;
#[cfg(not(ermine_unoptimised))]
use super::shape::*;
#[cfg(ermine_small)]
use super::shared::{Any, SharedInstr};
use super::state::{Compact, State};
#[cfg(not(ermine_unoptimised))]
use super::state::{Flow, Stream, read16};
#[cfg(ermine_small)]
use crate::isa::derive::section;
use crate::isa::derive::{FormIn, Row, code_of};
#[cfg(not(ermine_unoptimised))]
use crate::isa::derive::{each_form, each_op, each_section, row};
#[cfg(not(ermine_unoptimised))]
use crate::isa::form::*;
#[cfg(ermine_unoptimised)]
pub(super) use by_call::run;

/// The number of row `R` in the form of `F`, as a pattern.
struct Number<R, F>(PhantomData<(R, F)>);

impl<R: Row, F: FormIn<R::Section>> Number<R, F> {
    const CODE: u16 = code_of::<R, F>();
}

#[cfg(not(ermine_unoptimised))]
macro_rules! machine {
    ($({ $common:tt $shared:tt $rare:tt $profile:tt $cfg:tt $section:ident $shape:ident $form:tt [$($row:ident)*] })*) => {
        /// Runs until the next exit, or until an instruction that is not among its own.
        ///
        /// # Safety
        /// As for [`run`].
        unsafe fn common(ctx: *mut Ctx) -> ExitCode {
            // SAFETY: the caller's contract; each arm runs the body of the instruction that `ip` is at.
            unsafe {
                let mut s = State::<Compact>::load(ctx);
                loop {
                    let code = read16(s.ip, 0);
                    count(s.ctx, code);
                    match code {
                        $(
                            #[cfg $shared]
                            #[cfg $profile]
                            #[cfg $cfg]
                            // Not a range: the compiler tests for those first, one after the other.
                            $(Number::<row::$row, $shape<(), $form>>::CODE)|* => {
                                type Shared = $shape<Any<section::$section, { <$shape<(), $form> as FormIn<section::$section>>::FIRST }>, $form>;
                                match <Shared as SharedInstr>::step(&mut s) {
                                    Flow::Next => s.ip = s.ip.add(Compact::size(const { <Shared as SharedInstr>::LAYOUT.bytes() })),
                                    Flow::Jump => {}
                                    Flow::Exit(exit) => return save(&s, exit),
                                }
                            }
                        )*
                        $($(
                            #[cfg $common]
                            #[cfg $profile]
                            #[cfg $cfg]
                            Number::<row::$row, $shape<(), $form>>::CODE => {
                                match <$shape<row::$row, $form> as Instr>::run(&mut s) {
                                    Flow::Next => s.ip = s.ip.add(Compact::size(const { <$shape<row::$row, $form> as Instr>::LAYOUT.bytes() })),
                                    Flow::Jump => {}
                                    Flow::Exit(exit) => return save(&s, exit),
                                }
                                apart::<{ Number::<row::$row, $shape<(), $form>>::CODE }>();
                            }
                            #[cfg $rare]
                            #[cfg $profile]
                            #[cfg $cfg]
                            Number::<row::$row, $shape<(), $form>>::CODE => return save(&s, RARE),
                        )*)*
                        _ => {
                            debug_assert!(false, "not an instruction of this build: {code:#x}");
                            // Verified code has no other numbers. Said so, it saves each dispatch a comparison.
                            core::hint::unreachable_unchecked()
                        }
                    }
                }
            }
        }

        /// Runs the one instruction at `ctx.ip`, which is among those that [`common`] does not have.
        ///
        /// # Safety
        /// As for [`run`].
        #[inline(never)]
        #[cfg_attr(not(feature = "full"), allow(unreachable_code, unused_mut, reason = "only the `full` profile has such"))]
        unsafe fn rare(ctx: *mut Ctx) -> Result<(), ExitCode> {
            // SAFETY: the caller's contract, as for `common`.
            unsafe {
                let mut s = State::<Compact>::load(ctx);
                match read16(s.ip, 0) {
                    $($(
                        #[cfg $rare]
                        #[cfg $profile]
                        #[cfg $cfg]
                        Number::<row::$row, $shape<(), $form>>::CODE => {
                            match <$shape<row::$row, $form> as Instr>::run(&mut s) {
                                Flow::Next => s.ip = s.ip.add(Compact::size(const { <$shape<row::$row, $form> as Instr>::LAYOUT.bytes() })),
                                Flow::Jump => {}
                                Flow::Exit(exit) => return Err(save(&s, exit)),
                            }
                        }
                    )*)*
                    code => {
                        debug_assert!(false, "not an instruction of this build: {code:#x}");
                        // Verified code has no other numbers.
                        core::hint::unreachable_unchecked()
                    }
                }
                save(&s, RARE);
            }
            Ok(())
        }
    };
}
#[cfg(not(ermine_unoptimised))]
each_op!(machine);

/// Keeps the ends of arms apart, which would share a dispatch where they are alike: the compiler merges equal ends, and one jump for eighty
/// instructions predicts worse than one for each (crc32 took twice the time).
#[cfg(all(ermine_tail, not(any(ermine_unoptimised, miri))))]
#[inline(always)]
fn apart<const CODE: u16>() {
    // SAFETY: no instruction at all. No invariant is needed.
    unsafe { core::arch::asm!("/* {} */", const CODE, options(nomem, nostack, preserves_flags)) };
}

/// Where code is to be small, equal ends are welcome.
#[cfg(all(any(not(ermine_tail), miri), not(ermine_unoptimised)))]
#[inline(always)]
fn apart<const CODE: u16>() {}

/// What [`common`] returns at an instruction that [`rare`] has.
#[cfg(not(ermine_unoptimised))]
const RARE: ExitCode = ExitCode(u32::MAX);

/// Counts a dispatch, if somebody wants to know.
///
/// # Safety
/// `ctx` is valid, and its histogram is null or points to the words of `tally` (invariant 2).
#[cfg(feature = "count")]
#[inline(always)]
unsafe fn count(ctx: *mut Ctx, code: u16) {
    // SAFETY: the caller's contract; verified code has no other numbers.
    unsafe {
        (*ctx).dispatches += 1;
        let histogram = (*ctx).histogram;
        if !histogram.is_null() {
            super::tally::count(histogram, code);
        }
    }
}

/// This build does not count dispatches.
///
/// # Safety
/// None is needed.
#[cfg(not(feature = "count"))]
#[inline(always)]
unsafe fn count(_ctx: *mut Ctx, _code: u16) {}

/// Runs until the next exit.
///
/// Instructions that programs seldom execute are kept out of the main `match`: the compiler gives each of its arms a dispatch of its own, which the
/// processor predicts better than one for all (twice as fast), and takes time with the square of their number for it and worse
/// (1,240 arms: two minutes, 817: ten seconds).
///
/// # Safety
/// `ctx` describes a running instance; `ctx.ip` is at an instruction of compact code that the verifier accepts (invariants 1 and 2).
#[cfg(not(ermine_unoptimised))]
pub(super) unsafe fn run(ctx: *mut Ctx) -> ExitCode {
    // SAFETY: the caller's contract.
    unsafe {
        loop {
            match common(ctx) {
                RARE => {
                    if let Err(exit) = rare(ctx) {
                        return exit;
                    }
                }
                exit => return exit,
            }
        }
    }
}

/// Leaves the registers where [`rare`] and the driver find them.
///
/// # Safety
/// `s.ctx` is valid (invariant 2).
#[inline(always)]
unsafe fn save(s: &State<Compact>, exit: ExitCode) -> ExitCode {
    // SAFETY: the caller's contract.
    unsafe {
        (*s.ctx).ip = s.ip;
        (*s.ctx).sp = s.sp;
        (*s.ctx).acc = s.acc;
    }
    exit
}
