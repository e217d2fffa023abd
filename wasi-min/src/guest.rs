//! Linear memory as system calls see it: every access checked, every failure `fault`.

use crate::Errno;

/// The longest path in bytes.
const MAX_PATH: usize = 4096;

/// The guest's linear memory during one call.
///
/// Pointers and lengths come from the guest; nothing is believed. An access that reaches outside is
/// [`Errno::Fault`], also where pointer plus length does not fit in 32 bits.
#[derive(Debug)]
pub struct GuestMemory<'a> {
    bytes: &'a mut [u8],
}

impl<'a> GuestMemory<'a> {
    /// Wraps linear memory.
    pub fn new(bytes: &'a mut [u8]) -> Self {
        Self { bytes }
    }

    /// `len` bytes at `ptr`.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] if they are not all inside.
    pub fn slice(&self, ptr: u32, len: u32) -> Result<&[u8], Errno> {
        let start = usize::try_from(ptr).map_err(|_| Errno::Fault)?;
        let len = usize::try_from(len).map_err(|_| Errno::Fault)?;
        let end = start.checked_add(len).ok_or(Errno::Fault)?;
        self.bytes.get(start..end).ok_or(Errno::Fault)
    }

    /// `len` bytes at `ptr`, to be written.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] if they are not all inside.
    pub fn slice_mut(&mut self, ptr: u32, len: u32) -> Result<&mut [u8], Errno> {
        let start = usize::try_from(ptr).map_err(|_| Errno::Fault)?;
        let len = usize::try_from(len).map_err(|_| Errno::Fault)?;
        let end = start.checked_add(len).ok_or(Errno::Fault)?;
        self.bytes.get_mut(start..end).ok_or(Errno::Fault)
    }

    /// Checks that an array of `count` elements of `size` bytes lies inside.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] if it does not.
    pub fn check_array(&self, ptr: u32, count: u32, size: u32) -> Result<(), Errno> {
        let len = count.checked_mul(size).ok_or(Errno::Fault)?;
        self.slice(ptr, len).map(|_| ())
    }

    /// The address of element `index` in an array of elements of `size` bytes.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] if the address does not fit in 32 bits.
    pub fn element(ptr: u32, index: u32, size: u32) -> Result<u32, Errno> {
        let offset = index.checked_mul(size).ok_or(Errno::Fault)?;
        ptr.checked_add(offset).ok_or(Errno::Fault)
    }

    /// Reads `N` bytes.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] outside.
    pub fn read<const N: usize>(&self, ptr: u32) -> Result<[u8; N], Errno> {
        let start = usize::try_from(ptr).map_err(|_| Errno::Fault)?;
        let rest = self.bytes.get(start..).ok_or(Errno::Fault)?;
        rest.first_chunk().copied().ok_or(Errno::Fault)
    }

    /// Writes bytes.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] outside; then nothing is written.
    pub fn write(&mut self, ptr: u32, bytes: &[u8]) -> Result<(), Errno> {
        let len = u32::try_from(bytes.len()).map_err(|_| Errno::Fault)?;
        self.slice_mut(ptr, len)?.copy_from_slice(bytes);
        Ok(())
    }

    /// The path of `len` bytes at `ptr`.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] outside, [`Errno::Nametoolong`] for more than 4,096 bytes, [`Errno::Ilseq`] if it is not UTF-8,
    /// [`Errno::Inval`] if there is a NUL in it.
    pub fn path(&self, ptr: u32, len: u32) -> Result<&str, Errno> {
        let bytes = self.slice(ptr, len)?;
        if bytes.len() > MAX_PATH {
            return Err(Errno::Nametoolong);
        }
        let path = core::str::from_utf8(bytes).map_err(|_| Errno::Ilseq)?;
        if path.contains('\0') { Err(Errno::Inval) } else { Ok(path) }
    }

    /// As [`path`](GuestMemory::path), for a path to be looked up below a directory.
    ///
    /// # Errors
    ///
    /// As [`path`](GuestMemory::path), [`Errno::Noent`] if it is empty, [`Errno::Notcapable`] if it is absolute.
    pub fn relative_path(&self, ptr: u32, len: u32) -> Result<&str, Errno> {
        let path = self.path(ptr, len)?;
        match path.as_bytes().first() {
            None => Err(Errno::Noent),
            Some(b'/') => Err(Errno::Notcapable),
            Some(_) => Ok(path),
        }
    }

    /// Reads a `u32`.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] outside.
    pub fn read_u32(&self, ptr: u32) -> Result<u32, Errno> {
        self.read(ptr).map(u32::from_le_bytes)
    }

    /// Writes a `u32`.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] outside.
    pub fn write_u32(&mut self, ptr: u32, value: u32) -> Result<(), Errno> {
        self.write(ptr, &value.to_le_bytes())
    }

    /// Writes a `u64`.
    ///
    /// # Errors
    ///
    /// [`Errno::Fault`] outside.
    pub fn write_u64(&mut self, ptr: u32, value: u64) -> Result<(), Errno> {
        self.write(ptr, &value.to_le_bytes())
    }

    /// Writes a length. It always fits: lengths are of things that lie in linear memory, or of small host strings.
    ///
    /// # Errors
    ///
    /// [`Errno::Overflow`] if it does not fit after all, [`Errno::Fault`] outside.
    pub fn write_size(&mut self, ptr: u32, value: usize) -> Result<(), Errno> {
        let value = u32::try_from(value).map_err(|_| Errno::Overflow)?;
        self.write_u32(ptr, value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accesses_end_where_memory_ends() {
        let mut bytes = [7; 8];
        let mut memory = GuestMemory::new(&mut bytes);
        assert_eq!(memory.slice(8, 0), Ok(&[][..]));
        assert_eq!(memory.slice(7, 2), Err(Errno::Fault));
        assert_eq!(memory.slice(u32::MAX, u32::MAX), Err(Errno::Fault));
        assert_eq!(memory.read_u32(4), Ok(0x0707_0707));
        assert_eq!(memory.read_u32(5), Err(Errno::Fault));
        assert_eq!(memory.write_u64(1, 0), Err(Errno::Fault));
        assert_eq!(memory.write_u64(0, 1), Ok(()));
    }

    #[test]
    fn paths_are_checked() {
        let mut bytes = *b"a/b\0/c\xff";
        let memory = GuestMemory::new(&mut bytes);
        assert_eq!(memory.relative_path(0, 3), Ok("a/b"));
        assert_eq!(memory.relative_path(0, 4), Err(Errno::Inval));
        assert_eq!(memory.relative_path(0, 0), Err(Errno::Noent));
        assert_eq!(memory.relative_path(4, 2), Err(Errno::Notcapable));
        assert_eq!(memory.relative_path(5, 2), Err(Errno::Ilseq));
        assert_eq!(memory.relative_path(5, 3), Err(Errno::Fault));
        let mut bytes = [b'a'; 4097];
        let memory = GuestMemory::new(&mut bytes);
        assert_eq!(memory.relative_path(0, 4097), Err(Errno::Nametoolong));
        assert!(memory.relative_path(0, 4096).is_ok());
    }

    #[test]
    fn array_sizes_do_not_wrap() {
        let mut bytes = [0; 64];
        let memory = GuestMemory::new(&mut bytes);
        assert_eq!(memory.check_array(0, 8, 8), Ok(()));
        assert_eq!(memory.check_array(0, 0x2000_0001, 8), Err(Errno::Fault));
        assert_eq!(GuestMemory::element(u32::MAX, 1, 8), Err(Errno::Fault));
    }
}
