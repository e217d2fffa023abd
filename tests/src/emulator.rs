//! Boards that run in QEMU with someone at their serial line: firmware of `boards/firmware`, what it says, and what is asked of it.

use std::collections::VecDeque;
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use ermine_boards::Report;
use ermine_boards::link::frame::{Decoder, Event};
use ermine_boards::link::message::{Activity, MOST_DATA, Reply, Request};

use crate::firmware::run;
use crate::{golden, tools};

/// Longer than anything takes, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Boards that were started.
static RUNS: AtomicU32 = AtomicU32::new(0);

/// QEMU's monitor asks for a command.
const PROMPT: &[u8] = b"(qemu) ";

/// A board with a firmware.
#[derive(Debug, Clone, Copy)]
pub struct Board {
    /// Its feature and its name in QEMU.
    pub name: &'static str,
    /// What it is built for.
    pub target: &'static str,
    /// Fuel for a tick, as in its file.
    pub fuel: u32,
    /// What QEMU has to write down so that pins show.
    traces: &'static [&'static str],
    /// What is in the log when the LED is lit, and when it is dark.
    pub led: [&'static str; 2],
}

/// Boards that QEMU has a model of.
pub const BOARDS: [Board; 6] = [
    Board {
        name: "netduinoplus2",
        target: "thumbv7em-none-eabihf",
        fuel: 6000,
        traces: &["-d", "unimp"],
        led: [
            "GPIOA: unimplemented device write (size 4, offset 0x018, value 0x00000400)",
            "GPIOA: unimplemented device write (size 4, offset 0x018, value 0x04000000)",
        ],
    },
    Board {
        name: "stm32vldiscovery",
        target: "thumbv7m-none-eabi",
        fuel: 800,
        traces: &["-d", "unimp"],
        led: [
            "GPIOC: unimplemented device write (size 4, offset 0x010, value 0x00000100)",
            "GPIOC: unimplemented device write (size 4, offset 0x010, value 0x01000000)",
        ],
    },
    Board {
        name: "microbit",
        target: "thumbv6m-none-eabi",
        fuel: 400,
        traces: &["-trace", "nrf51_gpio_write"],
        led: ["nrf51_gpio_write offset 0x508 value 0x2000", "nrf51_gpio_write offset 0x50c value 0x2000"],
    },
    Board {
        name: "mps2-an386",
        target: "thumbv7em-none-eabihf",
        fuel: 800,
        traces: &["-trace", "led_change_intensity"],
        led: [
            "led_change_intensity LED desc:'USERLED0' color:green intensity 0% -> 100%",
            "led_change_intensity LED desc:'USERLED0' color:green intensity 100% -> 0%",
        ],
    },
    Board {
        name: "mps2-an505",
        target: "thumbv8m.main-none-eabihf",
        fuel: 800,
        traces: &["-trace", "led_change_intensity"],
        led: [
            "led_change_intensity LED desc:'USERLED0' color:green intensity 0% -> 100%",
            "led_change_intensity LED desc:'USERLED0' color:green intensity 100% -> 0%",
        ],
    },
    Board {
        name: "virt",
        target: "riscv32imc-unknown-none-elf",
        fuel: 10_000,
        traces: &[],
        led: ["pin 0 high", "pin 0 low"],
    },
];

