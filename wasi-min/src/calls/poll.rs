//! `poll_oneoff`: waiting for clocks and descriptors.
//!
//! Subscriptions are read and events written where they lie in linear memory, in two passes: the first finds out how
//! long to wait and for what, the second reports all that has happened by then. There is no list of subscriptions but the
//! guest's own: what to watch goes into a small array, and where that is full the port is asked more often.

use super::CallResult;
use super::clock::clock;
use crate::descriptor::Object;
use crate::types::{filetype, rights};
use crate::{Clock, Errno, GuestMemory, Interest, Port, Readiness, Stream, WasiCtx, Watch};

/// Size of a `subscription` in linear memory.
const SUBSCRIPTION_SIZE: u32 = 48;

/// Size of an `event` in linear memory.
const EVENT_SIZE: u32 = 32;

/// Descriptors watched at a time. They lie on the stack, so boards without a heap get fewer.
const MAX_WATCHED: usize = if cfg!(feature = "alloc") { 64 } else { 8 };

/// How long to wait at most, in nanoseconds, if there are more descriptors to watch.
const GLANCE: u64 = 5_000_000;

/// Subscriptions looked at in one call.
const MAX_SUBSCRIPTIONS: u32 = 16_384;

/// `subclockflags`: the timeout is a point in time, not a duration.
const ABSTIME: u16 = 1;

/// Waits until at least one of the subscriptions has something to report, and writes the events.
///
/// # Errors
///
/// [`Errno::Inval`] for no subscriptions, more than 16,384, or an unknown kind of one, [`Errno::Fault`] outside of memory,
/// or what the port answers when asked to wait. Errors that belong to one subscription are reported in its event.
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

    if nsubscriptions > MAX_SUBSCRIPTIONS {
        return Err(Errno::Inval);
    }
    let start = Times::now(&mut ctx.port);
    let mut watched = Watched::new();
    while let Some(nanoseconds) = time_to_wait(ctx, memory, start, subscriptions, nsubscriptions, &mut watched)? {
        ctx.port.wait(nanoseconds, watched.as_slice())?;
    }
    let count = report(ctx, memory, start, subscriptions, nsubscriptions, events)?;
    memory.write_u32(nevents, count)
}

/// What to wait for besides time.
struct Watched {
    list: [Watch; MAX_WATCHED],
    len: usize,
    overflow: bool,
}

impl Watched {
    fn new() -> Self {
        Self { list: [Watch::Stream(Stream::Stdin); MAX_WATCHED], len: 0, overflow: false }
    }

    fn clear(&mut self) {
        self.len = 0;
        self.overflow = false;
    }

    fn push(&mut self, watch: Watch) {
        if self.as_slice().contains(&watch) {
            return;
        }
        match self.list.get_mut(self.len) {
            Some(place) => {
                *place = watch;
                self.len += 1;
            }
            None => self.overflow = true,
        }
    }

    fn as_slice(&self) -> &[Watch] {
        self.list.get(..self.len).unwrap_or_default()
    }
}

/// How long nothing will happen, and what to watch meanwhile; `None` if something has happened.
fn time_to_wait<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &GuestMemory<'_>,
    start: Times,
    subscriptions: u32,
    count: u32,
    watched: &mut Watched,
) -> Result<Option<u64>, Errno> {
    let now = Times::now(&mut ctx.port);
    let mut shortest = u64::MAX;
    watched.clear();
    for index in 0..count {
        let subscription = Subscription::read(memory, subscriptions, index)?;
        match subscription.state(ctx, start, now) {
            State::Due(_) => return Ok(None),
            State::Waits(nanoseconds) => shortest = shortest.min(nanoseconds),
            State::Watch(watch) => watched.push(watch),
        }
    }
    Ok(Some(if watched.overflow { shortest.min(GLANCE) } else { shortest }))
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

/// What a descriptor's event says besides success.
#[derive(Clone, Copy, Default)]
struct Readable {
    bytes: u64,
    hangup: bool,
}

/// Whether a subscription has something to report.
enum State {
    /// It has.
    Due(Result<Readable, Errno>),
    /// It will in so many nanoseconds.
    Waits(u64),
    /// It will when the port says so.
    Watch(Watch),
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

    fn state<P: Port>(&self, ctx: &mut WasiCtx<P>, start: Times, now: Times) -> State {
        match self.wait {
            Wait::Clock { id, timeout, flags } => match remaining(id, timeout, flags, start, now) {
                Ok(0) => State::Due(Ok(Readable::default())),
                Ok(nanoseconds) => State::Waits(nanoseconds),
                Err(errno) => State::Due(Err(errno)),
            },
            Wait::Read { fd } => descriptor(ctx, fd, Interest::Read),
            Wait::Write { fd } => descriptor(ctx, fd, Interest::Write),
        }
    }

    /// The bytes of the `event` that reports this subscription.
    fn event(&self, result: Result<Readable, Errno>) -> [u8; 32] {
        let error = result.err().unwrap_or(Errno::Success).code();
        let mut event = [0; 32];
        event[0..8].copy_from_slice(&self.userdata);
        event[8..10].copy_from_slice(&error.to_le_bytes());
        event[10] = match self.wait {
            Wait::Clock { .. } => 0,
            Wait::Read { .. } => 1,
            Wait::Write { .. } => 2,
        };
        if let Ok(Readable { bytes, hangup }) = result {
            event[16..24].copy_from_slice(&bytes.to_le_bytes());
            event[24] = u8::from(hangup);
        }
        event
    }
}

/// Whether a descriptor has something to report.
fn descriptor<P: Port>(ctx: &mut WasiCtx<P>, fd: u32, interest: Interest) -> State {
    let open = match ctx.descriptors.get(fd).and_then(|open| open.require(rights::POLL_FD_READWRITE).map(|()| *open)) {
        Ok(open) => open,
        Err(errno) => return State::Due(Err(errno)),
    };
    let (watch, readiness) = match (open.object, interest) {
        (Object::Stream(Stream::Stdin), Interest::Write) => return State::Due(Err(Errno::Badf)),
        (Object::Stream(Stream::Stdout | Stream::Stderr), Interest::Read) => return State::Due(Err(Errno::Badf)),
        (Object::Stream(stream), _) => (Watch::Stream(stream), ctx.port.stream_ready(stream)),
        (Object::Node(node), Interest::Read) if open.filetype == filetype::REGULAR_FILE => {
            // What is left until the end; at the end a read has that to say.
            let left = ctx.port.stat(node).map(|stat| stat.size.saturating_sub(open.position));
            (Watch::Node(node, interest), left.map(|bytes| Readiness::Ready { bytes, hangup: false }))
        }
        (Object::Node(node), _) => (Watch::Node(node, interest), ctx.port.ready(node, interest)),
    };
    match readiness {
        Ok(Readiness::Ready { bytes, hangup }) => State::Due(Ok(Readable { bytes, hangup })),
        Ok(Readiness::Waits) => State::Watch(watch),
        Err(errno) => State::Due(Err(errno)),
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
