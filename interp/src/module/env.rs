//! The index spaces of a module, as plain data: what the translator needs to know before it sees a function body.

use alloc::vec::Vec;

use crate::types::{FuncType, ValType};

/// The index spaces of a module, imports first.
#[derive(Debug, Clone, Default)]
pub(crate) struct ModuleEnv {
    /// Function types, by type index.
    pub(crate) types: Vec<FuncType>,
    /// Type index of each function.
    pub(crate) funcs: Vec<u32>,
    /// How many functions are imported; the others are defined by the module.
    pub(crate) imported_funcs: u32,
    /// Type of each global's value.
    pub(crate) globals: Vec<ValType>,
    /// Type of each table's elements.
    pub(crate) tables: Vec<ValType>,
    /// What code needs to know about each memory.
    pub(crate) memories: Vec<MemoryInfo>,
}

/// What code needs to know about a memory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MemoryInfo {
    /// The logarithm of the page size.
    pub(crate) page_size_log2: u8,
}

impl ModuleEnv {
    /// The type of a function.
    pub(crate) fn func_type(&self, func: u32) -> Option<&FuncType> {
        let ty = *self.funcs.get(usize::try_from(func).ok()?)?;
        self.types.get(usize::try_from(ty).ok()?)
    }
}
