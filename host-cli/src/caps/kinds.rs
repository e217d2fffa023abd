//! What each WASI function needs: the table behind both ways of finding a program's grants.

/// What a function needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing that could be granted, or only what another function needs as well.
    Free,
    /// Clocks. `poll_oneoff` needs them where it has a timeout.
    Clock,
    /// Random bytes.
    Random,
    /// The environment.
    Environ,
    /// A descriptor that is read or written: a standard stream, a file or a socket.
    Transfer,
    /// A directory, to read in it.
    Look,
    /// A directory, to change something in it.
    Change,
    /// A socket.
    Socket,
}

/// What the function needs; nothing for a name that is none.
pub(super) fn kind(function: &str) -> Kind {
    let found = KINDS.iter().find(|(_, names)| names.contains(&function));
    found.map_or(Kind::Free, |(kind, _)| *kind)
}

const KINDS: &[(Kind, &[&str])] = &[
    (
        Kind::Free,
        &[
            "args_get",
            "args_sizes_get",
            "environ_sizes_get",
            "fd_close",
            "fd_fdstat_get",
            "fd_fdstat_set_rights",
            "fd_filestat_get",
            "fd_prestat_dir_name",
            "fd_prestat_get",
            "fd_renumber",
            "proc_exit",
            "proc_raise",
            "sched_yield",
        ],
    ),
    (Kind::Clock, &["clock_res_get", "clock_time_get", "poll_oneoff"]),
    (Kind::Random, &["random_get"]),
    (Kind::Environ, &["environ_get"]),
    (
        Kind::Transfer,
        &[
            "fd_advise",
            "fd_datasync",
            "fd_fdstat_set_flags",
            "fd_pread",
            "fd_pwrite",
            "fd_read",
            "fd_seek",
            "fd_sync",
            "fd_tell",
            "fd_write",
        ],
    ),
    (Kind::Look, &["fd_readdir", "path_filestat_get", "path_open", "path_readlink"]),
    (
        Kind::Change,
        &[
            "fd_allocate",
            "fd_filestat_set_size",
            "fd_filestat_set_times",
            "path_create_directory",
            "path_filestat_set_times",
            "path_link",
            "path_remove_directory",
            "path_rename",
            "path_symlink",
            "path_unlink_file",
        ],
    ),
    (Kind::Socket, &["sock_accept", "sock_recv", "sock_send", "sock_shutdown"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_is_of_one_kind() {
        for function in ermine_wasi::FUNCTIONS {
            let kinds = KINDS.iter().filter(|(_, names)| names.contains(&function.name)).count();
            assert_eq!(kinds, 1, "{}", function.name);
        }
        assert_eq!(KINDS.iter().map(|(_, names)| names.len()).sum::<usize>(), ermine_wasi::FUNCTIONS.len());
    }
}
