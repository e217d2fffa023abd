//! What a display shows, as rows of text.

/// Pixels that are lit, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::board::sim) struct Screen {
    width: usize,
    lit: Vec<bool>,
}

impl Screen {
    /// A screen whose pixels `lit` tells, by column and row.
    pub(super) fn new(width: u16, height: u16, lit: impl Fn(usize, usize) -> bool) -> Self {
        let (width, height) = (usize::from(width), usize::from(height));
        Self { width, lit: (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| lit(x, y)).collect() }
    }

    /// A part of it as text: `#` for what is lit. What is beyond its edges is dark.
    pub(in crate::board::sim) fn part(&self, x: u16, y: u16, width: usize, height: usize) -> Vec<String> {
        let (x, y) = (usize::from(x), usize::from(y));
        let row = |y: usize| (x..x + width).map(|x| if self.is_lit(x, y) { '#' } else { ' ' }).collect();
        (y..y + height).map(row).collect()
    }

    fn is_lit(&self, x: usize, y: usize) -> bool {
        x < self.width && self.lit.get(y * self.width + x).copied().unwrap_or(false)
    }
}
