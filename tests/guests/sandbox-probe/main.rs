//! Tries to get out of its directories, and to change what it may only read.
//!
//! Descriptor 3 is a directory `box` to be read and written, 4 a directory `ro` to be read; what is in them is told by
//! `tests/sandbox.rs`. Each attempt that succeeds is written out as a line `ESCAPE …`, each of the controls that fails as
//! `BROKEN …`; the last line counts both. The exit code is 0 if there are none.
//!
//! It calls WASI itself: a standard library would tidy up its paths.
#![no_std]
#![no_main]

use core::panic::PanicInfo;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
unsafe extern "C" {
    fn fd_write(fd: u32, iovs: *const Iovec, len: u32, written: *mut u32) -> u32;
    fn fd_read(fd: u32, iovs: *const Iovec, len: u32, read: *mut u32) -> u32;
    fn fd_pwrite(fd: u32, iovs: *const Iovec, len: u32, offset: u64, written: *mut u32) -> u32;
    fn fd_close(fd: u32) -> u32;
    fn fd_renumber(from: u32, to: u32) -> u32;
    fn fd_allocate(fd: u32, offset: u64, len: u64) -> u32;
    fn fd_filestat_set_size(fd: u32, size: u64) -> u32;
    fn fd_filestat_set_times(fd: u32, accessed: u64, modified: u64, flags: u32) -> u32;
    fn fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64) -> u32;
    fn fd_readdir(fd: u32, buf: *mut u8, len: u32, cookie: u64, used: *mut u32) -> u32;
    fn path_open(
        fd: u32,
        dirflags: u32,
        path: *const u8,
        len: u32,
        oflags: u32,
        base: u64,
        inheriting: u64,
        fdflags: u32,
        opened: *mut u32,
    ) -> u32;
    fn path_filestat_get(fd: u32, flags: u32, path: *const u8, len: u32, stat: *mut [u8; 64]) -> u32;
    fn path_filestat_set_times(fd: u32, flags: u32, path: *const u8, len: u32, a: u64, m: u64, fst: u32) -> u32;
    fn path_create_directory(fd: u32, path: *const u8, len: u32) -> u32;
    fn path_remove_directory(fd: u32, path: *const u8, len: u32) -> u32;
    fn path_unlink_file(fd: u32, path: *const u8, len: u32) -> u32;
    fn path_rename(fd: u32, old: *const u8, old_len: u32, to: u32, new: *const u8, new_len: u32) -> u32;
    fn path_link(fd: u32, flags: u32, old: *const u8, len: u32, to: u32, new: *const u8, new_len: u32) -> u32;
    fn path_symlink(old: *const u8, old_len: u32, fd: u32, new: *const u8, len: u32) -> u32;
    fn path_readlink(fd: u32, path: *const u8, len: u32, buf: *mut u8, buf_len: u32, used: *mut u32) -> u32;
    fn proc_exit(code: u32) -> !;
}

#[repr(C)]
struct Iovec {
    at: *const u8,
    len: usize,
}

const BOX: u32 = 3;
const RO: u32 = 4;

const CREAT: u32 = 1;
const DIRECTORY: u32 = 2;
const TRUNC: u32 = 8;

const READ: u64 = 1 << 1;
const WRITE: u64 = 1 << 6;
/// All rights a file can have but those to read or write it.
const OTHERS: u64 = 0x860_01bd & !WRITE;
const ALL: u64 = (1 << 30) - 1;

/// Counts of what was tried.
struct Tally {
    cases: u32,
    escapes: u32,
    broken: u32,
}

fn say(parts: &[&str]) {
    for part in parts {
        let iovec = Iovec { at: part.as_ptr(), len: part.len() };
        let mut written = 0;
        // Nothing can be done if nobody listens.
        unsafe { fd_write(1, &iovec, 1, &mut written) };
    }
}

fn number(value: u32) {
    let mut digits = [0; 10];
    let mut at = digits.len();
    let mut rest = value;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    say(&[core::str::from_utf8(&digits[at..]).unwrap_or("?")]);
}

fn len(path: &str) -> u32 {
    u32::try_from(path.len()).unwrap_or(0)
}

impl Tally {
    /// What must fail.
    fn refuses(&mut self, what: &str, path: &str, errno: u32) {
        self.cases += 1;
        if errno == 0 {
            self.escapes += 1;
            say(&["ESCAPE ", what, " ", path, "\n"]);
        }
    }

    /// What must succeed.
    fn allows(&mut self, what: &str, path: &str, errno: u32) {
        self.cases += 1;
        if errno != 0 {
            self.broken += 1;
            say(&["BROKEN ", what, " ", path, " errno "]);
            number(errno);
            say(&["\n"]);
        }
    }
}

