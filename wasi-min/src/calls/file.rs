//! Calls on descriptors of files and directories.
//!
//! Every descriptor is a stream so far, and answers as a stream does: it has no position, no size and no entries.

use super::CallResult;
use crate::{Errno, GuestMemory, Port, WasiCtx};

/// Moves the position.
///
/// # Errors
///
/// [`Errno::Badf`]; [`Errno::Spipe`] for streams.
pub fn fd_seek<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _offset: i64,
    _whence: u32,
    _position: u32,
) -> CallResult {
    stream(ctx, fd, Errno::Spipe)
}

/// Tells the position.
///
/// # Errors
///
/// As [`fd_seek`].
pub fn fd_tell<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, fd: u32, _position: u32) -> CallResult {
    stream(ctx, fd, Errno::Spipe)
}

/// Reads at a position.
///
/// # Errors
///
/// As [`fd_seek`].
pub fn fd_pread<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _iovs: u32,
    _iovs_len: u32,
    _offset: u64,
    _nread: u32,
) -> CallResult {
    stream(ctx, fd, Errno::Spipe)
}

/// Writes at a position.
///
/// # Errors
///
/// As [`fd_seek`].
pub fn fd_pwrite<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _iovs: u32,
    _iovs_len: u32,
    _offset: u64,
    _nwritten: u32,
) -> CallResult {
    stream(ctx, fd, Errno::Spipe)
}

/// Tells how a file will be used.
///
/// # Errors
///
/// As [`fd_seek`].
pub fn fd_advise<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _offset: u64,
    _len: u64,
    _advice: u32,
) -> CallResult {
    stream(ctx, fd, Errno::Spipe)
}

/// Reserves space.
///
/// # Errors
///
/// [`Errno::Badf`]; [`Errno::Notsup`] for streams.
pub fn fd_allocate<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _offset: u64,
    _len: u64,
) -> CallResult {
    stream(ctx, fd, Errno::Notsup)
}

/// Changes a file's size.
///
/// # Errors
///
/// [`Errno::Badf`]; [`Errno::Inval`] for streams.
pub fn fd_filestat_set_size<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, fd: u32, _size: u64) -> CallResult {
    stream(ctx, fd, Errno::Inval)
}

/// Changes a file's times.
///
/// # Errors
///
/// [`Errno::Badf`]; [`Errno::Notsup`] for streams.
pub fn fd_filestat_set_times<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _accessed: u64,
    _modified: u64,
    _flags: u32,
) -> CallResult {
    stream(ctx, fd, Errno::Notsup)
}

/// Reads a directory's entries.
///
/// # Errors
///
/// [`Errno::Badf`]; [`Errno::Notdir`] for streams.
pub fn fd_readdir<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _buf: u32,
    _buf_len: u32,
    _cookie: u64,
    _used: u32,
) -> CallResult {
    stream(ctx, fd, Errno::Notdir)
}

/// Tells whether a descriptor is a directory the guest was started with. Guests count up from 3 until `badf`.
///
/// # Errors
///
/// [`Errno::Badf`]: no descriptor is.
pub fn fd_prestat_get<P: Port>(_: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, _fd: u32, _prestat: u32) -> CallResult {
    Err(Errno::Badf)
}

/// Tells the name of a directory the guest was started with.
///
/// # Errors
///
/// As [`fd_prestat_get`]; [`Errno::Notdir`] for streams.
pub fn fd_prestat_dir_name<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _path: u32,
    _path_len: u32,
) -> CallResult {
    stream(ctx, fd, Errno::Notdir)
}

/// Answers for a stream: `badf` if `fd` is not open, else `answer`.
fn stream<P: Port>(ctx: &WasiCtx<P>, fd: u32, answer: Errno) -> CallResult {
    ctx.descriptors.get(fd)?;
    Err(answer)
}
