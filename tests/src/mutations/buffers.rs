//! Buffers to lend to an instance: in the middle of one whose contents are known, or exactly as large as they are lent, so that a sanitizer watches
//! their ends.

use std::ops::Range;

/// Something to lend.
#[derive(Debug)]
pub struct Buffer<T> {
    /// What is lent, with guards on both sides.
    items: Vec<T>,
    /// What the guards hold.
    pattern: Vec<T>,
    /// Elements on either side at least.
    guard: usize,
    /// Which part is lent.
    lent: Range<usize>,
    /// What is lent without guards.
    alone: Vec<T>,
}

impl<T: Copy + PartialEq> Buffer<T> {
    /// A buffer with at least so many elements of this value on either side of what is lent.
    #[must_use]
    pub fn new(pattern: T, guard: usize) -> Self {
        let items = vec![pattern; 2 * guard];
        Self { pattern: items.clone(), items, guard, lent: guard..guard, alone: Vec::new() }
    }

    /// So many elements of this value, guarded or in an allocation of their own.
    pub fn lend(&mut self, len: usize, value: T, guarded: bool) -> &mut [T] {
        if !guarded {
            self.lent = self.guard..self.guard;
            self.alone = vec![value; len];
            return &mut self.alone;
        }
        let size = 2 * self.guard + len;
        if self.items.len() < size {
            self.pattern.resize(size, self.pattern[0]);
            self.items.clone_from(&self.pattern);
        }
        self.lent = self.guard..self.guard + len;
        let lent = &mut self.items[self.lent.clone()];
        lent.fill(value);
        lent
    }

    /// Takes back what was lent. Whether everything around it is as it was.
    #[must_use]
    pub fn take_back(&mut self) -> bool {
        let Range { start, end } = self.lent.clone();
        let intact = self.items[..start] == self.pattern[..start] && self.items[end..] == self.pattern[end..];
        self.items[start..end].copy_from_slice(&self.pattern[start..end]);
        intact
    }
}
