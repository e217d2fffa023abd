//! Sockets: those that are open when the guest starts, and the connections it accepts on them.

#![allow(clippy::too_many_arguments, reason = "the specification's own parameter lists")]

use super::CallResult;
use super::fd::is_socket;
use super::file::open_flags;
use super::iovec::transfer;
use crate::descriptor::{Descriptor, Object};
use crate::types::{fdflags, filetype, rights};
use crate::{Errno, GuestMemory, Interest, Node, Opened, Port, Readiness, WasiCtx};

/// `riflags`: leave the bytes to be received again.
const RECV_PEEK: u32 = 1 << 0;

/// `riflags`: wait until all buffers are full.
const RECV_WAITALL: u32 = 1 << 1;

/// `sdflags`: end receiving.
const SHUT_RD: u32 = 1 << 0;

/// `sdflags`: end sending.
const SHUT_WR: u32 = 1 << 1;

/// Accepts a connection, and writes its descriptor to `accepted`.
///
/// # Errors
///
/// [`Errno::Badf`]; [`Errno::Notsock`] for what is open and no socket; [`Errno::Notcapable`]; [`Errno::Again`] where
/// there is none to accept and the listener does not wait.
pub fn sock_accept<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    flags: u32,
    accepted: u32,
) -> CallResult {
    let (open, listener) = socket(ctx, fd)?;
    open.require(rights::SOCK_ACCEPT)?;
    let flags = open_flags(flags)?;
    memory.slice(accepted, 4)?;
    ctx.descriptors.check_room()?;
    let node = ctx.port.accept(listener)?;
    let opened = Opened { node, filetype: filetype::SOCKET_STREAM };
    let mut connection = Descriptor::node(opened, open.rights_inheriting, open.rights_inheriting);
    connection.flags = flags;
    if let Err(errno) = ctx.port.set_nonblocking(node, flags & fdflags::NONBLOCK != 0) {
        ctx.port.close(node);
        return Err(errno);
    }
    let fd = ctx.descriptors.insert(connection)?;
    memory.write_u32(accepted, fd)
}

/// Receives into the buffers at `iovs`; writes how many bytes came to `nread`, and 0 to `out_flags`: nothing is cut.
///
/// # Errors
///
/// As [`sock_accept`], or what the port answers.
pub fn sock_recv<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    iovs: u32,
    iovs_len: u32,
    flags: u32,
    nread: u32,
    out_flags: u32,
) -> CallResult {
    let (open, node) = socket(ctx, fd)?;
    open.require(rights::FD_READ)?;
    if flags & !(RECV_PEEK | RECV_WAITALL) != 0 {
        return Err(Errno::Inval);
    }
    let (peek, all) = (flags & RECV_PEEK != 0, flags & RECV_WAITALL != 0);
    memory.slice(nread, 4)?;
    memory.slice(out_flags, 2)?;
    let port = &mut ctx.port;
    let total = transfer(memory, iovs, iovs_len, |memory, ptr, len, done| {
        // A peek into the second buffer would see the same bytes again.
        if done > 0 && (peek || (!all && port.ready(node, Interest::Read)? == Readiness::Waits)) {
            return Ok(0);
        }
        let buffer = memory.slice_mut(ptr, len)?;
        if all && !peek { receive_all(port, node, buffer) } else { port.receive(node, buffer, peek) }
    })?;
    memory.write(out_flags, &[0; 2])?;
    memory.write_u32(nread, total)
}

/// Receives until the buffer is full or the other side ends.
fn receive_all<P: Port>(port: &mut P, node: Node, buffer: &mut [u8]) -> Result<usize, Errno> {
    let mut done = 0;
    while let Some(rest) = buffer.get_mut(done..).filter(|rest| !rest.is_empty()) {
        match port.receive(node, rest, false) {
            Ok(0) => break,
            Ok(received) => done += received,
            Err(_) if done > 0 => break,
            Err(errno) => return Err(errno),
        }
    }
    Ok(done)
}

/// Sends the buffers at `iovs`, and writes how many bytes went to `nwritten`.
///
/// # Errors
///
/// As [`sock_accept`], or what the port answers.
pub fn sock_send<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    fd: u32,
    iovs: u32,
    iovs_len: u32,
    flags: u32,
    nwritten: u32,
) -> CallResult {
    let (open, node) = socket(ctx, fd)?;
    open.require(rights::FD_WRITE)?;
    if flags != 0 {
        return Err(Errno::Inval);
    }
    memory.slice(nwritten, 4)?;
    let port = &mut ctx.port;
    let total = transfer(memory, iovs, iovs_len, |memory, ptr, len, _| port.send(node, memory.slice(ptr, len)?))?;
    memory.write_u32(nwritten, total)
}

/// Ends one or both directions.
///
/// # Errors
///
/// As [`sock_accept`]; [`Errno::Inval`] for neither or unknown directions.
pub fn sock_shutdown<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, fd: u32, how: u32) -> CallResult {
    let (open, node) = socket(ctx, fd)?;
    open.require(rights::SOCK_SHUTDOWN)?;
    if how == 0 || how & !(SHUT_RD | SHUT_WR) != 0 {
        return Err(Errno::Inval);
    }
    ctx.port.shutdown(node, how & SHUT_RD != 0, how & SHUT_WR != 0)
}

/// The descriptor of a socket.
fn socket<P: Port>(ctx: &WasiCtx<P>, fd: u32) -> Result<(Descriptor, Node), Errno> {
    let open = *ctx.descriptors.get(fd)?;
    match open.object {
        Object::Node(node) if is_socket(&open) => Ok((open, node)),
        Object::Node(_) | Object::Stream(_) => Err(Errno::Notsock),
    }
}
