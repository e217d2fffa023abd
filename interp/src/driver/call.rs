//! Calls from the host: the thin generic loop around a [`Run`], and what happens around host functions.

use alloc::sync::Arc;

use super::{Frame, HostCall, Run, Step, fuel::Stop, suspend::Suspended};
use crate::{
    error::Error,
    func::{Caller, HostFunc},
    store::{FuncHome, Handle, StackSpan, Store, StoreFunc},
    trap::Trap,
};

/// How a piece of a run ended.
pub(super) enum Piece {
    Finished,
    /// A host function (its number in the store) failed.
    HostError(Error, u32),
    Stopped(Stop),
}

/// How a resumable call ended, or what it waits for.
pub(crate) enum Outcome<R> {
    Finished(R),
    HostError { suspended: Suspended, error: Error, host_func: u32 },
    Stopped { suspended: Suspended, stop: Stop },
}

/// Calls a function: `write` puts the arguments into the frame, `read` takes the results out of it.
pub(crate) fn invoke<T, R>(
    store: &mut Store<T>,
    func: Handle,
    write: impl FnOnce(&mut Frame<'_>) -> Result<(), Error>,
    read: impl FnOnce(&Frame<'_>) -> R,
) -> Result<R, Error> {
    let (func, record) = store.inner.func_by(func)?;
    let span = store.inner.stack_span()?;
    let slots = frame_slots(store, record, span)?;
    // SAFETY: invariant 9: the span is free: the store's own stack between calls, or what lies above the frames of the guest whose
    // host function makes this call. It has room for the slots.
    let mut frame = unsafe { Frame::new(span.base, slots, store.inner.id()) };
    write(&mut frame)?;
    if record.home.is_host() {
        call_directly(store, None, func, span, slots)?;
        return Ok(read(&frame));
    }
    // SAFETY: invariant 9: as above. The stack lives as long as the store.
    let mut run = unsafe { Run::new(&store.inner, record, span) };
    // SAFETY: invariant 9: the run was made for this store.
    match unsafe { drive(store, &mut run) }? {
        Piece::Finished => Ok(read(&frame)),
        Piece::HostError(error, _) => Err(error),
        Piece::Stopped(stop) => Err(run.error_at(&store.inner, stop.trap().into())),
    }
}

/// Calls the start function of an instance. If the instance imports it, the instance calls it.
pub(crate) fn invoke_start<T>(store: &mut Store<T>, instance: u32, func: Handle) -> Result<(), Error> {
    let (number, record) = store.inner.func_by(func)?;
    if !record.home.is_host() {
        return invoke(store, func, |_| Ok(()), |_| ());
    }
    let span = store.inner.stack_span()?;
    let slots = frame_slots(store, record, span)?;
    call_directly(store, Some(instance), number, span, slots)
}

/// The same as [`invoke`], on a value stack of its own, so that the call can be suspended.
pub(crate) fn invoke_resumable<T, R>(
    store: &mut Store<T>,
    func: Handle,
    write: impl FnOnce(&mut Frame<'_>) -> Result<(), Error>,
    read: impl FnOnce(&Frame<'_>) -> R,
) -> Result<Outcome<R>, Error> {
    let (_, record) = store.inner.func_by(func)?;
    if record.home.is_host() {
        return invoke(store, func, write, read).map(Outcome::Finished);
    }
    let stack = store.inner.new_stack()?;
    let span = stack.span();
    let slots = frame_slots(store, record, span)?;
    // SAFETY: invariant 9: the stack is new, has room for the slots, and outlives the frame.
    write(&mut unsafe { Frame::new(span.base, slots, store.inner.id()) })?;
    // SAFETY: invariant 9: `Suspended` keeps stack and run together.
    let run = unsafe { Run::new(&store.inner, record, span) };
    Suspended::new(store.inner.id(), func, stack, run, slots).go_on(store, read)
}

/// Slots of a function's arguments and results, if they fit the stack.
fn frame_slots<T>(store: &Store<T>, record: StoreFunc, span: StackSpan) -> Result<usize, Error> {
    let slots = store.inner.func_type(record).ok_or_else(Error::foreign)?.slots();
    let room = span.end.addr().saturating_sub(span.base.addr());
    if slots * 4 > room {
        return Err(Trap::StackOverflow.into());
    }
    Ok(slots)
}

/// Runs guests and the host functions that they call.
///
/// # Safety
///
/// The run was made for this store.
pub(super) unsafe fn drive<T>(store: &mut Store<T>, run: &mut Run) -> Result<Piece, Error> {
    loop {
        // SAFETY: the caller's contract.
        match unsafe { run.step(&mut store.inner) } {
            Step::Finished => return Ok(Piece::Finished),
            Step::Suspended(stop) => return Ok(Piece::Stopped(stop)),
            Step::Failed(error) => return Err(error),
            Step::Grow(slow) => {
                let (inner, limiter) = store.inner_and_limiter();
                if let Err(trap) = run.grow(inner, limiter, &slow) {
                    return Err(run.error_at(inner, trap.into()));
                }
            }
            Step::Host(first) => {
                let mut next = Some(first);
                while let Some(call) = next {
                    // SAFETY: invariant 9: whoever found the call checked that arguments and results are on the run's stack.
                    if let Err(error) = unsafe { call_host(store, Some(call.instance), call, run.end) } {
                        return Ok(Piece::HostError(run.error_at(&store.inner, error), call.func));
                    }
                    // SAFETY: the caller's contract.
                    next = unsafe { run.resume(&mut store.inner) };
                }
            }
        }
    }
}

/// Calls a host function that no guest calls.
fn call_directly<T>(
    store: &mut Store<T>,
    instance: Option<u32>,
    func: u32,
    span: StackSpan,
    slots: usize,
) -> Result<(), Error> {
    let number = store.inner.func(func).ok_or_else(Error::foreign)?.home.number;
    if store.inner.host_depth >= store.inner.limits().host_depth {
        return Err(Trap::StackOverflow.into());
    }
    let call = HostCall { func, number, instance: FuncHome::HOST, at: span.base, slots };
    // SAFETY: invariant 9: `frame_slots` has checked that the slots are inside the span.
    unsafe { call_host(store, instance, call, span.end) }
}

/// Calls a host function with the rest of the stack set apart for calls that it makes.
///
/// # Safety
///
/// The slots of the call are inside the value stack in use, which ends at `end`.
unsafe fn call_host<T>(store: &mut Store<T>, instance: Option<u32>, call: HostCall, end: *mut u8) -> Result<(), Error> {
    let host: *const HostFunc<T> = store.host_func(call.number).map(Arc::as_ptr).ok_or_else(Error::foreign)?;
    let base = call.at.wrapping_add(call.slots * 4);
    // SAFETY: invariant 9: the caller's contract; calls that the function makes use the stack from `base` on only.
    let mut frame = unsafe { Frame::new(call.at, call.slots, store.inner.id()) };
    let nested = Nested::enter(store, StackSpan { base, end });
    // SAFETY: invariant 10: the store keeps the function, at its address, until it is dropped.
    let host = unsafe { &*host };
    host.call(Caller::new(nested.store, instance), &mut frame)
}

/// A host function is active. Undone also if it panics.
struct Nested<'a, T> {
    store: &'a mut Store<T>,
    before: Option<StackSpan>,
}

impl<'a, T> Nested<'a, T> {
    fn enter(store: &'a mut Store<T>, rest: StackSpan) -> Self {
        let before = store.inner.active.replace(rest);
        store.inner.host_depth += 1;
        Self { store, before }
    }
}

impl<T> Drop for Nested<'_, T> {
    fn drop(&mut self) {
        self.store.inner.active = self.before;
        self.store.inner.host_depth -= 1;
    }
}
