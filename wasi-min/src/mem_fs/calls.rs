//! The calls on a file system in memory.

use super::tree::{Ino, Kind, Place};
use super::{Handle, MemFs};
use crate::types::{Filestat, filetype};
use crate::{Entry, Errno, Files, Node, Open, Opened, Preopen, SetTime, SetTimes};
use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

/// Entries that all descriptors together keep of directories that are being read: without it each of a thousand could keep all names there are.
const MOST_LISTED: usize = 1 << 18;

impl MemFs {
    /// Gives a file another size; new bytes are 0.
    fn resize(&mut self, node: Node, size: usize) -> Result<(), Errno> {
        let old = self.file(node)?.len();
        if size > old {
            self.check_growth(size - old)?;
        }
        let contents = self.file(node)?;
        contents.try_reserve(size.saturating_sub(old)).map_err(|_| Errno::Nospc)?;
        contents.resize(size, 0);
        self.tree.resized(old, size);
        self.touch(node)
    }

    /// The contents have changed just now.
    fn touch(&mut self, node: Node) -> Result<(), Errno> {
        let now = self.tree.tick();
        let ino = self.ino(node)?;
        let inode = self.tree.get_mut(ino)?;
        (inode.modified, inode.changed) = (now, now);
        Ok(())
    }

    fn set_inode_times(&mut self, ino: Ino, times: SetTimes) -> Result<(), Errno> {
        let now = self.tree.tick();
        let inode = self.tree.get_mut(ino)?;
        let set = |old: &mut u64, new| match new {
            SetTime::Keep => {}
            SetTime::Now => *old = now,
            SetTime::To(time) => *old = time,
        };
        set(&mut inode.accessed, times.accessed);
        set(&mut inode.modified, times.modified);
        inode.changed = now;
        Ok(())
    }

    /// What `open` finds or makes.
    fn open_inode(&mut self, dir: Ino, path: &str, how: Open) -> Result<Ino, Errno> {
        let Place { name, ino, slash } = self.tree.walk(dir, path, how.follow && !how.exclusive)?;
        let ino = match (ino, name) {
            (Some(_), _) if how.create && how.exclusive => return Err(Errno::Exist),
            (Some(ino), _) => ino,
            (None, Some(_)) if how.create && slash => return Err(Errno::Isdir),
            (None, Some((directory, name))) if how.create => self.tree.make(directory, name, Kind::File(Vec::new()))?,
            (None, _) => return Err(Errno::Noent),
        };
        match &self.tree.get(ino)?.kind {
            Kind::Link(_) if how.directory => Err(Errno::Notdir),
            Kind::Link(_) => Err(Errno::Loop),
            Kind::Directory { .. } if how.write || how.create || how.truncate => Err(Errno::Isdir),
            Kind::File(_) if how.directory || slash => Err(Errno::Notdir),
            Kind::File(_) | Kind::Directory { .. } => Ok(ino),
        }
    }

    /// Whether something may take the place of `new`.
    fn check_replace(&self, old: Ino, new: Ino) -> Result<(), Errno> {
        match (self.tree.is_directory(old), self.tree.is_directory(new)) {
            (true, true) if self.tree.entries(new)?.is_empty() => Ok(()),
            (true, true) => Err(Errno::Notempty),
            (true, false) => Err(Errno::Notdir),
            (false, true) => Err(Errno::Isdir),
            (false, false) => Ok(()),
        }
    }

    /// A directory cannot be moved below itself.
    fn check_not_below(&self, moved: Ino, mut to: Ino) -> Result<(), Errno> {
        loop {
            if to == moved {
                return Err(Errno::Inval);
            }
            match self.tree.parent(to)? {
                parent if parent == to => return Ok(()),
                parent => to = parent,
            }
        }
    }

    /// A name for something new that is no directory.
    fn new_name(&mut self, dir: Node, path: &str) -> Result<(Ino, String), Errno> {
        let base = self.ino(dir)?;
        let Place { name, ino, slash } = self.tree.last(base, path, Errno::Exist)?;
        match (ino, name) {
            (Some(ino), _) if slash && !self.tree.is_directory(ino) => Err(Errno::Notdir),
            (Some(_), _) => Err(Errno::Exist),
            (None, Some(name)) if !slash => Ok(name),
            (None, _) => Err(Errno::Noent),
        }
    }

