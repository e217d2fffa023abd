//! Calls on descriptors that work on standard input, output and error.

use super::CallResult;
use super::iovec::transfer;
use crate::descriptor::Descriptor;
use crate::types::{Fdstat, filetype, rights};
use crate::{Errno, GuestMemory, Port, Stream, WasiCtx};

/// Reads into the buffers at `iovs`, and writes how many bytes came to `nread`.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Notcapable`] without the right to read, [`Errno::Fault`] outside of memory, or what the
/// port answers.
pub fn fd_read<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    iovs: u32,
    iovs_len: u32,
    nread: u32,
) -> CallResult {
    let open = ctx.descriptors.get(fd)?;
    open.require(rights::FD_READ)?;
    match open.stream {
        Stream::Stdin => {}
        Stream::Stdout | Stream::Stderr => return Err(Errno::Badf),
    }
    memory.slice(nread, 4)?;
    let port = &mut ctx.port;
    let total = transfer(memory, iovs, iovs_len, |memory, ptr, len| port.read(memory.slice_mut(ptr, len)?))?;
    memory.write_u32(nread, total)
}

/// Writes the buffers at `iovs`, and how many bytes went to `nwritten`.
///
/// # Errors
///
/// As [`fd_read`], with the right to write.
pub fn fd_write<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    iovs: u32,
    iovs_len: u32,
    nwritten: u32,
) -> CallResult {
    let open = ctx.descriptors.get(fd)?;
    open.require(rights::FD_WRITE)?;
    let stream = open.stream;
    memory.slice(nwritten, 4)?;
    let port = &mut ctx.port;
    let total = transfer(memory, iovs, iovs_len, |memory, ptr, len| port.write(stream, memory.slice(ptr, len)?))?;
    port.flush(stream)?;
    memory.write_u32(nwritten, total)
}

/// Closes a descriptor.
///
/// # Errors
///
/// [`Errno::Badf`] if it is not open.
pub fn fd_close<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, fd: u32) -> CallResult {
    ctx.descriptors.close(fd)
}

/// Gives the descriptor `from` the number `to`, closing what was open there.
///
/// # Errors
///
/// [`Errno::Badf`] if `from` is not open.
pub fn fd_renumber<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, from: u32, to: u32) -> CallResult {
    ctx.descriptors.renumber(from, to)
}

/// Writes a descriptor's type, flags and rights to `stat`.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Fault`].
pub fn fd_fdstat_get<P: Port>(ctx: &mut WasiCtx<P>, memory: &mut GuestMemory<'_>, fd: u32, stat: u32) -> CallResult {
    let open = *ctx.descriptors.get(fd)?;
    let fdstat = Fdstat {
        filetype: stream_type(&ctx.port, open.stream),
        flags: open.flags,
        rights_base: open.rights_base,
        rights_inheriting: open.rights_inheriting,
    };
    memory.write(stat, &fdstat.to_bytes())
}

/// Replaces a descriptor's flags.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Notcapable`], [`Errno::Inval`] for unknown flags, [`Errno::Notsup`] for flags a stream
/// cannot have.
pub fn fd_fdstat_set_flags<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, fd: u32, flags: u32) -> CallResult {
    let open = ctx.descriptors.get_mut(fd)?;
    open.require(rights::FD_FDSTAT_SET_FLAGS)?;
    open.set_flags(flags)
}

/// Drops all rights of a descriptor but those given.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Notcapable`] if a right is asked for that the descriptor does not have.
pub fn fd_fdstat_set_rights<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    base: u64,
    inheriting: u64,
) -> CallResult {
    ctx.descriptors.get_mut(fd)?.restrict(base, inheriting)
}

/// Writes what is known of a descriptor's file to `stat`.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Notcapable`], [`Errno::Fault`].
pub fn fd_filestat_get<P: Port>(ctx: &mut WasiCtx<P>, memory: &mut GuestMemory<'_>, fd: u32, stat: u32) -> CallResult {
    let open = ctx.descriptors.get(fd)?;
    open.require(rights::FD_FILESTAT_GET)?;
    let filestat = Descriptor::filestat(stream_type(&ctx.port, open.stream));
    memory.write(stat, &filestat.to_bytes())
}

/// Everything written is out when the call returns; streams are always so.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Notcapable`], or what the port answers.
pub fn fd_datasync<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, fd: u32) -> CallResult {
    flush(ctx, fd, rights::FD_DATASYNC)
}

/// As [`fd_datasync`], with the file's metadata.
///
/// # Errors
///
/// As [`fd_datasync`].
pub fn fd_sync<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, fd: u32) -> CallResult {
    flush(ctx, fd, rights::FD_SYNC)
}

fn flush<P: Port>(ctx: &mut WasiCtx<P>, fd: u32, right: u64) -> CallResult {
    let open = ctx.descriptors.get(fd)?;
    open.require(right)?;
    match open.stream {
        Stream::Stdin => Ok(()),
        stream @ (Stream::Stdout | Stream::Stderr) => ctx.port.flush(stream),
    }
}

fn stream_type<P: Port>(port: &P, stream: Stream) -> u8 {
    if port.is_terminal(stream) { filetype::CHARACTER_DEVICE } else { filetype::UNKNOWN }
}
