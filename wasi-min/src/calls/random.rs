//! Random bytes.

use super::CallResult;
use super::iovec::MAX_TRANSFER;
use crate::{Errno, GuestMemory, Port, WasiCtx};

/// Fills `buf_len` bytes at `buf` with random bytes, straight in linear memory.
///
/// # Errors
///
/// [`Errno::Fault`] outside of memory, [`Errno::Inval`] for more than 128 MiB at once, or what the port's source answers.
pub fn random_get<P: Port>(ctx: &mut WasiCtx<P>, memory: &mut GuestMemory<'_>, buf: u32, buf_len: u32) -> CallResult {
    let buffer = memory.slice_mut(buf, buf_len)?;
    if buf_len > MAX_TRANSFER {
        return Err(Errno::Inval);
    }
    ctx.port.fill(buffer)
}
