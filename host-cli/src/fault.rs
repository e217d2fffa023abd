//! Turns the engine's errors into failures of the command.

use crate::backtrace::Sources;
use crate::exit::{Exit, Failure};
use crate::imports;
use ermine::image::ImageError;
use ermine::{Error, ErrorKind, ImageMismatch, TrapCode};

/// Whether the guest itself ended, by a trap, by running out of fuel or by exiting, as opposed to never having run.
pub(crate) fn is_guests(error: &Error) -> bool {
    error.as_trap_code().is_some() || error.i32_exit_status().is_some() || error.backtrace().is_some()
}

/// An engine that this build does not have, such as the tail machine on a 32-bit host.
pub(crate) fn no_engine(error: &Error) -> Failure {
    Failure::new(Exit::Usage, format!("--machine: {error}"))
}

/// A module that cannot be parsed, validated, translated or linked.
pub(crate) fn cannot_load(name: &str, error: &Error) -> Failure {
    match error.kind() {
        ErrorKind::MissingImports(missing) => imports::missing(name, missing, &[]),
        ErrorKind::ImageMismatch(ImageMismatch::NotMetered) => {
            let message =
                format!("{name} pays no fuel, so that --fuel cannot bound it: compile it with `ermine compile --fuel`");
            Failure::new(Exit::CannotLoad, message)
        }
        ErrorKind::Wasm { message, offset } if message.starts_with("unexpected end") => {
            Failure::new(Exit::CannotLoad, format!("{name} is cut short: {message} (at offset {offset:#x})"))
        }
        ErrorKind::Proposal { names, offset, .. } => {
            let message = format!("{name} needs the {names} proposal, which is not supported: build it without");
            Failure::new(Exit::CannotLoad, message).with_details([format!("it is used at offset {offset:#x}")])
        }
        // The engine's kinds are open-ended, and each says what is wrong.
        _ => Failure::new(Exit::CannotLoad, format!("{name} cannot be loaded: {error}")),
    }
}

/// An image that is not taken.
pub(crate) fn refused(name: &str, error: &ImageError) -> Failure {
    Failure::new(Exit::CannotLoad, format!("{name} cannot be loaded: {error}"))
}

/// A guest that did not end well, after it got so much fuel.
pub(crate) fn ended(name: &str, fuel: Option<u64>, sources: &Sources, error: &Error) -> Failure {
    let (exit, message) = match (error.as_trap_code(), fuel) {
        (Some(TrapCode::OutOfFuel), Some(fuel)) => (Exit::OutOfFuel, format!("{name} ran out of fuel (--fuel {fuel})")),
        (Some(TrapCode::OutOfFuel), None) => (Exit::OutOfFuel, format!("{name} ran out of fuel")),
        (Some(trap), _) => (Exit::Trap, format!("{name} trapped: {trap}")),
        (None, _) => (Exit::Trap, format!("{name} stopped: {error}")),
    };
    Failure::new(exit, message).with_details(sources.lines(error))
}
