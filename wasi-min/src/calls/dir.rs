//! Calls on open directories.

use super::CallResult;
use crate::descriptor::Object;
use crate::types::{filetype, rights};
use crate::{Entry, Errno, GuestMemory, Port, WasiCtx};

/// Size of a `dirent` in linear memory, the name behind it not counted.
const DIRENT_SIZE: usize = 24;

/// Reads a directory's entries from `cookie` on, as many as fit; the last one may be cut. Writes how many bytes came to
/// `used`; less than `buf_len` means that there are no more entries.
///
/// # Errors
///
/// [`Errno::Badf`], [`Errno::Notcapable`], [`Errno::Notdir`], [`Errno::Fault`], or what the port answers.
pub fn fd_readdir<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    buf: u32,
    buf_len: u32,
    cookie: u64,
    used: u32,
) -> CallResult {
    let open = *ctx.descriptors.get(fd)?;
    let (Object::Node(node), filetype::DIRECTORY) = (open.object, open.filetype) else {
        return Err(Errno::Notdir);
    };
    open.require(rights::FD_READDIR)?;
    memory.slice(used, 4)?;
    let mut rest = memory.slice_mut(buf, buf_len)?;
    let room = rest.len();
    ctx.port.read_dir(node, cookie, &mut |entry| {
        let header = dirent(&entry);
        put(&mut rest, &header) && put(&mut rest, entry.name)
    })?;
    let left = rest.len();
    memory.write_size(used, room - left)
}

/// The bytes of a `dirent`, without the name.
fn dirent(entry: &Entry<'_>) -> [u8; DIRENT_SIZE] {
    let mut bytes = [0; DIRENT_SIZE];
    // Names of hosts end far below 2^32.
    let len = u32::try_from(entry.name.len()).unwrap_or(u32::MAX);
    bytes[0..8].copy_from_slice(&entry.next.to_le_bytes());
    bytes[8..16].copy_from_slice(&entry.inode.to_le_bytes());
    bytes[16..20].copy_from_slice(&len.to_le_bytes());
    bytes[20] = entry.filetype;
    bytes
}

/// Moves as many bytes to `rest` as there is room for; tells whether there is room for more.
fn put(rest: &mut &mut [u8], bytes: &[u8]) -> bool {
    let len = bytes.len().min(rest.len());
    let (now, later) = core::mem::take(rest).split_at_mut(len);
    now.copy_from_slice(&bytes[..len]);
    *rest = later;
    !rest.is_empty()
}

/// Tells whether a descriptor is a directory the guest was started with. Guests count up from 3 until `badf`.
///
/// # Errors
///
/// [`Errno::Badf`] if it is not.
pub fn fd_prestat_get<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    prestat: u32,
) -> CallResult {
    let len = name(ctx, fd)?.len();
    memory.write_u32(prestat, 0)?;
    memory.write_size(prestat.checked_add(4).ok_or(Errno::Fault)?, len)
}

/// Tells the name of a directory the guest was started with.
///
/// # Errors
///
/// As [`fd_prestat_get`]; [`Errno::Nametoolong`] if it does not fit.
pub fn fd_prestat_dir_name<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    path: u32,
    path_len: u32,
) -> CallResult {
    let name = name(ctx, fd)?;
    let room = usize::try_from(path_len).map_err(|_| Errno::Fault)?;
    if name.len() > room {
        return Err(Errno::Nametoolong);
    }
    memory.write(path, name.as_bytes())
}

/// The name of a preopened directory.
fn name<P: Port>(ctx: &WasiCtx<P>, fd: u32) -> Result<&str, Errno> {
    let index = ctx.descriptors.get(fd)?.preopen.ok_or(Errno::Badf)?;
    ctx.port.preopen(index).and_then(|preopen| preopen.name).ok_or(Errno::Badf)
}
