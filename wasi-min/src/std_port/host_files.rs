//! What the guest has open on the host: directories, files, listeners, connections.

use super::data;
use super::directory::{Child, Directory, Resolver};
use super::errors::retry;
use crate::types::{Filestat, filetype, rights};
use crate::{Access, Entry, Errno, Files, Interest, Node, Open, Opened, Preopen, Readiness, SetTimes};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::Path;
use std::string::String;
use std::vec::Vec;

/// Something open.
#[derive(Debug)]
pub(super) enum Item {
    Directory(Directory),
    File(File),
    Listener(TcpListener),
    Connection(TcpStream),
}

/// Something that is open when the guest starts.
#[derive(Debug)]
struct Start {
    node: Node,
    filetype: u8,
    name: Option<String>,
    rights_base: u64,
    rights_inheriting: u64,
}

/// Directories and sockets of the host. A [`StdPort`](crate::StdPort) has one; with
/// [`WithFiles`](crate::WithFiles) it serves a port of another kind.
#[derive(Debug, Default)]
pub struct HostFiles {
    start: Vec<Start>,
    items: Vec<Option<Item>>,
    resolver: Resolver,
}

impl HostFiles {
    /// Nothing open yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How paths are kept inside of the directories that are opened after this.
    #[must_use]
    pub fn resolver(mut self, resolver: Resolver) -> Self {
        self.resolver = resolver;
        self
    }

    /// Opens the directory `host`, which the guest finds as `guest`. They become descriptors 3, 4, and so on in the order
    /// given; listeners come after them.
    ///
    /// # Errors
    ///
    /// If the directory cannot be opened.
    pub fn dir(mut self, host: impl AsRef<Path>, guest: impl Into<String>, access: Access) -> io::Result<Self> {
        self.add_directory(host.as_ref(), guest.into(), access)?;
        Ok(self)
    }

    /// Gives the guest a listening socket, to accept connections on.
    #[must_use]
    pub fn listener(mut self, listener: TcpListener) -> Self {
        self.add_listener(listener);
        self
    }

    fn add_directory(&mut self, host: &Path, guest: String, access: Access) -> io::Result<()> {
        let item = Item::Directory(Directory::open_ambient(host, self.resolver)?);
        let (rights_base, rights_inheriting) = access.rights();
        let start = Start {
            node: self.insert(item),
            filetype: filetype::DIRECTORY,
            name: Some(guest),
            rights_base,
            rights_inheriting,
        };
        // Guests look for directories from descriptor 3 on, and stop at the first that is none.
        let at = self.start.iter().position(|start| start.name.is_none()).unwrap_or(self.start.len());
        self.start.insert(at, start);
        Ok(())
    }

    fn add_listener(&mut self, listener: TcpListener) {
        let start = Start {
            node: self.insert(Item::Listener(listener)),
            filetype: filetype::SOCKET_STREAM,
            name: None,
            rights_base: rights::SOCKET & !(rights::FD_READ | rights::FD_WRITE),
            rights_inheriting: rights::SOCKET & !rights::SOCK_ACCEPT,
        };
        self.start.push(start);
    }

    fn insert(&mut self, item: Item) -> Node {
        let free = self.items.iter().position(Option::is_none).unwrap_or(self.items.len());
        match self.items.get_mut(free) {
            Some(place) => *place = Some(item),
            None => self.items.push(Some(item)),
        }
        // The descriptor table ends long before 2^32.
        Node(u32::try_from(free).unwrap_or(u32::MAX))
    }

    pub(super) fn item(&self, node: Node) -> Result<&Item, Errno> {
        let index = usize::try_from(node.0).map_err(|_| Errno::Badf)?;
        self.items.get(index).and_then(Option::as_ref).ok_or(Errno::Badf)
    }

    fn directory(&self, node: Node) -> Result<&Directory, Errno> {
        match self.item(node)? {
            Item::Directory(directory) => Ok(directory),
            Item::File(_) | Item::Listener(_) | Item::Connection(_) => Err(Errno::Notdir),
        }
    }

    fn file(&self, node: Node) -> Result<&File, Errno> {
        match self.item(node)? {
            Item::File(file) => Ok(file),
            Item::Directory(_) => Err(Errno::Isdir),
            Item::Listener(_) | Item::Connection(_) => Err(Errno::Inval),
        }
    }

    fn connection(&self, node: Node) -> Result<&TcpStream, Errno> {
        match self.item(node)? {
            Item::Connection(stream) => Ok(stream),
            Item::Listener(_) => Err(Errno::Notconn),
            Item::Directory(_) | Item::File(_) => Err(Errno::Notsock),
        }
    }
}

