//! Long work shows on a terminal how it goes, on standard error, and nowhere else.
//!
//! Small work does not even ask whether there is a terminal. Bars have no colour, so `NO_COLOR` has nothing to take away from them.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// A file of this many bytes takes long enough to load for somebody to wonder.
const LARGE: usize = 4 << 20;

/// Work that is over before this shows nothing.
const PATIENCE: Duration = Duration::from_millis(200);

/// Time between two pictures of a spinner.
const STEP: Duration = Duration::from_millis(100);

/// Does work on a file of so many bytes; where it is large, and takes its time, a spinner says `what`.
pub(crate) fn during<R>(what: &str, bytes: usize, work: impl FnOnce() -> R) -> R {
    if bytes < LARGE || !is_watched() {
        return work();
    }
    thread::scope(|scope| {
        // Dropped at the end of the work, however it ends: that is the sign for the spinner.
        let (_working, end) = mpsc::channel::<()>();
        // Where there are no threads there is no spinner.
        let _ = thread::Builder::new().spawn_scoped(scope, move || spin(what, &end));
        work()
    })
}

/// Turns until the other end of the channel is gone.
fn spin(what: &str, end: &Receiver<()>) {
    if end.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let spinner = ProgressBar::new_spinner().with_message(what.to_owned());
    while end.recv_timeout(STEP) == Err(RecvTimeoutError::Timeout) {
        spinner.tick();
    }
    spinner.finish_and_clear();
}

/// A bar for work in steps. It is gone when it is dropped.
#[derive(Debug)]
pub(crate) struct Bar(Option<ProgressBar>);

impl Bar {
    /// A bar for so many steps; none where nobody watches.
    pub(crate) fn new(steps: u64) -> Self {
        let style = ProgressStyle::with_template("{wide_bar} {pos}/{len} {msg}");
        let bar = is_watched().then_some(style.ok()).flatten();
        Self(bar.map(|style| ProgressBar::new(steps).with_style(style)))
    }

    /// Says what is being done now.
    pub(crate) fn say(&self, what: impl FnOnce() -> String) {
        if let Some(bar) = &self.0 {
            bar.set_message(what());
        }
    }

    /// So many steps are done.
    pub(crate) fn set(&self, done: u64) {
        if let Some(bar) = &self.0 {
            bar.set_position(done);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// Whether standard error is a terminal that can move its cursor.
fn is_watched() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_gives_its_result() {
        assert_eq!(during("loading", LARGE, || 7), 7);
        assert_eq!(during("loading", 0, || 7), 7);
    }

    #[test]
    fn spinners_end_with_the_work() {
        let (working, end) = mpsc::channel();
        let spinner = thread::spawn(move || spin("loading", &end));
        thread::sleep(PATIENCE + STEP);
        drop(working);
        assert!(spinner.join().is_ok());
    }
}
