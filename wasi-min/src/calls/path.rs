//! Calls that take a path below a directory.
//!
//! No directory is ever open so far: an open descriptor answers `notdir`, any other number `badf`.

#![allow(clippy::too_many_arguments, reason = "the specification's own parameter lists")]

use super::CallResult;
use crate::{Errno, GuestMemory, Port, WasiCtx};

/// Makes a directory.
///
/// # Errors
///
/// [`Errno::Badf`]; [`Errno::Notdir`] for what is open and no directory.
pub fn path_create_directory<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _path: u32,
    _path_len: u32,
) -> CallResult {
    directory(ctx, fd)
}

/// Writes what is known of a file to `stat`.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_filestat_get<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _flags: u32,
    _path: u32,
    _path_len: u32,
    _stat: u32,
) -> CallResult {
    directory(ctx, fd)
}

/// Changes a file's times.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_filestat_set_times<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _flags: u32,
    _path: u32,
    _path_len: u32,
    _accessed: u64,
    _modified: u64,
    _fst_flags: u32,
) -> CallResult {
    directory(ctx, fd)
}

/// Makes a hard link.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_link<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    old_fd: u32,
    _old_flags: u32,
    _old_path: u32,
    _old_path_len: u32,
    new_fd: u32,
    _new_path: u32,
    _new_path_len: u32,
) -> CallResult {
    directory(ctx, old_fd)?;
    directory(ctx, new_fd)
}

/// Opens a file or directory.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_open<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _dirflags: u32,
    _path: u32,
    _path_len: u32,
    _oflags: u32,
    _base: u64,
    _inheriting: u64,
    _fdflags: u32,
    _opened: u32,
) -> CallResult {
    directory(ctx, fd)
}

/// Reads a symbolic link.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_readlink<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _path: u32,
    _path_len: u32,
    _buf: u32,
    _buf_len: u32,
    _used: u32,
) -> CallResult {
    directory(ctx, fd)
}

/// Removes an empty directory.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_remove_directory<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _path: u32,
    _path_len: u32,
) -> CallResult {
    directory(ctx, fd)
}

/// Renames.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_rename<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    old_fd: u32,
    _old_path: u32,
    _old_path_len: u32,
    new_fd: u32,
    _new_path: u32,
    _new_path_len: u32,
) -> CallResult {
    directory(ctx, old_fd)?;
    directory(ctx, new_fd)
}

/// Makes a symbolic link.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_symlink<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    _old_path: u32,
    _old_path_len: u32,
    fd: u32,
    _new_path: u32,
    _new_path_len: u32,
) -> CallResult {
    directory(ctx, fd)
}

/// Removes a file.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_unlink_file<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _path: u32,
    _path_len: u32,
) -> CallResult {
    directory(ctx, fd)
}

/// Looks up the directory a path starts from.
fn directory<P: Port>(ctx: &WasiCtx<P>, fd: u32) -> CallResult {
    ctx.descriptors.get(fd)?;
    Err(Errno::Notdir)
}
