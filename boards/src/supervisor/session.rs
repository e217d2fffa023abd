//! One guest, from its image to its end.

use ermine::{
    bare::{Instance, Progress, Suspended},
    image::Image,
};

use super::{Buffers, Record, Settings, say_report};
use crate::{
    abi::{ON_EVENT, START},
    board::Board,
    calls::Ports,
    link::{Command, Link, Subject, message::Activity},
    refusal::{self, Entry, Room, check},
    report::{Kind, Report},
    slot::{Mark, Slot},
    state::State,
};

/// What comes after a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// The guest that has arrived.
    Replaced,
    /// The same guest, from its start.
    Again,
    /// Nothing.
    Stopped,
    /// The one before, since this one has not even started.
    NotStarted,
}

/// What a guest runs with, beside its buffers.
pub(super) struct Session<'s, B, S> {
    pub(super) board: &'s mut B,
    /// Where the next guest is written to.
    pub(super) spare: Option<&'s mut S>,
    pub(super) link: &'s mut Link,
    pub(super) record: &'s mut Record,
    pub(super) settings: &'s Settings,
    /// Where this guest is, if it has arrived.
    pub(super) slot: Option<&'s S>,
    /// The number of the next guest.
    pub(super) next: u32,
}

impl<B: Board, S: Slot> Session<'_, B, S> {
    /// Opens the image and runs the guest.
    pub(super) fn run(self, bytes: &[u8], buffers: &mut Buffers<'_>) -> Ending {
        if let Some((slot, Mark::New(number))) = self.slot.map(|slot| (slot, slot.mark())) {
            // If it cannot be marked, a reset starts it once more.
            let _ = slot.set_mark(Mark::Trying(number));
        }
        // The value stack is not in use yet.
        let image = match Image::verify(bytes, buffers.stack) {
            Ok(image) => image,
            Err(error) => {
                self.record.report = Report::of_image(error);
                say_report(self.board, self.record.report, None);
                return Ending::NotStarted;
            }
        };
        self.record.checksum = image.checksum();
        let Self { board, spare, link, record, settings, slot, next } = self;
        let (resources, scratch, state) = buffers.resources(settings.start_fuel());
        let room = Room::of(&resources);
        let subject =
            Subject { spare, scratch, table: settings.table, room, status: record.status::<B>(0, state), next };
        let mut ports = Ports { board, table: settings.table, state };
        let instance = check(image, settings.table, room)
            .and_then(|()| Instance::new(image, resources, &mut ports).map_err(Report::of_error));
        let ending = match instance {
            Ok(mut instance) => Running::new(&mut instance, subject, link, record, settings, slot).run_until_end(),
            Err(report) => {
                record.report = report;
                Ending::NotStarted
            }
        };
        say_report(ports.board, record.report, Some(image));
        ending
    }
}

impl Settings {
    /// Fuel for the module's start function, which cannot be suspended.
    fn start_fuel(&self) -> u64 {
        u64::from(self.fuel) * u64::from(self.most_ticks)
    }
}

/// A guest that runs.
struct Running<'r, 'i, 'b, B, S> {
    instance: &'r mut Instance<'i, &'i mut Ports<'b, B>>,
    start: Option<u32>,
    event: Option<u32>,
    subject: Subject<'r, S>,
    link: &'r mut Link,
    record: &'r mut Record,
    settings: &'r Settings,
    slot: Option<&'r S>,
    /// Whether `_start` has returned or waited once.
    started: bool,
    /// Whether another guest has arrived.
    replaced: bool,
    /// Ticks in a row that the guest did not finish.
    ticks: u16,
    tick_end_us: u64,
    /// Whether the guest has had its part of this tick.
    spent: bool,
}

impl<'r, 'i, 'b, B: Board, S: Slot> Running<'r, 'i, 'b, B, S> {
    fn new(
        instance: &'r mut Instance<'i, &'i mut Ports<'b, B>>,
        subject: Subject<'r, S>,
        link: &'r mut Link,
        record: &'r mut Record,
        settings: &'r Settings,
        slot: Option<&'r S>,
    ) -> Self {
        let image = instance.image();
        // What the module's start function has left.
        instance.set_fuel(0);
        Self {
            start: refusal::entry(image, START, Entry::Start),
            event: refusal::entry(image, ON_EVENT, Entry::Event),
            instance,
            subject,
            link,
            record,
            settings,
            slot,
            started: false,
            replaced: false,
            ticks: 0,
            tick_end_us: 0,
            spent: false,
        }
    }

    fn run_until_end(mut self) -> Ending {
        self.record.activity = Activity::Idle;
        match self.start.map(|func| self.instance.start(func, ())) {
            None => self.has_started(),
            Some(Ok(())) => self.record.activity = Activity::Running,
            Some(Err(error)) => return self.end(Report::of_error(error)),
        }
        loop {
            let now = self.board().now_us();
            self.board().feed_watchdog();
            if self.board().has_ended() {
                return self.end(Report::of(Kind::Stopped));
            }
            if let Some(ending) = self.obey(now) {
                return ending;
            }
            self.tick(now);
            self.poll(now);
            if let Err(report) = self.deliver().and_then(|()| self.go_on(now)) {
                // A program that ends well has started well.
                if report == (Report { a: 0, ..Report::of(Kind::Exit) }) {
                    self.has_started();
                }
                return self.end(report);
            }
            self.rest();
        }
    }

