//! What host functions find in a guest's memory: slices, numbers, structures and strings.
//!
//! Offsets and lengths come from the guest, as it has them: any integer is taken, and one that is negative or too large is outside the memory.
//! Nothing here has an alignment, and nothing is copied that is only looked at.

use core::str;

use super::Memory;
use crate::{
    error::{Error, ErrorKind},
    store::{AsContext, AsContextMut, StoreContext, StoreContextMut},
    value::{F32, F64},
};

/// A value with a fixed layout in a guest's memory: numbers, little-endian as wasm has them, arrays, and structures that an embedder describes.
///
/// There is no padding but what an implementation leaves: a field of a C structure is where the guest's compiler puts it.
///
/// # Examples
///
/// ```
/// use ermine::{Engine, GuestValue, Memory, MemoryType, Store};
///
/// /// `struct { uint16_t id; float at[2]; }`, which has two bytes of padding.
/// #[derive(Debug, PartialEq)]
/// struct Body {
///     id: u16,
///     at: [f32; 2],
/// }
///
/// impl GuestValue for Body {
///     const SIZE: usize = 12;
///
///     fn from_guest(bytes: &[u8]) -> Self {
///         Self { id: u16::from_guest(&bytes[0..2]), at: GuestValue::from_guest(&bytes[4..12]) }
///     }
///
///     fn to_guest(&self, bytes: &mut [u8]) {
///         self.id.to_guest(&mut bytes[0..2]);
///         self.at.to_guest(&mut bytes[4..12]);
///     }
/// }
///
/// let mut store = Store::new(&Engine::default(), ());
/// let memory = Memory::new(&mut store, MemoryType::new(1, None))?;
/// let body = Body { id: 7, at: [0.5, -1.0] };
/// memory.write_value(&mut store, 16, &body)?;
/// assert_eq!(memory.read_value::<Body>(&store, 16)?, body);
/// assert_eq!(memory.read_value::<u8>(&store, 16)?, 7);
/// assert!(memory.read_value::<Body>(&store, 65_530).is_err());
/// # Ok::<(), ermine::Error>(())
/// ```
pub trait GuestValue: Sized {
    /// Bytes that it takes.
    const SIZE: usize;

    /// The value of these bytes, which are [`Self::SIZE`].
    fn from_guest(bytes: &[u8]) -> Self;

    /// Writes the value into these bytes, which are [`Self::SIZE`]. Those that it leaves alone stay as they are.
    fn to_guest(&self, bytes: &mut [u8]);
}

macro_rules! number {
    ($($number:ty)*) => {
        $(impl GuestValue for $number {
            const SIZE: usize = size_of::<Self>();

            /// Zero if there are not as many bytes.
            fn from_guest(bytes: &[u8]) -> Self {
                bytes.try_into().map_or(Self::default(), Self::from_le_bytes)
            }

            /// Nothing if there are not as many bytes.
            fn to_guest(&self, bytes: &mut [u8]) {
                if bytes.len() == Self::SIZE {
                    bytes.copy_from_slice(&self.to_le_bytes());
                }
            }
        })*
    };
}

number!(u8 i8 u16 i16 u32 i32 u64 i64 f32 f64);

macro_rules! bits {
    ($($float:ident, $bits:ty;)*) => {
        $(impl GuestValue for $float {
            const SIZE: usize = size_of::<$bits>();

            fn from_guest(bytes: &[u8]) -> Self {
                Self::from_bits(<$bits>::from_guest(bytes))
            }

            fn to_guest(&self, bytes: &mut [u8]) {
                self.to_bits().to_guest(bytes);
            }
        })*
    };
}

bits! {
    F32, u32;
    F64, u64;
}

impl<V: GuestValue, const N: usize> GuestValue for [V; N] {
    const SIZE: usize = N * V::SIZE;

    /// Elements behind the end of `bytes` are made of no bytes.
    fn from_guest(bytes: &[u8]) -> Self {
        core::array::from_fn(|index| {
            let at = index * V::SIZE;
            V::from_guest(bytes.get(at..at + V::SIZE).unwrap_or_default())
        })
    }

    fn to_guest(&self, bytes: &mut [u8]) {
        for (index, value) in self.iter().enumerate() {
            let at = index * V::SIZE;
            value.to_guest(bytes.get_mut(at..at + V::SIZE).unwrap_or_default());
        }
    }
}

