//! Registers of a peripheral.

#![allow(unsafe_code, reason = "hardware is reached through addresses")]

/// The registers of one peripheral, from its first address on.
#[derive(Debug, Clone, Copy)]
pub struct Block(usize);

impl Block {
    /// The peripheral at this address.
    ///
    /// # Safety
    ///
    /// The 4 KiB from there on are device registers: reading and writing any word of them, or the bus fault that it raises, does not touch memory
    /// that Rust knows of.
    pub const unsafe fn at(address: usize) -> Self {
        Self(address)
    }

    fn register(self, offset: u16) -> *mut u32 {
        core::ptr::with_exposed_provenance_mut(self.0 + usize::from(offset & 0xffc))
    }

    /// Reads the register so many bytes from the first.
    pub fn read(self, offset: u16) -> u32 {
        // SAFETY: a device register, by the contract of `at` and the mask.
        unsafe { self.register(offset).read_volatile() }
    }

    /// Writes it.
    pub fn write(self, offset: u16, value: u32) {
        // SAFETY: as above.
        unsafe { self.register(offset).write_volatile(value) }
    }

    /// Replaces the bits of `mask`.
    #[allow(dead_code, reason = "not every board has such registers")]
    pub fn replace(self, offset: u16, mask: u32, bits: u32) {
        self.write(offset, self.read(offset) & !mask | bits);
    }
}

/// Defines peripherals: `blocks! { UART = 0x4000_2000; }`.
macro_rules! blocks {
    ($($(#[$doc:meta])* $name:ident = $address:literal;)*) => {$(
        $(#[$doc])*
        #[allow(unsafe_code, reason = "an address of the chip's manual")]
        // SAFETY: the manual has a peripheral there.
        pub(super) const $name: $crate::reg::Block = unsafe { $crate::reg::Block::at($address) };
    )*};
}
pub(crate) use blocks;
