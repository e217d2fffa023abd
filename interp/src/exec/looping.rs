//! The loop machine: all bodies in one `match`, the state in local variables of one function. Runs compact code.
#![allow(unsafe_code, reason = "runs bodies")]

use core::marker::PhantomData;

use super::ctx::Ctx;
use super::exit::ExitCode;
use super::shape::*;
use super::state::{Compact, Flow, State, Stream, read16};
use crate::isa::derive::{FormIn, Row, code_of, each_form, each_op, each_section, row};
use crate::isa::form::{A, I, M, O, P, S, W};

/// The number of row `R` in the form of `F`, as a pattern.
struct Number<R, F>(PhantomData<(R, F)>);

impl<R: Row, F: FormIn<R::Section>> Number<R, F> {
    const CODE: u16 = code_of::<R, F>();
}

macro_rules! machine {
    ($({ $common:tt $rare:tt $profile:tt $cfg:tt $shape:ident $form:tt [$($row:ident)*] })*) => {
        /// Runs until the next exit. With `COUNT`, counts dispatches in `ctx.histogram`.
        ///
        /// # Safety
        /// `ctx` describes a running instance; `ctx.ip` is at an instruction of compact code that the verifier accepts (invariants 1 and 2).
        pub(super) unsafe fn run<const COUNT: bool>(ctx: *mut Ctx) -> ExitCode {
            // SAFETY: the caller's contract; each arm runs the body of the instruction that `ip` is at.
            unsafe {
                let mut s = State::<Compact>::load(ctx);
                loop {
                    let code = read16(s.ip, 0);
                    if COUNT {
                        *(*s.ctx).histogram.add(usize::from(code)) += 1;
                    }
                    match code {
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
                            }
                        )*)*
                        _ => {
                            // Verified code has no other numbers.
                            if cfg!(not(feature = "full")) {
                                debug_assert!(false, "not an instruction of this build: {code:#x}");
                                core::hint::unreachable_unchecked()
                            }
                            match rare(code, s) {
                                Ok(state) => s = state,
                                Err(exit) => return exit,
                            }
                        }
                    }
                }
            }
        }

        /// Runs one of the instructions that [`run`] does not have. Out of line: the time that compiling one `match` takes grows with the
        /// square of its arms and worse (1,240 arms: two minutes, 700: a few seconds).
        ///
        /// # Safety
        /// As for [`run`].
        #[inline(never)]
        unsafe fn rare(code: u16, mut s: State<Compact>) -> Result<State<Compact>, ExitCode> {
            // SAFETY: as for `run`.
            unsafe {
                match code {
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
                    _ => {
                        debug_assert!(false, "not an instruction of this build: {code:#x}");
                        // Verified code has no other numbers.
                        core::hint::unreachable_unchecked()
                    }
                }
            }
            Ok(s)
        }
    };
}
each_op!(machine);

/// Leaves the registers where the driver finds them.
///
/// # Safety
/// `s.ctx` is valid (invariant 2).
#[inline(always)]
unsafe fn save(s: &State<Compact>, exit: ExitCode) -> ExitCode {
    // SAFETY: the caller's contract.
    unsafe {
        (*s.ctx).ip = s.ip;
        (*s.ctx).sp = s.sp;
    }
    exit
}
