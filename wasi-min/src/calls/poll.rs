//! `poll_oneoff`: waiting for clocks and descriptors.
//!
//! Subscriptions are read and events written where they lie in linear memory, in two passes: the first finds out how
//! long to wait, the second reports all that has happened by then. Streams are always ready: a read or write that has
//! to wait does so itself.

use super::CallResult;
use super::clock::clock;
use crate::types::rights;
use crate::{Clock, Errno, GuestMemory, Port, WasiCtx};

/// Size of a `subscription` in linear memory.
const SUBSCRIPTION_SIZE: u32 = 48;

/// Size of an `event` in linear memory.
const EVENT_SIZE: u32 = 32;

/// `subclockflags`: the timeout is a point in time, not a duration.
const ABSTIME: u16 = 1;

/// Waits until at least one of the subscriptions has something to report, and writes the events.
///
/// # Errors
///
/// [`Errno::Inval`] for no subscriptions or an unknown kind of one, [`Errno::Fault`] outside of memory, or what the port
/// answers when asked to wait. Errors that belong to one subscription are reported in its event.
pub fn poll_oneoff<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    subscriptions: u32,
    events: u32,
    nsubscriptions: u32,
    nevents: u32,
) -> CallResult {
    if nsubscriptions == 0 {
        return Err(Errno::Inval);
    }
    memory.check_array(subscriptions, nsubscriptions, SUBSCRIPTION_SIZE)?;
    memory.check_array(events, nsubscriptions, EVENT_SIZE)?;
    memory.slice(nevents, 4)?;

    let start = Times::now(&mut ctx.port);
    while let Some(nanoseconds) = time_to_wait(ctx, memory, start, subscriptions, nsubscriptions)? {
        ctx.port.sleep(nanoseconds)?;
    }
    let count = report(ctx, memory, start, subscriptions, nsubscriptions, events)?;
    memory.write_u32(nevents, count)
}

/// How long nothing will happen; `None` if something has.
fn time_to_wait<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &GuestMemory<'_>,
    start: Times,
    subscriptions: u32,
    count: u32,
) -> Result<Option<u64>, Errno> {
    let now = Times::now(&mut ctx.port);
    let mut shortest = u64::MAX;
    for index in 0..count {
        let subscription = Subscription::read(memory, subscriptions, index)?;
        match subscription.state(ctx, start, now) {
            State::Due(_) => return Ok(None),
            State::Waits(nanoseconds) => shortest = shortest.min(nanoseconds),
        }
    }
    Ok(Some(shortest))
}

/// Writes the events of all subscriptions that are due; returns their number.
fn report<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    start: Times,
    subscriptions: u32,
    count: u32,
    events: u32,
) -> Result<u32, Errno> {
    let now = Times::now(&mut ctx.port);
    let mut reported = 0;
    for index in 0..count {
        let subscription = Subscription::read(memory, subscriptions, index)?;
        if let State::Due(result) = subscription.state(ctx, start, now) {
            let at = GuestMemory::element(events, reported, EVENT_SIZE)?;
            memory.write(at, &subscription.event(result))?;
            reported += 1;
        }
    }
    Ok(reported)
}

/// The two clocks a guest can wait for, at one moment.
#[derive(Clone, Copy)]
struct Times {
    realtime: Result<u64, Errno>,
    monotonic: Result<u64, Errno>,
}

impl Times {
    fn now<P: Port>(port: &mut P) -> Self {
        Self { realtime: port.now(Clock::Realtime), monotonic: port.now(Clock::Monotonic) }
    }

    fn of(self, clock: Clock) -> Result<u64, Errno> {
        match clock {
            Clock::Realtime => self.realtime,
            Clock::Monotonic => self.monotonic,
            Clock::ProcessCputime | Clock::ThreadCputime => Err(Errno::Notsup),
        }
    }
}

/// What a subscription waits for.
#[derive(Clone, Copy)]
enum Wait {
    Clock { id: u32, timeout: u64, flags: u16 },
    Read { fd: u32 },
    Write { fd: u32 },
}

/// A `subscription`.
#[derive(Clone, Copy)]
struct Subscription {
    userdata: [u8; 8],
    wait: Wait,
}

/// Whether a subscription has something to report.
enum State {
    Due(Result<(), Errno>),
    Waits(u64),
}

impl Subscription {
    fn read(memory: &GuestMemory<'_>, subscriptions: u32, index: u32) -> Result<Self, Errno> {
        let at = GuestMemory::element(subscriptions, index, SUBSCRIPTION_SIZE)?;
        let field = |offset: u32| at.checked_add(offset).ok_or(Errno::Fault);
        let [tag] = memory.read(field(8)?)?;
        let wait = match tag {
            0 => Wait::Clock {
                id: memory.read_u32(field(16)?)?,
                timeout: memory.read(field(24)?).map(u64::from_le_bytes)?,
                flags: memory.read(field(40)?).map(u16::from_le_bytes)?,
            },
            1 => Wait::Read { fd: memory.read_u32(field(16)?)? },
            2 => Wait::Write { fd: memory.read_u32(field(16)?)? },
            _ => return Err(Errno::Inval),
        };
        Ok(Self { userdata: memory.read(at)?, wait })
    }

    fn state<P: Port>(&self, ctx: &WasiCtx<P>, start: Times, now: Times) -> State {
        match self.wait {
            Wait::Clock { id, timeout, flags } => match remaining(id, timeout, flags, start, now) {
                Ok(0) => State::Due(Ok(())),
                Ok(nanoseconds) => State::Waits(nanoseconds),
                Err(errno) => State::Due(Err(errno)),
            },
            Wait::Read { fd } | Wait::Write { fd } => {
                let open = ctx.descriptors.get(fd);
                State::Due(open.and_then(|open| open.require(rights::POLL_FD_READWRITE)))
            }
        }
    }

    /// The bytes of the `event` that reports this subscription.
    fn event(&self, result: Result<(), Errno>) -> [u8; 32] {
        let error = result.err().unwrap_or(Errno::Success).code();
        let mut event = [0; 32];
        event[0..8].copy_from_slice(&self.userdata);
        event[8..10].copy_from_slice(&error.to_le_bytes());
        event[10] = match self.wait {
            Wait::Clock { .. } => 0,
            Wait::Read { .. } => 1,
            Wait::Write { .. } => 2,
        };
        if result.is_ok() && !matches!(self.wait, Wait::Clock { .. }) {
            // How many bytes are there is not known; at least one may be asked for.
            event[16..24].copy_from_slice(&1_u64.to_le_bytes());
        }
        event
    }
}

/// Nanoseconds until a clock subscription is due.
fn remaining(id: u32, timeout: u64, flags: u16, start: Times, now: Times) -> Result<u64, Errno> {
    let clock = clock(id)?;
    let deadline = match flags {
        0 => start.of(clock)?.saturating_add(timeout),
        ABSTIME => timeout,
        _ => return Err(Errno::Inval),
    };
    Ok(deadline.saturating_sub(now.of(clock)?))
}
