//! The bounds of everything a guest can make its host spend. Each ends in a typed error.

use core::fmt;

/// Bounds with their defaults. Change fields, then hand it to [`Config::limits`](crate::Config::limits).
///
/// # Examples
///
/// ```
/// use ermine::{Config, Limits};
///
/// let mut limits = Limits::default();
/// limits.stack_bytes = 64 * 1024;
/// limits.memory_bytes = 16 * 65536;
/// let mut config = Config::default();
/// config.limits(limits);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a wasm module. Default: 256 MiB.
    pub module_bytes: usize,
    /// Function types of a module. Default: 100,000.
    pub types: u32,
    /// Imports of a module. Default: 100,000.
    pub imports: u32,
    /// Functions of a module, imported ones included. Default: 1,000,000.
    pub functions: u32,
    /// Tables of a module. Default: 100.
    pub tables: u32,
    /// Memories of a module. Default: 100.
    pub memories: u32,
    /// Globals of a module. Default: 1,000,000.
    pub globals: u32,
    /// Exports of a module. Default: 1,000,000.
    pub exports: u32,
    /// Element segments of a module. Default: 100,000.
    pub element_segments: u32,
    /// Data segments of a module. Default: 1,000,000; wasmparser's own limit of 100,000 applies too.
    pub data_segments: u32,
    /// Locals of a function, parameters included. Default: 50,000.
    pub locals: u32,
    /// Bytes of a function's body. Default: 7,654,321, as browsers have it.
    pub function_bytes: u32,
    /// Depth of nested blocks. Default: 100,000.
    pub nesting: u32,
    /// Bytes of translated code of a module. Default: 1 GiB.
    pub code_bytes: usize,
    /// Slots (4 bytes each) of one function's frame. Default: 1,000,000.
    pub frame_slots: u32,
    /// Bytes of the value stack of a store, and of each resumable call. Default: 1 MiB.
    pub stack_bytes: usize,
    /// Bytes of all value stacks of a store that exist at once. Default: 64 MiB.
    pub total_stack_bytes: usize,
    /// Bytes of one linear memory. Default: 4 GiB.
    pub memory_bytes: u64,
    /// Elements of one table. Default: 10,000,000.
    pub table_elements: u32,
    /// Instances in a store. Default: 10,000.
    pub instances: u32,
    /// Memories in a store. Default: 10,000.
    pub store_memories: u32,
    /// Tables in a store. Default: 10,000.
    pub store_tables: u32,
    /// Functions in a store. Default: 16,000,000.
    pub store_functions: u32,
    /// Host objects ([`ExternRef`](crate::ExternRef)) in a store. Default: 1,000,000.
    pub host_objects: u32,
    /// Host functions that are active at once because each was called by a guest that another one called. Default: 64.
    pub host_depth: u32,
    /// Frames that a backtrace names, counted from the innermost. Default: 64.
    pub backtrace_frames: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            module_bytes: 256 << 20,
            types: 100_000,
            imports: 100_000,
            functions: 1_000_000,
            tables: 100,
            memories: 100,
            globals: 1_000_000,
            exports: 1_000_000,
            element_segments: 100_000,
            data_segments: 1_000_000,
            locals: 50_000,
            function_bytes: 7_654_321,
            nesting: 100_000,
            code_bytes: 1 << 30,
            frame_slots: 1_000_000,
            stack_bytes: 1 << 20,
            total_stack_bytes: 64 << 20,
            memory_bytes: 4 << 30,
            table_elements: 10_000_000,
            instances: 10_000,
            store_memories: 10_000,
            store_tables: 10_000,
            store_functions: 16_000_000,
            host_objects: 1_000_000,
            host_depth: 64,
            backtrace_frames: 64,
        }
    }
}

/// Which bound of [`Limits`] was met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Bound {
    /// [`Limits::module_bytes`]
    ModuleBytes,
    /// [`Limits::types`]
    Types,
    /// [`Limits::imports`]
    Imports,
    /// [`Limits::functions`]
    Functions,
    /// [`Limits::tables`]
    Tables,
    /// [`Limits::memories`]
    Memories,
    /// [`Limits::globals`]
    Globals,
    /// [`Limits::exports`]
    Exports,
    /// [`Limits::element_segments`]
    ElementSegments,
    /// [`Limits::data_segments`]
    DataSegments,
    /// [`Limits::locals`]
    Locals,
    /// [`Limits::function_bytes`]
    FunctionBytes,
    /// [`Limits::nesting`]
    Nesting,
    /// [`Limits::code_bytes`]
    CodeBytes,
    /// [`Limits::frame_slots`]
    FrameSlots,
    /// [`Limits::stack_bytes`]
    StackBytes,
    /// [`Limits::total_stack_bytes`]
    TotalStackBytes,
    /// [`Limits::memory_bytes`]
    MemoryBytes,
    /// [`Limits::table_elements`]
    TableElements,
    /// [`Limits::instances`]
    Instances,
    /// [`Limits::store_memories`]
    StoreMemories,
    /// [`Limits::store_tables`]
    StoreTables,
    /// [`Limits::store_functions`]
    StoreFunctions,
    /// [`Limits::host_objects`]
    HostObjects,
}

impl Bound {
    /// The name of the field of [`Limits`], in words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ModuleBytes => "bytes of a module",
            Self::Types => "types of a module",
            Self::Imports => "imports of a module",
            Self::Functions => "functions of a module",
            Self::Tables => "tables of a module",
            Self::Memories => "memories of a module",
            Self::Globals => "globals of a module",
            Self::Exports => "exports of a module",
            Self::ElementSegments => "element segments of a module",
            Self::DataSegments => "data segments of a module",
            Self::Locals => "locals of a function",
            Self::FunctionBytes => "bytes of a function body",
            Self::Nesting => "nested blocks",
            Self::CodeBytes => "bytes of translated code",
            Self::FrameSlots => "slots of a frame",
            Self::StackBytes => "bytes of a value stack",
            Self::TotalStackBytes => "bytes of all value stacks",
            Self::MemoryBytes => "bytes of a memory",
            Self::TableElements => "elements of a table",
            Self::Instances => "instances of a store",
            Self::StoreMemories => "memories of a store",
            Self::StoreTables => "tables of a store",
            Self::StoreFunctions => "functions of a store",
            Self::HostObjects => "host objects of a store",
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
