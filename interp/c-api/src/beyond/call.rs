//! Calls that can wait.

use std::cell::RefCell;
use std::mem::{self, MaybeUninit};
use std::rc::Rc;

use ermine::{Error, ResumableCall, ResumableCallHostTrap, ResumableCallOutOfFuel, Val};

use super::error::{Failure, given, made, status};
use crate::boundary::{discard, guard};
use crate::func::{answers, arguments, callee, fits, give, places};
use crate::object::Object;
use crate::trap;
use crate::value::Value;
use crate::vector::{Own, Vector};

/// `ermine_call_t`. Shared, since a callback may delete the call that it is in.
#[derive(Debug)]
pub struct Call(Rc<Shared>);

#[derive(Debug)]
struct Shared {
    func: Object,
    state: RefCell<State>,
}

/// Where a call is.
#[derive(Debug)]
enum State {
    /// It has not begun, and will with these arguments.
    New(Vec<Val>),
    /// It waits for fuel, or was interrupted.
    Stopped(ResumableCallOutOfFuel),
    /// It waits for a callback.
    Suspended(ResumableCallHostTrap),
    /// It runs: a callback asks.
    Running,
    /// It has ended.
    Ended,
}

/// `ermine_progress_t`
#[repr(u8)]
#[derive(Debug, Clone, Copy)]
pub enum Progress {
    Finished,
    Trapped,
    OutOfFuel,
    Interrupted,
    Suspended,
}

impl Shared {
    /// Runs on, or says why it cannot; then the call is what it was.
    fn resume(&self, inputs: &[Val], results: *mut Vector<Value>) -> Result<Result<Progress, Error>, Error> {
        let home = &self.func.home;
        let (func, ty) = callee(&self.func)?;
        fits(results, &ty)?;
        let mut outputs = places(&ty);
        let state = mem::replace(&mut *self.state.borrow_mut(), State::Running);
        let ended = home.with(|ctx| match state {
            State::New(args) => func.call_resumable(ctx, &args, &mut outputs),
            State::Stopped(call) => call.resume(ctx, &mut outputs),
            State::Suspended(call) => call.resume(ctx, inputs, &mut outputs),
            State::Running | State::Ended => Err(Error::new("the call runs, or has ended")),
        });
        let ended = ended.unwrap_or_else(|| Err(Error::new("the store is in use")));
        let (state, progress) = match ended {
            Ok(ResumableCall::Finished) => {
                give(home, &outputs, results);
                (State::Ended, Ok(Progress::Finished))
            }
            Ok(ResumableCall::OutOfFuel(call)) => {
                let progress = if call.is_interrupt() { Progress::Interrupted } else { Progress::OutOfFuel };
                (State::Stopped(call), Ok(progress))
            }
            Ok(ResumableCall::HostTrap(call)) if trap::suspends(call.host_error()) => {
                (State::Suspended(call), Ok(Progress::Suspended))
            }
            Ok(ResumableCall::HostTrap(call)) => (State::Ended, Err(call.into_host_error())),
            Err(error) => (State::Ended, Err(error)),
        };
        *self.state.borrow_mut() = state;
        Ok(progress)
    }

    /// What the callback that waits gives back, and whether the call can go on at all.
    fn answer(&self, answer: Option<&Vector<Value>>) -> Result<Vec<Val>, Error> {
        let values = answer.map_or(&[][..], Vector::as_slice);
        match &*self.state.borrow() {
            State::Suspended(call) => {
                let func = call.host_func();
                let ty = self.func.home.try_with(|ctx| Ok(func.ty(&ctx)))?;
                answers(&self.func.home, &ty, values)
            }
            State::New(_) | State::Stopped(_) if values.is_empty() => Ok(Vec::new()),
            State::New(_) | State::Stopped(_) => Err(Error::new("no callback waits; give no answer")),
            State::Running => Err(Error::new("the call runs; wait until it has to wait")),
            State::Ended => Err(Error::new("the call has ended; make another one")),
        }
    }
}

#[unsafe(no_mangle)]
extern "C" fn ermine_call_new(
    func: Option<&Object>,
    args: Option<&Vector<Value>>,
    out: Option<&mut MaybeUninit<Own<Call>>>,
) -> Own<Failure> {
    made(out, || {
        let func = given(func)?.clone();
        let (_, ty) = callee(&func)?;
        let args = arguments(&func.home, &ty, args.map_or(&[][..], Vector::as_slice))?;
        Ok(Some(Box::new(Call(Rc::new(Shared { func, state: RefCell::new(State::New(args)) })))))
    })
}

#[unsafe(no_mangle)]
extern "C" fn ermine_call_delete(call: Own<Call>) {
    discard(call);
}

#[unsafe(no_mangle)]
extern "C" fn ermine_call_required_fuel(call: Option<&Call>) -> u64 {
    guard(0, || match &*call?.0.state.borrow() {
        State::Stopped(call) => Some(call.required_fuel()),
        State::New(_) | State::Suspended(_) | State::Running | State::Ended => None,
    })
}

/// A callback may delete the call: what it needs is copied first.
#[unsafe(no_mangle)]
extern "C" fn ermine_call_resume(
    call: *const Call,
    answer: *const Vector<Value>,
    results: *mut Vector<Value>,
    progress: *mut MaybeUninit<Progress>,
    trap: *mut Own<Object>,
) -> Own<Failure> {
    status(|| {
        // SAFETY: promise C1: it is null or a live call.
        let call = Rc::clone(&given(unsafe { call.as_ref() })?.0);
        // SAFETY: promise C1: it is null or a vector of values.
        let inputs = call.answer(unsafe { answer.as_ref() })?;
        let reached = call.resume(&inputs, results)?;
        let failed = reached.as_ref().err().map(|error| trap::trap(&call.func.home, error));
        trap::give(trap, failed);
        // SAFETY: promise C1: it is null or a place for the number.
        if let Some(progress) = unsafe { progress.as_mut() } {
            progress.write(reached.unwrap_or(Progress::Trapped));
        }
        Ok(())
    })
}
