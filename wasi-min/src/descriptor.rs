//! The guest's descriptor table.
//!
//! Standard input, output and error live in a fixed array, so that programs that use nothing else cost no allocation;
//! everything else is a [`Node`] of the port and lives in [`Slots`]. An entry carries its own number, so that
//! `fd_renumber` changes numbers and moves nothing.

mod slots;

use crate::types::{fdflags, filetype, rights};
use crate::{Errno, Files, Node, Opened, Preopen, Stream};
use slots::Slots;

/// The first number that is given out; those below stay with standard input, output and error.
const FIRST: u32 = 3;

/// What a descriptor stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Object {
    Stream(Stream),
    Node(Node),
}

/// An open descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Descriptor {
    fd: u32,
    pub(crate) object: Object,
    /// One of [`filetype`]; streams ask the port.
    pub(crate) filetype: u8,
    pub(crate) flags: u16,
    pub(crate) rights_base: u64,
    pub(crate) rights_inheriting: u64,
    /// Where the next read or write goes.
    pub(crate) position: u64,
    /// Which of the port's preopened directories this is.
    pub(crate) preopen: Option<usize>,
}

impl Descriptor {
    const fn stream(fd: u32, stream: Stream) -> Self {
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
        Self {
            fd,
            object: Object::Stream(stream),
            filetype: filetype::UNKNOWN,
            flags: 0,
            rights_base,
            rights_inheriting: 0,
            position: 0,
            preopen: None,
        }
    }

    /// A descriptor of an open node. It gets those of the rights that fit its type.
    pub(crate) fn node(opened: Opened, base: u64, inheriting: u64) -> Self {
        let (own, below) = match opened.filetype {
            filetype::DIRECTORY => (rights::DIRECTORY, rights::ALL),
            filetype::SOCKET_STREAM | filetype::SOCKET_DGRAM => (rights::SOCKET, rights::SOCKET),
            _ => (rights::FILE, rights::ALL),
        };
        Self {
            fd: FIRST,
            object: Object::Node(opened.node),
            filetype: opened.filetype,
            flags: 0,
            rights_base: base & own,
            rights_inheriting: inheriting & below,
            position: 0,
            preopen: None,
        }
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
    /// [`Errno::Inval`] for unknown flags, [`Errno::Notsup`] for those it cannot have.
    pub(crate) fn set_flags(&mut self, flags: u32) -> Result<(), Errno> {
        let flags = u16::try_from(flags).map_err(|_| Errno::Inval)?;
        if flags & !fdflags::ALL != 0 {
            return Err(Errno::Inval);
        }
        let stream = matches!(self.object, Object::Stream(_));
        if stream && flags & !(fdflags::APPEND | fdflags::NONBLOCK) != 0 {
            return Err(Errno::Notsup);
        }
        self.flags = flags;
        Ok(())
    }
}

/// The descriptors that are open.
#[derive(Debug)]
pub(crate) struct Descriptors {
    streams: [Option<Descriptor>; 3],
    nodes: Slots,
}

impl Descriptors {
    pub(crate) fn new() -> Self {
        Self {
            streams: [
                Some(Descriptor::stream(0, Stream::Stdin)),
                Some(Descriptor::stream(1, Stream::Stdout)),
                Some(Descriptor::stream(2, Stream::Stderr)),
            ],
            nodes: Slots::new(),
        }
    }

    /// Opens what the port has open at the start, as far as there is room.
    pub(crate) fn preopen(&mut self, files: &impl Files) {
        let preopens = (0..).map_while(|index| files.preopen(index).map(|preopen| (index, preopen)));
        for (index, Preopen { node, filetype, name, rights_base, rights_inheriting }) in preopens {
            let mut open = Descriptor::node(Opened { node, filetype }, rights_base, rights_inheriting);
            open.preopen = name.map(|_| index);
            if self.insert(open).is_err() {
                break;
            }
        }
    }

    /// Closes standard input, output and error. Their numbers are not given out again.
    pub(crate) fn close_streams(&mut self) {
        self.streams = [None; 3];
    }

    /// The descriptor with number `fd`.
    ///
    /// # Errors
    ///
    /// [`Errno::Badf`] if none is open under that number.
    pub(crate) fn get(&self, fd: u32) -> Result<&Descriptor, Errno> {
        let found = match self.position(fd) {
            Ok(at) => self.nodes.as_slice().get(at),
            Err(_) => self.streams.iter().flatten().find(|open| open.fd == fd),
        };
        found.ok_or(Errno::Badf)
    }

    /// As [`get`](Descriptors::get), to change it.
    pub(crate) fn get_mut(&mut self, fd: u32) -> Result<&mut Descriptor, Errno> {
        let found = match self.position(fd) {
            Ok(at) => self.nodes.as_mut_slice().get_mut(at),
            Err(_) => self.streams.iter_mut().flatten().find(|open| open.fd == fd),
        };
        found.ok_or(Errno::Badf)
    }

    /// Whether one more can be opened. Asked before the port opens anything, so that nothing has to be undone.
    ///
    /// # Errors
    ///
    /// [`Errno::Mfile`] if the table is full.
    pub(crate) fn check_room(&self) -> Result<(), Errno> {
        if self.nodes.is_full() { Err(Errno::Mfile) } else { Ok(()) }
    }

