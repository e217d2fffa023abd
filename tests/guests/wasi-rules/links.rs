//! Hard and symbolic links.

use crate::Rule;
use crate::wasi::*;

pub const RULES: &[Rule] = &[
    ("a hard link is another name", hard),
    ("a symbolic link is followed where it is asked for", followed),
    ("a symbolic link to nowhere is there", nowhere),
    ("links in a circle end", circle),
    ("a link's text is read as far as there is room", text),
    ("making a link replaces nothing", |dir| {
        make(dir, "file", b"")?;
        answers("mkdir", mkdir(dir, "d"), OK)?;
        for there in ["file", "d"] {
            answers("symlink", symlink("target", dir, there), &[EXIST])?;
            answers("link", link(dir, false, "file", there), &[EXIST])?;
        }
        answers("to nothing", symlink("", dir, "link"), &[NOENT, INVAL])?;
        answers("to an absolute path", symlink("/etc/passwd", dir, "link"), &[NOTCAPABLE, PERM])
    }),
];

fn hard(dir: u32) -> Outcome {
    make(dir, "one", b"1")?;
    answers("mkdir", mkdir(dir, "d"), OK)?;
    answers("link", link(dir, false, "one", "d/two"), OK)?;
    let (one, two) = (stat_at(dir, false, "one"), stat_at(dir, false, "d/two"));
    same("the same file", one.map(|stat| stat.inode), two.map(|stat| stat.inode))?;
    same("two names", one.map(|stat| stat.links), Ok(2))?;
    let fd = open(dir, "d/two", 0, WRITE)?;
    same("write", write(fd, b"22"), Ok(2))?;
    same("read", contents(dir, "one"), Ok(b"22".to_vec()))?;
    answers("unlink", unlink(dir, "one"), OK)?;
    same("it lives on", contents(dir, "d/two"), Ok(b"22".to_vec()))?;
    answers("to nothing", link(dir, false, "one", "x"), &[NOENT])?;
    answers("to a directory", link(dir, false, "d", "x"), &[PERM, 2, ISDIR])?;
    // A link to a symbolic link, which is not followed.
    answers("symlink", symlink("d/two", dir, "s"), OK)?;
    answers("link", link(dir, false, "s", "t"), OK)?;
    same("type", stat_at(dir, false, "t").map(|stat| stat.filetype()), Ok(TYPE_LINK))?;
    answers("following", link(dir, true, "s", "u"), &[INVAL, NOTSUP, 0])
}

fn followed(dir: u32) -> Outcome {
    make(dir, "file", b"contents")?;
    answers("mkdir", mkdir(dir, "d"), OK)?;
    make(dir, "d/inner", b"inner")?;
    answers("symlink", symlink("file", dir, "f"), OK)?;
    answers("symlink", symlink("d", dir, "e"), OK)?;
    answers("not followed", opens_as(dir, false, "f", 0, READ), &[LOOP])?;
    answers("followed", opens_as(dir, true, "f", 0, READ), OK)?;
    answers("a directory, not followed", opens_as(dir, false, "e", DIRECTORY, READ), &[LOOP, NOTDIR])?;
    answers("a directory, followed", opens_as(dir, true, "e", DIRECTORY, READ), OK)?;
    same("through it", contents(dir, "e/inner"), Ok(b"inner".to_vec()))?;
    let kind = |follow| stat_at(dir, follow, "f").map(|stat| (stat.filetype(), stat.size));
    same("stat of the link", kind(false), Ok((TYPE_LINK, 4)))?;
    same("stat of the file", kind(true), Ok((TYPE_FILE, 8)))?;
    answers("times of the file", set_times_at(dir, true, "f", 0, 9_000_000_000, 4), OK)?;
    same("times", stat_at(dir, false, "file").map(|stat| stat.modified), Ok(9_000_000_000))?;
    same("stat, a slash behind it", stat_at(dir, false, "f/").map(|_| ()), Err(NOTDIR))?;
    same("stat, a slash behind it", stat_at(dir, true, "f/").map(|_| ()), Err(NOTDIR))?;
    same("stat, a slash behind it", stat_at(dir, false, "e/").map(|stat| stat.filetype()), Ok(TYPE_DIRECTORY))?;
    answers("times, a slash behind it", set_times_at(dir, false, "f/", 0, 0, 4), &[NOTDIR])?;
    answers("times, a slash behind it", set_times_at(dir, true, "file/", 0, 0, 4), &[NOTDIR])?;
    answers("text, a slash behind it", readlink(dir, "e/", 9).err().unwrap_or(0), &[INVAL])?;
    answers("text, a slash behind it", readlink(dir, "f/", 9).err().unwrap_or(0), &[NOTDIR, INVAL])?;
    answers("unlink the link", unlink(dir, "f"), OK)?;
    same("the file stays", contents(dir, "file"), Ok(b"contents".to_vec()))?;
    answers("rmdir the link", rmdir(dir, "e"), &[NOTDIR])?;
    answers("unlink the link", unlink(dir, "e"), OK)
}

fn nowhere(dir: u32) -> Outcome {
    answers("symlink", symlink("none", dir, "link"), OK)?;
    answers("not followed", opens_as(dir, false, "link", 0, READ), &[LOOP])?;
    answers("followed", opens_as(dir, true, "link", 0, READ), &[NOENT])?;
    answers("as a directory", opens_as(dir, false, "link", DIRECTORY, READ), &[LOOP, NOTDIR])?;
    same("stat", stat_at(dir, false, "link").map(|stat| stat.filetype()), Ok(TYPE_LINK))?;
    same("stat, followed", stat_at(dir, true, "link").map(|_| ()), Err(NOENT))?;
    answers("only new", opens_as(dir, false, "link", CREAT | EXCL, WRITE), &[EXIST])?;
    answers("only new, followed", opens_as(dir, true, "link", CREAT | EXCL, WRITE), &[EXIST])?;
    answers("renamed", rename(dir, "link", "moved"), OK)?;
    answers("unlink", unlink(dir, "moved"), OK)
}

fn circle(dir: u32) -> Outcome {
    answers("symlink", symlink("b", dir, "a"), OK)?;
    answers("symlink", symlink("a", dir, "b"), OK)?;
    answers("symlink", symlink("self", dir, "self"), OK)?;
    for path in ["a", "b", "self", "self/x", "a/../b"] {
        answers(path, opens_as(dir, true, path, 0, READ), &[LOOP])?;
    }
    answers("not followed", opens_as(dir, false, "self", 0, READ), &[LOOP])
}

fn text(dir: u32) -> Outcome {
    answers("symlink", symlink("some/where", dir, "link"), OK)?;
    same("all", readlink(dir, "link", 64), Ok(b"some/where".to_vec()))?;
    same("just", readlink(dir, "link", 10), Ok(b"some/where".to_vec()))?;
    same("cut", readlink(dir, "link", 4), Ok(b"some".to_vec()))?;
    answers("no room", readlink(dir, "link", 0).err().unwrap_or(0), &[0, INVAL])?;
    make(dir, "file", b"")?;
    same("of a file", readlink(dir, "file", 9), Err(INVAL))?;
    same("of nothing", readlink(dir, "none", 9), Err(NOENT))
}
