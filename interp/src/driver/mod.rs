//! The driver: enters machines, does what they leave for, and enters again.
//!
//! A [`Run`] is one call from the host into guests. It is a loop over [`exec::run`]; calls between instances are
//! [`Activation`]s on a list, never recursion, so that the native stack does not grow with the guest's. Only what needs the
//! host's data leaves the loop, as a [`Step`]: host functions, and growth under a limiter. `call` has the thin generic loop
//! around it; `short` spares host functions called one after the other the way through both.
//!
//! Nothing here panics; a panic of a host function unwinds through `call` and leaves the store usable.

#![allow(unsafe_code, reason = "hands addresses to the machines, see invariants 4 to 11")]

use alloc::vec::Vec;
use core::mem;

mod call;
mod frame;
mod fuel;
mod short;
mod slow;
mod suspend;
mod trace;

use self::slow::Slow;
pub(crate) use self::{
    call::{Outcome, invoke, invoke_resumable, invoke_start},
    frame::Frame,
    fuel::Stop,
    slow::range,
    suspend::Suspended,
};
use crate::{
    error::Error,
    exec::{
        self, Kind,
        ctx::{Ctx, EntryCell},
        exit::Exit,
    },
    store::{StackSpan, StoreFunc, StoreInner},
    trap::Trap,
};

/// A call from the host into guests, running or suspended.
#[derive(Debug)]
pub(crate) struct Run {
    kind: Kind,
    ctx: Ctx,
    /// Calls into other instances that have not returned.
    activations: Vec<Activation>,
    pending: Pending,
    /// The store's [`StoreInner::epoch`] when the context was filled.
    epoch: u64,
    /// Where frames must end.
    end: *mut u8,
    /// Whether `ctx.ip` is the instruction that the machine left at, rather than the one behind it.
    at_ip: bool,
    /// Whether code checks fuel.
    metered: bool,
    /// Whether the store's fuel bounds it; else slices are only handed out to look at the interrupt flag between them.
    limited: bool,
}

/// Where a call into another instance returns to.
#[derive(Debug)]
struct Activation {
    instance: u32,
    ip: *const u8,
    sp: *mut u8,
}

/// What to do before the machine goes on at `ctx.ip`.
#[derive(Debug, Clone, Copy)]
enum Pending {
    /// Nothing.
    Nothing,
    /// Enter this function; its frame, with the arguments, is there.
    Enter { entry: *const EntryCell, at: *mut u8 },
    /// Go on with an instruction that is carried out here.
    Slow(Slow),
    /// Do what the machine has left for; its operands are in `ctx.args`.
    Left(Exit),
    /// A host function has left (or will leave) its results there. `done`: it was called in tail position by a frame that returns to
    /// the driver.
    HostReturn { at: *mut u8, done: bool },
}

/// Why the non-generic part of the driver returns.
#[derive(Debug)]
pub(crate) enum Step {
    /// The first function has returned; its results are at the start of the first frame.
    Finished,
    /// Call a host function, then step again.
    Host(HostCall),
    /// Ask the limiter, grow, then step again.
    Grow(Slow),
    /// It ended with a trap.
    Failed(Error),
    /// Fuel is used up, or an interrupt came. Stepping again tries again.
    Suspended(Stop),
}

/// A call of a host function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct HostCall {
    /// Its number in the store.
    pub(crate) func: u32,
    /// Its number among the host's functions.
    number: u32,
    /// The instance that calls.
    instance: u32,
    /// Arguments and results.
    at: *mut u8,
    slots: usize,
}

/// What the loop does next.
enum Next {
    Again,
    Leave(Step),
}

impl From<Step> for Next {
    fn from(step: Step) -> Self {
        Self::Leave(step)
    }
}

impl Run {
    /// A run of a function of an instance. Its arguments are at `span.base`.
    ///
    /// # Safety
    ///
    /// `record` is a function of this store that an instance defines. The span is part of a value stack that outlives the
    /// run, is used by nobody else meanwhile, and has room for arguments and results (invariant 9).
    unsafe fn new(inner: &StoreInner, record: StoreFunc, span: StackSpan) -> Self {
        let config = inner.engine().config();
        let mut ctx = Ctx::new();
        ctx.instance = record.home.instance;
        Self {
            kind: inner.engine().kind(),
            ctx,
            activations: Vec::new(),
            pending: Pending::Enter { entry: record.home.entry, at: span.base },
            epoch: u64::MAX,
            end: span.end,
            at_ip: false,
            metered: config.metered(),
            limited: config.consume_fuel,
        }
    }

    /// Goes on until something outside of the non-generic part is needed.
    ///
    /// # Safety
    ///
    /// `inner` is the store that the run was made for.
    unsafe fn step(&mut self, inner: &mut StoreInner) -> Step {
        if self.epoch != inner.epoch() {
            self.attach(inner);
        }
        self.take_slice(inner);
        let step = self.advance(inner);
        self.settle(inner);
        step
    }

