//! The calls on files, over a file system in memory.

use super::super::{dir, fd, file, path};
use super::Guest;
use crate::Errno;
use crate::types::{fdflags, filetype, fstflags, oflags, rights};
use std::string::{String, ToString as _};
use std::vec::Vec;

const ROOT: u32 = 3;
const RO: u32 = 4;

impl Guest {
    /// Writes a path at 512.
    fn put_path(&mut self, path: &str) -> (u32, u32) {
        self.put(512, path.as_bytes());
        (512, u32::try_from(path.len()).unwrap())
    }

    fn open(&mut self, dir: u32, name: &str, how: u32, base: u64, flags: u16) -> Result<u32, Errno> {
        let (at, len) = self.put_path(name);
        let flags = u32::from(flags);
        self.call(|c, m| path::path_open(c, m, dir, 0, at, len, how, base, rights::ALL, flags, 16))?;
        Ok(self.u32(16))
    }

    fn seek(&mut self, fd: u32, offset: i64, whence: u32) -> Result<u64, Errno> {
        self.call(|c, m| file::fd_seek(c, m, fd, offset, whence, 16))?;
        Ok(self.u64(16))
    }

    fn write_text(&mut self, fd: u32, text: &str) -> Result<u32, Errno> {
        self.put(2000, text.as_bytes());
        self.write(fd, &[(2000, u32::try_from(text.len()).unwrap())])
    }

    fn read_text(&mut self, fd: u32, len: u32) -> Result<String, Errno> {
        let (iovs, count) = self.put_iovecs(&[(2000, len)]);
        self.call(|c, m| fd::fd_read(c, m, fd, iovs, count, 16))?;
        let len = usize::try_from(self.u32(16)).unwrap();
        Ok(String::from_utf8(self.bytes[2000..2000 + len].to_vec()).unwrap())
    }

    /// Names and cookies of a directory's entries, read with a buffer of `len` bytes.
    fn entries(&mut self, fd: u32, cookie: u64, len: u32) -> Result<Vec<(String, u64)>, Errno> {
        self.call(|c, m| dir::fd_readdir(c, m, fd, 2000, len, cookie, 16))?;
        let end = 2000 + usize::try_from(self.u32(16)).unwrap();
        let (mut at, mut found) = (2000, Vec::new());
        while at + 24 <= end {
            let name = at + 24..at + 24 + usize::try_from(self.u32(at + 16)).unwrap();
            if name.end > end {
                break;
            }
            found.push((String::from_utf8_lossy(&self.bytes[name.clone()]).to_string(), self.u64(at)));
            at = name.end;
        }
        Ok(found)
    }
}

#[test]
fn positions_belong_to_descriptors() {
    let mut guest = Guest::with_files();
    let a = guest.open(ROOT, "data.txt", 0, rights::FILE, 0).unwrap();
    let b = guest.open(ROOT, "data.txt", 0, rights::FILE, 0).unwrap();
    assert_eq!(guest.read_text(a, 4).as_deref(), Ok("0123"));
    assert_eq!(guest.seek(b, -3, 2), Ok(7));
    assert_eq!(guest.read_text(b, 9).as_deref(), Ok("789"));
    assert_eq!(guest.read_text(a, 2).as_deref(), Ok("45"));
    assert_eq!(guest.seek(a, -7, 1), Err(Errno::Inval));
    assert_eq!(guest.seek(a, i64::MIN, 0), Err(Errno::Inval));
    assert_eq!(guest.seek(a, 0, 3), Err(Errno::Inval));
    assert_eq!(guest.seek(a, 0, 1), Ok(6));
    assert_eq!(guest.seek(ROOT, 0, 1), Err(Errno::Notcapable));
}

