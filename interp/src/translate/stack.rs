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

/// What an entry has in [`Entry::what`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nothing.
    Temp,
    /// The number of the local, and in the upper half the entry below that it holds, too.
    Local,
    /// The constant.
    Const,
}

/// A stack entry. It has 16 bytes, so that it is handed on in two registers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// Its own slot.
    pub(crate) slot: Slot,
    pub(crate) ty: Ty,
    /// Held by a local: how many bytes into the local's slot it starts. It may be the upper half of a wider local.
    pub(crate) part: u8,
    kind: Kind,
    what: u64,
}

const _: () = assert!(size_of::<Entry>() == 16);

impl Entry {
    /// Where its value is.
    #[inline]
    pub(crate) fn held(self) -> Held {
        match self.kind {
            Kind::Temp => Held::Temp,
            Kind::Local => Held::Local(self.what as u32),
            Kind::Const => Held::Const(self.what),
        }
    }

    /// Whether its value is in its own slot.
    #[inline]
    pub(crate) fn is_temp(self) -> bool {
        self.kind == Kind::Temp
    }

    /// The same with another constant as its value.
    #[inline]
    pub(crate) fn with_constant(self, bits: u64) -> Self {
        Self { kind: Kind::Const, what: bits, ..self }
    }

    /// The same with its value in its own slot.
    fn settled(self) -> Self {
        Self { kind: Kind::Temp, part: 0, ..self }
    }

    /// Held by a local: the entry below that it holds, too, or [`NONE`].
    fn below(self) -> u32 {
        (self.what >> 32) as u32
    }
}

/// No entry. An [`Option`] would take more room.
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
    /// An entry that ends here or below neither raises `high` nor has a far slot behind it.
    known: u32,
}

impl Stack {
    /// Empties the stack; the first entry's slot is `base`, the first beyond near slots `far`.
    pub(crate) fn reset(&mut self, base: Slot, far: Slot) {
        self.entries.clear();
        self.next = base.0;
        self.far = far.0;
        self.high = base.0;
        self.known = base.0.min(Slot::LAST_TEMP);
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
        if let Some((ty, what)) = self.hold(local) {
            self.put(Kind::Local, what, ty, 0);
        }
    }

    /// Pushes a part of a local, or the whole of it as a value of another type.
    pub(crate) fn push_view(&mut self, local: u32, ty: Ty, part: u8) {
        if let Some((_, what)) = self.hold(local) {
            self.put(Kind::Local, what, ty, part);
        }
    }

    /// The next entry is going to be held by a local. Returns the local's type, and what the entry has.
    #[inline]
    fn hold(&mut self, index: u32) -> Option<(Ty, u64)> {
        let height = self.entries.len();
        let local = self.locals.get_mut(index as usize)?;
        self.settled = self.settled.min(height);
        let below = core::mem::replace(&mut local.pending, height as u32);
        Some((local.ty, u64::from(below) << 32 | u64::from(index)))
    }

    /// Pushes a constant.
    #[inline]
    pub(crate) fn push_constant(&mut self, bits: u64, ty: Ty) {
        self.put(Kind::Const, bits, ty, 0);
    }

    /// Pushes an entry whose value is in its own slot. Returns that.
    #[inline]
    pub(crate) fn push_temp(&mut self, ty: Ty) -> Slot {
        self.put(Kind::Temp, 0, ty, 0)
    }

    #[inline]
    fn put(&mut self, kind: Kind, what: u64, ty: Ty, part: u8) -> Slot {
        let slot = Slot(self.next);
        let end = slot.0 + ty.bytes();
        self.next = if end <= self.known { end } else { self.raise(slot, ty) };
        self.entries.push(Entry { slot, ty, part, kind, what });
        slot
    }

    /// Notes that slots are used up to the end of this one. Returns the next.
    #[inline(never)]
    fn raise(&mut self, slot: Slot, ty: Ty) -> u32 {
        self.high = self.high.max(slot.0 + ty.bytes());
        self.known = self.high.min(Slot::LAST_TEMP);
        self.after(slot, ty).0
    }

    /// Pops an entry. Validation has made sure that there is one.
    #[inline]
    pub(crate) fn pop(&mut self) -> Entry {
        let Some(entry) = self.entries.pop() else { return self.missing() };
        self.next = entry.slot.0;
        self.release(entry);
        entry
    }

    #[cold]
    #[inline(never)]
    fn missing(&self) -> Entry {
        Entry { slot: Slot(self.next), ty: Ty::I32, part: 0, kind: Kind::Const, what: 0 }
    }

    /// The entry leaves its local: it is the uppermost of those held by it.
    #[inline]
    fn release(&mut self, entry: Entry) {
        if let Held::Local(local) = entry.held()
            && let Some(local) = self.locals.get_mut(local as usize)
        {
            local.pending = entry.below();
        }
    }

    /// The slot that an entry's value is in: its own, or the local's, or a part of that. A constant is in none.
    #[inline]
    pub(crate) fn place(&self, entry: Entry) -> Option<Slot> {
        match entry.held() {
            Held::Temp => Some(entry.slot),
            Held::Local(local) => {
                self.locals.get(local as usize).map(|local| Slot(local.slot.0 + u32::from(entry.part)))
            }
            Held::Const(_) => None,
        }
    }

    pub(crate) fn top(&self) -> Option<Entry> {
        self.entries.last().copied()
    }

    /// The entry at this height.
    pub(crate) fn get(&self, height: usize) -> Option<Entry> {
        self.entries.get(height).copied()
    }

    /// Drops all entries from this height on.
    pub(crate) fn truncate(&mut self, height: usize) {
        while self.entries.len() > height {
            self.pop();
        }
    }

    /// Takes the uppermost entry held by a local away from it: the caller copies the value to the entry's slot. Returns what it was.
    pub(crate) fn settle_local(&mut self, local: u32) -> Option<Entry> {
        // `NONE` is beyond all entries.
        let index = self.locals.get(local as usize)?.pending;
        let entry = self.entries.get_mut(index as usize)?;
        let held = *entry;
        *entry = held.settled();
        self.locals.get_mut(local as usize)?.pending = held.below();
        Some(held)
    }

    /// The local that holds the lowest entry held by any, if there is one. The caller settles all entries of that local.
    pub(crate) fn next_unsettled(&mut self) -> Option<u32> {
        while let Some(entry) = self.entries.get(self.settled) {
            if let Held::Local(local) = entry.held() {
                return Some(local);
            }
            self.settled += 1;
        }
        None
    }

    /// The entry at this height is in its own slot from now on. No entry above it may be held by a local.
    pub(crate) fn make_temp(&mut self, height: usize) {
        let Some(entry) = self.entries.get_mut(height) else { return };
        let held = *entry;
        *entry = held.settled();
        self.release(held);
    }
}
