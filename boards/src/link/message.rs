//! What frames say: requests to a board, and its replies. `docs/boards.md` has the bytes.
//!
//! The host asks, the board answers each request once. A request that was not answered is sent again: none does harm when it arrives twice.

use super::frame::{self, Encoded, Encoder};
use crate::report::Report;

/// Bytes of an image in one request at the most.
pub const MOST_DATA: usize = 64;

/// What a host asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request<'a> {
    /// How the guest does: [`Reply::Status`].
    Status,
    /// To make a slot ready for an image of so many bytes.
    Begin {
        /// Bytes.
        size: u32,
    },
    /// The next bytes of the image.
    Data {
        /// How many have come before.
        offset: u32,
        /// A multiple of 4, up to [`MOST_DATA`].
        bytes: &'a [u8],
    },
    /// To verify the image and to run it in place of the guest, between two events.
    Commit,
    /// To run the guest, from its start.
    Run,
    /// To stop the guest, and to drive the safe state.
    Stop,
}

/// What a board answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply<'a> {
    /// It is done.
    Done,
    /// The image is not taken, or the guest cannot run.
    Refused(Report),
    /// These are not the next bytes: go on with those from `next` on. All bits set: nothing has begun.
    Order {
        /// How many have come.
        next: u32,
    },
    /// The image is larger than a slot.
    TooLarge {
        /// Bytes of a slot.
        capacity: u32,
    },
    /// The slot's memory does not hold what is written.
    Fault,
    /// There is no slot that is not in use.
    NoSlot,
    /// The board does not know such a request.
    Unknown,
    /// How the guest does.
    Status(Status<'a>),
}

/// What a guest is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Activity {
    /// There is none, or it was stopped.
    Stopped = 0,
    /// It waits for events.
    Idle = 1,
    /// It waits for time to pass.
    Waiting = 2,
    /// It runs, a slice in each tick.
    Running = 3,
}

/// How a guest does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status<'a> {
    /// What it is doing.
    pub activity: Activity,
    /// The slot that it is in; 255 for the one that the firmware brings along.
    pub slot: u8,
    /// The checksum of its image: which one it is.
    pub checksum: u32,
    /// Milliseconds since the board has started.
    pub uptime_ms: u32,
    /// Ticks in which the guest did not finish.
    pub misses: u32,
    /// Events that it was not told of.
    pub lost: u32,
    /// How the last guest ended.
    pub report: Report,
    /// The board's name.
    pub board: &'a str,
}

/// The slot number of the guest that the firmware brings along.
pub const BUILT_IN: u8 = 255;

mod kind {
    pub(super) const STATUS: u8 = 1;
    pub(super) const BEGIN: u8 = 2;
    pub(super) const DATA: u8 = 3;
    pub(super) const COMMIT: u8 = 4;
    pub(super) const RUN: u8 = 5;
    pub(super) const STOP: u8 = 6;
    /// What makes a reply of it.
    pub(super) const REPLY: u8 = 0x80;
}

mod code {
    pub(super) const DONE: u8 = 0;
    pub(super) const REFUSED: u8 = 1;
    pub(super) const ORDER: u8 = 2;
    pub(super) const TOO_LARGE: u8 = 3;
    pub(super) const FAULT: u8 = 4;
    pub(super) const NO_SLOT: u8 = 5;
    pub(super) const UNKNOWN: u8 = 6;
    pub(super) const STATUS: u8 = 7;
}

impl<'a> Request<'a> {
    /// The number of its kind.
    #[must_use]
    pub fn kind(&self) -> u8 {
        match self {
            Self::Status => kind::STATUS,
            Self::Begin { .. } => kind::BEGIN,
            Self::Data { .. } => kind::DATA,
            Self::Commit => kind::COMMIT,
            Self::Run => kind::RUN,
            Self::Stop => kind::STOP,
        }
    }

    /// As a frame. `None` if there are too many data. The number of the request comes back in the reply.
    #[must_use]
    pub fn encode(&self, number: u8) -> Option<Encoded> {
        let head = [self.kind(), number];
        match self {
            Self::Status | Self::Commit | Self::Run | Self::Stop => frame::encode(&[&head]),
            Self::Begin { size } => frame::encode(&[&head, &size.to_le_bytes()]),
            Self::Data { offset, bytes } => frame::encode(&[&head, &offset.to_le_bytes(), bytes]),
        }
    }

    /// Number and request of a frame.
    ///
    /// # Errors
    ///
    /// Kind and number of a frame that is of no known kind, if it has them at all.
    pub fn decode(frame: &'a [u8]) -> Result<(u8, Self), Option<(u8, u8)>> {
        let (&[kind, number], body) = frame.split_first_chunk().ok_or(None)?;
        let unknown = Some((kind, number));
        let request = match kind {
            kind::STATUS => Self::Status,
            kind::BEGIN => Self::Begin { size: u32::from_le_bytes(*body.first_chunk().ok_or(unknown)?) },
            kind::DATA => {
                let (offset, bytes) = body.split_first_chunk().ok_or(unknown)?;
                Self::Data { offset: u32::from_le_bytes(*offset), bytes }
            }
            kind::COMMIT => Self::Commit,
            kind::RUN => Self::Run,
            kind::STOP => Self::Stop,
            _ => return Err(unknown),
        };
        Ok((number, request))
    }
}

impl<'a> Reply<'a> {
    /// As a frame: the answer to the request of this kind and number.
    #[must_use]
    pub fn encode(&self, kind: u8, number: u8) -> Option<Encoded> {
        let mut out = Encoded::new();
        self.encode_into(kind, number, &mut out)?;
        Some(out)
    }