    fn board(&mut self) -> &mut B {
        self.instance.host().board
    }

    fn state(&mut self) -> &mut State {
        self.instance.host().state
    }

    /// Does what the serial line asks for. A new guest takes over when the old one waits, for an event or for time to pass.
    fn obey(&mut self, now: u64) -> Option<Ending> {
        let Ports { board, state, .. } = self.instance.host();
        self.subject.status = self.record.status::<B>(now, state);
        match self.link.poll(*board, &mut self.subject) {
            Some(Command::Stop) => {
                self.end(Report::of(Kind::Stopped));
                return Some(Ending::Stopped);
            }
            Some(Command::Run) => {
                self.end(Report::of(Kind::Stopped));
                return Some(Ending::Again);
            }
            Some(Command::Swap) => self.replaced = true,
            None => {}
        }
        if self.replaced && self.record.activity != Activity::Running {
            self.end(Report::of(Kind::Replaced));
            return Some(Ending::Replaced);
        }
        None
    }

    /// Gives the guest fuel at the start of each tick. What it still owes for one large step it may save up for.
    fn tick(&mut self, now: u64) {
        if now < self.tick_end_us {
            return;
        }
        self.tick_end_us = now.saturating_add(self.settings.tick_us.into());
        self.spent = false;
        let end = self.tick_end_us;
        self.state().tick_end_us = Some(end);
        let saved = if self.record.activity == Activity::Running { self.instance.fuel() } else { 0 };
        self.instance.set_fuel(saved.saturating_add(self.settings.fuel.into()));
    }

    fn poll(&mut self, now: u64) {
        let ports = self.instance.host();
        ports.poll_timers(now);
        ports.poll_pins();
        ports.poll_serial();
    }

    /// Tells the guest of the next event, if it is idle.
    fn deliver(&mut self) -> Result<(), Report> {
        if self.record.activity != Activity::Idle {
            return Ok(());
        }
        let Some(event) = self.state().events.pop_front() else { return Ok(()) };
        // A guest without `on_event` is not told.
        if let Some(func) = self.event {
            self.instance.start(func, (event.id, event.arg)).map_err(Report::of_error)?;
            self.record.activity = Activity::Running;
        }
        Ok(())
    }

    /// Runs the guest, if it does not wait, as far as its fuel goes.
    fn go_on(&mut self, now: u64) -> Result<(), Report> {
        let waits = self.state().wake_us.is_some_and(|wake| now < wake);
        match self.record.activity {
            Activity::Stopped | Activity::Idle => return Ok(()),
            Activity::Waiting if waits => return Ok(()),
            Activity::Running if self.spent => return Ok(()),
            Activity::Waiting | Activity::Running => {}
        }
        match self.instance.resume::<()>().map_err(Report::of_error)? {
            Progress::Finished(()) => self.is_well(Activity::Idle),
            Progress::Suspended(Suspended::Host) if self.state().wake_us.is_some() => self.is_well(Activity::Waiting),
            // Out of fuel, or a call that waits for the next tick.
            Progress::Suspended(_) => return self.miss(),
        }
        Ok(())
    }

    fn is_well(&mut self, activity: Activity) {
        self.record.activity = activity;
        self.ticks = 0;
        self.has_started();
    }

    fn has_started(&mut self) {
        self.started = true;
        if let Some((slot, Mark::Trying(number))) = self.slot.map(|slot| (slot, slot.mark())) {
            // If it cannot be marked, a reset goes back to the guest before it.
            let _ = slot.set_mark(Mark::Good(number));
        }
    }

    fn miss(&mut self) -> Result<(), Report> {
        self.record.activity = Activity::Running;
        self.spent = true;
        self.record.misses = self.record.misses.saturating_add(1);
        self.ticks = self.ticks.saturating_add(1);
        if self.ticks <= self.settings.most_ticks {
            return Ok(());
        }
        Err(Report { a: self.ticks.into(), ..Report::of(Kind::Overdue) })
    }

    /// Waits for the next tick, or for what comes before.
    fn rest(&mut self) {
        let end = self.tick_end_us;
        let state = self.state();
        let next = state.next_us().unwrap_or(u64::MAX).min(end);
        let is_idle = self.record.activity == Activity::Idle;
        if is_idle && !self.state().events.is_empty() {
            return;
        }
        let until = if self.record.activity == Activity::Running { end } else { next };
        self.board().idle(until);
    }

    fn end(&mut self, report: Report) -> Ending {
        self.record.report = report;
        if self.started { Ending::Stopped } else { Ending::NotStarted }
    }
}
