//! The resolver for Linux: the kernel itself keeps paths inside.
//!
//! `openat2` with `RESOLVE_BENEATH` refuses every step out of the directory, whether by `..`, by a link or by a race with
//! somebody who moves directories about, and `RESOLVE_NO_MAGICLINKS` the links of `/proc` that are none. Whatever else is
//! done to a path is done in two steps: its parent is opened so, then the one name that is left is used in a call that
//! does not follow links.

use super::errors;
use crate::{Errno, Open, SetTime, SetTimes};
use rustix::fs::{AtFlags, Mode, OFlags, ResolveFlags, Timespec, Timestamps, UTIME_NOW, UTIME_OMIT};
use rustix::io::Errno as Host;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// How often a walk is repeated that was disturbed by a renaming elsewhere.
const ATTEMPTS: usize = 256;

/// Whether this kernel has `openat2` and lets us use it.
pub(super) fn works(dir: &impl AsFd) -> bool {
    beneath(dir.as_fd(), ".", OFlags::PATH | OFlags::DIRECTORY, Mode::empty()).is_ok()
}

/// Opens a path that does not leave `dir`.
fn beneath(dir: BorrowedFd<'_>, path: &str, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_MAGICLINKS;
    let flags = flags | OFlags::CLOEXEC;
    for _ in 0..ATTEMPTS {
        match rustix::fs::openat2(dir, path, flags, mode, resolve) {
            Err(Host::AGAIN | Host::INTR) => {}
            // Only a step out makes this call answer so.
            Err(Host::XDEV) => return Err(Errno::Notcapable),
            result => return result.map_err(host),
        }
    }
    Err(Errno::Again)
}

fn host(error: Host) -> Errno {
    errors::errno(&error.into())
}

/// Opens a file or directory.
pub(super) fn open(dir: BorrowedFd<'_>, path: &str, how: Open) -> Result<File, Errno> {
    let mut flags = match (how.read, how.write) {
        (_, false) => OFlags::RDONLY,
        (false, true) => OFlags::WRONLY,
        (true, true) => OFlags::RDWR,
    };
    flags |= OFlags::NOCTTY;
    flags.set(OFlags::CREATE, how.create);
    flags.set(OFlags::EXCL, how.exclusive);
    flags.set(OFlags::TRUNC, how.truncate);
    flags.set(OFlags::DIRECTORY, how.directory);
    flags.set(OFlags::NOFOLLOW, !how.follow);
    // The mode has to be empty where nothing is created.
    let mode = if how.create { Mode::from_raw_mode(0o666) } else { Mode::empty() };
    beneath(dir, path, flags, mode).map(File::from)
}

/// Opens only the place that the path names, whatever is there.
pub(super) fn place(dir: BorrowedFd<'_>, path: &str, follow: bool) -> Result<File, Errno> {
    let mut flags = OFlags::PATH;
    flags.set(OFlags::NOFOLLOW, !follow);
    beneath(dir, path, flags, Mode::empty()).map(File::from)
}

/// The parent of what a path names, and the name in it.
struct Last<'a> {
    parent: OwnedFd,
    name: &'a str,
    /// The path ended in a slash: only a directory is meant.
    slash: bool,
}

impl<'a> Last<'a> {
    /// # Errors
    ///
    /// `dots` if the path ends in `.` or `..`, which are no names: `..` would be a step out.
    fn of(dir: BorrowedFd<'_>, path: &'a str, dots: Errno) -> Result<Self, Errno> {
        let plain = path.trim_end_matches('/');
        let (parent, name) = match plain.rfind('/') {
            Some(at) => (&plain[..=at], &plain[at + 1..]),
            None => (".", plain),
        };
        let parent = beneath(dir, parent, OFlags::PATH | OFlags::DIRECTORY, Mode::empty())?;
        match name {
            "" => Err(Errno::Noent),
            "." | ".." => Err(dots),
            _ => Ok(Self { parent, name, slash: plain.len() < path.len() }),
        }
    }

    /// Whether there is a directory under the name itself; links are not followed.
    fn is_directory(&self) -> Result<bool, Errno> {
        let stat = rustix::fs::statat(&self.parent, self.name, AtFlags::SYMLINK_NOFOLLOW).map_err(host)?;
        Ok(rustix::fs::FileType::from_raw_mode(stat.st_mode).is_dir())
    }

