//! Types of values, functions, memories, tables and globals, as the specification has them.

use alloc::sync::Arc;

use crate::error::Error;
pub(crate) use crate::val_type::{RefType, ValType};

/// Parameters and results of a function. Cheap to clone.
///
/// # Examples
///
/// ```
/// use ermine::{FuncType, ValType};
///
/// let ty = FuncType::new([ValType::I32, ValType::I64], [ValType::F32]);
/// assert_eq!(ty.results(), [ValType::F32]);
/// assert_eq!(ty.to_string(), "[i32 i64] -> [f32]");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FuncType {
    /// Parameters, then results.
    types: Arc<[ValType]>,
    params: usize,
}

impl FuncType {
    /// A function type of any number of parameters and results.
    pub fn new<P, R>(params: P, results: R) -> Self
    where
        P: IntoIterator<Item = ValType>,
        R: IntoIterator<Item = ValType>,
    {
        let mut count = 0;
        let counted = params.into_iter().inspect(|_| count += 1);
        let types = counted.chain(results).collect();
        Self { types, params: count }
    }

    /// The parameters.
    #[must_use]
    pub fn params(&self) -> &[ValType] {
        self.types.get(..self.params).unwrap_or_default()
    }

    /// The results.
    #[must_use]
    pub fn results(&self) -> &[ValType] {
        self.types.get(self.params..).unwrap_or_default()
    }

    /// Slots that the arguments take.
    pub(crate) fn param_slots(&self) -> usize {
        self.params().iter().map(|ty| ty.slots()).sum()
    }

    /// Slots that the results take.
    pub(crate) fn result_slots(&self) -> usize {
        self.results().iter().map(|ty| ty.slots()).sum()
    }
}

impl core::fmt::Display for FuncType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} -> {}", TypeList(self.params()), TypeList(self.results()))
    }
}

/// Types as they stand in a function's type: `[i32 i64]`.
pub(crate) struct TypeList<'a>(pub(crate) &'a [ValType]);

impl core::fmt::Display for TypeList<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("[")?;
        for (index, ty) in self.0.iter().enumerate() {
            write!(f, "{}{ty}", if index == 0 { "" } else { " " })?;
        }
        f.write_str("]")
    }
}

/// Whether a global may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mutability {
    /// It may not.
    Const,
    /// It may.
    Var,
}

impl Mutability {
    /// Whether this is [`Mutability::Const`].
    #[must_use]
    pub fn is_const(&self) -> bool {
        matches!(self, Self::Const)
    }

    /// Whether this is [`Mutability::Var`].
    #[must_use]
    pub fn is_mut(&self) -> bool {
        matches!(self, Self::Var)
    }
}

/// Type of a global variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GlobalType {
    content: ValType,
    mutability: Mutability,
}

impl GlobalType {
    /// A type from its parts.
    #[must_use]
    pub fn new(content: ValType, mutability: Mutability) -> Self {
        Self { content, mutability }
    }

    /// The type of its value.
    #[must_use]
    pub fn content(&self) -> ValType {
        self.content
    }

    /// Whether it may change.
    #[must_use]
    pub fn mutability(&self) -> Mutability {
        self.mutability
    }
}

/// Type of a table: its elements' type and how many there may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TableType {
    element: RefType,
    min: u32,
    max: Option<u32>,
}

impl TableType {
    /// A table of at least `min` and at most `max` elements.
    #[must_use]
    pub fn new(element: RefType, min: u32, max: Option<u32>) -> Self {
        Self { element, min, max }
    }

    /// The type of its elements.
    #[must_use]
    pub fn element(&self) -> RefType {
        self.element
    }

    /// Elements at the start.
    #[must_use]
    pub fn minimum(&self) -> u64 {
        self.min.into()
    }

    /// Elements at most, if bounded.
    #[must_use]
    pub fn maximum(&self) -> Option<u64> {
        self.max.map(u64::from)
    }

    /// Whether a table of this type may stand where `required` is asked for.
    pub(crate) fn matches(&self, required: &Self) -> bool {
        self.element == required.element
            && limits_match(self.minimum(), self.maximum(), required.minimum(), required.maximum())
    }
}

