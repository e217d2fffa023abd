//! Child processes that measure their own memory, so that no engine leaves anything behind for the next.

use std::fs;
use std::process::Command;

use crate::contender::{Contender, Failure};
use crate::engines;

/// Runs this program once more and returns the number that it prints.
pub fn child(words: &[&str]) -> Result<i64, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(own).args(words).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr });
    text.trim().parse().map_err(|_| text.lines().last().unwrap_or("the process died").to_owned())
}

/// The contender that a child process measures.
///
/// # Errors
///
/// One line, if there is not exactly one.
pub fn only(on: &[String]) -> Result<Box<dyn Contender>, String> {
    match <[_; 1]>::try_from(engines::loading(on)?) {
        Ok([contender]) => Ok(contender),
        Err(_) => Err("name one contender: --on NAME".into()),
    }
}

/// Bytes of this process that are in memory.
///
/// # Errors
///
/// A system that does not tell.
pub fn resident() -> Result<i64, Failure> {
    const PAGE: i64 = 4096;
    let text = fs::read_to_string("/proc/self/statm").map_err(|_| "this system has no /proc/self/statm")?;
    let pages: i64 = text.split_whitespace().nth(1).ok_or("statm has no second number")?.parse()?;
    Ok(pages * PAGE)
}
