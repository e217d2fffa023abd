//! Files, directories and sockets: what a port may offer besides the four traits of every port.
//!
//! All methods have a default that offers nothing, so a port without files is `impl Files for MyPort {}`. Open things are
//! [`Node`]s, numbers that the port gives out and alone understands. Rights, positions, descriptor flags and preopened
//! names are kept by this crate and checked before the port is asked; the port's own duty is that no path leads out of
//! the directory it is relative to, whatever `..` and symbolic links say.
//!
//! Paths are UTF-8 of 1 to 4,096 bytes, relative, and free of NULs. They may hold `.`, `..`, repeated and trailing
//! slashes.

use crate::Errno;
use crate::types::{Filestat, rights};

/// Something open: a file, a directory, or a socket. Only the port that gave the number knows what it stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node(pub u32);

/// Something that is open when the guest starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Preopen<'a> {
    /// What is open.
    pub node: Node,
    /// One of [`filetype`](crate::types::filetype).
    pub filetype: u8,
    /// The path that the guest knows a directory by; sockets have none.
    pub name: Option<&'a str>,
    /// The [`rights`](crate::types::rights) on the thing itself. Those that do not fit its type are dropped.
    pub rights_base: u64,
    /// The rights that can be had on what is opened through it.
    pub rights_inheriting: u64,
}

/// What a guest may do in a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Access {
    /// Everything.
    #[default]
    ReadWrite,
    /// Only what changes nothing.
    ReadOnly,
}

impl Access {
    /// The base and inheriting rights of such a directory.
    pub const fn rights(self) -> (u64, u64) {
        let taken = match self {
            Self::ReadWrite => 0,
            Self::ReadOnly => rights::CHANGES,
        };
        (rights::DIRECTORY & !taken, (rights::DIRECTORY | rights::FILE) & !taken)
    }
}

/// How to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Open {
    /// The contents will be read.
    pub read: bool,
    /// The contents or the size will be changed.
    pub write: bool,
    /// Make a file if there is none.
    pub create: bool,
    /// Fail with [`Errno::Exist`] if there is something, be it a link to nowhere.
    pub exclusive: bool,
    /// Cut the file to size 0.
    pub truncate: bool,
    /// Fail with [`Errno::Notdir`] if it is no directory.
    pub directory: bool,
    /// Follow a symbolic link at the end of the path; without, it is [`Errno::Loop`].
    pub follow: bool,
}

/// What was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// The open thing.
    pub node: Node,
    /// One of [`filetype`](crate::types::filetype).
    pub filetype: u8,
}

/// What to do with one of a file's times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetTime {
    /// Leave it.
    Keep,
    /// Set it to the present.
    Now,
    /// Set it to nanoseconds since 1970.
    To(u64),
}

/// New times of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetTimes {
    /// Of last access.
    pub accessed: SetTime,
    /// Of last change of the contents.
    pub modified: SetTime,
}

/// An entry of a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Where reading goes on behind this entry.
    pub next: u64,
    /// The file's number, 0 if it is not known.
    pub inode: u64,
    /// One of [`filetype`](crate::types::filetype).
    pub filetype: u8,
    /// Its name.
    pub name: &'a [u8],
}

/// What a guest waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interest {
    /// That a read has something to say: bytes, the end, an error, or for a listener a connection.
    Read,
    /// That a write takes at least one byte.
    Write,
}

/// Whether a read or write would wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// It would.
    Waits,
    /// It would not.
    Ready {
        /// How many bytes at least, or 1 if that is not known.
        bytes: u64,
        /// The other side is gone.
        hangup: bool,
    },
}

impl Readiness {
    /// Ready, for an unknown number of bytes.
    pub const NOW: Self = Self::Ready { bytes: 1, hangup: false };
}

