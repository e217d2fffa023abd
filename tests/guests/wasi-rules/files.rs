//! Files: reading, writing, positions, sizes, flags, times.

use crate::Rule;
use crate::wasi::*;

pub const RULES: &[Rule] = &[
    ("positions move as they are told", positions),
    ("reading at a place leaves the position alone", places),
    ("several buffers are filled and written in turn", buffers),
    ("what is written is there at once for others", unbuffered),
    ("sizes can be set, and zeros fill up", sizes),
    ("space can be allocated and never shrinks a file", allocated),
    ("files are cut when they are opened so", cut),
    ("appending goes to the end, wherever the position is", appending),
    ("flags are kept and can be changed", flags),
    ("times can be set, to the present too, not to both", times),
    ("advice is checked and changes nothing", advice),
    ("an unlinked file lives on while it is open", dangling),
    ("a file's directions are those it was opened with", directions),
    ("statistics tell one file from another", statistics),
];

fn positions(dir: u32) -> Outcome {
    make(dir, "file", b"0123456789")?;
    let fd = open(dir, "file", 0, READ | WRITE | SEEK)?;
    same("at first", tell(fd), Ok(0))?;
    same("read", read(fd, 4), Ok(b"0123".to_vec()))?;
    same("after reading", tell(fd), Ok(4))?;
    same("from here", seek(fd, 2, 1), Ok(6))?;
    same("back", seek(fd, -1, 1), Ok(5))?;
    same("from the end", seek(fd, -3, 2), Ok(7))?;
    same("read", read(fd, 99), Ok(b"789".to_vec()))?;
    same("at the end", read(fd, 99), Ok(vec![]))?;
    same("before the start", seek(fd, -1, 0), Err(INVAL))?;
    same("still", tell(fd), Ok(10))?;
    same("no such way", seek(fd, 0, 9), Err(INVAL))?;
    same("behind the end", seek(fd, 15, 0), Ok(15))?;
    same("write there", write(fd, b"x"), Ok(1))?;
    same("a gap of zeros", contents(dir, "file"), Ok(b"0123456789\0\0\0\0\0x".to_vec()))
}

fn places(dir: u32) -> Outcome {
    make(dir, "file", b"0123456789")?;
    let fd = open(dir, "file", 0, READ | WRITE | SEEK)?;
    same("read", pread(fd, 3, 5), Ok(b"567".to_vec()))?;
    same("write", pwrite(fd, b"ab", 8), Ok(2))?;
    same("behind the end", pread(fd, 3, 50), Ok(vec![]))?;
    same("position", tell(fd), Ok(0))?;
    same("contents", contents(dir, "file"), Ok(b"01234567ab".to_vec()))?;
    let unseekable = open(dir, "file", 0, READ)?;
    answers("without the right to seek", pread(unseekable, 1, 0).err().unwrap_or(0), &[0, NOTCAPABLE])
}

fn buffers(dir: u32) -> Outcome {
    let fd = open(dir, "file", CREAT, READ | WRITE | SEEK)?;
    let parts: [&[u8]; 4] = [b"ab", b"", b"cde", b"f"];
    let iovecs: Vec<Iovec> = parts.iter().map(|part| Iovec { at: part.as_ptr(), len: part.len() }).collect();
    let mut count = 0;
    answers("write", unsafe { fd_write(fd, iovecs.as_ptr(), 4, &mut count) }, OK)?;
    same("written", count, 6)?;
    let mut room = [[0_u8; 4]; 2];
    let iovecs: Vec<Iovec> = room.iter_mut().map(|part| Iovec { at: part.as_mut_ptr(), len: 4 }).collect();
    same("to the start", seek(fd, 0, 0), Ok(0))?;
    answers("read", unsafe { fd_read(fd, iovecs.as_ptr(), 2, &mut count) }, OK)?;
    same("read", (count, *core::hint::black_box(&room)), (6, [*b"abcd", *b"ef\0\0"]))?;
    answers("no buffers", unsafe { fd_read(fd, core::ptr::null(), 0, &mut count) }, OK)?;
    same("none", count, 0)
}

