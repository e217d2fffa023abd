//! What a program is given: the options `--dir`, `--env`, `--deny`, `--listen` and the like, and the port they make.

use crate::args::{Deny, DirGrant, EnvGrant, GrantArgs, ProgramArgs};
use crate::exit::{Exit, Failure};
use crate::report;
use ermine_wasi::{Access, HostFiles, StdPort, WasiCtx};
use std::ffi::OsStr;
use std::io;
use std::net::TcpListener;

/// Reads `HOST[::GUEST][:ro]`.
///
/// # Errors
///
/// What is expected instead.
pub(crate) fn dir(text: &str) -> Result<DirGrant, String> {
    let (paths, read_only) = match text.strip_suffix(":ro") {
        Some(paths) => (paths, true),
        None => (text.strip_suffix(":rw").unwrap_or(text), false),
    };
    let (host, guest) = paths.split_once("::").unwrap_or((paths, paths));
    if host.is_empty() || guest.is_empty() {
        return Err("expected HOST, HOST::GUEST, or one of them with `:ro` at the end".to_owned());
    }
    Ok(DirGrant { host: host.into(), guest: guest.to_owned(), read_only })
}

/// Reads `NAME=VALUE` or `NAME`; the value may be empty.
///
/// # Errors
///
/// What is expected instead.
pub(crate) fn env(text: &str) -> Result<EnvGrant, String> {
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (text, None),
    };
    if name.is_empty() {
        return Err("expected NAME=VALUE or NAME".to_owned());
    }
    Ok(EnvGrant { name: name.to_owned(), value })
}

/// What the program knows its directories and sockets by, in the order of their descriptors, the first of which is 3.
pub(crate) fn preopened(grants: &GrantArgs) -> Vec<String> {
    let dirs = grants.dir.iter().map(|grant| grant.guest.clone());
    dirs.chain(grants.listen.iter().cloned()).collect()
}

/// The WASI state of a program: what the command line grants, and nothing else.
///
/// # Errors
///
/// As for [`port`].
pub(crate) fn wasi(program: &ProgramArgs) -> Result<WasiCtx<StdPort>, Failure> {
    port(program).map(|port| context(&program.grants, port))
}

/// The WASI state over a port that [`port`] made.
pub(crate) fn context(grants: &GrantArgs, port: StdPort) -> WasiCtx<StdPort> {
    let wasi = WasiCtx::new(port);
    if grants.deny.contains(&Deny::Stdio) { wasi.without_stdio() } else { wasi }
}

/// What a program finds outside of it.
///
/// # Errors
///
/// If a directory cannot be opened, or an address not be listened on.
pub(crate) fn port(program: &ProgramArgs) -> Result<StdPort, Failure> {
    let grants = &program.grants;
    let mut files = HostFiles::new();
    for DirGrant { host, guest, read_only } in &grants.dir {
        let access = if *read_only { Access::ReadOnly } else { Access::ReadWrite };
        files = files.dir(host, guest, access).map_err(|error| {
            let why = reason(&error);
            Failure::new(Exit::Usage, format!("--dir {}: the directory cannot be opened: {why}", host.display()))
        })?;
    }
    for address in &grants.listen {
        let listener = TcpListener::bind(address.as_str()).map_err(|error| {
            Failure::new(Exit::Usage, format!("--listen {address}: cannot listen there: {}", reason(&error)))
        })?;
        tell_free_port(address, &listener);
        files = files.listener(listener);
    }
    let mut port = environment(grants, arguments(program, StdPort::new())).files(files);
    if grants.deny.contains(&Deny::Clock) {
        port = port.without_clocks();
    }
    if grants.deny.contains(&Deny::Random) {
        port = port.without_random();
    }
    Ok(port)
}

/// With port 0 the system chooses one, and users have to know it.
fn tell_free_port(asked: &str, listener: &TcpListener) {
    if let (true, Ok(address)) = (asked.ends_with(":0"), listener.local_addr()) {
        report::note(format_args!("listening on {address}"));
    }
}

/// The program's name, which is that of its file unless `--argv0` gives it another, and its arguments.
fn arguments(program: &ProgramArgs, port: StdPort) -> StdPort {
    let own = || program.file().file_name().unwrap_or(OsStr::new("-"));
    let name = program.grants.argv0.as_deref().unwrap_or_else(own);
    port.args([name.as_encoded_bytes()]).args(program.own_args().iter().map(|arg| arg.as_encoded_bytes()))
}

/// The environment. A variable given by --env takes the place of an inherited one.
fn environment(grants: &GrantArgs, mut port: StdPort) -> StdPort {
    let given = |name: &OsStr| grants.env.iter().any(|grant| OsStr::new(&grant.name) == name);
    if grants.env_inherit {
        for (name, value) in std::env::vars_os().filter(|(name, _)| !given(name)) {
            port = port.env(name.as_encoded_bytes(), value.as_encoded_bytes());
        }
    }
    for EnvGrant { name, value } in &grants.env {
        match value {
            Some(value) => port = port.env(name, value),
            None => {
                if let Some(value) = std::env::var_os(name) {
                    port = port.env(name, value.as_encoded_bytes());
                }
            }
        }
    }
    port
}

/// Why the system refused, in words.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is none".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::NotADirectory => "it is no directory".to_owned(),
        io::ErrorKind::AddrInUse => "the address is in use".to_owned(),
        // The kinds are the standard library's, and open-ended.
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_have_a_name_and_an_access() {
        let grant =
            |host: &str, guest: &str, read_only| Ok(DirGrant { host: host.into(), guest: guest.to_owned(), read_only });
        assert_eq!(dir("a"), grant("a", "a", false));
        assert_eq!(dir("a::/"), grant("a", "/", false));
        assert_eq!(dir("a::b:ro"), grant("a", "b", true));
        assert_eq!(dir("/x:ro"), grant("/x", "/x", true));
        assert_eq!(dir("C:\\x::y"), grant("C:\\x", "y", false));
        for text in ["", "::", "a::", "::b", ":ro"] {
            assert!(dir(text).is_err(), "{text}");
        }
    }
}
