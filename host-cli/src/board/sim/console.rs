//! The line to whoever looks after a simulated board: the scenario, or somebody outside. Text and frames on it are taken apart for the trace.

use super::trace::Kind;
use crate::board::line::Outside;
use crate::board::words::{self, Lines};
use ermine_boards::link::frame::{Decoder, Event};
use ermine_boards::link::message::{Reply, Request};
use std::collections::VecDeque;

/// The line.
#[derive(Default)]
pub(super) struct Console {
    /// What the scenario sends.
    waiting: VecDeque<u8>,
    outside: Option<Outside>,
    decoder: Decoder,
    lines: Lines,
}

/// Bytes of an image.
const DATA: Request<'static> = Request::Data { offset: 0, bytes: &[] };

impl Console {
    pub(super) fn new(outside: Option<Outside>) -> Self {
        Self { outside, ..Self::default() }
    }

    /// The scenario sends these.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        self.waiting.extend(bytes);
    }

    /// The next byte for the board.
    pub(super) fn read(&mut self) -> Option<u8> {
        self.waiting.pop_front().or_else(|| self.outside.as_mut()?.stream.take())
    }

    /// Whether whoever was outside is gone.
    pub(super) fn has_ended(&self) -> bool {
        self.outside.as_ref().is_some_and(|outside| outside.held.is_none() && outside.stream.has_ended())
    }

    /// Writes what the board says. What is complete of it goes to `found`.
    pub(super) fn write(&mut self, bytes: &[u8], mut found: impl FnMut(Kind, String)) {
        for byte in bytes {
            match self.decoder.push(*byte) {
                Event::None => {}
                Event::Frame => match Reply::decode(self.decoder.frame()) {
                    // One for each few bytes of an image.
                    Some((kind, _, Reply::Done)) if kind == DATA.kind() => {}
                    Some((.., reply)) => found(Kind::Link, words::reply(&reply)),
                    None => found(Kind::Link, "unknown".to_owned()),
                },
                Event::Text => self
                    .decoder
                    .text()
                    .iter()
                    .filter_map(|byte| self.lines.push(*byte))
                    .for_each(|line| found(Kind::Console, line)),
            }
        }
        if let Some(outside) = &mut self.outside {
            // When nobody listens, that is no matter of the board's.
            let _ = outside.stream.write(bytes);
        }
    }

    /// The line that is not complete.
    pub(super) fn rest(&mut self) -> Option<String> {
        self.lines.take()
    }
}
