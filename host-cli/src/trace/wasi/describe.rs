//! What the parameters of each WASI function mean: the table that calls are decoded by.

use super::names::{
    ADVICE, CLOCKS, FDFLAGS, FSTFLAGS, LOOKUPFLAGS, OFLAGS, RIFLAGS, ROFLAGS, SDFLAGS, SIFLAGS, SIGNALS, WHENCE,
};
use Param::{
    Amount, Buffers, Count, Data, Entries, Fd, Fdstat, Filestat, Flags, FlagsOut, Nanoseconds, Number, One, Opened,
    Optional, Path, Poll, Position, Prestat, Rights, Room, Signed, Strings, Text, Unnamed, Unused,
};

/// What one parameter, or a few in a row, mean.
///
/// Some are shown among the arguments, some behind the result, some at both places.
#[derive(Debug, Clone, Copy)]
pub(super) enum Param {
    /// A descriptor.
    Fd,
    /// Pointer and length of a path.
    Path,
    /// Pointer and number of buffers that the guest filled.
    Data,
    /// Pointer and number of buffers that the call fills with as many bytes as [`Amount`] says.
    Buffers,
    /// Pointer and length of a buffer that the call fills with something nobody wants to see.
    Room,
    /// Pointer and length of a buffer for a string, of as many bytes as [`Amount`] says, or of exactly that length.
    Text,
    /// Pointer and length of a buffer for a directory's entries, of as many bytes as [`Amount`] says.
    Entries,
    /// Pointers to an array of pointers and to the strings these lead to. [`Count`] has told their number before.
    Strings(Whose),
    /// A number, shown with the name of its parameter.
    Number,
    /// The same with a sign.
    Signed,
    /// A number, shown without a name.
    Unnamed,
    /// A hint that means nothing here, and is not shown.
    Unused,
    /// A number out of an enumeration.
    One(&'static [&'static str]),
    /// A set of flags.
    Flags(&'static [&'static str]),
    /// The same, not shown if it is empty.
    Optional(&'static [&'static str]),
    /// A set of rights, under this name.
    Rights(&'static str),
    /// Where the number of a new descriptor goes.
    Opened,
    /// Where the number of bytes goes.
    Amount,
    /// Where the number of strings goes.
    Count(Whose),
    /// Where the position goes.
    Position,
    /// Where a time goes.
    Nanoseconds,
    /// Where flags go.
    FlagsOut(&'static [&'static str]),
    /// Where a `filestat` goes.
    Filestat,
    /// Where a `fdstat` goes.
    Fdstat,
    /// Where a `prestat` goes.
    Prestat,
    /// All of `poll_oneoff`: subscriptions, events, and the number of each.
    Poll,
}

/// Which strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The arguments.
    Args,
    /// The environment.
    Environ,
}

impl Param {
    /// How many of the function's parameters this one stands for.
    pub(super) fn width(self) -> usize {
        match self {
            Path | Data | Buffers | Room | Text | Entries | Strings(_) => 2,
            Poll => 4,
            Fd | Number | Signed | Unnamed | Unused | One(_) | Flags(_) | Optional(_) | Rights(_) | Opened | Amount
            | Count(_) | Position | Nanoseconds | FlagsOut(_) | Filestat | Fdstat | Prestat => 1,
        }
    }
}

/// What the function's parameters mean; nothing for a name that is none.
pub(super) fn params(function: &str) -> &'static [Param] {
    DESCRIPTIONS.iter().find(|(name, _)| *name == function).map_or(&[], |(_, params)| params)
}

/// Whether the call may wait for someone else. It is shown before it does.
pub(crate) fn may_wait(function: &str) -> bool {
    ["fd_read", "poll_oneoff", "sock_accept", "sock_recv", "sock_send"].contains(&function)
}

