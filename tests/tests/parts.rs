//! Parts of boards in QEMU's models of them: buses, converters, lines, flash and watchdogs that guests and firmware see at work.
//!
//! What is connected to a board are QEMU's devices. What a board's model does not have is told by `docs/boards.md`.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use ermine::{Config, Engine, Profile};
use ermine_boards::link::message::{Activity, Request};
use ermine_tests::emulator::{Board, Emulated};
use ermine_tests::firmware::run;
use ermine_tests::{golden, tools};

/// Longer than anything takes, on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A board with more options for QEMU, and its firmware. Nothing where there are no tools.
fn start(name: &str, options: &[String]) -> Option<(Board, Emulated)> {
    let board = Board::named(name);
    if !board.is_available() {
        return None;
    }
    let firmware = board.build(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let mut emulated = board.start_with(&firmware, options);
    emulated.wait_for(0, "ermine: on ");
    Some((board, emulated))
}

/// An image of a guest in the text format.
fn image(wat: &str) -> Vec<u8> {
    let mut config = Config::default();
    config.profile(Profile::Base).consume_fuel(true).wasm_custom_page_sizes(true);
    Engine::new(&config).precompile_module(&wat::parse_str(wat).expect("a module")).expect("an image")
}

/// Sends a guest: how much the board had said before.
fn push(emulated: &mut Emulated, wat: &str) -> usize {
    let before = emulated.text().len();
    emulated.push(&image(wat)).expect("it is taken");
    before
}

/// Sends the guest that reads a temperature sensor with integers.
fn push_thermostat(emulated: &mut Emulated) -> usize {
    let wat = std::fs::read_to_string(golden::path("../boards/guests/thermostat/thermostat.wat"));
    push(emulated, &wat.expect("a guest"))
}

/// QEMU's sensor, at the other end of the two pins of the bus.
fn a_sensor_is_read(name: &str) {
    let options = ["-device", "tmp105,address=0x48,id=sensor"].map(str::to_owned);
    let Some((board, mut emulated)) = start(name, &options) else { return };
    let celsius = |emulated: &mut Emulated, degrees: u32| {
        emulated.command(&format!("qom-set /machine/peripheral/sensor temperature {}", degrees * 1000));
    };
    celsius(&mut emulated, 21);
    let before = push_thermostat(&mut emulated);
    emulated.wait_for(before, "info: 21 degrees");
    let lit = emulated.count(board.led[0]);
    celsius(&mut emulated, 35);
    emulated.wait_for(before, "info: 35 degrees");
    emulated.wait_for_log(board.led[0], lit);
}

#[test]
fn a_cortex_m4f_reads_a_sensor_through_two_pins() {
    a_sensor_is_read("mps2-an386");
}

#[test]
fn a_cortex_m33_reads_a_sensor_through_two_pins() {
    a_sensor_is_read("mps2-an505");
}

/// Its pins are not modelled: all inputs are low, which is a fault of the bus. The guest is told so, and goes on.
#[test]
fn an_stm32f100_with_8_kb_of_ram_runs_a_guest_with_a_sensor() {
    let Some((_, mut emulated)) = start("stm32vldiscovery", &[]) else { return };
    let before = push_thermostat(&mut emulated);
    emulated.wait_for(before, "error: no sensor");
    let said = emulated.text().len();
    emulated.wait_for(said, "error: no sensor");
    assert_eq!(emulated.status().0, Activity::Waiting);
}

/// QEMU's converter gives seven more with each conversion.
#[test]
fn an_stm32f405_reads_an_analog_input() {
    let Some((_, mut emulated)) = start("netduinoplus2", &[]) else { return };
    let before = push(
        &mut emulated,
        r#"(module
        (import "ermine:grant@1" "light" (func $light (result i32)))
        (import "ermine:adc@1" "read" (func $read (param i32) (result i32)))
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (memory 64 (pagesize 1))
        (func $tell (i32.store8 (i32.const 0)
                (i32.add (i32.const 48) (i32.div_u (call $read (call $light)) (i32.const 112))))
            (drop (call $log (i32.const 2) (i32.const 0) (i32.const 1))))
        (func (export "_start") (call $tell) (call $tell) (call $tell)))"#,
    );
    // Of twelve bits: 7 is 112 of sixteen.
    for line in ["info: 1", "info: 2", "info: 3"] {
        emulated.wait_for(before, line);
    }
}

