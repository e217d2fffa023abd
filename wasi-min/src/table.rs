//! The 46 functions of preview 1, one row each: the only list of them.
//!
//! A row is the name, the function that does it, and its parameters as the guest passes them. All functions return an
//! error code, but for `proc_exit`, which does not return. Whoever needs the list passes a macro to `for_each_call`:
//! the linker makes host functions of it, this module a table of signatures.

/// The name of the module that programs import these functions from.
pub const MODULE: &str = "wasi_snapshot_preview1";

/// Passes every row to the macro `$apply`.
macro_rules! for_each_call {
    ($apply:ident) => {
        $apply! {
            "args_get" = startup::args_get(argv: u32, argv_buf: u32);
            "args_sizes_get" = startup::args_sizes_get(argc: u32, argv_buf_size: u32);
            "environ_get" = startup::environ_get(environ: u32, environ_buf: u32);
            "environ_sizes_get" = startup::environ_sizes_get(environc: u32, environ_buf_size: u32);
            "clock_res_get" = clock::clock_res_get(id: u32, resolution: u32);
            "clock_time_get" = clock::clock_time_get(id: u32, precision: u64, time: u32);
            "fd_advise" = file::fd_advise(fd: u32, offset: u64, len: u64, advice: u32);
            "fd_allocate" = file::fd_allocate(fd: u32, offset: u64, len: u64);
            "fd_close" = fd::fd_close(fd: u32);
            "fd_datasync" = fd::fd_datasync(fd: u32);
            "fd_fdstat_get" = fd::fd_fdstat_get(fd: u32, stat: u32);
            "fd_fdstat_set_flags" = fd::fd_fdstat_set_flags(fd: u32, flags: u32);
            "fd_fdstat_set_rights" = fd::fd_fdstat_set_rights(fd: u32, base: u64, inheriting: u64);
            "fd_filestat_get" = fd::fd_filestat_get(fd: u32, stat: u32);
            "fd_filestat_set_size" = file::fd_filestat_set_size(fd: u32, size: u64);
            "fd_filestat_set_times" = file::fd_filestat_set_times(fd: u32, accessed: u64, modified: u64, flags: u32);
            "fd_pread" = file::fd_pread(fd: u32, iovs: u32, iovs_len: u32, offset: u64, nread: u32);
            "fd_prestat_get" = dir::fd_prestat_get(fd: u32, prestat: u32);
            "fd_prestat_dir_name" = dir::fd_prestat_dir_name(fd: u32, path: u32, path_len: u32);
            "fd_pwrite" = file::fd_pwrite(fd: u32, iovs: u32, iovs_len: u32, offset: u64, nwritten: u32);
            "fd_read" = fd::fd_read(fd: u32, iovs: u32, iovs_len: u32, nread: u32);
            "fd_readdir" = dir::fd_readdir(fd: u32, buf: u32, buf_len: u32, cookie: u64, used: u32);
            "fd_renumber" = fd::fd_renumber(from: u32, to: u32);
            "fd_seek" = file::fd_seek(fd: u32, offset: i64, whence: u32, position: u32);
            "fd_sync" = fd::fd_sync(fd: u32);
            "fd_tell" = file::fd_tell(fd: u32, position: u32);
            "fd_write" = fd::fd_write(fd: u32, iovs: u32, iovs_len: u32, nwritten: u32);
            "path_create_directory" = path::path_create_directory(fd: u32, path: u32, path_len: u32);
            "path_filestat_get" = path::path_filestat_get(fd: u32, flags: u32, path: u32, path_len: u32, stat: u32);
            "path_filestat_set_times" = path::path_filestat_set_times(
                fd: u32, flags: u32, path: u32, path_len: u32, accessed: u64, modified: u64, fst_flags: u32);
            "path_link" = path::path_link(
                old_fd: u32, old_flags: u32, old_path: u32, old_path_len: u32, new_fd: u32, new_path: u32, new_path_len: u32);
            "path_open" = path::path_open(
                fd: u32, dirflags: u32, path: u32, path_len: u32, oflags: u32, base: u64, inheriting: u64, fdflags: u32,
                opened: u32);
            "path_readlink" = path::path_readlink(
                fd: u32, path: u32, path_len: u32, buf: u32, buf_len: u32, used: u32);
            "path_remove_directory" = path::path_remove_directory(fd: u32, path: u32, path_len: u32);
            "path_rename" = path::path_rename(
                fd: u32, old_path: u32, old_path_len: u32, new_fd: u32, new_path: u32, new_path_len: u32);
            "path_symlink" = path::path_symlink(
                old_path: u32, old_path_len: u32, fd: u32, new_path: u32, new_path_len: u32);
            "path_unlink_file" = path::path_unlink_file(fd: u32, path: u32, path_len: u32);
            "poll_oneoff" = poll::poll_oneoff(subscriptions: u32, events: u32, nsubscriptions: u32, nevents: u32);
            "proc_exit" = exit(code: u32);
            "proc_raise" = process::proc_raise(signal: u32);
            "random_get" = random::random_get(buf: u32, buf_len: u32);
            "sched_yield" = process::sched_yield();
            "sock_accept" = sock::sock_accept(fd: u32, flags: u32, accepted: u32);
            "sock_recv" = sock::sock_recv(
                fd: u32, iovs: u32, iovs_len: u32, flags: u32, nread: u32, out_flags: u32);
            "sock_send" = sock::sock_send(fd: u32, iovs: u32, iovs_len: u32, flags: u32, nwritten: u32);
            "sock_shutdown" = sock::sock_shutdown(fd: u32, how: u32);
        }
    };
}

/// The type of a parameter or result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// A 32-bit integer, pointer or length.
    I32,
    /// A 64-bit integer.
    I64,
}

/// Name and type of one WASI function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Function {
    /// Its name, such as `fd_write`.
    pub name: &'static str,
    /// The names and types of its parameters.
    pub params: &'static [(&'static str, ValueType)],
    /// Its result: the error code, or nothing for `proc_exit`.
    pub result: Option<ValueType>,
}

/// Maps a Rust parameter type to the type wasm sees.
macro_rules! value_type {
    (u32) => {
        ValueType::I32
    };
    (u64) => {
        ValueType::I64
    };
    (i64) => {
        ValueType::I64
    };
}

/// The result of the function a row names.
macro_rules! result_of {
    (exit) => {
        None
    };
    ($theme:ident :: $function:ident) => {
        Some(ValueType::I32)
    };
}

/// Makes a [`Function`] of a row.
macro_rules! signature {
    ($name:literal = $first:ident $(:: $second:ident)? ($($param:ident: $ty:ident),*)) => {
        Function {
            name: $name,
            params: &[$((stringify!($param), value_type!($ty))),*],
            result: result_of!($first $(:: $second)?),
        }
    };
}

/// Makes the table of signatures.
macro_rules! signatures {
    ($($name:literal = $first:ident $(:: $second:ident)? ($($param:ident: $ty:ident),*);)*) => {
        /// All functions of preview 1.
        pub const FUNCTIONS: &[Function] = &[$(signature!($name = $first $(:: $second)? ($($param: $ty),*)),)*];
    };
}

for_each_call!(signatures);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_46_functions_have_a_row() {
        assert_eq!(FUNCTIONS.len(), 46);
    }

    #[test]
    fn only_proc_exit_has_no_result() {
        for function in FUNCTIONS {
            assert_eq!(function.result.is_none(), function.name == "proc_exit", "{}", function.name);
        }
    }
}