    /// A slash at the end of a path to something that exists and is no directory is an error.
    fn check_slash(&self) -> Result<(), Errno> {
        if self.slash && !self.is_directory()? { Err(Errno::Notdir) } else { Ok(()) }
    }
}

pub(super) fn create_directory(dir: BorrowedFd<'_>, path: &str) -> Result<(), Errno> {
    let last = Last::of(dir, path, Errno::Exist)?;
    rustix::fs::mkdirat(&last.parent, last.name, Mode::from_raw_mode(0o777)).map_err(host)
}

pub(super) fn remove_directory(dir: BorrowedFd<'_>, path: &str) -> Result<(), Errno> {
    let last = Last::of(dir, path, Errno::Inval)?;
    rustix::fs::unlinkat(&last.parent, last.name, AtFlags::REMOVEDIR).map_err(host)
}

pub(super) fn unlink_file(dir: BorrowedFd<'_>, path: &str) -> Result<(), Errno> {
    let last = Last::of(dir, path, Errno::Isdir)?;
    last.check_slash()?;
    if last.slash {
        return Err(Errno::Isdir);
    }
    rustix::fs::unlinkat(&last.parent, last.name, AtFlags::empty()).map_err(host)
}

pub(super) fn rename(from: BorrowedFd<'_>, old: &str, to: BorrowedFd<'_>, new: &str) -> Result<(), Errno> {
    let old = Last::of(from, old, Errno::Busy)?;
    let new = Last::of(to, new, Errno::Busy)?;
    old.check_slash()?;
    if new.slash && !old.is_directory()? {
        return Err(Errno::Notdir);
    }
    rustix::fs::renameat(&old.parent, old.name, &new.parent, new.name).map_err(host)
}

pub(super) fn link(from: BorrowedFd<'_>, old: &str, to: BorrowedFd<'_>, new: &str) -> Result<(), Errno> {
    let old = Last::of(from, old, Errno::Perm)?;
    let new = Last::of(to, new, Errno::Exist)?;
    old.check_slash()?;
    if new.slash {
        // A link to a file is no directory.
        return Err(if new.is_directory()? { Errno::Exist } else { Errno::Notdir });
    }
    rustix::fs::linkat(&old.parent, old.name, &new.parent, new.name, AtFlags::empty()).map_err(host)
}

pub(super) fn symlink(target: &str, dir: BorrowedFd<'_>, path: &str) -> Result<(), Errno> {
    let last = Last::of(dir, path, Errno::Exist)?;
    if last.slash {
        return Err(if last.is_directory()? { Errno::Exist } else { Errno::Notdir });
    }
    rustix::fs::symlinkat(target, &last.parent, last.name).map_err(host)
}

pub(super) fn read_link(dir: BorrowedFd<'_>, path: &str, buffer: &mut [u8]) -> Result<usize, Errno> {
    if buffer.is_empty() {
        return Ok(0);
    }
    let place = place(dir, path, false)?;
    rustix::fs::readlinkat_raw(&place, "", buffer).map_err(|error| match error {
        // What is open is no link.
        Host::NOENT => Errno::Inval,
        other => host(other),
    })
}

pub(super) fn set_times_at(dir: BorrowedFd<'_>, path: &str, follow: bool, times: SetTimes) -> Result<(), Errno> {
    let place = place(dir, path, follow)?;
    rustix::fs::utimensat(&place, "", &timestamps(times)?, AtFlags::EMPTY_PATH).map_err(host)
}

fn timestamps(times: SetTimes) -> Result<Timestamps, Errno> {
    let one = |time| {
        Ok(match time {
            SetTime::Keep => Timespec { tv_sec: 0, tv_nsec: UTIME_OMIT },
            SetTime::Now => Timespec { tv_sec: 0, tv_nsec: UTIME_NOW },
            SetTime::To(time) => Timespec::try_from(std::time::Duration::from_nanos(time)).map_err(|_| Errno::Inval)?,
        })
    };
    Ok(Timestamps { last_access: one(times.accessed)?, last_modification: one(times.modified)? })
}

/// Changes the times of something open.
pub(super) fn set_times(file: BorrowedFd<'_>, times: SetTimes) -> Result<(), Errno> {
    rustix::fs::futimens(file, &timestamps(times)?).map_err(host)
}
