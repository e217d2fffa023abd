//! Calls that make sense, beside those of the model.

use ermine_wasi::types::{fdflags, oflags, rights};
use ermine_wasi::{Access, MemFs};

use super::guest::Guest;
use super::model::{Model, Open};
use crate::bytes::Bytes;

/// Calls of one input.
const CALLS: usize = 200;
/// Names that paths are made of.
const NAMES: [&str; 3] = ["a", "b", "c"];

/// Where in the guest's memory paths, vectors, results and buffers are.
const PATH: u32 = 0;
const OTHER_PATH: u32 = 64;
const VECTOR: u32 = 128;
const RESULT: u32 = 256;
const BUFFER: u32 = 1024;
/// Bytes of the largest buffer, and of the largest file.
const LARGEST: u32 = 300;
const LARGEST_FILE: u64 = 4_096;

/// A guest and its model.
struct Pair<'b, 'i> {
    bytes: &'b mut Bytes<'i>,
    guest: Guest,
    model: Model,
}

/// Makes calls until the input ends.
pub(super) fn run(bytes: &mut Bytes<'_>) {
    let files = MemFs::new().dir("", "/", Access::ReadWrite).expect("the root");
    let files = files.dir("", "/ro", Access::ReadOnly).expect("the root");
    let mut pair = Pair { bytes, guest: Guest::new(files), model: Model::new() };
    for _ in 0..CALLS {
        if pair.bytes.is_empty() {
            break;
        }
        pair.step();
    }
    let files = pair.guest.into_files();
    for (path, bytes) in pair.model.files() {
        assert_eq!(files.contents(path.trim_start_matches('/')), Some(&bytes[..]), "the contents of {path}");
    }
}

impl Pair<'_, '_> {
    fn step(&mut self) {
        match self.bytes.below(16) {
            0 | 1 => self.open(),
            2 => self.close(),
            3 => self.read(false),
            4 => self.read(true),
            5 | 6 => self.write(false),
            7 => self.write(true),
            8 => self.seek(),
            9 => self.resize(),
            10 => self.on_path("path_create_directory", Model::make_directory),
            11 => self.on_path("path_remove_directory", Model::remove_directory),
            12 => self.on_path("path_unlink_file", Model::unlink),
            13 => self.on_paths(),
            14 => self.renumber(),
            _ => self.list(),
        }
    }

    /// One of the directories that are open from the start; mostly the one that can be written.
    fn directory(&mut self) -> u32 {
        if self.bytes.below(8) == 0 { 4 } else { 3 }
    }

    /// A descriptor that is open, or was.
    fn descriptor(&mut self) -> u32 {
        5 + self.bytes.below(6) as u32
    }

    fn path(&mut self) -> String {
        let names: Vec<&str> = (0..1 + self.bytes.below(3)).map(|_| self.bytes.one_of(&NAMES)).collect();
        names.join("/")
    }

    /// Puts a path into memory: where it is, and its length.
    fn put_path(&mut self, at: u32, path: &str) -> [u64; 2] {
        self.guest.put(at, path.as_bytes());
        [at.into(), path.len() as u64]
    }

    fn open(&mut self) {
        let (fd, path) = (self.directory(), self.path());
        let flags = u32::from(self.bytes.byte()) & (oflags::CREAT | oflags::EXCL | oflags::TRUNC);
        let append = self.bytes.below(4) == 0;
        let (reads, writes) = (self.bytes.below(4) != 0, self.bytes.below(3) != 0);
        let mut base = rights::FD_SEEK | rights::FD_TELL | rights::FD_FILESTAT_GET;
        base |= if reads { rights::FD_READ } else { 0 };
        base |= if writes { rights::FD_WRITE | rights::FD_FILESTAT_SET_SIZE } else { 0 };
        let [at, len] = self.put_path(PATH, &path);
        let fdflags = if append { u64::from(fdflags::APPEND) } else { 0 };
        let arguments = [fd.into(), 0, at, len, flags.into(), base, 0, fdflags, RESULT.into()];
        let done = self.guest.succeeds("path_open", &arguments);
        let how = Open { id: 0, position: 0, append, reads, writes };
        let changes = writes || append || flags & (oflags::CREAT | oflags::TRUNC) != 0;
        let may = self.model.may_change(fd) || !changes;
        let has = |flag| flags & flag != 0;
        // To cut a file it need not be open to be written, but the directory must allow it.
        let (create, exclusive, truncate) = (has(oflags::CREAT), has(oflags::EXCL), has(oflags::TRUNC));
        if !writes && !create && !truncate && self.is_directory(&path) {
            // A directory is opened as one: it is of no use here.
            let opened = self.guest.number(RESULT);
            assert!(done || !may, "a directory can be opened to be read");
            assert!(!done || self.guest.succeeds("fd_close", &[opened.into()]));
            return;
        }
        let expected = may.then(|| self.model.open(&path, how, create, exclusive, truncate)).flatten();
        assert_eq!(done, expected.is_some(), "opening {path} by {fd}, flags {flags}, rights {base:x}");
        if let Some(open) = expected {
            let opened = self.guest.number(RESULT);
            assert!(self.model.open.insert(opened, open).is_none(), "{opened} is open already");
        }
    }

