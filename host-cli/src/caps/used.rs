//! What a run has used of what it was granted.

use super::answer::{Answer, Finding};
use super::usage::{DirUse, Names, Usage};
use crate::args::{Deny, DirGrant, GrantArgs, RunArgs};

/// The smallest set of the grants in `args` with which the run would have gone as it went.
pub(super) fn used(args: &RunArgs, usage: &Usage) -> Answer {
    let mut answer = Answer::new(args, true);
    let grants = &args.program.grants;
    directories(&mut answer, grants, usage);
    sockets(&mut answer, grants, usage);
    environment(&mut answer, grants, usage);
    if let Some(name) = &grants.argv0 {
        answer.option("--argv0", name.to_string_lossy());
    }
    if let Some(function) = &args.program.invoke {
        answer.option("--invoke", function.as_str());
    }
    by_default(&mut answer, usage);
    refusals(&mut answer, grants, usage);
    answer
}

fn directories(answer: &mut Answer, grants: &GrantArgs, usage: &Usage) {
    for (index, grant) in grants.dir.iter().enumerate() {
        let subject = format!("directory {}", grant.guest);
        let finding = match usage.preopens.get(&index) {
            Some(DirUse { functions, changes }) => {
                let verdict = if *changes { "read and written" } else { "read" };
                answer.option("--dir", option(grant, !*changes));
                Finding::new(subject, verdict, functions.iter().copied())
            }
            None => Finding::new(subject, "not used", []),
        };
        answer.findings.push(finding);
    }
    if grants.dir.is_empty() && usage.asked_for_dirs {
        answer.findings.push(Finding::new("directories", "asked for, none is granted", ["fd_prestat_get"]));
    }
}

/// The value of `--dir`.
fn option(grant: &DirGrant, read_only: bool) -> String {
    let host = grant.host.to_string_lossy();
    let guest = if *host == *grant.guest { String::new() } else { format!("::{}", grant.guest) };
    format!("{host}{guest}{}", if read_only { ":ro" } else { "" })
}

fn sockets(answer: &mut Answer, grants: &GrantArgs, usage: &Usage) {
    for (index, address) in grants.listen.iter().enumerate() {
        let used = usage.preopens.get(&(grants.dir.len() + index));
        if used.is_some() {
            answer.option("--listen", address.as_str());
        }
        let functions = used.map(|used| used.functions.clone()).unwrap_or_default();
        answer.findings.push(by(format!("socket {address}"), &functions));
    }
}

/// Which variables a program looks at cannot be seen: it gets all at once.
fn environment(answer: &mut Answer, grants: &GrantArgs, usage: &Usage) {
    let granted = grants.env_inherit || !grants.env.is_empty();
    if !usage.environ.is_empty() {
        if grants.env_inherit {
            answer.options.push("--env-inherit".to_owned());
        }
        for grant in &grants.env {
            let value = grant.value.as_ref().map_or_else(String::new, |value| format!("={value}"));
            answer.option("--env", format!("{}{value}", grant.name));
        }
    }
    let verdict = match (usage.environ.is_empty(), granted) {
        (true, false) if usage.asked_for_environ => "asked for, none is granted",
        (true, _) => "not used",
        (false, true) => "read as a whole, which variables matter cannot be seen",
        (false, false) => "read, none is granted",
    };
    answer.findings.push(Finding::new("environment", verdict, usage.environ.iter().copied()));
}

/// What programs have by default.
fn by_default(answer: &mut Answer, usage: &Usage) {
    for (name, functions) in ["stdin", "stdout", "stderr"].iter().zip(&usage.streams) {
        answer.findings.push(by(*name, functions));
    }
    answer.findings.push(by("clock", &usage.clock));
    answer.findings.push(by("random", &usage.random));
    let unused = [
        (Deny::Stdio, usage.streams.iter().all(Names::is_empty)),
        (Deny::Clock, usage.clock.is_empty()),
        (Deny::Random, usage.random.is_empty()),
    ];
    answer.denied.extend(unused.into_iter().filter_map(|(deny, unused)| unused.then_some(deny)));
}

fn by(subject: impl Into<String>, functions: &Names) -> Finding {
    let verdict = if functions.is_empty() { "not used" } else { "used" };
    Finding::new(subject, verdict, functions.iter().copied())
}

fn refusals(answer: &mut Answer, grants: &GrantArgs, usage: &Usage) {
    for (refusal, &times) in &usage.refused {
        let grant = refusal.preopen.and_then(|preopen| grants.dir.get(preopen));
        let place = grant.map_or_else(String::new, |grant| format!(" in directory {}", grant.guest));
        let times = if times == 1 { "once".to_owned() } else { format!("{times} times") };
        answer.findings.push(Finding::new(format!("{}{place}", refusal.function), format!("refused {times}"), []));
    }
}
