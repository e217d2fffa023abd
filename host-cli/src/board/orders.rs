//! `ermine board run`, `stop`, `stat` and `log`.

use super::talk::Talk;
use super::words;
use crate::args::{LogArgs, OrderArgs, StatArgs};
use crate::exit::{Exit, Failure};
use crate::json::Json;
use crate::printable::printable;
use crate::symbolize::annotate;
use crate::table::row;
use crate::{duration, report, size, symbols};
use ermine_boards::Report;
use ermine_boards::link::message::{Activity, BUILT_IN, Reply, Request, Status};
use std::time::Duration;

/// A status that outlives its frame.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) activity: Activity,
    pub(super) slot: u8,
    pub(super) checksum: u32,
    pub(super) uptime_ms: u32,
    pub(super) misses: u32,
    pub(super) lost: u32,
    pub(super) report: Report,
    pub(super) board: String,
}

impl From<Status<'_>> for Known {
    fn from(status: Status<'_>) -> Self {
        let Status { activity, slot, checksum, uptime_ms, misses, lost, report, board } = status;
        Self { activity, slot, checksum, uptime_ms, misses, lost, report, board: board.to_owned() }
    }
}

/// Starts the guest again.
pub(super) fn run(args: &OrderArgs) -> Result<Exit, Failure> {
    order(args, &Request::Run, "the guest starts")
}

/// Stops the guest.
pub(super) fn stop(args: &OrderArgs) -> Result<Exit, Failure> {
    order(args, &Request::Stop, "the guest is stopped")
}

fn order(args: &OrderArgs, request: &Request<'_>, done: &str) -> Result<Exit, Failure> {
    let mut talk = Talk::open(&args.port)?;
    told(&mut talk, request)?;
    report::answer(format!("{done}\n"))?;
    follow(&mut talk, args.log)
}

/// Asks for something that is done or is not.
///
/// # Errors
///
/// If there is no reply, or another one.
pub(super) fn told(talk: &mut Talk<'_>, request: &Request<'_>) -> Result<(), Failure> {
    let other = talk.ask(request, |reply| (reply != Reply::Done).then(|| words::reply(&reply)))?;
    other.map_or(Ok(()), |other| Err(talk.failure(&format!("the board says: {other}"))))
}

/// How board and guest do.
///
/// # Errors
///
/// If there is no reply, or another one.
pub(super) fn status(talk: &mut Talk<'_>) -> Result<Known, Failure> {
    let answer = talk.ask(&Request::Status, |reply| match reply {
        Reply::Status(status) => Ok(Known::from(status)),
        other => Err(words::reply(&other)),
    })?;
    answer.map_err(|other| talk.failure(&format!("the board says: {other}")))
}

/// Tells how board and guest do.
pub(super) fn stat(args: &StatArgs) -> Result<Exit, Failure> {
    let mut talk = Talk::open(&args.port)?;
    let known = status(&mut talk)?;
    report::answer(if args.json { format!("{}\n", record(&known)) } else { table(&known) })
}

fn table(known: &Known) -> String {
    let mut text = String::new();
    row(&mut text, "board", &printable(&known.board));
    row(&mut text, "guest", &format!("{}, from {}", words::activity(known.activity), words::slot(known.slot)));
    row(&mut text, "image", &format!("checksum {:08x}", known.checksum));
    row(&mut text, "up for", &duration::show(Duration::from_millis(known.uptime_ms.into())));
    row(&mut text, "ticks missed", &size::show(known.misses));
    row(&mut text, "events lost", &size::show(known.lost));
    row(&mut text, "last end", &known.report.to_string());
    text
}

fn record(known: &Known) -> Json {
    let slot = (known.slot != BUILT_IN).then_some(u32::from(known.slot));
    Json::Object(vec![
        ("board", known.board.as_str().into()),
        ("activity", words::activity(known.activity).into()),
        ("slot", slot.into()),
        ("checksum", format!("{:08x}", known.checksum).into()),
        ("uptime_ms", known.uptime_ms.into()),
        ("ticks_missed", known.misses.into()),
        ("events_lost", known.lost.into()),
        ("report", known.report.to_string().into()),
        ("report_kind", u32::from(known.report.kind as u8).into()),
    ])
}

/// Shows what the board says.
pub(super) fn log(args: &LogArgs) -> Result<Exit, Failure> {
    let map = args.map.as_deref().map(symbols::read).transpose()?;
    let mut talk = Talk::open(&args.port)?;
    talk.listen(args.time, |line| {
        let line = map.as_ref().map_or(line.clone(), |map| annotate(map, &line));
        report::answer(format!("{}\n", printable(&line))).map(drop)
    })?;
    Ok(Exit::Success)
}

/// Shows what the board says for so long, if that is wanted.
pub(super) fn follow(talk: &mut Talk<'_>, time: Option<Duration>) -> Result<Exit, Failure> {
    if time.is_some() {
        talk.listen(time, |line| report::answer(format!("{}\n", printable(&line))).map(drop))?;
    }
    Ok(Exit::Success)
}
