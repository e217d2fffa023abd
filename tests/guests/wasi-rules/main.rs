//! The rules of WASI preview 1, called one by one: what wasi-testsuite looks at, in our own words.
//!
//! Descriptor 3 is an empty directory to be read and written; every rule works in a directory of its own below it. With
//! the argument `read-only` descriptor 3 can only be read, and has what `tests/rules.rs` put there. Each rule that does not
//! hold is written out as a line `BROKEN …`, the last line counts them; the exit code is 0 if there are none.
//!
//! It calls WASI itself: a standard library would tidy up its paths.

mod directories;
mod files;
mod links;
mod process;
mod read_only;
mod wasi;

use wasi::Outcome;

/// A rule and its name. It gets a directory.
pub type Rule = (&'static str, fn(u32) -> Outcome);

/// The directory that everything happens in.
const ROOT: u32 = 3;

fn say(text: &str) {
    // Nothing can be done if nobody listens.
    let _ = wasi::write(1, text.as_bytes());
}

/// Runs a rule in a new directory.
fn holds(number: usize, rule: fn(u32) -> Outcome) -> Outcome {
    let name = format!("{number}");
    wasi::answers("mkdir", wasi::mkdir(ROOT, &name), wasi::OK)?;
    let dir = wasi::open(ROOT, &name, wasi::DIRECTORY, wasi::LISTS)?;
    rule(dir)?;
    // It may have closed it.
    wasi::close(dir);
    Ok(())
}

#[unsafe(no_mangle)]
pub extern "C" fn _start() {
    let read_only = process::arguments().is_ok_and(|words| words.iter().any(|word| word == "read-only"));
    let rules: Vec<Rule> = if read_only {
        read_only::RULES.to_vec()
    } else {
        [process::RULES, files::RULES, directories::RULES, links::RULES, process::LAST_RULES].concat()
    };
    let mut broken = 0;
    for (number, (name, rule)) in rules.iter().enumerate() {
        let outcome = if read_only { rule(ROOT) } else { holds(number, *rule) };
        if let Err(why) = outcome {
            broken += 1;
            say(&format!("BROKEN {name}: {why}\n"));
        }
    }
    say(&format!("{} rules, {broken} broken\n", rules.len()));
    unsafe { wasi::proc_exit(u32::from(broken > 0)) }
}
