//! Calls on open files.
//!
//! The position is the descriptor's, never the port's: the port reads and writes where it is told to. Streams and sockets
//! have no position, directories no contents.

use super::CallResult;
use super::fd::{is_socket, sync_if_asked};
use super::iovec::transfer;
use crate::descriptor::{Descriptor, Object};
use crate::types::{fdflags, filetype, fstflags, rights};
use crate::{Errno, GuestMemory, Node, Port, SetTime, SetTimes, WasiCtx};

/// Moves the position by `offset` from the start (0), from where it is (1), or from the end (2).
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Notcapable`], [`Errno::Inval`] for a position before the start or an unknown `whence`,
/// [`Errno::Spipe`] for what has no position.
pub fn fd_seek<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    offset: i64,
    whence: u32,
    position: u32,
) -> CallResult {
    let (open, node) = seekable(ctx, fd)?;
    let asks_only = offset == 0 && whence == 1;
    if !(asks_only && open.require(rights::FD_TELL).is_ok()) {
        open.require(rights::FD_SEEK)?;
    }
    memory.slice(position, 8)?;
    let from = match whence {
        0 => 0,
        1 => open.position,
        2 => ctx.port.stat(node)?.size,
        _ => return Err(Errno::Inval),
    };
    let to = from.checked_add_signed(offset).filter(|to| i64::try_from(*to).is_ok()).ok_or(Errno::Inval)?;
    ctx.descriptors.get_mut(fd)?.position = to;
    memory.write_u64(position, to)
}

/// Tells the position.
///
/// # Errors
///
/// As [`fd_seek`].
pub fn fd_tell<P: Port>(ctx: &mut WasiCtx<P>, memory: &mut GuestMemory<'_>, fd: u32, position: u32) -> CallResult {
    let (open, _) = seekable(ctx, fd)?;
    if open.require(rights::FD_SEEK).is_err() {
        open.require(rights::FD_TELL)?;
    }
    memory.write_u64(position, open.position)
}

/// Reads at a position.
///
/// # Errors
///
/// As [`fd_seek`] and [`fd_read`](super::fd::fd_read).
pub fn fd_pread<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    iovs: u32,
    iovs_len: u32,
    offset: u64,
    nread: u32,
) -> CallResult {
    let (open, node) = seekable(ctx, fd)?;
    open.require(rights::FD_READ | rights::FD_SEEK)?;
    memory.slice(nread, 4)?;
    let port = &mut ctx.port;
    let total = transfer(memory, iovs, iovs_len, |memory, ptr, len, done| {
        let at = offset.checked_add(u64::from(done)).ok_or(Errno::Inval)?;
        port.read_at(node, at, memory.slice_mut(ptr, len)?)
    })?;
    memory.write_u32(nread, total)
}

/// Writes at a position, also to a file that is open to append.
///
/// # Errors
///
/// As [`fd_seek`] and [`fd_write`](super::fd::fd_write).
pub fn fd_pwrite<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    iovs: u32,
    iovs_len: u32,
    offset: u64,
    nwritten: u32,
) -> CallResult {
    let (open, node) = seekable(ctx, fd)?;
    open.require(rights::FD_WRITE | rights::FD_SEEK)?;
    memory.slice(nwritten, 4)?;
    let port = &mut ctx.port;
    let total = transfer(memory, iovs, iovs_len, |memory, ptr, len, done| {
        let at = offset.checked_add(u64::from(done)).ok_or(Errno::Inval)?;
        port.write_at(node, at, memory.slice(ptr, len)?)
    })?;
    sync_if_asked(ctx, &open)?;
    memory.write_u32(nwritten, total)
}

/// Tells how a file will be used. Nothing follows from it.
///
/// # Errors
///
/// As [`fd_seek`]; [`Errno::Inval`] for unknown advice.
pub fn fd_advise<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _offset: u64,
    _len: u64,
    advice: u32,
) -> CallResult {
    let (open, _) = node(ctx, fd, Errno::Spipe)?;
    if is_socket(&open) {
        return Err(Errno::Spipe);
    }
    open.require(rights::FD_ADVISE)?;
    if open.filetype == filetype::DIRECTORY {
        return Err(Errno::Badf);
    }
    if advice > 5 { Err(Errno::Inval) } else { Ok(()) }
}

/// Reserves space: the file has at least `offset + len` bytes then.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Notcapable`], [`Errno::Inval`] for no bytes at all; [`Errno::Notsup`] where the port cannot.
pub fn fd_allocate<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    offset: u64,
    len: u64,
) -> CallResult {
    let (open, node) = node(ctx, fd, Errno::Notsup)?;
    open.require(rights::FD_ALLOCATE)?;
    let end = offset.checked_add(len).ok_or(Errno::Fbig)?;
    if len == 0 || i64::try_from(end).is_err() {
        return Err(Errno::Inval);
    }
    ctx.port.allocate(node, offset, len)
}

