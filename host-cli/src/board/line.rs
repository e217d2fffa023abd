//! The serial line of a simulated board, where others can reach it.

use super::stream::Stream;
use crate::args::LineArg;
use crate::exit::{Exit, Failure};
use crate::report;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc::{self, SyncSender};
use std::thread;

/// Somebody outside.
pub(super) struct Outside {
    pub(super) stream: Stream,
    /// The other end of a pseudoterminal: while it is open, others come and go.
    pub(super) held: Option<File>,
}

/// Opens the line.
///
/// # Errors
///
/// If the system has no pseudoterminals left.
pub(super) fn open(line: LineArg) -> Result<Outside, Failure> {
    let opened = match line {
        LineArg::Stdio => Stream::new(io::stdin(), Box::new(io::stdout())).map(|stream| Outside { stream, held: None }),
        LineArg::Pty => pty(),
    };
    opened.map_err(|error| Failure::new(Exit::CannotLoad, format!("--line: there is no line to be had: {error}")))
}

/// Chunks of text that wait for a reader.
const MOST_WAITING: usize = 64;

/// A line that nobody may be listening to: what there is no room for is lost, as on a wire.
struct Leaky(SyncSender<Vec<u8>>);

impl Leaky {
    fn new(mut line: File) -> io::Result<Self> {
        let (sender, waiting) = mpsc::sync_channel::<Vec<u8>>(MOST_WAITING);
        thread::Builder::new()
            .spawn(move || while waiting.recv().is_ok_and(|bytes| line.write_all(&bytes).is_ok()) {})?;
        Ok(Self(sender))
    }
}

impl Write for Leaky {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Full, or the line is gone.
        let _ = self.0.try_send(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A pseudoterminal that hands on bytes as they are.
fn pty() -> io::Result<Outside> {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    grantpt(&ours)?;
    unlockpt(&ours)?;
    let name = ptsname(&ours, Vec::new())?;
    let name = name.to_string_lossy();
    let held = File::options().read(true).write(true).open(&*name)?;
    let mut termios = tcgetattr(&held)?;
    termios.make_raw();
    tcsetattr(&held, OptionalActions::Now, &termios)?;
    let ours = File::from(ours);
    let stream = Stream::new(ours.try_clone()?, Box::new(Leaky::new(ours)?))?;
    report::note(format_args!("the board's line is {name}"));
    Ok(Outside { stream, held: Some(held) })
}