fn unbuffered(dir: u32) -> Outcome {
    let (one, two) = (open(dir, "file", CREAT, ALL)?, open(dir, "file", 0, READ)?);
    for byte in b"abc" {
        same("write", write(one, &[*byte]), Ok(1))?;
        same("read", read(two, 10), Ok(vec![*byte]))?;
    }
    answers("sync", unsafe { fd_sync(one) }, OK)?;
    answers("datasync", unsafe { fd_datasync(one) }, OK)
}

fn sizes(dir: u32) -> Outcome {
    make(dir, "file", b"0123456789")?;
    let fd = open(dir, "file", 0, ALL)?;
    answers("less", unsafe { fd_filestat_set_size(fd, 4) }, OK)?;
    answers("more", unsafe { fd_filestat_set_size(fd, 6) }, OK)?;
    same("contents", contents(dir, "file"), Ok(b"0123\0\0".to_vec()))?;
    same("size", stat(fd)?.size, 6)?;
    same("position", tell(fd), Ok(0))?;
    answers("too much", unsafe { fd_filestat_set_size(fd, u64::MAX) }, &[INVAL, 22, 51])?;
    same("still", stat(fd)?.size, 6)
}

fn allocated(dir: u32) -> Outcome {
    make(dir, "file", b"0123")?;
    let fd = open(dir, "file", 0, ALL)?;
    match unsafe { fd_allocate(fd, 10, 10) } {
        0 => same("more", stat(fd)?.size, 20)?,
        errno => return answers("allocate", errno, &[NOTSUP]),
    }
    answers("less", unsafe { fd_allocate(fd, 0, 2) }, OK)?;
    same("not shrunk", stat(fd)?.size, 20)?;
    answers("nothing", unsafe { fd_allocate(fd, 0, 0) }, &[0, INVAL])?;
    same("kept", pread(fd, 4, 0), Ok(b"0123".to_vec()))
}

fn cut(dir: u32) -> Outcome {
    make(dir, "file", b"0123")?;
    same("cut", opens(dir, "file", TRUNC, READ | WRITE), 0)?;
    same("empty", contents(dir, "file"), Ok(vec![]))?;
    make(dir, "kept", b"0123")?;
    // The directory's right to cut is asked, not the file's.
    let narrow = open(dir, ".", DIRECTORY, LISTS)?;
    let (.., base, inheriting) = fdstat(narrow).map_err(|errno| format!("errno {errno}"))?;
    answers("drop", unsafe { fd_fdstat_set_rights(narrow, base & !CUT, inheriting) }, OK)?;
    answers("without the right", opens(narrow, "kept", TRUNC, READ | WRITE), &[NOTCAPABLE, PERM])?;
    same("kept", contents(dir, "kept"), Ok(b"0123".to_vec()))
}

fn appending(dir: u32) -> Outcome {
    make(dir, "file", b"01")?;
    let fd = try_open(dir, false, "file", 0, ALL, APPEND).map_err(|errno| format!("open: errno {errno}"))?;
    same("flags", fdstat(fd).map(|(_, flags, ..)| flags), Ok(APPEND))?;
    same("write", write(fd, b"2"), Ok(1))?;
    same("to the start", seek(fd, 0, 0), Ok(0))?;
    same("write", write(fd, b"3"), Ok(1))?;
    same("contents", contents(dir, "file"), Ok(b"0123".to_vec()))?;
    same("at the end", tell(fd), Ok(4))?;
    answers("no more", unsafe { fd_fdstat_set_flags(fd, 0) }, OK)?;
    same("to the start", seek(fd, 0, 0), Ok(0))?;
    same("write", write(fd, b"x"), Ok(1))?;
    same("contents", contents(dir, "file"), Ok(b"x123".to_vec()))
}

fn flags(dir: u32) -> Outcome {
    let fd = try_open(dir, false, "file", CREAT, ALL, NONBLOCK).map_err(|errno| format!("open: errno {errno}"))?;
    let of = |fd| fdstat(fd).map(|(_, flags, ..)| flags);
    same("nonblocking", of(fd), Ok(NONBLOCK))?;
    answers("both", unsafe { fd_fdstat_set_flags(fd, APPEND | NONBLOCK) }, OK)?;
    same("both", of(fd), Ok(APPEND | NONBLOCK))?;
    answers("none", unsafe { fd_fdstat_set_flags(fd, 0) }, OK)?;
    same("none", of(fd), Ok(0))?;
    answers("unknown", unsafe { fd_fdstat_set_flags(fd, 1 << 9) }, &[INVAL])
}

