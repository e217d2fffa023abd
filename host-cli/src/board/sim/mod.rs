//! `ermine board sim`: a board in memory that a scenario describes, with the same supervisor as a firmware.
//!
//! `scenario` is the file; `table`, `devices` and `inputs` are what it means; `desk` is the board, of which `ports` are pins and buses, `clock` the
//! time, `console` the line to whoever looks after it; `trace` shows what happens, `expect` compares. Instructions take no time here: a guest gets
//! its fuel for each tick, and the tick is over when that is used up.

mod clock;
mod console;
mod desk;
mod devices;
mod expect;
mod inputs;
mod ports;
mod scenario;
mod slot;
mod table;
mod trace;

use super::guest::{self, Guest};
use super::line;
use crate::args::{LineArg, SimArgs};
use crate::exit::{Exit, Failure};
use crate::load;
use clock::Clock;
use console::Console;
use desk::{Desk, Watch};
use devices::Device;
use ermine_boards::{Buffers, Kind as End, Report, Settings, State, Supervisor};
use expect::Expectation;
use inputs::{Action, action};
use scenario::{Scenario, Sizes, invalid};
use slot::{DeskSlot, in_flash};
use std::path::{Path, PathBuf};
use std::time::Instant;
use table::find;
use trace::{Form, Kind, Trace};

/// When a run ends that does not say so, in microseconds.
const UNTIL_US: u64 = 1_000_000;

/// Runs a scenario.
///
/// # Errors
///
/// If scenario or guest cannot be loaded, the guest ends as nobody expects, or something does not happen that was expected.
pub(super) fn sim(args: &SimArgs) -> Result<Exit, Failure> {
    let scenario = scenario::read(&args.scenario)?;
    let guest = guest_path(args, &scenario).map(|path| guest::load(&path, None)).transpose()?;
    if guest.is_none() && args.line.is_none() {
        return Err(invalid(&load::name(&args.scenario), "it has no `guest`, and none is given behind it"));
    }
    let mut desk = board(args, &scenario)?;
    desk.end_us = scenario.until.map(|until| until.us).or_else(|| args.line.is_none().then_some(UNTIL_US));
    let built_in = guest.map(|guest| {
        desk.watch.maps.extend(guest.map.map(|map| (guest.checksum, map)));
        in_flash(&guest.image)
    });
    run(desk, &scenario.board, built_in)
}

/// The guest: that of the command line, or the scenario's.
fn guest_path(args: &SimArgs, scenario: &Scenario) -> Option<PathBuf> {
    let beside = |path: &PathBuf| args.scenario.with_file_name(path);
    args.guest.clone().or_else(|| scenario.guest.as_ref().map(beside))
}

/// The board that the scenario describes.
fn board(args: &SimArgs, scenario: &Scenario) -> Result<Desk, Failure> {
    let name = load::name(&args.scenario);
    let bad = |why: String| invalid(&name, why);
    let table = table::table(&scenario.grants).map_err(bad)?;
    let expectations = scenario.expect.iter().map(Expectation::new).collect::<Result<Vec<_>, _>>().map_err(bad)?;
    let form = match args.line {
        _ if args.quiet => Form::Quiet,
        _ if args.json => Form::Json,
        Some(LineArg::Stdio) => Form::Aside,
        Some(LineArg::Pty) | None => Form::Lines,
    };
    if args.json && args.line == Some(LineArg::Stdio) {
        return Err(Failure::new(Exit::Usage, "--json: standard output is the line; leave out --line stdio"));
    }
    let outside = args.line.map(line::open).transpose()?;
    let clock = if outside.is_some() { Clock::Real(Instant::now()) } else { Clock::Virtual { ns: 0 } };
    let trace = Trace { form, failure: None };
    let mut desk = Desk::new(table, clock, Console::new(outside), Watch::new(trace, expectations, Vec::new()));
    let pin = |name: &str| find(table, "pin", name, table::pin);
    desk.devices = scenario.devices.iter().map(|spec| Device::new(spec, pin)).collect::<Result<_, _>>().map_err(bad)?;
    let mut schedule = looks(&desk).map_err(bad)?;
    for spec in &scenario.inputs {
        let mut maps = Vec::new();
        let guest = |path: &Path| -> Result<Guest, Failure> {
            let guest = guest::load(&args.scenario.with_file_name(path), None)?;
            maps.extend(guest.map.clone().map(|map| (guest.checksum, map)));
            Ok(guest)
        };
        let action = action(spec, table, &desk.devices, guest).map_err(|failure| named(&name, failure))?;
        desk.watch.maps.extend(maps);
        schedule.push((spec.at.us, action));
    }
    schedule.sort_by_key(|(at, _)| *at);
    desk.schedule = schedule.into();
    Ok(desk)
}

