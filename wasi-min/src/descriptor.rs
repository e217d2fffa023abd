//! The guest's descriptor table.
//!
//! Standard input, output and error live in a fixed array, so that programs that use nothing else cost no allocation.
//! An entry carries its own number: `fd_renumber` changes the number and moves nothing. Descriptors of files and
//! directories will be looked up after these three, in a table the port owns.

use crate::types::{Filestat, fdflags, rights};
use crate::{Errno, Stream};

/// An open descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Descriptor {
    fd: u32,
    pub(crate) stream: Stream,
    pub(crate) flags: u16,
    pub(crate) rights_base: u64,
    pub(crate) rights_inheriting: u64,
}

impl Descriptor {
    const fn new(fd: u32, stream: Stream) -> Self {
        let direction = match stream {
            Stream::Stdin => rights::FD_READ,
            Stream::Stdout | Stream::Stderr => rights::FD_WRITE,
        };
        let rights_base = direction
            | rights::FD_DATASYNC
            | rights::FD_SYNC
            | rights::FD_FDSTAT_SET_FLAGS
            | rights::FD_FILESTAT_GET
            | rights::POLL_FD_READWRITE;
        Self { fd, stream, flags: 0, rights_base, rights_inheriting: 0 }
    }

    /// Whether the descriptor has every right in `needed`.
    ///
    /// # Errors
    ///
    /// [`Errno::Notcapable`] if one is missing.
    pub(crate) fn require(&self, needed: u64) -> Result<(), Errno> {
        if self.rights_base & needed == needed { Ok(()) } else { Err(Errno::Notcapable) }
    }

    /// Drops all rights but those given.
    ///
    /// # Errors
    ///
    /// [`Errno::Notcapable`] if a right is asked for that is not there; then nothing changes.
    pub(crate) fn restrict(&mut self, base: u64, inheriting: u64) -> Result<(), Errno> {
        if base & !self.rights_base != 0 || inheriting & !self.rights_inheriting != 0 {
            return Err(Errno::Notcapable);
        }
        self.rights_base = base;
        self.rights_inheriting = inheriting;
        Ok(())
    }

    /// Replaces the flags.
    ///
    /// # Errors
    ///
    /// [`Errno::Inval`] for unknown flags, [`Errno::Notsup`] for those a stream cannot have.
    pub(crate) fn set_flags(&mut self, flags: u32) -> Result<(), Errno> {
        let flags = u16::try_from(flags).map_err(|_| Errno::Inval)?;
        if flags & !fdflags::ALL != 0 {
            return Err(Errno::Inval);
        }
        if flags & !(fdflags::APPEND | fdflags::NONBLOCK) != 0 {
            return Err(Errno::Notsup);
        }
        self.flags = flags;
        Ok(())
    }

    /// What `fd_filestat_get` tells of a stream with that file type.
    pub(crate) fn filestat(filetype: u8) -> Filestat {
        Filestat { filetype, ..Filestat::default() }
    }
}

/// The descriptors that are open.
#[derive(Debug)]
pub(crate) struct Descriptors {
    streams: [Option<Descriptor>; 3],
}

impl Descriptors {
    pub(crate) const fn new() -> Self {
        Self {
            streams: [
                Some(Descriptor::new(0, Stream::Stdin)),
                Some(Descriptor::new(1, Stream::Stdout)),
                Some(Descriptor::new(2, Stream::Stderr)),
            ],
        }
    }

    /// The descriptor with number `fd`.
    ///
    /// # Errors
    ///
    /// [`Errno::Badf`] if none is open under that number.
    pub(crate) fn get(&self, fd: u32) -> Result<&Descriptor, Errno> {
        self.streams.iter().flatten().find(|open| open.fd == fd).ok_or(Errno::Badf)
    }

    /// As [`get`](Descriptors::get), to change it.
    pub(crate) fn get_mut(&mut self, fd: u32) -> Result<&mut Descriptor, Errno> {
        self.streams.iter_mut().flatten().find(|open| open.fd == fd).ok_or(Errno::Badf)
    }

    /// Closes `fd`.
    ///
    /// # Errors
    ///
    /// [`Errno::Badf`] if it is not open.
    pub(crate) fn close(&mut self, fd: u32) -> Result<(), Errno> {
        let entry = self.streams.iter_mut().find(|entry| entry.is_some_and(|open| open.fd == fd));
        *entry.ok_or(Errno::Badf)? = None;
        Ok(())
    }

    /// Gives the descriptor `from` the number `to`; what was open as `to` is closed.
    ///
    /// # Errors
    ///
    /// [`Errno::Badf`] if `from` is not open.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) -> Result<(), Errno> {
        self.get(from)?;
        if from != to {
            // `to` need not be open.
            let _ = self.close(to);
            self.get_mut(from)?.fd = to;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renumbering_replaces_and_frees() {
        let mut table = Descriptors::new();
        assert_eq!(table.renumber(1, 2), Ok(()));
        assert_eq!(table.get(2).map(|open| open.stream), Ok(Stream::Stdout));
        assert_eq!(table.get(1), Err(Errno::Badf));
        assert_eq!(table.renumber(2, 102), Ok(()));
        assert_eq!(table.get(102).map(|open| open.stream), Ok(Stream::Stdout));
        assert_eq!(table.renumber(5, 5), Err(Errno::Badf));
        assert_eq!(table.renumber(0, 0), Ok(()));
    }

    #[test]
    fn closing_twice_is_an_error() {
        let mut table = Descriptors::new();
        assert_eq!(table.close(0), Ok(()));
        assert_eq!(table.close(0), Err(Errno::Badf));
    }

    #[test]
    fn rights_only_shrink() {
        let mut open = Descriptor::new(1, Stream::Stdout);
        assert_eq!(open.restrict(rights::FD_READ, 0), Err(Errno::Notcapable));
        assert_eq!(open.restrict(rights::FD_WRITE, 0), Ok(()));
        assert_eq!(open.restrict(rights::FD_WRITE | rights::FD_SYNC, 0), Err(Errno::Notcapable));
        assert_eq!(open.require(rights::FD_FILESTAT_GET), Err(Errno::Notcapable));
    }
}
