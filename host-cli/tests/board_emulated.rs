//! `ermine board push` and its like against firmware in QEMU's models of an STM32F405 and of an nRF51822.
#![cfg(target_os = "linux")]

mod common;

use common::{Run, command, folder};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const QEMU: &str = "qemu-system-arm";

/// Whether there is what it takes; if not, it says so, or fails where it must not be skipped.
fn is_available(target: &str) -> bool {
    let qemu = Command::new(QEMU).arg("--version").stdout(Stdio::null()).status();
    let libraries = Command::new("rustc").args(["--print", "target-libdir", "--target", target]).output();
    let libraries = libraries.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    let is_built = libraries.is_ok_and(|folder| Path::new(&folder).is_dir());
    for (what, is_there) in [(QEMU, qemu.is_ok()), (target, is_built)] {
        if !is_there {
            assert!(std::env::var_os("ERMINE_REQUIRE_TOOLS").is_none(), "{what} is missing");
            println!("skipped: {what} is missing");
            return false;
        }
    }
    true
}

fn firmware(board: &str, target: &str) -> PathBuf {
    // Where others build it, too.
    let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("board-{board}"));
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--quiet", "--target", target, "--features", board, "--target-dir"]);
    cargo.arg(&target_dir).env_remove("ERMINE_GUEST");
    cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../boards/firmware"));
    assert!(cargo.status().expect("cargo starts").success());
    target_dir.join(target).join("release/firmware")
}

/// An emulator, whose serial line is a pseudoterminal. It ends with this value.
struct Emulator {
    child: Child,
    port: String,
}

impl Emulator {
    fn start(board: &str, firmware: &Path) -> Self {
        let mut qemu = Command::new(QEMU);
        qemu.args(["-M", board, "-display", "none", "-monitor", "none", "-serial", "pty", "-icount", "shift=0"]);
        let mut child = qemu.arg("-kernel").arg(firmware).stdout(Stdio::piped()).spawn().expect("QEMU starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("it says where its line is");
        let port = line.split_whitespace().find(|word| word.starts_with("/dev/")).expect(&line).to_owned();
        Self { child, port }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_stm32f405_in_the_emulator_takes_guests() {
    takes_guests("netduinoplus2", "thumbv7em-none-eabihf");
}

#[test]
fn an_nrf51822_in_the_emulator_takes_guests() {
    takes_guests("microbit", "thumbv6m-none-eabi");
}

fn takes_guests(name: &str, target: &str) {
    if !is_available(target) {
        return;
    }
    let folder = folder(&format!("board_emulated_{name}"));
    let teller = r#"(module
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (import "ermine:delay@1" "ns" (func $delay (param i64)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "from the desk")
        (func (export "_start")
            (loop $forever
                (drop (call $log (i32.const 2) (i32.const 0) (i32.const 13)))
                (call $delay (i64.const 10_000_000))
                (br $forever))))"#;
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("the folder can be written");
    write("teller.wat", teller);
    write("trap.wat", r#"(module (func $boom (export "_start") unreachable))"#);
    let emulator = Emulator::start(name, &firmware(name, target));
    let board = |verb: &str, args: &[&str]| -> Run {
        let all: Vec<&str> = ["board", verb, "--timeout", "2s", "--port", &emulator.port]
            .into_iter()
            .chain(args.iter().copied())
            .collect();
        command(&folder, &all).output().expect("the command starts").into()
    };

    let stat = board("stat", &[]);
    assert!(stat.stdout.starts_with(&format!("board           {name}\n")), "{}{}", stat.stdout, stat.stderr);
    assert!(stat.stdout.contains(", from the firmware\n"), "{}", stat.stdout);
    let push = board("push", &["teller.wat", "--log", "1s"]);
    assert_eq!(push.code, Some(0), "{}", push.stderr);
    assert!(push.stdout.contains(&format!("; waiting in slot 0 of {name}, image ")), "{}", push.stdout);
    assert!(push.stdout.contains("info: from the desk\n"), "{}", push.stdout);
    let trap = board("push", &["trap.wat"]);
    assert_eq!(trap.code, Some(134), "{}{}", trap.stdout, trap.stderr);
    assert!(trap.stderr.contains("trap.wat did not start: trap: unreachable at func 0 + 0x"), "{}", trap.stderr);
    assert!(trap.stderr.contains(" boom at 0x") && trap.stderr.ends_with("; the guest before it runs again\n"));
    assert_eq!(board("stop", &[]).stdout, "the guest is stopped\n");
    assert!(board("stat", &[]).stdout.contains("stopped, from slot 0\n"));
    assert!(board("run", &["--log", "1s"]).stdout.contains("info: from the desk\n"));
}
