//! The guest as a process.

use super::CallResult;
use crate::{Errno, GuestMemory, Port, WasiCtx};

/// Signals do not exist here.
///
/// # Errors
///
/// Always [`Errno::Nosys`], or [`Errno::Inval`] for a number that is no signal.
pub fn proc_raise<P: Port>(_: &mut WasiCtx<P>, _: &mut GuestMemory<'_>, signal: u32) -> CallResult {
    match signal {
        0..=30 => Err(Errno::Nosys),
        _ => Err(Errno::Inval),
    }
}

/// Gives others a turn.
///
/// # Errors
///
/// None.
pub fn sched_yield<P: Port>(ctx: &mut WasiCtx<P>, _: &mut GuestMemory<'_>) -> CallResult {
    ctx.port.yield_now();
    Ok(())
}
