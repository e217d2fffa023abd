//! What holds in a directory that can only be read: `hello.txt` with "hello", `sub/inner.txt` with "inner".

use crate::Rule;
use crate::wasi::*;

pub const RULES: &[Rule] = &[
    ("files are read", |dir| {
        same("contents", contents(dir, "hello.txt"), Ok(b"hello".to_vec()))?;
        same("below", contents(dir, "sub/../sub/./inner.txt"), Ok(b"inner".to_vec()))?;
        let fd = open(dir, "hello.txt", 0, READ | SEEK)?;
        same("at a place", pread(fd, 3, 1), Ok(b"ell".to_vec()))?;
        same("from the end", seek(fd, -2, 2), Ok(3))?;
        same("the end", read(fd, 9), Ok(b"lo".to_vec()))?;
        same("nothing more", read(fd, 9), Ok(vec![]))?;
        answers("close", close(fd), OK)
    }),
    ("names are listed", |dir| {
        for room in [40, 4096] {
            same("root", names(dir, room)?, vec!["hello.txt".to_owned(), "sub".to_owned()])?;
        }
        let sub = open(dir, "sub", DIRECTORY, LISTS)?;
        same("sub", names(sub, 4096)?, vec!["inner.txt".to_owned()])?;
        same("through it", contents(sub, "inner.txt"), Ok(b"inner".to_vec()))?;
        answers("above it", opens(sub, "../hello.txt", 0, READ), &[NOTCAPABLE, PERM])?;
        answers("close", close(sub), OK)
    }),
    ("statistics are told", |dir| {
        let of = |path| stat_at(dir, true, path).map(|stat| (stat.filetype(), stat.size));
        same("file", of("hello.txt"), Ok((TYPE_FILE, 5)))?;
        same("directory", of("sub").map(|(filetype, _)| filetype), Ok(TYPE_DIRECTORY))?;
        same("nothing", of("none"), Err(NOENT))
    }),
    ("paths that lead nowhere do not", |dir| {
        for (path, errno) in [
            ("none", &[NOENT][..]),
            ("hello.txt/", &[NOTDIR]),
            ("hello.txt/x", &[NOTDIR]),
            ("../x", &[NOTCAPABLE, PERM]),
            ("/hello.txt", &[NOTCAPABLE, PERM]),
            ("sub/../../x", &[NOTCAPABLE, PERM]),
            ("hello.txt\0", &[INVAL, ILSEQ]),
            ("", &[NOENT]),
            ("hello", &[NOENT]),
            ("sub/inner", &[NOENT]),
        ] {
            answers(path, opens(dir, path, 0, READ), errno)?;
        }
        Ok(())
    }),
    ("nothing is changed", |dir| {
        let refused: &[u32] = &[NOTCAPABLE, ROFS, NOTSUP, PERM];
        for (what, errno) in [
            ("write", opens(dir, "hello.txt", 0, READ | WRITE)),
            ("create", opens(dir, "new", CREAT, READ)),
            ("cut", opens(dir, "hello.txt", TRUNC, READ)),
            ("mkdir", mkdir(dir, "new")),
            ("rmdir", rmdir(dir, "sub")),
            ("unlink", unlink(dir, "hello.txt")),
            ("rename", rename(dir, "hello.txt", "new")),
            ("link", link(dir, false, "hello.txt", "new")),
            ("symlink", symlink("hello.txt", dir, "new")),
            ("times", set_times_at(dir, false, "hello.txt", 1, 1, 5)),
        ] {
            answers(what, errno, refused)?;
        }
        let fd = open(dir, "hello.txt", 0, READ)?;
        answers("size", unsafe { fd_filestat_set_size(fd, 0) }, &[NOTCAPABLE, BADF, INVAL])?;
        answers("allocate", unsafe { fd_allocate(fd, 0, 100) }, &[NOTCAPABLE, BADF, NOTSUP])?;
        answers("write", write(fd, b"x").err().unwrap_or(0), &[NOTCAPABLE, BADF])?;
        answers("close", close(fd), OK)?;
        same("contents", contents(dir, "hello.txt"), Ok(b"hello".to_vec()))
    }),
];
