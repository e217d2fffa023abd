//! What a call is given.

use super::describe::Param;
use super::descriptors::Descriptors;
use super::memory::{Memory, outside, outside_of};
use super::{list, names, poll};

/// Size of one `iovec`: pointer and length.
const IOVEC_SIZE: u64 = 8;

/// One parameter as it is shown among the arguments, if it is.
pub(super) fn show(open: &Descriptors, memory: Memory<'_>, param: Param, name: &str, args: &[u64]) -> Option<String> {
    match (param, args) {
        (Param::Poll, &[subscriptions, _, count, _]) => Some(poll::subscriptions(open, memory, subscriptions, count)),
        (Param::Path, &[ptr, len]) => Some(memory.quoted(ptr, len)),
        (Param::Data, &[ptr, count]) => Some(iovecs(memory, ptr, count, |ptr, len| memory.quoted(ptr, len))),
        (Param::Buffers, &[ptr, count]) => Some(iovecs(memory, ptr, count, |ptr, len| room(memory, ptr, len))),
        (Param::Room | Param::Text | Param::Entries, &[ptr, len]) => Some(format!("[{}]", room(memory, ptr, len))),
        (_, &[value]) => single(open, param, name, value).or_else(|| missing_place(memory, param, name, value)),
        // Strings have nothing to show before the call.
        _ => None,
    }
}

/// A parameter that says all there is by itself.
fn single(open: &Descriptors, param: Param, name: &str, value: u64) -> Option<String> {
    match param {
        Param::Fd => Some(open.show(value)),
        Param::Number => Some(format!("{name}={value}")),
        Param::Signed => Some(format!("{name}={}", value.cast_signed())),
        Param::Unnamed => Some(value.to_string()),
        Param::One(names) => Some(names::one(names, value)),
        Param::Flags(names) => Some(names::flags(names, value)),
        Param::Optional(names) => (value != 0).then(|| names::flags(names, value)),
        Param::Rights(name) => Some(format!("{name}={}", names::rights(value))),
        // The others are shown elsewhere, or not at all.
        _ => None,
    }
}

/// The place of a result is shown only if it lies outside.
fn missing_place(memory: Memory<'_>, param: Param, name: &str, ptr: u64) -> Option<String> {
    let size = match param {
        Param::Opened | Param::Amount | Param::Count(_) => 4,
        Param::Position | Param::Nanoseconds | Param::Prestat => 8,
        Param::FlagsOut(_) => 2,
        Param::Filestat => 64,
        Param::Fdstat => 24,
        // The others are no places.
        _ => return None,
    };
    memory.bytes(ptr, size).is_none().then(|| format!("{name}={}", outside(ptr)))
}

/// A list of buffers, each shown by `element`.
fn iovecs(memory: Memory<'_>, ptr: u64, count: u64, element: impl Fn(u64, u64) -> String) -> String {
    if memory.bytes(ptr, count.saturating_mul(IOVEC_SIZE)).is_none() {
        return format!("{count} buffers at {}", outside(ptr));
    }
    list(count, |index| {
        let (buffer, len) = iovec(memory, ptr, index)?;
        Some(element(buffer, len))
    })
}

/// Pointer and length of a buffer.
pub(super) fn iovec(memory: Memory<'_>, ptr: u64, index: u64) -> Option<(u64, u64)> {
    let offset = index.checked_mul(IOVEC_SIZE)?;
    let (buffer, len) = (memory.u32(ptr, offset)?, memory.u32(ptr, offset.checked_add(4)?)?);
    Some((buffer.into(), len.into()))
}

/// A buffer that the call fills: its length.
fn room(memory: Memory<'_>, ptr: u64, len: u64) -> String {
    if memory.bytes(ptr, len).is_some() { len.to_string() } else { outside_of(ptr, len) }
}
