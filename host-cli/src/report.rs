//! What the command says on standard error.

use crate::exit::{Exit, Failure};
use std::fmt::Display;

/// Prints a failure, and gives back its exit code.
pub(crate) fn failure(failure: &Failure) -> Exit {
    eprintln!("ermine: error: {}", failure.message);
    for line in &failure.details {
        eprintln!("  {line}");
    }
    failure.exit
}

/// Prints something worth knowing that is no error.
pub(crate) fn note(message: impl Display) {
    eprintln!("ermine: note: {message}");
}
