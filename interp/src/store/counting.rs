//! What a store says about dispatches, in builds that count them.

use alloc::{collections::BTreeMap, string::String, vec::Vec};

use super::Store;
use crate::{
    exec::tally,
    isa::{Code, name},
};

impl<T> Store<T> {
    /// Instructions that the loop machine has dispatched so far, where
    /// [`Config::count_dispatches`](crate::Config::count_dispatches) is on; 0 elsewhere.
    #[must_use]
    pub fn dispatches(&self) -> u64 {
        tally::instructions(self.inner.counts.as_slice()).iter().sum()
    }

    /// The same, per instruction: its name with the places of its operands and result, and its count. Those that were
    /// dispatched, the most frequent first.
    ///
    /// The letters are those of the op table: `S` slot, `A` accumulator, `I` and `W` immediates of 16 and 32 bits, `O`
    /// and `P` offsets of 16 and 32 bits, `M` a memory and an offset.
    #[must_use]
    pub fn op_histogram(&self) -> Vec<(String, u64)> {
        let counters = (0..).zip(tally::instructions(self.inner.counts.as_slice()));
        let mut histogram: Vec<(String, u64)> =
            counters.filter(|&(_, &count)| count > 0).map(|(number, &count)| (names(&[number]), count)).collect();
        histogram.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        histogram
    }

    /// Sequences of two (or three) instructions as they were dispatched, branches and calls included, with their counts; the
    /// most frequent first.
    #[must_use]
    pub fn op_sequences(&self, length: usize) -> Vec<(String, u64)> {
        let mut counts: BTreeMap<Vec<u16>, u64> = BTreeMap::new();
        for (numbers, count) in tally::sequences(self.inner.counts.as_slice()) {
            let first = numbers.len().saturating_sub(length);
            *counts.entry(numbers[first..].to_vec()).or_default() += count;
        }
        let mut sequences: Vec<(String, u64)> =
            counts.iter().map(|(numbers, &count)| (names(numbers), count)).collect();
        sequences.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        sequences
    }
}

/// The names of instructions, one behind another.
fn names(numbers: &[u16]) -> String {
    let mut text = String::new();
    for (place, &number) in numbers.iter().enumerate() {
        if place > 0 {
            text.push_str(" ; ");
        }
        // Writing to a string cannot fail.
        let _ = name::write(&mut text, Code(number));
    }
    text
}
