//! The tree of a file system in memory: inodes, names, and the walk from one to another.

use crate::Errno;
use crate::types::{Filestat, filetype};
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Symbolic links followed on one walk.
const MAX_LINKS: usize = 40;

/// Files, directories and links together.
const MAX_INODES: usize = 1 << 16;

/// Names of files, directories and links together.
const MAX_NAMES: usize = MAX_INODES;

/// The number of an inode.
pub(super) type Ino = usize;

/// The inode of the root.
pub(super) const ROOT: Ino = 0;

/// What an inode is.
#[derive(Debug)]
pub(super) enum Kind {
    File(Vec<u8>),
    Directory { entries: BTreeMap<String, Ino>, parent: Ino },
    Link(String),
}

impl Kind {
    pub(super) fn directory(parent: Ino) -> Self {
        Self::Directory { entries: BTreeMap::new(), parent }
    }

    fn bytes(&self) -> usize {
        match self {
            Self::File(contents) => contents.len(),
            Self::Link(target) => target.len(),
            Self::Directory { .. } => 0,
        }
    }

    pub(super) fn filetype(&self) -> u8 {
        match self {
            Self::File(_) => filetype::REGULAR_FILE,
            Self::Directory { .. } => filetype::DIRECTORY,
            Self::Link(_) => filetype::SYMBOLIC_LINK,
        }
    }
}

/// A file, directory or link.
#[derive(Debug)]
pub(super) struct Inode {
    pub(super) kind: Kind,
    /// Names that lead here.
    pub(super) links: u64,
    /// Descriptors that stand for it.
    pub(super) users: usize,
    pub(super) accessed: u64,
    pub(super) modified: u64,
    pub(super) changed: u64,
}

/// All inodes; a place whose inode was removed is used again.
#[derive(Debug)]
pub(super) struct Tree {
    inodes: Vec<Option<Inode>>,
    /// Places in `inodes` whose inode was removed.
    free: Vec<Ino>,
    /// Bytes in all files and links.
    bytes: usize,
    /// Names in all directories.
    names: usize,
    /// Nanoseconds since 1970; each change takes one, so that no two changes have the same time.
    pub(super) now: u64,
}

/// Where a walk ended.
#[derive(Debug)]
pub(super) struct Place {
    /// The last directory and the name in it; none if the path ends in `.` or `..`.
    pub(super) name: Option<(Ino, String)>,
    /// What is there.
    pub(super) ino: Option<Ino>,
    /// The path ended in a slash: only a directory is meant.
    pub(super) slash: bool,
}

impl Tree {
    pub(super) fn new() -> Self {
        let mut tree = Self { inodes: Vec::new(), free: Vec::new(), bytes: 0, names: 0, now: 0 };
        let root = Inode { kind: Kind::directory(ROOT), links: 1, users: 1, accessed: 0, modified: 0, changed: 0 };
        tree.inodes.push(Some(root));
        tree
    }

    pub(super) fn get(&self, ino: Ino) -> Result<&Inode, Errno> {
        self.inodes.get(ino).and_then(Option::as_ref).ok_or(Errno::Badf)
    }

    pub(super) fn get_mut(&mut self, ino: Ino) -> Result<&mut Inode, Errno> {
        self.inodes.get_mut(ino).and_then(Option::as_mut).ok_or(Errno::Badf)
    }

    pub(super) fn is_directory(&self, ino: Ino) -> bool {
        self.get(ino).is_ok_and(|inode| matches!(inode.kind, Kind::Directory { .. }))
    }

    pub(super) fn entries(&self, ino: Ino) -> Result<&BTreeMap<String, Ino>, Errno> {
        match &self.get(ino)?.kind {
            Kind::Directory { entries, .. } => Ok(entries),
            Kind::File(_) | Kind::Link(_) => Err(Errno::Notdir),
        }
    }

    fn entries_mut(&mut self, ino: Ino) -> Result<&mut BTreeMap<String, Ino>, Errno> {
        match &mut self.get_mut(ino)?.kind {
            Kind::Directory { entries, .. } => Ok(entries),
            Kind::File(_) | Kind::Link(_) => Err(Errno::Notdir),
        }
    }

    /// The directory above; the root is its own.
    pub(super) fn parent(&self, ino: Ino) -> Result<Ino, Errno> {
        match self.get(ino)?.kind {
            Kind::Directory { parent, .. } => Ok(parent),
            Kind::File(_) | Kind::Link(_) => Err(Errno::Notdir),
        }
    }

    /// A moment after all before it.
    pub(super) fn tick(&mut self) -> u64 {
        self.now = self.now.saturating_add(1);
        self.now
    }

