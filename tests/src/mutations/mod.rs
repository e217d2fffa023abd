//! Images that somebody has tampered with: each must be refused, or run without touching anything but its own buffers.
//!
//! | file | does |
//! |---|---|
//! | [`specimen`] | good images, and where the parts of one are |
//! | [`mutate`] | changes to them, derived from a number |
//! | [`trial`] | verification, and runs of what is accepted |
//! | [`buffers`] | what runs may use, with guards around it |
//!
//! Everything follows from two numbers, a seed and the mutation's index, so that any one can be repeated.

pub mod buffers;
pub mod mutate;
pub mod specimen;
pub mod trial;

use std::collections::BTreeMap;
use std::fmt;

/// A small generator of numbers (splitmix64).
#[derive(Debug, Clone)]
pub struct Rng(u64);

impl Rng {
    /// The numbers that belong to one mutation.
    #[must_use]
    pub fn new(seed: u64, index: u64) -> Self {
        Self(seed ^ index.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    /// A number below `count`; 0 if there is none.
    pub fn below(&mut self, count: usize) -> usize {
        (self.number() % (count.max(1) as u64)) as usize
    }

    /// Whether something happens that does once in `odds` times.
    pub fn once_in(&mut self, odds: usize) -> bool {
        self.below(odds) == 0
    }

    /// One of these.
    ///
    /// # Panics
    ///
    /// If there are none.
    pub fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }
}

/// What has become of mutations.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Accepted images, and refused ones by reason.
    pub verdicts: BTreeMap<String, u64>,
    /// How calls of accepted ones ended.
    pub ends: BTreeMap<String, u64>,
}

impl Report {
    /// The verdict on images that pass.
    pub const ACCEPTED: &'static str = "accepted";

    /// Mutations so far.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.verdicts.values().sum()
    }

    /// How many of them were accepted.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.verdicts.get(Self::ACCEPTED).copied().unwrap_or(0)
    }

    /// Adds another report.
    pub fn merge(&mut self, other: Self) {
        for (reason, count) in other.verdicts {
            *self.verdicts.entry(reason).or_default() += count;
        }
        for (end, count) in other.ends {
            *self.ends.entry(end).or_default() += count;
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} mutations", self.total())?;
        for (reason, count) in &self.verdicts {
            writeln!(f, "{count:>10}  {reason}")?;
        }
        writeln!(f, "{} calls of accepted images", self.ends.values().sum::<u64>())?;
        for (end, count) in &self.ends {
            writeln!(f, "{count:>10}  {end}")?;
        }
        Ok(())
    }
}
