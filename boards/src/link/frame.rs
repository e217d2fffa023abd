//! Frames of the serial line: what is between two zero bytes, made free of zeros (COBS), with a CRC-16 behind it.
//!
//! A line may carry text as well: bytes outside of frames, and whatever between two zeros is no frame. So a terminal shows what a board says, and a
//! program finds the frames in it. The encoding is done byte by byte in both directions: no buffer but the frame itself.

use crc::{CRC_16_IBM_SDLC, Crc, Digest, NoTable};
use heapless::Vec;

/// Bytes of a frame at the most, with its CRC, before encoding.
pub const MOST: usize = 80;

/// Bytes of a frame that is encoded, with the zeros around it.
pub const MOST_ENCODED: usize = MOST + 4;

/// Bytes that an encoded frame has more, without the zeros around it: a mark and the CRC.
const OVERHEAD: usize = 3;

/// Without a table: slower, and 500 bytes of flash less.
static CRC: Crc<u16, NoTable> = Crc::<u16, NoTable>::new(&CRC_16_IBM_SDLC);

/// A frame, ready to be sent.
pub type Encoded = Vec<u8, MOST_ENCODED>;

/// Encodes a frame: a zero, its bytes and their CRC without zeros, a zero. `None` if it is too long.
#[must_use]
pub fn encode(parts: &[&[u8]]) -> Option<Encoded> {
    let mut out = Encoded::new();
    let mut encoder = Encoder::new(&mut out);
    parts.iter().for_each(|part| encoder.put(part));
    encoder.finish()?;
    Some(out)
}

/// Encodes a frame piece by piece, into a buffer that is there already.
pub(crate) struct Encoder<'o> {
    out: &'o mut Encoded,
    digest: Digest<'static, u16, NoTable>,
    /// Where it is said how far the next zero is.
    mark: usize,
    fits: bool,
}

impl<'o> Encoder<'o> {
    /// Begins a frame. What was in the buffer is gone.
    pub(crate) fn new(out: &'o mut Encoded) -> Self {
        out.clear();
        // The zero in front, and the first byte that tells how far the next zero is.
        let fits = out.extend_from_slice(&[0, 1]).is_ok();
        Self { out, digest: CRC.digest(), mark: 1, fits }
    }

    /// Appends bytes.
    pub(crate) fn put(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.stuff(bytes);
    }

    /// Ends the frame. `None` if it is too long.
    pub(crate) fn finish(mut self) -> Option<()> {
        let sum = self.digest.clone().finalize().to_le_bytes();
        self.stuff(&sum);
        (self.fits && self.out.push(0).is_ok()).then_some(())
    }

    fn stuff(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte == 0 {
                self.mark = self.out.len();
            } else if let Some(distance) = self.out.get_mut(self.mark) {
                // A frame has less than 254 bytes: the distance fits.
                *distance += 1;
            }
            self.fits &= self.out.push(byte.max(1)).is_ok();
        }
    }
}

/// What a byte has completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Nothing yet.
    None,
    /// A frame: see [`Decoder::frame`].
    Frame,
    /// Bytes that are no frame: see [`Decoder::text`].
    Text,
}

/// Finds frames in bytes that arrive one by one. What is outside of frames it gives back at once.
#[derive(Debug, Default)]
pub struct Decoder {
    /// As received.
    bytes: Encoded,
    /// Bytes of the frame in it, decoded in place, without the CRC.
    frame: usize,
    /// Whether a zero has come that may begin a frame.
    inside: bool,
    /// Whether the bytes were given out, and are overwritten by the next one.
    done: bool,
}

impl Decoder {
    /// A decoder that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), frame: 0, inside: false, done: false }
    }

    /// Takes the next byte.
    pub fn push(&mut self, byte: u8) -> Event {
        if self.done {
            self.bytes.clear();
            self.done = false;
        }
        if byte == 0 {
            return self.zero();
        }
        // There is room: a frame that is too long was given out as text.
        let _ = self.bytes.push(byte);
        self.done = !self.inside || self.bytes.is_full();
        if self.done {
            self.inside = false;
            return Event::Text;
        }
        Event::None
    }

    /// A zero ends a frame, or begins one.
    fn zero(&mut self) -> Event {
        if !self.inside || self.bytes.is_empty() {
            self.inside = true;
            return Event::None;
        }
        self.done = true;
        if !is_intact(&self.bytes) {
            // It may have been the beginning of the next one.
            return Event::Text;
        }
        self.inside = false;
        self.unstuff();
        self.frame = self.bytes.len().saturating_sub(OVERHEAD);
        Event::Frame
    }

    /// The frame that was just completed.
    #[must_use]
    pub fn frame(&self) -> &[u8] {
        self.bytes.get(..self.frame).unwrap_or_default()
    }

    /// The bytes that turned out to be no frame.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.bytes
    }

    /// The buffer, for an answer to the frame in it: once given out, bytes are of no use.
    pub(crate) fn buffer(&mut self) -> &mut Encoded {
        self.done = true;
        &mut self.bytes
    }

    /// Puts the decoded bytes where the encoded ones are.
    fn unstuff(&mut self) {
        let mut next_zero = 0_usize;
        let mut at = 0;
        for index in 0..self.bytes.len() {
            let byte = self.bytes.get(index).copied().unwrap_or(0);
            let is_mark = index == next_zero;
            if is_mark {
                next_zero = index + usize::from(byte);
            }
            // The first mark stands for no byte.
            if index > 0 {
                if let Some(place) = self.bytes.get_mut(at) {
                    *place = if is_mark { 0 } else { byte };
                }
                at += 1;
            }
        }
    }
}