    fn is_directory(&mut self, path: &str) -> bool {
        let [at, len] = self.put_path(OTHER_PATH, path);
        let is_there = self.guest.succeeds("path_filestat_get", &[3, 0, at, len, BUFFER.into()]);
        is_there && self.guest.get(BUFFER + 16, 1) == [3]
    }

    fn close(&mut self) {
        let fd = self.descriptor();
        let done = self.guest.succeeds("fd_close", &[fd.into()]);
        assert_eq!(done, self.model.open.remove(&fd).is_some(), "closing {fd}");
    }

    fn renumber(&mut self) {
        let (from, to) = (self.descriptor(), self.descriptor());
        let done = self.guest.succeeds("fd_renumber", &[from.into(), to.into()]);
        let both = self.model.open.contains_key(&from) && self.model.open.contains_key(&to);
        assert_eq!(done, both, "renumbering {from} to {to}");
        if done && let Some(open) = self.model.open.remove(&from) {
            self.model.open.insert(to, open);
        }
    }

    /// A vector of two buffers with so many bytes in all.
    fn vector(&mut self, len: u32) -> [u64; 2] {
        let first = len.min(self.bytes.byte().into());
        for (index, number) in (0..).zip([BUFFER, first, BUFFER + first, len - first]) {
            self.guest.put(VECTOR + 4 * index, &number.to_le_bytes());
        }
        [VECTOR.into(), 2]
    }

    fn read(&mut self, positioned: bool) {
        let (fd, len) = (self.descriptor(), u32::from(self.bytes.byte()));
        let [at, count] = self.vector(len);
        let offset = u64::from(self.bytes.byte());
        let result = u64::from(RESULT);
        let done = if positioned {
            self.guest.succeeds("fd_pread", &[fd.into(), at, count, offset, result])
        } else {
            self.guest.succeeds("fd_read", &[fd.into(), at, count, result])
        };
        let Some(open) = self.model.open.get(&fd).copied().filter(|open| open.reads) else {
            assert!(!done, "{fd} cannot be read");
            return;
        };
        assert!(done, "{fd} can be read");
        let position = if positioned { offset } else { open.position };
        let file = self.model.file(open.id).expect("a file");
        let start = (position as usize).min(file.len());
        let expected = file[start..(start + len as usize).min(file.len())].to_vec();
        let read = self.guest.number(RESULT) as usize;
        assert_eq!(self.guest.get(BUFFER, read), expected, "reading {len} bytes of {fd} at {position}");
        if !positioned && let Some(open) = self.model.open.get_mut(&fd) {
            open.position += expected.len() as u64;
        }
    }

    fn write(&mut self, positioned: bool) {
        let fd = self.descriptor();
        let len = (u32::from(self.bytes.byte()) * 2).min(LARGEST);
        let first = self.bytes.byte();
        let written: Vec<u8> = (0..len).map(|index| first.wrapping_add(index as u8)).collect();
        self.guest.put(BUFFER, &written);
        let [at, count] = self.vector(len);
        let offset = u64::from(self.bytes.byte());
        let result = u64::from(RESULT);
        let done = if positioned {
            self.guest.succeeds("fd_pwrite", &[fd.into(), at, count, offset, result])
        } else {
            self.guest.succeeds("fd_write", &[fd.into(), at, count, result])
        };
        let Some(open) = self.model.open.get(&fd).copied().filter(|open| open.writes) else {
            assert!(!done, "{fd} cannot be written");
            return;
        };
        assert!(done, "{fd} can be written");
        assert_eq!(self.guest.number(RESULT), len, "all is written");
        let file = self.model.file(open.id).expect("a file");
        let position = match (positioned, open.append) {
            (true, _) => offset,
            (false, true) => file.len() as u64,
            (false, false) => open.position,
        };
        let end = position as usize + written.len();
        if !written.is_empty() {
            file.resize(file.len().max(end), 0);
            file[position as usize..end].copy_from_slice(&written);
        }
        let size = file.len() as u64;
        if !positioned && let Some(kept) = self.model.open.get_mut(&fd) {
            kept.position = if open.append { size } else { end as u64 };
        }
    }

