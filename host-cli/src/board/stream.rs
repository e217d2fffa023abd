//! A line of bytes in both directions that can be waited for with a time limit, whatever it is: a thread reads, a channel hands on.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// The end of a line.
pub(super) struct Stream {
    chunks: Receiver<Vec<u8>>,
    waiting: VecDeque<u8>,
    out: Box<dyn Write>,
    /// Whether nothing will come any more.
    ended: bool,
}

impl Stream {
    /// A line that is read from `input` and written to `out`.
    ///
    /// # Errors
    ///
    /// If there are no threads.
    pub(super) fn new(input: impl Read + Send + 'static, out: Box<dyn Write>) -> io::Result<Self> {
        let (sender, chunks) = mpsc::channel();
        thread::Builder::new().spawn(move || read(input, &sender))?;
        Ok(Self { chunks, waiting: VecDeque::new(), out, ended: false })
    }

    /// Writes all of it.
    ///
    /// # Errors
    ///
    /// If nobody reads at the other end.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.out.flush()
    }

    /// The next byte, if one has come.
    pub(super) fn take(&mut self) -> Option<u8> {
        if self.waiting.is_empty() {
            match self.chunks.try_recv() {
                Ok(bytes) => self.waiting.extend(bytes),
                Err(mpsc::TryRecvError::Empty) => {}
                Err(mpsc::TryRecvError::Disconnected) => self.ended = true,
            }
        }
        self.waiting.pop_front()
    }

    /// The next byte, if one comes before `end`.
    pub(super) fn take_before(&mut self, end: Option<Instant>) -> Option<u8> {
        if let Some(byte) = self.take() {
            return Some(byte);
        }
        let left = end.map_or(Duration::MAX, |end| end.saturating_duration_since(Instant::now()));
        match self.chunks.recv_timeout(left) {
            Ok(bytes) => self.waiting.extend(bytes),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => self.ended = true,
        }
        self.waiting.pop_front()
    }

    /// Whether all has come that will.
    pub(super) fn has_ended(&self) -> bool {
        self.ended && self.waiting.is_empty()
    }
}

/// Hands on what comes, until nobody wants it or nothing comes.
fn read(mut input: impl Read, sender: &mpsc::Sender<Vec<u8>>) {
    let mut buffer = [0; 1024];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return,
            Ok(len) => {
                let bytes = buffer.get(..len).unwrap_or_default();
                if sender.send(bytes.to_vec()).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stream;
    use std::time::{Duration, Instant};

    #[test]
    fn what_comes_is_taken_byte_by_byte_up_to_the_end() {
        let mut stream = Stream::new(&b"ab"[..], Box::new(Vec::new())).expect("a thread");
        let soon = Some(Instant::now() + Duration::from_secs(30));
        assert_eq!([stream.take_before(soon), stream.take_before(soon)], [Some(b'a'), Some(b'b')]);
        assert_eq!(stream.take_before(soon), None);
        assert!(stream.has_ended());
    }
}
