//! WASI preview 1 as it is called, and the small words that rules are made of.

#[link(wasm_import_module = "wasi_snapshot_preview1")]
unsafe extern "C" {
    pub fn args_get(args: *mut *const u8, buffer: *mut u8) -> u32;
    pub fn args_sizes_get(count: *mut u32, len: *mut u32) -> u32;
    pub fn environ_get(strings: *mut *const u8, buffer: *mut u8) -> u32;
    pub fn environ_sizes_get(count: *mut u32, len: *mut u32) -> u32;
    pub fn clock_res_get(clock: u32, resolution: *mut u64) -> u32;
    pub fn clock_time_get(clock: u32, precision: u64, time: *mut u64) -> u32;
    pub fn random_get(buffer: *mut u8, len: usize) -> u32;
    pub fn sched_yield() -> u32;
    pub fn proc_exit(code: u32) -> !;
    pub fn poll_oneoff(subscriptions: *const [u64; 6], events: *mut [u64; 4], count: u32, happened: *mut u32) -> u32;
    pub fn sock_shutdown(fd: u32, how: u32) -> u32;
    pub fn sock_accept(fd: u32, flags: u32, accepted: *mut u32) -> u32;
    pub fn fd_advise(fd: u32, offset: u64, len: u64, advice: u32) -> u32;
    pub fn fd_allocate(fd: u32, offset: u64, len: u64) -> u32;
    pub fn fd_close(fd: u32) -> u32;
    pub fn fd_datasync(fd: u32) -> u32;
    pub fn fd_fdstat_get(fd: u32, stat: *mut [u64; 3]) -> u32;
    pub fn fd_fdstat_set_flags(fd: u32, flags: u32) -> u32;
    pub fn fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64) -> u32;
    pub fn fd_filestat_get(fd: u32, stat: *mut Stat) -> u32;
    pub fn fd_filestat_set_size(fd: u32, size: u64) -> u32;
    pub fn fd_filestat_set_times(fd: u32, accessed: u64, modified: u64, flags: u32) -> u32;
    pub fn fd_pread(fd: u32, iovecs: *const Iovec, count: u32, offset: u64, read: *mut u32) -> u32;
    pub fn fd_prestat_get(fd: u32, prestat: *mut [u32; 2]) -> u32;
    pub fn fd_prestat_dir_name(fd: u32, name: *mut u8, len: usize) -> u32;
    pub fn fd_pwrite(fd: u32, iovecs: *const Iovec, count: u32, offset: u64, written: *mut u32) -> u32;
    pub fn fd_read(fd: u32, iovecs: *const Iovec, count: u32, read: *mut u32) -> u32;
    pub fn fd_readdir(fd: u32, buffer: *mut u8, len: usize, cookie: u64, used: *mut usize) -> u32;
    pub fn fd_renumber(from: u32, to: u32) -> u32;
    pub fn fd_seek(fd: u32, delta: i64, whence: u32, position: *mut u64) -> u32;
    pub fn fd_sync(fd: u32) -> u32;
    pub fn fd_tell(fd: u32, position: *mut u64) -> u32;
    pub fn fd_write(fd: u32, iovecs: *const Iovec, count: u32, written: *mut u32) -> u32;
    fn path_create_directory(fd: u32, path: *const u8, len: usize) -> u32;
    fn path_filestat_get(fd: u32, flags: u32, path: *const u8, len: usize, stat: *mut Stat) -> u32;
    fn path_filestat_set_times(fd: u32, flags: u32, path: *const u8, len: usize, a: u64, m: u64, which: u32) -> u32;
    fn path_link(fd: u32, flags: u32, old: *const u8, len: usize, to: u32, new: *const u8, new_len: usize) -> u32;
    fn path_open(
        fd: u32,
        lookup: u32,
        path: *const u8,
        len: usize,
        oflags: u32,
        base: u64,
        inheriting: u64,
        fdflags: u32,
        opened: *mut u32,
    ) -> u32;
    fn path_readlink(fd: u32, path: *const u8, len: usize, buffer: *mut u8, room: usize, used: *mut usize) -> u32;
    fn path_remove_directory(fd: u32, path: *const u8, len: usize) -> u32;
    fn path_rename(fd: u32, old: *const u8, len: usize, to: u32, new: *const u8, new_len: usize) -> u32;
    fn path_symlink(target: *const u8, len: usize, fd: u32, path: *const u8, path_len: usize) -> u32;
    fn path_unlink_file(fd: u32, path: *const u8, len: usize) -> u32;
}

