//! Waiting, and timers. A guest that waits is suspended: the host goes on.

use ermine::bare::Halt;

use super::{Answer, Args, Ports};
use crate::{
    abi::Function,
    board::Board,
    errno::Errno,
    grant::What,
    state::{Event, State, Timer, put},
};

/// Microseconds that are waited for on the spot, for guests that time a bus by hand.
const SPIN_US: u64 = 50;

impl<B: Board> Ports<'_, B> {
    /// Called again whenever the guest is resumed, until the time has come.
    #[inline(never)]
    pub(super) fn delay(&mut self, [low, high, ..]: Args) -> Answer {
        let now = self.board.now_us();
        match self.state.wake_us {
            None => {
                self.granted_unnamed(Function::DelayNs, 0)?;
                let us = wide(low, high).div_ceil(1000);
                let until = now.saturating_add(us);
                if us > SPIN_US {
                    self.state.wake_us = Some(until);
                    return Err(Halt::Suspend.into());
                }
                while self.board.now_us() < until {}
            }
            Some(until) if now < until => return Err(Halt::Suspend.into()),
            Some(_) => self.state.wake_us = None,
        }
        Ok(0)
    }

    #[inline(never)]
    pub(super) fn start_timer(&mut self, [handle, low, high, repeat, ..]: Args) -> Answer {
        let What::Timer { least_us } = self.granted(Function::TimeStart, handle, 0)?.what else {
            return Err(Errno::BadHandle.into());
        };
        let us = wide(low, high);
        if us < u64::from(least_us).max(1) {
            return Err(Errno::RateLimited.into());
        }
        let due_us = self.board.now_us().saturating_add(us);
        self.state.timers.retain(|timer| timer.handle != handle);
        let timer = Timer { handle, due_us, period_us: if repeat == 0 { 0 } else { us } };
        self.state.timers.push(timer).map_err(|_| Errno::Busy)?;
        Ok(0)
    }

    #[inline(never)]
    pub(super) fn stop_timer(&mut self, [handle, ..]: Args) -> Answer {
        self.granted(Function::TimeStop, handle, 0)?;
        self.state.timers.retain(|timer| timer.handle != handle);
        Ok(0)
    }

    /// Makes events of timers that are due.
    pub(crate) fn poll_timers(&mut self, now: u64) {
        let State { timers, events, lost, .. } = &mut *self.state;
        timers.retain_mut(|timer| {
            let Some(late) = now.checked_sub(timer.due_us) else { return true };
            let missed = late.checked_div(timer.period_us);
            let times = missed.unwrap_or(0).saturating_add(1);
            timer.due_us = timer.due_us.saturating_add(times.saturating_mul(timer.period_us));
            put(events, lost, Event { id: timer.handle, arg: u32::try_from(times).unwrap_or(u32::MAX) });
            missed.is_some()
        });
    }
}

fn wide(low: u32, high: u32) -> u64 {
    u64::from(high) << 32 | u64::from(low)
}