    /// Opens a descriptor under the lowest free number from 3 on.
    ///
    /// # Errors
    ///
    /// [`Errno::Mfile`] if the table is full.
    pub(crate) fn insert(&mut self, mut open: Descriptor) -> Result<u32, Errno> {
        self.check_room()?;
        let mut fd = FIRST;
        while self.get(fd).is_ok() {
            fd += 1;
        }
        open.fd = fd;
        let at = self.position(fd).unwrap_or_else(|at| at);
        self.nodes.insert(at, open)?;
        Ok(fd)
    }

    /// Closes `fd`, and returns what it stood for.
    ///
    /// # Errors
    ///
    /// [`Errno::Badf`] if it is not open.
    pub(crate) fn close(&mut self, fd: u32) -> Result<Object, Errno> {
        if let Ok(at) = self.position(fd) {
            return self.nodes.remove(at).map(|open| open.object).ok_or(Errno::Badf);
        }
        let entry = self.streams.iter_mut().find(|entry| entry.is_some_and(|open| open.fd == fd));
        entry.and_then(Option::take).map(|open| open.object).ok_or(Errno::Badf)
    }

    /// Gives the descriptor `from` the number `to`; what was open as `to` is closed and returned.
    ///
    /// # Errors
    ///
    /// [`Errno::Badf`] if one of them is not open.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) -> Result<Option<Object>, Errno> {
        self.get(from)?;
        self.get(to)?;
        if from == to {
            return Ok(None);
        }
        let closed = self.close(to)?;
        let stream = self.streams.iter_mut().flatten().find(|open| open.fd == from);
        if let Some(stream) = stream {
            stream.fd = to;
        } else if let Ok(at) = self.position(from)
            && let Some(mut open) = self.nodes.remove(at)
        {
            open.fd = to;
            let at = self.position(to).unwrap_or_else(|at| at);
            // There is room: one was removed just now.
            self.nodes.insert(at, open)?;
        }
        Ok(Some(closed))
    }

    /// All nodes that are open.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Node> {
        self.nodes.as_slice().iter().filter_map(|open| match open.object {
            Object::Node(node) => Some(node),
            Object::Stream(_) => None,
        })
    }

    /// Where `fd` is in the sorted slots, or where it would be.
    fn position(&self, fd: u32) -> Result<usize, usize> {
        self.nodes.as_slice().binary_search_by_key(&fd, |open| open.fd)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(number: u32) -> Descriptor {
        Descriptor::node(Opened { node: Node(number), filetype: filetype::REGULAR_FILE }, rights::ALL, 0)
    }

    #[test]
    fn renumbering_replaces_and_frees() {
        let mut table = Descriptors::new();
        assert_eq!(table.renumber(1, 2), Ok(Some(Object::Stream(Stream::Stderr))));
        assert_eq!(table.get(2).map(|open| open.object), Ok(Object::Stream(Stream::Stdout)));
        assert_eq!(table.get(1), Err(Errno::Badf));
        assert_eq!(table.renumber(2, 102), Err(Errno::Badf));
        assert_eq!(table.renumber(5, 5), Err(Errno::Badf));
        assert_eq!(table.renumber(0, 0), Ok(None));
    }

    #[test]
    fn files_take_the_place_of_streams_and_the_reverse() {
        let mut table = Descriptors::new();
        assert_eq!((table.insert(file(7)), table.insert(file(8))), (Ok(3), Ok(4)));
        assert_eq!(table.renumber(3, 1), Ok(Some(Object::Stream(Stream::Stdout))));
        assert_eq!(table.get(1).map(|open| open.object), Ok(Object::Node(Node(7))));
        assert_eq!(table.renumber(2, 4), Ok(Some(Object::Node(Node(8)))));
        assert_eq!(table.get(4).map(|open| open.object), Ok(Object::Stream(Stream::Stderr)));
        // 3 is free, 4 is a stream.
        assert_eq!((table.insert(file(9)), table.insert(file(10))), (Ok(3), Ok(5)));
        assert_eq!(table.nodes().count(), 3);
    }

    #[test]
    fn closing_twice_is_an_error() {
        let mut table = Descriptors::new();
        assert!(table.close(0).is_ok());
        assert_eq!(table.close(0), Err(Errno::Badf));
        assert_eq!(table.insert(file(1)), Ok(3));
        assert_eq!(table.close(3), Ok(Object::Node(Node(1))));
        assert_eq!(table.close(3), Err(Errno::Badf));
    }

    #[test]
    fn the_table_has_an_end() {
        let mut table = Descriptors::new();
        let opened = (0..100_000).map_while(|number| table.insert(file(number)).ok()).count();
        assert!(opened <= 4096, "{opened}");
        assert_eq!(table.insert(file(0)), Err(Errno::Mfile));
        assert_eq!(table.renumber(3, 4), Ok(Some(Object::Node(Node(1)))));
        assert_eq!(table.insert(file(0)), Ok(3));
    }

    #[test]
    fn rights_only_shrink() {
        let mut open = Descriptor::stream(1, Stream::Stdout);
        assert_eq!(open.restrict(rights::FD_READ, 0), Err(Errno::Notcapable));
        assert_eq!(open.restrict(rights::FD_WRITE, 0), Ok(()));
        assert_eq!(open.restrict(rights::FD_WRITE | rights::FD_SYNC, 0), Err(Errno::Notcapable));
        assert_eq!(open.require(rights::FD_FILESTAT_GET), Err(Errno::Notcapable));
    }
}