impl Board {
    /// The board with this name.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn named(name: &str) -> Self {
        BOARDS.into_iter().find(|board| board.name == name).expect("a board of the list")
    }

    fn emulator(&self) -> &'static str {
        if self.name == "virt" { "qemu-system-riscv32" } else { "qemu-system-arm" }
    }

    /// Whether there is what it takes to build for this board and to emulate it.
    #[must_use]
    pub fn is_available(&self) -> bool {
        tools::target(self.target) && tools::program(self.emulator())
    }

    /// Builds its firmware below a folder of temporary files: the path of the ELF file.
    ///
    /// # Panics
    ///
    /// When it does not build.
    #[must_use]
    pub fn build(&self, folder: &Path) -> PathBuf {
        let target_dir = folder.join(format!("board-{}", self.name));
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--release", "--locked", "--quiet", "--target", self.target]);
        cargo.args(["--features", self.name, "--target-dir"]).arg(&target_dir).env_remove("ERMINE_GUEST");
        run(cargo.current_dir(golden::path("../boards/firmware")));
        target_dir.join(self.target).join("release/firmware")
    }

    /// Starts a firmware, its serial line in hand.
    ///
    /// # Panics
    ///
    /// When QEMU does not start.
    #[must_use]
    pub fn start(&self, firmware: &Path) -> Emulated {
        self.start_with(firmware, &[])
    }

    /// The same, with more options for QEMU: devices that are connected, for instance.
    ///
    /// # Panics
    ///
    /// When QEMU does not start.
    #[must_use]
    pub fn start_with(&self, firmware: &Path, options: &[String]) -> Emulated {
        // Tests run at the same time, some on the same board.
        let run = RUNS.fetch_add(1, Ordering::Relaxed);
        let log = firmware.with_extension(format!("{run}.log"));
        // Of an earlier run.
        let _ = fs::remove_file(&log);
        let mut qemu = Command::new(self.emulator());
        qemu.args(["-M", self.name, "-display", "none", "-serial", "stdio", "-icount", "shift=0"]);
        if self.name == "virt" {
            qemu.args(["-bios", "none"]);
        }
        let monitor = firmware.with_extension(format!("{run}.monitor"));
        let _ = fs::remove_file(&monitor);
        qemu.arg("-monitor").arg(format!("unix:{},server=on,wait=off", monitor.display()));
        qemu.args(self.traces).arg("-D").arg(&log).arg("-kernel").arg(firmware).args(options);
        let mut child = qemu.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("QEMU starts");
        let mut stdout = child.stdout.take().expect("a pipe");
        let (sender, line) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 256];
            while let Ok(length @ 1..) = stdout.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let decoder = Decoder::new();
        let replies = VecDeque::new();
        Emulated { child, line, decoder, text: String::new(), replies, number: 0, log, monitor }
    }
}

/// A board that runs.
#[derive(Debug)]
pub struct Emulated {
    child: Child,
    line: Receiver<Vec<u8>>,
    decoder: Decoder,
    /// All that it has said.
    text: String,
    replies: VecDeque<Vec<u8>>,
    number: u8,
    log: PathBuf,
    monitor: PathBuf,
}

impl Emulated {
    /// Listens for at most so long. Whether anything came.
    fn listen(&mut self, at_most: Duration) -> bool {
        let bytes = match self.line.recv_timeout(at_most) {
            Ok(bytes) => bytes,
            Err(RecvTimeoutError::Timeout) => return false,
            Err(RecvTimeoutError::Disconnected) => panic!("QEMU has ended:\n{}", self.text),
        };
        for byte in bytes {
            match self.decoder.push(byte) {
                Event::None => {}
                Event::Text => self.text.push_str(&String::from_utf8_lossy(self.decoder.text())),
                Event::Frame => self.replies.push_back(self.decoder.frame().to_vec()),
            }
        }
        true
    }

    /// What the board has said, since the start.
    #[must_use]
    pub fn text(&mut self) -> &str {
        while self.listen(Duration::ZERO) {}
        &self.text
    }

    /// Waits until the board has said this, behind what it had said `before` so many bytes: the line.
    ///
    /// # Panics
    ///
    /// When it does not say it.
    pub fn wait_for(&mut self, before: usize, what: &str) -> String {
        let start = Instant::now();
        loop {
            let new = &self.text[before..];
            if let Some(line) = new.split_inclusive('\n').find(|line| line.contains(what) && line.ends_with('\n')) {
                return line.trim_end().to_owned();
            }
            assert!(start.elapsed() < PATIENCE, "the board does not say `{what}`:\n{}", self.text);
            self.listen(Duration::from_millis(50));
        }
    }

    /// Waits until a line is in QEMU's log (or in what the board says) more than `times` times.
    ///
    /// # Panics
    ///
    /// When it does not come.
    pub fn wait_for_log(&mut self, line: &str, times: usize) {
        let start = Instant::now();
        while self.count(line) <= times {
            assert!(
                start.elapsed() < PATIENCE,
                "no `{line}` in {}; the board said:\n{}",
                self.log.display(),
                self.text
            );
            self.listen(Duration::from_millis(50));
        }
    }

    /// How often a line is in QEMU's log, or in what the board has said.
    #[must_use]
    pub fn count(&mut self, line: &str) -> usize {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.matches(line).count() + self.text().matches(line).count()
    }

