//! Vectors of buffers (`iovec`, `ciovec`): walked where they lie in linear memory.

use crate::{Errno, GuestMemory};

/// Size of one `iovec`: pointer and length.
const IOVEC_SIZE: u32 = 8;

/// Buffers looked at in one call. More are left for the next one, as short reads and writes are allowed to do.
const MAX_IOVECS: u32 = 1024;

/// Bytes moved in one call. A guest can name the same buffer many times, so the size of memory is no bound.
pub(super) const MAX_TRANSFER: u32 = 128 << 20;

/// Calls `step` with pointer and length of each buffer, and how many bytes were moved before, until it moves fewer bytes
/// than it was given.
///
/// Returns how many bytes were moved altogether. All buffers are checked before the first step. An error after some
/// bytes were moved ends the walk quietly: what was moved has happened, and the next call will see the error.
///
/// # Errors
///
/// [`Errno::Fault`] if the vector or a buffer is not inside of memory; what the first step answers.
pub(super) fn transfer(
    memory: &mut GuestMemory<'_>,
    iovs: u32,
    iovs_len: u32,
    mut step: impl FnMut(&mut GuestMemory<'_>, u32, u32, u32) -> Result<usize, Errno>,
) -> Result<u32, Errno> {
    memory.check_array(iovs, iovs_len, IOVEC_SIZE)?;
    let count = iovs_len.min(MAX_IOVECS);
    for index in 0..count {
        let (ptr, len) = iovec(memory, iovs, index)?;
        memory.slice(ptr, len)?;
    }
    let mut total = 0;
    for index in 0..count {
        let moved = iovec(memory, iovs, index).and_then(|(ptr, len)| {
            let wanted = len.min(MAX_TRANSFER - total);
            if wanted == 0 {
                return Ok((0, len == 0));
            }
            let moved = step(memory, ptr, wanted, total)?;
            // A port that claims more than it was given is not believed.
            let moved = u32::try_from(moved).unwrap_or(wanted).min(wanted);
            Ok((moved, moved == len))
        });
        match moved {
            Ok((moved, whole)) => {
                total += moved;
                if !whole {
                    break;
                }
            }
            Err(_) if total > 0 => break,
            Err(errno) => return Err(errno),
        }
    }
    Ok(total)
}

/// Pointer and length of buffer `index`.
fn iovec(memory: &GuestMemory<'_>, iovs: u32, index: u32) -> Result<(u32, u32), Errno> {
    let at = GuestMemory::element(iovs, index, IOVEC_SIZE)?;
    let [p0, p1, p2, p3, l0, l1, l2, l3] = memory.read(at)?;
    Ok((u32::from_le_bytes([p0, p1, p2, p3]), u32::from_le_bytes([l0, l1, l2, l3])))
}
