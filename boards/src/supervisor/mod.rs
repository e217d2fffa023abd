//! Runs guests for ever: chooses which, starts it, looks after it, and takes new ones over the serial line.
//!
//! A guest that ends stays ended: the board is in its safe state then, and waits for what it is told. Only a guest that does not
//! even start makes room for the one before it.

mod session;

use self::session::{Ending, Session};
use crate::{
    board::Board,
    calls::Ports,
    grant::Grant,
    link::{
        Command, Link, Subject,
        message::{Activity, BUILT_IN, Status},
    },
    refusal::Room,
    report::{Kind, Report, checksum},
    slot::{Mark, Slot},
    state::State,
};

/// Frames that are answered in a row: a line that never rests does not keep the board from anything else.
const MOST_FRAMES: usize = 4;

/// What a firmware has decided.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// What guests may use.
    pub table: &'static [Grant],
    /// The guest that the firmware brings along. It starts at a multiple of 4.
    pub built_in: Option<&'static [u8]>,
    /// A tick in microseconds: a guest gets its fuel anew in each.
    pub tick_us: u32,
    /// Fuel for a tick.
    pub fuel: u32,
    /// Ticks in a row that a guest may take without finishing or waiting. One more, and it is stopped.
    pub most_ticks: u16,
}

/// What guests run in, one after the other.
#[derive(Debug)]
pub struct Buffers<'a> {
    /// The value stack.
    pub stack: &'a mut [u32],
    /// The linear memory.
    pub memory: &'a mut [u8],
    /// Globals and tables.
    pub arena: &'a mut [u64],
    /// For the verification of an image while the guest runs: a bit for each unit of u16 of its largest function.
    pub scratch: &'a mut [u32],
    /// What is kept for the guest.
    pub state: &'a mut State,
}

/// Looks after guests on a board. `S` is where guests are kept that arrive.
#[derive(Debug)]
pub struct Supervisor<'a, B, S> {
    board: B,
    slots: &'a mut [S],
    buffers: Buffers<'a>,
    terms: Terms,
    link: Link,
    record: Record,
}

/// What holds for all guests.
#[derive(Debug)]
pub(crate) struct Terms {
    pub(crate) settings: Settings,
    pub(crate) room: Room,
}

/// What is known of the guest, beside its [`State`].
#[derive(Debug, Clone, Copy)]
struct Record {
    activity: Activity,
    slot: u8,
    checksum: u32,
    misses: u32,
    report: Report,
    /// When the board has started.
    since_us: u64,
    /// The number of the next guest.
    next: u32,
    /// Ticks in a row that it did not finish.
    ticks: u16,
    /// Whether `_start` has returned or waited once.
    started: bool,
    /// Whether another guest has arrived.
    replaced: bool,
    /// Whether it has had its part of this tick.
    spent: bool,
}

/// Where a guest's image is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    BuiltIn(&'static [u8]),
    Slot(usize),
}

impl<'a, B: Board, S: Slot> Supervisor<'a, B, S> {
    /// A supervisor that has not done anything.
    #[must_use]
    pub fn new(board: B, slots: &'a mut [S], buffers: Buffers<'a>, settings: Settings) -> Self {
        let record = Record {
            activity: Activity::Stopped,
            slot: BUILT_IN,
            checksum: 0,
            misses: 0,
            report: Report::of(Kind::None),
            since_us: 0,
            next: 0,
            ticks: 0,
            started: false,
            replaced: false,
            spent: false,
        };
        let room = Room { memory: buffers.memory.len(), arena: buffers.arena.len() };
        Self { board, slots, buffers, terms: Terms { settings, room }, link: Link::new(), record }
    }

    /// Runs guests, until the board ends: never, on a firmware.
    pub fn run(&mut self) {
        let mut source = self.start();
        while !self.board.has_ended() {
            source = match source {
                Some(source) => self.session(source),
                None => self.wait_for_guest(),
            };
        }
    }

    /// Brings everything to its safe state: the first guest.
    #[inline(never)]
    fn start(&mut self) -> Option<Source> {
        self.record.since_us = self.board.now_us();
        self.say(b"on ");
        self.board.console_write(B::NAME.as_bytes());
        self.board.console_write(b"\n");
        self.forget_what_was_tried();
        self.make_safe();
        let source = self.newest();
        if source.is_none() {
            self.record.report = Report::of(Kind::NoGuest);
            say_report(&mut self.board, self.record.report, None);
        }
        source
    }

    /// The board.
    pub fn board(&mut self) -> &mut B {
        &mut self.board
    }

    /// How the last guest ended.
    #[must_use]
    pub fn report(&self) -> Report {
        self.record.report
    }

    /// A guest that was being started when the board was reset is not started again.
    fn forget_what_was_tried(&mut self) {
        for slot in &*self.slots {
            if let Mark::Trying(_) = slot.mark() {
                // If it cannot be marked, it is tried again: nothing better is left.
                let _ = slot.set_mark(Mark::Bad);
            }
        }
    }

    /// The newest guest that has not failed.
    fn newest(&self) -> Option<Source> {
        let number = |slot: &S| match slot.mark() {
            Mark::New(number) | Mark::Good(number) => Some(number),
            Mark::Empty | Mark::Trying(_) | Mark::Bad => None,
        };
        let numbered = self.slots.iter().enumerate().filter_map(|(index, slot)| Some((number(slot)?, index)));
        let newest = numbered.max().map(|(_, index)| Source::Slot(index));
        newest.or(self.terms.settings.built_in.map(Source::BuiltIn))
    }

