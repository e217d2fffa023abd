//! What is known of a guest beside its instance: what it waits for, its events, its timers, how often it has used its grants.

use heapless::{Deque, Vec};

/// Grants of a table at the most.
pub const MOST_GRANTS: usize = 16;

/// Timers that run at a time.
pub const MOST_TIMERS: usize = 4;

/// Events that wait.
pub const MOST_EVENTS: usize = 8;

/// Something that a guest is told of by a call of its `on_event`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Event {
    /// The handle that it is from.
    pub id: u32,
    /// The level of a pin, the bytes that a serial line has (at least 1), how often a timer was due.
    pub arg: u32,
}

/// How a grant was used.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Use {
    /// When the second began in which calls are counted, in units of 1024 microseconds.
    pub(crate) since: u32,
    /// Calls in it.
    pub(crate) calls: u16,
    /// Edges that are watched: 1 rising, 2 falling; any other number of a serial line.
    pub(crate) watch: u8,
    /// The level that was last seen or driven.
    pub(crate) level: bool,
}

/// A timer that runs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timer {
    pub(crate) handle: u32,
    /// When it is due.
    pub(crate) due_us: u64,
    /// 0 for once.
    pub(crate) period_us: u64,
}

/// All that is kept for a guest.
#[derive(Debug)]
pub struct State {
    pub(crate) uses: [Use; MOST_GRANTS],
    pub(crate) timers: Vec<Timer, MOST_TIMERS>,
    pub(crate) events: Deque<Event, MOST_EVENTS>,
    /// When a delay ends.
    pub(crate) wake_us: Option<u64>,
    /// When the tick ends: calls that come later wait for the next one.
    pub(crate) tick_end_us: Option<u64>,
    /// Events that there was no room for.
    pub(crate) lost: u32,
}

impl State {
    /// Nothing waits, nothing runs. All zeros: a firmware's static of it takes no flash.
    #[must_use]
    pub const fn new() -> Self {
        const UNUSED: Use = Use { since: 0, calls: 0, watch: 0, level: false };
        Self {
            uses: [UNUSED; MOST_GRANTS],
            timers: Vec::new(),
            events: Deque::new(),
            wake_us: None,
            tick_end_us: None,
            lost: 0,
        }
    }

    /// Forgets everything but how often grants were used: a limit holds for the guest that comes next, too.
    pub(crate) fn reset(&mut self) {
        for used in &mut self.uses {
            used.watch = 0;
        }
        self.timers.clear();
        self.events.clear();
        self.wake_us = None;
        self.tick_end_us = None;
        self.lost = 0;
    }

    /// See [`put`].
    pub(crate) fn put(&mut self, event: Event) {
        put(&mut self.events, &mut self.lost, event);
    }

    /// When something is due next: a delay or a timer.
    pub(crate) fn next_us(&self) -> Option<u64> {
        let timers = self.timers.iter().map(|timer| timer.due_us);
        timers.chain(self.wake_us).min()
    }
}

impl Default for State {
    fn default() -> Self {
        Self::new()
    }
}

/// Puts an event at the end of the queue. One of the same source that waits is brought up to date instead.
pub(crate) fn put(events: &mut Deque<Event, MOST_EVENTS>, lost: &mut u32, event: Event) {
    if let Some(waiting) = events.iter_mut().find(|waiting| waiting.id == event.id) {
        waiting.arg = event.arg;
    } else if events.push_back(event).is_err() {
        *lost = lost.saturating_add(1);
    }
}