impl Files for HostFiles {
    fn preopen(&self, index: usize) -> Option<Preopen<'_>> {
        let Start { node, filetype, name, rights_base, rights_inheriting } = self.start.get(index)?;
        Some(Preopen {
            node: *node,
            filetype: *filetype,
            name: name.as_deref(),
            rights_base: *rights_base,
            rights_inheriting: *rights_inheriting,
        })
    }

    fn open(&mut self, dir: Node, path: &str, how: Open) -> Result<Opened, Errno> {
        let (child, filetype) = self.directory(dir)?.open(path, how)?;
        let item = match child {
            Child::Directory(directory) => Item::Directory(directory),
            Child::File(file) => Item::File(file),
        };
        Ok(Opened { node: self.insert(item), filetype })
    }

    fn close(&mut self, node: Node) {
        if let Some(item) = usize::try_from(node.0).ok().and_then(|index| self.items.get_mut(index)) {
            *item = None;
        }
    }

    fn read_at(&mut self, node: Node, offset: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
        data::read_at(self.file(node)?, offset, buffer)
    }

    fn write_at(&mut self, node: Node, offset: u64, bytes: &[u8]) -> Result<usize, Errno> {
        data::write_at(self.file(node)?, offset, bytes)
    }

    fn append(&mut self, node: Node, bytes: &[u8]) -> Result<usize, Errno> {
        data::append(self.file(node)?, bytes)
    }

    fn sync(&mut self, node: Node, metadata: bool) -> Result<(), Errno> {
        match self.item(node)? {
            Item::File(file) => data::sync(file, metadata),
            Item::Directory(directory) => directory.sync(),
            Item::Listener(_) | Item::Connection(_) => Err(Errno::Inval),
        }
    }

    fn stat(&mut self, node: Node) -> Result<Filestat, Errno> {
        match self.item(node)? {
            Item::Directory(directory) => directory.stat(),
            Item::File(file) => super::metadata::of(file).map(|found| super::metadata::filestat(&found)),
            Item::Listener(_) | Item::Connection(_) => {
                Ok(Filestat { filetype: filetype::SOCKET_STREAM, ..Filestat::default() })
            }
        }
    }

    fn set_size(&mut self, node: Node, size: u64) -> Result<(), Errno> {
        let file = self.file(node)?;
        retry(|| file.set_len(size))
    }

    fn set_times(&mut self, node: Node, times: SetTimes) -> Result<(), Errno> {
        match self.item(node)? {
            Item::Directory(directory) => directory.set_times(times),
            Item::File(file) => data::set_times(file, times),
            Item::Listener(_) | Item::Connection(_) => Err(Errno::Inval),
        }
    }

    fn allocate(&mut self, node: Node, offset: u64, len: u64) -> Result<(), Errno> {
        data::allocate(self.file(node)?, offset, len)
    }

    fn read_dir(&mut self, node: Node, cookie: u64, emit: &mut dyn FnMut(Entry<'_>) -> bool) -> Result<(), Errno> {
        let index = usize::try_from(node.0).map_err(|_| Errno::Badf)?;
        match self.items.get_mut(index) {
            Some(Some(Item::Directory(directory))) => directory.read_dir(cookie, emit),
            Some(Some(Item::File(_) | Item::Listener(_) | Item::Connection(_))) => Err(Errno::Notdir),
            Some(None) | None => Err(Errno::Badf),
        }
    }

    fn stat_at(&mut self, dir: Node, path: &str, follow: bool) -> Result<Filestat, Errno> {
        self.directory(dir)?.stat_at(path, follow)
    }

    fn set_times_at(&mut self, dir: Node, path: &str, follow: bool, times: SetTimes) -> Result<(), Errno> {
        self.directory(dir)?.set_times_at(path, follow, times)
    }

    fn create_directory(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
        self.directory(dir)?.create_directory(path)
    }

    fn remove_directory(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
        self.directory(dir)?.remove_directory(path)
    }

    fn unlink_file(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
        self.directory(dir)?.unlink_file(path)
    }

    fn rename(&mut self, from: Node, old: &str, to: Node, new: &str) -> Result<(), Errno> {
        self.directory(from)?.rename(old, self.directory(to)?, new)
    }

    fn link(&mut self, from: Node, old: &str, to: Node, new: &str) -> Result<(), Errno> {
        self.directory(from)?.link(old, self.directory(to)?, new)
    }

    fn symlink(&mut self, target: &str, dir: Node, path: &str) -> Result<(), Errno> {
        self.directory(dir)?.symlink(target, path)
    }

    fn read_link(&mut self, dir: Node, path: &str, buffer: &mut [u8]) -> Result<usize, Errno> {
        self.directory(dir)?.read_link(path, buffer)
    }

    fn accept(&mut self, listener: Node) -> Result<Node, Errno> {
        match self.item(listener)? {
            Item::Listener(listener) => {
                let (stream, _) = retry(|| listener.accept())?;
                Ok(self.insert(Item::Connection(stream)))
            }
            Item::Connection(_) => Err(Errno::Inval),
            Item::Directory(_) | Item::File(_) => Err(Errno::Notsock),
        }
    }

    fn receive(&mut self, socket: Node, buffer: &mut [u8], peek: bool) -> Result<usize, Errno> {
        let mut stream = self.connection(socket)?;
        retry(|| if peek { stream.peek(buffer) } else { stream.read(buffer) })
    }

    fn send(&mut self, socket: Node, bytes: &[u8]) -> Result<usize, Errno> {
        let mut stream = self.connection(socket)?;
        retry(|| stream.write(bytes))
    }

    fn shutdown(&mut self, socket: Node, receive: bool, send: bool) -> Result<(), Errno> {
        let how = match (receive, send) {
            (true, true) => Shutdown::Both,
            (true, false) => Shutdown::Read,
            (false, true) => Shutdown::Write,
            (false, false) => return Err(Errno::Inval),
        };
        let stream = self.connection(socket)?;
        retry(|| stream.shutdown(how))
    }

    fn set_nonblocking(&mut self, node: Node, nonblocking: bool) -> Result<(), Errno> {
        match self.item(node)? {
            Item::Listener(listener) => retry(|| listener.set_nonblocking(nonblocking)),
            Item::Connection(stream) => retry(|| stream.set_nonblocking(nonblocking)),
            // Files never wait.
            Item::Directory(_) | Item::File(_) => Ok(()),
        }
    }

    fn ready(&mut self, node: Node, interest: Interest) -> Result<Readiness, Errno> {
        super::polling::ready(self.item(node)?, interest)
    }
}
