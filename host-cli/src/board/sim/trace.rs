//! What happens on a simulated board, as lines for people or as JSON, one object a line.

use crate::exit::Failure;
use crate::json::Json;
use crate::printable::printable;
use crate::report;

/// What something happens to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The level that the guest gives to a pin.
    Pin,
    /// The direction that the guest gives to a pin.
    Mode,
    /// A duty cycle.
    Pwm,
    /// A transaction with a device.
    Bus,
    /// Bytes that the guest writes to a serial line.
    Serial,
    /// Bytes that the guest keeps.
    Storage,
    /// A line that the board or its guest writes for whoever looks after it.
    Console,
    /// A request of whoever looks after the board, or the reply.
    Link,
    /// Something that the scenario does.
    Input,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::Mode => "mode",
            Self::Pwm => "pwm",
            Self::Bus => "bus",
            Self::Serial => "serial",
            Self::Storage => "storage",
            Self::Console => "console",
            Self::Link => "link",
            Self::Input => "input",
        }
    }
}

/// Something that happens.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) at_us: u64,
    pub(super) kind: Kind,
    /// To what, if there are several such things.
    pub(super) name: String,
    pub(super) text: String,
}

/// Where events are written to.
#[derive(Debug)]
pub(super) struct Trace {
    pub(super) form: Form,
    /// Why it could not be written.
    pub(super) failure: Option<Failure>,
}

/// How events are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Not at all.
    Quiet,
    /// As lines on standard output.
    Lines,
    /// As JSON on standard output.
    Json,
    /// As lines on standard error.
    Aside,
}

/// Bytes that a line shows.
const MOST_BYTES: usize = 24;

impl Trace {
    pub(super) fn write(&mut self, event: &Event) {
        let text = match self.form {
            Form::Quiet => return,
            Form::Aside => return report::line(line(event)),
            Form::Lines => line(event),
            Form::Json => record(event).to_string(),
        };
        if self.failure.is_none() {
            self.failure = report::answer(text + "\n").err();
        }
    }
}

fn line(event: &Event) -> String {
    let Event { at_us, kind, name, text } = event;
    let (seconds, fraction) = (at_us / 1_000_000, at_us % 1_000_000);
    let gap = if name.is_empty() { "" } else { " " };
    format!("{seconds:>4}.{fraction:06}  {:<8} {}{gap}{}", kind.name(), printable(name), printable(text))
}

fn record(event: &Event) -> Json {
    let name = Some(event.name.as_str()).filter(|name| !name.is_empty());
    Json::Object(vec![
        ("at_us", event.at_us.into()),
        ("kind", event.kind.name().into()),
        ("name", name.into()),
        ("text", event.text.as_str().into()),
    ])
}

/// Bytes in hexadecimal: the first of them, and how many there are.
pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    let shown: Vec<String> = bytes.iter().take(MOST_BYTES).map(|byte| format!("{byte:02x}")).collect();
    let more = if bytes.len() > MOST_BYTES { format!(" … {} bytes", bytes.len()) } else { String::new() };
    shown.join(" ") + &more
}

#[cfg(test)]
mod tests {
    use super::{Event, Kind, line, record};

    #[test]
    fn events_are_lines_or_objects() {
        let event = Event { at_us: 1_250_003, kind: Kind::Pin, name: "led".to_owned(), text: "high".to_owned() };
        assert_eq!(line(&event), "   1.250003  pin      led high");
        let expected = r#"{"at_us": 1250003, "kind": "pin", "name": "led", "text": "high"}"#;
        assert_eq!(record(&event).to_string(), expected);
        let event = Event { kind: Kind::Console, name: String::new(), text: "\u{1b}[2J".to_owned(), ..event };
        assert_eq!(line(&event), "   1.250003  console  \\u{1b}[2J");
    }
}
