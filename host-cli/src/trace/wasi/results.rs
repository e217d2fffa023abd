//! What a call that went well has written to the guest's memory.

use super::arguments::iovec;
use super::describe::Param;
use super::memory::{Memory, quote};
use super::{Decoder, index, list, names, poll};

/// Size of a `dirent`, without the name behind it.
const DIRENT_SIZE: u64 = 24;

/// One parameter as it is shown behind the result, if it is. `amount` is how many bytes the call has moved, if it tells.
///
/// Where the guest has put two results over each other nothing sensible comes out, but nothing worse either.
pub(super) fn show(
    decoder: &Decoder,
    memory: Memory<'_>,
    param: Param,
    args: &[u64],
    amount: Option<u64>,
) -> Option<String> {
    match (param, args) {
        (Param::Poll, &[_, events, _, count]) => poll::events(memory, events, count),
        (Param::Buffers, &[ptr, count]) => Some(filled(memory, ptr, count, amount?)),
        (Param::Text, &[ptr, len]) => Some(memory.quoted(ptr, amount.unwrap_or(len).min(len))),
        (Param::Entries, &[ptr, len]) => Some(entries(memory, ptr, amount?.min(len))),
        (Param::Strings(whose), &[pointers, _]) => Some(strings(memory, pointers, decoder.strings[index(whose)])),
        (_, &[ptr]) => single(memory, param, ptr),
        // The others were shown among the arguments.
        _ => None,
    }
}

/// A result at one place.
fn single(memory: Memory<'_>, param: Param, ptr: u64) -> Option<String> {
    match param {
        Param::Opened => Some(format!("fd {}", memory.u32(ptr, 0)?)),
        Param::Amount => Some(format!("{} bytes", memory.u32(ptr, 0)?)),
        Param::Count(_) => Some(format!("{} strings", memory.u32(ptr, 0)?)),
        Param::Position => Some(format!("position {}", memory.u64(ptr, 0)?)),
        Param::Nanoseconds => Some(memory.u64(ptr, 0)?.to_string()),
        Param::FlagsOut(names) => match memory.u16(ptr, 0)? {
            0 => None,
            bits => Some(names::flags(names, bits.into())),
        },
        Param::Filestat => {
            let filetype = names::one(names::FILETYPES, memory.u8(ptr, 16)?.into());
            Some(format!("{filetype}, {} bytes", memory.u64(ptr, 32)?))
        }
        Param::Fdstat => fdstat(memory, ptr),
        Param::Prestat => Some(format!("DIR, a name of {} bytes", memory.u32(ptr, 4)?)),
        // The others are no results.
        _ => None,
    }
}

fn fdstat(memory: Memory<'_>, ptr: u64) -> Option<String> {
    let filetype = names::one(names::FILETYPES, memory.u8(ptr, 0)?.into());
    let flags = match memory.u16(ptr, 2)? {
        0 => String::new(),
        bits => format!(", {}", names::flags(names::FDFLAGS, bits.into())),
    };
    let [base, inheriting] = [memory.u64(ptr, 8)?, memory.u64(ptr, 16)?].map(names::rights);
    Some(format!("{filetype}{flags}, rights={base}, inheriting={inheriting}"))
}

/// The buffers that `amount` bytes went to, with what is in them now.
fn filled(memory: Memory<'_>, ptr: u64, count: u64, amount: u64) -> String {
    let mut left = amount;
    let mut used = Vec::new();
    // Few are shown, so few are looked at.
    for index in 0..count.min(super::SHOWN as u64) {
        let Some((buffer, len)) = iovec(memory, ptr, index).filter(|_| left > 0) else { break };
        used.push((buffer, len.min(left)));
        left = left.saturating_sub(len);
    }
    let shown: Vec<String> = used.iter().map(|&(buffer, len)| memory.quoted(buffer, len)).collect();
    format!("[{}{}]", shown.join(", "), if left > 0 { ", …" } else { "" })
}

/// The names of a directory's entries.
fn entries(memory: Memory<'_>, ptr: u64, len: u64) -> String {
    let mut names = Vec::new();
    let mut at = 0_u64;
    let mut next = || {
        let room = len.checked_sub(at)?.checked_sub(DIRENT_SIZE)?;
        let name_len = u64::from(memory.u32(ptr, at + 16)?);
        // The last name may be cut.
        let name = memory.bytes(ptr.checked_add(at + DIRENT_SIZE)?, name_len.min(room))?;
        at += DIRENT_SIZE + name_len;
        Some(quote(name))
    };
    while names.len() <= super::SHOWN
        && let Some(name) = next()
    {
        names.push(name);
    }
    if names.len() > super::SHOWN {
        names.truncate(super::SHOWN);
        names.push("…".to_owned());
    }
    format!("[{}]", names.join(", "))
}

/// Arguments or variables.
fn strings(memory: Memory<'_>, pointers: u64, count: usize) -> String {
    list(u64::try_from(count).unwrap_or(u64::MAX), |index| {
        let string = memory.u32(pointers, index.checked_mul(4)?)?;
        memory.c_string(string.into()).map(quote)
    })
}
