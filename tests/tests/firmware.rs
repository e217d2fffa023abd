//! Firmware of `boards/firmware` in QEMU's models of boards: what guests do there, what they may not, and what happens when they do not behave.
//!
//! Each test is a board. What is checked on it are functions, in an order that a user could follow at the serial line.

use std::path::Path;
use std::process::Command;

use ermine::image::{Inspection, with_memory};
use ermine::{Config, Engine, Module, Profile};
use ermine_boards::Kind;
use ermine_boards::link::message::{Activity, BUILT_IN, Request};
use ermine_tests::emulator::{Board, Emulated};
use ermine_tests::firmware::run;
use ermine_tests::mutations::specimen::Draft;
use ermine_tests::sizes::{self, Metrics, Sizes};
use ermine_tests::{golden, tools};

/// Imports that guests of these tests use.
const IMPORTS: &str = r#"
    (import "ermine:grant@1" "led" (func $led (result i32)))
    (import "ermine:gpio@1" "write" (func $write (param i32 i32) (result i32)))
    (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
    (import "ermine:delay@1" "ns" (func $delay (param i64)))
    (memory 64 (pagesize 1))
    (func $say (drop (call $log (i32.const 2) (i32.const 0) (i32.const 8))))
    (func $wait (call $delay (i64.const 20_000_000)))"#;

/// A guest in the text format, which may say a word of eight letters, wait, and drive the LED.
fn wasm(word: &str, functions: &str) -> Vec<u8> {
    assert_eq!(word.len(), 8);
    let text = format!("(module {IMPORTS} (data (i32.const 0) \"{word}\") {functions})");
    wat::parse_str(text).expect("a module")
}

fn guest(word: &str, functions: &str) -> Vec<u8> {
    compile(&wasm(word, functions))
}

fn compile(wasm: &[u8]) -> Vec<u8> {
    engine(true).precompile_module(wasm).expect("an image")
}

fn engine(metered: bool) -> Engine {
    let mut config = Config::default();
    config.profile(Profile::Base).consume_fuel(metered).wasm_custom_page_sizes(true);
    Engine::new(&config)
}

/// Says its word again and again.
fn teller(word: &str) -> Vec<u8> {
    guest(word, r#"(func (export "_start") (loop $again (call $say) (call $wait) (br $again)))"#)
}

/// A board, and the firmware that runs on it.
struct Bench {
    board: Board,
    emulated: Emulated,
}

impl Bench {
    fn of(name: &str) -> Option<Self> {
        Self::with(name, &[])
    }

    /// With more options for QEMU.
    fn with(name: &str, options: &[String]) -> Option<Self> {
        let board = Board::named(name);
        if !board.is_available() {
            return None;
        }
        let firmware = board.build(Path::new(env!("CARGO_TARGET_TMPDIR")));
        Some(Self { board, emulated: board.start_with(&firmware, options) })
    }

    /// How much the board has said until now.
    fn said(&mut self) -> usize {
        self.emulated.text().len()
    }

    fn check(&mut self) {
        self.boots();
        self.blinks();
        self.denies_what_is_not_granted();
        self.refuses_hostile_images();
        self.refuses_what_needs_too_much_memory();
        self.takes_a_new_guest();
        self.falls_back();
        self.reports_a_trap();
        self.pauses_and_resumes();
        self.stops_what_does_not_return();
        self.goes_on();
    }

    fn boots(&mut self) {
        let line = self.emulated.wait_for(0, "ermine: on ");
        assert_eq!(line, format!("ermine: on {}", self.board.name));
    }

    /// The guest that the firmware brings along.
    fn blinks(&mut self) {
        for _ in 0..2 {
            for line in self.board.led {
                let times = self.emulated.count(line);
                self.emulated.wait_for_log(line, times);
            }
        }
        let (activity, slot, ..) = self.emulated.status();
        assert_eq!((activity, slot), (Activity::Waiting, BUILT_IN));
    }

    fn denies_what_is_not_granted(&mut self) {
        // What this board's table has nothing of.
        let denied = match self.board.name {
            "netduinoplus2" => r#"(import "ermine:spi@1" "read" (func (param i32 i32 i32) (result i32)))"#,
            _ => r#"(import "ermine:pwm@1" "set_duty" (func (param i32 i32) (result i32)))"#,
        };
        for (import, kind) in [
            (r#"(import "ermine:grant@1" "relay" (func (result i32)))"#, Kind::GrantMissing),
            (denied, Kind::ImportDenied),
            (r#"(import "ermine:pwm@1" "set_duty" (func (param i32) (result i32)))"#, Kind::ImportSignature),
            (r#"(import "env" "poke" (func (param i32 i32)))"#, Kind::ImportUnknown),
        ] {
            let wasm = wat::parse_str(format!(r#"(module {import} (func (export "_start")))"#)).expect("a module");
            let refused = self.emulated.push(&compile(&wasm)).expect_err("it is not granted");
            assert!(refused.contains(&format!("Refused(Report {{ kind: {kind:?}")), "{refused}");
        }
        self.has_the_same_guest();
    }

    /// What was refused did no harm to the guest that runs.
    fn has_the_same_guest(&mut self) {
        let (activity, slot, ..) = self.emulated.status();
        assert_eq!((activity, slot), (Activity::Waiting, BUILT_IN));
    }

    fn refuses_hostile_images(&mut self) {
        let good = teller("hostile!");
        let mut damaged = good.clone();
        *damaged.last_mut().expect("bytes") ^= 1;
        let refused = self.emulated.push(&damaged).expect_err("it is damaged");
        assert!(refused.contains("ImageHeader, detail: 8"), "{refused}");
        // A checksum is no signature.
        let mut forged = Draft::new(&good);
        let code = forged.count(14);
        (0..code).for_each(|unit| forged.set_unit(unit, 0xffff));
        forged.seal();
        let refused = self.emulated.push(forged.bytes()).expect_err("it is forged");
        assert!(refused.contains("ImageRule"), "{refused}");
        let unpaid = engine(false).precompile_module(&wasm("unpaid!!", r#"(func (export "_start"))"#));
        let unpaid = unpaid.expect("an image");
        let refused = self.emulated.push(&unpaid).expect_err("it does not pay");
        assert!(refused.contains("Unmetered"), "{refused}");
        self.has_the_same_guest();
    }

    fn refuses_what_needs_too_much_memory(&mut self) {
        let wasm = wat::parse_str(r#"(module (memory 64) (func (export "_start")))"#).expect("a module");
        let refused = self.emulated.push(&compile(&wasm)).expect_err("4 MiB");
        assert!(refused.contains("NoMemory, detail: 0, a: 4194304"), "{refused}");
        self.has_the_same_guest();
    }

    fn takes_a_new_guest(&mut self) {
        let before = self.said();
        self.emulated.push(&teller("greeting")).expect("it is taken");
        self.emulated.wait_for(before, "info: greeting");
        let (activity, slot, _, report) = self.emulated.status();
        assert_eq!((activity, slot, report.kind), (Activity::Waiting, 0, Kind::Replaced));
    }

    fn falls_back(&mut self) {
        let before = self.said();
        let bad = guest("bad one!", r#"(func (export "_start") unreachable)"#);
        self.emulated.push(&bad).expect("nothing is wrong with the image");
        self.emulated.wait_for(before, "trap: unreachable at func 6");
        self.emulated.wait_for(before, "ermine: back to the guest before it");
        let (_, slot, _, report) = self.emulated.status();
        assert_eq!(report.kind, Kind::Trap);
        // With one slot, it is the firmware's own guest.
        if slot == BUILT_IN {
            self.blinks();
        } else {
            let before = self.said();
            self.emulated.wait_for(before, "info: greeting");
        }
    }

    fn reports_a_trap(&mut self) {
        let wasm = wasm(
            "dividing",
            r#"(func $divide (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
            (func (export "_start") (call $say) (call $wait) (drop (call $write (call $led) (i32.const 1)))
                (drop (call $divide (i32.const 0))))"#,
        );
        let before = self.said();
        let image = compile(&wasm);
        self.emulated.push(&image).expect("it is taken");
        let line = self.emulated.wait_for(before, "trap: integer divide by zero at func ");
        // What `ermine symbolize` does with the line.
        let (_, place) = line.split_once(" at func ").expect("a place");
        let (func, rest) = place.split_once(" + 0x").expect("a place");
        let (offset, checksum) = rest.split_once(" (image ").expect("a place");
        let module = Module::new(&engine(true), &wasm).expect("a module");
        let map = module.symbol_map(&Inspection::open(&image).expect("an image")).expect("its map");
        assert_eq!(checksum, format!("{:08x})", map.checksum()));
        let symbol = map.look_up(func.parse().expect("a number"), u32::from_str_radix(offset, 16).expect("a number"));
        assert_eq!(symbol.and_then(|symbol| symbol.name), Some("divide"), "{line}");
        // The LED was lit, and is dark now.
        let dark = self.board.led[1];
        self.emulated.wait_for_log(dark, 0);
        assert_eq!(self.emulated.status().0, Activity::Stopped);
    }

    fn pauses_and_resumes(&mut self) {
        // Eight operators in a pass: twenty ticks.
        let passes = self.board.fuel * 20 / 8;
        let before = self.said();
        let computing = guest(
            "computed",
            &format!(
                r#"(func (export "_start") (local $n i32)
                (loop $again
                    (local.set $n (i32.add (local.get $n) (i32.const 1)))
                    (br_if $again (i32.lt_u (local.get $n) (i32.const {passes}))))
                (call $say) (loop $forever (call $wait) (br $forever)))"#
            ),
        );
        self.emulated.push(&computing).expect("it is taken");
        self.emulated.wait_for(before, "info: computed");
        let (activity, _, misses, _) = self.emulated.status();
        assert_eq!(activity, Activity::Waiting);
        assert!((15..=25).contains(&misses), "{misses} ticks");
    }

    fn stops_what_does_not_return(&mut self) {
        let before = self.said();
        let endless = guest(
            "endless!",
            r#"(func (export "_start") (call $say) (call $wait)
                (drop (call $write (call $led) (i32.const 1)))
                (loop $forever (br $forever)))"#,
        );
        self.emulated.push(&endless).expect("it is taken");
        let line = self.emulated.wait_for(before, "ermine: the guest was stopped: it did not return in time");
        assert!(line.contains("in ticks 101"), "{line}");
        let (activity, _, _, report) = self.emulated.status();
        assert_eq!((activity, report.kind), (Activity::Stopped, Kind::Overdue));
    }

    /// The host has survived all of it.
    fn goes_on(&mut self) {
        let before = self.said();
        self.emulated.push(&teller("at last!")).expect("it is taken");
        self.emulated.wait_for(before, "info: at last!");
        self.emulated.done(&Request::Stop).expect("it stops");
        self.emulated.wait_for(before, "ermine: the guest was stopped");
        assert_eq!(self.emulated.status().0, Activity::Stopped);
        let before = self.said();
        self.emulated.done(&Request::Run).expect("it runs");
        self.emulated.wait_for(before, "info: at last!");
    }
}

/// Guests of `boards/guests`: their modules, and the memory that they get instead of whole pages. The same as in `build.sh`.
const GUESTS: [(&str, Option<u32>); 6] = [
    ("blinky/blinky.wat", None),
    ("blinky/blinky-rust.wasm", Some(1 << 10)),
    ("blinky/blinky-c.wasm", Some(512)),
    ("display/display.wasm", Some(2 << 10)),
    ("thermometer/thermometer.wasm", Some(2 << 10)),
    ("thermostat/thermostat.wat", None),
];

#[test]
fn guests_have_the_images_that_are_compiled_today() {
    for (name, memory) in GUESTS {
        let path = golden::path(&format!("../boards/guests/{name}"));
        let wasm = wat::parse_file(&path).expect("a module");
        let mut config = Config::default();
        config.profile(Profile::Base).consume_fuel(true).wasm_custom_page_sizes(true);
        let mut image = Engine::new(&config).precompile_module(&wasm).expect("an image");
        if let Some(bytes) = memory {
            image = with_memory(&image, bytes).expect("a guest that does not ask for the size of its memory");
        }
        let path = path.with_extension("erm");
        golden::check_bytes(&path, &image).unwrap_or_else(|difference| panic!("{difference}"));
    }
}

/// Bytes that guests are lent on each board: value stack and linear memory, and slots in RAM. Its file says so.
const LENT: [(&str, u64, u64); 6] = [
    ("netduinoplus2", (4 << 10) + (64 << 10), 24 << 10),
    ("stm32vldiscovery", 384 + (1 << 10), 1536),
    ("microbit", (1 << 10) + (4 << 10), 0),
    ("mps2-an386", (16 << 10) + (256 << 10), 0),
    ("mps2-an505", (16 << 10) + (256 << 10), 0),
    ("virt", (16 << 10) + (256 << 10), 128 << 10),
];

const HEAD: &str = "\
# boards/firmware at opt-level s, integers only, with blinky in it. Written by tests/firmware.rs.
#
# flash    bytes of .text, .rodata and .data
# ram      bytes of .data and .bss beyond linear memory, value stack and slots for guests in RAM
# stack    bytes of native stack at the most: after an update, a trap, a guest that was stopped
";

/// The address of a symbol.
fn address(firmware: &Path, symbol: &str) -> u64 {
    let symbols = run(Command::new("arm-none-eabi-nm").arg(firmware));
    let line = symbols.lines().find(|line| line.ends_with(&format!(" {symbol}")));
    u64::from_str_radix(line.expect("a symbol").split(' ').next().expect("an address"), 16).expect("a number")
}

#[test]
fn the_firmware_takes_known_space() {
    if !["arm-none-eabi-nm", "arm-none-eabi-size"].into_iter().all(tools::program) {
        return;
    }
    let mut metrics = Metrics::new();
    for (name, lent, slots) in LENT {
        let Some(mut bench) = Bench::of(name) else { return };
        bench.boots();
        bench.reports_a_trap();
        bench.pauses_and_resumes();
        bench.stops_what_does_not_return();
        let firmware = bench.board.build(Path::new(env!("CARGO_TARGET_TMPDIR")));
        let sizes = Sizes::of(&firmware);
        let mut add = |what: &str, number| metrics.insert(format!("{name}.{what}"), number);
        add("flash", sizes.text + sizes.data);
        // The stack of `virt` is in its `.bss`.
        if name != "virt" {
            add("ram", sizes.data + sizes.bss - lent - slots);
        }
        add("stack", bench.emulated.native_stack(address(&firmware, "_stack_start"), 4 << 10));
    }
    println!("{metrics:?}");
    sizes::check("goldens/firmware.txt", HEAD, &metrics).unwrap_or_else(|difference| panic!("{difference}"));
}

#[test]
fn the_firmware_links_nothing_that_panics_formats_or_allocates() {
    // With WASI, `mps2-an386` can panic as far as the compiler knows.
    for (name, ..) in LENT.into_iter().filter(|(name, ..)| *name != "mps2-an386") {
        let board = Board::named(name);
        if !(board.is_available() && tools::program("arm-none-eabi-nm")) {
            return;
        }
        let firmware = board.build(Path::new(env!("CARGO_TARGET_TMPDIR")));
        let symbols = run(Command::new("arm-none-eabi-nm").arg("--demangle").arg(&firmware));
        assert!(symbols.contains("ermine_boards::supervisor"), "the list of symbols is empty:\n{symbols}");
        let unwanted = ["core::panicking", "core::fmt", "alloc::", "__rust_alloc", "rust_begin_unwind"];
        let found: Vec<&str> = symbols.lines().filter(|line| unwanted.iter().any(|name| line.contains(name))).collect();
        assert!(found.is_empty(), "{name}:\n{}", found.join("\n"));
    }
}

fn check(name: &str) {
    if let Some(mut bench) = Bench::of(name) {
        bench.check();
    }
}

#[test]
fn an_stm32f405_runs_guests_and_survives_them() {
    check("netduinoplus2");
}

#[test]
fn an_stm32f100_with_8_kb_of_ram_runs_guests_and_survives_them() {
    check("stm32vldiscovery");
}

#[test]
fn an_nrf51822_runs_guests_and_survives_them() {
    check("microbit");
}

#[test]
fn a_program_for_wasi_writes_and_ends_on_a_board() {
    let Some(mut bench) = Bench::of("mps2-an386") else { return };
    bench.boots();
    let before = bench.said();
    let program = wat::parse_str(
        r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
        (func (export "_start")
            (call $exit (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))))"#,
    );
    bench.emulated.push(&compile(&program.expect("a module"))).expect("it is taken");
    bench.emulated.wait_for(before, "hello");
    bench.emulated.wait_for(before, "ermine: the guest ended itself with status 0 ");
    assert_eq!(bench.emulated.status().0, Activity::Stopped);
    assert!(!bench.emulated.text()[before..].contains("back to the guest"), "{}", bench.emulated.text());
}

#[test]
fn a_guest_reads_the_accelerometer_of_a_microbit() {
    let Some(mut bench) = Bench::of("microbit") else { return };
    bench.boots();
    let before = bench.said();
    // The register that says what it is, at an address that is granted and at one that is not.
    let sensor = wat::parse_str(
        r#"(module
        (import "ermine:grant@1" "sensor" (func $sensor (result i32)))
        (import "ermine:i2c@1" "write_read" (func $i2c (param i32 i32 i32 i32 i32 i32) (result i32)))
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "\0d?? is there")
        (func $ask (param i32) (result i32)
            (call $i2c (call $sensor) (local.get 0) (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 1)))
        (func (export "_start")
            (i32.store8 (i32.const 2) (i32.add (i32.const 48) (call $ask (i32.const 0x1d))))
            (drop (call $log (i32.const 2) (i32.const 1) (i32.const 11)))
            (i32.store8 (i32.const 2) (i32.sub (i32.const 48) (call $ask (i32.const 0x50))))
            (drop (call $log (i32.const 2) (i32.const 1) (i32.const 11)))))"#,
    );
    bench.emulated.push(&compile(&sensor.expect("a module"))).expect("it is taken");
    // 0x5a and done; denied.
    bench.emulated.wait_for(before, "info: Z0 is there");
    bench.emulated.wait_for(before, "info: Z1 is there");
}

#[test]
fn a_guest_in_flash_outlives_a_reset_and_one_that_does_not_start_does_not() {
    let Some(mut bench) = Bench::of("microbit") else { return };
    bench.boots();
    bench.takes_a_new_guest();
    let before = bench.said();
    bench.emulated.command("system_reset");
    bench.emulated.wait_for(before, "ermine: on microbit");
    bench.emulated.wait_for(before, "info: greeting");
    assert_eq!(bench.emulated.status().1, 0);
    let endless = guest("endless!", r#"(func (export "_start") (loop $forever (br $forever)))"#);
    bench.emulated.push(&endless).expect("it is taken");
    // Wherever it is now: not started, starting, or given up.
    let before = bench.said();
    bench.emulated.command("system_reset");
    bench.emulated.wait_for(before, "info: greeting");
    let before = bench.said();
    bench.emulated.command("system_reset");
    bench.emulated.wait_for(before, "info: greeting");
    assert!(!bench.emulated.text()[before..].contains("did not return"), "{}", bench.emulated.text());
}

#[test]
fn a_cortex_m4f_runs_guests_and_survives_them() {
    check("mps2-an386");
}

#[test]
fn a_cortex_m33_runs_guests_and_survives_them() {
    check("mps2-an505");
}

#[test]
fn an_rv32_runs_guests_and_survives_them() {
    check("virt");
}
