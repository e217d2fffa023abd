//! Calls that work on every kind of descriptor.

use super::CallResult;
use super::iovec::transfer;
use crate::descriptor::{Descriptor, Object};
use crate::types::{Fdstat, Filestat, fdflags, filetype, rights};
use crate::{Errno, GuestMemory, Interest, Port, Readiness, Stream, WasiCtx};

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
    let open = *ctx.descriptors.get(fd)?;
    open.require(rights::FD_READ)?;
    memory.slice(nread, 4)?;
    let port = &mut ctx.port;
    let total = match open.object {
        Object::Stream(Stream::Stdin) => {
            if open.flags & fdflags::NONBLOCK != 0 && port.stream_ready(Stream::Stdin)? == Readiness::Waits {
                return Err(Errno::Again);
            }
            transfer(memory, iovs, iovs_len, |memory, ptr, len, _| port.read(memory.slice_mut(ptr, len)?))?
        }
        Object::Stream(Stream::Stdout | Stream::Stderr) => return Err(Errno::Badf),
        Object::Node(node) if is_socket(&open) => {
            transfer(memory, iovs, iovs_len, |memory, ptr, len, done| {
                // A second read would wait for what has not been sent yet.
                if done > 0 && port.ready(node, Interest::Read)? == Readiness::Waits {
                    return Ok(0);
                }
                port.receive(node, memory.slice_mut(ptr, len)?, false)
            })?
        }
        Object::Node(node) => {
            let total = transfer(memory, iovs, iovs_len, |memory, ptr, len, done| {
                let at = open.position.checked_add(u64::from(done)).ok_or(Errno::Overflow)?;
                port.read_at(node, at, memory.slice_mut(ptr, len)?)
            })?;
            ctx.descriptors.get_mut(fd)?.position += u64::from(total);
            total
        }
    };
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
    let open = *ctx.descriptors.get(fd)?;
    open.require(rights::FD_WRITE)?;
    memory.slice(nwritten, 4)?;
    let port = &mut ctx.port;
    let total = match open.object {
        Object::Stream(stream) => {
            let total =
                transfer(memory, iovs, iovs_len, |memory, ptr, len, _| port.write(stream, memory.slice(ptr, len)?))?;
            port.flush(stream)?;
            total
        }
        Object::Node(node) if is_socket(&open) => {
            transfer(memory, iovs, iovs_len, |memory, ptr, len, _| port.send(node, memory.slice(ptr, len)?))?
        }
        Object::Node(node) => {
            let append = open.flags & fdflags::APPEND != 0;
            let total = transfer(memory, iovs, iovs_len, |memory, ptr, len, done| {
                let bytes = memory.slice(ptr, len)?;
                if append {
                    return port.append(node, bytes);
                }
                port.write_at(node, open.position.checked_add(u64::from(done)).ok_or(Errno::Overflow)?, bytes)
            })?;
            let position = if append { port.stat(node)?.size } else { open.position + u64::from(total) };
            ctx.descriptors.get_mut(fd)?.position = position;
            sync_if_asked(ctx, &open)?;
            total
        }
    };
    memory.write_u32(nwritten, total)
}

/// After a write: `SYNC` and `DSYNC` promise that it is on the device.
pub(super) fn sync_if_asked<P: Port>(ctx: &mut WasiCtx<P>, open: &Descriptor) -> CallResult {
    match open.object {
        Object::Node(node) if open.flags & (fdflags::SYNC | fdflags::DSYNC) != 0 => {
            ctx.port.sync(node, open.flags & fdflags::SYNC != 0)
        }
        Object::Node(_) | Object::Stream(_) => Ok(()),
    }
}

/// Closes a descriptor.
///
/// # Errors
///
/// [`Errno::Badf`] if it is not open.
pub fn fd_close<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, fd: u32) -> CallResult {
    let closed = ctx.descriptors.close(fd)?;
    release(ctx, closed);
    Ok(())
}

/// Gives the descriptor `from` the number `to`, closing what was open there.
///
/// # Errors
///
/// [`Errno::Badf`] if one of them is not open.
pub fn fd_renumber<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, from: u32, to: u32) -> CallResult {
    if let Some(closed) = ctx.descriptors.renumber(from, to)? {
        release(ctx, closed);
    }
    Ok(())
}

/// Tells the port that nothing stands for `object` any more.
fn release<P: Port>(ctx: &mut WasiCtx<P>, object: Object) {
    match object {
        Object::Node(node) => ctx.port.close(node),
        Object::Stream(_) => {}
    }
}

/// Writes a descriptor's type, flags and rights to `stat`.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Fault`].
pub fn fd_fdstat_get<P: Port>(ctx: &mut WasiCtx<P>, memory: &mut GuestMemory<'_>, fd: u32, stat: u32) -> CallResult {
    let open = *ctx.descriptors.get(fd)?;
    let fdstat = Fdstat {
        filetype: type_of(&ctx.port, &open),
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
    open.set_flags(flags)?;
    match open.object {
        Object::Node(node) => ctx.port.set_nonblocking(node, open.flags & fdflags::NONBLOCK != 0),
        Object::Stream(_) => Ok(()),
    }
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
/// [`Errno::Badf`], [`Errno::Notcapable`], [`Errno::Fault`], or what the port answers.
pub fn fd_filestat_get<P: Port>(ctx: &mut WasiCtx<P>, memory: &mut GuestMemory<'_>, fd: u32, stat: u32) -> CallResult {
    let open = *ctx.descriptors.get(fd)?;
    open.require(rights::FD_FILESTAT_GET)?;
    let filestat = match open.object {
        Object::Node(node) if !is_socket(&open) => ctx.port.stat(node)?,
        Object::Node(_) | Object::Stream(_) => Filestat { filetype: type_of(&ctx.port, &open), ..Filestat::default() },
    };
    memory.write(stat, &filestat.to_bytes())
}

/// What was written is on the device when the call returns; streams are flushed.
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
    match open.object {
        Object::Stream(Stream::Stdin) => Ok(()),
        Object::Stream(stream @ (Stream::Stdout | Stream::Stderr)) => ctx.port.flush(stream),
        Object::Node(node) => ctx.port.sync(node, right == rights::FD_SYNC),
    }
}

/// Whether the descriptor is a socket.
pub(super) fn is_socket(open: &Descriptor) -> bool {
    matches!(open.filetype, filetype::SOCKET_STREAM | filetype::SOCKET_DGRAM)
}

/// The type that the guest sees.
fn type_of<P: Port>(port: &P, open: &Descriptor) -> u8 {
    match open.object {
        Object::Stream(stream) if port.is_terminal(stream) => filetype::CHARACTER_DEVICE,
        Object::Stream(_) | Object::Node(_) => open.filetype,
    }
}
