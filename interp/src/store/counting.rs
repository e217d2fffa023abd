//! What a store says about dispatches, in builds that count them.

use alloc::{string::String, vec::Vec};

use super::Store;
use crate::isa::{Code, name};

impl<T> Store<T> {
    /// Instructions that the loop machine has dispatched so far, where
    /// [`Config::count_dispatches`](crate::Config::count_dispatches) is on; 0 elsewhere.
    #[must_use]
    pub fn dispatches(&self) -> u64 {
        self.inner.counts.as_slice().iter().sum()
    }

    /// The same, per instruction: its name with the places of its operands and result, and its count. Those that were
    /// dispatched, the most frequent first.
    ///
    /// The letters are those of the op table: `S` slot, `A` accumulator, `I` and `W` immediates of 16 and 32 bits, `O`
    /// and `P` offsets of 16 and 32 bits, `M` a memory and an offset.
    #[must_use]
    pub fn op_histogram(&self) -> Vec<(String, u64)> {
        let counters = (0..).zip(self.inner.counts.as_slice());
        let mut histogram: Vec<(String, u64)> = counters
            .filter(|&(_, &count)| count > 0)
            .map(|(number, &count)| {
                let mut text = String::new();
                // Writing to a string cannot fail.
                let _ = name::write(&mut text, Code(number));
                (text, count)
            })
            .collect();
        histogram.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        histogram
    }
}
