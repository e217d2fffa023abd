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
    grant::Grant,
    refusal::{Room, check},
    report::Report,
    slot::{Mark, Slot, SlotError},
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
    pub(crate) table: &'static [Grant],
    pub(crate) room: Room,
    pub(crate) status: Status<'static>,
    /// The number of the next image.
    pub(crate) next: u32,
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

    /// Takes what has come, up to the first command.
    pub(crate) fn poll<B: Board, S: Slot>(&mut self, board: &mut B, subject: &mut Subject<'_, S>) -> Option<Command> {
        while let Some(byte) = board.console_read() {
            if self.decoder.push(byte) != Event::Frame {
                continue;
            }
            let (command, reply) = self.answer(subject);
            if let Some(reply) = reply {
                send(board, &reply);
            }
            if command.is_some() {
                return command;
            }
        }
        None
    }

    /// Does what the frame asks for. Out of line, as `send` and `commit` are: their buffers are not on the stack together.
    #[inline(never)]
    fn answer<S: Slot>(&mut self, subject: &mut Subject<'_, S>) -> (Option<Command>, Option<Answer>) {
        let (number, request) = match Request::decode(self.decoder.frame()) {
            Ok(request) => request,
            Err(Some((kind, number))) => return (None, Some(Answer { kind, number, reply: Reply::Unknown })),
            Err(None) => return (None, None),
        };
        let kind = request.kind();
        let (command, reply) = match request {
            Request::Status => (None, Reply::Status(subject.status)),
            Request::Run => (Some(Command::Run), Reply::Done),
            Request::Stop => (Some(Command::Stop), Reply::Done),
            Request::Begin { size } => {
                (self.size, self.next) = (size, NOT_BEGUN);
                let reply = begin(subject, size);
                if reply == Reply::Done {
                    self.next = 0;
                }
                (None, reply)
            }
            Request::Data { offset, bytes } => {
                let (next, reply) = data(subject, (self.next, self.size), offset, bytes);
                self.next = next;
                (None, reply)
            }
            Request::Commit if self.next == TAKEN => (None, Reply::Done),
            Request::Commit if self.next != self.size => (None, Reply::Order { next: self.next }),
            Request::Commit => match commit(subject, self.size) {
                Reply::Done => {
                    self.next = TAKEN;
                    (Some(Command::Swap), Reply::Done)
                }
                reply => (None, reply),
            },
        };
        (command, Some(Answer { kind, number, reply }))
    }
}

/// A reply, and what it answers.
struct Answer {
    kind: u8,
    number: u8,
    reply: Reply<'static>,
}

#[inline(never)]
fn send<B: Board>(board: &mut B, answer: &Answer) {
    // All replies fit.
    if let Some(encoded) = answer.reply.encode(answer.kind, answer.number) {
        board.console_write(&encoded);
    }
}

fn begin<S: Slot>(subject: &mut Subject<'_, S>, size: u32) -> Reply<'static> {
    let Some(slot) = &mut subject.spare else { return Reply::NoSlot };
    if size as usize > slot.capacity() {
        // Slots are smaller than 4 GiB.
        return Reply::TooLarge { capacity: slot.capacity() as u32 };
    }
    if slot.erase().is_ok() { Reply::Done } else { Reply::Fault }
}

/// Writes bytes that come next: how many have come then, and the reply. `progress` is how many have come, of how many.
fn data<S: Slot>(
    subject: &mut Subject<'_, S>,
    progress: (u32, u32),
    offset: u32,
    bytes: &[u8],
) -> (u32, Reply<'static>) {
    let (next, size) = progress;
    let Some(slot) = &mut subject.spare else { return (NOT_BEGUN, Reply::NoSlot) };
    // No more than a frame.
    let end = offset.saturating_add(bytes.len() as u32);
    if end == next && bytes.len() <= MOST_DATA {
        // They have come before; the reply was lost.
        return (next, Reply::Done);
    }
    if offset != next || end > size || !bytes.len().is_multiple_of(4) {
        return (next, Reply::Order { next });
    }
    match slot.write(offset as usize, bytes) {
        Ok(()) => (end, Reply::Done),
        Err(SlotError::TooLarge) => (next, Reply::TooLarge { capacity: slot.capacity() as u32 }),
        Err(SlotError::Fault) => (next, Reply::Fault),
    }
}

#[inline(never)]
fn commit<S: Slot>(subject: &mut Subject<'_, S>, size: u32) -> Reply<'static> {
    let Some(slot) = &subject.spare else { return Reply::NoSlot };
    let bytes = slot.bytes().get(..size as usize).unwrap_or_default();
    let verdict = match Image::verify(bytes, subject.scratch) {
        Ok(image) => check(image, subject.table, subject.room),
        Err(error) => Err(Report::of_image(error)),
    };
    match verdict.map(|()| slot.set_mark(Mark::New(subject.next))) {
        Ok(Ok(())) => Reply::Done,
        Ok(Err(_)) => Reply::Fault,
        Err(report) => Reply::Refused(report),
    }
}