/// The decoded bytes of an encoded frame, its CRC included.
fn decoded(bytes: &[u8]) -> impl Iterator<Item = u8> {
    let mut next_zero = usize::from(bytes.first().copied().unwrap_or(0));
    bytes.iter().enumerate().skip(1).map(move |(index, &byte)| {
        if index == next_zero {
            next_zero = index + usize::from(byte);
            0
        } else {
            byte
        }
    })
}

/// Whether the distances from zero to zero lead just to the end.
fn is_stuffed(bytes: &[u8]) -> bool {
    let mut at = 0;
    while let Some(&distance) = bytes.get(at) {
        // No zero is inside of a frame: it always goes on.
        at += usize::from(distance);
    }
    at == bytes.len()
}

fn is_intact(bytes: &[u8]) -> bool {
    let Some(len) = bytes.len().checked_sub(OVERHEAD) else { return false };
    if !is_stuffed(bytes) {
        return false;
    }
    let mut digest = CRC.digest();
    decoded(bytes).take(len).for_each(|byte| digest.update(&[byte]));
    decoded(bytes).skip(len).eq(digest.finalize().to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::{Decoder, Event, MOST, encode};

    extern crate std;
    use std::vec::Vec;

    /// What a decoder finds: frames, and text.
    fn decode(bytes: &[u8]) -> Vec<(Event, Vec<u8>)> {
        let mut decoder = Decoder::new();
        let mut found: Vec<(Event, Vec<u8>)> = Vec::new();
        for &byte in bytes {
            match decoder.push(byte) {
                Event::None => {}
                Event::Frame => found.push((Event::Frame, decoder.frame().to_vec())),
                // Text comes in pieces.
                Event::Text => match found.last_mut() {
                    Some((Event::Text, text)) => text.extend(decoder.text()),
                    _ => found.push((Event::Text, decoder.text().to_vec())),
                },
            }
        }
        found
    }

    #[test]
    fn a_frame_comes_back_as_it_was() {
        for frame in [&b"a"[..], b"\0", b"\0\0\0", b"abc", b"a\0b\0\0c", &[7; MOST - 2], &[0; MOST - 2], &[]] {
            let (first, second) = frame.split_at(frame.len() / 2);
            let encoded = encode(&[first, second]).expect("it fits");
            assert!(encoded[1..encoded.len() - 1].iter().all(|&byte| byte != 0));
            assert_eq!(decode(&encoded), [(Event::Frame, frame.to_vec())]);
        }
    }

    #[test]
    fn a_frame_that_is_too_long_is_not_encoded() {
        assert!(encode(&[&[1; MOST + 1]]).is_none());
    }

    #[test]
    fn text_between_frames_is_text() {
        let mut bytes = b"hello\n".to_vec();
        bytes.extend(encode(&[b"one"]).expect("it fits"));
        bytes.extend(b"more");
        bytes.extend(encode(&[b"two"]).expect("it fits"));
        let text = |text: &[u8]| (Event::Text, text.to_vec());
        let frame = |frame: &[u8]| (Event::Frame, frame.to_vec());
        assert_eq!(decode(&bytes), [text(b"hello\n"), frame(b"one"), text(b"more"), frame(b"two")]);
    }

    #[test]
    fn a_frame_with_a_wrong_bit_is_no_frame() {
        let encoded = encode(&[b"stop it"]).expect("it fits");
        for index in 1..encoded.len() - 1 {
            for bit in 0..8 {
                let mut bytes = encoded.clone();
                bytes[index] ^= 1 << bit;
                assert!(decode(&bytes).iter().all(|(event, _)| *event != Event::Frame), "byte {index}, bit {bit}");
            }
        }
    }

    #[test]
    fn after_noise_the_next_frame_is_found() {
        let mut bytes = [0xff; 300].to_vec();
        bytes.extend(encode(&[b"here"]).expect("it fits"));
        assert_eq!(decode(&bytes).last(), Some(&(Event::Frame, b"here".to_vec())));
    }
}