/// Files, directories and sockets.
///
/// # Errors
///
/// Where a method's own documentation says nothing else, errors are those of the POSIX function of the same name, and
/// [`Errno::Notsup`] where the port does not have it. A path that leads out of its directory is [`Errno::Notcapable`].
#[allow(clippy::missing_errors_doc, reason = "said once, for all methods, above")]
#[allow(unused_variables, reason = "the defaults use none of their parameters")]
pub trait Files {
    /// What is open at the start, by index from 0; the guest finds them as descriptors 3, 4, and so on.
    fn preopen(&self, index: usize) -> Option<Preopen<'_>> {
        None
    }

    /// Opens what `path` names below `dir`.
    fn open(&mut self, dir: Node, path: &str, how: Open) -> Result<Opened, Errno> {
        Err(Errno::Notsup)
    }

    /// Closes; the number may be given out again.
    fn close(&mut self, node: Node) {}

    /// Reads at `offset`; 0 is the end. What has no positions reads what comes next.
    fn read_at(&mut self, node: Node, offset: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
        Err(Errno::Notsup)
    }

    /// Writes at `offset`. What has no positions writes behind what it wrote before.
    fn write_at(&mut self, node: Node, offset: u64, bytes: &[u8]) -> Result<usize, Errno> {
        Err(Errno::Notsup)
    }

    /// Writes at the end.
    fn append(&mut self, node: Node, bytes: &[u8]) -> Result<usize, Errno> {
        let end = self.stat(node)?.size;
        self.write_at(node, end, bytes)
    }

    /// What was written is on the device when this returns; without `metadata`, the contents alone.
    fn sync(&mut self, node: Node, metadata: bool) -> Result<(), Errno> {
        Ok(())
    }

    /// What is known of it.
    fn stat(&mut self, node: Node) -> Result<Filestat, Errno> {
        Err(Errno::Notsup)
    }

    /// Cuts a file, or fills it up with zeros.
    fn set_size(&mut self, node: Node, size: u64) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    /// Changes times.
    fn set_times(&mut self, node: Node, times: SetTimes) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    /// Makes the file at least `offset + len` bytes large.
    fn allocate(&mut self, node: Node, offset: u64, len: u64) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    /// Hands the entries from `cookie` on to `emit` until it returns `false`. Cookie 0 is the start; `.` and `..` are
    /// among the entries. A cookie stays good while the directory is open and not read from the start again.
    fn read_dir(&mut self, node: Node, cookie: u64, emit: &mut dyn FnMut(Entry<'_>) -> bool) -> Result<(), Errno> {
        Err(Errno::Notdir)
    }

    /// What is known of what `path` names.
    fn stat_at(&mut self, dir: Node, path: &str, follow: bool) -> Result<Filestat, Errno> {
        Err(Errno::Notsup)
    }

    /// Changes times.
    fn set_times_at(&mut self, dir: Node, path: &str, follow: bool, times: SetTimes) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    /// Makes a directory.
    fn create_directory(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    /// Removes an empty directory.
    fn remove_directory(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    /// Removes a file or link, never a directory.
    fn unlink_file(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    /// Renames; what has the new name is replaced.
    fn rename(&mut self, from: Node, old: &str, to: Node, new: &str) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    /// Makes a hard link. A symbolic link at the end of `old` is not followed.
    fn link(&mut self, from: Node, old: &str, to: Node, new: &str) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    /// Makes a symbolic link. `target` is relative; where it leads is checked when it is followed.
    fn symlink(&mut self, target: &str, dir: Node, path: &str) -> Result<(), Errno> {
        Err(Errno::Notsup)
    }

    /// Writes where a symbolic link leads to `buffer`, cut to its length; returns how many bytes that were.
    fn read_link(&mut self, dir: Node, path: &str, buffer: &mut [u8]) -> Result<usize, Errno> {
        Err(Errno::Notsup)
    }

    /// Accepts a connection.
    fn accept(&mut self, listener: Node) -> Result<Node, Errno> {
        Err(Errno::Notsock)
    }

    /// Receives; with `peek`, the bytes stay to be received again.
    fn receive(&mut self, socket: Node, buffer: &mut [u8], peek: bool) -> Result<usize, Errno> {
        Err(Errno::Notsock)
    }

    /// Sends.
    fn send(&mut self, socket: Node, bytes: &[u8]) -> Result<usize, Errno> {
        Err(Errno::Notsock)
    }

    /// Ends receiving, sending, or both.
    fn shutdown(&mut self, socket: Node, receive: bool, send: bool) -> Result<(), Errno> {
        Err(Errno::Notsock)
    }

    /// Whether calls that would wait return [`Errno::Again`] instead.
    fn set_nonblocking(&mut self, node: Node, nonblocking: bool) -> Result<(), Errno> {
        Ok(())
    }

    /// Whether a read or write would wait.
    fn ready(&mut self, node: Node, interest: Interest) -> Result<Readiness, Errno> {
        Ok(Readiness::NOW)
    }
}

/// All methods of [`Files`], done by a field of the type.
#[cfg(feature = "alloc")]
macro_rules! delegate_files {
    ($field:ident) => {
        fn preopen(&self, index: usize) -> Option<Preopen<'_>> {
            self.$field.preopen(index)
        }

        fn open(&mut self, dir: Node, path: &str, how: Open) -> Result<Opened, Errno> {
            self.$field.open(dir, path, how)
        }

        fn close(&mut self, node: Node) {
            self.$field.close(node);
        }

        fn read_at(&mut self, node: Node, offset: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
            self.$field.read_at(node, offset, buffer)
        }

        fn write_at(&mut self, node: Node, offset: u64, bytes: &[u8]) -> Result<usize, Errno> {
            self.$field.write_at(node, offset, bytes)
        }

        fn append(&mut self, node: Node, bytes: &[u8]) -> Result<usize, Errno> {
            self.$field.append(node, bytes)
        }

        fn sync(&mut self, node: Node, metadata: bool) -> Result<(), Errno> {
            self.$field.sync(node, metadata)
        }

        fn stat(&mut self, node: Node) -> Result<Filestat, Errno> {
            self.$field.stat(node)
        }

        fn set_size(&mut self, node: Node, size: u64) -> Result<(), Errno> {
            self.$field.set_size(node, size)
        }

        fn set_times(&mut self, node: Node, times: SetTimes) -> Result<(), Errno> {
            self.$field.set_times(node, times)
        }

        fn allocate(&mut self, node: Node, offset: u64, len: u64) -> Result<(), Errno> {
            self.$field.allocate(node, offset, len)
        }

        fn read_dir(&mut self, node: Node, cookie: u64, emit: &mut dyn FnMut(Entry<'_>) -> bool) -> Result<(), Errno> {
            self.$field.read_dir(node, cookie, emit)
        }

        fn stat_at(&mut self, dir: Node, path: &str, follow: bool) -> Result<Filestat, Errno> {
            self.$field.stat_at(dir, path, follow)
        }

        fn set_times_at(&mut self, dir: Node, path: &str, follow: bool, times: SetTimes) -> Result<(), Errno> {
            self.$field.set_times_at(dir, path, follow, times)
        }

        fn create_directory(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
            self.$field.create_directory(dir, path)
        }

        fn remove_directory(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
            self.$field.remove_directory(dir, path)
        }

        fn unlink_file(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
            self.$field.unlink_file(dir, path)
        }

        fn rename(&mut self, from: Node, old: &str, to: Node, new: &str) -> Result<(), Errno> {
            self.$field.rename(from, old, to, new)
        }

        fn link(&mut self, from: Node, old: &str, to: Node, new: &str) -> Result<(), Errno> {
            self.$field.link(from, old, to, new)
        }

        fn symlink(&mut self, target: &str, dir: Node, path: &str) -> Result<(), Errno> {
            self.$field.symlink(target, dir, path)
        }

        fn read_link(&mut self, dir: Node, path: &str, buffer: &mut [u8]) -> Result<usize, Errno> {
            self.$field.read_link(dir, path, buffer)
        }

        fn accept(&mut self, listener: Node) -> Result<Node, Errno> {
            self.$field.accept(listener)
        }

        fn receive(&mut self, socket: Node, buffer: &mut [u8], peek: bool) -> Result<usize, Errno> {
            self.$field.receive(socket, buffer, peek)
        }

        fn send(&mut self, socket: Node, bytes: &[u8]) -> Result<usize, Errno> {
            self.$field.send(socket, bytes)
        }

        fn shutdown(&mut self, socket: Node, receive: bool, send: bool) -> Result<(), Errno> {
            self.$field.shutdown(socket, receive, send)
        }

        fn set_nonblocking(&mut self, node: Node, nonblocking: bool) -> Result<(), Errno> {
            self.$field.set_nonblocking(node, nonblocking)
        }

        fn ready(&mut self, node: Node, interest: Interest) -> Result<Readiness, Errno> {
            self.$field.ready(node, interest)
        }
    };
}

#[cfg(feature = "alloc")]
pub(crate) use delegate_files;
