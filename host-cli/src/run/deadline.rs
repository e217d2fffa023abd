//! `--timeout`: a thread that watches the clock.
//!
//! When the time is over it interrupts the guest, which then traps with a backtrace. A guest that waits for the host, for input say, does not
//! come back for that: after a moment of grace the thread ends the process itself.

use crate::exit::{Exit, Failure};
use crate::{duration, report};
use ermine::InterruptHandle;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long an interrupted guest may take to come back.
const GRACE: Duration = Duration::from_millis(100);

/// A running clock.
#[derive(Debug)]
pub(super) struct Deadline {
    shared: Arc<Shared>,
}

/// What both threads know.
#[derive(Debug, Default)]
struct Shared {
    /// Whether the guest is back. Who holds the lock decides how the process ends.
    over: Mutex<bool>,
    changed: Condvar,
}

impl Deadline {
    /// Starts the clock for the program `name`.
    ///
    /// # Errors
    ///
    /// If the system has no thread left.
    pub(super) fn start(name: &str, timeout: Duration, guest: InterruptHandle) -> Result<Self, Failure> {
        let shared = Arc::new(Shared::default());
        let (watched, failure) = (shared.clone(), passed(name, timeout));
        let watch = move || watched.watch(timeout, &guest, &failure);
        std::thread::Builder::new().name("timeout".to_owned()).spawn(watch).map_err(|error| no_thread(&error))?;
        Ok(Self { shared })
    }
}

impl Drop for Deadline {
    /// The guest is back: the clock stops.
    fn drop(&mut self) {
        *self.shared.lock() = true;
        self.shared.changed.notify_all();
    }
}

/// The failure of a program that took too long.
pub(super) fn passed(name: &str, timeout: Duration) -> Failure {
    Failure::new(Exit::OutOfFuel, format!("{name} ran for longer than --timeout {}", duration::show(timeout)))
}

fn no_thread(error: &io::Error) -> Failure {
    Failure::new(Exit::CannotLoad, format!("--timeout: no thread can be started: {error}"))
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, bool> {
        // Nothing panics while the lock is held, and a flag cannot be left half changed.
        self.over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the guest is back or the time is over.
    fn wait<'a>(&self, over: MutexGuard<'a, bool>, time: Duration) -> MutexGuard<'a, bool> {
        self.changed.wait_timeout_while(over, time, |over| !*over).unwrap_or_else(PoisonError::into_inner).0
    }

    fn watch(&self, timeout: Duration, guest: &InterruptHandle, failure: &Failure) {
        let over = self.wait(self.lock(), timeout);
        if *over {
            return;
        }
        guest.interrupt();
        let over = self.wait(over, GRACE);
        if !*over {
            // The lock stays held, so that the other thread cannot end the process in another way.
            std::process::exit(report::failure(failure).code().into());
        }
    }
}
