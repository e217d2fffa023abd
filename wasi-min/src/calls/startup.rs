//! Arguments and environment.

use super::CallResult;
use crate::{Errno, GuestMemory, Port, StringBlock, WasiCtx};

/// Writes the arguments to `argv_buf`, and where each begins to the array `argv`.
///
/// # Errors
///
/// [`Errno::Fault`] outside of memory.
pub fn args_get<P: Port>(ctx: &mut WasiCtx<P>, memory: &mut GuestMemory<'_>, argv: u32, argv_buf: u32) -> CallResult {
    write_strings(ctx.port.args(), memory, argv, argv_buf)
}

/// Writes the number of arguments to `argc`, and the bytes they take to `argv_buf_size`.
///
/// # Errors
///
/// [`Errno::Fault`] outside of memory.
pub fn args_sizes_get<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    argc: u32,
    argv_buf_size: u32,
) -> CallResult {
    write_sizes(ctx.port.args(), memory, argc, argv_buf_size)
}

/// Writes the environment to `environ_buf`, and where each variable begins to the array `environ`.
///
/// # Errors
///
/// [`Errno::Fault`] outside of memory.
pub fn environ_get<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    environ: u32,
    environ_buf: u32,
) -> CallResult {
    write_strings(ctx.port.environ(), memory, environ, environ_buf)
}

/// Writes the number of variables to `environc`, and the bytes they take to `environ_buf_size`.
///
/// # Errors
///
/// [`Errno::Fault`] outside of memory.
pub fn environ_sizes_get<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    environc: u32,
    environ_buf_size: u32,
) -> CallResult {
    write_sizes(ctx.port.environ(), memory, environc, environ_buf_size)
}

fn write_sizes(strings: StringBlock<'_>, memory: &mut GuestMemory<'_>, count: u32, size: u32) -> CallResult {
    memory.write_size(count, strings.count())?;
    memory.write_size(size, strings.as_bytes().len())
}

fn write_strings(strings: StringBlock<'_>, memory: &mut GuestMemory<'_>, pointers: u32, buffer: u32) -> CallResult {
    memory.write(buffer, strings.as_bytes())?;
    let mut slot = pointers;
    let mut start = buffer;
    for string in strings.iter() {
        memory.write_u32(slot, start)?;
        let len = u32::try_from(string.len()).map_err(|_| Errno::Overflow)?;
        // The string and its NUL lie in memory, so only their very end can be 2^32; then no other string follows.
        start = start.wrapping_add(len).wrapping_add(1);
        slot = slot.checked_add(4).ok_or(Errno::Fault)?;
    }
    Ok(())
}
