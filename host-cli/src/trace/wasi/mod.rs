//! WASI calls as text: `path_open(3 "/data", "notes.txt", CREAT, rights=READ) = 0, fd 4`.
//!
//! `describe` says what the parameters of each function mean, `arguments` and `results` show them, `poll` the one call
//! that fits no pattern; `names` has flags and enumerations, `memory` the guest's memory, `descriptors` who opened what.
//!
//! Arguments are decoded before the call, since it may write over what they point to. Nothing that the guest says is
//! trusted: pointers that lead outside are shown as such, and whatever is shown has an end that is not the guest's.

mod arguments;
mod describe;
mod descriptors;
mod memory;
mod names;
mod poll;
mod results;
#[cfg(test)]
mod tests;

use describe::{Param, Whose};
use descriptors::Descriptors;
use ermine_wasi::{Call, Errno};
use memory::Memory;

pub(crate) use describe::may_wait;

/// Elements of a list that are shown.
const SHOWN: usize = 8;

/// Decodes the calls of one guest.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    open: Descriptors,
    /// How many arguments and variables there are, once the guest has asked.
    strings: [usize; 2],
    /// The path of the call that is going on.
    path: Vec<u8>,
}

impl Decoder {
    /// For a guest that starts with these directories and sockets open.
    pub(crate) fn new(preopened: impl IntoIterator<Item = String>) -> Self {
        Self { open: Descriptors::new(preopened), ..Self::default() }
    }

    /// The beginning of the line, up to the closing parenthesis. Memory is as it is before the call.
    pub(crate) fn call(&mut self, memory: &[u8], call: Call<'_>) -> String {
        let memory = Memory(memory);
        let shown: Vec<String> = params(call)
            .filter_map(|(param, name, args)| {
                if let (Param::Path, &[ptr, len]) = (param, args) {
                    self.path = memory.bytes(ptr, len).map(descriptors::start).unwrap_or_default();
                }
                arguments::show(&self.open, memory, param, name, args)
            })
            .collect();
        format!("{}({})", call.function.name, shown.join(", "))
    }

    /// The rest of it: ` = ` and what came of the call. Memory is as it is after the call.
    pub(crate) fn result(&mut self, memory: &[u8], call: Call<'_>, result: Result<(), Errno>) -> String {
        if let Err(errno) = result {
            return format!(" = {} ({})", errno.name().to_ascii_uppercase(), errno.meaning().trim_end_matches('.'));
        }
        let memory = Memory(memory);
        self.follow(memory, call);
        let amount = params(call).find_map(|(param, _, args)| match (param, args) {
            (Param::Amount, &[ptr]) => memory.u32(ptr, 0).map(u64::from),
            _ => None,
        });
        let shown = params(call).filter_map(|(param, _, args)| results::show(self, memory, param, args, amount));
        [" = 0".to_owned()].into_iter().chain(shown).collect::<Vec<_>>().join(", ")
    }

    /// Remembers what later calls are shown with.
    fn follow(&mut self, memory: Memory<'_>, call: Call<'_>) {
        match (call.function.name, call.args) {
            ("path_open", &[at, .., ptr]) => {
                if let Some(fd) = memory.u32(ptr, 0) {
                    self.open.opened(fd.into(), at, &self.path);
                }
            }
            ("sock_accept", &[at, _, ptr]) => {
                if let Some(fd) = memory.u32(ptr, 0) {
                    self.open.accepted(fd.into(), at);
                }
            }
            ("fd_close", &[fd]) => self.open.closed(fd),
            ("fd_renumber", &[from, to]) => self.open.renumbered(from, to),
            // The others have opened and closed nothing.
            _ => {}
        }
        for (param, _, args) in params(call) {
            if let (Param::Count(whose), &[ptr]) = (param, args) {
                self.strings[index(whose)] = size(memory, ptr);
            }
        }
    }
}

/// The parameters of a call: what each means, its name, and the arguments it stands for.
fn params(call: Call<'_>) -> impl Iterator<Item = (Param, &'static str, &[u64])> {
    let mut at = 0;
    describe::params(call.function.name).iter().filter_map(move |&param| {
        let from = at;
        at += param.width();
        let (name, _) = call.function.params.get(from)?;
        Some((param, *name, call.args.get(from..at)?))
    })
}

fn index(whose: Whose) -> usize {
    match whose {
        Whose::Args => 0,
        Whose::Environ => 1,
    }
}

fn size(memory: Memory<'_>, ptr: u64) -> usize {
    memory.u32(ptr, 0).and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
}

/// A list in brackets, of which only the first elements are shown; there are `count`. An element that is none ends it.
fn list(count: u64, element: impl FnMut(u64) -> Option<String>) -> String {
    let limit = u64::try_from(SHOWN).unwrap_or(u64::MAX).min(count);
    let mut shown: Vec<String> = (0..limit).map_while(element).collect();
    let left = count.saturating_sub(u64::try_from(shown.len()).unwrap_or(u64::MAX));
    if left > 0 {
        shown.push(format!("…{left} more"));
    }
    format!("[{}]", shown.join(", "))
}
