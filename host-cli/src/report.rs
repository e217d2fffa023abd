//! What the command says on standard error, and answers on standard output.
//!
//! If nobody reads standard error there is nobody to tell: errors of writing there are passed over, where `eprintln!` would panic. An answer that
//! cannot be written is a failure, unless whoever asked reads no further.

use crate::exit::{Exit, Failure};
use crate::printable::printable;
use crate::style::{Kind, paint};
use std::fmt::Display;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the last line on standard error is unfinished: a trace has shown the beginning of a call that is not done.
static UNFINISHED: AtomicBool = AtomicBool::new(false);

/// Prints a failure, and gives back its exit code.
pub(crate) fn failure(failure: &Failure) -> Exit {
    line(format_args!("ermine: {} {}", paint(Kind::Error, "error:"), printable(&failure.message)));
    for detail in &failure.details {
        line(format_args!("  {}", printable(detail)));
    }
    failure.exit
}

/// Prints something worth knowing that is no error.
pub(crate) fn note(message: impl Display) {
    line(format_args!("ermine: {} {}", paint(Kind::Note, "note:"), printable(&message.to_string())));
}

/// Prints a line to standard error.
pub(crate) fn line(text: impl Display) {
    let mut stderr = io::stderr().lock();
    if UNFINISHED.swap(false, Ordering::Relaxed) {
        let _ = writeln!(stderr);
    }
    let _ = writeln!(stderr, "{text}");
}

/// Tells whether the last line on standard error is unfinished, so that a message begins a new one: the guest may be stopped at any time.
pub(crate) fn unfinished(unfinished: bool) {
    UNFINISHED.store(unfinished, Ordering::Relaxed);
}

/// Prints text to standard error as it is.
pub(crate) fn text(text: impl Display) {
    let _ = write!(io::stderr().lock(), "{text}");
}

/// Prints an answer to standard output as it is, and gives back the exit code of a command that has nothing else to do.
///
/// # Errors
///
/// [`Exit::CannotWrite`], unless nobody reads on.
pub(crate) fn answer(text: impl AsRef<[u8]>) -> Result<Exit, Failure> {
    answer_in_parts([Ok(text)])
}

/// As [`answer`], for one that is long or comes bit by bit: each part is written before the next is made.
///
/// # Errors
///
/// The first one among the parts; else as [`answer`].
pub(crate) fn answer_in_parts<T: AsRef<[u8]>>(
    parts: impl IntoIterator<Item = Result<T, Failure>>,
) -> Result<Exit, Failure> {
    let mut stdout = io::stdout().lock();
    for part in parts {
        let part = part?;
        match stdout.write_all(part.as_ref()).and_then(|()| stdout.flush()) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(error) => {
                let message = format!("standard output cannot be written: {error}");
                return Err(Failure::new(Exit::CannotWrite, message));
            }
        }
    }
    Ok(Exit::Success)
}