    /// Fills the context from the store: a host function may have added to the lists it points into.
    #[inline(never)]
    fn attach(&mut self, inner: &StoreInner) {
        self.epoch = inner.epoch();
        self.ctx.stack_end = self.end;
        self.ctx.funcs = inner.funcs().as_ptr();
        self.ctx.funcs_len = u32::try_from(inner.funcs().len()).unwrap_or(u32::MAX);
        self.ctx.bulk_at_once = if self.metered { 0 } else { slow::AT_ONCE };
        self.ctx.histogram = inner.counts.as_ptr();
        self.switch(inner, self.ctx.instance);
    }

    /// Makes `instance` the running one.
    fn switch(&mut self, inner: &StoreInner, instance: u32) {
        // Instances are never removed (invariant 11): the numbers in contexts, activations and function records are valid.
        let Some(entity) = inner.instance(instance) else { return };
        self.ctx.instance = instance;
        entity.describe(&mut self.ctx);
    }

    fn advance(&mut self, inner: &mut StoreInner) -> Step {
        loop {
            let next = match mem::replace(&mut self.pending, Pending::Nothing) {
                Pending::Nothing => self.run(inner),
                Pending::HostReturn { at, done: false } => {
                    self.load_acc(at);
                    self.run(inner)
                }
                Pending::HostReturn { at, done: true } => self.finish(inner, at),
                Pending::Enter { entry, at } => self.enter(inner, entry, at),
                Pending::Slow(slow) => self.slow(inner, slow),
                Pending::Left(exit) => self.handle(inner, exit),
            };
            if let Next::Leave(step) = next {
                return step;
            }
        }
    }

    /// Runs the machine, and does what it leaves for.
    #[inline]
    fn run(&mut self, inner: &mut StoreInner) -> Next {
        // SAFETY: invariants 4 to 9: `attach` and `switch` have described a live instance of this store, and `ip` and `sp` are where the machine or
        // `enter` left them in code of that instance.
        let exit = unsafe { exec::run(self.kind, &mut self.ctx) };
        self.handle(inner, exit)
    }

    fn handle(&mut self, inner: &mut StoreInner, exit: Exit) -> Next {
        let [func, frame, bytes, link, ..] = self.ctx.args.map(|operand| operand as u64);
        self.at_ip = matches!(exit, Exit::Trap(_) | Exit::OutOfFuel | Exit::TailCallImport | Exit::TailCallFunc);
        match exit {
            Exit::Done => self.finish(inner, self.ctx.sp),
            Exit::Trap(Trap::StackOverflow) => self.no_room(inner, func),
            Exit::Trap(trap) => self.trap(inner, trap),
            Exit::OutOfFuel => self.refill(inner, func),
            Exit::CallImport => match self.imported(inner, func) {
                Some(func) => self.call(inner, func, self.at(frame)),
                None => self.trap(inner, Trap::BadReference),
            },
            Exit::CallFunc => self.call(inner, low(func), self.at(frame)),
            Exit::TailCallImport => match self.imported(inner, func) {
                Some(func) => self.tail_call(inner, func, TailFrame::new(frame, bytes, link)),
                None => self.trap(inner, Trap::BadReference),
            },
            Exit::TailCallFunc => self.tail_call(inner, low(func), TailFrame::new(frame, bytes, link)),
            Exit::Slow(op) => self.slow(inner, Slow::new(op, &self.ctx.args)),
        }
    }

    /// The frame of a callee does not fit: that of the function at `entry`. If what is there only stands for the function, its code is made and
    /// the call tried again.
    #[cold]
    fn no_room(&mut self, inner: &StoreInner, entry: u64) -> Next {
        let instance = inner.instance(self.ctx.instance);
        let prepared = instance.and_then(|instance| instance.module().inner.prepare_at(entry as usize));
        match prepared {
            None => self.trap(inner, Trap::StackOverflow),
            Some(Ok(())) => Next::Again,
            Some(Err(error)) => Step::Failed(self.error_at(inner, error)).into(),
        }
    }

    /// The address so many bytes into the current frame.
    fn at(&self, bytes: u64) -> *mut u8 {
        self.ctx.sp.wrapping_add(bytes as usize)
    }

    /// The function of the store that is behind a function index of the running instance.
    fn imported(&self, inner: &StoreInner, func: u64) -> Option<u32> {
        inner.instance(self.ctx.instance)?.func(low(func))
    }

    /// Enters a function of the running instance.
    fn enter(&mut self, inner: &mut StoreInner, entry: *const EntryCell, at: *mut u8) -> Next {
        // SAFETY: invariant 8: the cell is one of the running instance's module, and what is in it is a function's header or stands for one. Invariant 9: `at` is
        // inside the value stack, with the arguments there.
        match unsafe { exec::enter(self.kind, &mut self.ctx, (*entry).get(), at) } {
            Ok(()) => Next::Again,
            Err(exit) => {
                self.pending = Pending::Enter { entry, at };
                self.handle(inner, exit)
            }
        }
    }

    /// A function that the driver entered has returned.
    fn finish(&mut self, inner: &StoreInner, results: *mut u8) -> Next {
        let Some(Activation { instance, ip, sp }) = self.activations.pop() else { return Step::Finished.into() };
        self.switch(inner, instance);
        (self.ctx.ip, self.ctx.sp) = (ip, sp);
        self.load_acc(results);
        Next::Again
    }

