//! Branch targets.
//!
//! A near branch reaches 32,767 units. A near branch whose target is not in reach when that becomes certain goes to an *island* instead, a far
//! branch written within reach; each branch is moved at most once, so the work stays linear. The far branch of a metered one pays in its place: in
//! metered code, what goes back pays, and metered branches are those that go back.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::code::decode::put32;

/// A place in the code that branches can go to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Label(u32);

/// A branch whose target is not known yet, or too far away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fixup {
    pub(crate) label: Label,
    pub(crate) kind: Kind,
    /// Where its instruction starts.
    pub(crate) op: u32,
    /// Where its distance goes.
    pub(crate) field: u32,
    resolved: bool,
    /// The next one of the same label.
    next: Option<u32>,
}

/// What kind of branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Near,
    /// The fuel follows its distance.
    NearMetered,
    /// Its distance takes two units.
    Far,
}

#[derive(Debug, Clone, Copy)]
struct State {
    at: Option<u32>,
    first: Option<u32>,
}

/// The labels of a function.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    labels: Vec<State>,
    fixups: Vec<Fixup>,
    /// Near fixups in the order of their places.
    near: VecDeque<u32>,
}

/// Distance at which an island is due, in units. The rest of the reach is for the islands themselves.
const REACH: u32 = 20_000;

impl Labels {
    pub(crate) fn clear(&mut self) {
        self.labels.clear();
        self.fixups.clear();
        self.near.clear();
    }

    /// A new label, its place not known.
    pub(crate) fn create(&mut self) -> Label {
        self.labels.push(State { at: None, first: None });
        Label(self.labels.len() as u32 - 1)
    }

    /// A new label, if one is wanted.
    pub(crate) fn create_if(&mut self, wanted: bool) -> Option<Label> {
        wanted.then(|| self.create())
    }

    fn state(&mut self, label: Label) -> &mut State {
        // Labels come from `create` only.
        &mut self.labels[label.0 as usize]
    }

    /// Where it is, if that is known.
    pub(crate) fn place(&mut self, label: Label) -> Option<u32> {
        self.state(label).at
    }

    /// Whether any branch goes there.
    pub(crate) fn is_used(&mut self, label: Label) -> bool {
        self.state(label).first.is_some()
    }

    /// Puts a label at `here` and resolves the branches that wait for it.
    pub(crate) fn bind(&mut self, code: &mut [u16], label: Label, here: u32) {
        let state = self.state(label);
        state.at = Some(here);
        let mut next = state.first;
        while let Some(index) = next {
            let fixup = &mut self.fixups[index as usize];
            next = fixup.next;
            if !fixup.resolved {
                fixup.resolved = resolve(code, fixup, here);
            }
        }
    }

    /// A branch, whose instruction starts at `op` and whose distance is at `field`.
    pub(crate) fn refer(&mut self, code: &mut [u16], label: Label, op: u32, field: u32, kind: Kind) {
        let index = self.fixups.len() as u32;
        let state = self.state(label);
        let mut fixup = Fixup { label, op, field, kind, resolved: false, next: state.first };
        state.first = Some(index);
        if let Some(at) = state.at {
            fixup.resolved = resolve(code, &fixup, at);
        }
        if !fixup.resolved && kind != Kind::Far {
            self.near.push_back(index);
        }
        self.fixups.push(fixup);
    }

    /// Whether the oldest unresolved near branch, at `here` plus `units`, would be close to the end of its reach.
    pub(crate) fn is_tight(&mut self, here: u32, units: usize) -> bool {
        self.may_be_tight(here, units) && self.is_oldest_tight(here, units)
    }

    /// Whether it could be. Most functions are too short for that, whatever is in them: a branch has two units or more.
    #[inline]
    pub(crate) fn may_be_tight(&self, here: u32, units: usize) -> bool {
        let (here, units) = (u64::from(here), units as u64);
        here > u64::from(REACH).saturating_sub(units) / 3
            && here + units + 4 * self.near.len() as u64 > u64::from(REACH)
    }

    fn is_oldest_tight(&mut self, here: u32, units: usize) -> bool {
        while let Some(&oldest) = self.near.front() {
            let fixup = &self.fixups[oldest as usize];
            if !fixup.resolved {
                // Every waiting branch takes up to four units of an island.
                let islands = 4 * self.near.len() as u64;
                return u64::from(here - fixup.op) + units as u64 + islands > u64::from(REACH);
            }
            self.near.pop_front();
        }
        false
    }

    /// Hands out the unresolved near branches, oldest first.
    pub(crate) fn next_unresolved(&mut self) -> Option<Fixup> {
        loop {
            let index = self.near.pop_front()?;
            let fixup = &mut self.fixups[index as usize];
            if !fixup.resolved {
                fixup.resolved = true;
                return Some(*fixup);
            }
        }
    }
}

/// Writes the distance of a branch, if it fits.
fn resolve(code: &mut [u16], fixup: &Fixup, at: u32) -> bool {
    let distance = at as i32 - fixup.op as i32;
    if fixup.kind == Kind::Far {
        put32(code, fixup.field as usize, distance as u32);
        return true;
    }
    match (i16::try_from(distance), code.get_mut(fixup.field as usize)) {
        (Ok(distance), Some(field)) => {
            *field = distance as u16;
            true
        }
        _ => false,
    }
}
