//! Arguments, environment, clocks, random bytes, streams, waiting, and descriptors as such.

use crate::Rule;
use crate::wasi::*;

pub const RULES: &[Rule] = &[
    ("arguments are those given", |_| {
        same("arguments", arguments()?, ["wasi-rules", "two words", "ü", ""].map(String::from).to_vec())
    }),
    ("the environment is that given", |_| {
        same("environment", environment()?, ["NAME=value", "EMPTY=", "SIGNS== =ü"].map(String::from).to_vec())
    }),
    ("clocks have a resolution and do not run backwards", clocks),
    ("random bytes differ, in any amount", random),
    ("giving others a turn works", |_| answers("sched_yield", unsafe { sched_yield() }, OK)),
    ("streams can be written to and have no position", streams),
    ("a descriptor that is not there is badf to every call", nobody),
    ("pointers out of memory are faults", faults),
    ("waiting ends with the earliest clock", earliest),
    ("waiting tells what is ready and what is wrong", waiting),
    ("sockets are not files", sockets),
    ("descriptors can be renumbered", renumbered),
    ("rights can be dropped and do not come back", rights),
    ("streams are told by their type", |_| {
        for fd in 0..3 {
            let (filetype, ..) = fdstat(fd).map_err(|errno| format!("errno {errno}"))?;
            if filetype == TYPE_DIRECTORY || filetype == TYPE_LINK {
                return Err(format!("stream {fd} has type {filetype}"));
            }
        }
        Ok(())
    }),
];

/// These close or replace what was open at the start.
pub const LAST_RULES: &[Rule] = &[
    ("what was open at the start has a name", |_| {
        let mut prestat = [9; 2];
        answers("get", unsafe { fd_prestat_get(3, &mut prestat) }, OK)?;
        same("prestat", prestat, [0, 1])?;
        let mut name = [0; 2];
        answers("name", unsafe { fd_prestat_dir_name(3, name.as_mut_ptr(), 2) }, OK)?;
        same("name", name, *b"/\0")?;
        answers("no room", unsafe { fd_prestat_dir_name(3, name.as_mut_ptr(), 0) }, &[NAMETOOLONG])?;
        answers("a directory opened later", unsafe { fd_prestat_get(4, &mut prestat) }, &[BADF])
    }),
    ("what was open at the start can be replaced and closed", |dir| {
        answers("replace", unsafe { fd_renumber(dir, 3) }, OK)?;
        let mut prestat = [0; 2];
        answers("it has no name now", unsafe { fd_prestat_get(3, &mut prestat) }, &[BADF])?;
        make(3, "here", b"")?;
        answers("close", close(3), OK)?;
        answers("close again", close(3), &[BADF])?;
        answers("open in it", opens(3, "here", 0, READ), &[BADF])
    }),
];

type Sizes = unsafe extern "C" fn(*mut u32, *mut u32) -> u32;
type Get = unsafe extern "C" fn(*mut *const u8, *mut u8) -> u32;

fn strings(sizes: Sizes, get: Get) -> Result<Vec<String>, String> {
    let (mut count, mut len) = (0, 0);
    answers("sizes", unsafe { sizes(&mut count, &mut len) }, OK)?;
    let mut starts = vec![core::ptr::null(); count as usize];
    let mut buffer = vec![0xff_u8; len as usize];
    answers("get", unsafe { get(starts.as_mut_ptr(), buffer.as_mut_ptr()) }, OK)?;
    let mut found = Vec::new();
    for start in starts {
        let at = start as usize - buffer.as_ptr() as usize;
        let string = buffer.get(at..).and_then(|rest| rest.split(|byte| *byte == 0).next()).ok_or("outside of its buffer")?;
        found.push(String::from_utf8_lossy(string).into_owned());
    }
    Ok(found)
}

pub fn arguments() -> Result<Vec<String>, String> {
    strings(args_sizes_get, args_get)
}

fn environment() -> Result<Vec<String>, String> {
    strings(environ_sizes_get, environ_get)
}

fn clocks(_: u32) -> Outcome {
    for clock in [0, 1] {
        let (mut resolution, mut first, mut second) = (0, 0, 0);
        answers("resolution", unsafe { clock_res_get(clock, &mut resolution) }, OK)?;
        answers("time", unsafe { clock_time_get(clock, 1, &mut first) }, OK)?;
        answers("time", unsafe { clock_time_get(clock, 1, &mut second) }, OK)?;
        if resolution == 0 || (clock == 1 && second < first) {
            return Err(format!("clock {clock}: step {resolution}, {first} before {second}"));
        }
    }
    let mut time = 0;
    answers("no such clock", unsafe { clock_time_get(17, 0, &mut time) }, &[INVAL])?;
    answers("no such clock", unsafe { clock_res_get(17, &mut time) }, &[INVAL])
}

