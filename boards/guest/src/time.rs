//! Waiting, the clock, timers.

use embedded_hal::delay::DelayNs;

use crate::{
    error::{Error, done},
    handles, raw,
};

/// Waits. The board goes on meanwhile.
#[derive(Debug, Clone, Copy, Default)]
pub struct Delay;

impl DelayNs for Delay {
    fn delay_ns(&mut self, ns: u32) {
        raw::delay_ns(ns.into());
    }

    fn delay_us(&mut self, us: u32) {
        raw::delay_ns(i64::from(us) * 1000);
    }

    fn delay_ms(&mut self, ms: u32) {
        raw::delay_ns(i64::from(ms) * 1_000_000);
    }
}

/// Microseconds since some fixed point.
#[must_use]
pub fn now_us() -> u64 {
    raw::time_now().cast_unsigned()
}

handles! {
    /// A timer: `on_event` is called with its handle, and how often it was due.
    Timer;
}

impl Timer {
    /// Starts it: one event after so many microseconds.
    ///
    /// # Errors
    ///
    /// [`Error::RateLimited`] if that is shorter than the grant allows, [`Error::Busy`] if too many run.
    pub fn once(&mut self, us: u32) -> Result<(), Error> {
        done(raw::time_start(self.0, us.into(), 0))
    }

    /// Starts it: an event every so many microseconds.
    ///
    /// # Errors
    ///
    /// As for [`once`](Self::once).
    pub fn every(&mut self, us: u32) -> Result<(), Error> {
        done(raw::time_start(self.0, us.into(), 1))
    }

    /// Stops it.
    ///
    /// # Errors
    ///
    /// What the board answers.
    pub fn stop(&mut self) -> Result<(), Error> {
        done(raw::time_stop(self.0))
    }
}
