//! `ermine board push` and its like against a simulated board on a pseudoterminal, and on a line that loses bits.
#![cfg(target_os = "linux")]

mod common;

use common::{Run, command, folder};
use rustix::fs::{FlockOperation, flock};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const SCENARIO: &str = "grants = [{ kind = \"output\", name = \"led\", pin = 13 }, { kind = \"delay\" }, { kind = \"log\" }]\n\
    until = \"60s\"\n[board]\nslot = \"2K\"\n";

/// Logs a word each 10 ms.
fn teller(word: &str) -> String {
    format!(
        r#"(module
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (import "ermine:delay@1" "ns" (func $delay (param i64)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "{word}")
        (func $tell (export "_start")
            (loop $forever
                (drop (call $log (i32.const 2) (i32.const 0) (i32.const {})))
                (call $delay (i64.const 10_000_000))
                (br $forever))))"#,
        word.len()
    )
}

/// A simulated board on a pseudoterminal, and a folder with guests. It ends with this value.
struct Desk {
    folder: PathBuf,
    child: Child,
    port: String,
}

impl Desk {
    fn start(test: &str) -> Self {
        Self::with(test, SCENARIO)
    }

    fn with(test: &str, scenario: &str) -> Self {
        let folder = folder(test);
        let write =
            |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("the folder can be written");
        write("s.toml", scenario);
        for word in ["old", "new"] {
            write(&format!("{word}.wat"), &teller(word));
        }
        write("trap.wat", r#"(module (func $boom (export "_start") unreachable))"#);
        write(
            "greedy.wat",
            r#"(module (import "ermine:random@1" "fill" (func (param i32 i32) (result i32))) (func (export "_start")))"#,
        );
        let mut sim = command(&folder, &["board", "sim", "--quiet", "--line", "pty", "s.toml", "old.wat"]);
        let mut child = sim.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the command starts");
        let mut line = String::new();
        let stderr = child.stderr.take().expect("stderr is a pipe");
        BufReader::new(stderr).read_line(&mut line).expect("it says where its line is");
        let port = line.trim_end().strip_prefix("ermine: note: the board's line is ").expect(&line).to_owned();
        Self { folder, child, port }
    }

    fn board(&self, args: &[&str]) -> Run {
        self.board_at(&self.port, args)
    }

    fn board_at(&self, port: &str, args: &[&str]) -> Run {
        let (verb, rest) = args.split_first().expect("a subcommand");
        let all: Vec<&str> = ["board", verb, "--port", port].into_iter().chain(rest.iter().copied()).collect();
        command(&self.folder, &all).output().expect("the command starts").into()
    }

    /// Asks until the guest does that: one that has just been started may not have waited yet.
    fn stat_when(&self, doing: &str) -> String {
        let end = Instant::now() + Duration::from_secs(30);
        loop {
            let stat = self.stat();
            if stat.contains(doing) {
                return stat;
            }
            assert!(Instant::now() < end, "{stat}");
        }
    }

    fn stat(&self) -> String {
        let run = self.board(&["stat"]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stdout
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_new_guest_takes_over_and_can_be_looked_after() {
    let desk = Desk::start("line_push");
    let stat = desk.stat_when("guest           waiting");
    assert!(stat.starts_with("board           sim\nguest           waiting, from the firmware\nimage  "), "{stat}");
    let log = desk.board(&["log", "--for", "100ms"]);
    assert!(log.stdout.contains("info: old\n"), "{}{}", log.stdout, log.stderr);

    let push = desk.board(&["push", "new.wat", "--log", "100ms"]);
    assert_eq!(push.code, Some(0), "{}", push.stderr);
    assert!(push.stdout.starts_with("new.wat: ") && push.stdout.contains("; waiting in slot 0 of sim, image "));
    let (before, after) = push.stdout.split_once("ermine: the guest was replaced").expect(&push.stdout);
    assert!(
        after.contains("info: new\n") && !after.contains("info: old\n") && !before.contains("info: new\n"),
        "{after}"
    );
    assert!(desk.stat().contains("last end        the guest was replaced\n"), "{}", desk.stat());

    assert_eq!(desk.board(&["stop"]).stdout, "the guest is stopped\n");
    assert!(desk.stat().contains("stopped, from slot 0\n"), "{}", desk.stat());
    let run = desk.board(&["run", "--log", "100ms"]);
    assert!(run.stdout.starts_with("the guest starts\n") && run.stdout.contains("info: new\n"), "{}", run.stdout);
    desk.stat_when("waiting, from slot 0\n");
    let json = desk.board(&["stat", "--json"]).stdout;
    assert!(
        json.starts_with("{\"board\": \"sim\", \"activity\": \"waiting\", \"slot\": 0, \"checksum\": \""),
        "{json}"
    );
}

#[test]
fn a_guest_that_traps_at_its_start_is_told_with_names_and_the_old_one_goes_on() {
    let desk = Desk::start("line_trap");
    // The second time the report is the same as before.
    for _ in 0..2 {
        let push = desk.board(&["push", "trap.wat"]);
        assert_eq!(push.code, Some(134), "{}{}", push.stdout, push.stderr);
        let expected = "ermine: error: trap.wat did not start: trap: unreachable at func 0 + 0x";
        assert!(push.stderr.starts_with(expected), "{}", push.stderr);
        assert!(push.stderr.contains(" boom at 0x"), "{}", push.stderr);
        assert!(push.stderr.ends_with("; the guest before it runs again\n"), "{}", push.stderr);
    }
    assert!(desk.board(&["log", "--for", "100ms"]).stdout.contains("info: old\n"));
}

#[test]
fn what_the_board_refuses_does_no_harm() {
    let desk = Desk::start("line_refused");
    let greedy = desk.board(&["push", "greedy.wat"]);
    assert_eq!(greedy.code, Some(126));
    assert!(greedy.stderr.starts_with("ermine: error: greedy.wat is not taken; --port /dev/"), "{}", greedy.stderr);
    assert!(greedy.stderr.contains("the board says: refused: the table does not grant"), "{}", greedy.stderr);

    // An image whose code was changed, with a checksum that says otherwise.
    let compile = command(&desk.folder, &["compile", "new.wat", "--fuel", "-o", "bad.erm"]).output();
    assert!(compile.expect("the command starts").status.success());
    let path = desk.folder.join("bad.erm");
    let mut image = std::fs::read(&path).expect("an image");
    let last = image.len() - 6;
    image[last] ^= 0xff;
    let sum = crc32(&image[8..]);
    image[4..8].copy_from_slice(&sum.to_le_bytes());
    std::fs::write(&path, image).expect("the folder can be written");
    let hostile = desk.board(&["push", "bad.erm"]);
    assert_eq!(hostile.code, Some(126), "{}", hostile.stdout);
    assert!(hostile.stderr.contains("the board says: image refused: it breaks rule "), "{}", hostile.stderr);

    let large = format!(
        "(module (memory 8192 (pagesize 1)) (data (i32.const 0) \"{}\") (func (export \"_start\")))",
        "x".repeat(4096)
    );
    std::fs::write(desk.folder.join("large.wat"), large).expect("the folder can be written");
    let large = desk.board(&["push", "large.wat"]);
    assert!(large.stderr.contains("the image is larger than a slot, which has 2048 bytes"), "{}", large.stderr);
    assert!(desk.board(&["log", "--for", "100ms"]).stdout.contains("info: old\n"));
}

#[test]
fn a_board_with_one_slot_stops_its_guest_first() {
    let desk = Desk::with("line_one_slot", &format!("{SCENARIO}slots = 1\n"));
    for _ in 0..2 {
        let push = desk.board(&["push", "new.wat"]);
        assert_eq!(push.code, Some(0), "{}", push.stderr);
        assert!(push.stdout.contains("; waiting in slot 0 of sim, image "), "{}", push.stdout);
    }
    let push = desk.board(&["push", "trap.wat"]);
    assert_eq!(push.code, Some(134), "{}", push.stdout);
    assert!(push.stderr.starts_with("ermine: note: the board has one slot"), "{}", push.stderr);
    desk.stat_when("waiting, from the firmware\n");
}

#[test]
fn reports_in_the_log_get_their_names_from_a_map() {
    let desk = Desk::start("line_log");
    let late = r#"(module
        (import "ermine:delay@1" "ns" (func $delay (param i64)))
        (func $late (export "_start") (call $delay (i64.const 800_000_000)) unreachable))"#;
    std::fs::write(desk.folder.join("late.wat"), late).expect("the folder can be written");
    let compile = command(&desk.folder, &["compile", "late.wat", "--fuel"]).output();
    assert!(compile.expect("the command starts").status.success());
    assert_eq!(desk.board(&["push", "late.erm"]).code, Some(0));
    let log = desk.board(&["log", "--for", "2s", "--map", "late.erm.map"]);
    assert!(log.stdout.contains("ermine: trap: unreachable at func 1 + 0x"), "{}{}", log.stdout, log.stderr);
    assert!(log.stdout.contains(" late at 0x"), "{}", log.stdout);
    assert!(desk.stat().contains("last end        trap: unreachable at func 1 + 0x"), "{}", desk.stat());
}

/// CRC-32 as zlib computes it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| if sum & 1 == 0 { sum >> 1 } else { sum >> 1 ^ 0xedb8_8320 })
    })
}

