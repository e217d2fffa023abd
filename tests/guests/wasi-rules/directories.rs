//! Directories: opening, listing, making, removing and renaming by path.

use crate::Rule;
use crate::wasi::*;

pub const RULES: &[Rule] = &[
    ("a directory is no file", no_file),
    ("paths are walked name by name", paths),
    ("opening makes what it is told to", making),
    ("a file is no directory", not_directories),
    ("a listing has each name once, with number and type", listing),
    ("a listing goes on at a cookie", cookies),
    ("ten thousand names are listed with small buffers", many),
    ("directories are removed when they are empty", removing),
    ("slashes at the end mean a directory", slashes),
    ("renaming replaces what it may", renaming),
    ("a removed directory stays open, and empty", |dir| {
        answers("mkdir", mkdir(dir, "d"), OK)?;
        let gone = open(dir, "d", DIRECTORY, LISTS)?;
        answers("rmdir", rmdir(dir, "d"), OK)?;
        answers("create in it", opens(gone, "x", CREAT, WRITE), &[NOENT])?;
        answers("close", close(gone), OK)
    }),
];

fn no_file(dir: u32) -> Outcome {
    for fd in [dir, open(dir, ".", DIRECTORY, LISTS)?] {
        let file_calls = [
            read(fd, 1).err(),
            write(fd, b"x").err(),
            pread(fd, 1, 0).err(),
            pwrite(fd, b"x", 0).err(),
            seek(fd, 0, 0).err(),
            tell(fd).err(),
            Some(unsafe { fd_allocate(fd, 0, 1) }),
            Some(unsafe { fd_filestat_set_size(fd, 0) }),
        ];
        for (number, errno) in file_calls.into_iter().enumerate() {
            answers(&format!("call {number}"), errno.unwrap_or(0), &[BADF, ISDIR, INVAL, NOTCAPABLE])?;
        }
    }
    answers("open to write", opens(dir, ".", 0, READ | WRITE), &[ISDIR, NOTCAPABLE, 0])
}

fn paths(dir: u32) -> Outcome {
    answers("mkdir", mkdir(dir, "a"), OK)?;
    answers("mkdir", mkdir(dir, "a/b"), OK)?;
    make(dir, "a/b/file", b"1")?;
    for path in ["a/b/file", "./a//b/./file", "a/b/../b/file", "a/../a/b/../../a/b///file", "./a/b/./../b/file"] {
        answers(path, opens(dir, path, 0, READ), OK)?;
    }
    for (path, errno) in [
        ("", &[NOENT][..]),
        ("/a/b/file", &[NOTCAPABLE, PERM]),
        ("../x", &[NOTCAPABLE, PERM]),
        ("a/../../x", &[NOTCAPABLE, PERM]),
        ("a/b/file\0", &[INVAL, ILSEQ]),
        ("a/\0/file", &[INVAL, ILSEQ]),
        ("a/b/file/", &[NOTDIR]),
        ("a/b/file/..", &[NOTDIR]),
        ("a/none/../b/file", &[NOENT]),
        ("A/b/file", &[NOENT]),
    ] {
        answers(path, opens(dir, path, 0, READ), errno)?;
    }
    answers("a long name", opens(dir, &"n".repeat(1000), 0, READ), &[NAMETOOLONG, NOENT])?;
    answers("a long path", opens(dir, &"a/".repeat(4000), 0, READ), &[NAMETOOLONG])
}

fn making(dir: u32) -> Outcome {
    answers("missing", opens(dir, "file", 0, READ), &[NOENT])?;
    answers("create", opens(dir, "file", CREAT, READ | WRITE), OK)?;
    answers("again", opens(dir, "file", CREAT, READ | WRITE), OK)?;
    answers("only new", opens(dir, "file", CREAT | EXCL, READ | WRITE), &[EXIST])?;
    answers("a directory", opens(dir, "d", CREAT | DIRECTORY, READ), &[INVAL, NOTDIR, NOENT])?;
    answers("in nothing", opens(dir, "none/file", CREAT, READ), &[NOENT])?;
    answers("mkdir", mkdir(dir, "d"), OK)?;
    answers("mkdir again", mkdir(dir, "d"), &[EXIST])?;
    answers("mkdir over a file", mkdir(dir, "file"), &[EXIST])?;
    answers("only new over a directory", opens(dir, "d", CREAT | EXCL, READ), &[EXIST])?;
    answers("mkdir in nothing", mkdir(dir, "none/d"), &[NOENT])
}

fn not_directories(dir: u32) -> Outcome {
    make(dir, "file", b"")?;
    let file = open(dir, "file", 0, ALL)?;
    answers("as a directory", opens(dir, "file", DIRECTORY, READ), &[NOTDIR])?;
    answers("open below it", opens(dir, "file/x", 0, READ), &[NOTDIR])?;
    answers("open below its descriptor", opens(file, "x", 0, READ), &[NOTDIR, NOTCAPABLE])?;
    answers("mkdir below its descriptor", mkdir(file, "x"), &[NOTDIR, NOTCAPABLE])?;
    answers("stat below it", stat_at(dir, false, "file/x").err().unwrap_or(0), &[NOTDIR])?;
    let mut used = 0;
    answers("list", unsafe { fd_readdir(file, core::ptr::null_mut(), 0, 0, &mut used) }, &[NOTDIR, NOTCAPABLE])
}