    /// Something that has a name.
    fn named(&mut self, dir: Node, path: &str, dots: Errno) -> Result<(Ino, String, Ino), Errno> {
        let base = self.ino(dir)?;
        let Place { name, ino, slash } = self.tree.last(base, path, dots)?;
        let (Some((directory, name)), Some(ino)) = (name, ino) else { return Err(Errno::Noent) };
        if slash && !self.tree.is_directory(ino) { Err(Errno::Notdir) } else { Ok((directory, name, ino)) }
    }

    /// What a descriptor has listed is listed anew, or not any more.
    fn forget_listing(&mut self, node: Node) -> Result<(), Errno> {
        let old = self.handle(node)?.listed.take();
        self.listed = self.listed.saturating_sub(old.map_or(0, |listed| listed.len()));
        Ok(())
    }

    /// `.`, `..` and what is in the directory now.
    fn list(&self, ino: Ino) -> Result<Vec<(String, Ino, u8)>, Errno> {
        let mut listed = Vec::new();
        listed.push((".".to_owned(), ino, filetype::DIRECTORY));
        listed.push(("..".to_owned(), ino, filetype::DIRECTORY));
        for (name, &ino) in self.tree.entries(ino)? {
            listed.push((name.clone(), ino, self.tree.get(ino)?.kind.filetype()));
        }
        Ok(listed)
    }
}

