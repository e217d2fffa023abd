//! The resolver for every other host: cap-std walks paths one name at a time and refuses to step out.

use super::errors::{errno, retry};
use crate::{Errno, Open, SetTime, SetTimes};
use cap_fs_ext::{DirExt as _, FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsMaybeDirExt as _, SystemTimeSpec};
use cap_std::fs::{Dir, Metadata, OpenOptions};
use std::fs::File;
use std::io;
use std::time::{Duration, SystemTime};

/// Opens a file or directory.
pub(super) fn open(dir: &Dir, path: &str, how: Open) -> Result<File, Errno> {
    let path = checked(path)?;
    // cap-std creates and cuts only what it may write.
    let write = how.write || how.create || how.truncate;
    let mut options = OpenOptions::new();
    options
        .read(how.read || !write)
        .write(write)
        .create(how.create && !how.exclusive)
        .create_new(how.create && how.exclusive)
        .truncate(how.truncate)
        .maybe_dir(true)
        .follow(if how.follow { FollowSymlinks::Yes } else { FollowSymlinks::No });
    let result = if how.directory && how.follow {
        retry(|| dir.open_dir(path)).map(Dir::into_std_file)
    } else if how.directory {
        retry(|| dir.open_dir_nofollow(path)).map(Dir::into_std_file)
    } else {
        retry(|| dir.open_with(path, &options)).map(cap_std::fs::File::into_std)
    };
    match result {
        // Without links to follow this is what some systems say to a link.
        Err(Errno::Mlink) if !how.follow => Err(Errno::Loop),
        result => result,
    }
}

pub(super) fn metadata(dir: &Dir, path: &str, follow: bool) -> Result<Metadata, Errno> {
    let path = checked(path)?;
    let follow = follow || slash_behind_directory(dir, path)?;
    retry(|| if follow { dir.metadata(path) } else { dir.symlink_metadata(path) })
}

pub(super) fn set_times_at(dir: &Dir, path: &str, follow: bool, times: SetTimes) -> Result<(), Errno> {
    let path = checked(path)?;
    let follow = follow || slash_behind_directory(dir, path)?;
    let spec = |time| match time {
        SetTime::Keep => None,
        SetTime::Now => Some(SystemTimeSpec::SymbolicNow),
        SetTime::To(time) => {
            let time = SystemTime::UNIX_EPOCH + Duration::from_nanos(time);
            Some(SystemTimeSpec::Absolute(cap_std::time::SystemTime::from_std(time)))
        }
    };
    let (accessed, modified) = (spec(times.accessed), spec(times.modified));
    let result =
        if follow { dir.set_times(path, accessed, modified) } else { dir.set_symlink_times(path, accessed, modified) };
    result.map_err(|error| errno(&error))
}

pub(super) fn create_directory(dir: &Dir, path: &str) -> Result<(), Errno> {
    let path = checked(path)?;
    retry(|| dir.create_dir(path))
}

pub(super) fn remove_directory(dir: &Dir, path: &str) -> Result<(), Errno> {
    let path = checked(path)?;
    if path.ends_with('/') && !is_directory(dir, path)? {
        return Err(Errno::Notdir);
    }
    // cap-std itself takes a slash behind it for an invalid argument.
    retry(|| dir.remove_dir(path.trim_end_matches('/')))
}

pub(super) fn unlink_file(dir: &Dir, path: &str) -> Result<(), Errno> {
    let path = checked(path)?;
    if path.ends_with('/') {
        return Err(if is_directory(dir, path)? { Errno::Isdir } else { Errno::Notdir });
    }
    retry(|| dir.remove_file_or_symlink(path))
}

pub(super) fn rename(from: &Dir, old: &str, to: &Dir, new: &str) -> Result<(), Errno> {
    let (old, new) = (checked(old)?, checked(new)?);
    if (old.ends_with('/') || new.ends_with('/')) && !is_directory(from, old)? {
        return Err(Errno::Notdir);
    }
    retry(|| from.rename(old.trim_end_matches('/'), to, new.trim_end_matches('/')))
}

pub(super) fn link(from: &Dir, old: &str, to: &Dir, new: &str) -> Result<(), Errno> {
    let (old, new) = (checked(old)?, checked(new)?);
    if old.ends_with('/') && !is_directory(from, old)? {
        return Err(Errno::Notdir);
    }
    slash_behind_new(to, new)?;
    retry(|| from.hard_link(old, to, new))
}

pub(super) fn symlink(target: &str, dir: &Dir, path: &str) -> Result<(), Errno> {
    let path = checked(path)?;
    slash_behind_new(dir, path)?;
    retry(|| dir.symlink(target, path))
}

pub(super) fn read_link(dir: &Dir, path: &str, buffer: &mut [u8]) -> Result<usize, Errno> {
    let path = checked(path)?;
    if slash_behind_directory(dir, path)? {
        return Err(Errno::Inval);
    }
    let target = retry(|| dir.read_link_contents(path))?;
    let target = target.as_os_str().as_encoded_bytes();
    let len = target.len().min(buffer.len());
    buffer[..len].copy_from_slice(&target[..len]);
    Ok(len)
}

/// Whether there is a slash behind the path: it means the directory there, or that a link leads to. cap-std takes no notice.
fn slash_behind_directory(dir: &Dir, path: &str) -> Result<bool, Errno> {
    if !path.ends_with('/') {
        return Ok(false);
    }
    if retry(|| dir.metadata(path))?.is_dir() { Ok(true) } else { Err(Errno::Notdir) }
}

/// What is neither to be a directory nor to replace one cannot have a slash behind its name.
fn slash_behind_new(dir: &Dir, path: &str) -> Result<(), Errno> {
    if !path.ends_with('/') {
        return Ok(());
    }
    Err(if is_directory(dir, path)? { Errno::Exist } else { Errno::Notdir })
}

/// Whether there is a directory under the path itself; links are not followed.
fn is_directory(dir: &Dir, path: &str) -> Result<bool, Errno> {
    retry(|| dir.symlink_metadata(path.trim_end_matches('/'))).map(|metadata| metadata.is_dir())
}

/// Refuses names that the host understands otherwise than the guest.
fn checked(path: &str) -> Result<&str, Errno> {
    if cfg!(windows) && path.split('/').any(super::names::is_special_on_windows) {
        return Err(errno(&io::Error::from(io::ErrorKind::NotFound)));
    }
    Ok(path)
}