    fn seek(&mut self) {
        let (fd, whence) = (self.descriptor(), self.bytes.below(4) as u64);
        let offset = i64::from(self.bytes.byte()) * 8 - 1000;
        let done = self.guest.succeeds("fd_seek", &[fd.into(), offset as u64, whence, RESULT.into()]);
        let to = self.model.open.get(&fd).copied().and_then(|open| {
            let from = match whence {
                0 => 0,
                1 => open.position,
                2 => self.model.file(open.id)?.len() as u64,
                _ => return None,
            };
            from.checked_add_signed(offset)
        });
        assert_eq!(done, to.is_some(), "seeking {fd} by {offset} from {whence}");
        if let Some((open, to)) = self.model.open.get_mut(&fd).zip(to) {
            open.position = to;
            assert_eq!(self.guest.get(RESULT, 8), to.to_le_bytes());
        }
    }

    fn resize(&mut self) {
        let fd = self.descriptor();
        let size = u64::from(self.bytes.byte()) * 16 % LARGEST_FILE;
        let done = self.guest.succeeds("fd_filestat_set_size", &[fd.into(), size]);
        let open = self.model.open.get(&fd).copied().filter(|open| open.writes);
        assert_eq!(done, open.is_some(), "cutting {fd} to {size}");
        if let Some(open) = open {
            self.model.file(open.id).expect("a file").resize(size as usize, 0);
        }
    }

    fn on_path(&mut self, name: &str, change: fn(&mut Model, &str) -> Option<()>) {
        let (fd, path) = (self.directory(), self.path());
        let [at, len] = self.put_path(PATH, &path);
        let done = self.guest.succeeds(name, &[fd.into(), at, len]);
        let expected = self.model.may_change(fd).then(|| change(&mut self.model, &path)).flatten();
        assert_eq!(done, expected.is_some(), "{name} of {path} by {fd}");
    }

    fn on_paths(&mut self) {
        let (fd, old, new) = (self.directory(), self.path(), self.path());
        let ([from, from_len], [to, to_len]) = (self.put_path(PATH, &old), self.put_path(OTHER_PATH, &new));
        let fd_word = u64::from(fd);
        let renames = self.bytes.below(2) == 0;
        let done = if renames {
            self.guest.succeeds("path_rename", &[fd_word, from, from_len, fd_word, to, to_len])
        } else {
            self.guest.succeeds("path_link", &[fd_word, 0, from, from_len, fd_word, to, to_len])
        };
        let change = if renames { Model::rename } else { Model::link };
        let expected = self.model.may_change(fd).then(|| change(&mut self.model, &old, &new)).flatten();
        assert_eq!(done, expected.is_some(), "renaming ({renames}) or linking {old} to {new} by {fd}");
    }

    fn list(&mut self) {
        let fd = self.directory();
        assert!(self.guest.succeeds("fd_readdir", &[fd.into(), BUFFER.into(), 4096, 0, RESULT.into()]));
        let used = self.guest.number(RESULT) as usize;
        let listing = self.guest.get(BUFFER, used);
        let (mut names, mut rest) = (Vec::new(), &listing[..]);
        while let Some((head, behind)) = rest.split_first_chunk::<24>() {
            let len = u32::from_le_bytes([head[16], head[17], head[18], head[19]]) as usize;
            let (name, next) = behind.split_at(len);
            names.push(String::from_utf8(name.to_vec()).expect("a name"));
            rest = next;
        }
        names.retain(|name| name != "." && name != "..");
        assert_eq!(names, self.model.names(), "what is in the root");
    }
}
