//! `poll_oneoff`: what is waited for, and what has happened.

use super::descriptors::Descriptors;
use super::memory::{Memory, outside};
use super::{list, names};
use ermine_wasi::Errno;

/// Size of a `subscription`.
const SUBSCRIPTION_SIZE: u64 = 48;

/// Size of an `event`.
const EVENT_SIZE: u64 = 32;

/// `subclockflags`: the timeout is a point in time.
const ABSTIME: u16 = 1;

/// The subscriptions, such as `[CLOCK(MONOTONIC, 1000000), FD_READ(0)]`.
pub(super) fn subscriptions(open: &Descriptors, memory: Memory<'_>, ptr: u64, count: u64) -> String {
    if memory.bytes(ptr, count.saturating_mul(SUBSCRIPTION_SIZE)).is_none() {
        return format!("{count} subscriptions at {}", outside(ptr));
    }
    list(count, |index| subscription(open, memory, ptr.checked_add(index.checked_mul(SUBSCRIPTION_SIZE)?)?))
}

fn subscription(open: &Descriptors, memory: Memory<'_>, at: u64) -> Option<String> {
    let kind = memory.u8(at, 8)?;
    let name = names::one(names::EVENT_TYPES, kind.into());
    Some(match kind {
        0 => {
            let clock = names::one(names::CLOCKS, memory.u32(at, 16)?.into());
            let until = if memory.u16(at, 40)? & ABSTIME == 0 { "" } else { "until " };
            format!("{name}({clock}, {until}{})", memory.u64(at, 24)?)
        }
        _ => format!("{name}({})", open.show(memory.u32(at, 16)?.into())),
    })
}

/// The events, whose number is at `count`; such as `[FD_READ 12 bytes, CLOCK]`.
pub(super) fn events(memory: Memory<'_>, ptr: u64, count: u64) -> Option<String> {
    let count = memory.u32(count, 0)?;
    Some(list(count.into(), |index| event(memory, ptr.checked_add(index.checked_mul(EVENT_SIZE)?)?)))
}

fn event(memory: Memory<'_>, at: u64) -> Option<String> {
    let kind = memory.u8(at, 10)?;
    let name = names::one(names::EVENT_TYPES, kind.into());
    let error = memory.u16(at, 8)?;
    Some(match (error, kind) {
        (0, 0) => name,
        (0, _) => format!("{name} {} bytes", memory.u64(at, 16)?),
        _ => {
            let errno = Errno::from_code(error).map_or_else(|| error.to_string(), |errno| errno.name().to_uppercase());
            format!("{name} {errno}")
        }
    })
}
