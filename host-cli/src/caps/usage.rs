//! What a running guest uses of what it is given, call by call.

use super::kinds::{Kind, kind};
use ermine_wasi::types::{oflags, rights};
use ermine_wasi::{Call, Errno};
use std::collections::{BTreeMap, BTreeSet};

/// Calls that are told one by one; refusals beyond them are not.
const MOST_REFUSALS: usize = 32;

/// Subscriptions of a poll that are looked at.
const MOST_SUBSCRIPTIONS: usize = 64;

/// Size of a `subscription`; the byte of its kind; the kind of a clock.
const SUBSCRIPTION: (usize, usize, u8) = (48, 8, 0);

/// The names of functions, sorted.
pub(super) type Names = BTreeSet<&'static str>;

/// What a descriptor stands for, or was opened through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A standard stream.
    Stream(usize),
    /// A directory or socket that the guest started with, the first of which is 0.
    Preopen(usize),
}

/// How a directory was used.
#[derive(Debug, Clone, Default)]
pub(super) struct DirUse {
    /// By which functions.
    pub(super) functions: Names,
    /// Whether something in it was changed, or opened to be changed.
    pub(super) changes: bool,
}

/// A call that was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Refusal {
    /// The function.
    pub(super) function: &'static str,
    /// Which directory, if it was one.
    pub(super) preopen: Option<usize>,
}

/// What a guest has used so far.
#[derive(Debug)]
pub(crate) struct Usage {
    open: BTreeMap<u64, Origin>,
    /// Of each standard stream, the functions used on it.
    pub(super) streams: [Names; 3],
    /// Of each directory and socket, how it was used.
    pub(super) preopens: BTreeMap<usize, DirUse>,
    /// The functions that told the time, or waited for it.
    pub(super) clock: Names,
    /// The same of random bytes.
    pub(super) random: Names,
    /// The same of the environment.
    pub(super) environ: Names,
    /// Whether the guest asked which directories there are.
    pub(super) asked_for_dirs: bool,
    /// Whether it asked how many variables there are. If there are none, it need not read them.
    pub(super) asked_for_environ: bool,
    /// What was refused for want of a grant, and how often.
    pub(super) refused: BTreeMap<Refusal, u64>,
    /// Whether the poll that is going on has a timeout.
    times_out: bool,
}

impl Usage {
    /// Of a guest that starts with so many directories and sockets.
    pub(crate) fn new(preopens: usize) -> Self {
        let streams = (0..).zip((0..3).map(Origin::Stream));
        let preopens = (3..).zip((0..preopens).map(Origin::Preopen));
        Self {
            open: streams.chain(preopens).collect(),
            streams: Default::default(),
            preopens: BTreeMap::new(),
            clock: Names::new(),
            random: Names::new(),
            environ: Names::new(),
            asked_for_dirs: false,
            asked_for_environ: false,
            refused: BTreeMap::new(),
            times_out: false,
        }
    }

    /// A call begins. Only polls have something to see now that may be gone afterwards.
    pub(crate) fn before(&mut self, memory: &[u8], call: Call<'_>) {
        if let ("poll_oneoff", &[ptr, _, count, _]) = (call.function.name, call.args) {
            let (size, kind, clock) = SUBSCRIPTION;
            let subscriptions = usize::try_from(ptr).ok().and_then(|ptr| memory.get(ptr..)).unwrap_or_default();
            let count = usize::try_from(count).unwrap_or(usize::MAX).min(MOST_SUBSCRIPTIONS);
            self.times_out = subscriptions.chunks_exact(size).take(count).any(|bytes| bytes.get(kind) == Some(&clock));
        }
    }

    /// A call is done.
    pub(crate) fn after(&mut self, memory: &[u8], call: Call<'_>, result: Result<(), Errno>) {
        let function = call.function.name;
        self.asked_for_dirs |= function == "fd_prestat_get";
        self.asked_for_environ |= function == "environ_sizes_get";
        if result == Err(Errno::Notcapable) || (result == Err(Errno::Badf) && self.is_on_stream(call)) {
            self.refuse(call);
            return;
        }
        match kind(function) {
            Kind::Free => {}
            Kind::Clock if function == "poll_oneoff" => self.polled(),
            Kind::Clock => self.clock.extend([function]),
            Kind::Random => self.random.extend([function]),
            Kind::Environ => self.environ.extend([function]),
            Kind::Transfer | Kind::Look | Kind::Socket => self.touch(call, opens_to_change(call)),
            Kind::Change => self.touch(call, true),
        }
        if result.is_ok() {
            self.follow(memory, call);
        }
    }

    fn polled(&mut self) {
        if self.times_out {
            self.clock.insert("poll_oneoff");
        }
    }

    /// The call's descriptors were used.
    fn touch(&mut self, call: Call<'_>, changes: bool) {
        for origin in self.origins(call) {
            match origin {
                Origin::Stream(stream) => self.streams[stream].extend([call.function.name]),
                Origin::Preopen(preopen) => {
                    let used = self.preopens.entry(preopen).or_default();
                    used.functions.insert(call.function.name);
                    used.changes |= changes;
                }
            }
        }
    }

    fn refuse(&mut self, call: Call<'_>) {
        let preopen = self.origins(call).into_iter().find_map(|origin| match origin {
            Origin::Preopen(preopen) => Some(preopen),
            Origin::Stream(_) => None,
        });
        let refusal = Refusal { function: call.function.name, preopen };
        if self.refused.len() < MOST_REFUSALS || self.refused.contains_key(&refusal) {
            *self.refused.entry(refusal).or_default() += 1;
        }
    }

