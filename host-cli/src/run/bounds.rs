//! `--max-memory` and `--max-table`, and what the program asked for.

use crate::size;
use ermine::{LimiterError, ResourceLimiter, StoreLimits};

/// Bounds of every memory and table, and a record of what was asked for.
#[derive(Debug, Default)]
pub(crate) struct Bounds {
    max_memory: Option<usize>,
    max_table: Option<usize>,
    /// How many instances, memories and tables there may be.
    counts: StoreLimits,
    /// Bytes of all memories.
    memory: usize,
    /// The last thing that a bound forbade.
    refused: Option<Refused>,
}

/// Something that was asked for and not given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refused {
    /// This many bytes.
    Memory { current: usize, desired: usize, max: usize },
    /// This many elements.
    Table { current: usize, desired: usize, max: usize },
}

impl Bounds {
    /// These bounds, where there are any.
    pub(crate) fn new(max_memory: Option<usize>, max_table: Option<usize>) -> Self {
        Self { max_memory, max_table, ..Self::default() }
    }

    /// Bytes of all memories. They never shrink.
    pub(crate) fn memory(&self) -> usize {
        self.memory
    }

    /// What was refused, as a line that tells the user what to do.
    pub(crate) fn refusal(&self) -> Option<String> {
        let (current, desired, max, what, option) = match self.refused? {
            Refused::Memory { current, desired, max } => (current, desired, max, "bytes of memory", "--max-memory"),
            Refused::Table { current, desired, max } => (current, desired, max, "elements in a table", "--max-table"),
        };
        let (desired, max) = (size::show(desired), size::show(max));
        let begins = if current == 0 { " from the start" } else { "" };
        Some(format!("it asked for {desired} {what}{begins}, and {option} allows {max}"))
    }
}

impl ResourceLimiter for Bounds {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        if let Some(max) = self.max_memory.filter(|max| desired > *max) {
            self.refused = Some(Refused::Memory { current, desired, max });
            return Ok(false);
        }
        self.memory = self.memory.saturating_add(desired.saturating_sub(current));
        Ok(true)
    }

    fn table_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> Result<bool, LimiterError> {
        if let Some(max) = self.max_table.filter(|max| desired > *max) {
            self.refused = Some(Refused::Table { current, desired, max });
            return Ok(false);
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        self.counts.instances()
    }

    fn tables(&self) -> usize {
        self.counts.tables()
    }

    fn memories(&self) -> usize {
        self.counts.memories()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_told() {
        let mut bounds = Bounds::new(Some(131_072), Some(10));
        assert_eq!(bounds.memory_growing(0, 65_536, None), Ok(true));
        assert_eq!(bounds.refusal(), None);
        assert_eq!(bounds.memory_growing(65_536, 262_144, None), Ok(false));
        let told = "it asked for 262,144 bytes of memory, and --max-memory allows 131,072";
        assert_eq!(bounds.refusal().as_deref(), Some(told));
        assert_eq!(bounds.table_growing(0, 11, None), Ok(false));
        let told = "it asked for 11 elements in a table from the start, and --max-table allows 10";
        assert_eq!(bounds.refusal().as_deref(), Some(told));
        assert_eq!(bounds.memory(), 65_536);
    }
}
