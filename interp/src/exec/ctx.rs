//! What a handler may reach beside its registers: the running instance, seen as plain pointers.
//!
//! The driver fills a [`Ctx`] before it enters a machine and reads it after the machine left. Every pointer in it
//! points into something that the store keeps at a fixed address and that outlives the run.

#[cfg(doc)]
use super::exit::Exit;
use super::state::Acc;

/// Address of a function's code: its header.
pub(crate) type CodePtr = *const u8;

/// A linear memory as the machine sees it. First field of whatever owns the bytes.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct MemoryView {
    /// First byte; dangling but aligned when `len` is 0.
    pub(crate) base: *mut u8,
    /// Bytes that may be accessed.
    pub(crate) len: usize,
}

/// A table as the machine sees it. First field of whatever owns the elements.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct TableView {
    /// First element. A reference is an index plus one into the store's functions (or the host's objects); 0 is null.
    pub(crate) base: *mut u32,
    /// Elements that may be accessed.
    pub(crate) len: usize,
}

/// A function of the store as `call_indirect` needs it.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct FuncRecord {
    /// Its code if an instance of this store defines it, null if the host does.
    pub(crate) entry: CodePtr,
    /// The store's canonical number of its type.
    pub(crate) type_id: u32,
    /// The instance that defines it; [`FuncRecord::HOST`] for host functions.
    pub(crate) instance: u32,
}

impl FuncRecord {
    /// `instance` of a function that the host defines.
    pub(crate) const HOST: u32 = u32::MAX;
}

/// State of a run that does not live in machine registers.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct Ctx {
    // What handlers read on hot paths.
    /// One past the last byte of the value stack that a frame may use. [`super::RED_ZONE`] more bytes exist behind it.
    pub(crate) stack_end: *mut u8,
    /// Fuel left in the current slice.
    pub(crate) fuel: u64,
    /// Code of the running module's own functions, by index among the defined ones.
    pub(crate) entries: *const CodePtr,
    /// The running instance's globals, by module index.
    pub(crate) globals: *const *mut u64,
    /// The running instance's memories, by module index.
    pub(crate) memories: *const *mut MemoryView,
    /// The running instance's tables, by module index.
    pub(crate) tables: *const *mut TableView,
    /// Canonical type numbers of the running module's types, by module index.
    pub(crate) types: *const u32,
    /// References (store index + 1) of the running instance's functions, by module index (imports first).
    pub(crate) func_refs: *const u32,
    /// All functions of the store.
    pub(crate) funcs: *const FuncRecord,
    /// How many there are.
    pub(crate) funcs_len: u32,
    /// Number of the running instance in its store.
    pub(crate) instance: u32,
    /// Length of the running instance's arrays above, for the checks of debug builds.
    pub(crate) memories_len: u32,
    /// Up to how many bytes `memory.copy` and `memory.fill` are carried out by the machine: 0 where they cost fuel.
    pub(crate) bulk_at_once: u32,

    // What a machine leaves behind for the driver, and starts from.
    /// Where to go on: the next instruction, or the one to retry, see [`Exit`].
    pub(crate) ip: *const u8,
    /// The current frame.
    pub(crate) sp: *mut u8,
    /// The accumulators at entry (a result of the call that the driver carried out).
    pub(crate) acc: Acc,
    /// Operands of an exit, see [`Exit`].
    pub(crate) args: [u64; 6],
    /// Wasm operators executed, where code was translated to count them.
    pub(crate) operators: u64,
    /// Dispatches, per operation number; null where nobody counts (feature `count`, loop machine only).
    pub(crate) histogram: *mut u64,
}

impl Ctx {
    /// A context that belongs to no instance yet.
    pub(crate) const fn new() -> Self {
        Self {
            stack_end: core::ptr::null_mut(),
            fuel: 0,
            entries: core::ptr::null(),
            globals: core::ptr::null(),
            memories: core::ptr::null(),
            tables: core::ptr::null(),
            types: core::ptr::null(),
            func_refs: core::ptr::null(),
            funcs: core::ptr::null(),
            funcs_len: 0,
            instance: 0,
            memories_len: 0,
            bulk_at_once: 0,
            ip: core::ptr::null(),
            sp: core::ptr::null_mut(),
            acc: Acc::ZERO,
            args: [0; 6],
            operators: 0,
            histogram: core::ptr::null_mut(),
        }
    }
}
