//! Why a guest is refused before it runs.

use ermine::{bare::Resources, image::Image};

use crate::{
    abi::{Function, ON_EVENT, START},
    calls::look_up,
    grant::Grant,
    report::{Kind, Report},
};

/// Why an import is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Refusal {
    /// Nothing offers it.
    Unknown,
    /// It has other parameters or results.
    Signature,
    /// The table has no grant of this name.
    NoGrant,
    /// The table does not grant standard input and output.
    NoStdio,
    /// No grant allows the function.
    Denied(Function),
}

/// What a guest would run in: sizes of buffers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Bytes of linear memory.
    pub memory: usize,
    /// Words of 8 bytes.
    pub arena: usize,
}

impl Room {
    /// The room that these buffers are.
    #[must_use]
    pub fn of(resources: &Resources<'_>) -> Self {
        Self { memory: resources.memory.len(), arena: resources.arena.len() }
    }
}

/// Whether a verified image can be a guest here. Everything that can be known without running it.
///
/// # Errors
///
/// A report that says what to change: [`Kind::Unmetered`], [`Kind::NoEntry`], [`Kind::NoMemory`], [`Kind::NoArena`], or one of the four for imports.
pub fn check(image: Image<'_>, table: &[Grant], room: Room) -> Result<(), Report> {
    if !image.is_metered() {
        return Err(Report::of(Kind::Unmetered));
    }
    for (position, import) in image.imports().enumerate() {
        let signature = image.signature(import.index).unwrap_or_default();
        let kind = match look_up(table, &import, &signature) {
            Ok(_) => continue,
            Err(Refusal::Unknown) => Kind::ImportUnknown,
            Err(Refusal::Signature) => Kind::ImportSignature,
            Err(Refusal::NoGrant) => Kind::GrantMissing,
            Err(Refusal::NoStdio | Refusal::Denied(_)) => Kind::ImportDenied,
        };
        return Err(Report { a: position as u32, ..Report::of(kind) });
    }
    if entry(image, START, Entry::Start).is_none() && entry(image, ON_EVENT, Entry::Event).is_none() {
        return Err(Report::of(Kind::NoEntry));
    }
    let needs = image.needs();
    let memory = u32::try_from(needs.memory).unwrap_or(u32::MAX);
    if memory as usize > room.memory {
        return Err(Report { a: memory, b: room.memory as u32, ..Report::of(Kind::NoMemory) });
    }
    if needs.arena > room.arena {
        return Err(Report { a: needs.arena as u32 * 8, b: room.arena as u32 * 8, ..Report::of(Kind::NoArena) });
    }
    Ok(())
}

/// A function that the host calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// `_start`.
    Start,
    /// `on_event`.
    Event,
}

/// The exported function of this name, if it has the type of such an entry.
pub(crate) fn entry(image: Image<'_>, name: &str, entry: Entry) -> Option<u32> {
    let func = image.exported_func(name)?;
    let signature = image.signature(func)?;
    let fits = match entry {
        Entry::Start => signature.is::<(), ()>(),
        Entry::Event => signature.is::<(u32, u32), ()>(),
    };
    fits.then_some(func)
}