#[repr(C)]
pub struct Iovec {
    pub at: *const u8,
    pub len: usize,
}

#[repr(C)]
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq)]
pub struct Stat {
    pub device: u64,
    pub inode: u64,
    pub filetype: u64,
    pub links: u64,
    pub size: u64,
    pub accessed: u64,
    pub modified: u64,
    pub changed: u64,
}

impl Stat {
    pub fn filetype(&self) -> u64 {
        self.filetype & 0xff
    }
}

pub const OK: &[u32] = &[0];
pub const BADF: u32 = 8;
pub const EXIST: u32 = 20;
pub const FAULT: u32 = 21;
pub const ILSEQ: u32 = 25;
pub const INVAL: u32 = 28;
pub const ISDIR: u32 = 31;
pub const LOOP: u32 = 32;
pub const NAMETOOLONG: u32 = 37;
pub const NOENT: u32 = 44;
pub const NOTDIR: u32 = 54;
pub const NOTEMPTY: u32 = 55;
pub const NOTSOCK: u32 = 57;
pub const NOTSUP: u32 = 58;
pub const PERM: u32 = 63;
pub const ROFS: u32 = 69;
pub const NOTCAPABLE: u32 = 76;

pub const CREAT: u32 = 1;
pub const DIRECTORY: u32 = 2;
pub const EXCL: u32 = 4;
pub const TRUNC: u32 = 8;

pub const APPEND: u32 = 1;
pub const NONBLOCK: u32 = 4;

pub const READ: u64 = 1 << 1;
pub const SEEK: u64 = 1 << 2;
pub const WRITE: u64 = 1 << 6;
pub const CUT: u64 = 1 << 19;
pub const ALL: u64 = (1 << 30) - 1;
/// All that a directory can have: one that is opened to be written is refused.
pub const LISTS: u64 = ALL & !WRITE;

pub const TYPE_DIRECTORY: u64 = 3;
pub const TYPE_FILE: u64 = 4;
pub const TYPE_LINK: u64 = 7;

/// What a rule comes to: nothing, or what is wrong.
pub type Outcome = Result<(), String>;

/// The answer is one of these.
pub fn answers(what: &str, got: u32, wanted: &[u32]) -> Outcome {
    if wanted.contains(&got) { Ok(()) } else { Err(format!("{what}: errno {got}, not {wanted:?}")) }
}

/// Two values are the same.
pub fn same<T: PartialEq + std::fmt::Debug>(what: &str, got: T, wanted: T) -> Outcome {
    if got == wanted { Ok(()) } else { Err(format!("{what}: {got:?}, not {wanted:?}")) }
}

/// The descriptor, or the errno.
pub fn try_open(dir: u32, follow: bool, path: &str, oflags: u32, rights: u64, fdflags: u32) -> Result<u32, u32> {
    let mut fd = 0;
    // SAFETY: pointers and lengths are those of the arguments, here and below.
    let call =
        unsafe { path_open(dir, u32::from(follow), path.as_ptr(), path.len(), oflags, rights, ALL, fdflags, &mut fd) };
    if call == 0 { Ok(fd) } else { Err(call) }
}

pub fn open(dir: u32, path: &str, oflags: u32, rights: u64) -> Result<u32, String> {
    try_open(dir, false, path, oflags, rights, 0).map_err(|errno| format!("open {path}: errno {errno}"))
}

/// Opens and closes; the errno.
pub fn opens(dir: u32, path: &str, oflags: u32, rights: u64) -> u32 {
    opens_as(dir, false, path, oflags, rights)
}

pub fn opens_as(dir: u32, follow: bool, path: &str, oflags: u32, rights: u64) -> u32 {
    match try_open(dir, follow, path, oflags, rights, 0) {
        Ok(fd) => close(fd),
        Err(errno) => errno,
    }
}

pub fn close(fd: u32) -> u32 {
    unsafe { fd_close(fd) }
}