/// A failure of an input: those without a hint what to do are the scenario's.
fn named(scenario: &str, failure: Failure) -> Failure {
    let message = format!("{scenario}: {}", failure.message);
    Failure { message, ..failure }
}

/// Looks at displays while the guest runs. Whatever expectations are about has to be there.
fn looks(desk: &Desk) -> Result<Vec<(u64, Action)>, String> {
    let mut looks = Vec::new();
    for (expectation, expected) in desk.watch.expectations.iter().enumerate() {
        match expected.subject() {
            Some((Kind::Pin, name)) => drop(find(desk.table, "pin", name, table::pin)?),
            Some((Kind::Pwm, name)) => drop(find(desk.table, "duty cycle", name, table::pwm)?),
            Some((Kind::Serial, name)) => drop(find(desk.table, "serial line", name, table::port)?),
            Some((Kind::Bus, name)) => {
                let device = inputs::device(&desk.devices, name)?;
                let shows = desk.devices.get(device).is_some_and(|device| device.screen().is_some());
                if expected.looks_at().is_some() && !shows {
                    return Err(format!("`{name}` is no display: it does not show anything"));
                }
                if let Some((_, Some(at))) = expected.looks_at() {
                    looks.push((at, Action::Look { expectation, device }));
                }
            }
            Some((Kind::Mode | Kind::Storage | Kind::Console | Kind::Link | Kind::Input, _)) | None => {}
        }
    }
    Ok(looks)
}

/// Runs guests on the board until its end.
fn run(desk: Desk, sizes: &Sizes, built_in: Option<&'static [u8]>) -> Result<Exit, Failure> {
    let Sizes { tick, fuel, most_ticks, stack, memory, arena, slots, slot } = *sizes;
    let settings = Settings {
        table: desk.table,
        built_in,
        // Longer ticks than an hour are of no use.
        tick_us: u32::try_from(tick.us).unwrap_or(u32::MAX).max(1),
        fuel,
        most_ticks,
    };
    let mut slots: Vec<DeskSlot> = (0..slots).map(|_| slot::slot(slot.0)).collect();
    let (mut stack, mut memory) = (vec![0; stack.0 / 4], vec![0; memory.0]);
    // A bit for each u16 of the largest function, which may be all of an image.
    let (mut arena, mut scratch) = (vec![0; arena.0 / 8], vec![0; slot.0 / 64 + 1]);
    let mut state = State::new();
    let buffers =
        Buffers { stack: &mut stack, memory: &mut memory, arena: &mut arena, scratch: &mut scratch, state: &mut state };
    let mut supervisor = Supervisor::new(desk, &mut slots, buffers, settings);
    supervisor.run();
    let report = supervisor.report();
    verdict(supervisor.board(), report)
}

/// Whether all was as expected.
fn verdict(desk: &mut Desk, report: Report) -> Result<Exit, Failure> {
    if let Some(line) = desk.console.rest() {
        desk.event(Kind::Console, "", line);
    }
    if let Some(failure) = desk.watch.trace.failure.take() {
        return Err(failure);
    }
    // What the board says has names in it. When the run is over it says nothing any more.
    let said = desk.watch.ended.take().filter(|_| report.kind != End::Stopped);
    let ended = said.unwrap_or_else(|| report.to_string());
    let at_the_end: Vec<usize> = (0..desk.watch.expectations.len()).collect();
    for expectation in at_the_end {
        let Some(expected) = desk.watch.expectations.get_mut(expectation) else { continue };
        expected.ended(&ended);
        let device = match expected.looks_at() {
            Some((name, None)) => inputs::device(&desk.devices, name).ok(),
            Some((_, Some(_))) | None => None,
        };
        if let Some(device) = device {
            desk.look(expectation, device);
        }
    }
    let complaints: Vec<String> = desk.watch.expectations.iter().filter_map(Expectation::complaint).flatten().collect();
    if let Some(exit) = unexpected(desk, report) {
        let message = format!("the guest did not go on to the end: {ended}");
        return Err(Failure::new(exit, message).with_details(complaints));
    }
    if complaints.is_empty() {
        return Ok(Exit::Success);
    }
    let message = "the guest did not do what the scenario expects";
    Err(Failure::new(Exit::TestsFailed, message).with_details(complaints))
}

/// How the command ends if the guest has ended as nobody expects.
fn unexpected(desk: &Desk, report: Report) -> Option<Exit> {
    if desk.watch.expectations.iter().any(Expectation::is_stop) {
        return None;
    }
    match report.kind {
        End::None | End::Stopped | End::Replaced => None,
        End::Exit if report.a == 0 => None,
        End::Exit => Some(Exit::Guest(report.a.cast_signed())),
        End::Trap | End::Host => Some(Exit::Trap),
        End::Overdue => Some(Exit::OutOfFuel),
        // All others are images that are refused.
        _ => Some(Exit::CannotLoad),
    }
}
