//! Numbers of `ermine_bare_status_t`, and the one that goes with each.

use ermine::bare::{Error, Progress, Resource, Suspended};
use ermine::image::ImageError;

/// `ermine_bare_status_t` and `ermine_bare_code`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Status {
    pub(crate) status: u32,
    pub(crate) code: u64,
}

impl Status {
    pub(crate) const OK: Self = Self::of(0);
    pub(crate) const NO_SUCH_FUNCTION: Self = Self::of(55);
    pub(crate) const BUSY: Self = Self::of(57);
    pub(crate) const NULL: Self = Self::of(59);

    const fn of(status: u32) -> Self {
        Self { status, code: 0 }
    }

    const fn with(status: u32, code: u64) -> Self {
        Self { status, code }
    }
}

impl From<Error> for Status {
    fn from(error: Error) -> Self {
        match error {
            Error::Trap { trap, .. } => Self::of(trap as u32),
            Error::Host { code, .. } => Self::with(32, code.into()),
            Error::Exit(status) => Self::with(33, u64::from(status as u32)),
            Error::MissingImport { import } => Self::with(50, import.into()),
            Error::TooSmall(Resource::Stack) => Self::of(51),
            Error::TooSmall(Resource::Memory) => Self::of(52),
            Error::TooSmall(Resource::Arena) => Self::of(53),
            Error::NoSuchFunction => Self::NO_SUCH_FUNCTION,
            Error::Signature => Self::of(56),
            Error::Busy => Self::BUSY,
            Error::Idle => Self::of(58),
            // What later versions do not have, either.
            _ => Self::of(54),
        }
    }
}

impl From<ImageError> for Status {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::NeedsF32 | ImageError::NeedsF64 => Self::of(49),
            ImageError::Scratch { .. } => Self::of(51),
            _ => Self::of(48),
        }
    }
}

impl From<Progress<()>> for Status {
    fn from(progress: Progress<()>) -> Self {
        match progress {
            Progress::Finished(()) => Self::OK,
            Progress::Suspended(Suspended::OutOfFuel { required }) => Self::with(34, required),
            Progress::Suspended(Suspended::Host) => Self::of(35),
        }
    }
}