impl Memory {
    /// Bytes in place: `len` of them from `offset` on.
    ///
    /// The borrow holds the store: nothing runs, and no memory grows, while it is looked at.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MemoryAccess`] if they are not all inside the memory, [`ErrorKind::ForeignHandle`] with another store.
    ///
    /// # Examples
    ///
    /// ```
    /// use ermine::{Engine, Memory, MemoryType, Store};
    ///
    /// let mut store = Store::new(&Engine::default(), ());
    /// let memory = Memory::new(&mut store, MemoryType::new(1, None))?;
    /// memory.slice_mut(&mut store, 8, 3)?.copy_from_slice(b"abc");
    /// assert_eq!(memory.slice(&store, 9, 2)?, b"bc");
    /// assert!(memory.slice(&store, -1, 2).is_err());
    /// # Ok::<(), ermine::Error>(())
    /// ```
    pub fn slice<'a, T: 'a>(
        &self,
        ctx: impl Into<StoreContext<'a, T>>,
        offset: impl TryInto<usize>,
        len: impl TryInto<usize>,
    ) -> Result<&'a [u8], Error> {
        let memory = ctx.into().store.inner.memory_by(self.0)?;
        let (start, end) = range(offset, len).ok_or(ErrorKind::MemoryAccess)?;
        Ok(memory.data().get(start..end).ok_or(ErrorKind::MemoryAccess)?)
    }

    /// Bytes in place, to be changed; see [`Memory::slice`].
    ///
    /// # Errors
    ///
    /// As for [`Memory::slice`].
    pub fn slice_mut<'a, T: 'a>(
        &self,
        ctx: impl Into<StoreContextMut<'a, T>>,
        offset: impl TryInto<usize>,
        len: impl TryInto<usize>,
    ) -> Result<&'a mut [u8], Error> {
        let memory = ctx.into().store.inner.memory_by_mut(self.0)?;
        let (start, end) = range(offset, len).ok_or(ErrorKind::MemoryAccess)?;
        Ok(memory.data_mut().get_mut(start..end).ok_or(ErrorKind::MemoryAccess)?)
    }

    /// A string in place: `len` bytes of UTF-8 from `offset` on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Utf8`] if they are not UTF-8; else as for [`Memory::slice`].
    ///
    /// # Examples
    ///
    /// A host function that is given a string:
    ///
    /// ```
    /// use ermine::{Caller, Engine, Error, Extern, Linker};
    ///
    /// let mut linker = Linker::<Vec<String>>::new(&Engine::default());
    /// linker.func_wrap("host", "log", |mut caller: Caller<'_, Vec<String>>, at: u32, len: u32| -> Result<(), Error> {
    ///     let memory = caller.get_export("memory").and_then(Extern::into_memory);
    ///     let memory = memory.ok_or_else(|| Error::new("export the memory as `memory`"))?;
    ///     let line = memory.read_str(&caller, at, len)?.to_owned();
    ///     caller.data_mut().push(line);
    ///     Ok(())
    /// })?;
    /// # Ok::<(), Error>(())
    /// ```
    pub fn read_str<'a, T: 'a>(
        &self,
        ctx: impl Into<StoreContext<'a, T>>,
        offset: impl TryInto<usize>,
        len: impl TryInto<usize>,
    ) -> Result<&'a str, Error> {
        Ok(str::from_utf8(self.slice(ctx, offset, len)?).map_err(|_| ErrorKind::Utf8)?)
    }

    /// A value: a number, an array, or a structure that [`GuestValue`] describes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::MemoryAccess`] if it is not wholly inside the memory, [`ErrorKind::ForeignHandle`] with another store.
    pub fn read_value<V: GuestValue>(&self, ctx: impl AsContext, offset: impl TryInto<usize>) -> Result<V, Error> {
        self.slice(ctx.as_context(), offset, V::SIZE).map(V::from_guest)
    }

    /// Writes a value: a number, an array, or a structure that [`GuestValue`] describes.
    ///
    /// # Errors
    ///
    /// As for [`Memory::read_value`]. Then nothing has changed.
    pub fn write_value<V: GuestValue>(
        &self,
        mut ctx: impl AsContextMut,
        offset: impl TryInto<usize>,
        value: &V,
    ) -> Result<(), Error> {
        value.to_guest(self.slice_mut(ctx.as_context_mut(), offset, V::SIZE)?);
        Ok(())
    }
}

/// From where to where, if both can be addresses.
fn range(offset: impl TryInto<usize>, len: impl TryInto<usize>) -> Option<(usize, usize)> {
    let start = offset.try_into().ok()?;
    Some((start, start.checked_add(len.try_into().ok()?)?))
}
