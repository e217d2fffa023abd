//! A file system that is read where it lies: a list of paths and contents, in flash perhaps. It needs no heap.
//!
//! Directories are what paths have before their slashes. There are no links, no times and no way to change anything.

use crate::types::{Filestat, filetype};
use crate::{Access, Entry, Errno, Files, Node, Open, Opened, Preopen};

/// Things one guest can have open at a time.
const MAX_OPEN: usize = 16;

/// A file of a [`RomFs`].
#[derive(Debug, Clone, Copy)]
pub struct RomFile<'a> {
    /// Its path, without slashes at the beginning or end, such as `etc/motd`.
    pub path: &'a str,
    /// What is in it.
    pub contents: &'a [u8],
}

/// A read-only file system over a list of files. The guest finds its root as descriptor 3.
///
/// ```
/// use ermine_wasi::{RomFile, RomFs};
///
/// const FILES: &[RomFile<'_>] = &[
///     RomFile { path: "etc/motd", contents: b"hello" },
///     RomFile { path: "boot.txt", contents: b"" },
/// ];
/// let files = RomFs::new(FILES, "/");
/// # let _ = files;
/// ```
#[derive(Debug)]
pub struct RomFs<'a> {
    files: &'a [RomFile<'a>],
    name: &'a str,
    open: [Option<Thing<'a>>; MAX_OPEN],
}

/// A file, or a directory by its path; that of the root is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Thing<'a> {
    File(usize),
    Directory(&'a str),
}

/// The node of the root, which is always open.
const ROOT: Node = Node(0);

impl<'a> RomFs<'a> {
    /// A file system of these files; the guest knows its root as `name`.
    pub const fn new(files: &'a [RomFile<'a>], name: &'a str) -> Self {
        let mut open = [None; MAX_OPEN];
        open[0] = Some(Thing::Directory(""));
        Self { files, name, open }
    }

    fn thing(&self, node: Node) -> Result<Thing<'a>, Errno> {
        let index = usize::try_from(node.0).map_err(|_| Errno::Badf)?;
        self.open.get(index).copied().flatten().ok_or(Errno::Badf)
    }

    /// What is called `name` in a directory.
    fn child(&self, directory: &str, name: &str) -> Option<Thing<'a>> {
        self.files.iter().enumerate().find_map(|(index, file)| {
            let rest = below(file.path, directory)?.strip_prefix(name)?;
            match rest.as_bytes().first() {
                None => Some(Thing::File(index)),
                Some(b'/') => file.path.get(..file.path.len() - rest.len()).map(Thing::Directory),
                Some(_) => None,
            }
        })
    }

    /// Walks from a directory; no step leads above it.
    fn walk(&self, from: Node, path: &str) -> Result<Thing<'a>, Errno> {
        let Thing::Directory(base) = self.thing(from)? else { return Err(Errno::Notdir) };
        let mut at = Thing::Directory(base);
        for name in path.split('/') {
            let Thing::Directory(directory) = at else { return Err(Errno::Notdir) };
            at = match name {
                "" | "." => at,
                ".." if directory.len() <= base.len() => return Err(Errno::Notcapable),
                ".." => Thing::Directory(directory.rsplit_once('/').map_or("", |(above, _)| above)),
                _ => self.child(directory, name).ok_or(Errno::Noent)?,
            };
        }
        Ok(at)
    }

    fn filestat(&self, thing: Thing<'a>) -> Filestat {
        let (filetype, inode, size) = match thing {
            Thing::File(index) => (filetype::REGULAR_FILE, index + 1, self.contents(index).len()),
            Thing::Directory(_) => (filetype::DIRECTORY, 0, 0),
        };
        let wide = |value| u64::try_from(value).unwrap_or(u64::MAX);
        Filestat { filetype, inode: wide(inode), links: 1, size: wide(size), ..Filestat::default() }
    }

    fn contents(&self, index: usize) -> &'a [u8] {
        self.files.get(index).map_or(&[], |file| file.contents)
    }

    /// The first name below `directory` on the way to file `index`, if no file before leads there too.
    fn first_name(&self, directory: &str, index: usize) -> Option<(&'a str, u8)> {
        let name_of = |file: &RomFile<'a>| {
            let rest = below(file.path, directory)?;
            Some(rest.split_once('/').map_or((rest, filetype::REGULAR_FILE), |(name, _)| (name, filetype::DIRECTORY)))
        };
        let found = name_of(self.files.get(index)?)?;
        let known = self.files.iter().take(index).filter_map(name_of).any(|(name, _)| name == found.0);
        (!known).then_some(found)
    }
}

/// The rest of `path` below `directory`.
fn below<'p>(path: &'p str, directory: &str) -> Option<&'p str> {
    if directory.is_empty() { Some(path) } else { path.strip_prefix(directory)?.strip_prefix('/') }
}

