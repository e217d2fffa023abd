//! A file system of a few lines: names, files with bytes, directories, descriptors. No links that are followed, no `..`.

use std::collections::BTreeMap;

/// The number of a file or directory.
pub(super) type Id = usize;

/// A file or directory.
#[derive(Debug, Clone)]
pub(super) enum Node {
    File(Vec<u8>),
    Directory(BTreeMap<String, Id>),
}

/// A descriptor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Open {
    pub(super) id: Id,
    pub(super) position: u64,
    pub(super) append: bool,
    pub(super) reads: bool,
    pub(super) writes: bool,
}

/// All of it.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) nodes: Vec<Node>,
    pub(super) open: BTreeMap<u32, Open>,
}

/// The directory that a path ends in, the last name, and what it leads to.
struct Place {
    directory: Id,
    name: String,
    found: Option<Id>,
}

impl Model {
    /// The root, to be read and written as 3, and to be read as 4.
    pub(super) fn new() -> Self {
        let root = Open { id: 0, position: 0, append: false, reads: true, writes: true };
        let open = BTreeMap::from([(3, root), (4, Open { writes: false, ..root })]);
        Self { nodes: vec![Node::Directory(BTreeMap::new())], open }
    }

    fn entries(&self, id: Id) -> Option<&BTreeMap<String, Id>> {
        match &self.nodes[id] {
            Node::Directory(entries) => Some(entries),
            Node::File(_) => None,
        }
    }

    fn entries_mut(&mut self, id: Id) -> &mut BTreeMap<String, Id> {
        match &mut self.nodes[id] {
            Node::Directory(entries) => entries,
            Node::File(_) => unreachable!("it was found to be a directory"),
        }
    }

    /// The bytes of a file.
    pub(super) fn file(&mut self, id: Id) -> Option<&mut Vec<u8>> {
        match &mut self.nodes[id] {
            Node::File(bytes) => Some(bytes),
            Node::Directory(_) => None,
        }
    }

    fn place(&self, path: &str) -> Option<Place> {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let mut directory = 0;
        for name in above.split('/').filter(|name| !name.is_empty()) {
            directory = *self.entries(directory)?.get(name)?;
        }
        let found = self.entries(directory)?.get(name).copied();
        Some(Place { directory, name: name.to_owned(), found })
    }

    /// A directory that is open, to change something in it.
    pub(super) fn may_change(&self, fd: u32) -> bool {
        self.open.get(&fd).is_some_and(|open| open.writes)
    }

    /// Opens what a path leads to; makes a file if there is none. The rights are those asked for.
    pub(super) fn open(
        &mut self,
        path: &str,
        how: Open,
        create: bool,
        exclusive: bool,
        truncate: bool,
    ) -> Option<Open> {
        let place = self.place(path)?;
        let id = match place.found {
            Some(_) if create && exclusive => return None,
            Some(id) => id,
            None if create => {
                self.nodes.push(Node::File(Vec::new()));
                let id = self.nodes.len() - 1;
                self.entries_mut(place.directory).insert(place.name, id);
                id
            }
            None => return None,
        };
        // Directories are opened elsewhere.
        let bytes = self.file(id)?;
        if truncate {
            bytes.clear();
        }
        Some(Open { id, ..how })
    }

    /// Makes a directory.
    pub(super) fn make_directory(&mut self, path: &str) -> Option<()> {
        let place = self.place(path).filter(|place| place.found.is_none())?;
        self.nodes.push(Node::Directory(BTreeMap::new()));
        let id = self.nodes.len() - 1;
        self.entries_mut(place.directory).insert(place.name, id);
        Some(())
    }

    /// Removes an empty directory.
    pub(super) fn remove_directory(&mut self, path: &str) -> Option<()> {
        let place = self.place(path)?;
        self.entries(place.found?).filter(|entries| entries.is_empty())?;
        self.entries_mut(place.directory).remove(&place.name);
        Some(())
    }

    /// Removes a name of a file.
    pub(super) fn unlink(&mut self, path: &str) -> Option<()> {
        let place = self.place(path)?;
        self.file(place.found?)?;
        self.entries_mut(place.directory).remove(&place.name);
        Some(())
    }

    /// Gives a file one more name.
    pub(super) fn link(&mut self, old: &str, new: &str) -> Option<()> {
        let id = self.place(old)?.found?;
        self.file(id)?;
        let to = self.place(new).filter(|place| place.found.is_none())?;
        self.entries_mut(to.directory).insert(to.name, id);
        Some(())
    }

    /// Gives something another name, in the place of what has it.
    pub(super) fn rename(&mut self, old: &str, new: &str) -> Option<()> {
        let from = self.place(old)?;
        let (id, to) = (from.found?, self.place(new)?);
        let is_directory = self.entries(id).is_some();
        if is_directory && self.is_below(id, to.directory) {
            return None;
        }
        match to.found {
            Some(replaced) if replaced == id => return Some(()),
            Some(replaced) if is_directory => drop(self.entries(replaced).filter(|entries| entries.is_empty())?),
            Some(replaced) => drop(self.file(replaced)?.len()),
            None => {}
        }
        self.entries_mut(from.directory).remove(&from.name);
        self.entries_mut(to.directory).insert(to.name, id);
        Some(())
    }

    /// Whether `id` is `top` or in it.
    fn is_below(&self, top: Id, id: Id) -> bool {
        top == id || self.entries(top).is_some_and(|entries| entries.values().any(|&next| self.is_below(next, id)))
    }

    /// The names in the root.
    pub(super) fn names(&self) -> Vec<String> {
        self.entries(0).into_iter().flat_map(|entries| entries.keys().cloned()).collect()
    }

    /// All files by their paths.
    pub(super) fn files(&self) -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        let mut pending = vec![(String::new(), 0)];
        while let Some((path, id)) = pending.pop() {
            match &self.nodes[id] {
                Node::File(bytes) => files.push((path, bytes.clone())),
                Node::Directory(entries) => {
                    pending.extend(entries.iter().map(|(name, &id)| (format!("{path}/{name}"), id)));
                }
            }
        }
        files
    }
}
