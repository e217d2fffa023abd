//! Sockets. There are none: every open descriptor is something else.

#![allow(clippy::too_many_arguments, reason = "the specification's own parameter lists")]

use super::CallResult;
use crate::{Errno, GuestMemory, Port, WasiCtx};

/// Accepts a connection.
///
/// # Errors
///
/// [`Errno::Badf`]; [`Errno::Notsock`] for what is open and no socket.
pub fn sock_accept<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _flags: u32,
    _accepted: u32,
) -> CallResult {
    not_a_socket(ctx, fd)
}

/// Receives.
///
/// # Errors
///
/// As [`sock_accept`].
pub fn sock_recv<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _iovs: u32,
    _iovs_len: u32,
    _flags: u32,
    _nread: u32,
    _out_flags: u32,
) -> CallResult {
    not_a_socket(ctx, fd)
}

/// Sends.
///
/// # Errors
///
/// As [`sock_accept`].
pub fn sock_send<P: Port>(
    ctx: &mut WasiCtx<P>,
    _: &mut GuestMemory<'_>,
    fd: u32,
    _iovs: u32,
    _iovs_len: u32,
    _flags: u32,
    _nwritten: u32,
) -> CallResult {
    not_a_socket(ctx, fd)
}

/// Ends one or both directions.
///
/// # Errors
///
/// As [`sock_accept`].
pub fn sock_shutdown<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, fd: u32, _how: u32) -> CallResult {
    not_a_socket(ctx, fd)
}

fn not_a_socket<P: Port>(ctx: &WasiCtx<P>, fd: u32) -> CallResult {
    ctx.descriptors.get(fd)?;
    Err(Errno::Notsock)
}