    /// Walks from a directory and never above it. A link at the end is followed if it is asked for, or a slash is behind it.
    pub(super) fn walk(&self, base: Ino, path: &str, follow: bool) -> Result<Place, Errno> {
        let mut above = Vec::new();
        let mut at = base;
        let mut pending = Vec::new();
        let mut slash = path.ends_with('/');
        let mut links = 0;
        push_names(&mut pending, path);
        while let Some(name) = pending.pop() {
            let entries = self.entries(at)?;
            match name.as_str() {
                "." => continue,
                ".." => {
                    at = above.pop().ok_or(Errno::Notcapable)?;
                    continue;
                }
                _ => {}
            }
            let last = pending.is_empty();
            let Some(&ino) = entries.get(&name) else {
                return if last { Ok(Place { name: Some((at, name)), ino: None, slash }) } else { Err(Errno::Noent) };
            };
            match &self.get(ino)?.kind {
                Kind::Link(target) if !last || follow || slash => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Errno::Loop);
                    }
                    if target.starts_with('/') {
                        return Err(Errno::Notcapable);
                    }
                    slash |= last && target.ends_with('/');
                    push_names(&mut pending, target);
                }
                Kind::File(_) | Kind::Link(_) | Kind::Directory { .. } if last => {
                    return Ok(Place { name: Some((at, name)), ino: Some(ino), slash });
                }
                Kind::Directory { .. } => {
                    above.push(at);
                    at = ino;
                }
                Kind::File(_) | Kind::Link(_) => return Err(Errno::Notdir),
            }
        }
        Ok(Place { name: None, ino: Some(at), slash })
    }

    /// What a path leads to.
    pub(super) fn find(&self, base: Ino, path: &str, follow: bool) -> Result<Ino, Errno> {
        let place = self.walk(base, path, follow)?;
        let ino = place.ino.ok_or(Errno::Noent)?;
        if place.slash && !self.is_directory(ino) { Err(Errno::Notdir) } else { Ok(ino) }
    }

    /// The directory and the name in it that a path ends with, as it is: a link there is not followed.
    ///
    /// # Errors
    ///
    /// `dots` if the path ends in `.` or `..`, which are no names.
    pub(super) fn last(&self, base: Ino, path: &str, dots: Errno) -> Result<Place, Errno> {
        let plain = path.trim_end_matches('/');
        let mut place = self.walk(base, plain, false)?;
        place.slash = plain.len() < path.len();
        if place.name.is_some() { Ok(place) } else { Err(dots) }
    }

    /// Gives an inode a name.
    pub(super) fn enter(&mut self, directory: Ino, name: String, ino: Ino) -> Result<(), Errno> {
        if name.len() > 255 {
            return Err(Errno::Nametoolong);
        }
        // Nothing can be made in a directory that was removed while somebody had it open.
        if self.get(directory)?.links == 0 {
            return Err(Errno::Noent);
        }
        let now = self.tick();
        if self.entries_mut(directory)?.insert(name, ino).is_none() {
            self.names += 1;
        }
        let above = self.get_mut(directory)?;
        (above.modified, above.changed) = (now, now);
        let inode = self.get_mut(ino)?;
        inode.links += 1;
        inode.changed = now;
        if let Kind::Directory { parent, .. } = &mut inode.kind {
            *parent = directory;
        }
        Ok(())
    }

    /// Takes a name away, and what nothing leads to any more.
    pub(super) fn leave(&mut self, directory: Ino, name: &str) -> Result<(), Errno> {
        let now = self.tick();
        let ino = self.entries_mut(directory)?.remove(name).ok_or(Errno::Noent)?;
        self.names = self.names.saturating_sub(1);
        let above = self.get_mut(directory)?;
        (above.modified, above.changed) = (now, now);
        let inode = self.get_mut(ino)?;
        inode.links = inode.links.saturating_sub(1);
        inode.changed = now;
        self.release(ino);
        Ok(())
    }

    /// Makes something new under a name.
    pub(super) fn make(&mut self, directory: Ino, name: String, kind: Kind) -> Result<Ino, Errno> {
        let free = self.free.pop().unwrap_or(self.inodes.len());
        if free >= MAX_INODES {
            return Err(Errno::Nospc);
        }
        let now = self.tick();
        self.bytes += kind.bytes();
        let inode = Inode { kind, links: 0, users: 0, accessed: now, modified: now, changed: now };
        match self.inodes.get_mut(free) {
            Some(place) => *place = Some(inode),
            None => self.inodes.push(Some(inode)),
        }
        if let Err(errno) = self.enter(directory, name, free) {
            self.release(free);
            return Err(errno);
        }
        Ok(free)
    }

    /// Removes an inode that has neither a name nor a descriptor.
    pub(super) fn release(&mut self, ino: Ino) {
        if let Some(place) = self.inodes.get_mut(ino)
            && let Some(inode) = place.take_if(|inode| inode.links == 0 && inode.users == 0)
        {
            self.bytes = self.bytes.saturating_sub(inode.kind.bytes());
            self.free.push(ino);
        }
    }

    pub(super) fn filestat(&self, ino: Ino) -> Result<Filestat, Errno> {
        let inode = self.get(ino)?;
        let wide = |value| u64::try_from(value).map_err(|_| Errno::Overflow);
        Ok(Filestat {
            device: 1,
            inode: wide(ino)? + 1,
            filetype: inode.kind.filetype(),
            links: inode.links,
            size: wide(inode.kind.bytes())?,
            accessed: inode.accessed,
            modified: inode.modified,
            changed: inode.changed,
        })
    }

    /// Bytes in all files and links.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Hard links make names without inodes: these have a limit, too.
    pub(super) fn check_names(&self) -> Result<(), Errno> {
        if self.names < MAX_NAMES { Ok(()) } else { Err(Errno::Nospc) }
    }

    /// A file has another size now.
    pub(super) fn resized(&mut self, old: usize, new: usize) {
        self.bytes = self.bytes.saturating_sub(old).saturating_add(new);
    }
}

/// Puts the names of a path on a stack, the first on top.
fn push_names(pending: &mut Vec<String>, path: &str) {
    pending.extend(path.rsplit('/').filter(|name| !name.is_empty()).map(ToString::to_string));
}
