//! What a store owns: memories, tables, globals, and the types of its functions.

use alloc::vec::Vec;

use hashbrown::HashMap;

use super::{
    buffer::Buffer,
    limiter::{LimiterError, ResourceLimiter},
    stable::Stable,
};
use crate::{
    error::{Error, ErrorKind},
    exec::ctx::{MemoryView, TableView},
    limits::{Bound, Limits},
    trap::Trap,
    types::{FuncType, GlobalType, MemoryType, TableType},
};

/// Why a memory or table did not grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GrowError {
    /// Beyond its maximum, a bound, or what the limiter allows.
    Denied,
    /// The host has no memory left.
    OutOfMemory,
    /// The limiter wants the guest to trap.
    Trap,
}

impl From<LimiterError> for GrowError {
    fn from(_: LimiterError) -> Self {
        Self::Trap
    }
}

impl From<GrowError> for Error {
    #[cold]
    fn from(error: GrowError) -> Self {
        match error {
            GrowError::Denied => ErrorKind::GrowthDenied.into(),
            GrowError::OutOfMemory => ErrorKind::OutOfMemory.into(),
            GrowError::Trap => Trap::AllocationTooLarge.into(),
        }
    }
}

/// The limiter of the embedder, if there is one.
pub(crate) type LimiterRef<'a> = Option<&'a mut dyn ResourceLimiter>;

/// Lends a limiter on.
fn again<'a>(limiter: &'a mut LimiterRef<'_>) -> LimiterRef<'a> {
    match limiter {
        Some(limiter) => Some(&mut **limiter),
        None => None,
    }
}

/// A linear memory. The machine reads `view`, which always describes `bytes`.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct MemoryEntity {
    view: MemoryView,
    bytes: Buffer<u8>,
    ty: MemoryType,
}

// `view` is the first field of a `repr(C)` struct, so that a pointer to the entity is one to the view (invariant 7).
impl MemoryEntity {
    /// A memory of `ty.minimum()` pages, owned, or at the start of `lent`.
    pub(crate) fn new(
        ty: MemoryType,
        lent: Option<&'static mut [u8]>,
        limits: &Limits,
        limiter: LimiterRef<'_>,
    ) -> Result<Self, Error> {
        let (len, max) = (bytes_of(ty.minimum(), ty), ty.maximum().map(|max| bytes_of(max, ty)));
        let Some(size) = usize::try_from(len).ok().filter(|_| len <= limits.memory_bytes) else {
            return Err(Error::limit(Bound::MemoryBytes, limits.memory_bytes));
        };
        let max = max.map(|max| usize::try_from(max).unwrap_or(usize::MAX));
        if let Some(limiter) = limiter
            && !limiter.memory_growing(0, size, max).map_err(GrowError::from)?
        {
            return Err(GrowError::Denied.into());
        }
        let bytes = match lent {
            Some(slice) => Buffer::lent(slice, size, 0),
            None => Buffer::zeroed(size),
        };
        let bytes = bytes.ok_or(ErrorKind::OutOfMemory)?;
        let view = MemoryView { base: bytes.as_ptr(), len: bytes.len() };
        Ok(Self { view, bytes, ty })
    }

    /// The type it was made with.
    pub(crate) fn ty(&self) -> MemoryType {
        self.ty
    }

    /// The type with its size of now as minimum, as imports are matched with it.
    pub(crate) fn current_type(&self) -> MemoryType {
        let mut builder = MemoryType::builder();
        builder.min(self.pages()).max(self.ty.maximum()).page_size_log2(self.ty.page_size_log2());
        builder.build().unwrap_or(self.ty)
    }

    /// Its size in pages.
    pub(crate) fn pages(&self) -> u64 {
        self.bytes.len() as u64 >> self.ty.page_size_log2()
    }