/// Type of a linear memory: pages at the start and at most, and bytes per page.
///
/// # Examples
///
/// ```
/// use ermine::MemoryType;
///
/// let ty = MemoryType::new(1, Some(4));
/// assert_eq!(ty.page_size(), 65536);
/// let mut builder = MemoryType::builder();
/// builder.min(100).page_size_log2(0); // 100 bytes, not bounded
/// assert_eq!(builder.build().unwrap().page_size(), 1);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemoryType {
    min: u64,
    max: Option<u64>,
    page_size_log2: u8,
}

impl MemoryType {
    /// The logarithm of the usual page size, 64 KiB.
    pub(crate) const DEFAULT_PAGE_SIZE_LOG2: u8 = 16;

    /// A memory of at least `min` and at most `max` pages of 64 KiB.
    #[must_use]
    pub fn new(min: u32, max: Option<u32>) -> Self {
        Self { min: min.into(), max: max.map(u64::from), page_size_log2: Self::DEFAULT_PAGE_SIZE_LOG2 }
    }

    /// A builder, for other page sizes.
    #[must_use]
    pub fn builder() -> MemoryTypeBuilder {
        MemoryTypeBuilder::default()
    }

    /// Pages at the start.
    #[must_use]
    pub fn minimum(self) -> u64 {
        self.min
    }

    /// Pages at most, if bounded.
    #[must_use]
    pub fn maximum(self) -> Option<u64> {
        self.max
    }

    /// Bytes of a page.
    #[must_use]
    pub fn page_size(self) -> u64 {
        1 << self.page_size_log2
    }

    /// The logarithm, to base 2, of the bytes of a page.
    #[must_use]
    pub fn page_size_log2(self) -> u8 {
        self.page_size_log2
    }

    /// Whether a memory of this type may stand where `required` is asked for.
    pub(crate) fn matches(&self, required: &Self) -> bool {
        self.page_size_log2 == required.page_size_log2 && limits_match(self.min, self.max, required.min, required.max)
    }

    /// Pages that the address space allows.
    pub(crate) fn absolute_max(self) -> u64 {
        (1_u64 << 32 >> self.page_size_log2).min(u64::from(u32::MAX))
    }
}

/// Builds a [`MemoryType`].
#[derive(Debug, Clone, Copy)]
pub struct MemoryTypeBuilder {
    ty: MemoryType,
}

impl Default for MemoryTypeBuilder {
    fn default() -> Self {
        Self { ty: MemoryType::new(0, None) }
    }
}

impl MemoryTypeBuilder {
    /// A builder of a memory without pages at the start and without a bound.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Pages at the start.
    pub fn min(&mut self, minimum: u64) -> &mut Self {
        self.ty.min = minimum;
        self
    }

    /// Pages at most.
    pub fn max(&mut self, maximum: Option<u64>) -> &mut Self {
        self.ty.max = maximum;
        self
    }

    /// The logarithm of the page size: 0 or 16.
    pub fn page_size_log2(&mut self, page_size_log2: u8) -> &mut Self {
        self.ty.page_size_log2 = page_size_log2;
        self
    }

    /// The type.
    ///
    /// # Errors
    ///
    /// If the page size is not 1 or 65536, or the pages do not fit into 4 GiB, or minimum and maximum are the wrong way round.
    pub fn build(self) -> Result<MemoryType, Error> {
        let ty = self.ty;
        if ty.max.is_some_and(|max| max > ty.absolute_max()) {
            return Err(Error::invalid_type("a memory must not have more than 4 GiB"));
        }
        self.build_lenient()
    }

    /// The same for a type from a module, where the maximum may be what the validator accepts.
    pub(crate) fn build_lenient(self) -> Result<MemoryType, Error> {
        let ty = self.ty;
        let page_ok = matches!(ty.page_size_log2, 0 | MemoryType::DEFAULT_PAGE_SIZE_LOG2);
        if !page_ok {
            return Err(Error::invalid_type("a page must have 1 or 65536 bytes"));
        }
        if ty.min > ty.absolute_max() {
            return Err(Error::invalid_type("a memory must not have more than 4 GiB"));
        }
        if ty.max.is_some_and(|max| max < ty.min) {
            return Err(Error::invalid_type("the minimum must not be above the maximum"));
        }
        Ok(ty)
    }
}

