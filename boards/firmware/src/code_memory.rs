//! Code memory that is RAM: the linker knows nothing of it.

#![allow(unsafe_code, reason = "memory at a fixed address")]

/// `BYTES` of memory from an address on.
#[derive(Debug)]
pub struct CodeMemory<const BYTES: usize>(usize);

impl<const BYTES: usize> CodeMemory<BYTES> {
    /// The memory at this address, a multiple of 4.
    ///
    /// # Safety
    ///
    /// The memory from there on is of no other use: the memory map leaves it out.
    pub const unsafe fn at(start: usize) -> Self {
        Self(start)
    }
}

impl<const BYTES: usize> AsRef<[u8]> for CodeMemory<BYTES> {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: so much memory is there, by the contract of `at`. It is written through `&mut self` only.
        unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(self.0), BYTES) }
    }
}

impl<const BYTES: usize> AsMut<[u8]> for CodeMemory<BYTES> {
    fn as_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above, and no other slice of it is alive beside `&mut self`.
        unsafe { core::slice::from_raw_parts_mut(core::ptr::with_exposed_provenance_mut(self.0), BYTES) }
    }
}
