//! A conversation with a board: a request, its reply, and the request again if there is none. What is no reply is the board's text.

use super::port;
use super::stream::Stream;
use super::words::Lines;
use crate::args::PortArgs;
use crate::exit::{Exit, Failure};
use ermine_boards::link::frame::{Decoder, Event};
use ermine_boards::link::message::{Reply, Request};
use std::collections::VecDeque;
use std::time::{Duration, Instant, SystemTime};
use std::{io, thread};

/// A board at the other end of a line.
pub(super) struct Talk<'a> {
    args: &'a PortArgs,
    /// Kept while it is talked to.
    port: port::Port,
    decoder: Decoder,
    lines: Lines,
    /// Lines that nobody has asked for yet.
    said: VecDeque<String>,
    number: u8,
    /// Requests in a row that the board got only when they were sent slowly.
    slow: u32,
    /// How often a request was sent again.
    pub(super) repeated: u32,
}

/// Time between two bytes that are sent slowly.
const PACE: Duration = Duration::from_millis(2);

/// So many requests in a row that had to be sent slowly: then all others are, at once.
const ENOUGH: u32 = 3;

/// Lines that are kept for whoever asks.
const MOST_LINES: usize = 1000;

/// Where numbers start: replies to whoever was at the line before are not to be taken for ours.
fn arbitrary() -> u8 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |time| time.subsec_micros().to_le_bytes()[0])
}

impl<'a> Talk<'a> {
    /// Opens the line.
    ///
    /// # Errors
    ///
    /// If there is no such line, or it cannot be opened.
    pub(super) fn open(args: &'a PortArgs) -> Result<Self, Failure> {
        let port = port::open(args)?;
        Ok(Self {
            args,
            port,
            decoder: Decoder::new(),
            lines: Lines::default(),
            said: VecDeque::new(),
            number: arbitrary(),
            slow: 0,
            repeated: 0,
        })
    }

    /// Asks, and makes something of the reply.
    ///
    /// # Errors
    ///
    /// If there is no reply.
    pub(super) fn ask<T>(&mut self, request: &Request<'_>, then: impl Fn(Reply<'_>) -> T) -> Result<T, Failure> {
        // Numbers tell the reply to this request from late ones to others.
        self.number = self.number.wrapping_add(1);
        let (kind, number) = (request.kind(), self.number);
        let frame = request.encode(number).ok_or_else(|| self.failure("the request is too long for a frame"))?;
        let patience = match request {
            // Flash is erased, an image verified.
            Request::Begin { .. } | Request::Commit => self.args.timeout.saturating_mul(4),
            Request::Status | Request::Data { .. } | Request::Run | Request::Stop => self.args.timeout,
        };
        for round in 0..=self.args.retries {
            self.repeated += u32::from(round > 0);
            let is_slow = round > 0 || self.slow >= ENOUGH;
            self.send(&frame, is_slow).map_err(|error| self.failure(&format!("it cannot be written to: {error}")))?;
            let end = Instant::now() + patience;
            while self.hear(end) {
                if let Some((its_kind, its_number, reply)) = Reply::decode(self.decoder.frame())
                    && (its_kind, its_number) == (kind, number)
                {
                    self.slow = if is_slow { self.slow.saturating_add(1) } else { 0 };
                    return Ok(then(reply));
                }
            }
            if self.stream().has_ended() {
                return Err(self.failure("the line has ended; is the board, or the command, still there?"));
            }
        }
        let tries = self.args.retries.saturating_add(1);
        let hint = "is an Ermine firmware on it, at this --baud, and no other program at the line?";
        Err(self.failure(&format!("no reply, asked {tries} times; {hint}")))
    }

    /// Sends a frame, slowly after it was not understood: a board that looks at its line once a millisecond, and has no buffer, loses bytes else.
    fn send(&mut self, frame: &[u8], slowly: bool) -> io::Result<()> {
        if !slowly {
            return self.stream().write(frame);
        }
        for byte in frame {
            self.stream().write(std::slice::from_ref(byte))?;
            thread::sleep(PACE);
        }
        Ok(())
    }

    /// Listens for the board's text until then, or the line's end: line by line.
    ///
    /// # Errors
    ///
    /// Those of `tell`.
    pub(super) fn listen(
        &mut self,
        time: Option<Duration>,
        mut tell: impl FnMut(String) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let end = time.and_then(|time| Instant::now().checked_add(time));
        loop {
            while let Some(line) = self.said.pop_front() {
                tell(line)?;
            }
            if self.stream().has_ended() || end.is_some_and(|end| Instant::now() >= end) {
                return self.lines.take().map_or(Ok(()), tell);
            }
            if let Some(byte) = self.stream().take_before(end) {
                self.push(byte);
            }
        }
    }

    /// What the board has said since [`Self::forget`], the last first.
    pub(super) fn said(&self) -> impl Iterator<Item = &str> {
        self.said.iter().rev().map(String::as_str)
    }

    /// Forgets what the board has said.
    pub(super) fn forget(&mut self) {
        self.said.clear();
    }

    /// A failure that names the port.
    pub(super) fn failure(&self, why: &str) -> Failure {
        Failure::new(Exit::CannotLoad, format!("--port {}: {why}", self.args.port))
    }

    fn stream(&mut self) -> &mut Stream {
        &mut self.port.stream
    }

    /// Listens until a frame has come; whether one has.
    fn hear(&mut self, end: Instant) -> bool {
        while Instant::now() < end && !self.stream().has_ended() {
            if let Some(byte) = self.stream().take_before(Some(end))
                && self.push(byte)
            {
                return true;
            }
        }
        false
    }

    /// Takes a byte; whether it completes a frame.
    fn push(&mut self, byte: u8) -> bool {
        match self.decoder.push(byte) {
            Event::None => {}
            Event::Frame => return true,
            Event::Text => {
                let lines = self.decoder.text().iter().filter_map(|byte| self.lines.push(*byte));
                self.said.extend(lines);
                let surplus = self.said.len().saturating_sub(MOST_LINES);
                self.said.drain(..surplus);
            }
        }
        false
    }
}
