//! Builds firmware of `boards/probe` and runs it in QEMU.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::{golden, tools};

/// Longer than any firmware takes, on a slow machine: one that hangs is ended.
const PATIENCE: Duration = Duration::from_secs(300);

/// An emulated board.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Board {
    /// What reports call it.
    pub name: &'static str,
    target: &'static str,
    emulator: &'static str,
    machine: &'static [&'static str],
}

/// MPS2 with a Cortex-M4F.
pub const M4F: Board =
    Board { name: "m4f", target: "thumbv7em-none-eabihf", emulator: "qemu-system-arm", machine: &["-M", "mps2-an386"] };

/// micro:bit, a Cortex-M0 with 16 KB of RAM.
pub const M0: Board =
    Board { name: "m0", target: "thumbv6m-none-eabi", emulator: "qemu-system-arm", machine: &["-M", "microbit"] };

/// RV32IMC.
pub const RV32: Board = Board {
    name: "rv32",
    target: "riscv32imc-unknown-none-elf",
    emulator: "qemu-system-riscv32",
    machine: &["-M", "virt", "-bios", "none"],
};

/// What is built.
#[derive(Debug, Clone, Copy)]
pub struct Build<'a> {
    /// For which board.
    pub board: Board,
    /// Which of the firmware's programs.
    pub program: &'a str,
    /// Its features, with commas between.
    pub features: &'a str,
    /// What it has in flash, for those that have something.
    pub pack: Option<&'a Path>,
}

impl Board {
    /// Whether there is what it takes to build for this board and to emulate it.
    #[must_use]
    pub fn is_available(&self) -> bool {
        tools::target(self.target) && tools::program(self.emulator)
    }

    /// Runs a firmware: what it writes. An instruction takes a nanosecond of the board's clock.
    ///
    /// # Panics
    ///
    /// When it does not say that all is well, or hangs.
    #[must_use]
    pub fn run(&self, firmware: &Path) -> String {
        let mut qemu = Command::new(self.emulator);
        qemu.args(self.machine).args(["-nographic", "-monitor", "none", "-serial", "null", "-icount", "shift=0"]);
        qemu.args(["-semihosting-config", "enable=on,target=native", "-kernel"]).arg(firmware);
        run_patiently(&mut qemu, &firmware.with_extension("out"))
    }
}

impl Build<'_> {
    /// Builds it somewhere below a folder of temporary files: the path of the ELF file.
    ///
    /// # Panics
    ///
    /// When it does not build.
    #[must_use]
    pub fn make(&self, folder: &Path) -> PathBuf {
        let Self { board, program, features, pack } = self;
        let name = format!("firmware-{}-{program}-{}", board.name, features.replace(',', "-"));
        let target_dir = folder.join(name);
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--release", "--locked", "--quiet", "--target", board.target, "--bin", program]);
        cargo.args(["--features", features, "--target-dir"]).arg(&target_dir);
        if let Some(pack) = pack {
            cargo.env("ERMINE_PACK", pack);
        }
        run(cargo.current_dir(golden::path("../boards/probe")));
        target_dir.join(board.target).join("release").join(program)
    }
}

/// Runs a command that must succeed: its output.
///
/// # Panics
///
/// When it does not.
pub fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the command starts");
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{stdout}{stderr}");
    stdout.into_owned()
}

/// The same for a command that may hang. Its output goes to a file, so that it never waits for a reader.
fn run_patiently(command: &mut Command, output: &Path) -> String {
    let file = File::create(output).expect("a file beside the firmware");
    let copy = file.try_clone().expect("a second handle");
    let mut child = command.stdin(Stdio::null()).stdout(file).stderr(copy).spawn().expect("the command starts");
    let start = Instant::now();
    let status = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break Some(status),
            None if start.elapsed() > PATIENCE => {
                child.kill().expect("a child");
                break None;
            }
            None => sleep(Duration::from_millis(20)),
        }
    };
    let text = std::fs::read_to_string(output).expect("the output is text");
    assert!(status.is_some_and(|status| status.success()), "{command:?}: {status:?}\n{text}");
    text
}
