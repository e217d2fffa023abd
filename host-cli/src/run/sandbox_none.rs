//! Stands in for `sandbox` where there is no Landlock.

use crate::args::{GrantArgs, SandboxArg};
use crate::exit::{Exit, Failure};

/// There is no second wall.
///
/// # Errors
///
/// If one is asked for.
pub(super) fn enter(mode: SandboxArg, _grants: &GrantArgs) -> Result<(), Failure> {
    match mode {
        SandboxArg::Off | SandboxArg::Auto => Ok(()),
        SandboxArg::Strict => {
            let message = "--sandbox=strict: only Linux has Landlock; --sandbox=auto runs the program without";
            Err(Failure::new(Exit::CannotLoad, message))
        }
    }
}
