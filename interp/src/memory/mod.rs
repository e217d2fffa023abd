//! Linear memories, as the host handles them.

mod typed;

pub use self::typed::GuestValue;

use crate::{
    error::{Error, ErrorKind},
    limits::Bound,
    store::{AsContext, AsContextMut, Handle, Store, StoreContext, StoreContextMut, entities::MemoryEntity},
    types::MemoryType,
};

/// A linear memory of a [`Store`].
///
/// Methods that cannot return an error treat a foreign handle as an empty memory.
///
/// # Examples
///
/// ```
/// use ermine::{Engine, Memory, MemoryType, Store};
///
/// let mut store = Store::new(&Engine::default(), ());
/// let memory = Memory::new(&mut store, MemoryType::new(1, Some(2)))?;
/// memory.write(&mut store, 100, b"hello")?;
/// assert_eq!(&memory.data(&store)[100..105], b"hello");
/// assert_eq!(memory.grow(&mut store, 1)?, 1);
/// assert_eq!(memory.size(&store), 2);
/// # Ok::<(), ermine::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Memory(pub(crate) Handle);

impl Memory {
    /// A memory of zeros.
    ///
    /// # Errors
    ///
    /// If a bound or the limiter forbids it, or the host has no memory left.
    pub fn new(mut ctx: impl AsContextMut, ty: MemoryType) -> Result<Self, Error> {
        Self::create(ctx.as_context_mut().store, ty, None)
    }

    /// A memory of zeros in a buffer of the embedder's, which bounds its growth. Such a memory can be in any address range: a bank
    /// of SRAM, external RAM.
    ///
    /// # Errors
    ///
    /// If the buffer is smaller than the memory's minimum, or a bound or the limiter forbids it.
    pub fn new_static(mut ctx: impl AsContextMut, ty: MemoryType, buf: &'static mut [u8]) -> Result<Self, Error> {
        Self::create(ctx.as_context_mut().store, ty, Some(buf))
    }

    fn create<T>(store: &mut Store<T>, ty: MemoryType, lent: Option<&'static mut [u8]>) -> Result<Self, Error> {
        let index = add_memory(store, ty, lent)?;
        Ok(Self(store.inner.handle(index)))
    }

    /// The type it was made with.
    pub fn ty(&self, ctx: impl AsContext) -> MemoryType {
        let inner = &ctx.as_context().store.inner;
        inner.memory_by(self.0).map_or(MemoryType::new(0, Some(0)), MemoryEntity::ty)
    }

    /// Its size in pages.
    pub fn size(&self, ctx: impl AsContext) -> u64 {
        ctx.as_context().store.inner.memory_by(self.0).map_or(0, MemoryEntity::pages)
    }

    /// Grows it by pages of zeros. Gives the size before, in pages.
    ///
    /// # Errors
    ///
    /// If its maximum, a bound or the limiter forbids it, or the host has no memory left. Then nothing has changed.
    pub fn grow(&self, mut ctx: impl AsContextMut, additional: u64) -> Result<u64, Error> {
        let store = ctx.as_context_mut().store;
        let index = self.0.index_in(store.inner.id()).ok_or_else(Error::foreign)?;
        let (inner, limiter) = store.inner_and_limiter();
        Ok(inner.grow_memory(index, additional, limiter)?)
    }

    /// Its bytes.
    pub fn data<'a, T: 'a>(&self, ctx: impl Into<StoreContext<'a, T>>) -> &'a [u8] {
        ctx.into().store.inner.memory_by(self.0).map_or(&[], MemoryEntity::data)
    }

    /// Its bytes.
    pub fn data_mut<'a, T: 'a>(&self, ctx: impl Into<StoreContextMut<'a, T>>) -> &'a mut [u8] {
        ctx.into().store.inner.memory_by_mut(self.0).map_or(&mut [], MemoryEntity::data_mut)
    }

    /// Its bytes and the host's data, side by side.
    pub fn data_and_store_mut<'a, T: 'a>(&self, ctx: impl Into<StoreContextMut<'a, T>>) -> (&'a mut [u8], &'a mut T) {
        let (inner, data) = ctx.into().store.inner_and_data();
        (inner.memory_by_mut(self.0).map_or(&mut [], MemoryEntity::data_mut), data)
    }

    /// The address of its first byte, valid until it grows. Dangling if it is empty, null for a foreign handle.
    pub fn data_ptr(&self, ctx: impl AsContext) -> *mut u8 {
        ctx.as_context().store.inner.memory_by(self.0).map_or(core::ptr::null_mut(), MemoryEntity::base)
    }

    /// Its size in bytes.
    pub fn data_size(&self, ctx: impl AsContext) -> usize {
        ctx.as_context().store.inner.memory_by(self.0).map_or(0, |memory| memory.data().len())
    }

    /// Copies bytes from `offset` on into `buffer`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MemoryAccess`] if they are not all inside the memory.
    pub fn read(&self, ctx: impl AsContext, offset: usize, buffer: &mut [u8]) -> Result<(), Error> {
        let context = ctx.as_context();
        let memory = context.store.inner.memory_by(self.0)?;
        let source = offset.checked_add(buffer.len()).and_then(|end| memory.data().get(offset..end));
        buffer.copy_from_slice(source.ok_or(ErrorKind::MemoryAccess)?);
        Ok(())
    }

    /// Copies `buffer` to the bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MemoryAccess`] if they are not all inside the memory. Then nothing has changed.
    pub fn write(&self, mut ctx: impl AsContextMut, offset: usize, buffer: &[u8]) -> Result<(), Error> {
        let memory = ctx.as_context_mut().store.inner.memory_by_mut(self.0)?;
        let end = offset.checked_add(buffer.len());
        let target = end.and_then(|end| memory.data_mut().get_mut(offset..end));
        target.ok_or(ErrorKind::MemoryAccess)?.copy_from_slice(buffer);
        Ok(())
    }
}

/// Makes a memory and gives its number in the store.
pub(crate) fn add_memory<T>(
    store: &mut Store<T>,
    ty: MemoryType,
    lent: Option<&'static mut [u8]>,
) -> Result<u32, Error> {
    store.check_count(Bound::StoreMemories, |inner| inner.memories().len(), |limiter| limiter.memories())?;
    let (inner, limiter) = store.inner_and_limiter();
    let memory = MemoryEntity::new(ty, lent, inner.limits(), limiter)?;
    inner.add_memory(memory)
}