    /// Its bytes.
    pub(crate) fn data(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// Its bytes.
    pub(crate) fn data_mut(&mut self) -> &mut [u8] {
        self.bytes.as_mut_slice()
    }

    /// The address of its first byte.
    pub(crate) fn base(&self) -> *mut u8 {
        self.bytes.as_ptr()
    }

    /// Bytes that growing by `delta` pages would add, if its maximum, the address space and `limits` allow it.
    pub(crate) fn growth(&self, delta: u64, limits: &Limits) -> Result<u64, GrowError> {
        let pages = self.pages().checked_add(delta).ok_or(GrowError::Denied)?;
        let max = self.ty.maximum().unwrap_or(u64::MAX).min(self.ty.absolute_max());
        if pages > max || bytes_of(pages, self.ty) > limits.memory_bytes {
            return Err(GrowError::Denied);
        }
        Ok(bytes_of(delta, self.ty))
    }

    /// Grows by `delta` pages of zeros and gives the size before, in pages.
    pub(crate) fn grow(&mut self, delta: u64, limits: &Limits, mut limiter: LimiterRef<'_>) -> Result<u64, GrowError> {
        let before = self.pages();
        let result = self.try_grow(delta, limits, again(&mut limiter));
        if let (Err(error), Some(limiter)) = (result, limiter)
            && error != GrowError::Trap
        {
            limiter.memory_grow_failed(&error.into())?;
        }
        result.map(|()| before)
    }

    fn try_grow(&mut self, delta: u64, limits: &Limits, limiter: LimiterRef<'_>) -> Result<(), GrowError> {
        let current = self.bytes.len();
        let growth = usize::try_from(self.growth(delta, limits)?).map_err(|_| GrowError::OutOfMemory)?;
        let desired = current.checked_add(growth).ok_or(GrowError::OutOfMemory)?;
        let max = self.ty.maximum().map(|max| usize::try_from(bytes_of(max, self.ty)).unwrap_or(usize::MAX));
        if let Some(limiter) = limiter
            && !limiter.memory_growing(current, desired, max)?
        {
            return Err(GrowError::Denied);
        }
        if !self.bytes.grow(desired) {
            return Err(GrowError::OutOfMemory);
        }
        self.view = MemoryView { base: self.bytes.as_ptr(), len: self.bytes.len() };
        Ok(())
    }
}

/// Bytes of so many pages. Never above 4 GiB for a type that is valid.
fn bytes_of(pages: u64, ty: MemoryType) -> u64 {
    pages.saturating_mul(ty.page_size())
}

/// A table. The machine reads `view`, which always describes `elements`.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct TableEntity {
    view: TableView,
    elements: Buffer<u32>,
    ty: TableType,
}

impl TableEntity {
    /// A table of `ty.minimum()` elements, each `init`.
    pub(crate) fn new(ty: TableType, init: u32, limits: &Limits, limiter: LimiterRef<'_>) -> Result<Self, Error> {
        let limit = limits.table_elements;
        let Some(len) = usize::try_from(ty.minimum()).ok().filter(|_| ty.minimum() <= u64::from(limit)) else {
            return Err(Error::limit(Bound::TableElements, limit));
        };
        let max = ty.maximum().map(|max| usize::try_from(max).unwrap_or(usize::MAX));
        if let Some(limiter) = limiter
            && !limiter.table_growing(0, len, max).map_err(GrowError::from)?
        {
            return Err(GrowError::Denied.into());
        }
        let mut elements = Buffer::zeroed(len).ok_or(ErrorKind::OutOfMemory)?;
        if init != 0 {
            elements.as_mut_slice().fill(init);
        }
        let view = TableView { base: elements.as_ptr(), len: elements.len() };
        Ok(Self { view, elements, ty })
    }

    /// The type it was made with.
    pub(crate) fn ty(&self) -> TableType {
        self.ty
    }

    /// The type with its size of now as minimum, as imports are matched with it.
    pub(crate) fn current_type(&self) -> TableType {
        let max = self.ty.maximum().and_then(|max| u32::try_from(max).ok());
        TableType::new(self.ty.element(), self.size(), max)
    }

    /// How many elements it has. They are below the bound of `Limits`, a `u32`.
    pub(crate) fn size(&self) -> u32 {
        u32::try_from(self.elements.len()).unwrap_or(u32::MAX)
    }