fn listing(dir: u32) -> Outcome {
    same("empty", names(dir, 4096), Ok(vec![]))?;
    make(dir, "file", b"")?;
    answers("mkdir", mkdir(dir, "sub"), OK)?;
    answers("symlink", symlink("file", dir, "link"), OK)?;
    let (found, last) = entries(dir, 4096, 0)?;
    same("all", last, true)?;
    same("dots", found.iter().filter(|entry| entry.name == "." || entry.name == "..").count(), 2)?;
    for (name, filetype) in [("file", TYPE_FILE), ("sub", TYPE_DIRECTORY), ("link", TYPE_LINK)] {
        let of_name: Vec<&Dirent> = found.iter().filter(|entry| entry.name == name).collect();
        let [entry] = of_name[..] else { return Err(format!("{name} is there {} times", of_name.len())) };
        same("type", u64::from(entry.filetype), filetype)?;
        same("inode", Ok(entry.inode), stat_at(dir, false, name).map(|stat| stat.inode))?;
    }
    let own = found.iter().find(|entry| entry.name == ".").map(|entry| entry.inode);
    same("its own inode", own, Some(stat(dir)?.inode))
}

fn cookies(dir: u32) -> Outcome {
    let expected: Vec<String> = (0..20).map(|number| format!("name-{number:02}")).collect();
    for name in &expected {
        make(dir, name, b"")?;
    }
    for room in [40, 64, 100, 1000] {
        same("names", names(dir, room), Ok(expected.clone()))?;
    }
    let (all, _) = entries(dir, 4096, 0)?;
    for (at, entry) in all.iter().enumerate() {
        let (rest, _) = entries(dir, 4096, entry.next)?;
        same("the rest", &rest[..], &all[at + 1..])?;
    }
    // A name that is cut: the buffer is full, and the guest asks again with a larger one.
    let (cut, last) = entries(dir, 30, all[1].next)?;
    same("cut", (cut.len(), last), (0, false))?;
    // What is made later is found when it is read from the start again.
    make(dir, "later", b"")?;
    same("later", names(dir, 4096)?.len(), 21)
}

fn many(dir: u32) -> Outcome {
    for number in 0..10_000 {
        answers("create", opens(dir, &format!("{number:05}"), CREAT, WRITE), OK)?;
    }
    let found = names(dir, 256)?;
    same("names", found.len(), 10_000)?;
    same("each once", found.iter().enumerate().all(|(number, name)| *name == format!("{number:05}")), true)?;
    for name in found {
        answers("unlink", unlink(dir, &name), OK)?;
    }
    same("empty", names(dir, 256), Ok(vec![]))
}

fn removing(dir: u32) -> Outcome {
    answers("mkdir", mkdir(dir, "d"), OK)?;
    make(dir, "d/file", b"")?;
    answers("not empty", rmdir(dir, "d"), &[NOTEMPTY])?;
    answers("rmdir a file", rmdir(dir, "d/file"), &[NOTDIR])?;
    answers("unlink a directory", unlink(dir, "d"), &[ISDIR, PERM])?;
    answers("unlink", unlink(dir, "d/file"), OK)?;
    answers("unlink again", unlink(dir, "d/file"), &[NOENT])?;
    answers("rmdir", rmdir(dir, "d"), OK)?;
    answers("rmdir again", rmdir(dir, "d"), &[NOENT])
}

fn slashes(dir: u32) -> Outcome {
    make(dir, "file", b"")?;
    answers("mkdir", mkdir(dir, "d/"), OK)?;
    answers("open a directory", opens(dir, "d/", DIRECTORY, READ), OK)?;
    answers("open a file", opens(dir, "file/", 0, READ), &[NOTDIR])?;
    answers("stat a file", stat_at(dir, false, "file/").err().unwrap_or(0), &[NOTDIR])?;
    answers("create", opens(dir, "new/", CREAT, WRITE), &[ISDIR, NOTDIR, NOENT, INVAL])?;
    answers("unlink a file", unlink(dir, "file/"), &[NOTDIR])?;
    answers("unlink a directory", unlink(dir, "d/"), &[ISDIR, PERM])?;
    answers("rmdir a file", rmdir(dir, "file/"), &[NOTDIR])?;
    answers("rename a file", rename(dir, "file/", "other"), &[NOTDIR])?;
    answers("rename a file to a directory's name", rename(dir, "file", "other/"), &[NOTDIR, NOENT])?;
    answers("symlink", symlink("file", dir, "link/"), &[NOENT, NOTDIR, ISDIR])?;
    answers("link", link(dir, false, "file", "link/"), &[NOENT, NOTDIR])?;
    answers("rename a directory", rename(dir, "d/", "e/"), OK)?;
    answers("rmdir", rmdir(dir, "e/"), OK)
}

fn renaming(dir: u32) -> Outcome {
    make(dir, "one", b"1")?;
    make(dir, "two", b"2")?;
    answers("a file over a file", rename(dir, "one", "two"), OK)?;
    same("replaced", contents(dir, "two"), Ok(b"1".to_vec()))?;
    answers("gone", rename(dir, "one", "three"), &[NOENT])?;
    answers("over itself", rename(dir, "two", "two"), OK)?;
    for name in ["d", "empty", "full"] {
        answers("mkdir", mkdir(dir, name), OK)?;
    }
    make(dir, "full/file", b"")?;
    answers("a directory over an empty one", rename(dir, "d", "empty"), OK)?;
    answers("a directory over a full one", rename(dir, "empty", "full"), &[NOTEMPTY, EXIST])?;
    answers("a directory over a file", rename(dir, "empty", "two"), &[NOTDIR])?;
    answers("a file over a directory", rename(dir, "two", "empty"), &[ISDIR])?;
    answers("a directory into itself", rename(dir, "full", "full/sub"), &[INVAL])?;
    answers("into another", rename(dir, "two", "full/moved"), OK)?;
    same("moved", contents(dir, "full/moved"), Ok(b"1".to_vec()))
}
