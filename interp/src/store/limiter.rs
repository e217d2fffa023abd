//! The embedder's say when guests ask for memory.

use core::fmt;

use crate::error::Error;

/// A limiter wants the guest to trap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LimiterError {
    /// What was asked for is denied.
    ResourceLimiterDeniedAllocation,
}

impl fmt::Display for LimiterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the resource limiter denied an allocation")
    }
}

impl core::error::Error for LimiterError {}

/// Decides about growth of memories and tables, and bounds how many things a store may own.
///
/// It is asked beside [`Limits`](crate::Limits), which always hold. [`StoreLimits`] is a ready one.
///
/// # Examples
///
/// One budget for all memories of a store:
///
/// ```
/// use ermine::{Engine, LimiterError, Memory, MemoryType, ResourceLimiter, Store};
///
/// struct Budget(usize);
///
/// impl ResourceLimiter for Budget {
///     fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> Result<bool, LimiterError> {
///         let rest = self.0.checked_sub(desired - current);
///         self.0 = rest.unwrap_or(self.0);
///         Ok(rest.is_some())
///     }
///
///     fn table_growing(&mut self, _: usize, desired: usize, _: Option<usize>) -> Result<bool, LimiterError> {
///         Ok(desired <= 1_000)
///     }
/// }
///
/// let mut store = Store::new(&Engine::default(), Budget(3 << 16));
/// store.limiter(|budget| budget);
/// let a = Memory::new(&mut store, MemoryType::new(1, None))?;
/// let b = Memory::new(&mut store, MemoryType::new(1, None))?;
/// assert!(a.grow(&mut store, 1).is_ok() && b.grow(&mut store, 1).is_err());
/// # Ok::<(), ermine::Error>(())
/// ```
pub trait ResourceLimiter {
    /// May a memory of `current` bytes become one of `desired` bytes? `maximum` is the memory's own. A new memory has 0.
    ///
    /// `Ok(false)` makes `memory.grow` give -1.
    ///
    /// # Errors
    ///
    /// An error makes the guest trap with [`Trap::AllocationTooLarge`](crate::Trap::AllocationTooLarge).
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool, LimiterError>;

    /// The same for a table, in elements.
    ///
    /// # Errors
    ///
    /// An error makes the guest trap with [`Trap::AllocationTooLarge`](crate::Trap::AllocationTooLarge).
    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> Result<bool, LimiterError>;

    /// A memory did not grow.
    ///
    /// # Errors
    ///
    /// An error makes the guest trap instead of seeing -1.
    fn memory_grow_failed(&mut self, _error: &Error) -> Result<(), LimiterError> {
        Ok(())
    }

    /// A table did not grow.
    ///
    /// # Errors
    ///
    /// An error makes the guest trap instead of seeing -1.
    fn table_grow_failed(&mut self, _error: &Error) -> Result<(), LimiterError> {
        Ok(())
    }

    /// Instances that the store may have. By default 10,000.
    fn instances(&self) -> usize {
        10_000
    }

    /// Tables that the store may have. By default 10,000.
    fn tables(&self) -> usize {
        10_000
    }

    /// Memories that the store may have. By default 10,000.
    fn memories(&self) -> usize {
        10_000
    }
}

/// A [`ResourceLimiter`] with fixed bounds, made by [`StoreLimitsBuilder`].
#[derive(Debug, Clone)]
pub struct StoreLimits {
    memory_size: Option<usize>,
    table_elements: Option<usize>,
    instances: usize,
    tables: usize,
    memories: usize,
    trap_on_grow_failure: bool,
}

impl Default for StoreLimits {
    fn default() -> Self {
        Self {
            memory_size: None,
            table_elements: None,
            instances: 10_000,
            tables: 10_000,
            memories: 10_000,
            trap_on_grow_failure: false,
        }
    }
}

impl StoreLimits {
    fn allow(&self, desired: usize, maximum: Option<usize>, bound: Option<usize>) -> Result<bool, LimiterError> {
        let above = |bound: Option<usize>| bound.is_some_and(|bound| desired > bound);
        let allow = !above(bound) && !above(maximum);
        if !allow && self.trap_on_grow_failure {
            return Err(LimiterError::ResourceLimiterDeniedAllocation);
        }
        Ok(allow)
    }
}

impl ResourceLimiter for StoreLimits {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> Result<bool, LimiterError> {
        self.allow(desired, maximum, self.memory_size)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, maximum: Option<usize>) -> Result<bool, LimiterError> {
        self.allow(desired, maximum, self.table_elements)
    }

    fn memory_grow_failed(&mut self, _error: &Error) -> Result<(), LimiterError> {
        if self.trap_on_grow_failure { Err(LimiterError::ResourceLimiterDeniedAllocation) } else { Ok(()) }
    }

    fn table_grow_failed(&mut self, _error: &Error) -> Result<(), LimiterError> {
        if self.trap_on_grow_failure { Err(LimiterError::ResourceLimiterDeniedAllocation) } else { Ok(()) }
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.tables
    }

    fn memories(&self) -> usize {
        self.memories
    }
}

/// Builds [`StoreLimits`].
///
/// # Examples
///
/// ```
/// use ermine::{Engine, Store, StoreLimits, StoreLimitsBuilder};
///
/// let limits = StoreLimitsBuilder::new().memory_size(1 << 20).instances(2).build();
/// let mut store = Store::new(&Engine::default(), limits);
/// store.limiter(|limits| limits);
/// ```
#[derive(Debug, Clone, Default)]
pub struct StoreLimitsBuilder(StoreLimits);

impl StoreLimitsBuilder {
    /// Starts without bounds on sizes and with 10,000 of each thing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Bytes of each memory.
    #[must_use]
    pub fn memory_size(mut self, limit: usize) -> Self {
        self.0.memory_size = Some(limit);
        self
    }

    /// Elements of each table.
    #[must_use]
    pub fn table_elements(mut self, limit: usize) -> Self {
        self.0.table_elements = Some(limit);
        self
    }

    /// Instances.
    #[must_use]
    pub fn instances(mut self, limit: usize) -> Self {
        self.0.instances = limit;
        self
    }

    /// Tables.
    #[must_use]
    pub fn tables(mut self, limit: usize) -> Self {
        self.0.tables = limit;
        self
    }

    /// Memories.
    #[must_use]
    pub fn memories(mut self, limit: usize) -> Self {
        self.0.memories = limit;
        self
    }

    /// Trap where growth is denied, rather than give -1 to the guest.
    #[must_use]
    pub fn trap_on_grow_failure(mut self, trap: bool) -> Self {
        self.0.trap_on_grow_failure = trap;
        self
    }

    /// The limits.
    #[must_use]
    pub fn build(self) -> StoreLimits {
        self.0
    }
}