    fn load_acc(&mut self, results: *mut u8) {
        // SAFETY: invariant 9: `results` is inside the value stack, behind which there is a red zone.
        unsafe { exec::load_acc(&mut self.ctx, results) };
    }

    /// Calls a function of the store: the host's, or another instance's.
    fn call(&mut self, inner: &mut StoreInner, func: u32, at: *mut u8) -> Next {
        let Some(record) = inner.func(func) else { return self.trap(inner, Trap::BadReference) };
        if record.home.is_host() {
            return match self.host_call(inner, func, record, at) {
                Some(call) => {
                    self.pending = Pending::HostReturn { at, done: false };
                    Step::Host(call).into()
                }
                None => self.trap(inner, Trap::StackOverflow),
            };
        }
        if !self.push_activation() {
            return self.trap(inner, Trap::StackOverflow);
        }
        self.start(inner, record, at);
        Next::Again
    }

    /// Remembers where the current instance goes on.
    fn push_activation(&mut self) -> bool {
        // Each activation has a frame with a link on the value stack, which bounds their number.
        let room = self.activations.try_reserve(1).is_ok();
        if room {
            let Ctx { instance, ip, sp, .. } = self.ctx;
            self.activations.push(Activation { instance, ip, sp });
        }
        room
    }

    /// Makes a function's instance the running one and enters it.
    fn start(&mut self, inner: &StoreInner, record: StoreFunc, at: *mut u8) {
        self.switch(inner, record.home.instance);
        // No frame of this instance exists yet: the backtrace begins with the activation.
        self.ctx.ip = core::ptr::null();
        self.pending = Pending::Enter { entry: record.home.entry, at };
    }

    /// A call of the host, if there is room for its arguments and results and it would not nest too deeply.
    fn host_call(&self, inner: &StoreInner, func: u32, record: StoreFunc, at: *mut u8) -> Option<HostCall> {
        let slots = inner.func_type(record)?.slots();
        let fits = inner.host_depth < inner.limits().host_depth && slots * 4 <= self.room(at);
        let call = HostCall { func, number: record.home.number, instance: self.ctx.instance, at, slots };
        fits.then_some(call)
    }

    /// Bytes between an address and the end of the stack.
    fn room(&self, at: *mut u8) -> usize {
        self.end.addr().saturating_sub(at.addr())
    }

    /// Replaces the current frame by a call of a function of the store.
    fn tail_call(&mut self, inner: &mut StoreInner, func: u32, frame: TailFrame) -> Next {
        let Some(record) = inner.func(func) else { return self.trap(inner, Trap::BadReference) };
        let at = self.ctx.sp;
        let host = match record.home.is_host() {
            true => match self.host_call(inner, func, record, at) {
                Some(call) => Some(call),
                None => return self.trap(inner, Trap::StackOverflow),
            },
            false if self.room(at) < frame.bytes => return self.trap(inner, Trap::StackOverflow),
            false => None,
        };
        // SAFETY: invariant 9: the link of the current frame is where the instruction says.
        let done = unsafe { exec::returns_to_driver(self.kind, &self.ctx, frame.link) };
        if !done {
            // SAFETY: invariant 9, as above.
            unsafe { exec::pop_link(&mut self.ctx, frame.link) };
            self.at_ip = false;
            if host.is_none() && !self.push_activation() {
                return self.trap(inner, Trap::StackOverflow);
            }
        } else if host.is_some() {
            // The frame ends here; what called it is in the activations.
            self.ctx.ip = core::ptr::null();
        }
        // SAFETY: invariant 9: arguments of `bytes` bytes are `start` bytes into the ending frame, and there is room for them at its start.
        unsafe { at.copy_from(at.add(frame.start), frame.bytes) };
        match host {
            Some(call) => {
                self.pending = Pending::HostReturn { at, done };
                Step::Host(call).into()
            }
            None => {
                self.start(inner, record, at);
                Next::Again
            }
        }
    }

    /// Leaves the result of an instruction where the next one looks for it: in its slot, and in the accumulator.
    fn set_result(&mut self, to: u64, value: u32) {
        // SAFETY: invariant 9: `to` is a slot of the current frame.
        unsafe { self.at(to).cast::<u32>().write(value) };
        self.ctx.acc = exec::state::Acc::from_bits(value.into());
    }

    /// Ends the run with a trap.
    #[cold]
    fn trap(&mut self, inner: &StoreInner, trap: Trap) -> Next {
        Step::Failed(self.error_at(inner, trap.into())).into()
    }
}

/// The operands of a tail call: where its arguments are, how many bytes, and where the ending frame's link is.
#[derive(Debug, Clone, Copy)]
struct TailFrame {
    start: usize,
    bytes: usize,
    link: usize,
}

impl TailFrame {
    fn new(start: u64, bytes: u64, link: u64) -> Self {
        Self { start: start as usize, bytes: bytes as usize, link: link as usize }
    }
}

/// An operand that the machine widened.
fn low(operand: u64) -> u32 {
    operand as u32
}
