//! What loads and stores do.

use ermine::{Trap, ValType};

/// A load or store.
#[derive(Debug, Clone, Copy)]
pub(super) struct Access {
    /// Its opcode.
    pub(super) code: u8,
    /// The type of the value.
    pub(super) ty: ValType,
    /// Bytes of memory.
    pub(super) bytes: usize,
    /// Whether a load extends the sign.
    pub(super) signed: bool,
    /// Whether it writes.
    pub(super) store: bool,
}

const fn load(code: u8, ty: ValType, bytes: usize, signed: bool) -> Access {
    Access { code, ty, bytes, signed, store: false }
}

const fn store(code: u8, ty: ValType, bytes: usize) -> Access {
    Access { code, ty, bytes, signed: false, store: true }
}

/// All of them.
pub(super) const ACCESSES: &[Access] = &[
    load(0x28, ValType::I32, 4, false),
    load(0x29, ValType::I64, 8, false),
    load(0x2a, ValType::F32, 4, false),
    load(0x2b, ValType::F64, 8, false),
    load(0x2c, ValType::I32, 1, true),
    load(0x2d, ValType::I32, 1, false),
    load(0x2e, ValType::I32, 2, true),
    load(0x2f, ValType::I32, 2, false),
    load(0x30, ValType::I64, 1, true),
    load(0x31, ValType::I64, 1, false),
    load(0x32, ValType::I64, 2, true),
    load(0x33, ValType::I64, 2, false),
    load(0x34, ValType::I64, 4, true),
    load(0x35, ValType::I64, 4, false),
    store(0x36, ValType::I32, 4),
    store(0x37, ValType::I64, 8),
    store(0x38, ValType::F32, 4),
    store(0x39, ValType::F64, 8),
    store(0x3a, ValType::I32, 1),
    store(0x3b, ValType::I32, 2),
    store(0x3c, ValType::I64, 1),
    store(0x3d, ValType::I64, 2),
    store(0x3e, ValType::I64, 4),
];

impl Access {
    /// The bits that a load gives.
    ///
    /// # Errors
    ///
    /// If it is not inside of the memory.
    pub(super) fn load(self, memory: &[u8], address: u32, offset: u32) -> Result<u64, Trap> {
        let at = self.place(memory, address, offset)?;
        let mut bytes = [0; 8];
        bytes[..self.bytes].copy_from_slice(&memory[at..at + self.bytes]);
        let bits = u64::from_le_bytes(bytes);
        let unused = 64 - 8 * self.bytes as u32;
        let bits = if self.signed { ((bits << unused) as i64 >> unused) as u64 } else { bits };
        Ok(if self.ty == ValType::I32 { u64::from(bits as u32) } else { bits })
    }

    /// Stores a value.
    ///
    /// # Errors
    ///
    /// As for [`Self::load`]; then nothing is written.
    pub(super) fn store(self, memory: &mut [u8], address: u32, offset: u32, value: u64) -> Result<(), Trap> {
        let at = self.place(memory, address, offset)?;
        memory[at..at + self.bytes].copy_from_slice(&value.to_le_bytes()[..self.bytes]);
        Ok(())
    }

    fn place(self, memory: &[u8], address: u32, offset: u32) -> Result<usize, Trap> {
        let at = address as usize + offset as usize;
        if at + self.bytes <= memory.len() { Ok(at) } else { Err(Trap::MemoryOutOfBounds) }
    }
}