fn random(_: u32) -> Outcome {
    let mut bytes = vec![0_u8; 100_000];
    answers("none", unsafe { random_get(bytes.as_mut_ptr(), 0) }, OK)?;
    same("none written", bytes.iter().all(|byte| *byte == 0), true)?;
    answers("many", unsafe { random_get(bytes.as_mut_ptr(), bytes.len()) }, OK)?;
    let mut seen = [false; 256];
    bytes.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    same("every byte comes", seen.iter().filter(|seen| **seen).count(), 256)
}

fn streams(_: u32) -> Outcome {
    for fd in [1, 2] {
        same("nothing written", write(fd, b""), Ok(0))?;
        answers("read", read(fd, 1).err().unwrap_or(0), &[BADF, NOTCAPABLE])?;
        let seek = seek(fd, 0, 1).err().unwrap_or(0);
        answers("seek", seek, &[70, NOTCAPABLE])?;
    }
    answers("write to standard input", write(0, b"x").err().unwrap_or(0), &[BADF, NOTCAPABLE])
}

fn nobody(_: u32) -> Outcome {
    for fd in [99, 1 << 20, u32::MAX] {
        let (mut count, mut size, mut time) = (0, 0, 0);
        let (none, mut used) = (Iovec { at: core::ptr::null(), len: 0 }, 0);
        let calls: [u32; 18] = unsafe {
            [
                fd_close(fd),
                fd_advise(fd, 0, 0, 0),
                fd_allocate(fd, 0, 1),
                fd_datasync(fd),
                fd_sync(fd),
                fdstat(fd).err().unwrap_or(0),
                fd_fdstat_set_flags(fd, 0),
                fd_fdstat_set_rights(fd, 0, 0),
                stat(fd).err().map_or(0, |why| if why.ends_with(" 8") { BADF } else { 1 }),
                fd_filestat_set_size(fd, 0),
                fd_filestat_set_times(fd, 0, 0, 0),
                fd_read(fd, &none, 1, &mut count),
                fd_write(fd, &none, 1, &mut count),
                fd_readdir(fd, core::ptr::null_mut(), 0, 0, &mut used),
                fd_seek(fd, 0, 0, &mut time),
                fd_tell(fd, &mut time),
                sock_shutdown(fd, 1),
                sock_accept(fd, 0, &mut size),
            ]
        };
        same("calls", calls, [BADF; 18])?;
        answers("renumber from it", unsafe { fd_renumber(fd, 3) }, &[BADF])?;
        answers("open in it", opens(fd, "x", 0, READ), &[BADF])?;
    }
    Ok(())
}

fn faults(dir: u32) -> Outcome {
    make(dir, "file", b"contents")?;
    let fd = open(dir, "file", 0, ALL)?;
    // Casts make addresses that nobody may use; only the engine sees them.
    let far = usize::MAX - 3;
    let (far_iovec, mut count) = (Iovec { at: far as *const u8, len: 8 }, 0);
    unsafe {
        answers("read to far", fd_read(fd, &far_iovec, 1, &mut count), &[FAULT])?;
        answers("write from far", fd_write(fd, &far_iovec, 1, &mut count), &[FAULT])?;
        answers("far vectors", fd_read(fd, far as *const Iovec, 1, &mut count), &[FAULT])?;
        answers("too many vectors", fd_read(fd, &far_iovec, u32::MAX, &mut count), &[FAULT, INVAL])?;
        answers("far time", clock_time_get(1, 0, far as *mut u64), &[FAULT])?;
        answers("far random", random_get(far as *mut u8, 8), &[FAULT])?;
        answers("far arguments", args_sizes_get(far as *mut u32, &mut count), &[FAULT])?;
        answers("far stat", fd_filestat_get(fd, far as *mut Stat), &[FAULT])?;
        answers("far events", poll_oneoff(&after(0, 0), far as *mut [u64; 4], 1, &mut count), &[FAULT])?;
    }
    same("the file is as it was", contents(dir, "file"), Ok(b"contents".to_vec()))
}

