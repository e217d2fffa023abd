//! Which functions of WASI a module wants, sorted by what they are for.

use super::scan::Scan;

/// The modules that WASI's first editions are imported from.
const MODULES: [&str; 2] = [ermine_wasi::MODULE, "wasi_unstable"];

/// Functions for one purpose.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group<'a> {
    pub(super) purpose: &'static str,
    pub(super) functions: Vec<&'a str>,
}

/// The functions of WASI that are imported, by purpose.
pub(super) fn wanted<'a>(scan: &Scan<'a>) -> Vec<Group<'a>> {
    let wanted = scan.imports.iter().filter(|import| MODULES.contains(&import.module) && import.item.kind == "func");
    group(wanted.map(|import| import.name))
}

/// Sorts functions into groups. A group stands where its first function does.
pub(super) fn group<'a>(names: impl IntoIterator<Item = &'a str>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for name in names {
        let purpose = purpose(name);
        match groups.iter_mut().find(|group| group.purpose == purpose) {
            Some(group) => group.functions.push(name),
            None => groups.push(Group { purpose, functions: vec![name] }),
        }
    }
    groups
}

/// What a function is for, in a word.
fn purpose(name: &str) -> &'static str {
    match name {
        "fd_read" | "fd_write" | "fd_close" | "fd_seek" | "fd_tell" | "fd_fdstat_get" | "fd_fdstat_set_flags" => {
            "streams"
        }
        "poll_oneoff" | "sched_yield" => "waiting",
        "random_get" => "random",
        _ if name.starts_with("path_") || name.starts_with("fd_") => "files",
        _ if name.starts_with("clock_") => "clocks",
        _ if name.starts_with("args_") => "arguments",
        _ if name.starts_with("environ_") => "environment",
        _ if name.starts_with("sock_") => "sockets",
        _ if name.starts_with("proc_") => "exit",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::{group, purpose};

    #[test]
    fn every_function_has_a_purpose() {
        for function in ermine_wasi::FUNCTIONS {
            assert_ne!(purpose(function.name), "unknown", "{}", function.name);
        }
    }

    #[test]
    fn functions_are_grouped() {
        let groups = group(["fd_write", "clock_time_get", "fd_read"]);
        assert_eq!(groups.len(), 2);
        assert_eq!(groups[0].functions, ["fd_write", "fd_read"]);
    }
}
