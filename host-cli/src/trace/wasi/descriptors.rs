//! Which path a descriptor was opened by, as far as a tracer can tell.

use super::memory::quote;
use std::collections::BTreeMap;

/// Bytes of a path that are remembered.
const LONGEST: usize = 256;

/// The paths of open descriptors. A guest can have only so many descriptors open, and so has this an end.
#[derive(Debug, Default)]
pub(super) struct Descriptors {
    paths: BTreeMap<u64, Vec<u8>>,
}

impl Descriptors {
    /// The directories and sockets that the guest starts with, from 3 on.
    pub(super) fn new(names: impl IntoIterator<Item = String>) -> Self {
        Self { paths: (3..).zip(names.into_iter().map(String::into_bytes)).collect() }
    }

    /// The descriptor as it is shown: its number, and its path.
    pub(super) fn show(&self, fd: u64) -> String {
        match self.paths.get(&fd) {
            Some(path) => format!("{fd} {}", quote(path)),
            None => fd.to_string(),
        }
    }

    /// Something was opened by a path, seen from the directory `at`.
    pub(super) fn opened(&mut self, fd: u64, at: u64, path: &[u8]) {
        let mut whole = self.paths.get(&at).cloned().unwrap_or_default();
        if !whole.is_empty() && !whole.ends_with(b"/") {
            whole.push(b'/');
        }
        whole.extend(path);
        whole.truncate(LONGEST);
        self.paths.insert(fd, whole);
    }

    /// A connection was accepted on the listener `at`.
    pub(super) fn accepted(&mut self, fd: u64, at: u64) {
        if let Some(listener) = self.paths.get(&at).cloned() {
            self.paths.insert(fd, listener);
        }
    }

    /// The descriptor was closed.
    pub(super) fn closed(&mut self, fd: u64) {
        self.paths.remove(&fd);
    }

    /// The descriptor `from` is `to` now.
    pub(super) fn renumbered(&mut self, from: u64, to: u64) {
        if from == to {
            return;
        }
        match self.paths.remove(&from) {
            Some(path) => self.paths.insert(to, path),
            None => self.paths.remove(&to),
        };
    }
}

/// As much of a path as is remembered.
pub(super) fn start(path: &[u8]) -> Vec<u8> {
    path.get(..LONGEST).unwrap_or(path).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_their_descriptors() {
        let mut open = Descriptors::new(["/".to_owned(), "data".to_owned()]);
        open.opened(5, 3, b"a");
        open.opened(6, 4, b"b");
        open.opened(7, 99, &[b'x'; 5000]);
        assert_eq!((open.show(1), open.show(5), open.show(6)), ("1".into(), "5 \"/a\"".into(), "6 \"data/b\"".into()));
        assert!(open.show(7).len() < LONGEST);
        open.renumbered(5, 6);
        open.renumbered(6, 6);
        assert_eq!((open.show(5), open.show(6)), ("5".into(), "6 \"/a\"".into()));
        open.renumbered(1, 6);
        open.closed(4);
        assert_eq!((open.show(6), open.show(4)), ("6".into(), "4".into()));
    }
}