/// A pseudoterminal that hands bytes on as they are: our end, and the name of the other.
fn pty() -> (File, String, File) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pseudoterminal");
    grantpt(&ours).and_then(|()| unlockpt(&ours)).expect("it is ours");
    let name = ptsname(&ours, Vec::new()).expect("it has a name").into_string().expect("UTF-8");
    let held = raw(Path::new(&name));
    (File::from(ours), name, held)
}

fn raw(path: &Path) -> File {
    let file = File::options().read(true).write(true).open(path).expect("the other end opens");
    let mut termios = tcgetattr(&file).expect("it is a terminal");
    termios.make_raw();
    tcsetattr(&file, OptionalActions::Now, &termios).expect("it can be set");
    file
}

/// Hands on bytes, one in so many with a wrong bit, for as long as both ends are there.
fn spoil(mut from: File, mut to: File, every: usize) {
    thread::spawn(move || {
        let (mut bytes, mut count) = ([0; 64], 0_usize);
        while let Ok(len @ 1..) = from.read(&mut bytes) {
            for byte in &mut bytes[..len] {
                count += 1;
                if count.is_multiple_of(every) {
                    *byte ^= 0x20;
                }
            }
            if to.write_all(&bytes[..len]).is_err() {
                return;
            }
        }
    });
}