fn open_as(fd: u32, follow: u32, path: &str, oflags: u32, rights: u64) -> Result<u32, u32> {
    let mut opened = 0;
    match unsafe { path_open(fd, follow, path.as_ptr(), len(path), oflags, rights, ALL, 0, &mut opened) } {
        0 => Ok(opened),
        errno => Err(errno),
    }
}

/// Opens and closes again.
fn open(fd: u32, follow: u32, path: &str, oflags: u32, rights: u64) -> u32 {
    match open_as(fd, follow, path, oflags, rights) {
        Ok(opened) => unsafe { fd_close(opened) },
        Err(errno) => errno,
    }
}

fn stat(fd: u32, follow: u32, path: &str) -> u32 {
    let mut stat = [0; 64];
    unsafe { path_filestat_get(fd, follow, path.as_ptr(), len(path), &mut stat) }
}

fn set_times(fd: u32, follow: u32, path: &str) -> u32 {
    unsafe { path_filestat_set_times(fd, follow, path.as_ptr(), len(path), 1, 1, 5) }
}

fn mkdir(fd: u32, path: &str) -> u32 {
    unsafe { path_create_directory(fd, path.as_ptr(), len(path)) }
}

fn rmdir(fd: u32, path: &str) -> u32 {
    unsafe { path_remove_directory(fd, path.as_ptr(), len(path)) }
}

fn unlink(fd: u32, path: &str) -> u32 {
    unsafe { path_unlink_file(fd, path.as_ptr(), len(path)) }
}

fn rename(fd: u32, old: &str, to: u32, new: &str) -> u32 {
    unsafe { path_rename(fd, old.as_ptr(), len(old), to, new.as_ptr(), len(new)) }
}

fn link(fd: u32, old: &str, to: u32, new: &str) -> u32 {
    unsafe { path_link(fd, 0, old.as_ptr(), len(old), to, new.as_ptr(), len(new)) }
}

fn link_following(fd: u32, old: &str, to: u32, new: &str) -> u32 {
    unsafe { path_link(fd, 1, old.as_ptr(), len(old), to, new.as_ptr(), len(new)) }
}

fn symlink(target: &str, fd: u32, path: &str) -> u32 {
    unsafe { path_symlink(target.as_ptr(), len(target), fd, path.as_ptr(), len(path)) }
}

fn readlink(fd: u32, path: &str) -> u32 {
    let (mut buffer, mut used) = ([0; 64], 0);
    unsafe { path_readlink(fd, path.as_ptr(), len(path), buffer.as_mut_ptr(), 64, &mut used) }
}

fn write(fd: u32) -> u32 {
    let iovec = Iovec { at: b"changed".as_ptr(), len: 7 };
    let mut written = 0;
    unsafe { fd_write(fd, &iovec, 1, &mut written) }
}

fn pwrite(fd: u32) -> u32 {
    let iovec = Iovec { at: b"changed".as_ptr(), len: 7 };
    let mut written = 0;
    unsafe { fd_pwrite(fd, &iovec, 1, 0, &mut written) }
}

/// Reads a file; tells whether it begins with `expected`.
fn reads(fd: u32, path: &str, expected: &[u8]) -> u32 {
    let opened = match open_as(fd, 1, path, 0, READ) {
        Ok(opened) => opened,
        Err(errno) => return errno,
    };
    let buffer = [0_u8; 16];
    let iovec = Iovec { at: buffer.as_ptr(), len: buffer.len() };
    let mut read = 0;
    let errno = unsafe { fd_read(opened, &iovec, 1, &mut read) };
    unsafe { fd_close(opened) };
    // The compiler does not see that the buffer is written to.
    let seen = core::hint::black_box(&buffer);
    if errno == 0 && !seen.starts_with(expected) { 1000 } else { errno }
}

fn lists(fd: u32, path: &str) -> u32 {
    let opened = match open_as(fd, 1, path, DIRECTORY, ALL & !WRITE) {
        Ok(opened) => opened,
        Err(errno) => return errno,
    };
    let (mut buffer, mut used) = ([0; 256], 0);
    let errno = unsafe { fd_readdir(opened, buffer.as_mut_ptr(), 256, 0, &mut used) };
    unsafe { fd_close(opened) };
    errno
}

/// Whether a path leads to a link inside of `box`, which may be moved and removed as it is.
fn is_own_link(path: &str) -> bool {
    let path = path.trim_end_matches('/');
    !path.contains('/') && !path.starts_with('.') || matches!(path, "sub/rel2" | "sub/up2" | "dirlink/up2")
}