fn earliest(_: u32) -> Outcome {
    let (mut before, mut now) = (0, 0);
    answers("time", unsafe { clock_time_get(1, 0, &mut before) }, OK)?;
    same("events", poll(&[after(1, 60_000_000_000), after(2, 3_000_000), after(3, 50_000_000_000)]), Ok(vec![(2, 0)]))?;
    answers("time", unsafe { clock_time_get(1, 0, &mut now) }, OK)?;
    if now - before < 3_000_000 {
        return Err(format!("waited for {} ns only", now - before));
    }
    // A time that is past: at once.
    same("absolute", poll(&[[7, 0, 1, 1, 0, 1]]), Ok(vec![(7, 0)]))?;
    same("both", poll(&[after(1, 0), after(2, 0)]), Ok(vec![(1, 0), (2, 0)]))
}

fn waiting(dir: u32) -> Outcome {
    same("for nothing", poll(&[]), Err(INVAL))?;
    same("streams", poll(&[ready(1, 2, 1), ready(2, 2, 2)]), Ok(vec![(1, 0), (2, 0)]))?;
    same("no descriptor", poll(&[ready(5, 1, 99), after(6, 60_000_000_000)]), Ok(vec![(5, BADF as u16)]))?;
    same("no clock", poll(&[[8, 0, 77, 0, 0, 0]]), Ok(vec![(8, INVAL as u16)]))?;
    make(dir, "file", b"12345")?;
    let fd = open(dir, "file", 0, READ | WRITE | (1 << 27))?;
    same("file", poll(&[ready(1, 1, fd), ready(2, 2, fd)]), Ok(vec![(1, 0), (2, 0)]))
}

fn sockets(dir: u32) -> Outcome {
    make(dir, "file", b"")?;
    let (file, mut accepted) = (open(dir, "file", 0, READ)?, 0);
    for fd in [file, dir] {
        answers("shutdown", unsafe { sock_shutdown(fd, 1) }, &[NOTSOCK])?;
        answers("accept", unsafe { sock_accept(fd, 0, &mut accepted) }, &[NOTSOCK, NOTCAPABLE])?;
    }
    Ok(())
}

fn renumbered(dir: u32) -> Outcome {
    make(dir, "one", b"1")?;
    make(dir, "two", b"2")?;
    let (one, two) = (open(dir, "one", 0, READ)?, open(dir, "two", 0, READ)?);
    answers("over another", unsafe { fd_renumber(one, two) }, OK)?;
    answers("the old number", close(one), &[BADF])?;
    same("reads", read(two, 9), Ok(b"1".to_vec()))?;
    answers("over itself", unsafe { fd_renumber(two, two) }, OK)?;
    answers("over nothing", unsafe { fd_renumber(two, 77) }, &[BADF])?;
    answers("still open", close(two), OK)
}

fn rights(dir: u32) -> Outcome {
    make(dir, "file", b"123")?;
    let fd = open(dir, "file", 0, READ | WRITE | SEEK)?;
    let (.., base, inheriting) = fdstat(fd).map_err(|errno| format!("errno {errno}"))?;
    same("has them", base & (READ | WRITE), READ | WRITE)?;
    answers("drop", unsafe { fd_fdstat_set_rights(fd, READ, 0) }, OK)?;
    same("dropped", fdstat(fd).map(|(.., base, inheriting)| (base, inheriting)), Ok((READ, 0)))?;
    answers("write", write(fd, b"x").err().unwrap_or(0), &[NOTCAPABLE, BADF])?;
    answers("seek", seek(fd, 0, 0).err().unwrap_or(0), &[NOTCAPABLE])?;
    answers("take back", unsafe { fd_fdstat_set_rights(fd, base, inheriting) }, &[NOTCAPABLE])?;
    answers("one more", unsafe { fd_fdstat_set_rights(fd, READ | SEEK, 0) }, &[NOTCAPABLE])?;
    same("read", read(fd, 9), Ok(b"123".to_vec()))?;
    // What is opened through a directory has no more than it passes on.
    let narrow = open(dir, ".", DIRECTORY, LISTS)?;
    let (.., base, _) = fdstat(narrow).map_err(|errno| format!("errno {errno}"))?;
    answers("pass on less", unsafe { fd_fdstat_set_rights(narrow, base, READ) }, OK)?;
    answers("open to write", opens(narrow, "file", 0, WRITE), &[NOTCAPABLE, PERM])?;
    answers("open to read", opens(narrow, "file", 0, READ), OK)
}