#[test]
fn appending_goes_to_the_end_wherever_the_position_is() {
    let mut guest = Guest::with_files();
    let fd = guest.open(ROOT, "data.txt", 0, rights::FILE, fdflags::APPEND).unwrap();
    assert_eq!(guest.write_text(fd, "ab"), Ok(2));
    assert_eq!(guest.seek(fd, 0, 1), Ok(12));
    assert_eq!(guest.ctx.port().files.contents("data.txt"), Some(&b"0123456789ab"[..]));
    guest.call(|c, m| fd::fd_fdstat_set_flags(c, m, fd, 0)).unwrap();
    guest.seek(fd, 0, 0).unwrap();
    guest.write_text(fd, "x").unwrap();
    assert_eq!(guest.ctx.port().files.contents("data.txt"), Some(&b"x123456789ab"[..]));
}

#[test]
fn a_gap_is_zeros_and_growth_has_a_limit() {
    let mut guest = Guest::with_files();
    let fd = guest.open(ROOT, "data.txt", oflags::TRUNC, rights::FILE, 0).unwrap();
    guest.seek(fd, 3, 0).unwrap();
    guest.write_text(fd, "x").unwrap();
    assert_eq!(guest.ctx.port().files.contents("data.txt"), Some(&b"\0\0\0x"[..]));
    guest.seek(fd, 1 << 40, 0).unwrap();
    assert_eq!(guest.write_text(fd, "x"), Err(Errno::Nospc));
    assert_eq!(guest.call(|c, m| file::fd_filestat_set_size(c, m, fd, 1 << 40)), Err(Errno::Nospc));
    assert_eq!(guest.call(|c, m| file::fd_allocate(c, m, fd, u64::MAX, 1)), Err(Errno::Fbig));
    assert_eq!(guest.call(|c, m| file::fd_allocate(c, m, fd, 0, 0)), Err(Errno::Inval));
}

#[test]
fn descriptors_inherit_no_more_than_their_directory_gives() {
    let mut guest = Guest::with_files();
    assert_eq!(guest.open(RO, "data.txt", 0, rights::FILE, 0), Err(Errno::Notcapable));
    assert_eq!(guest.open(RO, "data.txt", oflags::TRUNC, 0, 0), Err(Errno::Notcapable));
    assert_eq!(guest.open(RO, "new", oflags::CREAT, 0, 0), Err(Errno::Notcapable));
    assert_eq!(guest.open(RO, "data.txt", 0, rights::FD_SEEK, fdflags::APPEND), Err(Errno::Notcapable));
    let fd = guest.open(RO, "data.txt", 0, rights::FILE & !rights::FD_WRITE, 0).unwrap();
    assert_eq!(guest.call(|c, m| file::fd_filestat_set_size(c, m, fd, 0)), Err(Errno::Notcapable));
    assert_eq!(guest.write_text(fd, "x"), Err(Errno::Notcapable));
    let back = guest.call(|c, m| fd::fd_fdstat_set_rights(c, m, fd, rights::FILE, 0));
    assert_eq!(back, Err(Errno::Notcapable));
    assert_eq!(guest.read_text(fd, 2).as_deref(), Ok("01"));
}

#[test]
fn files_do_not_cross_to_where_more_is_allowed() {
    let mut guest = Guest::with_files();
    let base = rights::DIRECTORY;
    // A directory that can be moved out of, but hands on less.
    let less = guest.open(ROOT, "sub", oflags::DIRECTORY, base, 0).unwrap();
    guest.open(ROOT, "sub/f", oflags::CREAT, rights::FILE, 0).unwrap();
    guest.call(|c, m| fd::fd_fdstat_set_rights(c, m, less, base, rights::FD_READ)).unwrap();
    guest.put(512, b"f");
    let rename = guest.call(|c, m| path::path_rename(c, m, less, 512, 1, ROOT, 512, 1));
    assert_eq!(rename, Err(Errno::Xdev));
    let link = guest.call(|c, m| path::path_link(c, m, less, 0, 512, 1, ROOT, 512, 1));
    assert_eq!(link, Err(Errno::Xdev));
    guest.put(512, b"link");
    let inwards = guest.call(|c, m| path::path_rename(c, m, ROOT, 512, 4, less, 512, 4));
    assert_eq!(inwards, Ok(()));
}

