//! The operand stack as the translator knows it.
//!
//! Every entry has a slot of its own, by its height; only entries that are [`Held::Temp`] are in it. The others are where they come from until something makes it
//! necessary to copy them: a write to their local, a branch target, a call.

use alloc::vec::Vec;

use super::emit::Slot;
use crate::isa::Ty;

/// Where a stack entry's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    /// In its own slot.
    Temp,
    /// In this local, still.
    Local(u32),
    /// Nowhere: it is this constant, zero-extended.
    Const(u64),
}

/// A stack entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) held: Held,
    pub(crate) ty: Ty,
    /// Its own slot.
    pub(crate) slot: Slot,
    /// Held by a local: how many bytes into the local's slot it starts. It may be the upper half of a wider local.
    pub(crate) part: u32,
    /// The entry below that is held by the same local, or [`NONE`].
    below: u32,
}

/// No entry. An [`Option`] would make every entry longer by a fifth.
const NONE: u32 = u32::MAX;

/// A local of the function, parameters included.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Local {
    pub(crate) ty: Ty,
    pub(crate) slot: Slot,
    /// The uppermost entry held by it, or [`NONE`].
    pending: u32,
}

impl Local {
    pub(crate) fn new(ty: Ty, slot: Slot) -> Self {
        Self { ty, slot, pending: NONE }
    }

    /// Whether a u16 field reaches it.
    pub(crate) fn is_near(&self) -> bool {
        self.slot.is_near()
    }

    /// Whether any entry is held by it.
    pub(crate) fn is_pending(&self) -> bool {
        self.pending != NONE
    }
}

/// The operand stack, and the locals it refers to.
#[derive(Debug, Default)]
pub(crate) struct Stack {
    entries: Vec<Entry>,
    pub(crate) locals: Vec<Local>,
    /// The slot that the next entry gets.
    next: u32,
    /// Where entries go on that near slots have no room for.
    far: u32,
    /// Below this height no entry is held by a local. It may be beyond the uppermost.
    settled: usize,
    /// The end of the highest slot ever used.
    high: u32,
}

impl Stack {
    /// Empties the stack; the first entry's slot is `base`, the first beyond near slots `far`.
    pub(crate) fn reset(&mut self, base: Slot, far: Slot) {
        self.entries.clear();
        self.next = base.0;
        self.far = far.0;
        self.high = base.0;
        self.settled = 0;
    }

    pub(crate) fn height(&self) -> usize {
        self.entries.len()
    }

    /// The end of the highest slot ever used.
    pub(crate) fn high(&self) -> u32 {
        self.high
    }

    /// The slot that the next entry gets.
    pub(crate) fn next_slot(&self) -> Slot {
        Slot(self.next)
    }

    /// The slot behind a value of this type: beyond the last near one, the first far one.
    pub(crate) fn after(&self, slot: Slot, ty: Ty) -> Slot {
        let next = slot.0 + ty.bytes();
        if next > Slot::LAST_TEMP && next < self.far { Slot(self.far) } else { Slot(next) }
    }

    /// Pushes the value of a local.
    #[inline]
    pub(crate) fn push_local(&mut self, local: u32) {
        if let Some((ty, below)) = self.hold(local) {
            self.put(Held::Local(local), ty, 0, below);
        }
    }

    /// The next entry is going to be held by a local: its type, and the entry below that it holds.
    #[inline]
    fn hold(&mut self, local: u32) -> Option<(Ty, u32)> {
        let height = self.entries.len();
        let local = self.locals.get_mut(local as usize)?;
        self.settled = self.settled.min(height);
        Some((local.ty, core::mem::replace(&mut local.pending, height as u32)))
    }

    /// Pushes an entry.
    pub(crate) fn push(&mut self, held: Held, ty: Ty) -> Slot {
        self.push_part(held, ty, 0)
    }

    /// Pushes a part of a local, or the whole of it as a value of another type.
    pub(crate) fn push_view(&mut self, local: u32, ty: Ty, part: u32) -> Slot {
        self.push_part(Held::Local(local), ty, part)
    }

    #[inline]
    fn push_part(&mut self, held: Held, ty: Ty, part: u32) -> Slot {
        let below = match held {
            Held::Local(local) => self.hold(local).map_or(NONE, |(_, below)| below),
            Held::Temp | Held::Const(_) => NONE,
        };
        self.put(held, ty, part, below)
    }

    #[inline]
    fn put(&mut self, held: Held, ty: Ty, part: u32, below: u32) -> Slot {
        let slot = Slot(self.next);
        self.high = self.high.max(slot.0 + ty.bytes());
        self.next = self.after(slot, ty).0;
        self.entries.push(Entry { held, ty, slot, part, below });
        slot
    }

    /// Pops an entry. Validation has made sure that there is one.
    #[inline]
    pub(crate) fn pop(&mut self) -> Entry {
        let Some(entry) = self.entries.pop() else { return self.missing() };
        self.next = entry.slot.0;
        self.release(&entry);
        entry
    }

    #[cold]
    #[inline(never)]
    fn missing(&self) -> Entry {
        Entry { held: Held::Const(0), ty: Ty::I32, slot: Slot(self.next), part: 0, below: NONE }
    }

    /// The entry leaves its local: it is the uppermost of those held by it.
    fn release(&mut self, entry: &Entry) {
        if let Held::Local(local) = entry.held
            && let Some(local) = self.locals.get_mut(local as usize)
        {
            local.pending = entry.below;
        }
    }

    /// The slot that an entry's value is in: its own, or the local's, or a part of that. A constant is in none.
    pub(crate) fn place(&self, entry: &Entry) -> Option<Slot> {
        match entry.held {
            Held::Temp => Some(entry.slot),
            Held::Local(local) => self.locals.get(local as usize).map(|local| Slot(local.slot.0 + entry.part)),
            Held::Const(_) => None,
        }
    }

    pub(crate) fn top(&self) -> Option<&Entry> {
        self.entries.last()
    }

    /// The entry at this height.
    pub(crate) fn get(&self, height: usize) -> Option<&Entry> {
        self.entries.get(height)
    }

    /// Drops all entries from this height on.
    pub(crate) fn truncate(&mut self, height: usize) {
        while self.entries.len() > height {
            self.pop();
        }
    }

    /// Takes the uppermost entry held by a local away from it: the caller copies the value to the entry's slot.
    pub(crate) fn settle_local(&mut self, local: u32) -> Option<Entry> {
        // `NONE` is beyond all entries.
        let index = self.locals.get(local as usize)?.pending;
        let entry = self.entries.get_mut(index as usize)?;
        let settled = Entry { held: Held::Temp, ..*entry };
        *entry = Entry { part: 0, ..settled };
        self.locals.get_mut(local as usize)?.pending = settled.below;
        Some(settled)
    }

    /// The local that holds the lowest entry held by any, if there is one. The caller settles all entries of that local.
    pub(crate) fn next_unsettled(&mut self) -> Option<u32> {
        while let Some(entry) = self.entries.get(self.settled) {
            if let Held::Local(local) = entry.held {
                return Some(local);
            }
            self.settled += 1;
        }
        None
    }

    /// The entry at this height is in its own slot from now on. No entry above it may be held by a local.
    pub(crate) fn make_temp(&mut self, height: usize) {
        let Some(entry) = self.entries.get_mut(height) else { return };
        let settled = *entry;
        (entry.held, entry.part) = (Held::Temp, 0);
        self.release(&settled);
    }
}