pub fn mkdir(dir: u32, path: &str) -> u32 {
    unsafe { path_create_directory(dir, path.as_ptr(), path.len()) }
}

pub fn rmdir(dir: u32, path: &str) -> u32 {
    unsafe { path_remove_directory(dir, path.as_ptr(), path.len()) }
}

pub fn unlink(dir: u32, path: &str) -> u32 {
    unsafe { path_unlink_file(dir, path.as_ptr(), path.len()) }
}

pub fn rename(dir: u32, old: &str, new: &str) -> u32 {
    unsafe { path_rename(dir, old.as_ptr(), old.len(), dir, new.as_ptr(), new.len()) }
}

pub fn link(dir: u32, follow: bool, old: &str, new: &str) -> u32 {
    unsafe { path_link(dir, u32::from(follow), old.as_ptr(), old.len(), dir, new.as_ptr(), new.len()) }
}

pub fn symlink(target: &str, dir: u32, path: &str) -> u32 {
    unsafe { path_symlink(target.as_ptr(), target.len(), dir, path.as_ptr(), path.len()) }
}

pub fn readlink(dir: u32, path: &str, room: usize) -> Result<Vec<u8>, u32> {
    let (mut buffer, mut used) = (vec![0; room], 0);
    match unsafe { path_readlink(dir, path.as_ptr(), path.len(), buffer.as_mut_ptr(), room, &mut used) } {
        0 => {
            buffer.truncate(used);
            Ok(buffer)
        }
        errno => Err(errno),
    }
}

pub fn set_times_at(dir: u32, follow: bool, path: &str, accessed: u64, modified: u64, which: u32) -> u32 {
    unsafe { path_filestat_set_times(dir, u32::from(follow), path.as_ptr(), path.len(), accessed, modified, which) }
}

pub fn stat_at(dir: u32, follow: bool, path: &str) -> Result<Stat, u32> {
    let mut stat = Stat::default();
    match unsafe { path_filestat_get(dir, u32::from(follow), path.as_ptr(), path.len(), &mut stat) } {
        0 => Ok(stat),
        errno => Err(errno),
    }
}

pub fn stat(fd: u32) -> Result<Stat, String> {
    let mut stat = Stat::default();
    match unsafe { fd_filestat_get(fd, &mut stat) } {
        0 => Ok(stat),
        errno => Err(format!("fd_filestat_get: errno {errno}")),
    }
}

/// Type, flags, and both sets of rights of a descriptor.
pub fn fdstat(fd: u32) -> Result<(u64, u32, u64, u64), u32> {
    let mut stat = [0; 3];
    match unsafe { fd_fdstat_get(fd, &mut stat) } {
        0 => Ok((stat[0] & 0xff, (stat[0] >> 16) as u32 & 0xffff, stat[1], stat[2])),
        errno => Err(errno),
    }
}

pub fn write(fd: u32, bytes: &[u8]) -> Result<u32, u32> {
    let (iovec, mut written) = (Iovec { at: bytes.as_ptr(), len: bytes.len() }, 0);
    match unsafe { fd_write(fd, &iovec, 1, &mut written) } {
        0 => Ok(written),
        errno => Err(errno),
    }
}

pub fn pwrite(fd: u32, bytes: &[u8], offset: u64) -> Result<u32, u32> {
    let (iovec, mut written) = (Iovec { at: bytes.as_ptr(), len: bytes.len() }, 0);
    match unsafe { fd_pwrite(fd, &iovec, 1, offset, &mut written) } {
        0 => Ok(written),
        errno => Err(errno),
    }
}

pub fn read(fd: u32, room: usize) -> Result<Vec<u8>, u32> {
    let (mut buffer, mut read) = (vec![0_u8; room], 0);
    let iovec = Iovec { at: buffer.as_mut_ptr(), len: room };
    match unsafe { fd_read(fd, &iovec, 1, &mut read) } {
        0 => {
            buffer.truncate(read as usize);
            Ok(buffer)
        }
        errno => Err(errno),
    }
}