impl Files for MemFs {
    fn preopen(&self, index: usize) -> Option<Preopen<'_>> {
        self.start(index)
    }

    fn open(&mut self, dir: Node, path: &str, how: Open) -> Result<Opened, Errno> {
        let base = self.ino(dir)?;
        let ino = self.open_inode(base, path, how)?;
        let filetype = self.tree.get(ino)?.kind.filetype();
        let node = self.hold(ino)?;
        if how.truncate {
            self.resize(node, 0)?;
        }
        Ok(Opened { node, filetype })
    }

    fn close(&mut self, node: Node) {
        // Of one that is not open nothing is listed.
        let _ = self.forget_listing(node);
        let place = usize::try_from(node.0).ok().and_then(|index| self.open.get_mut(index));
        let Some(Handle { ino, .. }) = place.and_then(Option::take) else { return };
        if let Ok(inode) = self.tree.get_mut(ino) {
            inode.users = inode.users.saturating_sub(1);
        }
        self.tree.release(ino);
    }

    fn read_at(&mut self, node: Node, offset: u64, buffer: &mut [u8]) -> Result<usize, Errno> {
        let contents = self.file(node)?;
        let rest = usize::try_from(offset).ok().and_then(|offset| contents.get(offset..)).unwrap_or_default();
        let len = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        Ok(len)
    }

    fn write_at(&mut self, node: Node, offset: u64, bytes: &[u8]) -> Result<usize, Errno> {
        if bytes.is_empty() {
            return Ok(0);
        }
        // What no memory could hold is as much too large on every host.
        let start = usize::try_from(offset).map_err(|_| Errno::Nospc)?;
        let end = start.checked_add(bytes.len()).ok_or(Errno::Nospc)?;
        if end > self.file(node)?.len() {
            self.resize(node, end)?;
        }
        self.file(node)?.get_mut(start..end).ok_or(Errno::Io)?.copy_from_slice(bytes);
        self.touch(node)?;
        Ok(bytes.len())
    }

    fn stat(&mut self, node: Node) -> Result<Filestat, Errno> {
        let ino = self.ino(node)?;
        self.tree.filestat(ino)
    }

    fn set_size(&mut self, node: Node, size: u64) -> Result<(), Errno> {
        self.resize(node, usize::try_from(size).map_err(|_| Errno::Nospc)?)
    }

    fn set_times(&mut self, node: Node, times: SetTimes) -> Result<(), Errno> {
        let ino = self.ino(node)?;
        self.set_inode_times(ino, times)
    }

    fn allocate(&mut self, node: Node, offset: u64, len: u64) -> Result<(), Errno> {
        let end = offset.checked_add(len).ok_or(Errno::Fbig)?;
        let end = usize::try_from(end).map_err(|_| Errno::Nospc)?;
        if end > self.file(node)?.len() { self.resize(node, end) } else { Ok(()) }
    }

    fn read_dir(&mut self, node: Node, cookie: u64, emit: &mut dyn FnMut(Entry<'_>) -> bool) -> Result<(), Errno> {
        let ino = self.ino(node)?;
        if cookie == 0 || self.handle(node)?.listed.is_none() {
            self.forget_listing(node)?;
            let room = MOST_LISTED.saturating_sub(self.listed);
            if self.tree.entries(ino)?.len() > room {
                return Err(Errno::Nomem);
            }
            let listed = self.list(ino)?;
            self.listed += listed.len();
            self.handle(node)?.listed = Some(listed);
        }
        // No list is longer than memory: behind its end there is nothing.
        let first = usize::try_from(cookie).unwrap_or(usize::MAX);
        let listed = self.handle(node)?.listed.as_deref().and_then(|listed| listed.get(first..)).unwrap_or_default();
        for ((name, ino, filetype), next) in listed.iter().zip(cookie.saturating_add(1)..) {
            let inode = u64::try_from(*ino).unwrap_or(0) + 1;
            if !emit(Entry { next, inode, filetype: *filetype, name: name.as_bytes() }) {
                break;
            }
        }
        Ok(())
    }

    fn stat_at(&mut self, dir: Node, path: &str, follow: bool) -> Result<Filestat, Errno> {
        let base = self.ino(dir)?;
        self.tree.filestat(self.tree.find(base, path, follow)?)
    }

    fn set_times_at(&mut self, dir: Node, path: &str, follow: bool, times: SetTimes) -> Result<(), Errno> {
        let base = self.ino(dir)?;
        let ino = self.tree.find(base, path, follow)?;
        self.set_inode_times(ino, times)
    }

    fn create_directory(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
        let (directory, name) = self.new_name(dir, path.trim_end_matches('/'))?;
        self.tree.make(directory, name, Kind::directory(directory)).map(|_| ())
    }

    fn remove_directory(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
        let (directory, name, ino) = self.named(dir, path, Errno::Inval)?;
        if !self.tree.entries(ino)?.is_empty() {
            return Err(Errno::Notempty);
        }
        self.tree.leave(directory, &name)
    }

    fn unlink_file(&mut self, dir: Node, path: &str) -> Result<(), Errno> {
        let (directory, name, ino) = self.named(dir, path, Errno::Isdir)?;
        if self.tree.is_directory(ino) {
            return Err(Errno::Isdir);
        }
        self.tree.leave(directory, &name)
    }

    fn rename(&mut self, from: Node, old: &str, to: Node, new: &str) -> Result<(), Errno> {
        let (old_directory, old_name, ino) = self.named(from, old, Errno::Busy)?;
        let base = self.ino(to)?;
        let place = self.tree.last(base, new, Errno::Busy)?;
        let Some((directory, name)) = place.name else { return Err(Errno::Busy) };
        if place.slash && !self.tree.is_directory(ino) {
            return Err(Errno::Notdir);
        }
        if self.tree.is_directory(ino) {
            self.check_not_below(ino, directory)?;
        }
        match place.ino {
            // Two names of one file: nothing is done.
            Some(replaced) if replaced == ino => return Ok(()),
            Some(replaced) => {
                self.check_replace(ino, replaced)?;
                self.tree.leave(directory, &name)?;
            }
            None => {}
        }
        self.tree.enter(directory, name, ino)?;
        self.tree.leave(old_directory, &old_name)
    }

    fn link(&mut self, from: Node, old: &str, to: Node, new: &str) -> Result<(), Errno> {
        let (_, _, ino) = self.named(from, old, Errno::Perm)?;
        let (directory, name) = self.new_name(to, new)?;
        if self.tree.is_directory(ino) {
            return Err(Errno::Perm);
        }
        self.tree.check_names()?;
        self.tree.enter(directory, name, ino)
    }

    fn symlink(&mut self, target: &str, dir: Node, path: &str) -> Result<(), Errno> {
        let (directory, name) = self.new_name(dir, path)?;
        self.check_growth(target.len())?;
        self.tree.make(directory, name, Kind::Link(target.to_owned())).map(|_| ())
    }

    fn read_link(&mut self, dir: Node, path: &str, buffer: &mut [u8]) -> Result<usize, Errno> {
        let base = self.ino(dir)?;
        let ino = self.tree.find(base, path, false)?;
        let Kind::Link(target) = &self.tree.get(ino)?.kind else { return Err(Errno::Inval) };
        let len = target.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(target.as_bytes()) {
            *to = *from;
        }
        Ok(len)
    }
}
