//! What a handler may reach beside its registers: the running instance, seen as plain pointers.
//!
//! The driver fills a [`Ctx`] before it enters a machine and reads it after the machine left. Every pointer in it
//! points into something that the store keeps at a fixed address and that outlives the run.
#![allow(unsafe_code, reason = "looks functions up")]

#[cfg(doc)]
use super::exit::Exit;
use super::state::Acc;

/// Address of a function's code: its header.
pub(crate) type CodePtr = *const u8;

/// Where a function's code starts. It may change once, while machines run: from what stands for code that there is none of yet to the code.
#[cfg(feature = "alloc")]
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct EntryCell(core::sync::atomic::AtomicPtr<u8>);

#[cfg(feature = "alloc")]
impl EntryCell {
    pub(crate) fn new(entry: CodePtr) -> Self {
        Self(core::sync::atomic::AtomicPtr::new(entry.cast_mut()))
    }

    /// The address now. What another thread wrote there before it published it can be seen.
    #[inline(always)]
    pub(crate) fn get(&self) -> CodePtr {
        self.0.load(core::sync::atomic::Ordering::Acquire)
    }

    /// Publishes `new`, if `old` is there, and says whether it was.
    pub(crate) fn replace(&self, old: CodePtr, new: CodePtr) -> bool {
        use core::sync::atomic::Ordering::{Relaxed, Release};
        self.0.compare_exchange(old.cast_mut(), new.cast_mut(), Release, Relaxed).is_ok()
    }
}

/// An operand of an exit: as wide as addresses are. On a board that is half of what a u64 takes.
pub(crate) type Arg = usize;

/// A linear memory as the machine sees it. First field of whatever owns the bytes.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct MemoryView {
    /// First byte; dangling but aligned when `len` is 0.
    pub(crate) base: *mut u8,
    /// Bytes that may be accessed.
    pub(crate) len: usize,
}

/// A table as the machine sees it. First field of whatever owns the elements.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub(crate) struct TableView {
    /// First element. A reference is an index plus one into the store's functions (or the host's objects); 0 is null.
    pub(crate) base: *mut u32,
    /// Elements that may be accessed.
    pub(crate) len: usize,
}

/// A function as calls need it. No address is in it: the list of an image's functions is used where it lies, in flash.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FuncRecord {
    /// Bytes from the start of its module's code to its header; 0 for a function of the host.
    pub(crate) offset: u32,
    /// What identifies its type: the store's canonical number of it, or the place of its signature in an image.
    pub(crate) type_id: u32,
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
    /// Where the running module's code starts, if `entries` is null.
    pub(crate) code: CodePtr,
    /// Where each function that the running module defines starts, by index among these. Null where that is the offset in `defined`: without an allocator.
    #[cfg(feature = "alloc")]
    pub(crate) entries: *const EntryCell,
    /// The functions that the running module defines, by index among these: a part of `funcs`.
    pub(crate) defined: *const FuncRecord,
    /// The running instance's globals, by module index.
    pub(crate) globals: *const *mut u64,
    /// The running instance's memories, by module index.
    pub(crate) memories: *const *mut MemoryView,
    /// The running instance's tables, by module index.
    pub(crate) tables: *const *mut TableView,
    /// Canonical type numbers of the running module's types, by module index.
    pub(crate) types: *const u32,
    /// References (store index + 1) of the running instance's functions, by module index (imports first). Null where that is the index in `funcs`.
    pub(crate) func_refs: *const u32,
    /// All functions of the store.
    pub(crate) funcs: *const FuncRecord,
    /// How many there are.
    pub(crate) funcs_len: u32,
    /// Where `defined` starts in `funcs`, and how many they are.
    pub(crate) defined_first: u32,
    pub(crate) defined_len: usize,
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
    pub(crate) args: [Arg; 6],
    /// Wasm operators executed, where code was translated to count them.
    pub(crate) operators: u64,
    /// Instructions executed.
    #[cfg(feature = "count")]
    pub(crate) dispatches: u64,
    /// The words of `tally`; null where nobody counts (feature `count`, loop machine only).
    pub(crate) histogram: *mut u64,
}

impl Ctx {
    /// A context that belongs to no instance yet.
    pub(crate) const fn new() -> Self {
        Self {
            stack_end: core::ptr::null_mut(),
            fuel: 0,
            code: core::ptr::null(),
            #[cfg(feature = "alloc")]
            entries: core::ptr::null(),
            defined: core::ptr::null(),
            globals: core::ptr::null(),
            memories: core::ptr::null(),
            tables: core::ptr::null(),
            types: core::ptr::null(),
            func_refs: core::ptr::null(),
            funcs: core::ptr::null(),
            funcs_len: 0,
            defined_first: 0,
            defined_len: 0,
            instance: 0,
            memories_len: 0,
            bulk_at_once: 0,
            ip: core::ptr::null(),
            sp: core::ptr::null_mut(),
            acc: Acc::ZERO,
            args: [0; 6],
            operators: 0,
            #[cfg(feature = "count")]
            dispatches: 0,
            histogram: core::ptr::null_mut(),
        }
    }

    /// Where a function that the running module defines starts, if there is a list of them.
    ///
    /// # Safety
    /// The list has such an entry (invariant 2).
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(crate) unsafe fn listed(ctx: *const Self, func: u32) -> Option<CodePtr> {
        // SAFETY: the caller's contract.
        unsafe {
            let entries = (*ctx).entries;
            if entries.is_null() { None } else { Some((*entries.add(func as usize)).get()) }
        }
    }

    /// There is no such list without an allocator.
    ///
    /// # Safety
    /// None is needed.
    #[cfg(not(feature = "alloc"))]
    #[inline(always)]
    pub(crate) unsafe fn listed(_ctx: *const Self, _func: u32) -> Option<CodePtr> {
        None
    }

    /// Notes whose frame does not fit: it may be what stands for code that there is none of yet. The call may be executed again, and then reads the accumulators.
    #[cfg(feature = "alloc")]
    #[inline(always)]
    pub(crate) fn note_callee(&mut self, entry: CodePtr, acc: Acc) {
        self.args[0] = entry as Arg;
        self.acc = acc;
    }

    /// Without an allocator, all functions have their code.
    #[cfg(not(feature = "alloc"))]
    #[inline(always)]
    pub(crate) fn note_callee(&mut self, _entry: CodePtr, _acc: Acc) {}
}
