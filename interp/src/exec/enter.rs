//! The way into the machines, and what the driver does to frames between two runs.
#![allow(unsafe_code, reason = "hands addresses to the machines")]

use core::marker::PhantomData;

use super::LINK_BYTES;
use super::calls::{Header, Link, enter_function};
use super::control::TAKES_ALWAYS;
use super::ctx::{CodePtr, Ctx};
use super::exit::{Exit, ExitCode};
use super::shape::Plain;
#[cfg(ermine_tail)]
use super::state::Threaded;
use super::state::{Acc, Compact, Flow, State, Stream};
use crate::isa::derive::{code_of, row};

/// A machine, resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Threaded code.
    #[cfg(ermine_tail)]
    Tail,
    /// Compact code.
    Loop,
}

/// What a call from the driver returns to, in compact code.
static EXIT_COMPACT: [u16; 2] = [code_of::<row::Exit, Plain<(), ()>>(), 0];

/// The same in threaded code.
#[cfg(ermine_tail)]
static EXIT_THREADED: [super::tail::Handler; 1] = [super::tail::EXIT];

impl Kind {
    /// The machine that runs best here: the tail machine, where this build has it and it passes its test.
    #[cfg(ermine_tail)]
    pub(crate) fn best() -> Self {
        if super::tail::works() { Self::Tail } else { Self::Loop }
    }

    /// The machine that runs best here.
    #[cfg(not(ermine_tail))]
    pub(crate) fn best() -> Self {
        Self::Loop
    }

    /// The machine that is asked for, if it is to be had.
    #[cfg(feature = "alloc")]
    pub(crate) fn resolve(machine: crate::config::Machine) -> Option<Self> {
        use crate::config::Machine;
        match machine {
            Machine::Auto => Some(Self::best()),
            Machine::Tail => Some(Self::best()).filter(|&best| best != Self::Loop),
            Machine::Loop => Some(Self::Loop),
        }
    }

    /// The address that a call from the driver returns to.
    fn exit(self) -> *const u8 {
        match self {
            #[cfg(ermine_tail)]
            Self::Tail => EXIT_THREADED.as_ptr().cast(),
            Self::Loop => EXIT_COMPACT.as_ptr().cast(),
        }
    }
}

/// Runs from `ctx.ip`, `ctx.sp` and `ctx.acc` to the next exit.
///
/// # Safety
/// `ctx` describes an instance of a live store whose code is of this kind (invariants 1 to 3).
pub(crate) unsafe fn run(kind: Kind, ctx: &mut Ctx) -> Exit {
    // SAFETY: the caller's contract.
    let code = unsafe {
        match kind {
            #[cfg(ermine_tail)]
            Kind::Tail => super::tail::run(ctx),
            Kind::Loop => super::looping::run(ctx),
        }
    };
    give_back(ctx, code);
    code.decode()
}

/// Gives back the fuel that an instruction has taken without there being as much.
fn give_back(ctx: &mut Ctx, code: ExitCode) {
    if TAKES_ALWAYS && code == ExitCode::OUT_OF_FUEL {
        ctx.fuel = ctx.fuel.wrapping_add(ctx.args[0] as u64);
    }
}

/// Prepares a call: the frame starts at `sp`, its arguments are in it, and its return leaves the machine with [`Exit::Done`].
///
/// # Errors
/// [`Exit::Trap`] if the stack has no room, [`Exit::OutOfFuel`] if there is less fuel than `ctx.args[0]`. Then nothing has happened.
///
/// # Safety
/// As for [`run`]; `entry` is a function of the instance that `ctx` describes, and `sp` points into the value stack.
pub(crate) unsafe fn enter(kind: Kind, ctx: &mut Ctx, entry: CodePtr, sp: *mut u8) -> Result<(), Exit> {
    let link = Link { ip: kind.exit(), distance: 0 };
    // SAFETY: the caller's contract.
    unsafe {
        match kind {
            #[cfg(ermine_tail)]
            Kind::Tail => enter_with::<Threaded>(ctx, entry, sp, link),
            Kind::Loop => enter_with::<Compact>(ctx, entry, sp, link),
        }
    }
}

/// # Safety
/// As for [`enter`].
unsafe fn enter_with<C: Stream>(ctx: &mut Ctx, entry: CodePtr, sp: *mut u8, link: Link) -> Result<(), Exit> {
    let mut s = State::<C> {
        ip: entry,
        sp,
        mem: core::ptr::null_mut(),
        mem_len: 0,
        ctx,
        acc: Acc::from_bits(0),
        encoding: PhantomData,
    };
    // SAFETY: the caller's contract. A header's fuel is 0 where code is not metered.
    let flow = unsafe { enter_function(&mut s, entry, sp, link, true) };
    match flow {
        Flow::Exit(exit) => {
            give_back(ctx, exit);
            Err(exit.decode())
        }
        Flow::Next | Flow::Jump => {
            (ctx.ip, ctx.sp) = (s.ip, s.sp);
            Ok(())
        }
    }
}

/// Loads what a call has left at `at` into the accumulators, for the instruction behind the call.
///
/// # Safety
/// `at` is in the value stack, whose end is followed by [`super::RED_ZONE`].
pub(crate) unsafe fn load_acc(ctx: &mut Ctx, at: *const u8) {
    // SAFETY: the caller's contract.
    ctx.acc = Acc::from_bits(unsafe { at.cast::<u64>().read_unaligned() });
}

/// The link of the current frame, `link` bytes from its start.
///
/// # Safety
/// It is there.
unsafe fn link_at(ctx: &Ctx, link: usize) -> Link {
    debug_assert!(link.is_multiple_of(4), "a link is aligned");
    // SAFETY: the caller's contract.
    unsafe { ctx.sp.add(link).cast::<Link>().read() }
}

/// Ends the current frame as `return` does.
///
/// # Safety
/// Its link is `link` bytes from its start.
pub(crate) unsafe fn pop_link(ctx: &mut Ctx, link: usize) {
    // SAFETY: the caller's contract.
    unsafe {
        let link = link_at(ctx, link);
        ctx.ip = link.ip;
        ctx.sp = ctx.sp.sub(link.distance);
    }
}

/// Whether the current frame returns to the driver.
///
/// # Safety
/// As for [`pop_link`].
pub(crate) unsafe fn returns_to_driver(kind: Kind, ctx: &Ctx, link: usize) -> bool {
    // SAFETY: the caller's contract.
    let link = unsafe { link_at(ctx, link) };
    link.ip == kind.exit()
}

/// The frame that the frame at `sp` returns to, and the address it returns to: `None` if that is the driver.
///
/// # Safety
/// As for [`pop_link`], for the frame at `sp`.
pub(crate) unsafe fn caller(kind: Kind, sp: *const u8, link: usize) -> Option<(*const u8, *const u8)> {
    // SAFETY: the caller's contract.
    unsafe {
        let link = sp.add(link).cast::<Link>().read();
        (link.ip != kind.exit()).then(|| (sp.sub(link.distance), link.ip))
    }
}

/// Where the link of a function's frames is.
///
/// # Safety
/// A function's header is at `entry`.
pub(crate) unsafe fn link_of(kind: Kind, entry: CodePtr) -> usize {
    // SAFETY: the caller's contract.
    let header = unsafe {
        match kind {
            #[cfg(ermine_tail)]
            Kind::Tail => Header::read::<Threaded>(entry),
            Kind::Loop => Header::read::<Compact>(entry),
        }
    };
    header.locals as usize - LINK_BYTES
}