    /// Its elements.
    pub(crate) fn elements(&self) -> &[u32] {
        self.elements.as_slice()
    }

    /// Its elements.
    pub(crate) fn elements_mut(&mut self) -> &mut [u32] {
        self.elements.as_mut_slice()
    }

    /// Grows by `delta` elements, each `init`, and gives the size before.
    pub(crate) fn grow(
        &mut self,
        delta: u32,
        init: u32,
        limits: &Limits,
        mut limiter: LimiterRef<'_>,
    ) -> Result<u32, GrowError> {
        let before = self.size();
        let result = self.try_grow(delta, init, limits, again(&mut limiter));
        if let (Err(error), Some(limiter)) = (result, limiter)
            && error != GrowError::Trap
        {
            limiter.table_grow_failed(&error.into())?;
        }
        result.map(|()| before)
    }

    fn try_grow(&mut self, delta: u32, init: u32, limits: &Limits, limiter: LimiterRef<'_>) -> Result<(), GrowError> {
        let before = self.elements.len();
        let desired = self.size().checked_add(delta).ok_or(GrowError::Denied)?;
        if u64::from(desired) > self.ty.maximum().unwrap_or(u64::MAX) || desired > limits.table_elements {
            return Err(GrowError::Denied);
        }
        let desired = usize::try_from(desired).map_err(|_| GrowError::OutOfMemory)?;
        let max = self.ty.maximum().map(|max| usize::try_from(max).unwrap_or(usize::MAX));
        if let Some(limiter) = limiter
            && !limiter.table_growing(before, desired, max)?
        {
            return Err(GrowError::Denied);
        }
        if !self.elements.grow(desired) {
            return Err(GrowError::OutOfMemory);
        }
        if let Some(fresh) = self.elements.as_mut_slice().get_mut(before..)
            && init != 0
        {
            fresh.fill(init);
        }
        self.view = TableView { base: self.elements.as_ptr(), len: self.elements.len() };
        Ok(())
    }
}

/// A global: its type, and a cell at an address that instances know.
#[derive(Debug)]
pub(crate) struct GlobalEntity {
    pub(crate) ty: GlobalType,
    pub(crate) cell: Stable<u64>,
}

/// A function type with what calls need to know about it.
#[derive(Debug)]
pub(crate) struct TypeEntry {
    pub(crate) ty: FuncType,
    /// Slots of the arguments.
    pub(crate) params: usize,
    /// Slots of the results.
    pub(crate) results: usize,
}

impl TypeEntry {
    /// Slots of the area that arguments and results share.
    pub(crate) fn slots(&self) -> usize {
        self.params.max(self.results)
    }
}

/// All function types of a store, each with one number: equal types have equal numbers.
#[derive(Debug, Default)]
pub(crate) struct TypeRegistry {
    entries: Vec<TypeEntry>,
    /// The numbers of the types behind the first [`FEW`]: a small store needs no map.
    numbers: HashMap<FuncType, u32>,
}

/// So many types are compared one after the other.
const FEW: usize = 8;

impl TypeRegistry {
    /// The number of a type.
    pub(crate) fn intern(&mut self, ty: &FuncType) -> u32 {
        if let Some(number) =
            (0..).zip(self.entries.iter().take(FEW)).find_map(|(number, entry)| (entry.ty == *ty).then_some(number))
        {
            return number;
        }
        if self.entries.len() >= FEW
            && let Some(&number) = self.numbers.get(ty)
        {
            return number;
        }
        // Types are distinct and each takes memory of its own: there cannot be 2^32 of them in an address space.
        let number = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        let (params, results) = (ty.param_slots(), ty.result_slots());
        self.entries.push(TypeEntry { ty: ty.clone(), params, results });
        if self.entries.len() > FEW {
            self.numbers.insert(ty.clone(), number);
        }
        number
    }

    /// The type of a number.
    pub(crate) fn get(&self, number: u32) -> Option<&TypeEntry> {
        self.entries.get(usize::try_from(number).ok()?)
    }
}
