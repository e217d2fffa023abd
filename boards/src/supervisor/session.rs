//! One guest, from its image to its end.
//!
//! What lasts is in the supervisor, and what is rare is out of line: the frames below every guest stay small.

use ermine::{
    bare::{Error, Instance, Progress, Resources, Suspended},
    image::Image,
};

use super::{Buffers, MOST_FRAMES, Record, Settings, Terms, say_report};
use crate::{
    abi::{ON_EVENT, START},
    board::Board,
    calls::Ports,
    link::{Command, Link, Subject, message::Activity},
    refusal::{Entry, check, entry},
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

/// What a guest runs with, beside its buffers and its board.
pub(super) struct Session<'s, S> {
    /// Where the next guest is written to.
    pub(super) spare: Option<&'s mut S>,
    pub(super) link: &'s mut Link,
    pub(super) record: &'s mut Record,
    pub(super) terms: &'s Terms,
    /// Where this guest is, if it has arrived.
    pub(super) slot: Option<&'s S>,
}

impl<S: Slot> Session<'_, S> {
    /// Opens the image and runs the guest.
    pub(super) fn run<B: Board>(&mut self, board: &mut B, bytes: &[u8], buffers: &mut Buffers<'_>) -> Ending {
        let Some(image) = self.open(board, bytes, buffers.stack) else { return Ending::NotStarted };
        let Buffers { stack, memory, arena, scratch, state } = buffers;
        let mut ports = Ports { board, table: self.terms.settings.table, state };
        let ending = match self.instantiate(image, &mut (stack, memory, arena), &mut ports) {
            Some(instance) => self.look_after(instance, scratch),
            None => Ending::NotStarted,
        };
        say_report(ports.board, self.record.report, Some(image));
        ending
    }

    /// Makes the instance, which runs the module's start function. The record tells why it cannot be made.
    #[inline(never)]
    fn instantiate<'i, 'p, 'b, B: Board>(
        &mut self,
        image: Image<'i>,
        (stack, memory, arena): &'i mut (&mut [u32], &mut [u8], &mut [u64]),
        ports: &'p mut Ports<'b, B>,
    ) -> Option<Instance<'i, &'p mut Ports<'b, B>>> {
        let settings = self.terms.settings;
        let lent = Resources { stack, memory, arena, fuel: settings.start_fuel() };
        ports.state.tick_end_us = Some(ports.board.now_us().saturating_add(settings.start_us()));
        match Instance::new(image, lent, ports) {
            Ok(mut instance) => {
                instance.host().state.tick_end_us = None;
                Some(instance)
            }
            Err(error) => {
                self.record.report = Report::of_error(error);
                None
            }
        }
    }

    /// The image, if it can be a guest here. Else it says why not.
    #[inline(never)]
    fn open<'b, B: Board>(&mut self, board: &mut B, bytes: &'b [u8], scratch: &mut [u32]) -> Option<Image<'b>> {
        self.record.begin();
        if let Some((slot, Mark::New(number))) = self.slot.map(|slot| (slot, slot.mark())) {
            // If it cannot be marked, a reset starts it once more.
            let _ = slot.set_mark(Mark::Trying(number));
        }
        // The value stack, which is not in use yet.
        let (report, image) = match Image::verify(bytes, scratch) {
            Err(error) => (Report::of_image(error), None),
            Ok(image) => {
                self.record.checksum = image.checksum();
                match check(image, self.terms.settings.table, self.terms.room) {
                    Ok(()) => return Some(image),
                    Err(report) => (report, Some(image)),
                }
            }
        };
        self.record.report = report;
        say_report(board, report, image);
        None
    }

    /// Out of line: the module's start function, which runs before, has this much more.
    #[inline(never)]
    fn look_after<B: Board>(&mut self, instance: Instance<'_, &mut Ports<'_, B>>, scratch: &mut [u32]) -> Ending {
        let event = entry(instance.image(), ON_EVENT, Entry::Event);
        Running { instance, event, scratch, session: self }.run_until_end()
    }
}

