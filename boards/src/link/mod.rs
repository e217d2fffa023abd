//! The serial line to whoever looks after a board: frames, messages, and the board's side of an update.

pub mod frame;
pub mod message;

use ermine::image::Image;

use self::{
    frame::{Decoder, Event},
    message::{MOST_DATA, Reply, Request, Status},
};
use crate::{
    board::Board,
    refusal::check,
    report::Report,
    slot::{Mark, Slot, SlotError},
    supervisor::Terms,
};

/// What the supervisor is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Command {
    Run,
    Stop,
    /// The image in the spare slot is verified.
    Swap,
}

/// What requests are about.
pub(crate) struct Subject<'s, S> {
    /// The slot that is not in use.
    pub(crate) spare: Option<&'s mut S>,
    /// For verification.
    pub(crate) scratch: &'s mut [u32],
    pub(crate) terms: &'s Terms,
    /// The number of the next image.
    pub(crate) next: u32,
}

/// Why a request is not carried out: replies without the largest of them, which nothing is kept on the stack for.
enum Failure {
    Refused(Report),
    Order { next: u32 },
    TooLarge { capacity: u32 },
    Fault,
    NoSlot,
}

/// Nothing has begun.
const NOT_BEGUN: u32 = u32::MAX;
/// The image was taken: when the request is repeated, its reply was lost.
const TAKEN: u32 = u32::MAX - 1;

/// The board's side of the line.
#[derive(Debug)]
pub(crate) struct Link {
    decoder: Decoder,
    /// Bytes of the image that is being sent.
    size: u32,
    /// How many have come.
    next: u32,
}

impl Link {
    pub(crate) const fn new() -> Self {
        Self { decoder: Decoder::new(), size: 0, next: NOT_BEGUN }
    }

    /// Takes what has come, up to the first frame. Whether there is one, which is to be [answered](Self::answer).
    pub(crate) fn receive<B: Board>(&mut self, board: &mut B) -> bool {
        while let Some(byte) = board.console_read() {
            if self.decoder.push(byte) == Event::Frame {
                return true;
            }
        }
        false
    }

    /// Does what the frame asks for. Out of line: what it takes is not on the stack while a guest runs.
    #[inline(never)]
    pub(crate) fn answer<B: Board, S: Slot>(
        &mut self,
        board: &mut B,
        subject: &mut Subject<'_, S>,
        status: impl FnOnce() -> Status<'static>,
    ) -> Option<Command> {
        let (number, request) = match Request::decode(self.decoder.frame()) {
            Ok(request) => request,
            Err(unknown) => {
                if let Some((kind, number)) = unknown {
                    self.send(board, kind, number, &Reply::Unknown);
                }
                return None;
            }
        };
        let kind = request.kind();
        if let Request::Status = request {
            self.tell(board, kind, number, status);
            return None;
        }
        let (command, outcome) = match request {
            // Told above.
            Request::Status => (None, Ok(())),
            Request::Run => (Some(Command::Run), Ok(())),
            Request::Stop => (Some(Command::Stop), Ok(())),
            Request::Begin { size } => {
                let outcome = begin(subject, size);
                (self.size, self.next) = (size, if outcome.is_ok() { 0 } else { NOT_BEGUN });
                (None, outcome)
            }
            Request::Data { offset, bytes } => {
                let (next, outcome) = data(subject, (self.next, self.size), offset, bytes);
                self.next = next;
                (None, outcome)
            }
            Request::Commit if self.next == TAKEN => (None, Ok(())),
            Request::Commit if self.next != self.size => (None, Err(Failure::Order { next: self.next })),
            Request::Commit => {
                let outcome = commit(subject, self.size);
                if outcome.is_ok() {
                    self.next = TAKEN;
                }
                (outcome.is_ok().then_some(Command::Swap), outcome)
            }
        };
        self.send_outcome(board, kind, number, outcome);
        command
    }

    #[inline(never)]
    fn send_outcome<B: Board>(&mut self, board: &mut B, kind: u8, number: u8, outcome: Result<(), Failure>) {
        let reply = match outcome {
            Ok(()) => Reply::Done,
            Err(Failure::Refused(report)) => Reply::Refused(report),
            Err(Failure::Order { next }) => Reply::Order { next },
            Err(Failure::TooLarge { capacity }) => Reply::TooLarge { capacity },
            Err(Failure::Fault) => Reply::Fault,
            Err(Failure::NoSlot) => Reply::NoSlot,
        };
        self.send(board, kind, number, &reply);
    }

    /// Sends the status, which is larger than all other replies.
    #[inline(never)]
    fn tell<B: Board>(&mut self, board: &mut B, kind: u8, number: u8, status: impl FnOnce() -> Status<'static>) {
        self.send(board, kind, number, &Reply::Status(status()));
    }

    /// Sends a reply, from the buffer that its request is in.
    #[inline(never)]
    fn send<B: Board>(&mut self, board: &mut B, kind: u8, number: u8, reply: &Reply<'_>) {
        let buffer = self.decoder.buffer();
        // All replies fit.
        if reply.encode_into(kind, number, buffer).is_some() {
            board.console_write(buffer);
        }
    }
}

fn begin<S: Slot>(subject: &mut Subject<'_, S>, size: u32) -> Result<(), Failure> {
    let slot = subject.spare.as_mut().ok_or(Failure::NoSlot)?;
    if size as usize > slot.capacity() {
        // Slots are smaller than 4 GiB.
        return Err(Failure::TooLarge { capacity: slot.capacity() as u32 });
    }
    slot.erase().map_err(|_| Failure::Fault)
}

/// Writes bytes that come next: how many have come then, and the reply. `progress` is how many have come, of how many.
fn data<S: Slot>(
    subject: &mut Subject<'_, S>,
    progress: (u32, u32),
    offset: u32,
    bytes: &[u8],
) -> (u32, Result<(), Failure>) {
    let (next, size) = progress;
    let Some(slot) = &mut subject.spare else { return (NOT_BEGUN, Err(Failure::NoSlot)) };
    // No more than a frame.
    let end = offset.saturating_add(bytes.len() as u32);
    if end == next && bytes.len() <= MOST_DATA {
        // They have come before; the reply was lost.
        return (next, Ok(()));
    }
    if offset != next || end > size || !bytes.len().is_multiple_of(4) {
        return (next, Err(Failure::Order { next }));
    }
    match slot.write(offset as usize, bytes) {
        Ok(()) => (end, Ok(())),
        Err(SlotError::TooLarge) => (next, Err(Failure::TooLarge { capacity: slot.capacity() as u32 })),
        Err(SlotError::Fault) => (next, Err(Failure::Fault)),
    }
}

#[inline(never)]
fn commit<S: Slot>(subject: &mut Subject<'_, S>, size: u32) -> Result<(), Failure> {
    let slot = subject.spare.as_ref().ok_or(Failure::NoSlot)?;
    let bytes = slot.bytes().get(..size as usize).unwrap_or_default();
    let verdict = match Image::verify(bytes, subject.scratch) {
        Ok(image) => check(image, subject.terms.settings.table, subject.terms.room),
        Err(error) => Err(Report::of_image(error)),
    };
    verdict.map_err(Failure::Refused)?;
    slot.set_mark(Mark::New(subject.next)).map_err(|_| Failure::Fault)
}