/// Changes a file's size.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Notcapable`]; [`Errno::Inval`] for streams.
pub fn fd_filestat_set_size<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, fd: u32, size: u64) -> CallResult {
    let (open, node) = node(ctx, fd, Errno::Inval)?;
    open.require(rights::FD_FILESTAT_SET_SIZE)?;
    if i64::try_from(size).is_err() {
        return Err(Errno::Inval);
    }
    ctx.port.set_size(node, size)
}

/// Changes a file's times.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Notcapable`], [`Errno::Inval`] for flags that contradict each other; [`Errno::Notsup`] for
/// streams.
pub fn fd_filestat_set_times<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    accessed: u64,
    modified: u64,
    flags: u32,
) -> CallResult {
    let (open, node) = node(ctx, fd, Errno::Notsup)?;
    open.require(rights::FD_FILESTAT_SET_TIMES)?;
    ctx.port.set_times(node, times(accessed, modified, flags)?)
}

/// The times that `flags` ask for.
pub(super) fn times(accessed: u64, modified: u64, flags: u32) -> Result<SetTimes, Errno> {
    if flags & !fstflags::ALL != 0 {
        return Err(Errno::Inval);
    }
    let one = |to, now, time| match (flags & to != 0, flags & now != 0) {
        (true, true) => Err(Errno::Inval),
        (true, false) => Ok(SetTime::To(time)),
        (false, true) => Ok(SetTime::Now),
        (false, false) => Ok(SetTime::Keep),
    };
    Ok(SetTimes {
        accessed: one(fstflags::ATIM, fstflags::ATIM_NOW, accessed)?,
        modified: one(fstflags::MTIM, fstflags::MTIM_NOW, modified)?,
    })
}

/// The descriptor and its node; a stream answers `otherwise`.
fn node<P: Port>(ctx: &WasiCtx<P>, fd: u32, otherwise: Errno) -> Result<(Descriptor, Node), Errno> {
    let open = *ctx.descriptors.get(fd)?;
    match open.object {
        Object::Node(node) => Ok((open, node)),
        Object::Stream(_) => Err(otherwise),
    }
}

/// As [`node`], for calls that need a position.
fn seekable<P: Port>(ctx: &WasiCtx<P>, fd: u32) -> Result<(Descriptor, Node), Errno> {
    let (open, node) = node(ctx, fd, Errno::Spipe)?;
    match open.filetype {
        filetype::SOCKET_STREAM | filetype::SOCKET_DGRAM | filetype::CHARACTER_DEVICE => Err(Errno::Spipe),
        filetype::DIRECTORY => Err(Errno::Notcapable),
        _ => Ok((open, node)),
    }
}

/// The flags that a descriptor of a file can be opened with.
pub(super) fn open_flags(flags: u32) -> Result<u16, Errno> {
    u16::try_from(flags).ok().filter(|flags| flags & !fdflags::ALL == 0).ok_or(Errno::Inval)
}
