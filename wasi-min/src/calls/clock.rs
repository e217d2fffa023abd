//! Clocks.

use super::CallResult;
use crate::{Clock, Errno, GuestMemory, Port, WasiCtx};

/// Writes the step of clock `id`, in nanoseconds, to `resolution`.
///
/// # Errors
///
/// [`Errno::Inval`] for an unknown clock or one the port does not have, [`Errno::Fault`] outside of memory.
pub fn clock_res_get<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    id: u32,
    resolution: u32,
) -> CallResult {
    let step = ctx.port.resolution(clock(id)?)?;
    memory.write_u64(resolution, step)
}

/// Writes the time of clock `id`, in nanoseconds, to `time`. The precision asked for is a hint, and not needed.
///
/// # Errors
///
/// As [`clock_res_get`].
pub fn clock_time_get<P: Port>(
    ctx: &mut WasiCtx<P>,
    memory: &mut GuestMemory<'_>,
    id: u32,
    _precision: u64,
    time: u32,
) -> CallResult {
    let now = ctx.port.now(clock(id)?)?;
    memory.write_u64(time, now)
}

/// The clock with number `id` (`clockid`).
pub(super) fn clock(id: u32) -> Result<Clock, Errno> {
    match id {
        0 => Ok(Clock::Realtime),
        1 => Ok(Clock::Monotonic),
        2 => Ok(Clock::ProcessCputime),
        3 => Ok(Clock::ThreadCputime),
        _ => Err(Errno::Inval),
    }
}