    /// The same, into a buffer that is there already.
    pub(crate) fn encode_into(&self, kind: u8, number: u8, out: &mut Encoded) -> Option<()> {
        let mut frame = Encoder::new(out);
        frame.put(&[kind | kind::REPLY, number, self.code()]);
        match self {
            Self::Done | Self::Fault | Self::NoSlot | Self::Unknown => {}
            Self::Refused(report) => frame.put(&report.to_bytes()),
            Self::Order { next: word } | Self::TooLarge { capacity: word } => frame.put(&word.to_le_bytes()),
            Self::Status(status) => status.encode_into(&mut frame),
        }
        frame.finish()
    }

    fn code(&self) -> u8 {
        match self {
            Self::Done => code::DONE,
            Self::Refused(_) => code::REFUSED,
            Self::Order { .. } => code::ORDER,
            Self::TooLarge { .. } => code::TOO_LARGE,
            Self::Fault => code::FAULT,
            Self::NoSlot => code::NO_SLOT,
            Self::Unknown => code::UNKNOWN,
            Self::Status(_) => code::STATUS,
        }
    }

    /// Kind and number of the request that a frame answers, and the reply. `None` if it is not a reply, or one of later versions.
    #[must_use]
    pub fn decode(frame: &'a [u8]) -> Option<(u8, u8, Self)> {
        let (&[kind, number, code], body) = frame.split_first_chunk()?;
        let kind = kind.checked_sub(kind::REPLY)?;
        let word = || body.first_chunk().copied().map(u32::from_le_bytes);
        let reply = match code {
            code::DONE => Self::Done,
            code::REFUSED => Self::Refused(Report::from_bytes(*body.first_chunk()?)?),
            code::ORDER => Self::Order { next: word()? },
            code::TOO_LARGE => Self::TooLarge { capacity: word()? },
            code::FAULT => Self::Fault,
            code::NO_SLOT => Self::NoSlot,
            code::UNKNOWN => Self::Unknown,
            code::STATUS => Self::Status(Status::decode(body)?),
            _ => return None,
        };
        Some((kind, number, reply))
    }
}

impl<'a> Status<'a> {
    fn encode_into(&self, frame: &mut Encoder<'_>) {
        frame.put(&[self.activity as u8, self.slot]);
        for word in [self.checksum, self.uptime_ms, self.misses, self.lost] {
            frame.put(&word.to_le_bytes());
        }
        frame.put(&self.report.to_bytes());
        frame.put(self.board.as_bytes());
    }

    fn decode(body: &'a [u8]) -> Option<Self> {
        let (&[activity, slot], rest) = body.split_first_chunk()?;
        let (checksum, rest) = word(rest)?;
        let (uptime_ms, rest) = word(rest)?;
        let (misses, rest) = word(rest)?;
        let (lost, rest) = word(rest)?;
        let (report, board) = rest.split_first_chunk()?;
        let activity = match activity {
            0 => Activity::Stopped,
            1 => Activity::Idle,
            2 => Activity::Waiting,
            3 => Activity::Running,
            _ => return None,
        };
        let (report, board) = (Report::from_bytes(*report)?, str::from_utf8(board).ok()?);
        Some(Self { activity, slot, checksum, uptime_ms, misses, lost, report, board })
    }
}

fn word(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (word, rest) = bytes.split_first_chunk()?;
    Some((u32::from_le_bytes(*word), rest))
}

#[cfg(test)]
mod tests {
    use super::{Activity, Reply, Request, Status};
    use crate::{
        link::frame::{Decoder, Event},
        report::{Kind, Report},
    };

    fn frame_of(bytes: &[u8]) -> Decoder {
        let mut decoder = Decoder::new();
        let last = bytes.iter().map(|&byte| decoder.push(byte)).last();
        assert_eq!(last, Some(Event::Frame));
        decoder
    }

    #[test]
    fn requests_come_back_as_they_were() {
        let data = Request::Data { offset: 128, bytes: &[0, 1, 2, 3] };
        let begin = Request::Begin { size: 70_000 };
        for request in [Request::Status, begin, data, Request::Commit, Request::Run, Request::Stop] {
            let decoder = frame_of(&request.encode(9).expect("it fits"));
            assert_eq!(Request::decode(decoder.frame()), Ok((9, request)));
        }
    }

    #[test]
    fn replies_come_back_as_they_were() {
        let report = Report { kind: Kind::Trap, detail: 2, a: 12, b: 0x34 };
        let status = Status {
            activity: Activity::Waiting,
            slot: 1,
            checksum: 0x1234_5678,
            uptime_ms: 1000,
            misses: 3,
            lost: 0,
            report,
            board: "stm32vldiscovery",
        };
        let order = Reply::Order { next: 64 };
        let others = [Reply::Fault, Reply::NoSlot, Reply::Unknown, Reply::TooLarge { capacity: 1024 }];
        for reply in [Reply::Done, Reply::Refused(report), order, Reply::Status(status)].into_iter().chain(others) {
            let decoder = frame_of(&reply.encode(1, 7).expect("it fits"));
            assert_eq!(Reply::decode(decoder.frame()), Some((1, 7, reply)));
        }
    }

    #[test]
    fn a_request_of_unknown_kind_is_told_apart_from_noise() {
        assert_eq!(Request::decode(&[99, 5]), Err(Some((99, 5))));
        assert_eq!(Request::decode(&[99]), Err(None));
        assert_eq!(Request::decode(&[3, 5, 0, 0]), Err(Some((3, 5))));
    }
}
