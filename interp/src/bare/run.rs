//! Running: enters the machine, does what it leaves for, enters again. One call at a time, no recursion.

#![allow(unsafe_code, reason = "hands addresses to the machine, see invariants 1 to 3 and 5")]

use super::{Error, Halt, Host, Instance, Suspended, host::Call};
use crate::{
    exec::{
        self, Kind,
        bulk::copy_bytes,
        exit::{Exit, SlowOp},
    },
    trap::Trap,
};

/// What an instance is doing. Zeros are the first variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum State {
    /// Nothing.
    Idle,
    /// A call of this function has begun and not ended.
    Active { func: u32 },
    /// The last call ended with a trap; its frames are still there to be looked at.
    Failed,
}

/// What to do before the machine goes on at `ctx.ip`. Zeros are the first variant.
#[derive(Debug, Clone, Copy)]
#[repr(u32)]
pub(super) enum Pending {
    /// Nothing.
    Machine,
    /// Enter this function of the module; its arguments are at the bottom of the stack.
    Enter { func: u32 },
    /// Carry out an instruction whose operands are in `ctx.args`. So many bytes or elements of it are done.
    Slow { op: SlowOp, done: u32 },
    /// Call this imported function; its arguments are there. `done`: the first frame has called it in tail position.
    Host { func: u32, at: *mut u8, done: bool },
}

/// Why the loop ends before the call does.
pub(super) enum Stop {
    Failed(Error),
    Suspended(Suspended),
}

/// What the loop does next.
pub(super) enum Next {
    Again,
    Finished,
    /// The call ends, or waits for the host.
    Halted(Halt),
    /// The call waits for so much fuel.
    Unpaid(u64),
}

impl From<Trap> for Next {
    fn from(trap: Trap) -> Self {
        Self::Halted(Halt::Trap(trap))
    }
}