fn times(dir: u32) -> Outcome {
    const SECOND: u64 = 1_000_000_000;
    make(dir, "file", b"")?;
    let fd = open(dir, "file", 0, ALL)?;
    let set = |a, m, which| unsafe { fd_filestat_set_times(fd, a, m, which) };
    answers("both", set(100 * SECOND, 200 * SECOND, 1 | 4), OK)?;
    let of = |stat: Stat| (stat.accessed / SECOND, stat.modified / SECOND);
    same("both", stat(fd).map(of), Ok((100, 200)))?;
    answers("one", set(0, 300 * SECOND, 4), OK)?;
    same("one", stat(fd).map(of), Ok((100, 300)))?;
    answers("now", set(0, 0, 2 | 8), OK)?;
    same("not then", stat(fd).map(of).map(|(a, m)| a != 100 && m != 300), Ok(true))?;
    answers("to a time and to now", set(0, 0, 1 | 2), &[INVAL])?;
    answers("to a time and to now", set(0, 0, 4 | 8), &[INVAL])?;
    answers("by name", set_times_at(dir, false, "file", 7 * SECOND, 8 * SECOND, 1 | 4), OK)?;
    same("by name", stat_at(dir, false, "file").map(of), Ok((7, 8)))?;
    answers("by name, both", set_times_at(dir, false, "file", 0, 0, 15), &[INVAL])?;
    answers("of nothing", set_times_at(dir, false, "none", 0, 0, 1), &[NOENT])
}

fn advice(dir: u32) -> Outcome {
    make(dir, "file", b"0123")?;
    let fd = open(dir, "file", 0, ALL)?;
    for advice in 0..6 {
        answers("advise", unsafe { fd_advise(fd, 0, 4, advice) }, OK)?;
    }
    answers("unknown", unsafe { fd_advise(fd, 0, 4, 6) }, &[INVAL])?;
    answers("far", unsafe { fd_advise(fd, u64::MAX, 1, 0) }, &[0, INVAL])?;
    same("size", stat(fd)?.size, 4)
}

fn dangling(dir: u32) -> Outcome {
    let fd = open(dir, "file", CREAT | EXCL, READ | WRITE | SEEK)?;
    answers("unlink", unlink(dir, "file"), OK)?;
    answers("gone", opens(dir, "file", 0, READ), &[NOENT])?;
    make(dir, "file", b"another")?;
    same("write", write(fd, b"mine"), Ok(4))?;
    same("read", pread(fd, 9, 0), Ok(b"mine".to_vec()))?;
    same("another", contents(dir, "file"), Ok(b"another".to_vec()))?;
    answers("close", close(fd), OK)
}

fn directions(dir: u32) -> Outcome {
    make(dir, "file", b"0123")?;
    let (reader, writer) = (open(dir, "file", 0, READ)?, open(dir, "file", 0, WRITE)?);
    answers("write to the reader", write(reader, b"x").err().unwrap_or(0), &[NOTCAPABLE, BADF])?;
    answers("read from the writer", read(writer, 1).err().unwrap_or(0), &[NOTCAPABLE, BADF])?;
    same("read", read(reader, 2), Ok(b"01".to_vec()))?;
    same("write", write(writer, b"ab"), Ok(2))?;
    same("read on", read(reader, 9), Ok(b"23".to_vec()))
}

fn statistics(dir: u32) -> Outcome {
    make(dir, "one", b"1")?;
    make(dir, "two", b"22")?;
    let (one, two) = (stat_at(dir, false, "one"), stat_at(dir, false, "two"));
    let (Ok(one), Ok(two)) = (one, two) else { return Err("path_filestat_get".to_owned()) };
    same("by descriptor and by name", stat(open(dir, "one", 0, ALL)?)?.inode, one.inode)?;
    same("devices", one.device, two.device)?;
    same("inodes differ", one.inode != two.inode, true)?;
    same("sizes", (one.size, two.size), (1, 2))?;
    same("types", (one.filetype(), stat(dir)?.filetype()), (TYPE_FILE, TYPE_DIRECTORY))?;
    same("links", one.links, 1)
}
