//! Calls that take a path below a directory.
//!
//! Here are the rights, the shape of paths, and what may cross from one directory to another. That no path leads out of
//! its directory is the port's duty: only the port knows its links.

#![allow(clippy::too_many_arguments, reason = "the specification's own parameter lists")]

use super::CallResult;
use super::file::{open_flags, times};
use crate::descriptor::{Descriptor, Object};
use crate::types::{fdflags, filetype, lookupflags, oflags, rights};
use crate::{Errno, GuestMemory, Node, Open, Port, WasiCtx};

/// Rights that need the contents or size of a file to be writable.
const WRITES: u64 = rights::FD_WRITE | rights::FD_ALLOCATE | rights::FD_FILESTAT_SET_SIZE;

/// Makes a directory.
///
/// # Errors
///
/// [`Errno::Badf`]; [`Errno::Notdir`] for what is open and no directory; [`Errno::Notcapable`] without the right, or for
/// a path that leads out of the directory; what [`GuestMemory::relative_path`] and the port answer.
pub fn path_create_directory<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    path: u32,
    path_len: u32,
) -> CallResult {
    let dir = directory(ctx, fd, rights::PATH_CREATE_DIRECTORY)?;
    ctx.port.create_directory(dir, memory.relative_path(path, path_len)?)
}

/// Writes what is known of a file to `stat`.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_filestat_get<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    flags: u32,
    path: u32,
    path_len: u32,
    stat: u32,
) -> CallResult {
    let dir = directory(ctx, fd, rights::PATH_FILESTAT_GET)?;
    let follow = follows(flags)?;
    let filestat = ctx.port.stat_at(dir, memory.relative_path(path, path_len)?, follow)?;
    memory.write(stat, &filestat.to_bytes())
}

/// Changes a file's times.
///
/// # Errors
///
/// As [`path_create_directory`]; [`Errno::Inval`] for flags that contradict each other.
pub fn path_filestat_set_times<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    flags: u32,
    path: u32,
    path_len: u32,
    accessed: u64,
    modified: u64,
    fst_flags: u32,
) -> CallResult {
    let dir = directory(ctx, fd, rights::PATH_FILESTAT_SET_TIMES)?;
    let follow = follows(flags)?;
    let times = times(accessed, modified, fst_flags)?;
    ctx.port.set_times_at(dir, memory.relative_path(path, path_len)?, follow, times)
}

/// Makes a hard link. Links at the end of the old path are never followed.
///
/// # Errors
///
/// As [`path_create_directory`]; [`Errno::Inval`] if a link is to be followed; [`Errno::Xdev`] if more could be done with
/// the file below the new directory than below the old one.
pub fn path_link<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    old_fd: u32,
    old_flags: u32,
    old_path: u32,
    old_path_len: u32,
    new_fd: u32,
    new_path: u32,
    new_path_len: u32,
) -> CallResult {
    let from = directory(ctx, old_fd, rights::PATH_LINK_SOURCE)?;
    let to = directory(ctx, new_fd, rights::PATH_LINK_TARGET)?;
    if follows(old_flags)? {
        return Err(Errno::Inval);
    }
    check_crossing(ctx, old_fd, new_fd)?;
    let old = memory.relative_path(old_path, old_path_len)?;
    ctx.port.link(from, old, to, memory.relative_path(new_path, new_path_len)?)
}

/// Opens a file or directory, and writes its descriptor to `opened`.
///
/// It gets those of the rights asked for that the directory hands on and that fit its type.
///
/// # Errors
///
/// As [`path_create_directory`]; [`Errno::Notcapable`] also to read or write what the directory does not hand on;
/// [`Errno::Isdir`] for a directory to be written.
pub fn path_open<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    dirflags: u32,
    path: u32,
    path_len: u32,
    oflags: u32,
    base: u64,
    inheriting: u64,
    fdflags: u32,
    opened: u32,
) -> CallResult {
    let dir = directory(ctx, fd, needed_to_open(oflags)?)?;
    let granted = ctx.descriptors.get(fd)?.rights_inheriting;
    if oflags & oflags::DIRECTORY == 0 && base & !granted & (rights::FD_READ | rights::FD_WRITE) != 0 {
        return Err(Errno::Notcapable);
    }
    let flags = open_flags(fdflags)?;
    // C libraries ask for no more than the directory hands on; without this, only the first write would tell.
    if flags & fdflags::APPEND != 0 && granted & rights::FD_WRITE == 0 {
        return Err(Errno::Notcapable);
    }
    let (base, inheriting) = (base & granted, inheriting & granted);
    let how = Open {
        read: base & rights::FD_READ != 0,
        write: base & WRITES != 0 && oflags & oflags::DIRECTORY == 0,
        create: oflags & oflags::CREAT != 0,
        exclusive: oflags & oflags::EXCL != 0,
        truncate: oflags & oflags::TRUNC != 0,
        directory: oflags & oflags::DIRECTORY != 0,
        follow: follows(dirflags)?,
    };
    memory.slice(opened, 4)?;
    let path = memory.relative_path(path, path_len)?;
    ctx.descriptors.check_room()?;
    let found = ctx.port.open(dir, path, how)?;
    if found.filetype == filetype::DIRECTORY && base & rights::FD_WRITE != 0 {
        ctx.port.close(found.node);
        return Err(Errno::Isdir);
    }
    let mut open = Descriptor::node(found, base, inheriting);
    if found.filetype != filetype::DIRECTORY {
        open.flags = flags;
    }
    if flags & fdflags::NONBLOCK != 0
        && let Err(errno) = ctx.port.set_nonblocking(found.node, true)
    {
        ctx.port.close(found.node);
        return Err(errno);
    }
    let fd = ctx.descriptors.insert(open)?;
    memory.write_u32(opened, fd)
}

