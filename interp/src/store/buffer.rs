//! Zeroed memory with a raw base address: linear memories, tables, value stacks.
//!
//! Allocation never aborts, fresh memory comes zeroed from the system (so that untouched pages cost nothing), and
//! growing moves the content but keeps it.

#![allow(unsafe_code, reason = "allocates, see the module's head")]

use alloc::alloc::{alloc_zeroed, dealloc, realloc};
use core::{alloc::Layout, fmt, ptr::NonNull};

/// Numbers for which all bits zero is a value.
pub(crate) trait Plain: Copy + Send + Sync + 'static {}

impl Plain for u8 {}
impl Plain for u32 {}
impl Plain for u64 {}

/// Zeroed elements at a raw address, owned or lent forever.
pub(crate) struct Buffer<T: Plain> {
    base: NonNull<T>,
    len: usize,
    /// Elements that may be used without a new allocation.
    capacity: usize,
    /// Whether the elements are this buffer's to free.
    owned: bool,
}

impl<T: Plain> Buffer<T> {
    /// Nothing.
    pub(crate) const fn empty() -> Self {
        Self { base: NonNull::dangling(), len: 0, capacity: 0, owned: true }
    }

    /// `len` zeros; nothing if the host has not that much memory.
    pub(crate) fn zeroed(len: usize) -> Option<Self> {
        if len == 0 {
            return Some(Self::empty());
        }
        let layout = Layout::array::<T>(len).ok()?;
        // SAFETY: `T` is a number and `len` is not 0, so the layout has a size. No invariant is needed.
        let base = NonNull::new(unsafe { alloc_zeroed(layout) }.cast::<T>())?;
        Some(Self { base, len, capacity: len, owned: true })
    }

    /// The first `len` elements of a lent slice, zeroed; nothing if there are fewer. It can grow up to the slice's length.
    pub(crate) fn lent(slice: &'static mut [T], len: usize, zero: T) -> Option<Self> {
        slice.get_mut(..len)?.fill(zero);
        let capacity = slice.len();
        Some(Self { base: NonNull::from(slice).cast(), len, capacity, owned: false })
    }

    /// The address of the first element. Valid until the buffer grows or drops (invariant 6).
    pub(crate) fn as_ptr(&self) -> *mut T {
        self.base.as_ptr()
    }

    /// How many elements there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The elements.
    pub(crate) fn as_slice(&self) -> &[T] {
        // SAFETY: invariant 6: `base` points to `len` initialised elements. Invariant 5: nobody writes to them while the borrow lives.
        unsafe { core::slice::from_raw_parts(self.base.as_ptr(), self.len) }
    }

    /// The elements.
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        // SAFETY: invariant 6, as in `as_slice`; `&mut self` excludes other references.
        unsafe { core::slice::from_raw_parts_mut(self.base.as_ptr(), self.len) }
    }

    /// Appends zeros until there are `len` elements. False, and nothing has changed, if that cannot be had.
    pub(crate) fn grow(&mut self, len: usize) -> bool {
        if len <= self.len {
            return len == self.len;
        }
        if len > self.capacity {
            // Pages that come zeroed and that nobody has touched are cheaper than zeroing (4 GiB took ten seconds), copying less than is appended, too.
            if self.owned && len - self.len > self.len && self.move_to_fresh(len) {
                return true;
            }
            if !self.reallocate(len) {
                return false;
            }
        }
        // SAFETY: invariant 6: the capacity is at least `len`, so the range is inside the allocation.
        unsafe { self.base.as_ptr().add(self.len).write_bytes(0, len - self.len) };
        self.len = len;
        true
    }

    /// Moves to a new allocation of `len` elements, more than there are now.
    fn move_to_fresh(&mut self, len: usize) -> bool {
        let Some(mut fresh) = Self::zeroed(len) else { return false };
        if let Some(start) = fresh.as_mut_slice().get_mut(..self.len) {
            start.copy_from_slice(self.as_slice());
        }
        *self = fresh;
        true
    }

    /// Makes room for `len` elements, more than there is room for now.
    fn reallocate(&mut self, len: usize) -> bool {
        if self.capacity == 0 || !self.owned {
            return false;
        }
        let (Ok(old), Ok(new)) = (Layout::array::<T>(self.capacity), Layout::array::<T>(len)) else { return false };
        // SAFETY: invariant 6: `base` was allocated with `old`; `new` has a size that `Layout` accepted, as `len > capacity > 0`.
        let moved = unsafe { realloc(self.base.as_ptr().cast(), old, new.size()) };
        match NonNull::new(moved.cast::<T>()) {
            Some(base) => {
                self.base = base;
                self.capacity = len;
                true
            }
            None => false,
        }
    }
}

impl<T: Plain> Drop for Buffer<T> {
    fn drop(&mut self) {
        if !self.owned || self.capacity == 0 {
            return;
        }
        if let Ok(layout) = Layout::array::<T>(self.capacity) {
            // SAFETY: invariant 6: `base` was allocated with this layout and nobody else frees it.
            unsafe { dealloc(self.base.as_ptr().cast(), layout) };
        }
    }
}

impl<T: Plain> fmt::Debug for Buffer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buffer").field("len", &self.len).finish_non_exhaustive()
    }
}

// SAFETY: invariant 6: it owns its elements like a vector.
unsafe impl<T: Plain> Send for Buffer<T> {}
// SAFETY: invariant 5: through `&Buffer` safe code can only read.
unsafe impl<T: Plain> Sync for Buffer<T> {}

#[cfg(test)]
mod tests {
    use alloc::boxed::Box;

    use super::Buffer;

    #[test]
    fn growing_keeps_the_content_and_appends_zeros() {
        let mut buffer = Buffer::<u32>::empty();
        assert!(buffer.grow(3));
        buffer.as_mut_slice().copy_from_slice(&[1, 2, 3]);
        assert!(buffer.grow(5));
        assert_eq!(buffer.as_slice(), [1, 2, 3, 0, 0]);
        assert!(!buffer.grow(4));
        // More than it has, then less.
        assert!(buffer.grow(100) && buffer.grow(150));
        assert_eq!(buffer.as_slice()[..3], [1, 2, 3]);
        assert!(buffer.len() == 150 && buffer.as_slice()[3..].iter().all(|element| *element == 0));
    }

    #[test]
    fn impossible_sizes_are_refused() {
        assert!(Buffer::<u64>::zeroed(usize::MAX / 4).is_none());
        let mut buffer = Buffer::<u8>::empty();
        assert!(!buffer.grow(usize::MAX));
        assert_eq!(buffer.len(), 0);
    }

    #[test]
    fn a_lent_buffer_grows_within_its_slice() {
        let slice: *mut [u8] = Box::leak(Box::new([7_u8; 8]));
        // SAFETY: nobody else knows the slice. No invariant is needed.
        let mut buffer = Buffer::lent(unsafe { &mut *slice }, 4, 0).expect("long enough");
        assert!(buffer.grow(8));
        assert!(!buffer.grow(9));
        assert_eq!(buffer.as_slice(), [0; 8]);
        drop(buffer);
        // SAFETY: it came from a box, and who borrowed it is gone. No invariant is needed.
        drop(unsafe { Box::from_raw(slice) });
    }
}