    /// Whether the call is on a standard stream that the guest has not closed. If there is none, it was denied.
    fn is_on_stream(&self, call: Call<'_>) -> bool {
        kind(call.function.name) == Kind::Transfer
            && self.origins(call).iter().any(|origin| matches!(origin, Origin::Stream(_)))
    }

    /// Where the descriptors among the arguments come from: one, or the two of a link or a renaming.
    fn origins(&self, call: Call<'_>) -> Vec<Origin> {
        let params = call.function.params.iter().zip(call.args);
        let descriptors = params.filter(|((name, _), _)| matches!(*name, "fd" | "old_fd" | "new_fd"));
        descriptors.filter_map(|(_, fd)| self.open.get(fd).copied()).collect()
    }

    /// Remembers what descriptors stand for.
    fn follow(&mut self, memory: &[u8], call: Call<'_>) {
        match (call.function.name, call.args) {
            ("path_open", &[at, .., ptr]) | ("sock_accept", &[at, _, ptr]) => {
                if let (Some(fd), Some(origin)) = (number(memory, ptr), self.open.get(&at).copied()) {
                    self.open.insert(fd, origin);
                }
            }
            ("fd_close", &[fd]) => {
                self.open.remove(&fd);
            }
            ("fd_renumber", &[from, to]) => {
                if let Some(origin) = self.open.remove(&from) {
                    self.open.insert(to, origin);
                }
            }
            // The others open and close nothing.
            _ => {}
        }
    }
}

/// Whether the call opens a file for more than reading.
fn opens_to_change(call: Call<'_>) -> bool {
    // What the C library asks for of a file that it will write, and of no other.
    const WRITES: u64 = rights::FD_WRITE | rights::FD_ALLOCATE | rights::FD_FILESTAT_SET_SIZE;
    match (call.function.name, call.args) {
        ("path_open", &[_, _, _, _, flags, base, ..]) => {
            flags & u64::from(oflags::CREAT | oflags::TRUNC) != 0 || base & WRITES != 0
        }
        // The others open nothing.
        _ => false,
    }
}

/// The number of 32 bits at `ptr`.
fn number(memory: &[u8], ptr: u64) -> Option<u64> {
    let bytes = memory.get(usize::try_from(ptr).ok()?..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ermine_wasi::FUNCTIONS;

    fn call(usage: &mut Usage, memory: &[u8], name: &str, args: &[u64], result: Result<(), Errno>) {
        let function = FUNCTIONS.iter().find(|function| function.name == name).expect("a WASI function");
        usage.before(memory, Call { function, args });
        usage.after(memory, Call { function, args }, result);
    }

    #[test]
    fn files_count_for_the_directory_they_were_opened_in() {
        let mut usage = Usage::new(2);
        let memory = [5, 0, 0, 0];
        let reads = rights::FD_READ;
        call(&mut usage, &memory, "path_open", &[4, 0, 0, 0, 0, reads, reads, 0, 0], Ok(()));
        assert!(!usage.preopens[&1].changes);
        call(&mut usage, &memory, "fd_filestat_set_times", &[5, 0, 0, 0], Ok(()));
        assert!(usage.preopens[&1].changes && !usage.preopens.contains_key(&0));
        call(&mut usage, &memory, "path_open", &[3, 0, 0, 0, 8, reads, reads, 0, 0], Err(Errno::Noent));
        assert!(usage.preopens[&0].changes);
    }

    #[test]
    fn what_is_refused_is_not_used() {
        let mut usage = Usage::new(1);
        for _ in 0..3 {
            call(&mut usage, &[], "path_unlink_file", &[3, 0, 1], Err(Errno::Notcapable));
        }
        call(&mut usage, &[], "random_get", &[0, 0], Err(Errno::Notcapable));
        assert!(usage.preopens.is_empty() && usage.random.is_empty());
        assert_eq!(usage.refused[&Refusal { function: "path_unlink_file", preopen: Some(0) }], 3);
        assert_eq!(usage.refused.len(), 2);
    }

    #[test]
    fn streams_are_followed_through_renumbering() {
        let mut usage = Usage::new(0);
        call(&mut usage, &[], "fd_renumber", &[1, 2], Ok(()));
        call(&mut usage, &[], "fd_write", &[2, 0, 0, 0], Ok(()));
        assert!(!usage.streams[1].is_empty() && usage.streams[2].is_empty());
        call(&mut usage, &[], "fd_close", &[2], Ok(()));
        call(&mut usage, &[], "fd_write", &[2, 0, 0, 0], Err(Errno::Badf));
        assert!(usage.streams[2].is_empty());
    }

    #[test]
    fn a_stream_that_is_not_there_is_refused() {
        let mut usage = Usage::new(0);
        call(&mut usage, &[], "fd_write", &[1, 0, 0, 0], Err(Errno::Badf));
        assert!(usage.streams[1].is_empty());
        assert_eq!(usage.refused[&Refusal { function: "fd_write", preopen: None }], 1);
    }

    #[test]
    fn a_poll_needs_clocks_only_where_it_has_a_timeout() {
        let mut usage = Usage::new(0);
        let mut memory = [0; 96];
        memory[8] = 1;
        call(&mut usage, &memory, "poll_oneoff", &[0, 0, 1, 0], Ok(()));
        assert!(usage.clock.is_empty());
        call(&mut usage, &memory, "poll_oneoff", &[0, 0, u64::MAX, u64::MAX], Ok(()));
        assert!(usage.clock.contains("poll_oneoff"));
    }
}
