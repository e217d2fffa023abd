//! Tools of the host that some tests need. Without one they are skipped, and say so; with `ERMINE_REQUIRE_TOOLS=1` they fail.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Whether a test that needs `what` can run: whether it is there.
///
/// # Panics
///
/// When it is not there and `ERMINE_REQUIRE_TOOLS=1` says that it must be.
pub fn available(what: &str, is_there: bool) -> bool {
    if is_there {
        return true;
    }
    let required = std::env::var_os("ERMINE_REQUIRE_TOOLS").is_some_and(|value| value != "0");
    assert!(!required, "{what} is missing, and ERMINE_REQUIRE_TOOLS is set");
    println!("skipped: {what} is missing");
    false
}

/// Whether a test that needs this program can run.
pub fn program(name: &str) -> bool {
    let mut command = Command::new(name);
    let runs = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok();
    available(name, runs)
}

/// The tool in front of a command that takes executable memory from it, if it can run here.
pub fn no_executable_memory() -> Option<PathBuf> {
    let tool = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/no-executable-memory.py");
    let said = |alone: Output| String::from_utf8_lossy(&alone.stderr).into_owned();
    // A container may forbid what the tool does; a host does not.
    let traces = |tool| Command::new(tool).arg("true").output().is_ok_and(|alone| !said(alone).contains("ptrace: "));
    (program("python3") && available("ptrace", traces(&tool))).then_some(tool)
}

/// Whether a test that builds for this target can run.
pub fn target(triple: &str) -> bool {
    let rustc = Command::new("rustc").args(["--print", "target-libdir", "--target", triple]).output();
    let folder = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    available(&format!("the target {triple}"), folder.is_ok_and(|folder| Path::new(&folder).is_dir()))
}