#[test]
fn an_stm32f405_has_a_serial_line_for_guests() {
    let socket = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests-line");
    let _ = std::fs::remove_file(&socket);
    let options = ["-serial".to_owned(), format!("unix:{},server=on,wait=off", socket.display())];
    let Some((_, mut emulated)) = start("netduinoplus2", &options) else { return };
    push(
        &mut emulated,
        r#"(module
        (import "ermine:grant@1" "serial" (func $line (result i32)))
        (import "ermine:serial@1" "read" (func $read (param i32 i32 i32) (result i32)))
        (import "ermine:serial@1" "write" (func $write (param i32 i32 i32) (result i32)))
        (import "ermine:serial@1" "watch" (func $watch (param i32 i32) (result i32)))
        (memory 64 (pagesize 1))
        (func (export "_start") (drop (call $watch (call $line) (i32.const 1))))
        (func (export "on_event") (param i32 i32)
            ;; An event may find nothing.
            (if (call $read (local.get 0) (i32.const 0) (i32.const 1))
                (then
                    (i32.store8 (i32.const 0) (i32.sub (i32.load8_u (i32.const 0)) (i32.const 32)))
                    (drop (call $write (local.get 0) (i32.const 0) (i32.const 1)))))))"#,
    );
    let mut line = UnixStream::connect(&socket).expect("QEMU listens");
    line.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    line.write_all(b"echo").expect("QEMU reads");
    let mut echo = [0; 4];
    line.read_exact(&mut echo).expect("the guest answers");
    assert_eq!(&echo, b"ECHO");
}

/// What the timer compares its count with is the duty, and 0 when no guest runs.
#[test]
fn an_stm32f405_makes_pulses() {
    let Some((_, mut emulated)) = start("netduinoplus2", &[]) else { return };
    let duty = |emulated: &mut Emulated| {
        emulated.command("xp /1wx 0x40000434").lines().any(|line| line.ends_with("0x00004000"))
    };
    assert!(!duty(&mut emulated), "before a guest runs");
    let before = push(
        &mut emulated,
        r#"(module
        (import "ermine:grant@1" "dimmer" (func $dimmer (result i32)))
        (import "ermine:pwm@1" "max_duty" (func $max (param i32) (result i32)))
        (import "ermine:pwm@1" "set_duty" (func $set (param i32 i32) (result i32)))
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "dim")
        (func (export "on_event") (param i32 i32))
        (func (export "_start")
            (drop (call $set (call $dimmer) (i32.div_u (i32.add (call $max (call $dimmer)) (i32.const 1)) (i32.const 4))))
            (drop (call $log (i32.const 2) (i32.const 0) (i32.const 3)))))"#,
    );
    emulated.wait_for(before, "info: dim");
    assert!(duty(&mut emulated), "a quarter");
    emulated.done(&Request::Stop).expect("it stops");
    // The reply may be faster.
    let start = Instant::now();
    while duty(&mut emulated) {
        assert!(start.elapsed() < PATIENCE, "not the safe duty");
    }
}

/// QEMU's flash chip, on the second shield, tells who made it.
fn a_chip_is_identified(name: &str) {
    let options = ["-device", "n25q256a"].map(str::to_owned);
    let Some((_, mut emulated)) = start(name, &options) else { return };
    let before = push(
        &mut emulated,
        r#"(module
        (import "ermine:grant@1" "memory" (func $memory (result i32)))
        (import "ermine:spi@1" "transfer_in_place" (func $transfer (param i32 i32 i32) (result i32)))
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "\9f\00\00\00\00\00\00")
        (data (i32.const 16) "Micron")
        (func (export "_start")
            (drop (call $transfer (call $memory) (i32.const 0) (i32.const 7)))
            (if (i32.eq (i32.load8_u (i32.const 1)) (i32.const 0x20))
                (then (drop (call $log (i32.const 2) (i32.const 16) (i32.const 6)))))))"#,
    );
    emulated.wait_for(before, "info: Micron");
}