/// Paths to files outside of `box`.
const FILES: &[&str] = &[
    "../secret.txt",
    "./../secret.txt",
    "sub/../../secret.txt",
    "sub/../sub/../../secret.txt",
    "..//secret.txt",
    "../box/../secret.txt",
    "../box/allowed.txt",
    "../ro/file.txt",
    "/etc/passwd",
    "//etc/passwd",
    "abs",
    "abs/",
    "etc",
    "etc/",
    "rel",
    "rel/",
    "rel/.",
    "deep",
    "sub/rel2",
    "chain",
    "up/secret.txt",
    "up//secret.txt",
    "up/./secret.txt",
    "up/ro/file.txt",
    "up/box/allowed.txt",
    "sub/up2/secret.txt",
    "dirlink/../../secret.txt",
    "dirlink/up2/secret.txt",
    "root/etc/passwd",
    "magic/etc/passwd",
    "magic/",
    "allowed.txt\0/../../secret.txt",
    "../secret.txt\0",
];

/// Paths to directories outside of `box`.
const DIRECTORIES: &[&str] = &[
    "..", "../", "../.", "sub/../..", "up", "up/", "up/.", "sub/up2", "sub/up2/", "dirlink/up2", "root", "root/", "/", "/etc",
    "../outside", "up/outside", "magic", "magic/", "..\0",
];

/// Paths outside of `box` under which there is nothing yet.
const NEW: &[&str] = &[
    "../new", "../new/", "up/new", "up/new/", "sub/../../new", "sub/up2/new", "root/tmp/ermine-new", "dangling", "dangling/",
    "/tmp/ermine-new", "../outside/new", "up/outside/new", "new\0x",
];

fn files_outside(tally: &mut Tally) {
    for path in FILES {
        for (follow, how) in [(0, "open"), (1, "open, following")] {
            tally.refuses(how, path, open(BOX, follow, path, 0, READ));
            tally.refuses("write", path, open(BOX, follow, path, 0, READ | WRITE));
            tally.refuses("create", path, open(BOX, follow, path, CREAT, READ | WRITE));
            tally.refuses("cut", path, open(BOX, follow, path, TRUNC, WRITE));
            tally.refuses("cut without rights", path, open(BOX, follow, path, TRUNC, 0));
        }
        tally.refuses("stat", path, stat(BOX, 1, path));
        tally.refuses("set times", path, set_times(BOX, 1, path));
        tally.refuses("link, following", path, link_following(BOX, path, BOX, "linked"));
        if !is_own_link(path) {
            tally.refuses("unlink", path, unlink(BOX, path));
            tally.refuses("readlink", path, readlink(BOX, path));
            tally.refuses("rename from", path, rename(BOX, path, BOX, "moved"));
            tally.refuses("link from", path, link(BOX, path, BOX, "linked"));
            tally.refuses("rename to", path, rename(BOX, "allowed.txt", BOX, path));
            tally.refuses("link to", path, link(BOX, "allowed.txt", BOX, path));
        }
        tally.refuses("unlink with a slash", path, if path.ends_with('/') { unlink(BOX, path) } else { 1 });
        tally.refuses("rename with a slash", path, if path.ends_with('/') { rename(BOX, path, BOX, "moved") } else { 1 });
    }
}

fn directories_outside(tally: &mut Tally) {
    for path in DIRECTORIES {
        tally.refuses("open directory", path, open(BOX, 1, path, DIRECTORY, 0));
        tally.refuses("open as file", path, open(BOX, 1, path, 0, READ));
        tally.refuses("list", path, lists(BOX, path));
        tally.refuses("stat", path, stat(BOX, 1, path));
        tally.refuses("set times", path, set_times(BOX, 1, path));
        tally.refuses("rmdir", path, rmdir(BOX, path));
        tally.refuses("mkdir", path, mkdir(BOX, path));
        if !is_own_link(path) {
            tally.refuses("rename directory from", path, rename(BOX, path, BOX, "moved"));
            tally.refuses("rename directory to", path, rename(BOX, "sub", BOX, path));
        }
    }
}

fn new_outside(tally: &mut Tally) {
    for path in NEW {
        tally.refuses("create", path, open(BOX, 0, path, CREAT, READ | WRITE));
        tally.refuses("create, following", path, open(BOX, 1, path, CREAT, READ | WRITE));
        tally.refuses("create without rights", path, open(BOX, 1, path, CREAT, 0));
        tally.refuses("mkdir", path, mkdir(BOX, path));
        tally.refuses("symlink", path, symlink("allowed.txt", BOX, path));
        tally.refuses("link", path, link(BOX, "allowed.txt", BOX, path));
        if !path.starts_with("dangling") {
            tally.refuses("rename", path, rename(BOX, "allowed.txt", BOX, path));
        }
    }
}

