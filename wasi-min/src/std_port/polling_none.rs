//! Hosts without `poll`: everything counts as ready, and a read or write waits itself.

use super::host_files::HostFiles;
#[cfg(all(feature = "dirs", windows))]
use crate::Interest;
use crate::{Errno, Readiness, Stream, Watch};
use std::time::Duration;

/// The longest single wait, so that a clock that is set does not leave a guest waiting.
const LONGEST: Duration = Duration::from_secs(3600);

/// Whether a read of standard input, or a write to the others, would wait.
pub(super) fn stream_ready(_: Stream) -> Result<Readiness, Errno> {
    Ok(Readiness::NOW)
}

/// Whether a read or write would wait.
#[cfg(all(feature = "dirs", windows))]
pub(super) fn ready(_: &super::host_files::Item, _: Interest) -> Result<Readiness, Errno> {
    Ok(Readiness::NOW)
}

/// Waits until the time is over.
pub(super) fn wait(_: &HostFiles, nanoseconds: u64, _: &[Watch]) -> Result<(), Errno> {
    std::thread::sleep(Duration::from_nanos(nanoseconds).min(LONGEST));
    Ok(())
}