const DESCRIPTIONS: &[(&str, &[Param])] = &[
    ("args_get", &[Strings(Whose::Args)]),
    ("args_sizes_get", &[Count(Whose::Args), Amount]),
    ("environ_get", &[Strings(Whose::Environ)]),
    ("environ_sizes_get", &[Count(Whose::Environ), Amount]),
    ("clock_res_get", &[One(CLOCKS), Nanoseconds]),
    ("clock_time_get", &[One(CLOCKS), Unused, Nanoseconds]),
    ("fd_advise", &[Fd, Number, Number, One(ADVICE)]),
    ("fd_allocate", &[Fd, Number, Number]),
    ("fd_close", &[Fd]),
    ("fd_datasync", &[Fd]),
    ("fd_fdstat_get", &[Fd, Fdstat]),
    ("fd_fdstat_set_flags", &[Fd, Flags(FDFLAGS)]),
    ("fd_fdstat_set_rights", &[Fd, Rights("rights"), Rights("inheriting")]),
    ("fd_filestat_get", &[Fd, Filestat]),
    ("fd_filestat_set_size", &[Fd, Number]),
    ("fd_filestat_set_times", &[Fd, Number, Number, Flags(FSTFLAGS)]),
    ("fd_pread", &[Fd, Buffers, Number, Amount]),
    ("fd_prestat_get", &[Fd, Prestat]),
    ("fd_prestat_dir_name", &[Fd, Text]),
    ("fd_pwrite", &[Fd, Data, Number, Amount]),
    ("fd_read", &[Fd, Buffers, Amount]),
    ("fd_readdir", &[Fd, Entries, Number, Amount]),
    ("fd_renumber", &[Fd, Fd]),
    ("fd_seek", &[Fd, Signed, One(WHENCE), Position]),
    ("fd_sync", &[Fd]),
    ("fd_tell", &[Fd, Position]),
    ("fd_write", &[Fd, Data, Amount]),
    ("path_create_directory", &[Fd, Path]),
    ("path_filestat_get", &[Fd, Optional(LOOKUPFLAGS), Path, Filestat]),
    ("path_filestat_set_times", &[Fd, Optional(LOOKUPFLAGS), Path, Number, Number, Flags(FSTFLAGS)]),
    ("path_link", &[Fd, Optional(LOOKUPFLAGS), Path, Fd, Path]),
    (
        "path_open",
        &[
            Fd,
            Optional(LOOKUPFLAGS),
            Path,
            Optional(OFLAGS),
            Rights("rights"),
            Rights("inheriting"),
            Optional(FDFLAGS),
            Opened,
        ],
    ),
    ("path_readlink", &[Fd, Path, Text, Amount]),
    ("path_remove_directory", &[Fd, Path]),
    ("path_rename", &[Fd, Path, Fd, Path]),
    ("path_symlink", &[Path, Fd, Path]),
    ("path_unlink_file", &[Fd, Path]),
    ("poll_oneoff", &[Poll]),
    ("proc_exit", &[Unnamed]),
    ("proc_raise", &[One(SIGNALS)]),
    ("random_get", &[Room]),
    ("sched_yield", &[]),
    ("sock_accept", &[Fd, Flags(FDFLAGS), Opened]),
    ("sock_recv", &[Fd, Buffers, Optional(RIFLAGS), Amount, FlagsOut(ROFLAGS)]),
    ("sock_send", &[Fd, Data, Optional(SIFLAGS), Amount]),
    ("sock_shutdown", &[Fd, Flags(SDFLAGS)]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use ermine_wasi::FUNCTIONS;

    #[test]
    fn every_function_has_a_description_of_all_its_parameters() {
        for function in FUNCTIONS {
            let described: usize = params(function.name).iter().map(|param| param.width()).sum();
            assert_eq!(described, function.params.len(), "{}", function.name);
            assert!(DESCRIPTIONS.iter().any(|(name, _)| *name == function.name), "{}", function.name);
        }
        assert_eq!(DESCRIPTIONS.len(), FUNCTIONS.len());
    }

    #[test]
    fn pointers_have_the_length_behind_them_that_the_table_names() {
        for function in FUNCTIONS {
            let mut at = 0;
            for param in params(function.name) {
                if let Path | Data | Buffers | Room | Text | Entries = param {
                    let (pointer, length) = (function.params[at].0, function.params[at + 1].0);
                    assert_eq!(length, format!("{pointer}_len"), "{}", function.name);
                }
                at += param.width();
            }
        }
    }
}
