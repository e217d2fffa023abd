//! A file system in memory, with everything that files can be asked for but sockets.
//!
//! `tree` has inodes, names and walks; this file the calls on them. Hard and symbolic links are those of POSIX; there are
//! no owners and no permissions, but rights like everywhere. Bytes and the number of files have a limit.

mod calls;
mod tree;

use crate::types::filetype;
use crate::{Access, Errno, Node, Preopen};
use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;
use tree::{Ino, Kind, ROOT, Tree};

/// Bytes in all files, unless another limit is set.
const DEFAULT_LIMIT: usize = 64 << 20;

/// A file system in memory.
///
/// ```
/// use ermine_wasi::{Access, MemFs};
///
/// let mut files = MemFs::new();
/// files.add_file("etc/motd", b"hello").unwrap();
/// let files = files.dir("etc", "/etc", Access::ReadOnly).unwrap().dir("", "/", Access::ReadWrite).unwrap();
/// assert_eq!(files.contents("etc/motd"), Some(&b"hello"[..]));
/// ```
#[derive(Debug)]
pub struct MemFs {
    tree: Tree,
    open: Vec<Option<Handle>>,
    start: Vec<Start>,
    limit: usize,
    /// Entries in the listings of all handles.
    listed: usize,
}

/// Something open.
#[derive(Debug)]
struct Handle {
    ino: Ino,
    /// What was there when the guest began to read a directory, so that its cookies stay good.
    listed: Option<Vec<(String, Ino, u8)>>,
}

/// A directory that is open when the guest starts.
#[derive(Debug)]
struct Start {
    node: Node,
    name: String,
    access: Access,
}

impl Default for MemFs {
    fn default() -> Self {
        Self::new()
    }
}

impl MemFs {
    /// An empty root directory, which the guest does not see yet. All files together can have 64 MiB.
    pub fn new() -> Self {
        Self { tree: Tree::new(), open: Vec::new(), start: Vec::new(), limit: DEFAULT_LIMIT, listed: 0 }
    }

    /// How many bytes all files together can have.
    #[must_use]
    pub fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// What time it is, in nanoseconds since 1970. Each change lets one nanosecond pass; nothing else does.
    pub fn set_time(&mut self, nanoseconds: u64) {
        self.tree.now = nanoseconds;
    }

    /// Makes a directory, and those above it that are not there.
    ///
    /// # Errors
    ///
    /// If something else has one of the names.
    pub fn add_directory(&mut self, path: &str) -> Result<(), Errno> {
        self.directory(path).map(|_| ())
    }

    /// Makes a file, and the directories above it that are not there.
    ///
    /// # Errors
    ///
    /// [`Errno::Exist`] if something has the name, [`Errno::Nospc`] if it is too large.
    pub fn add_file(&mut self, path: &str, contents: &[u8]) -> Result<(), Errno> {
        self.check_growth(contents.len())?;
        self.add(path, Kind::File(contents.to_vec()))
    }

    /// Makes a symbolic link, and the directories above it that are not there. The target may be anything.
    ///
    /// # Errors
    ///
    /// [`Errno::Exist`] if something has the name.
    pub fn add_link(&mut self, path: &str, target: &str) -> Result<(), Errno> {
        self.add(path, Kind::Link(target.to_owned()))
    }

    /// What is in a file.
    pub fn contents(&self, path: &str) -> Option<&[u8]> {
        let ino = self.tree.find(ROOT, path, true).ok()?;
        match &self.tree.get(ino).ok()?.kind {
            Kind::File(contents) => Some(contents),
            Kind::Directory { .. } | Kind::Link(_) => None,
        }
    }

    /// The names in a directory, in their order.
    pub fn names(&self, path: &str) -> Option<impl Iterator<Item = &str>> {
        let ino = self.tree.find(ROOT, path, true).ok()?;
        self.tree.entries(ino).ok().map(|entries| entries.keys().map(String::as_str))
    }

    /// Lets the guest have a directory, `""` for the root; it finds it as `name`.
    ///
    /// # Errors
    ///
    /// [`Errno::Noent`] if there is none, [`Errno::Notdir`] if it is something else.
    pub fn dir(mut self, path: &str, name: &str, access: Access) -> Result<Self, Errno> {
        let ino = self.tree.find(ROOT, path, true)?;
        self.tree.entries(ino)?;
        let node = self.hold(ino)?;
        self.start.push(Start { node, name: name.to_owned(), access });
        Ok(self)
    }

    fn add(&mut self, path: &str, kind: Kind) -> Result<(), Errno> {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let directory = self.directory(above)?;
        if name.is_empty() || self.tree.entries(directory)?.contains_key(name) {
            return Err(Errno::Exist);
        }
        self.tree.make(directory, name.to_owned(), kind).map(|_| ())
    }

    fn directory(&mut self, path: &str) -> Result<Ino, Errno> {
        let mut at = ROOT;
        for name in path.split('/').filter(|name| !name.is_empty()) {
            at = match self.tree.entries(at)?.get(name) {
                Some(&ino) => ino,
                None => self.tree.make(at, name.to_owned(), Kind::directory(at))?,
            };
        }
        if self.tree.is_directory(at) { Ok(at) } else { Err(Errno::Notdir) }
    }

    fn check_growth(&self, bytes: usize) -> Result<(), Errno> {
        match self.tree.bytes().checked_add(bytes) {
            Some(sum) if sum <= self.limit => Ok(()),
            Some(_) | None => Err(Errno::Nospc),
        }
    }

    /// Opens an inode.
    fn hold(&mut self, ino: Ino) -> Result<Node, Errno> {
        let free = self.open.iter().position(Option::is_none).unwrap_or(self.open.len());
        let node = Node(u32::try_from(free).map_err(|_| Errno::Nfile)?);
        self.tree.get_mut(ino)?.users += 1;
        let handle = Handle { ino, listed: None };
        match self.open.get_mut(free) {
            Some(place) => *place = Some(handle),
            None => self.open.push(Some(handle)),
        }
        Ok(node)
    }

    fn handle(&mut self, node: Node) -> Result<&mut Handle, Errno> {
        let index = usize::try_from(node.0).map_err(|_| Errno::Badf)?;
        self.open.get_mut(index).and_then(Option::as_mut).ok_or(Errno::Badf)
    }

    fn ino(&mut self, node: Node) -> Result<Ino, Errno> {
        self.handle(node).map(|handle| handle.ino)
    }

    fn file(&mut self, node: Node) -> Result<&mut Vec<u8>, Errno> {
        let ino = self.ino(node)?;
        match &mut self.tree.get_mut(ino)?.kind {
            Kind::File(contents) => Ok(contents),
            Kind::Directory { .. } => Err(Errno::Isdir),
            Kind::Link(_) => Err(Errno::Inval),
        }
    }

    fn start(&self, index: usize) -> Option<Preopen<'_>> {
        let Start { node, name, access } = self.start.get(index)?;
        let (rights_base, rights_inheriting) = access.rights();
        Some(Preopen { node: *node, filetype: filetype::DIRECTORY, name: Some(name), rights_base, rights_inheriting })
    }
}
