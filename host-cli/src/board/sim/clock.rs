//! The clock of a simulated board: its own, or that of this host.

use std::thread;
use std::time::{Duration, Instant};

/// What a look at the clock takes, so that a program that waits for it by looking gets on.
const LOOK_NS: u64 = 10;

/// A clock.
#[derive(Debug)]
pub(super) enum Clock {
    /// Goes on when it is waited for, by what buses take, and a little with each look.
    Virtual { ns: u64 },
    /// That of the host, since then.
    Real(Instant),
}

impl Clock {
    /// Microseconds since the start.
    pub(super) fn look(&mut self) -> u64 {
        self.take(LOOK_NS);
        self.us()
    }

    /// The same, without taking time.
    pub(super) fn us(&self) -> u64 {
        match self {
            Self::Virtual { ns } => *ns / 1000,
            // 580,000 years fit.
            Self::Real(start) => u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX),
        }
    }

    /// Something takes so long. On the host's clock it takes what it takes.
    pub(super) fn take(&mut self, time_ns: u64) {
        if let Self::Virtual { ns } = self {
            *ns = ns.saturating_add(time_ns);
        }
    }

    /// Waits until then.
    pub(super) fn wait(&mut self, until_us: u64) {
        match self {
            Self::Virtual { ns } => *ns = (*ns).max(until_us.saturating_mul(1000)),
            Self::Real(_) => thread::sleep(Duration::from_micros(until_us.saturating_sub(self.us()))),
        }
    }
}