/// Limits subtyping: what is there must be at least what is asked for, and bounded as tightly.
fn limits_match(min: u64, max: Option<u64>, required_min: u64, required_max: Option<u64>) -> bool {
    let max_ok = match (max, required_max) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(max), Some(required)) => max <= required,
    };
    min >= required_min && max_ok
}

/// The type of an import or export.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ExternType {
    /// A function.
    Func(FuncType),
    /// A table.
    Table(TableType),
    /// A linear memory.
    Memory(MemoryType),
    /// A global variable.
    Global(GlobalType),
}

impl ExternType {
    /// The function type, if it is one.
    #[must_use]
    pub fn func(&self) -> Option<&FuncType> {
        match self {
            Self::Func(ty) => Some(ty),
            Self::Table(_) | Self::Memory(_) | Self::Global(_) => None,
        }
    }

    /// The table type, if it is one.
    #[must_use]
    pub fn table(&self) -> Option<&TableType> {
        match self {
            Self::Table(ty) => Some(ty),
            Self::Func(_) | Self::Memory(_) | Self::Global(_) => None,
        }
    }

    /// The memory type, if it is one.
    #[must_use]
    pub fn memory(&self) -> Option<&MemoryType> {
        match self {
            Self::Memory(ty) => Some(ty),
            Self::Func(_) | Self::Table(_) | Self::Global(_) => None,
        }
    }

    /// The global type, if it is one.
    #[must_use]
    pub fn global(&self) -> Option<&GlobalType> {
        match self {
            Self::Global(ty) => Some(ty),
            Self::Func(_) | Self::Table(_) | Self::Memory(_) => None,
        }
    }

    /// Whether something of this type may be given where `required` is asked for.
    pub(crate) fn matches(&self, required: &Self) -> bool {
        match (self, required) {
            (Self::Func(have), Self::Func(want)) => have == want,
            (Self::Table(have), Self::Table(want)) => have.matches(want),
            (Self::Memory(have), Self::Memory(want)) => have.matches(want),
            (Self::Global(have), Self::Global(want)) => have == want,
            (Self::Func(_) | Self::Table(_) | Self::Memory(_) | Self::Global(_), _) => false,
        }
    }
}

impl core::fmt::Display for ExternType {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let bounds = |f: &mut core::fmt::Formatter<'_>, min: u64, max: Option<u64>| match max {
            Some(max) => write!(f, "{min}..={max}"),
            None => write!(f, "{min}.."),
        };
        match self {
            Self::Func(ty) => write!(f, "function {ty}"),
            Self::Table(ty) => {
                write!(f, "table of {} with ", ValType::from(ty.element()))?;
                bounds(f, ty.minimum(), ty.maximum())?;
                f.write_str(" elements")
            }
            Self::Memory(ty) => {
                f.write_str("memory of ")?;
                bounds(f, ty.minimum(), ty.maximum())?;
                write!(f, " pages of {} bytes", ty.page_size())
            }
            Self::Global(ty) => {
                write!(
                    f,
                    "{} global of type {}",
                    if ty.mutability().is_mut() { "mutable" } else { "constant" },
                    ty.content()
                )
            }
        }
    }
}

impl From<FuncType> for ExternType {
    fn from(ty: FuncType) -> Self {
        Self::Func(ty)
    }
}

impl From<TableType> for ExternType {
    fn from(ty: TableType) -> Self {
        Self::Table(ty)
    }
}

impl From<MemoryType> for ExternType {
    fn from(ty: MemoryType) -> Self {
        Self::Memory(ty)
    }
}

impl From<GlobalType> for ExternType {
    fn from(ty: GlobalType) -> Self {
        Self::Global(ty)
    }
}