/// Links that the guest makes itself.
fn own_links(tally: &mut Tally) {
    for target in ["/etc/passwd", "/", "//"] {
        tally.refuses("symlink to", target, symlink(target, BOX, "own"));
    }
    for (target, through) in
        [("../secret.txt", "own"), ("..", "own/secret.txt"), ("sub/../..", "own/secret.txt"), ("sub/../../secret.txt", "own")]
    {
        // It may be refused here already.
        if symlink(target, BOX, "own") == 0 {
            tally.refuses("open own link", through, open(BOX, 1, through, 0, READ));
            tally.refuses("create at own link", through, open(BOX, 1, through, CREAT, WRITE));
            tally.refuses("stat own link", through, stat(BOX, 1, through));
            tally.allows("unlink own link", target, unlink(BOX, "own"));
        }
    }
    // A link that becomes one out when it is moved.
    tally.allows("mkdir", "a", mkdir(BOX, "a"));
    tally.allows("mkdir", "a/b", mkdir(BOX, "a/b"));
    tally.allows("symlink inside", "a/b/l", symlink("../../allowed.txt", BOX, "a/b/l"));
    tally.allows("read through it", "a/b/l", reads(BOX, "a/b/l", b"allowed"));
    tally.allows("move it up", "a/l", rename(BOX, "a/b/l", BOX, "l"));
    tally.refuses("open the moved link", "l", open(BOX, 1, "l", 0, READ));
    // A descriptor of a directory is a root of its own.
    if let Ok(sub) = open_as(BOX, 0, "sub", DIRECTORY, ALL & !WRITE) {
        tally.refuses("open above a subdirectory", "../allowed.txt", open(sub, 1, "../allowed.txt", 0, READ));
        tally.refuses("open above a subdirectory", "..", open(sub, 1, "..", DIRECTORY, 0));
        tally.allows("open in it", "inner.txt", reads(sub, "inner.txt", b"inner"));
        unsafe { fd_close(sub) };
    }
    for path in ["l", "a/b", "a"] {
        tally.allows("clean up", path, if path == "l" { unlink(BOX, path) } else { rmdir(BOX, path) });
    }
}

/// What only may be read stays as it is.
fn read_only(tally: &mut Tally, ro: u32) {
    for path in ["file.txt", "./file.txt", "sub/../file.txt"] {
        tally.refuses("ro: open to write", path, open(ro, 0, path, 0, READ | WRITE));
        tally.refuses("ro: open to write only", path, open(ro, 0, path, 0, WRITE));
        tally.refuses("ro: create", path, open(ro, 0, path, CREAT, READ));
        tally.refuses("ro: cut", path, open(ro, 0, path, TRUNC, READ));
        tally.refuses("ro: cut without rights", path, open(ro, 0, path, TRUNC, 0));
        tally.refuses("ro: create and cut", path, open(ro, 0, path, CREAT | TRUNC, READ | WRITE));
        tally.refuses("ro: set times", path, set_times(ro, 0, path));
        tally.refuses("ro: unlink", path, unlink(ro, path));
        tally.refuses("ro: rename", path, rename(ro, path, ro, "moved"));
        tally.refuses("ro: link", path, link(ro, path, ro, "linked"));
        tally.refuses("ro: link into box", path, link(ro, path, BOX, "linked"));
        tally.refuses("ro: rename into box", path, rename(ro, path, BOX, "moved"));
        tally.refuses("ro: rename over", path, rename(BOX, "allowed.txt", ro, path));
        tally.refuses("ro: link over", path, link(BOX, "allowed.txt", ro, path));
    }
    tally.refuses("ro: create", "new", open(ro, 0, "new", CREAT, READ | WRITE));
    tally.refuses("ro: create without rights", "new", open(ro, 0, "new", CREAT, 0));
    tally.refuses("ro: mkdir", "new", mkdir(ro, "new"));
    tally.refuses("ro: rmdir", "sub", rmdir(ro, "sub"));
    tally.refuses("ro: symlink", "new", symlink("file.txt", ro, "new"));
    tally.refuses("ro: link in", "new", link(BOX, "allowed.txt", ro, "new"));
    tally.refuses("ro: rename in", "new", rename(BOX, "allowed.txt", ro, "new"));
    tally.refuses("ro: set times of", ".", set_times(ro, 0, "."));
    tally.refuses("ro: set times of the directory", "", unsafe { fd_filestat_set_times(ro, 1, 1, 5) });
    tally.refuses("ro: more rights", "", unsafe { fd_fdstat_set_rights(ro, ALL, ALL) });
    // Every right that can be had, by a detour.
    for (path, flags) in [("file.txt", 0), ("sub/..", DIRECTORY), (".", DIRECTORY)] {
        if let Ok(opened) = open_as(ro, 0, path, flags, (ALL & !WRITE) | OTHERS) {
            tally.refuses("ro: write to", path, write(opened));
            tally.refuses("ro: pwrite to", path, pwrite(opened));
            tally.refuses("ro: set size of", path, unsafe { fd_filestat_set_size(opened, 0) });
            tally.refuses("ro: allocate in", path, unsafe { fd_allocate(opened, 0, 100) });
            tally.refuses("ro: set times of", path, unsafe { fd_filestat_set_times(opened, 1, 1, 5) });
            tally.refuses("ro: more rights on", path, unsafe { fd_fdstat_set_rights(opened, ALL, ALL) });
            tally.refuses("ro: create in", path, open(opened, 0, "new", CREAT, WRITE));
            tally.refuses("ro: mkdir in", path, mkdir(opened, "new"));
            tally.refuses("ro: write below", path, open(opened, 0, "file.txt", 0, WRITE));
            tally.allows("close", path, unsafe { fd_close(opened) });
        }
    }
    tally.allows("ro: read", "file.txt", reads(ro, "file.txt", b"read only"));
    tally.allows("ro: stat", "file.txt", stat(ro, 0, "file.txt"));
    tally.allows("ro: list", ".", lists(ro, "."));
}

