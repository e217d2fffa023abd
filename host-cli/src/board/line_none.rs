//! The serial line of a simulated board, on hosts where it cannot be reached.

use super::stream::Stream;
use crate::args::LineArg;
use crate::exit::{Exit, Failure};
use std::fs::File;

/// Somebody outside.
pub(super) struct Outside {
    pub(super) stream: Stream,
    pub(super) held: Option<File>,
}

/// Opens the line.
///
/// # Errors
///
/// Always.
pub(super) fn open(_: LineArg) -> Result<Outside, Failure> {
    Err(Failure::new(Exit::Usage, "--line needs a Unix host: leave it out"))
}