    /// Runs a guest to its end: the next one.
    #[inline(never)]
    fn session(&mut self, source: Source) -> Option<Source> {
        self.record.slot = match source {
            Source::BuiltIn(_) => BUILT_IN,
            // No firmware has more than a few slots.
            Source::Slot(index) => index as u8,
        };
        self.record.next = next_number(self.slots);
        let (slot, spare) = split(self.slots, source);
        let bytes = match (source, slot) {
            (Source::BuiltIn(bytes), _) => bytes,
            (Source::Slot(_), slot) => slot?.bytes(),
        };
        self.board.feed_watchdog();
        let (link, record, terms) = (&mut self.link, &mut self.record, &self.terms);
        let ending = Session { spare, link, record, terms, slot }.run(&mut self.board, bytes, &mut self.buffers);
        self.record.activity = Activity::Stopped;
        self.make_safe();
        match ending {
            Ending::Replaced | Ending::Again => self.newest(),
            Ending::Stopped => None,
            Ending::NotStarted => self.fall_back(source),
        }
    }

    /// The guest before one that does not start.
    fn fall_back(&mut self, failed: Source) -> Option<Source> {
        let Source::Slot(index) = failed else { return None };
        let slot = self.slots.get(index)?;
        if slot.set_mark(Mark::Bad).is_err() {
            return None;
        }
        let source = self.newest()?;
        self.say(b"back to the guest before it\n");
        Some(source)
    }

    /// Nothing runs.
    #[inline(never)]
    fn wait_for_guest(&mut self) -> Option<Source> {
        let now = self.board.now_us();
        self.board.feed_watchdog();
        for _ in 0..MOST_FRAMES {
            if !self.link.receive(&mut self.board) {
                break;
            }
            match self.answer(now) {
                Some(Command::Run | Command::Swap) => return self.newest(),
                Some(Command::Stop) | None => {}
            }
        }
        self.board.idle(now.saturating_add(self.terms.settings.tick_us.into()));
        None
    }

    /// Does what the serial line asks for while nothing runs.
    fn answer(&mut self, now: u64) -> Option<Command> {
        let next = next_number(self.slots);
        let spare = spare_of(self.slots, None).and_then(|index| self.slots.get_mut(index));
        let Buffers { scratch, state, .. } = &mut self.buffers;
        let mut subject = Subject { spare, scratch, terms: &self.terms, next };
        self.link.answer(&mut self.board, &mut subject, || self.record.status::<B>(now, state))
    }

    #[inline(never)]
    fn make_safe(&mut self) {
        Ports { board: &mut self.board, table: self.terms.settings.table, state: self.buffers.state }.make_safe();
        self.board.make_safe();
    }

    fn say(&mut self, text: &[u8]) {
        self.board.console_write(b"ermine: ");
        self.board.console_write(text);
    }
}

impl Record {
    /// Another guest.
    fn begin(&mut self) {
        (self.misses, self.ticks) = (0, 0);
        (self.started, self.replaced, self.spent) = (false, false, false);
    }

    fn status<B: Board>(&self, now_us: u64, state: &State) -> Status<'static> {
        Status {
            activity: self.activity,
            slot: self.slot,
            checksum: self.checksum,
            // Wraps after 49 days.
            uptime_ms: (now_us.saturating_sub(self.since_us) / 1000) as u32,
            misses: self.misses,
            lost: state.lost,
            report: self.report,
            board: B::NAME,
        }
    }
}

/// Writes a line that tells how a guest ended.
#[inline(never)]
fn say_report<B: Board>(board: &mut B, report: Report, image: Option<ermine::image::Image<'_>>) {
    let out = &mut |bytes: &[u8]| board.console_write(bytes);
    out(b"ermine: ");
    report.write(image, out);
    if let Some(image) = image {
        checksum(out, b" (image ", image.checksum());
        out(b")");
    }
    out(b"\n");
}

/// Higher than the numbers of all images in slots.
fn next_number<S: Slot>(slots: &[S]) -> u32 {
    let number = |slot: &S| match slot.mark() {
        Mark::New(number) | Mark::Trying(number) | Mark::Good(number) => number,
        Mark::Empty | Mark::Bad => 0,
    };
    slots.iter().map(number).max().unwrap_or(0).saturating_add(1)
}

/// The slot that is written next: one without a guest, else the one with the oldest.
fn spare_of<S: Slot>(slots: &[S], active: Option<usize>) -> Option<usize> {
    let rank = |slot: &S| match slot.mark() {
        Mark::Empty => (0, 0),
        Mark::Bad => (1, 0),
        Mark::New(number) | Mark::Trying(number) | Mark::Good(number) => (2, number),
    };
    let others = slots.iter().enumerate().filter(|(index, _)| Some(*index) != active);
    others.min_by_key(|(_, slot)| rank(slot)).map(|(index, _)| index)
}

/// The slot of the guest that runs, and the one that is written next.
fn split<S: Slot>(slots: &mut [S], source: Source) -> (Option<&S>, Option<&mut S>) {
    let Source::Slot(active) = source else {
        let spare = spare_of(slots, None);
        return (None, spare.and_then(|index| slots.get_mut(index)));
    };
    match spare_of(slots, Some(active)) {
        None => (slots.get(active), None),
        Some(spare) => match slots.get_disjoint_mut([active, spare]) {
            Ok([active, spare]) => (Some(active), Some(spare)),
            Err(_) => (None, None),
        },
    }
}