/// What is allowed works.
fn controls(tally: &mut Tally) {
    tally.allows("read", "allowed.txt", reads(BOX, "allowed.txt", b"allowed"));
    tally.allows("read", "sub/../allowed.txt", reads(BOX, "sub/../allowed.txt", b"allowed"));
    tally.allows("read", "dirlink/inner.txt", reads(BOX, "dirlink/inner.txt", b"inner"));
    tally.allows("read", "inside", reads(BOX, "inside", b"inner"));
    tally.allows("list", "dirlink", lists(BOX, "dirlink"));
    tally.allows("list", "dirlink/", lists(BOX, "dirlink/"));
    tally.allows("stat the link", "rel", stat(BOX, 0, "rel"));
    tally.allows("readlink", "rel", readlink(BOX, "rel"));
    tally.allows("create", "made", open(BOX, 0, "made", CREAT, READ | WRITE));
    tally.allows("rename", "made", rename(BOX, "made", BOX, "sub/made"));
    tally.allows("link", "sub/made", link(BOX, "sub/made", BOX, "made2"));
    tally.allows("unlink", "sub/made", unlink(BOX, "sub/made"));
    tally.allows("unlink", "made2", unlink(BOX, "made2"));
    tally.allows("mkdir", "dir", mkdir(BOX, "dir/"));
    tally.allows("rmdir", "dir", rmdir(BOX, "dir"));
    tally.allows("set times", "allowed.txt", set_times(BOX, 0, "allowed.txt"));
}

/// Another number gives no other rights.
fn renumbered(tally: &mut Tally) {
    if let Ok(file) = open_as(BOX, 0, "allowed.txt", 0, READ) {
        tally.allows("renumber a file over stdin", "", unsafe { fd_renumber(file, 0) });
        tally.refuses("open below a file", "x", open(0, 0, "allowed.txt", 0, READ));
        tally.refuses("write to a file opened to read", "", write(0));
        tally.refuses("renumber what is closed", "", unsafe { fd_renumber(file, 0) });
    }
    tally.refuses("renumber to nowhere", "", unsafe { fd_renumber(RO, 4_000_000_000) });
    tally.allows("renumber ro over box", "", unsafe { fd_renumber(RO, BOX) });
    read_only(tally, BOX);
    tally.refuses("use the old number", "", open(RO, 0, "file.txt", 0, READ));
}

#[unsafe(no_mangle)]
extern "C" fn _start() {
    let mut tally = Tally { cases: 0, escapes: 0, broken: 0 };
    controls(&mut tally);
    files_outside(&mut tally);
    directories_outside(&mut tally);
    new_outside(&mut tally);
    own_links(&mut tally);
    read_only(&mut tally, RO);
    controls(&mut tally);
    renumbered(&mut tally);
    number(tally.cases);
    say(&[" cases, "]);
    number(tally.escapes);
    say(&[" escapes, "]);
    number(tally.broken);
    say(&[" broken controls\n"]);
    if tally.escapes + tally.broken > 0 {
        unsafe { proc_exit(1) }
    }
}
