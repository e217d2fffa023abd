//! Contents of the host's files.

use super::errors::retry;
use crate::{Errno, SetTime, SetTimes};
use std::fs::{File, FileTimes};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::time::{Duration, SystemTime};

/// Reads at `offset`; pipes and devices read what comes next.
pub(super) fn read_at(mut file: &File, offset: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
    match retry(|| positioned::read(file, offset, buffer)) {
        Err(Errno::Spipe) => retry(|| file.read(buffer)),
        result => result,
    }
}

/// Writes at `offset`; pipes and devices take what comes next.
pub(super) fn write_at(mut file: &File, offset: u64, bytes: &[u8]) -> Result<usize, Errno> {
    match retry(|| positioned::write(file, offset, bytes)) {
        Err(Errno::Spipe) => retry(|| file.write(bytes)),
        result => result,
    }
}

/// Writes at the end.
pub(super) fn append(mut file: &File, bytes: &[u8]) -> Result<usize, Errno> {
    if let Some(written) = at_once::append(file, bytes) {
        return written;
    }
    match retry(|| file.seek(SeekFrom::End(0))) {
        Ok(_) | Err(Errno::Spipe) => retry(|| file.write(bytes)),
        Err(errno) => Err(errno),
    }
}

pub(super) fn sync(file: &File, metadata: bool) -> Result<(), Errno> {
    match retry(|| if metadata { file.sync_all() } else { file.sync_data() }) {
        // Pipes and devices have nothing to be synchronised.
        Err(Errno::Inval) => Ok(()),
        result => result,
    }
}

/// Fills up to `offset + len`; never cuts.
pub(super) fn allocate(file: &File, offset: u64, len: u64) -> Result<(), Errno> {
    let end = offset.checked_add(len).ok_or(Errno::Fbig)?;
    let size = retry(|| file.metadata())?.len();
    if end <= size { Ok(()) } else { retry(|| file.set_len(end)) }
}

#[cfg(target_os = "linux")]
pub(super) fn set_times(file: &File, times: SetTimes) -> Result<(), Errno> {
    super::beneath::set_times(std::os::fd::AsFd::as_fd(file), times)
}

#[cfg(not(target_os = "linux"))]
pub(super) fn set_times(file: &File, times: SetTimes) -> Result<(), Errno> {
    retry(|| file.set_times(file_times(times)))
}

#[cfg_attr(target_os = "linux", allow(dead_code, reason = "Linux has calls that know `now`"))]
fn file_times(times: SetTimes) -> FileTimes {
    let time = |time| match time {
        SetTime::Keep => None,
        SetTime::Now => Some(SystemTime::now()),
        SetTime::To(time) => Some(SystemTime::UNIX_EPOCH + Duration::from_nanos(time)),
    };
    let mut new = FileTimes::new();
    if let Some(time) = time(times.accessed) {
        new = new.set_accessed(time);
    }
    if let Some(time) = time(times.modified) {
        new = new.set_modified(time);
    }
    new
}

#[cfg(unix)]
mod positioned {
    use std::fs::File;
    use std::io;
    use std::os::unix::fs::FileExt as _;

    pub(super) fn read(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        file.read_at(buffer, offset)
    }

    pub(super) fn write(file: &File, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        file.write_at(bytes, offset)
    }
}

#[cfg(windows)]
mod positioned {
    use std::fs::File;
    use std::io;
    use std::os::windows::fs::FileExt as _;

    pub(super) fn read(file: &File, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        file.seek_read(buffer, offset)
    }

    pub(super) fn write(file: &File, offset: u64, bytes: &[u8]) -> io::Result<usize> {
        file.seek_write(bytes, offset)
    }
}

/// Appending so that nobody else's write comes between the search for the end and the write.
#[cfg(target_os = "linux")]
mod at_once {
    use super::super::errors;
    use crate::Errno;
    use rustix::io::{Errno as Host, ReadWriteFlags};
    use std::fs::File;
    use std::io::IoSlice;

    /// `None` where the kernel cannot.
    pub(super) fn append(file: &File, bytes: &[u8]) -> Option<Result<usize, Errno>> {
        loop {
            match rustix::io::pwritev2(file, &[IoSlice::new(bytes)], u64::MAX, ReadWriteFlags::APPEND) {
                Err(Host::INTR) => {}
                Err(Host::NOSYS | Host::OPNOTSUPP | Host::INVAL | Host::SPIPE) => return None,
                result => return Some(result.map_err(|error| errors::errno(&error.into()))),
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod at_once {
    use crate::Errno;
    use std::fs::File;

    /// `None` where the system cannot.
    pub(super) fn append(_: &File, _: &[u8]) -> Option<Result<usize, Errno>> {
        None
    }
}
