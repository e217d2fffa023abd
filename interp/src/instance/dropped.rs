//! Which segments an instance has dropped.

use alloc::{boxed::Box, vec};

/// A flag for each of a number of segments; those of the first 64 take no allocation.
#[derive(Debug)]
pub(crate) struct Dropped {
    first: u64,
    others: Box<[u64]>,
}

impl Dropped {
    /// None of `count` segments is dropped.
    pub(super) fn none(count: usize) -> Self {
        Self { first: 0, others: vec![0; count.saturating_sub(64).div_ceil(64)].into() }
    }

    /// Whether a segment was dropped.
    pub(super) fn has(&self, segment: u32) -> bool {
        let word = match segment / 64 {
            0 => Some(self.first),
            word => self.others.get(word as usize - 1).copied(),
        };
        word.is_some_and(|word| word >> (segment % 64) & 1 != 0)
    }

    /// Notes that a segment was dropped.
    pub(super) fn insert(&mut self, segment: u32) {
        let word = match segment / 64 {
            0 => Some(&mut self.first),
            word => self.others.get_mut(word as usize - 1),
        };
        if let Some(word) = word {
            *word |= 1 << (segment % 64);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_segment_has_a_flag_of_its_own() {
        let mut dropped = Dropped::none(130);
        for segment in [0, 63, 64, 129] {
            dropped.insert(segment);
        }
        assert!((0..130).filter(|&segment| dropped.has(segment)).eq([0, 63, 64, 129]));
    }
}
