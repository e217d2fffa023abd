//! What a scenario expects, and whether it has happened.

use super::devices::Screen;
use super::scenario::{ExpectSpec, Time};
use super::trace::{Event, Kind};

/// Something that is expected.
#[derive(Debug)]
pub(super) struct Expectation {
    /// In words.
    what: String,
    wanted: Wanted,
    /// When, from and to.
    window: Option<(u64, u64)>,
    /// The middle of that.
    at_us: Option<u64>,
    times: Option<u32>,
    /// How often it has happened.
    seen: u32,
    /// When it happened closest to the time that is wanted, but not within.
    nearest_us: Option<u64>,
    /// What a display showed instead.
    shown: Option<Vec<String>>,
    /// For serial lines: what was written so far.
    written: String,
}

#[derive(Debug)]
enum Wanted {
    /// An event with just this text.
    Is(Kind, String, String),
    /// An event with this in its text.
    Has(Kind, String, String),
    /// This somewhere in what is written to a serial line.
    Written(String, String),
    /// A display that shows these rows from a place on.
    Shows { device: String, x: u16, y: u16, rows: Vec<String> },
    /// The end of the guest, with this in its report.
    Stop(String),
}

/// How far from its time an event may be, without `within`.
const WITHIN: Time = Time { us: 1000 };

impl Expectation {
    /// An expectation of the scenario.
    ///
    /// # Errors
    ///
    /// What is missing.
    pub(super) fn new(spec: &ExpectSpec) -> Result<Self, String> {
        let wanted = wanted(spec)?;
        let within = spec.within.unwrap_or(WITHIN).us;
        let window = spec.at.map(|at| (at.us.saturating_sub(within), at.us.saturating_add(within)));
        let mut what = describe(&wanted);
        if let Some(at) = spec.at {
            what = format!("{what} at {}", shown(at.us));
        }
        if let Some(times) = spec.times {
            what = format!("{what}, {times} times");
        }
        Ok(Self {
            what,
            wanted,
            window,
            at_us: spec.at.map(|at| at.us),
            times: spec.times,
            seen: 0,
            nearest_us: None,
            shown: None,
            written: String::new(),
        })
    }

    /// Kind and name of what it is about, so that the name can be looked up.
    pub(super) fn subject(&self) -> Option<(Kind, &str)> {
        match &self.wanted {
            Wanted::Is(kind, name, _) | Wanted::Has(kind, name, _) => Some((*kind, name)),
            Wanted::Written(name, _) => Some((Kind::Serial, name)),
            Wanted::Shows { device, .. } => Some((Kind::Bus, device)),
            Wanted::Stop(_) => None,
        }
    }

    /// The display that it looks at, and when, if not at the end.
    pub(super) fn looks_at(&self) -> Option<(&str, Option<u64>)> {
        match &self.wanted {
            Wanted::Shows { device, .. } => Some((device, self.at_us)),
            Wanted::Is(..) | Wanted::Has(..) | Wanted::Written(..) | Wanted::Stop(_) => None,
        }
    }

    /// Something happens.
    pub(super) fn observe(&mut self, event: &Event) {
        let fits = match &self.wanted {
            Wanted::Is(kind, name, text) => event.kind == *kind && event.name == *name && event.text == *text,
            Wanted::Has(kind, name, text) => {
                event.kind == *kind && event.name == *name && event.text.contains(text.as_str())
            }
            Wanted::Written(name, text) if event.kind == Kind::Serial && event.name == *name => {
                self.written.push_str(&event.text);
                match self.written.find(text.as_str()) {
                    Some(at) => {
                        self.written.drain(..at + text.len());
                        true
                    }
                    None => false,
                }
            }
            Wanted::Written(..) | Wanted::Shows { .. } | Wanted::Stop(_) => false,
        };
        if fits {
            self.happened(event.at_us);
        }
    }

    /// A look at the display.
    pub(super) fn look(&mut self, screen: &Screen) {
        let Wanted::Shows { x, y, rows, .. } = &self.wanted else { return };
        let width = rows.iter().map(|row| row.chars().count()).max().unwrap_or(0);
        let part = screen.part(*x, *y, width, rows.len());
        let same = part.iter().zip(rows).all(|(is, wanted)| is.trim_end() == wanted.trim_end());
        self.seen += u32::from(same);
        self.shown = Some(part);
    }