pub fn pread(fd: u32, room: usize, offset: u64) -> Result<Vec<u8>, u32> {
    let (mut buffer, mut read) = (vec![0_u8; room], 0);
    let iovec = Iovec { at: buffer.as_mut_ptr(), len: room };
    match unsafe { fd_pread(fd, &iovec, 1, offset, &mut read) } {
        0 => {
            buffer.truncate(read as usize);
            Ok(buffer)
        }
        errno => Err(errno),
    }
}

/// The new position.
pub fn seek(fd: u32, delta: i64, whence: u32) -> Result<u64, u32> {
    let mut position = 0;
    match unsafe { fd_seek(fd, delta, whence, &mut position) } {
        0 => Ok(position),
        errno => Err(errno),
    }
}

pub fn tell(fd: u32) -> Result<u64, u32> {
    let mut position = 0;
    match unsafe { fd_tell(fd, &mut position) } {
        0 => Ok(position),
        errno => Err(errno),
    }
}

/// Makes a file with these contents.
pub fn make(dir: u32, path: &str, contents: &[u8]) -> Outcome {
    let fd = open(dir, path, CREAT | EXCL, READ | WRITE)?;
    same("written", write(fd, contents), Ok(contents.len() as u32))?;
    answers("close", close(fd), OK)
}

pub fn contents(dir: u32, path: &str) -> Result<Vec<u8>, String> {
    let fd = open(dir, path, 0, READ)?;
    let bytes = read(fd, 4096).map_err(|errno| format!("read {path}: errno {errno}"))?;
    answers("close", close(fd), OK)?;
    Ok(bytes)
}

/// An entry of a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dirent {
    pub next: u64,
    pub inode: u64,
    pub filetype: u8,
    pub name: String,
}

/// The entries from a cookie on that are whole in `room` bytes, and whether these were all.
pub fn entries(dir: u32, room: usize, cookie: u64) -> Result<(Vec<Dirent>, bool), String> {
    let (mut buffer, mut used) = (vec![0; room], 0);
    let call = unsafe { fd_readdir(dir, buffer.as_mut_ptr(), room, cookie, &mut used) };
    answers("fd_readdir", call, OK)?;
    let (mut found, mut rest) = (Vec::new(), &buffer[..used]);
    let word = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap_or_default());
    while let Some((head, tail)) = rest.split_at_checked(24) {
        let len = word(&head[16..24]) as u32 as usize;
        let Some((name, tail)) = tail.split_at_checked(len) else { break };
        let name = String::from_utf8_lossy(name).into_owned();
        found.push(Dirent { next: word(&head[..8]), inode: word(&head[8..16]), filetype: head[20], name });
        rest = tail;
    }
    Ok((found, used < room))
}

/// Every name of a directory but `.` and `..`, sorted, read with buffers of `room` bytes.
pub fn names(dir: u32, room: usize) -> Result<Vec<String>, String> {
    let (mut names, mut cookie) = (Vec::new(), 0);
    loop {
        let (found, last) = entries(dir, room, cookie)?;
        cookie = found.last().map_or(cookie, |entry| entry.next);
        let stuck = found.is_empty();
        names.extend(found.into_iter().map(|entry| entry.name).filter(|name| name != "." && name != ".."));
        if last {
            names.sort();
            return Ok(names);
        }
        if stuck {
            return Err("a name does not fit".to_owned());
        }
    }
}

/// A clock subscription: relative, monotonic.
pub fn after(userdata: u64, nanoseconds: u64) -> [u64; 6] {
    [userdata, 0, 1, nanoseconds, 0, 0]
}

/// A subscription to a descriptor: 1 to read, 2 to write.
pub fn ready(userdata: u64, kind: u64, fd: u32) -> [u64; 6] {
    [userdata, kind, u64::from(fd), 0, 0, 0]
}

/// What happened, as userdata and errno.
pub fn poll(subscriptions: &[[u64; 6]]) -> Result<Vec<(u64, u16)>, u32> {
    let (mut events, mut happened) = (vec![[0; 4]; subscriptions.len()], 0);
    let count = subscriptions.len() as u32;
    match unsafe { poll_oneoff(subscriptions.as_ptr(), events.as_mut_ptr(), count, &mut happened) } {
        0 => Ok(events[..happened as usize].iter().map(|event| (event[0], event[1] as u16)).collect()),
        errno => Err(errno),
    }
}