#[test]
fn a_line_that_loses_bits_takes_longer() {
    let desk = Desk::start("line_noise");
    let (ours, port, _held) = pty();
    let board = raw(Path::new(&desk.port));
    spoil(ours.try_clone().expect("a descriptor"), board.try_clone().expect("a descriptor"), 200);
    spoil(board, ours, 300);
    let push = desk.board_at(&port, &["push", "new.wat", "--timeout", "100ms"]);
    assert_eq!(push.code, Some(0), "{}", push.stderr);
    assert!(
        push.stdout.contains(" sent again; ") && push.stdout.contains("; waiting in slot 0 of sim"),
        "{}",
        push.stdout
    );
}

/// Hands on no more than eight bytes of those that come at once, as a part does that has a short buffer and looks at it now and then.
fn overrun(mut from: File, mut to: File) {
    thread::spawn(move || {
        let mut bytes = [0; 256];
        while let Ok(len @ 1..) = from.read(&mut bytes) {
            if to.write_all(&bytes[..len.min(8)]).is_err() {
                return;
            }
        }
    });
}

#[test]
fn a_line_without_a_buffer_gets_its_bytes_slowly() {
    let desk = Desk::start("line_overrun");
    let (ours, port, _held) = pty();
    let board = raw(Path::new(&desk.port));
    overrun(ours.try_clone().expect("a descriptor"), board.try_clone().expect("a descriptor"));
    // The other way nothing is lost.
    spoil(board, ours, usize::MAX);
    let push = desk.board_at(&port, &["push", "new.wat", "--timeout", "500ms"]);
    assert_eq!(push.code, Some(0), "{}", push.stderr);
    let told = &push.stdout;
    assert!(told.contains(" sent again; ") && told.contains("; waiting in slot 0 of sim"), "{told}");
}

#[test]
fn a_line_that_another_program_has_is_left_alone() {
    let desk = Desk::start("line_taken");
    let other = raw(Path::new(&desk.port));
    flock(&other, FlockOperation::NonBlockingLockExclusive).expect("nobody has it");
    let stat = desk.board(&["stat"]);
    assert_eq!(stat.code, Some(126), "{}", stat.stderr);
    assert!(stat.stderr.ends_with(": another program has it: close that first\n"), "{}", stat.stderr);
    drop(other);
    desk.stat();
}

#[test]
fn ports_that_are_none_say_what_to_do() {
    let folder = folder("line_none");
    std::fs::write(folder.join("t.wat"), teller("x")).expect("the folder can be written");
    std::fs::write(folder.join("file"), "").expect("the folder can be written");
    for (port, code, expected) in [
        ("/dev/no-such-board", 127, "--port /dev/no-such-board: there is no such device; is the board connected?"),
        ("file", 126, "--port file: it is no serial device; for a command write exec:COMMAND"),
        ("/dev/null", 126, "--port /dev/null: it is no serial device; for a command write exec:COMMAND"),
        ("exec:sleep 30", 126, "--port exec:sleep 30: no reply, asked 2 times; is an Ermine firmware on it"),
        ("exec:true", 126, "--port exec:true: "),
    ] {
        let args = ["board", "push", "--timeout", "100ms", "--retries", "1", "--port", port, "t.wat"];
        let run: Run = command(&folder, &args).output().expect("the command starts").into();
        assert_eq!(run.code, Some(code), "{port}: {}", run.stderr);
        assert!(run.stderr.starts_with(&format!("ermine: error: {expected}")), "{port}: {}", run.stderr);
    }
}

#[test]
fn standard_streams_of_a_command_are_a_line() {
    let desk = Desk::start("line_exec");
    let ermine = env!("CARGO_BIN_EXE_ermine");
    let port = format!("exec:{ermine} board sim --quiet --line stdio s.toml old.wat");
    let push = desk.board_at(&port, &["push", "new.wat", "--log", "50ms"]);
    assert_eq!(push.code, Some(0), "{}", push.stderr);
    assert!(push.stdout.contains("info: new\n"), "{}", push.stdout);
}