    /// The guest has ended, with this report.
    pub(super) fn ended(&mut self, report: &str) {
        if let Wanted::Stop(text) = &self.wanted {
            self.seen += u32::from(report.contains(text.as_str()));
            self.shown = Some(vec![report.to_owned()]);
        }
    }

    /// Whether it is about the guest's end.
    pub(super) fn is_stop(&self) -> bool {
        matches!(self.wanted, Wanted::Stop(_))
    }

    fn happened(&mut self, at_us: u64) {
        match (self.window, self.at_us) {
            (Some((first, last)), Some(middle)) if !(first..=last).contains(&at_us) => {
                let is_nearer = self.nearest_us.is_none_or(|nearest| at_us.abs_diff(middle) < nearest.abs_diff(middle));
                if is_nearer {
                    self.nearest_us = Some(at_us);
                }
            }
            _ => self.seen = self.seen.saturating_add(1),
        }
    }

    /// Why it does not hold, if it does not: one line, and more below it.
    pub(super) fn complaint(&self) -> Option<Vec<String>> {
        if self.times.map_or(self.seen > 0, |times| self.seen == times) {
            return None;
        }
        let found = match (self.times, self.nearest_us, &self.shown) {
            (_, _, Some(_)) => "but it is".to_owned(),
            (Some(_), ..) => format!("but {} times", self.seen),
            (None, Some(nearest), _) => format!("but at {}", shown(nearest)),
            (None, None, None) => "which did not happen".to_owned(),
        };
        let mut lines = vec![format!("expected {}, {found}", self.what)];
        lines.extend(self.shown.iter().flatten().map(|row| format!("  |{row}|")));
        Some(lines)
    }
}

fn wanted(spec: &ExpectSpec) -> Result<Wanted, String> {
    let missing = |what: &str, with: &str| format!("`{what}` is expected without `{with}`");
    let ExpectSpec { pin, level, pwm, duty, serial, text, bus, console, device, shows, x, y, stop, .. } = spec;
    let subjects = [pin, pwm, serial, bus, console, device, stop];
    if subjects.iter().filter(|subject| subject.is_some()).count() != 1 {
        return Err("expect one of pin, pwm, serial, bus, console, device and stop".to_owned());
    }
    let text = |what| text.clone().ok_or_else(|| missing(what, "text"));
    if let Some(pin) = pin {
        let level = level.ok_or_else(|| missing("pin", "level"))?;
        return Ok(Wanted::Is(Kind::Pin, pin.clone(), level.name().to_owned()));
    }
    if let Some(pwm) = pwm {
        let duty = duty.ok_or_else(|| missing("pwm", "duty"))?;
        return Ok(Wanted::Is(Kind::Pwm, pwm.clone(), duty.to_string()));
    }
    if let Some(serial) = serial {
        return Ok(Wanted::Written(serial.clone(), text("serial")?));
    }
    if let Some(bus) = bus {
        return Ok(Wanted::Has(Kind::Bus, bus.clone(), text("bus")?));
    }
    if let Some(device) = device {
        let rows = shows.clone().ok_or_else(|| missing("device", "shows"))?;
        return Ok(Wanted::Shows { device: device.clone(), x: *x, y: *y, rows });
    }
    if let Some(console) = console {
        return Ok(Wanted::Has(Kind::Console, String::new(), console.clone()));
    }
    Ok(Wanted::Stop(stop.clone().unwrap_or_default()))
}

fn describe(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Is(Kind::Pin, name, level) => format!("pin {name} {level}"),
        Wanted::Is(_, name, text) => format!("{name} {text}"),
        Wanted::Has(Kind::Console, _, text) => format!("`{text}` on the console"),
        Wanted::Has(_, name, text) => format!("`{text}` on the bus to {name}"),
        Wanted::Written(name, text) => format!("`{}` on serial line {name}", text.escape_debug()),
        Wanted::Shows { device, x, y, .. } => format!("another picture on {device} from {x}, {y} on"),
        Wanted::Stop(text) => format!("the guest to end with `{text}`"),
    }
}

fn shown(us: u64) -> String {
    format!("{}.{:06} s", us / 1_000_000, us % 1_000_000)
}
