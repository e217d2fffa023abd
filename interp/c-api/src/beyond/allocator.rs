//! An allocator of the embedder's, for all that the library allocates.
//!
//! Two functions, given before anything was allocated: what one allocator made must not come to another, so later is an error. Until then, and if none is given, memory
//! comes from the system.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ffi::c_void;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

/// Gives `size` bytes at a multiple of `align`, which is a power of two, or null.
type Allocate = unsafe extern "C" fn(size: usize, align: usize) -> *mut c_void;
/// Takes back what `Allocate` gave, with the same size and alignment.
type Free = unsafe extern "C" fn(memory: *mut c_void, size: usize, align: usize);

#[derive(Clone, Copy)]
struct Functions {
    allocate: Allocate,
    free: Free,
}

/// Set at most once, before the first allocation.
static FUNCTIONS: OnceLock<Functions> = OnceLock::new();
/// Whether something was allocated.
static USED: AtomicBool = AtomicBool::new(false);

struct Chosen;

#[global_allocator]
static CHOSEN: Chosen = Chosen;

impl Chosen {
    fn functions() -> Option<&'static Functions> {
        USED.store(true, Ordering::Relaxed);
        FUNCTIONS.get()
    }
}

// SAFETY: promise C5: both are the embedder's, or both the system's: the choice is made before the first allocation and never again.
unsafe impl GlobalAlloc for Chosen {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match Self::functions() {
            // SAFETY: promise C5: it is a function of this type.
            Some(functions) => unsafe { (functions.allocate)(layout.size(), layout.align()) }.cast(),
            // SAFETY: the caller's contract.
            None => unsafe { System.alloc(layout) },
        }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        match Self::functions() {
            // SAFETY: promise C5: it is a function of this type, and `alloc` gave the memory.
            Some(functions) => unsafe { (functions.free)(memory.cast(), layout.size(), layout.align()) },
            // SAFETY: the caller's contract.
            None => unsafe { System.dealloc(memory, layout) },
        }
    }
}

/// Allocates nothing itself.
#[unsafe(no_mangle)]
extern "C" fn ermine_set_allocator(allocate: Option<Allocate>, free: Option<Free>) -> bool {
    let (Some(allocate), Some(free)) = (allocate, free) else { return false };
    !USED.load(Ordering::Relaxed) && FUNCTIONS.set(Functions { allocate, free }).is_ok()
}
