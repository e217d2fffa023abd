//! The line to a board, on hosts for which there is none yet.

use super::stream::Stream;
use crate::args::PortArgs;
use crate::exit::{Exit, Failure};

/// An open line.
pub(super) struct Port {
    pub(super) stream: Stream,
}

/// Opens a line.
///
/// # Errors
///
/// Always.
pub(super) fn open(args: &PortArgs) -> Result<Port, Failure> {
    Err(Failure::new(Exit::Usage, format!("--port {}: serial lines need a Unix host", args.port)))
}
