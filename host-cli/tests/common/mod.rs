//! Runs the command on small programs written in place.

#![allow(dead_code, unreachable_pub, reason = "every test file uses its own part of this")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// What a run of the command gave.
#[derive(Debug)]
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// A folder for one test's files.
pub fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// The command, to be run in `folder` with no environment of note.
pub fn command(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ermine"));
    command.current_dir(folder).args(args).stdin(Stdio::null());
    command
}

/// Runs the command with these arguments; `program`, if any, is there as `t.wat`.
pub fn ermine(test: &str, program: &str, args: &[&str]) -> Run {
    let folder = folder(test);
    std::fs::write(folder.join("t.wat"), program).expect("the target folder can be written");
    command(&folder, args).output().expect("the command starts").into()
}

/// As [`ermine`], with bytes on standard input.
pub fn ermine_with_input(test: &str, program: &str, args: &[&str], input: &[u8]) -> Run {
    let folder = folder(test);
    std::fs::write(folder.join("t.wat"), program).expect("the target folder can be written");
    let mut child = command(&folder, args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // A command that does not read its input may be gone already.
    let _ = child.stdin.take().expect("stdin is a pipe").write_all(input);
    child.wait_with_output().expect("the command ends").into()
}
