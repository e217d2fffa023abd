//! What a program could need, by the WASI functions it imports. What it does need depends on what it is asked to do.

use super::answer::{Answer, Finding};
use super::kinds::{Kind, kind};
use crate::args::{Deny, RunArgs};
use ermine::Module;
use ermine_wasi::{FUNCTIONS, MODULE};

/// Other imports that are named.
const MOST_OTHERS: usize = 16;

/// Looks through the module's imports.
pub(super) fn scan(args: &RunArgs, module: &Module) -> Answer {
    let imported: Vec<&'static str> = FUNCTIONS
        .iter()
        .map(|function| function.name)
        .filter(|name| module.imports().any(|import| import.module() == MODULE && import.name() == *name))
        .collect();
    let of = |kinds: &[Kind]| -> Vec<&'static str> {
        imported.iter().copied().filter(|function| kinds.contains(&kind(function))).collect()
    };
    let mut answer = Answer::new(args, false);

    let dirs = of(&[Kind::Look, Kind::Change]);
    if dirs.iter().any(|function| function.starts_with("path_")) {
        // Who can neither change a directory nor write to a file has no use for more.
        let reads = of(&[Kind::Change]).is_empty()
            && !imported.iter().any(|function| ["fd_write", "fd_pwrite"].contains(function));
        let (option, verdict) = if reads { ("DIR:ro]", "may be needed, read only") } else { ("DIR]", "may be needed") };
        answer.option("[--dir", option);
        answer.findings.push(Finding::new("directories", verdict, dirs));
    }
    let environ = of(&[Kind::Environ]);
    if !environ.is_empty() {
        answer.option("[--env", "NAME=VALUE]");
        answer.findings.push(Finding::new("environment", "may be needed", environ));
    }
    if imported.contains(&"sock_accept") {
        answer.option("[--listen", "HOST:PORT]");
        answer.findings.push(Finding::new("sockets", "may be needed", of(&[Kind::Socket])));
    }
    let by_default = [
        (Deny::Stdio, "stdio", Kind::Transfer),
        (Deny::Clock, "clock", Kind::Clock),
        (Deny::Random, "random", Kind::Random),
    ];
    for (deny, subject, kind) in by_default {
        let functions = of(&[kind]);
        let needed = !functions.is_empty();
        let verdict = if needed { "may be needed" } else { "not needed" };
        answer.findings.push(Finding::new(subject, verdict, functions));
        answer.denied.extend((!needed).then_some(deny));
    }
    let others = module.imports().filter(|import| import.module() != MODULE).take(MOST_OTHERS);
    let others = others.map(|import| {
        Finding::new(
            format!("{}.{}", import.module(), import.name()),
            "no WASI function, not granted by any option",
            [],
        )
    });
    answer.findings.extend(others);
    answer
}
