//! One bit for each unit of something.

/// Marks on units.
pub(super) struct Marks<'a> {
    words: &'a mut [u32],
    len: usize,
}

impl<'a> Marks<'a> {
    /// Marks in these words, on no units so far.
    pub(super) fn new(words: &'a mut [u32]) -> Self {
        Self { words, len: 0 }
    }

    /// Makes it `len` units without a mark.
    pub(super) fn clear(&mut self, len: usize) {
        self.len = len;
        for word in self.words.iter_mut().take(len / 32 + 1) {
            *word = 0;
        }
    }

    /// Marks a unit. One that there are no words for stays without.
    pub(super) fn set(&mut self, at: usize) {
        if let Some(word) = self.words.get_mut(at / 32) {
            *word |= 1 << (at % 32);
        }
    }

    /// Whether there is such a unit, with a mark.
    pub(super) fn has(&self, at: usize) -> bool {
        at < self.len && self.words.get(at / 32).is_some_and(|word| word >> (at % 32) & 1 != 0)
    }
}
