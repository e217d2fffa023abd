//! The names of the specification's numbers: one list for each set of flags (the lowest bit first) and for each
//! enumeration (0 first).

use ermine_wasi::types::rights as right;

/// `clockid`.
pub(super) const CLOCKS: &[&str] = &["REALTIME", "MONOTONIC", "PROCESS_CPUTIME", "THREAD_CPUTIME"];

/// `advice`.
pub(super) const ADVICE: &[&str] = &["NORMAL", "SEQUENTIAL", "RANDOM", "WILLNEED", "DONTNEED", "NOREUSE"];

/// `whence`.
pub(super) const WHENCE: &[&str] = &["SET", "CUR", "END"];

/// `filetype`.
pub(super) const FILETYPES: &[&str] = &[
    "UNKNOWN",
    "BLOCK_DEVICE",
    "CHARACTER_DEVICE",
    "DIRECTORY",
    "REGULAR_FILE",
    "SOCKET_DGRAM",
    "SOCKET_STREAM",
    "SYMBOLIC_LINK",
];

/// `eventtype`.
pub(super) const EVENT_TYPES: &[&str] = &["CLOCK", "FD_READ", "FD_WRITE"];

/// `signal`.
pub(super) const SIGNALS: &[&str] = &[
    "NONE", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
    "TERM", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "POLL",
    "PWR", "SYS",
];

/// `lookupflags`.
pub(super) const LOOKUPFLAGS: &[&str] = &["SYMLINK_FOLLOW"];

/// `oflags`.
pub(super) const OFLAGS: &[&str] = &["CREAT", "DIRECTORY", "EXCL", "TRUNC"];

/// `fdflags`.
pub(super) const FDFLAGS: &[&str] = &["APPEND", "DSYNC", "NONBLOCK", "RSYNC", "SYNC"];

/// `fstflags`.
pub(super) const FSTFLAGS: &[&str] = &["ATIM", "ATIM_NOW", "MTIM", "MTIM_NOW"];

/// `riflags`.
pub(super) const RIFLAGS: &[&str] = &["PEEK", "WAITALL"];

/// `roflags`.
pub(super) const ROFLAGS: &[&str] = &["DATA_TRUNCATED"];

/// `siflags`: there are none.
pub(super) const SIFLAGS: &[&str] = &[];

/// `sdflags`.
pub(super) const SDFLAGS: &[&str] = &["RD", "WR"];

/// `rights`, without `FD_` in front of those that have it.
const RIGHTS: &[&str] = &[
    "DATASYNC",
    "READ",
    "SEEK",
    "FDSTAT_SET_FLAGS",
    "SYNC",
    "TELL",
    "WRITE",
    "ADVISE",
    "ALLOCATE",
    "PATH_CREATE_DIRECTORY",
    "PATH_CREATE_FILE",
    "PATH_LINK_SOURCE",
    "PATH_LINK_TARGET",
    "PATH_OPEN",
    "READDIR",
    "PATH_READLINK",
    "PATH_RENAME_SOURCE",
    "PATH_RENAME_TARGET",
    "PATH_FILESTAT_GET",
    "PATH_FILESTAT_SET_SIZE",
    "PATH_FILESTAT_SET_TIMES",
    "FILESTAT_GET",
    "FILESTAT_SET_SIZE",
    "FILESTAT_SET_TIMES",
    "PATH_SYMLINK",
    "PATH_REMOVE_DIRECTORY",
    "PATH_UNLINK_FILE",
    "POLL_FD_READWRITE",
    "SOCK_SHUTDOWN",
    "SOCK_ACCEPT",
];

/// Of more rights than this only the telling ones are shown: C libraries ask for a dozen at a time.
const MANY: u32 = 6;

/// If no more than this are missing, it is those that are shown.
const FEW: u32 = 3;

/// Rights that tell what a descriptor is for.
const TELLING: u64 = right::FD_READ
    | right::FD_WRITE
    | right::FD_READDIR
    | right::PATH_OPEN
    | right::PATH_CREATE_FILE
    | right::PATH_UNLINK_FILE
    | right::SOCK_ACCEPT;

/// The name of an enumeration's number, or the number.
pub(super) fn one(names: &[&str], number: u64) -> String {
    let name = usize::try_from(number).ok().and_then(|index| names.get(index));
    name.map_or_else(|| number.to_string(), |name| (*name).to_owned())
}

/// The names of the bits that are set, and the bits that have no name as a number; `0` for none.
pub(super) fn flags(names: &[&str], bits: u64) -> String {
    let mut rest = bits;
    let mut shown: Vec<String> = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let bit = 1_u64 << index;
        if bits & bit != 0 {
            shown.push((*name).to_owned());
            rest &= !bit;
        }
    }
    if rest != 0 {
        shown.push(format!("{rest:#x}"));
    }
    if shown.is_empty() { "0".to_owned() } else { shown.join("|") }
}

/// A set of rights: all names of a short one; of a long one those that are missing, if there are few, or those that matter.
pub(super) fn rights(bits: u64) -> String {
    let known = bits & right::ALL;
    let missing = right::ALL & !bits;
    match (bits == known, missing.count_ones()) {
        (true, 0) => "ALL".to_owned(),
        (true, 1..=FEW) => format!("~({})", flags(RIGHTS, missing)),
        (true, _) if known.count_ones() > MANY && known & TELLING != 0 => {
            let others = (known & !TELLING).count_ones();
            format!("{}|…{others} more", flags(RIGHTS, known & TELLING))
        }
        _ => flags(RIGHTS, bits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_without_a_name_are_shown_as_numbers() {
        assert_eq!(one(CLOCKS, 1), "MONOTONIC");
        assert_eq!(one(CLOCKS, u64::MAX), u64::MAX.to_string());
        assert_eq!(flags(OFLAGS, 0b1001), "CREAT|TRUNC");
        assert_eq!(flags(OFLAGS, 0x8000_0000_0000_0001), "CREAT|0x8000000000000000");
        assert_eq!(flags(SIFLAGS, 0), "0");
    }

    #[test]
    fn rights_are_short() {
        assert_eq!(rights(right::FD_READ | right::FD_WRITE), "READ|WRITE");
        assert_eq!(rights(right::ALL), "ALL");
        assert_eq!(rights(right::ALL & !right::SOCK_ACCEPT), "~(SOCK_ACCEPT)");
        assert_eq!(rights(right::SOCK_ACCEPT | right::FD_DATASYNC), "DATASYNC|SOCK_ACCEPT");
        assert_eq!(rights(right::FILE), "READ|WRITE|…11 more");
        assert!(rights(u64::MAX).ends_with("|0xffffffffc0000000"));
        assert_eq!(right::ALL.count_ones(), u32::try_from(RIGHTS.len()).expect("a short list"));
    }
}