#[test]
fn paths_stay_below_their_directory() {
    let mut guest = Guest::with_files();
    for name in ["..", "../x", "sub/../..", "/data.txt"] {
        assert_eq!(guest.open(ROOT, name, 0, 0, 0), Err(Errno::Notcapable), "{name}");
    }
    assert_eq!(guest.open(ROOT, "", 0, 0, 0), Err(Errno::Noent));
    assert_eq!(guest.open(ROOT, "data.txt/", 0, 0, 0), Err(Errno::Notdir));
    assert_eq!(guest.open(ROOT, "link", 0, 0, 0), Err(Errno::Loop));
    let (at, len) = guest.put_path("out");
    let followed = guest.call(|c, m| path::path_filestat_get(c, m, ROOT, 1, at, len, 600));
    assert_eq!(followed, Err(Errno::Notcapable));
    guest.call(|c, m| path::path_filestat_get(c, m, ROOT, 0, at, len, 600)).unwrap();
    assert_eq!(guest.bytes[616], filetype::SYMBOLIC_LINK);
}

#[test]
fn directories_are_read_in_pieces() {
    let mut guest = Guest::with_files();
    let all = guest.entries(ROOT, 0, 1000).unwrap();
    let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, [".", "..", "data.txt", "link", "out", "sub"]);
    // One entry at a time, while the directory changes.
    let mut cookie = 0;
    for (name, next) in &all {
        let found = guest.entries(ROOT, cookie, 40).unwrap();
        assert_eq!(found.first(), Some(&(name.clone(), *next)));
        guest.open(ROOT, &std::format!("new{cookie}"), oflags::CREAT, 0, 0).unwrap();
        cookie = *next;
    }
    assert_eq!(guest.entries(ROOT, cookie, 1000), Ok(Vec::new()));
    assert_eq!(guest.entries(ROOT, u64::MAX, 1000), Ok(Vec::new()));
    assert_eq!(guest.entries(ROOT, 0, 1000).unwrap().len(), 12);
    // Less than one entry fits.
    guest.call(|c, m| dir::fd_readdir(c, m, ROOT, 2000, 10, 0, 16)).unwrap();
    assert_eq!(guest.u32(16), 10);
}

#[test]
fn preopened_directories_have_names() {
    let mut guest = Guest::with_files();
    guest.call(|c, m| dir::fd_prestat_get(c, m, RO, 16)).unwrap();
    assert_eq!((guest.u32(16), guest.u32(20)), (0, 3));
    assert_eq!(guest.call(|c, m| dir::fd_prestat_dir_name(c, m, RO, 64, 2)), Err(Errno::Nametoolong));
    guest.call(|c, m| dir::fd_prestat_dir_name(c, m, RO, 64, 9)).unwrap();
    assert_eq!(&guest.bytes[64..67], b"/ro");
    assert_eq!(guest.call(|c, m| dir::fd_prestat_get(c, m, 5, 16)), Err(Errno::Badf));
    let other = guest.open(ROOT, "sub", oflags::DIRECTORY, 0, 0).unwrap();
    assert_eq!(guest.call(|c, m| dir::fd_prestat_get(c, m, other, 16)), Err(Errno::Badf));
}

#[test]
fn an_unlinked_file_lives_while_it_is_open() {
    let mut guest = Guest::with_files();
    let fd = guest.open(ROOT, "data.txt", 0, rights::FILE, 0).unwrap();
    let (at, len) = guest.put_path("data.txt");
    guest.call(|c, m| path::path_unlink_file(c, m, ROOT, at, len)).unwrap();
    assert_eq!(guest.read_text(fd, 3).as_deref(), Ok("012"));
    assert_eq!(guest.open(ROOT, "data.txt", 0, 0, 0), Err(Errno::Noent));
    guest.call(|c, m| fd::fd_close(c, m, fd)).unwrap();
}