/// The rights that a directory must have for something to be opened in it.
fn needed_to_open(oflags: u32) -> Result<u64, Errno> {
    if oflags & !oflags::ALL != 0 {
        return Err(Errno::Inval);
    }
    let mut needed = rights::PATH_OPEN;
    if oflags & oflags::CREAT != 0 {
        needed |= rights::PATH_CREATE_FILE;
    }
    if oflags & oflags::TRUNC != 0 {
        needed |= rights::PATH_FILESTAT_SET_SIZE;
    }
    if oflags & oflags::DIRECTORY != 0 && oflags & (oflags::CREAT | oflags::TRUNC | oflags::EXCL) != 0 {
        return Err(Errno::Inval);
    }
    Ok(needed)
}

/// Reads a symbolic link to `buf`, cut to `buf_len`, and writes how many bytes that were to `used`.
///
/// # Errors
///
/// As [`path_create_directory`]; [`Errno::Inval`] for what is no link.
pub fn path_readlink<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    path: u32,
    path_len: u32,
    buf: u32,
    buf_len: u32,
    used: u32,
) -> CallResult {
    let dir = directory(ctx, fd, rights::PATH_READLINK)?;
    memory.slice(used, 4)?;
    memory.slice(buf, buf_len)?;
    read_link(ctx, memory, dir, (path, path_len), (buf, buf_len), used)
}

/// Longest target of a link. A call's stack has to hold it, so boards without a heap get less.
const MAX_TARGET: usize = if cfg!(feature = "alloc") { 4096 } else { 256 };

/// [`path_readlink`], once there is a directory: apart, so that others do not pay for the room on the stack.
#[inline(never)]
fn read_link<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    dir: Node,
    (path, path_len): (u32, u32),
    (buf, buf_len): (u32, u32),
    used: u32,
) -> CallResult {
    let path = memory.relative_path(path, path_len)?;
    // Path and buffer lie in the same memory, and may overlap.
    let mut target = [0; MAX_TARGET];
    let room = usize::try_from(buf_len).map_err(|_| Errno::Fault)?.min(target.len());
    let len = ctx.port.read_link(dir, path, &mut target[..room])?.min(room);
    memory.write(buf, &target[..len])?;
    memory.write_size(used, len)
}

/// Removes an empty directory.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_remove_directory<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    path: u32,
    path_len: u32,
) -> CallResult {
    let dir = directory(ctx, fd, rights::PATH_REMOVE_DIRECTORY)?;
    ctx.port.remove_directory(dir, memory.relative_path(path, path_len)?)
}

/// Renames.
///
/// # Errors
///
/// As [`path_create_directory`]; [`Errno::Xdev`] if more could be done with the file below the new directory than below
/// the old one.
pub fn path_rename<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    old_fd: u32,
    old_path: u32,
    old_path_len: u32,
    new_fd: u32,
    new_path: u32,
    new_path_len: u32,
) -> CallResult {
    let from = directory(ctx, old_fd, rights::PATH_RENAME_SOURCE)?;
    let to = directory(ctx, new_fd, rights::PATH_RENAME_TARGET)?;
    check_crossing(ctx, old_fd, new_fd)?;
    let old = memory.relative_path(old_path, old_path_len)?;
    ctx.port.rename(from, old, to, memory.relative_path(new_path, new_path_len)?)
}

/// Makes a symbolic link. An absolute target is refused: it would mean something else to other programs than to guests.
///
/// # Errors
///
/// As [`path_create_directory`].
pub fn path_symlink<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    old_path: u32,
    old_path_len: u32,
    fd: u32,
    new_path: u32,
    new_path_len: u32,
) -> CallResult {
    let dir = directory(ctx, fd, rights::PATH_SYMLINK)?;
    let target = memory.relative_path(old_path, old_path_len)?;
    ctx.port.symlink(target, dir, memory.relative_path(new_path, new_path_len)?)
}

/// Removes a file.
///
/// # Errors
///
/// As [`path_create_directory`]; [`Errno::Isdir`] for a directory.
pub fn path_unlink_file<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    path: u32,
    path_len: u32,
) -> CallResult {
    let dir = directory(ctx, fd, rights::PATH_UNLINK_FILE)?;
    ctx.port.unlink_file(dir, memory.relative_path(path, path_len)?)
}

/// Looks up the directory a path starts from, and checks its rights.
fn directory<P: Port>(ctx: &WasiCtx<P>, fd: u32, needed: u64) -> Result<Node, Errno> {
    let open = ctx.descriptors.get(fd)?;
    match open.object {
        Object::Node(node) if open.filetype == filetype::DIRECTORY => open.require(needed).map(|()| node),
        Object::Node(_) | Object::Stream(_) => Err(Errno::Notdir),
    }
}

/// A file must not gain rights by a new name: what can be had below `new_fd` must be had below `old_fd` already.
fn check_crossing<P: Port>(ctx: &WasiCtx<P>, old_fd: u32, new_fd: u32) -> CallResult {
    let (old, new) = (ctx.descriptors.get(old_fd)?, ctx.descriptors.get(new_fd)?);
    if new.rights_inheriting & !old.rights_inheriting == 0 { Ok(()) } else { Err(Errno::Xdev) }
}

/// Whether a link at the end of a path is to be followed.
fn follows(flags: u32) -> Result<bool, Errno> {
    match flags {
        0 => Ok(false),
        lookupflags::SYMLINK_FOLLOW => Ok(true),
        _ => Err(Errno::Inval),
    }
}