impl Settings {
    /// Fuel for the module's start function, which cannot be suspended.
    fn start_fuel(&self) -> u64 {
        u64::from(self.fuel) * u64::from(self.most_ticks)
    }

    /// How long it may make calls: one that comes later would wait for the next tick, and it is refused.
    fn start_us(&self) -> u64 {
        u64::from(self.tick_us) * u64::from(self.most_ticks)
    }
}

/// A guest that runs.
struct Running<'r, 's, 'i, 'p, 'b, B, S> {
    instance: Instance<'i, &'p mut Ports<'b, B>>,
    event: Option<u32>,
    /// For the verification of the next guest.
    scratch: &'r mut [u32],
    session: &'r mut Session<'s, S>,
}

/// What comes next.
enum Turn {
    Ended(Ending),
    Rests,
    Runs,
}

impl<B: Board, S: Slot> Running<'_, '_, '_, '_, '_, B, S> {
    fn run_until_end(&mut self) -> Ending {
        if let Some(ending) = self.begin() {
            return ending;
        }
        loop {
            let now = self.board().now_us();
            if let Some(ending) = self.obey(now) {
                return ending;
            }
            // Answers take time: the guest's tick begins behind them.
            let now = self.board().now_us();
            match self.attend(now) {
                Turn::Ended(ending) => return ending,
                Turn::Rests => {}
                Turn::Runs => {
                    let progress = self.instance.resume::<()>();
                    if let Some(ending) = self.judge(&progress) {
                        return ending;
                    }
                }
            }
            self.rest();
        }
    }

    /// Begins `_start`, if there is one.
    #[inline(never)]
    fn begin(&mut self) -> Option<Ending> {
        // What the module's start function has left.
        self.instance.set_fuel(0);
        self.record().activity = Activity::Idle;
        let Some(func) = entry(self.instance.image(), START, Entry::Start) else {
            self.has_started();
            return None;
        };
        if let Err(error) = self.instance.start(func, ()) {
            return Some(self.end(Report::of_error(error)));
        }
        self.record().activity = Activity::Running;
        None
    }

    fn board(&mut self) -> &mut B {
        self.instance.host().board
    }

    fn state(&mut self) -> &mut State {
        self.instance.host().state
    }

    fn record(&mut self) -> &mut Record {
        self.session.record
    }

    /// Whatever is to be done before the guest runs.
    #[inline(never)]
    fn attend(&mut self, now: u64) -> Turn {
        self.board().feed_watchdog();
        if self.board().has_ended() {
            return Turn::Ended(self.end(Report::of(Kind::Stopped)));
        }
        self.tick(now);
        self.poll(now);
        if let Err(error) = self.deliver() {
            return Turn::Ended(self.end(Report::of_error(error)));
        }
        let waits = self.state().wake_us.is_some_and(|wake| now < wake);
        let Record { activity, spent, .. } = *self.record();
        match activity {
            Activity::Stopped | Activity::Idle => Turn::Rests,
            Activity::Waiting if waits => Turn::Rests,
            Activity::Running if spent => Turn::Rests,
            Activity::Waiting | Activity::Running => Turn::Runs,
        }
    }

    /// Does what the serial line asks for. A new guest takes over when the old one waits, for an event or for time to pass.
    #[inline(never)]
    fn obey(&mut self, now: u64) -> Option<Ending> {
        for _ in 0..MOST_FRAMES {
            if !self.session.link.receive(self.instance.host().board) {
                break;
            }
            if let Some(ending) = self.answer(now) {
                return Some(ending);
            }
        }
        if self.record().replaced && self.record().activity != Activity::Running {
            self.end(Report::of(Kind::Replaced));
            return Some(Ending::Replaced);
        }
        None
    }

    fn answer(&mut self, now: u64) -> Option<Ending> {
        let Ports { board, state, .. } = self.instance.host();
        let Session { spare, link, record, terms, .. } = &mut *self.session;
        let mut subject = Subject { spare: spare.as_deref_mut(), scratch: self.scratch, terms, next: record.next };
        let ending = match link.answer(*board, &mut subject, || record.status::<B>(now, state))? {
            Command::Stop => Ending::Stopped,
            Command::Run => Ending::Again,
            Command::Swap => {
                record.replaced = true;
                return None;
            }
        };
        self.end(Report::of(Kind::Stopped));
        Some(ending)
    }

    /// Gives the guest fuel at the start of each tick. What it still owes for one large step it may save up for.
    fn tick(&mut self, now: u64) {
        if self.state().tick_end_us.is_some_and(|end| now < end) {
            return;
        }
        let Settings { tick_us, fuel, .. } = self.session.terms.settings;
        self.state().tick_end_us = Some(now.saturating_add(tick_us.into()));
        self.record().spent = false;
        let saved = if self.record().activity == Activity::Running { self.instance.fuel() } else { 0 };
        self.instance.set_fuel(saved.saturating_add(fuel.into()));
    }

    fn poll(&mut self, now: u64) {
        let ports = self.instance.host();
        ports.poll_timers(now);
        ports.poll_pins();
        ports.poll_serial();
    }

    /// Tells the guest of the next event, if it is idle.
    fn deliver(&mut self) -> Result<(), Error> {
        if self.record().activity != Activity::Idle {
            return Ok(());
        }
        let Some(event) = self.state().events.pop_front() else { return Ok(()) };
        // A guest without `on_event` is not told.
        if let Some(func) = self.event {
            self.instance.start(func, (event.id, event.arg))?;
            self.record().activity = Activity::Running;
        }
        Ok(())
    }

    /// What comes of how far the guest has come.
    #[inline(never)]
    fn judge(&mut self, progress: &Result<Progress<()>, Error>) -> Option<Ending> {
        match *progress {
            Ok(Progress::Finished(())) => self.is_well(Activity::Idle),
            Ok(Progress::Suspended(Suspended::Host)) if self.state().wake_us.is_some() => {
                self.is_well(Activity::Waiting)
            }
            // Out of fuel, or a call that waits for the next tick.
            Ok(Progress::Suspended(_)) => return self.miss(),
            Err(error) => {
                // A program that ends well has started well.
                if error == Error::Exit(0) {
                    self.has_started();
                }
                return Some(self.end(Report::of_error(error)));
            }
        }
        None
    }

    fn is_well(&mut self, activity: Activity) {
        (self.record().activity, self.record().ticks) = (activity, 0);
        self.has_started();
    }

    #[inline(never)]
    fn has_started(&mut self) {
        self.record().started = true;
        if let Some((slot, Mark::Trying(number))) = self.session.slot.map(|slot| (slot, slot.mark())) {
            // If it cannot be marked, a reset goes back to the guest before it.
            let _ = slot.set_mark(Mark::Good(number));
        }
    }

    fn miss(&mut self) -> Option<Ending> {
        let most = self.session.terms.settings.most_ticks;
        let record = self.record();
        (record.activity, record.spent) = (Activity::Running, true);
        record.misses = record.misses.saturating_add(1);
        record.ticks = record.ticks.saturating_add(1);
        let ticks = record.ticks;
        (ticks > most).then(|| self.end(Report { a: ticks.into(), ..Report::of(Kind::Overdue) }))
    }

    /// Waits for the next tick, or for what comes before.
    #[inline(never)]
    fn rest(&mut self) {
        let activity = self.record().activity;
        let state = self.state();
        let end = state.tick_end_us.unwrap_or(0);
        if activity == Activity::Idle && !state.events.is_empty() {
            return;
        }
        let next = state.next_us().unwrap_or(u64::MAX).min(end);
        let until = if activity == Activity::Running { end } else { next };
        self.board().idle(until);
    }

    fn end(&mut self, report: Report) -> Ending {
        self.record().report = report;
        if self.record().started { Ending::Stopped } else { Ending::NotStarted }
    }
}
