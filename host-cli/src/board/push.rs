//! `ermine board push`: sends a guest and waits until it runs, or the one before it runs again.

use super::guest::{self, Guest};
use super::orders::{Known, follow, status, told};
use super::talk::Talk;
use super::words;
use crate::args::PushArgs;
use crate::exit::{Exit, Failure};
use crate::progress::Bar;
use crate::size::show;
use crate::symbolize::annotate;
use crate::table::count;
use crate::{printable, report};
use ermine_boards::link::message::{Activity, MOST_DATA, Reply, Request};
use std::thread;
use std::time::{Duration, Instant};

/// How long the old guest may take until it waits, and the new one until it has started.
const PATIENCE: Duration = Duration::from_secs(10);

/// Time between two looks at how it goes.
const STEP: Duration = Duration::from_millis(20);

/// How often an update may begin anew: a board that was reset knows nothing of it.
const MOST_BEGINNINGS: u32 = 3;

/// How often a board may go back in the same update.
const MOST_SETBACKS: u32 = 100;

/// What a board says when the new guest did not start.
const FALLEN_BACK: &str = "back to the guest before it";

/// Sends a guest.
///
/// # Errors
///
/// If it cannot be read or compiled, the board does not answer or refuses it, or it does not start.
pub(super) fn push(args: &PushArgs) -> Result<Exit, Failure> {
    let guest = guest::load(&args.guest, args.memory)?;
    let mut talk = Talk::open(&args.port)?;
    let mut before = status(&mut talk)?;
    let start = Instant::now();
    send(&mut talk, &guest, &mut before)?;
    // What was said before is not about the new guest.
    talk.forget();
    told(&mut talk, &Request::Commit).map_err(|failure| refused(&guest, failure))?;
    let after = settle(&mut talk, &guest, &before)?;
    let again =
        if talk.repeated > 0 { format!(", {} sent again", count(talk.repeated, "request")) } else { String::new() };
    report::answer(format!(
        "{}: {} bytes in {:.1?}{again}; {} in {} of {}, image {:08x}\n",
        guest.name,
        show(guest.image.len()),
        start.elapsed(),
        words::activity(after.activity),
        words::slot(after.slot),
        printable::printable(&after.board),
        guest.checksum,
    ))?;
    follow(&mut talk, args.log)
}

/// Lets the board make its spare slot ready. Where the guest runs from the only one, it is stopped first.
fn begin(talk: &mut Talk<'_>, size: u32, before: &mut Known) -> Result<(), Failure> {
    let request = Request::Begin { size };
    let other =
        talk.ask(&request, |reply| (reply != Reply::Done).then(|| (reply == Reply::NoSlot, words::reply(&reply))))?;
    match other {
        None => return Ok(()),
        Some((false, other)) => return Err(talk.failure(&format!("the board says: {other}"))),
        Some((true, _)) => {}
    }
    report::note("the board has one slot, and its guest runs from there: it is stopped first");
    told(talk, &Request::Stop)?;
    before.activity = Activity::Stopped;
    told(talk, &request)
}

fn refused(guest: &Guest, failure: Failure) -> Failure {
    Failure { message: format!("{} is not taken; {}", guest.name, failure.message), ..failure }
}

/// What the board wants next.
enum Next {
    /// The bytes from there on.
    From(usize),
    /// All of it, from the start.
    Begin,
    /// It does not go on.
    Never(String),
}

/// Sends the image to the board's spare slot.
fn send(talk: &mut Talk<'_>, guest: &Guest, before: &mut Known) -> Result<(), Failure> {
    let size = u32::try_from(guest.image.len()).map_err(|_| talk.failure("no board takes 4 GiB"))?;
    let bar = Bar::new(size.into());
    bar.say(|| format!("bytes of {}", guest.name));
    for _ in 0..MOST_BEGINNINGS {
        begin(talk, size, before).map_err(|failure| refused(guest, failure))?;
        let (mut at, mut setbacks) = (0, 0);
        while let Some(bytes) =
            guest.image.get(at..(at + MOST_DATA).min(guest.image.len())).filter(|bytes| !bytes.is_empty())
        {
            // It is below `size`.
            let request = Request::Data { offset: at as u32, bytes };
            let end = at + bytes.len();
            match talk.ask(&request, |reply| next(&reply, end))? {
                Next::From(next) if next > at => at = next,
                Next::From(next) if setbacks < MOST_SETBACKS => (at, setbacks) = (next, setbacks + 1),
                Next::From(_) | Next::Begin => break,
                Next::Never(why) => return Err(refused(guest, talk.failure(&format!("the board says: {why}")))),
            }
            bar.set(at as u64);
        }
        if at >= guest.image.len() {
            return Ok(());
        }
    }
    Err(talk.failure("the board does not keep what it is sent: is it reset again and again?"))
}

fn next(reply: &Reply<'_>, end: usize) -> Next {
    match reply {
        Reply::Done => Next::From(end),
        // Nothing has begun, or something else has.
        Reply::Order { next } if *next > end as u32 => Next::Begin,
        Reply::Order { next } => Next::From(*next as usize),
        Reply::Refused(_)
        | Reply::TooLarge { .. }
        | Reply::Fault
        | Reply::NoSlot
        | Reply::Unknown
        | Reply::Status(_) => Next::Never(words::reply(reply)),
    }
}

/// Waits until the new guest runs: the board's status then.
fn settle(talk: &mut Talk<'_>, guest: &Guest, before: &Known) -> Result<Known, Failure> {
    let end = Instant::now() + PATIENCE;
    loop {
        let now = status(talk)?;
        if talk.said().any(|line| line.contains(FALLEN_BACK)) {
            return Err(ended(talk, guest, &now, "the guest before it runs again"));
        }
        let was_stopped = before.activity == Activity::Stopped;
        let is_new = now.checksum == guest.checksum && (was_stopped || now.slot != before.slot);
        let is_over = Instant::now() >= end;
        match now.activity {
            Activity::Idle | Activity::Waiting if is_new => return Ok(now),
            Activity::Stopped if is_new => return Err(ended(talk, guest, &now, "nothing runs")),
            // It computes for long: it has not failed, at any rate.
            Activity::Running if is_new && is_over => return Ok(now),
            Activity::Idle | Activity::Waiting | Activity::Stopped | Activity::Running if is_over => {
                let why = "the guest before it does not make room; `ermine board stop` stops it";
                return Err(talk.failure(&format!("{} was taken, but {why}", guest.name)));
            }
            Activity::Idle | Activity::Waiting | Activity::Stopped | Activity::Running => thread::sleep(STEP),
        }
    }
}

/// A guest that did not start.
fn ended(talk: &Talk<'_>, guest: &Guest, now: &Known, then: &str) -> Failure {
    // The board's line has the image's checksum; the last report may be lost between two others.
    let own = format!("(image {:08x})", guest.checksum);
    let line = talk.said().find(|line| line.contains(&own)).map(|line| line.trim_start_matches("ermine: "));
    let why = line.map_or_else(|| now.report.to_string(), str::to_owned);
    let why = guest.map.as_ref().map_or(why.clone(), |map| annotate(map, &why));
    Failure::new(Exit::Trap, format!("{} did not start: {why}; {then}", guest.name))
}