#[test]
fn a_cortex_m4f_reads_a_chip_through_spi() {
    a_chip_is_identified("mps2-an386");
}

#[test]
fn a_cortex_m33_reads_a_chip_through_spi() {
    a_chip_is_identified("mps2-an505");
}

#[test]
fn bytes_that_an_nrf51822_stores_outlive_a_reset() {
    let Some((_, mut emulated)) = start("microbit", &[]) else { return };
    // Says the byte that is stored, at an odd place, and stores the next one. None is 255.
    let before = push(
        &mut emulated,
        r#"(module
        (import "ermine:grant@1" "settings" (func $settings (result i32)))
        (import "ermine:storage@1" "read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "ermine:storage@1" "write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "starts ? times")
        (func (export "_start")
            (drop (call $read (call $settings) (i32.const 5) (i32.const 7) (i32.const 1)))
            (if (i32.eq (i32.load8_u (i32.const 7)) (i32.const 255)) (then (i32.store8 (i32.const 7) (i32.const 48))))
            (i32.store8 (i32.const 7) (i32.add (i32.load8_u (i32.const 7)) (i32.const 1)))
            (drop (call $write (call $settings) (i32.const 5) (i32.const 7) (i32.const 1)))
            (drop (call $log (i32.const 2) (i32.const 0) (i32.const 14)))))"#,
    );
    emulated.wait_for(before, "info: starts 1 times");
    for line in ["info: starts 2 times", "info: starts 3 times", "info: starts 4 times"] {
        // A guest whose first start ends in a reset is not tried again.
        while emulated.status().0 != Activity::Idle {}
        emulated.command("system_reset");
        emulated.wait_for(before, line);
    }
}

/// Where an address of an ELF file of 32 bits is in the file.
fn offset_in_file(elf: &[u8], address: usize) -> usize {
    let word = |at: usize| u32::from_le_bytes(elf[at..at + 4].try_into().expect("four bytes")) as usize;
    let half = |at: usize| usize::from(u16::from_le_bytes([elf[at], elf[at + 1]]));
    let (table, size, count) = (word(28), half(42), half(44));
    let segments = (0..count).map(|index| table + index * size).map(|at| (word(at + 4), word(at + 8), word(at + 16)));
    let mut found = segments.filter(|&(_, start, length)| (start..start + length).contains(&address));
    found.next().map(|(offset, start, _)| offset + address - start).expect("a segment")
}

/// Firmware that hangs, since its first instructions for a guest are overwritten (`wfi`, and a branch back to it), starts again and again.
fn a_watchdog_resets(name: &str) {
    let board = Board::named(name);
    if !board.is_available() || !tools::program("arm-none-eabi-nm") {
        return;
    }
    let firmware = board.build(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let symbols = run(Command::new("arm-none-eabi-nm").arg("--demangle").arg(&firmware));
    let session = symbols.lines().find(|line| line.ends_with("ermine_boards::supervisor::Supervisor<B,S>::session"));
    let address = session.expect("a symbol").split(' ').next().expect("an address");
    let mut elf = std::fs::read(&firmware).expect("it was built");
    let at = offset_in_file(&elf, usize::from_str_radix(address, 16).expect("a number"));
    elf[at..at + 4].copy_from_slice(&[0x30, 0xbf, 0xfd, 0xe7]);
    let hanging = firmware.with_extension("hanging");
    std::fs::write(&hanging, elf).expect("a file beside the firmware");
    let mut emulated = board.start(&hanging);
    let start = Instant::now();
    while emulated.text().matches("ermine: on ").count() < 3 {
        assert!(start.elapsed() < PATIENCE, "it hangs:\n{}", emulated.text());
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_cortex_m4f_that_hangs_is_reset_by_its_watchdog() {
    a_watchdog_resets("mps2-an386");
}

#[test]
fn a_cortex_m33_that_hangs_is_reset_by_its_watchdog() {
    a_watchdog_resets("mps2-an505");
}
