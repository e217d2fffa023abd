//! An open directory of the host, and which resolver looks up paths below it.

#[cfg(target_os = "linux")]
use super::beneath;
use super::errors::retry;
use super::{metadata, walker};
use crate::types::{Filestat, filetype};
use crate::{Entry, Errno, Open, SetTimes};
use cap_fs_ext::MetadataExt as _;
use cap_std::fs::Dir;
use std::fs::File;
use std::io;
use std::path::Path;
use std::vec::Vec;

/// Entries of one directory that are listed at most.
const MAX_ENTRIES: usize = 1 << 20;

/// How paths are kept inside of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Resolver {
    /// The kernel where it can (`openat2` of Linux), else cap-std.
    #[default]
    Auto,
    /// The kernel; opening a directory fails where it cannot.
    Kernel,
    /// cap-std, which walks from name to name.
    Walker,
}

/// An open directory.
#[derive(Debug)]
pub(super) struct Directory {
    handle: Handle,
    /// What was there when the guest began to read, so that its cookies stay good.
    listed: Option<Vec<Listed>>,
}

#[derive(Debug)]
enum Handle {
    #[cfg(target_os = "linux")]
    Beneath(File),
    Walker(Dir),
}

/// An entry that was listed.
#[derive(Debug)]
struct Listed {
    name: Vec<u8>,
    inode: u64,
    filetype: u8,
}

/// Does the same with either resolver.
macro_rules! resolve {
    ($directory:expr, $function:ident ( $($arg:expr),* )) => {
        match &$directory.handle {
            #[cfg(target_os = "linux")]
            Handle::Beneath(dir) => beneath::$function(std::os::fd::AsFd::as_fd(dir), $($arg),*),
            Handle::Walker(dir) => walker::$function(dir, $($arg),*),
        }
    };
}

/// Does the same with either resolver, for calls over two directories.
macro_rules! resolve_both {
    ($function:ident ( $from:expr, $old:expr, $to:expr, $new:expr )) => {
        match (&$from.handle, &$to.handle) {
            #[cfg(target_os = "linux")]
            (Handle::Beneath(from), Handle::Beneath(to)) => {
                beneath::$function(std::os::fd::AsFd::as_fd(from), $old, std::os::fd::AsFd::as_fd(to), $new)
            }
            (Handle::Walker(from), Handle::Walker(to)) => walker::$function(from, $old, to, $new),
            // Directories of one port have one resolver, unless the kernel's failed for one of them.
            #[cfg(target_os = "linux")]
            _ => Err(Errno::Xdev),
        }
    };
}

impl Directory {
    /// Opens a directory of the host by a path of the host's.
    pub(super) fn open_ambient(path: &Path, resolver: Resolver) -> io::Result<Self> {
        let dir = Dir::open_ambient_dir(path, cap_std::ambient_authority())?;
        Self::with_resolver(dir.into_std_file(), resolver)
    }