impl Files for RomFs<'_> {
    fn preopen(&self, index: usize) -> Option<Preopen<'_>> {
        let (rights_base, rights_inheriting) = Access::ReadOnly.rights();
        (index == 0).then_some(Preopen {
            node: ROOT,
            filetype: filetype::DIRECTORY,
            name: Some(self.name),
            rights_base,
            rights_inheriting,
        })
    }

    fn open(&mut self, dir: Node, path: &str, how: Open) -> Result<Opened, Errno> {
        let thing = match self.walk(dir, path) {
            Ok(_) if how.create && how.exclusive => return Err(Errno::Exist),
            Err(Errno::Noent) if how.create => return Err(Errno::Rofs),
            result => result?,
        };
        let filetype = self.filestat(thing).filetype;
        if how.write || how.truncate {
            return Err(if filetype == filetype::DIRECTORY { Errno::Isdir } else { Errno::Rofs });
        }
        if how.directory && filetype != filetype::DIRECTORY {
            return Err(Errno::Notdir);
        }
        let free = self.open.iter().position(Option::is_none).ok_or(Errno::Nfile)?;
        self.open[free] = Some(thing);
        Ok(Opened { node: Node(u32::try_from(free).map_err(|_| Errno::Nfile)?), filetype })
    }

    fn close(&mut self, node: Node) {
        if let Some(place) = usize::try_from(node.0).ok().and_then(|index| self.open.get_mut(index)) {
            *place = None;
        }
    }

    fn read_at(&mut self, node: Node, offset: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
        let Thing::File(index) = self.thing(node)? else { return Err(Errno::Isdir) };
        let rest =
            usize::try_from(offset).ok().and_then(|offset| self.contents(index).get(offset..)).unwrap_or_default();
        let len = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        Ok(len)
    }

    fn stat(&mut self, node: Node) -> Result<Filestat, Errno> {
        self.thing(node).map(|thing| self.filestat(thing))
    }

    fn stat_at(&mut self, dir: Node, path: &str, _: bool) -> Result<Filestat, Errno> {
        self.walk(dir, path).map(|thing| self.filestat(thing))
    }

    fn read_link(&mut self, dir: Node, path: &str, _: &mut [u8]) -> Result<usize, Errno> {
        self.walk(dir, path)?;
        Err(Errno::Inval)
    }

    fn read_dir(&mut self, node: Node, cookie: u64, emit: &mut dyn FnMut(Entry<'_>) -> bool) -> Result<(), Errno> {
        let Thing::Directory(directory) = self.thing(node)? else { return Err(Errno::Notdir) };
        for (name, next) in [(&b"."[..], 1), (b"..", 2)] {
            if cookie < next && !emit(Entry { next, inode: 0, filetype: filetype::DIRECTORY, name }) {
                return Ok(());
            }
        }
        // No list is longer than memory: behind its end there is nothing.
        let first = usize::try_from(cookie.saturating_sub(2)).unwrap_or(usize::MAX);
        for (index, next) in (first..self.files.len()).zip(cookie.max(2).saturating_add(1)..) {
            if let Some((name, filetype)) = self.first_name(directory, index) {
                let inode = if filetype == filetype::REGULAR_FILE { next - 2 } else { 0 };
                if !emit(Entry { next, inode, filetype, name: name.as_bytes() }) {
                    break;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::{String, ToString as _};
    use std::vec::Vec;

    const FILES: &[RomFile<'_>] = &[
        RomFile { path: "etc/motd", contents: b"hello" },
        RomFile { path: "etc/init/a", contents: b"a" },
        RomFile { path: "boot", contents: b"" },
        RomFile { path: "etcetera", contents: b"e" },
    ];

    fn open(files: &mut RomFs<'_>, path: &str) -> Result<Opened, Errno> {
        files.open(ROOT, path, Open { read: true, ..Open::default() })
    }

    fn names(files: &mut RomFs<'_>, node: Node, cookie: u64) -> Vec<String> {
        let mut names = Vec::new();
        let mut emit = |entry: Entry<'_>| {
            names.push(core::str::from_utf8(entry.name).unwrap().to_string());
            true
        };
        files.read_dir(node, cookie, &mut emit).unwrap();
        names
    }

    #[test]
    fn directories_are_what_paths_have_before_slashes() {
        let mut files = RomFs::new(FILES, "/");
        assert_eq!(names(&mut files, ROOT, 0), [".", "..", "etc", "boot", "etcetera"]);
        let etc = open(&mut files, "etc/init/..").unwrap();
        assert_eq!(etc.filetype, filetype::DIRECTORY);
        assert_eq!(names(&mut files, etc.node, 0), [".", "..", "motd", "init"]);
        assert_eq!(names(&mut files, etc.node, 3), ["init"]);
        assert_eq!(files.stat_at(etc.node, "../boot", false), Err(Errno::Notcapable));
    }

    #[test]
    fn files_are_read_and_nothing_else() {
        let mut files = RomFs::new(FILES, "/");
        let file = open(&mut files, "./etc//motd").unwrap();
        let mut buffer = [0; 8];
        assert_eq!(files.read_at(file.node, 1, &mut buffer), Ok(4));
        assert_eq!(&buffer[..4], b"ello");
        assert_eq!(files.read_at(file.node, u64::MAX, &mut buffer), Ok(0));
        assert_eq!(files.write_at(file.node, 0, b"x"), Err(Errno::Notsup));
        assert_eq!(open(&mut files, "etc/motd/").err(), Some(Errno::Notdir));
        assert_eq!(open(&mut files, "etc/mot").err(), Some(Errno::Noent));
        assert_eq!(open(&mut files, "../boot").err(), Some(Errno::Notcapable));
        let write = Open { write: true, ..Open::default() };
        assert_eq!(files.open(ROOT, "boot", write).err(), Some(Errno::Rofs));
    }

    #[test]
    fn closed_places_are_used_again() {
        let mut files = RomFs::new(FILES, "/");
        for _ in 0..100 {
            let file = open(&mut files, "boot").unwrap();
            files.close(file.node);
        }
        let opened = (0..100).map_while(|_| open(&mut files, "boot").ok()).count();
        assert_eq!(opened, MAX_OPEN - 1);
    }
}