#[test]
fn times_are_set_one_by_one() {
    let mut guest = Guest::with_files();
    let fd = guest.open(ROOT, "data.txt", 0, rights::FILE, 0).unwrap();
    guest.call(|c, m| file::fd_filestat_set_times(c, m, fd, 77, 88, fstflags::ATIM)).unwrap();
    guest.call(|c, m| fd::fd_filestat_get(c, m, fd, 600)).unwrap();
    assert_eq!(guest.u64(640), 77);
    assert_ne!(guest.u64(648), 88);
    let both = fstflags::ATIM | fstflags::ATIM_NOW;
    assert_eq!(guest.call(|c, m| file::fd_filestat_set_times(c, m, fd, 0, 0, both)), Err(Errno::Inval));
}

#[test]
fn opening_ends_where_the_table_does() {
    let mut guest = Guest::with_files();
    let opened = (0..5000).map_while(|_| guest.open(ROOT, "data.txt", 0, 0, 0).ok()).count();
    assert_eq!(opened, 1022);
    assert_eq!(guest.open(ROOT, "data.txt", 0, 0, 0), Err(Errno::Mfile));
}

#[test]
fn room_comes_back_with_removed_files() {
    let mut guest = Guest::with_files();
    for _ in 0..4 {
        let fd = guest.open(ROOT, "big", oflags::CREAT, rights::FILE, 0).unwrap();
        guest.call(|c, m| file::fd_filestat_set_size(c, m, fd, 60_000)).unwrap();
        let (at, len) = guest.put_path("big");
        guest.call(|c, m| path::path_unlink_file(c, m, ROOT, at, len)).unwrap();
        // While it is open it takes its room.
        let other = guest.open(ROOT, "other", oflags::CREAT, rights::FILE, 0).unwrap();
        assert_eq!(guest.call(|c, m| file::fd_filestat_set_size(c, m, other, 60_000)), Err(Errno::Nospc));
        guest.call(|c, m| fd::fd_close(c, m, fd)).unwrap();
        guest.call(|c, m| file::fd_filestat_set_size(c, m, other, 60_000)).unwrap();
        guest.call(|c, m| file::fd_filestat_set_size(c, m, other, 0)).unwrap();
        guest.call(|c, m| fd::fd_close(c, m, other)).unwrap();
    }
}

#[test]
fn names_of_one_file_have_a_limit() {
    let mut guest = Guest::with_files();
    guest.put(700, b"data.txt");
    let mut link = |name: u32| {
        let text = std::format!("{name:08}");
        guest.put(800, text.as_bytes());
        guest.call(|c, m| path::path_link(c, m, ROOT, 0, 700, 8, ROOT, 800, 8))
    };
    let made = (0..70_000).take_while(|&name| link(name).is_ok()).count();
    assert!((60_000..1 << 16).contains(&made), "{made}");
    assert_eq!(link(80_000), Err(Errno::Nospc));
}

#[test]
fn listings_of_many_descriptors_have_a_limit() {
    let mut guest = Guest::with_files();
    guest.put(700, b"data.txt");
    for name in 0..30_000_u32 {
        let text = std::format!("{name:08}");
        guest.put(800, text.as_bytes());
        guest.call(|c, m| path::path_link(c, m, ROOT, 0, 700, 8, ROOT, 800, 8)).unwrap();
    }
    let open: Vec<u32> =
        (0..20).map(|_| guest.open(ROOT, "sub/..", oflags::DIRECTORY, rights::FD_READDIR, 0).unwrap()).collect();
    let listed = open.iter().take_while(|&&fd| guest.entries(fd, 0, 100).is_ok()).count();
    assert_eq!(listed, 8);
    guest.call(|c, m| fd::fd_close(c, m, open[0])).unwrap();
    guest.entries(open[listed], 0, 100).unwrap();
}