    /// Asks, and returns what `read` makes of the reply. A request without an answer is sent again.
    ///
    /// # Panics
    ///
    /// When the board does not answer.
    pub fn ask<T>(&mut self, request: &Request<'_>, read: impl Fn(&Reply<'_>) -> T) -> T {
        self.number = self.number.wrapping_add(1);
        let frame = request.encode(self.number).expect("a request that fits");
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            let stdin = self.child.stdin.as_mut().expect("a pipe");
            stdin.write_all(&frame).and_then(|()| stdin.flush()).expect("QEMU reads");
            let sent = Instant::now();
            while sent.elapsed() < Duration::from_secs(5) {
                self.listen(Duration::from_millis(50));
                while let Some(reply) = self.replies.pop_front() {
                    match Reply::decode(&reply) {
                        Some((kind, number, reply)) if (kind, number) == (request.kind(), self.number) => {
                            return read(&reply);
                        }
                        _ => {}
                    }
                }
            }
        }
        panic!("no answer to {request:?}:\n{}", self.text)
    }

    /// What the guest is doing, the slot it is in, ticks that it missed, and how the last one ended.
    ///
    /// # Panics
    ///
    /// When the board answers something else.
    pub fn status(&mut self) -> (Activity, u8, u32, Report) {
        self.ask(&Request::Status, |reply| match reply {
            Reply::Status(status) => (status.activity, status.slot, status.misses, status.report),
            other => panic!("no status: {other:?}"),
        })
    }

    /// Sends an image. Where the only slot is in use, the guest is stopped first.
    ///
    /// # Errors
    ///
    /// The board's reply, as text, if it is not `Done`.
    pub fn push(&mut self, image: &[u8]) -> Result<(), String> {
        let begin = Request::Begin { size: image.len() as u32 };
        if self.ask(&begin, |reply| *reply == Reply::NoSlot) {
            self.done(&Request::Stop)?;
            self.done(&begin)?;
        }
        for (index, bytes) in image.chunks(MOST_DATA).enumerate() {
            self.done(&Request::Data { offset: (index * MOST_DATA) as u32, bytes })?;
        }
        self.done(&Request::Commit)
    }

    /// Bytes of native stack that were used since the start: below its top, memory that is not zero, as all of it was.
    ///
    /// # Panics
    ///
    /// When QEMU does not tell.
    #[must_use]
    pub fn native_stack(&mut self, top: u64, most: u64) -> u64 {
        let dump = self.monitor.with_extension("dump");
        let _ = fs::remove_file(&dump);
        self.command(&format!("stop\nmemsave {:#x} {most:#x} \"{}\"\ncont", top - most, dump.display()));
        let start = Instant::now();
        while fs::metadata(&dump).map_or(0, |data| data.len()) < most {
            assert!(start.elapsed() < PATIENCE, "QEMU does not save its memory");
            thread::sleep(Duration::from_millis(20));
        }
        let bytes = fs::read(&dump).expect("a dump");
        most - bytes.iter().position(|&byte| byte != 0).map_or(most, |first| first as u64)
    }

    /// Tells QEMU's monitor something, as `system_reset`. What it says, its greeting first.
    ///
    /// # Panics
    ///
    /// When it does not listen.
    pub fn command(&mut self, command: &str) -> String {
        let mut monitor = UnixStream::connect(&self.monitor).expect("QEMU listens");
        monitor.write_all(format!("{command}\n").as_bytes()).expect("QEMU reads");
        // It is done when QEMU asks for the next one: behind its greeting and the echo.
        let mut said: Vec<u8> = Vec::new();
        let mut buffer = [0; 256];
        while said.windows(PROMPT.len()).filter(|part| *part == PROMPT).count() < 2 + command.matches('\n').count() {
            let length = monitor.read(&mut buffer).expect("QEMU answers");
            said.extend(&buffer[..length]);
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Asks for something that is to be done.
    ///
    /// # Errors
    ///
    /// As for [`push`](Self::push).
    pub fn done(&mut self, request: &Request<'_>) -> Result<(), String> {
        self.ask(request, |reply| if *reply == Reply::Done { Ok(()) } else { Err(format!("{reply:?}")) })
    }
}

impl Drop for Emulated {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
