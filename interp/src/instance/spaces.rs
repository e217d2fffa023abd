//! The index spaces of an instance: what is behind each index, as the store numbers it.
//!
//! All are in one list, one behind the other: a small instance costs its allocations and little else.

use alloc::{boxed::Box, vec};

/// An index space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// Canonical type numbers.
    Types,
    /// References to functions: their numbers plus one.
    Funcs,
    Memories,
    Tables,
    Globals,
}

/// How many index spaces there are.
const COUNT: usize = 5;

/// The index spaces of an instance.
#[derive(Debug)]
pub(crate) struct Spaces {
    list: Box<[u32]>,
    /// Where each space is in the list, as far as it is filled.
    places: [(usize, usize); COUNT],
}

impl Spaces {
    /// Empty index spaces with room for so many indices each, in the order of [`Space`].
    pub(super) fn new(room: [usize; COUNT]) -> Self {
        let mut end = 0;
        let places = room.map(|room| {
            let start = end;
            end += room;
            (start, start)
        });
        Self { list: vec![0; end].into(), places }
    }

    /// The numbers of a space.
    pub(crate) fn of(&self, space: Space) -> &[u32] {
        let (start, end) = self.places[space as usize];
        self.list.get(start..end).unwrap_or_default()
    }

    /// The number behind an index.
    pub(crate) fn get(&self, space: Space, index: u32) -> Option<u32> {
        self.of(space).get(usize::try_from(index).ok()?).copied()
    }

    /// How many indices a space has.
    pub(crate) fn len(&self, space: Space) -> usize {
        let (start, end) = self.places[space as usize];
        end - start
    }

    /// Appends a number to a space, in which there is room.
    pub(super) fn push(&mut self, space: Space, number: u32) {
        let (_, end) = &mut self.places[space as usize];
        if let Some(place) = self.list.get_mut(*end) {
            *place = number;
            *end += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_are_filled_in_any_order() {
        let mut spaces = Spaces::new([1, 2, 0, 1, 0]);
        spaces.push(Space::Tables, 7);
        spaces.push(Space::Funcs, 3);
        spaces.push(Space::Types, 9);
        assert_eq!((spaces.of(Space::Funcs), spaces.len(Space::Funcs)), (&[3][..], 1));
        spaces.push(Space::Funcs, 4);
        assert_eq!(spaces.of(Space::Funcs), [3, 4]);
        assert_eq!((spaces.get(Space::Tables, 0), spaces.get(Space::Tables, 1)), (Some(7), None));
        assert_eq!(spaces.of(Space::Globals), []);
    }
}