    #[cfg(target_os = "linux")]
    fn with_resolver(file: File, resolver: Resolver) -> io::Result<Self> {
        let kernel = resolver != Resolver::Walker && beneath::works(&file);
        if resolver == Resolver::Kernel && !kernel {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "this kernel has no openat2"));
        }
        let handle = if kernel { Handle::Beneath(file) } else { Handle::Walker(Dir::from_std_file(file)) };
        Ok(Self { handle, listed: None })
    }

    #[cfg(not(target_os = "linux"))]
    fn with_resolver(file: File, resolver: Resolver) -> io::Result<Self> {
        match resolver {
            Resolver::Kernel => Err(io::Error::new(io::ErrorKind::Unsupported, "only Linux has openat2")),
            Resolver::Auto | Resolver::Walker => {
                Ok(Self { handle: Handle::Walker(Dir::from_std_file(file)), listed: None })
            }
        }
    }

    /// A directory opened below this one.
    fn child(&self, file: File) -> Self {
        let handle = match self.handle {
            #[cfg(target_os = "linux")]
            Handle::Beneath(_) => Handle::Beneath(file),
            Handle::Walker(_) => Handle::Walker(Dir::from_std_file(file)),
        };
        Self { handle, listed: None }
    }

    /// Opens what `path` names, and tells its type.
    pub(super) fn open(&self, path: &str, how: Open) -> Result<(Child, u8), Errno> {
        let file = resolve!(self, open(path, how))?;
        let filetype = metadata::filetype(metadata::of(&file)?.file_type());
        if filetype == filetype::DIRECTORY {
            return Ok((Child::Directory(self.child(file)), filetype));
        }
        if how.directory { Err(Errno::Notdir) } else { Ok((Child::File(file), filetype)) }
    }

    pub(super) fn stat(&self) -> Result<Filestat, Errno> {
        let found = match &self.handle {
            #[cfg(target_os = "linux")]
            Handle::Beneath(file) => metadata::of(file)?,
            Handle::Walker(dir) => retry(|| dir.dir_metadata())?,
        };
        Ok(metadata::filestat(&found))
    }

    pub(super) fn stat_at(&self, path: &str, follow: bool) -> Result<Filestat, Errno> {
        let found = match &self.handle {
            #[cfg(target_os = "linux")]
            Handle::Beneath(dir) => metadata::of(&beneath::place(std::os::fd::AsFd::as_fd(dir), path, follow)?)?,
            Handle::Walker(dir) => walker::metadata(dir, path, follow)?,
        };
        Ok(metadata::filestat(&found))
    }

    pub(super) fn set_times(&self, times: SetTimes) -> Result<(), Errno> {
        match &self.handle {
            #[cfg(target_os = "linux")]
            Handle::Beneath(file) => beneath::set_times(std::os::fd::AsFd::as_fd(file), times),
            Handle::Walker(dir) => walker::set_times_at(dir, ".", false, times),
        }
    }

    pub(super) fn set_times_at(&self, path: &str, follow: bool, times: SetTimes) -> Result<(), Errno> {
        resolve!(self, set_times_at(path, follow, times))
    }

    pub(super) fn create_directory(&self, path: &str) -> Result<(), Errno> {
        resolve!(self, create_directory(path))
    }

    pub(super) fn remove_directory(&self, path: &str) -> Result<(), Errno> {
        resolve!(self, remove_directory(path))
    }

    pub(super) fn unlink_file(&self, path: &str) -> Result<(), Errno> {
        resolve!(self, unlink_file(path))
    }

    pub(super) fn rename(&self, old: &str, to: &Self, new: &str) -> Result<(), Errno> {
        resolve_both!(rename(self, old, to, new))
    }

    pub(super) fn link(&self, old: &str, to: &Self, new: &str) -> Result<(), Errno> {
        resolve_both!(link(self, old, to, new))
    }

    pub(super) fn symlink(&self, target: &str, path: &str) -> Result<(), Errno> {
        match &self.handle {
            #[cfg(target_os = "linux")]
            Handle::Beneath(dir) => beneath::symlink(target, std::os::fd::AsFd::as_fd(dir), path),
            Handle::Walker(dir) => walker::symlink(target, dir, path),
        }
    }

    pub(super) fn read_link(&self, path: &str, buffer: &mut [u8]) -> Result<usize, Errno> {
        resolve!(self, read_link(path, buffer))
    }

    /// Makes the directory's contents reach the device, where the host can.
    pub(super) fn sync(&self) -> Result<(), Errno> {
        match &self.handle {
            #[cfg(target_os = "linux")]
            Handle::Beneath(file) => retry(|| file.sync_all()),
            Handle::Walker(_) => Ok(()),
        }
    }

    /// Hands the entries from `cookie` on to `emit`. Cookies count entries of the list made at cookie 0.
    pub(super) fn read_dir(&mut self, cookie: u64, emit: &mut dyn FnMut(Entry<'_>) -> bool) -> Result<(), Errno> {
        if cookie == 0 || self.listed.is_none() {
            self.listed = Some(self.list()?);
        }
        // No list is longer than memory: behind its end there is nothing.
        let first = usize::try_from(cookie).unwrap_or(usize::MAX);
        let entries = self.listed.as_deref().and_then(|listed| listed.get(first..)).unwrap_or_default();
        for (entry, next) in entries.iter().zip(cookie.saturating_add(1)..) {
            let Listed { name, inode, filetype } = entry;
            if !emit(Entry { next, inode: *inode, filetype: *filetype, name }) {
                break;
            }
        }
        Ok(())
    }

    /// `.`, `..` and what is in the directory now.
    fn list(&self) -> Result<Vec<Listed>, Errno> {
        let own = |name: &[u8], inode| Listed { name: name.to_vec(), inode, filetype: filetype::DIRECTORY };
        // What is above is none of the guest's business, not even its number.
        let mut listed = std::vec![own(b".", self.stat()?.inode), own(b"..", 0)];
        let dir = match &self.handle {
            #[cfg(target_os = "linux")]
            Handle::Beneath(file) => &Dir::from_std_file(retry(|| file.try_clone())?),
            Handle::Walker(dir) => dir,
        };
        for entry in retry(|| dir.entries())? {
            let Ok(entry) = entry else { continue };
            if listed.len() >= MAX_ENTRIES {
                return Err(Errno::Overflow);
            }
            listed.push(Listed {
                name: entry.file_name().as_encoded_bytes().to_vec(),
                inode: entry.metadata().map_or(0, |found| found.ino()),
                filetype: entry.file_type().map_or(filetype::UNKNOWN, metadata::filetype),
            });
        }
        Ok(listed)
    }
}

/// What was opened in a directory.
pub(super) enum Child {
    Directory(Directory),
    File(File),
}
