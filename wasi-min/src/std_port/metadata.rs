//! What the host knows of a file, as the guest sees it.

use super::errors::retry;
use crate::Errno;
use crate::types::{Filestat, filetype};
use cap_fs_ext::{FileTypeExt as _, MetadataExt as _};
use cap_std::fs::{FileType, Metadata};
use std::fs::File;
use std::io;
use std::time::SystemTime;

/// What is known of an open file.
pub(super) fn of(file: &File) -> Result<Metadata, Errno> {
    retry(|| Metadata::from_file(file))
}

pub(super) fn filestat(metadata: &Metadata) -> Filestat {
    let modified = nanoseconds(metadata.modified());
    Filestat {
        device: metadata.dev(),
        inode: metadata.ino(),
        filetype: filetype(metadata.file_type()),
        links: metadata.nlink(),
        size: metadata.len(),
        accessed: nanoseconds(metadata.accessed()),
        modified,
        changed: changed(metadata).unwrap_or(modified),
    }
}

/// Nanoseconds since 1970, 0 for what is before or unknown.
fn nanoseconds(time: io::Result<cap_std::time::SystemTime>) -> u64 {
    let since = time.ok().and_then(|time| time.into_std().duration_since(SystemTime::UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or(0)
}

/// When the status changed, where hosts know.
#[cfg(unix)]
fn changed(metadata: &Metadata) -> Option<u64> {
    use cap_std::fs::MetadataExt as _;
    let seconds = u64::try_from(metadata.ctime()).ok()?;
    seconds.checked_mul(1_000_000_000)?.checked_add(u64::try_from(metadata.ctime_nsec()).ok()?)
}

/// When the status changed, where hosts know.
#[cfg(not(unix))]
fn changed(_: &Metadata) -> Option<u64> {
    None
}

pub(super) fn filetype(host: FileType) -> u8 {
    if host.is_dir() {
        filetype::DIRECTORY
    } else if host.is_file() {
        filetype::REGULAR_FILE
    } else if host.is_symlink() {
        filetype::SYMBOLIC_LINK
    } else if host.is_char_device() {
        filetype::CHARACTER_DEVICE
    } else if host.is_block_device() {
        filetype::BLOCK_DEVICE
    } else if host.is_socket() {
        filetype::SOCKET_STREAM
    } else {
        filetype::UNKNOWN
    }
}