impl<H: Host> Instance<'_, H> {
    /// Begins a call of a function whose arguments are at the bottom of the stack.
    pub(super) fn start_slots(&mut self, func: u32) -> Result<(), Error> {
        let signature = self.image.signature(func).ok_or(Error::NoSuchFunction)?;
        if usize::from(signature.slots()) * 4 > self.room(self.inner.stack) {
            return Err(Trap::StackOverflow.into());
        }
        (self.inner.ctx.ip, self.inner.ctx.sp) = (core::ptr::null(), self.inner.stack);
        self.inner.pending = match func < self.image.imported_funcs() {
            true => Pending::Host { func, at: self.inner.stack, done: true },
            false => Pending::Enter { func },
        };
        self.inner.state = State::Active { func };
        Ok(())
    }

    /// Runs a call that has begun to its end. Results are at the bottom of the stack then.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        match self.run() {
            Ok(()) => Ok(()),
            Err(Stop::Failed(error)) => Err(error),
            Err(Stop::Suspended(reason)) => Err(self.fail(Halt::Trap(match reason {
                Suspended::OutOfFuel { .. } => Trap::OutOfFuel,
                Suspended::Host => Trap::Interrupt,
            }))),
        }
    }

    /// Runs until the call ends or has to wait.
    pub(super) fn run(&mut self) -> Result<(), Stop> {
        loop {
            let next = match self.inner.pending {
                Pending::Machine => {
                    // SAFETY: the image is verified, and `new` has made the context describe this instance; `ip` and `sp` are where the machine or
                    // `enter` left them (invariants 1 to 3). No slice of stack, memory or arena is borrowed now (invariant 5).
                    let exit = unsafe { exec::run(Kind::Loop, &mut self.inner.ctx) };
                    self.handle(exit)
                }
                Pending::Enter { func } => self.enter(func),
                Pending::Slow { op, done } => self.slow(op, done),
                Pending::Host { func, at, done } => self.call_host(func, at, done),
            };
            match next {
                Next::Again => {}
                Next::Finished => {
                    self.inner.state = State::Idle;
                    return Ok(());
                }
                Next::Unpaid(required) => return Err(Stop::Suspended(Suspended::OutOfFuel { required })),
                Next::Halted(Halt::Suspend) => return Err(Stop::Suspended(Suspended::Host)),
                Next::Halted(halt) => return Err(Stop::Failed(self.fail(halt))),
            }
        }
    }

    fn handle(&mut self, exit: Exit) -> Next {
        let [func, frame, bytes, link, ..] = self.inner.ctx.args;
        self.inner.at_ip = matches!(exit, Exit::Trap(_) | Exit::OutOfFuel | Exit::TailCallImport | Exit::TailCallFunc);
        match exit {
            Exit::Done => return Next::Finished,
            Exit::Trap(trap) => return trap.into(),
            Exit::OutOfFuel => return Next::Unpaid(func as u64),
            // The function of a single instance is the one of this index in its module.
            Exit::CallImport | Exit::CallFunc => {
                self.inner.pending = Pending::Host { func: func as u32, at: self.at(frame), done: false };
            }
            Exit::TailCallImport | Exit::TailCallFunc => {
                self.tail_call(func as u32, frame, bytes, link);
            }
            Exit::Slow(op) => self.inner.pending = Pending::Slow { op, done: 0 },
        }
        Next::Again
    }

    /// The address so many bytes into the current frame.
    pub(super) fn at(&self, bytes: usize) -> *mut u8 {
        self.inner.ctx.sp.wrapping_add(bytes)
    }

    /// Bytes between an address and the end of the stack.
    fn room(&self, at: *mut u8) -> usize {
        self.inner.ctx.stack_end.addr().saturating_sub(at.addr())
    }

    fn enter(&mut self, func: u32) -> Next {
        let Some(record) = self.image.functions().get(func as usize) else { return Trap::BadReference.into() };
        let entry = self.inner.ctx.code.wrapping_add(record.offset as usize);
        // SAFETY: a verified image has a header there (invariant 2), and the bottom of the stack is in the stack, with the arguments (invariant 3).
        match unsafe { exec::enter(Kind::Loop, &mut self.inner.ctx, entry, self.inner.stack) } {
            Ok(()) => self.proceed(),
            Err(exit) => self.handle(exit),
        }
    }

    /// What was pending is done.
    fn proceed(&mut self) -> Next {
        self.inner.pending = Pending::Machine;
        Next::Again
    }

    /// Ends the current frame and calls an imported function in its place.
    fn tail_call(&mut self, func: u32, frame: usize, bytes: usize, link: usize) {
        let at = self.inner.ctx.sp;
        // SAFETY: the link of the current frame is where the verified instruction says (invariant 1).
        let done = unsafe { exec::returns_to_driver(Kind::Loop, &self.inner.ctx, link) };
        if done {
            // No frame is left: a backtrace has nothing to walk.
            self.inner.ctx.ip = core::ptr::null();
        } else {
            // SAFETY: as above (invariant 1).
            unsafe { exec::pop_link(&mut self.inner.ctx, link) };
            self.inner.at_ip = false;
        }
        // SAFETY: the arguments lie in the ending frame (invariant 1), and so does its start, as far as they reach.
        unsafe { copy_bytes(at, at.wrapping_add(frame), bytes) };
        self.inner.pending = Pending::Host { func, at, done };
    }

    fn call_host(&mut self, func: u32, at: *mut u8, done: bool) -> Next {
        let Some(signature) = self.image.signature(func).filter(|_| func < self.image.imported_funcs()) else {
            return Trap::BadReference.into();
        };
        // SAFETY: there are as many numbers as imported functions (invariant 4), and `func` is one of these, as just checked.
        let number = unsafe { self.inner.imports.add(func as usize).read() };
        let slots = usize::from(signature.slots());
        if slots * 4 > self.room(at) {
            return Trap::StackOverflow.into();
        }
        // SAFETY: the slots are inside the stack by the check, and 4-aligned; no machine runs and nothing else looks at them meanwhile (invariant 5).
        let slots = unsafe { core::slice::from_raw_parts_mut(at.cast::<u32>(), slots) };
        let memory = match self.memory_view() {
            // SAFETY: the view describes the lent memory (invariant 7), which no machine uses now (invariant 5).
            Some(view) => unsafe { core::slice::from_raw_parts_mut(view.base, view.len) },
            None => &mut [],
        };
        match self.host.call(number, &mut Call { signature, slots, memory }) {
            Ok(()) if done => Next::Finished,
            Ok(()) => {
                self.load_acc(at);
                self.proceed()
            }
            // What waits is called again.
            Err(halt) => Next::Halted(halt),
        }
    }

    fn load_acc(&mut self, results: *mut u8) {
        // SAFETY: `results` is inside the stack, behind which there is a red zone (invariant 3).
        unsafe { exec::load_acc(&mut self.inner.ctx, results) };
    }

    /// Ends the call.
    #[cold]
    pub(super) fn fail(&mut self, halt: Halt) -> Error {
        self.inner.state = State::Failed;
        self.inner.pending = Pending::Machine;
        let at = self.position();
        match halt {
            Halt::Trap(trap) => Error::Trap { trap, at },
            Halt::Failed(code) => Error::Host { code, at },
            Halt::Exit(status) => Error::Exit(status),
            Halt::Suspend => Error::Trap { trap: Trap::Interrupt, at },
        }
    }
}
