//! What boards say, in words: replies to requests, activities, text that comes in pieces.

use ermine_boards::link::message::{Activity, BUILT_IN, Reply, Status};

/// What a guest is doing.
pub(super) fn activity(activity: Activity) -> &'static str {
    match activity {
        Activity::Stopped => "stopped",
        Activity::Idle => "idle",
        Activity::Waiting => "waiting",
        Activity::Running => "running",
    }
}

/// Where a guest is.
pub(super) fn slot(slot: u8) -> String {
    if slot == BUILT_IN { "the firmware".to_owned() } else { format!("slot {slot}") }
}

/// A reply in one line, as behind "the board says: ".
pub(super) fn reply(reply: &Reply<'_>) -> String {
    match reply {
        Reply::Done => "done".to_owned(),
        Reply::Refused(report) => report.to_string(),
        Reply::Order { next: u32::MAX } => "no guest is being sent: begin first".to_owned(),
        Reply::Order { next } => format!("the bytes from {next} on come next"),
        Reply::TooLarge { capacity } => format!("the image is larger than a slot, which has {capacity} bytes"),
        Reply::Fault => "its memory does not hold what is written: it may be worn out".to_owned(),
        Reply::NoSlot => "it has no slot that is not in use".to_owned(),
        Reply::Unknown => "its firmware does not know this request: bring it up to date".to_owned(),
        Reply::Status(status) => one_line(status),
    }
}

fn one_line(status: &Status<'_>) -> String {
    format!(
        "{} in {}, image {:08x}, {} ticks missed, {} events lost; {}",
        activity(status.activity),
        slot(status.slot),
        status.checksum,
        status.misses,
        status.lost,
        status.report
    )
}

/// Puts text that comes in pieces together to lines.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
}

/// Longer lines are broken.
const LONGEST: usize = 4096;

impl Lines {
    /// Takes a byte: the line that it ends.
    pub(super) fn push(&mut self, byte: u8) -> Option<String> {
        if byte == b'\n' {
            return Some(self.take().unwrap_or_default());
        }
        self.bytes.push(byte);
        if self.bytes.len() < LONGEST { None } else { self.take() }
    }

    /// The line that has no end yet, if there is one.
    pub(super) fn take(&mut self) -> Option<String> {
        let bytes = std::mem::take(&mut self.bytes);
        let text = String::from_utf8_lossy(&bytes);
        (!bytes.is_empty()).then(|| text.trim_end_matches('\r').to_owned())
    }
}
