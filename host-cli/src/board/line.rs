//! The serial line of a simulated board, where others can reach it.

use super::stream::Stream;
use crate::args::LineArg;
use crate::exit::{Exit, Failure};
use crate::report;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::fs::File;
use std::io;

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
    let stream = Stream::new(ours.try_clone()?, Box::new(ours))?;
    report::note(format_args!("the board's line is {name}"));
    Ok(Outside { stream, held: Some(held) })
}
