//! A program on a terminal: the other end of it is here. `guests/terminal` draws a menu and reads keys one by one, with a
//! time limit for each, so standard input is waited for as a terminal.
#![cfg(target_os = "linux")]

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// How long to wait for the program before the test has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// A terminal with the command on it.
struct Terminal {
    /// What a user sees and types.
    user: File,
    /// What the command has as standard streams.
    command: File,
    child: Child,
    /// All that was written so far.
    seen: String,
}

impl Terminal {
    /// Starts the menu with these items, on a terminal that is raw or as a shell leaves it.
    fn start(raw: bool, args: &[&str]) -> Self {
        let user = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudoterminal");
        grantpt(&user).and_then(|()| unlockpt(&user)).expect("it is ours");
        let name = ptsname(&user, Vec::new()).expect("it has a name").into_string().expect("UTF-8");
        let command = File::options().read(true).write(true).open(name).expect("the other end opens");
        if raw {
            let mut termios = tcgetattr(&command).expect("it is a terminal");
            termios.make_raw();
            tcsetattr(&command, OptionalActions::Now, &termios).expect("it can be set");
        }
        let streams = || command.try_clone().expect("a descriptor");
        let guest = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/guests/terminal/terminal.wasm");
        let mut run = Command::new(env!("CARGO_BIN_EXE_ermine"));
        run.arg(guest).args(args).stdin(streams()).stdout(streams()).stderr(streams());
        let child = run.spawn().expect("the command starts");
        Self { user: File::from(user), command, child, seen: String::new() }
    }

    /// Reads until this was written; whatever was before it is forgotten.
    fn wait_for(&mut self, text: &str) {
        let end = Instant::now() + PATIENCE;
        while !self.seen.contains(text) {
            assert!(
                Instant::now() < end,
                "{text:?} did not come, but {:?}",
                self.seen.get(..500).unwrap_or(&self.seen)
            );
            self.read(Duration::from_millis(100));
        }
        let at = self.seen.find(text).expect("it was found") + text.len();
        self.seen.drain(..at);
    }

    /// Reads what comes within some time.
    fn read(&mut self, within: Duration) {
        let mut fds = [PollFd::new(&self.user, PollFlags::IN)];
        let within = Timespec::try_from(within).expect("a short time");
        if poll(&mut fds, Some(&within)).expect("it can be waited for") > 0 {
            let mut bytes = [0; 4096];
            let len = self.user.read(&mut bytes).expect("this process has the other end open, too");
            self.seen.push_str(&String::from_utf8_lossy(&bytes[..len]));
        }
    }

    fn types(&mut self, keys: &str) {
        self.user.write_all(keys.as_bytes()).expect("it can be written to");
    }

    /// Waits for the end: the exit code, and how the terminal is set.
    fn end(mut self) -> (Option<i32>, Termios) {
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            self.read(Duration::from_millis(10));
            if let Some(status) = self.child.try_wait().expect("it was started") {
                return (status.code(), tcgetattr(&self.command).expect("it is a terminal"));
            }
        }
        let _ = self.child.kill();
        panic!("it does not end, and wrote {:?}", self.seen);
    }
}

#[test]
fn a_menu_is_drawn_and_keys_move_in_it() {
    let mut terminal = Terminal::start(true, &["one", "two", "three"]);
    terminal.wait_for("\x1b[?1049h");
    terminal.wait_for("\x1b[7m one \x1b[0m");
    terminal.types("\x1b[B");
    terminal.wait_for("\x1b[7m two \x1b[0m");
    terminal.types("jj");
    terminal.wait_for("\x1b[7m three \x1b[0m");
    terminal.types("\x1b[A");
    terminal.wait_for("\x1b[7m two \x1b[0m");
    terminal.types("\r");
    terminal.wait_for("\x1b[?1049l");
    terminal.wait_for("chosen: two\r\n");
    assert_eq!(terminal.end().0, Some(0));
}

#[test]
fn waiting_for_a_key_has_a_time_limit() {
    let mut terminal = Terminal::start(true, &["one"]);
    // The mark turns although nothing is typed.
    for mark in ["|", "/", "-", "\\", "|"] {
        terminal.wait_for(&format!("\x1b[K\r\n{mark}\r\n"));
    }
    // Escape alone is no beginning of an arrow.
    terminal.types("\x1b");
    assert_eq!(terminal.end().0, Some(1));
}

#[test]
fn a_raw_terminal_hands_on_control_c_and_stays_raw() {
    let mut terminal = Terminal::start(true, &["one"]);
    let before = tcgetattr(&terminal.command).expect("it is a terminal");
    terminal.wait_for("one");
    terminal.types("\x03");
    let (code, after) = terminal.end();
    assert_eq!(code, Some(1));
    assert_eq!((before.local_modes, before.input_modes), (after.local_modes, after.input_modes));
}

#[test]
fn a_terminal_that_is_not_raw_hands_on_whole_lines() {
    let mut terminal = Terminal::start(false, &["one", "two"]);
    terminal.wait_for("\x1b[7m one \x1b[0m");
    terminal.types("j");
    // It waits for the end of the line.
    terminal.wait_for("-\r");
    assert!(!terminal.seen.contains("\x1b[7m two"), "{:?}", terminal.seen);
    terminal.types("\n");
    terminal.wait_for("\x1b[7m two \x1b[0m");
    terminal.wait_for("chosen: two\r");
    assert_eq!(terminal.end().0, Some(0));
}

#[test]
fn the_end_of_the_input_is_ready_to_be_read() {
    let mut terminal = Terminal::start(false, &["one"]);
    terminal.wait_for("one");
    // Control-D on an empty line.
    terminal.types("\x04");
    assert_eq!(terminal.end().0, Some(1));
}

#[test]
fn streams_that_are_no_terminal_are_told_so() {
    let guest = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/guests/terminal/terminal.wasm");
    let output = Command::new(env!("CARGO_BIN_EXE_ermine")).arg(guest).arg("one").output().expect("the command starts");
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), &b""[..]));
}
