//! Guests on a board in memory: what they may, what they may not, and what happens when they do not behave.

mod common;

use common::{Desk, FUEL, MOST_TICKS, SENSOR, image, run};
use ermine_boards::{Grant, Pull};

/// Drives `led` forever.
const BLINKY: &str = r#"(module
    (import "ermine:grant@1" "led" (func $led (result i32)))
    (import "ermine:gpio@1" "toggle" (func $toggle (param i32) (result i32)))
    (import "ermine:delay@1" "ns" (func $delay (param i64)))
    (func (export "_start")
        (loop $forever
            (drop (call $toggle (call $led)))
            (call $delay (i64.const 10_000_000))
            (br $forever))))"#;

const LED: u8 = 1;
const BUTTON: u8 = 2;

static TABLE: &[Grant] = &[
    Grant::input("button", BUTTON, Pull::Up),
    Grant::output("led", LED),
    Grant::delay(),
    Grant::timer("tick", 1000),
    Grant::log(),
    Grant::i2c("sensor", 0, SENSOR..=SENSOR),
];

/// Levels of the LED that a guest has driven, and about when, in milliseconds.
fn levels(desk: &Desk) -> Vec<(u64, bool)> {
    desk.writes.iter().skip(1).map(|&(at, _, high)| (at / 1000, high)).collect()
}

#[test]
fn a_guest_that_waits_blinks() {
    let desk = run(TABLE, Some(&image(BLINKY)), 45, Desk::default());
    let expected = [(0, true), (10, false), (20, true), (30, false), (40, true), (45, false)];
    // The last is the safe state.
    assert_eq!(levels(&desk), expected, "{}", desk.text());
    assert!(desk.longest_without_food_us < 2000, "{}", desk.longest_without_food_us);
}

#[test]
fn a_guest_gets_events_of_timers_and_pins() {
    let guest = r#"(module
        (import "ermine:grant@1" "led" (func $led (result i32)))
        (import "ermine:grant@1" "tick" (func $tick (result i32)))
        (import "ermine:grant@1" "button" (func $button (result i32)))
        (import "ermine:gpio@1" "write" (func $write (param i32 i32) (result i32)))
        (import "ermine:gpio@1" "toggle" (func $toggle (param i32) (result i32)))
        (import "ermine:gpio@1" "watch" (func $watch (param i32 i32) (result i32)))
        (import "ermine:time@1" "start" (func $start (param i32 i64 i32) (result i32)))
        (import "ermine:time@1" "stop" (func $stop (param i32) (result i32)))
        (func (export "_start")
            (drop (call $watch (call $button) (i32.const 1)))
            (drop (call $start (call $tick) (i64.const 5000) (i32.const 1))))
        (func (export "on_event") (param $id i32) (param $arg i32)
            (if (i32.eq (local.get $id) (call $tick))
                (then (drop (call $toggle (call $led))))
                (else (drop (call $stop (call $tick))) (drop (call $write (call $led) (local.get $arg)))))))"#;
    let mut desk = Desk::default();
    desk.edges.extend([(17_000, BUTTON.into(), true), (22_000, BUTTON.into(), false)]);
    let desk = run(TABLE, Some(&image(guest)), 40, desk);
    assert_eq!(levels(&desk), [(5, true), (10, false), (15, true), (17, true), (40, false)], "{}", desk.text());
}

#[test]
fn what_the_table_does_not_grant_is_refused_with_the_line_that_it_needs() {
    static LITTLE: &[Grant] = &[Grant::delay()];
    for (import, line) in [
        (
            r#"(import "ermine:gpio@1" "write" (func (param i32 i32) (result i32)))"#,
            "refused: the table does not grant import ermine:gpio@1 write; add Grant::output(\"NAME\", PIN)",
        ),
        (
            r#"(import "ermine:grant@1" "led" (func (result i32)))"#,
            "refused: the table does not have import ermine:grant@1 led; add a grant named \"led\", as Grant::output(\"led\", PIN)",
        ),
        (r#"(import "ermine:delay@1" "ns" (func (param i32)))"#, "refused: wrong type of import ermine:delay@1 ns"),
        (r#"(import "env" "system" (func (param i32)))"#, "refused: nothing offers import env system"),
        (r#"(import "ermine:gpio@2" "write" (func))"#, "refused: nothing offers import ermine:gpio@2 write"),
    ] {
        let guest = format!(r#"(module {import} (func (export "_start")))"#);
        let desk = run(LITTLE, Some(&image(&guest)), 5, Desk::default());
        assert!(desk.text().contains(line), "{}", desk.text());
    }
}

#[test]
fn a_handle_gives_what_it_is_granted_for_and_no_more() {
    // Stores results of calls in memory, and logs them as digits below zero.
    let guest = r#"(module
        (import "ermine:gpio@1" "write" (func $write (param i32 i32) (result i32)))
        (import "ermine:gpio@1" "read" (func $read (param i32) (result i32)))
        (import "ermine:i2c@1" "write_read" (func $write_read (param i32 i32 i32 i32 i32 i32) (result i32)))
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (memory 512 (pagesize 1))
        (data (i32.const 64) "\05")
        (func $tell (param i32)
            (i32.store8 (i32.const 0) (i32.sub (i32.const 48) (local.get 0)))
            (drop (call $log (i32.const 2) (i32.const 0) (i32.const 1))))
        (func (export "_start")
            (call $tell (call $write (i32.const 1) (i32.const 1)))  ;; the LED
            (call $tell (call $write (i32.const 0) (i32.const 1)))  ;; the button: not this way
            (call $tell (call $write (i32.const 2) (i32.const 1)))  ;; no pin
            (call $tell (call $write (i32.const 99) (i32.const 1))) ;; nothing
            (call $tell (call $write_read (i32.const 5) (i32.const 0x48) (i32.const 64) (i32.const 1) (i32.const 96) (i32.const 4)))
            (call $tell (i32.sub (i32.const 0) (i32.load8_u (i32.const 99))))
            (call $tell (call $write_read (i32.const 5) (i32.const 0x49) (i32.const 64) (i32.const 1) (i32.const 96) (i32.const 4)))
            (call $tell (call $write_read (i32.const 5) (i32.const 0x48) (i32.const 64) (i32.const 8) (i32.const 68) (i32.const 4)))))"#;
    let desk = run(TABLE, Some(&image(guest)), 5, Desk::default());
    let told: Vec<&str> = desk.text().leak().lines().filter_map(|line| line.strip_prefix("info: ")).collect();
    // Done, mode_not_allowed, bad_handle twice, done with what the sensor says, denied, invalid: the buffers overlap.
    assert_eq!(told, ["0", "3", "2", "2", "0", "6", "1", "4"]);
}

#[test]
fn an_address_outside_of_memory_traps() {
    let guest = r#"(module
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (memory 512 (pagesize 1))
        (func (export "_start") (drop (call $log (i32.const 0) (i32.const 500) (i32.const 13)))))"#;
    let desk = run(TABLE, Some(&image(guest)), 5, Desk::default());
    assert!(desk.text().contains("trap: out of bounds memory access at func 1 + 0x"), "{}", desk.text());
}

#[test]
fn a_rate_limit_holds() {
    static LIMITED: &[Grant] = &[Grant::output("led", LED).at_most(3), Grant::delay()];
    let desk = run(LIMITED, Some(&image(BLINKY)), 1500, Desk::default());
    let times: Vec<u64> = levels(&desk).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [0, 10, 20, 1000, 1010, 1020, 1500]);
}

#[test]
fn a_guest_that_computes_for_long_pauses_and_goes_on() {
    let guest = r#"(module
        (import "ermine:gpio@1" "write" (func $write (param i32 i32) (result i32)))
        (func (export "_start") (local $n i32)
            (loop $again
                (local.set $n (i32.add (local.get $n) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $n) (i32.const 2000))))
            (drop (call $write (i32.const 1) (local.get $n)))))"#;
    let desk = run(TABLE, Some(&image(guest)), 50, Desk::default());
    let times: Vec<u64> = levels(&desk).into_iter().map(|(at, _)| at).collect();
    // Eight operators in a pass.
    let ticks = 2000 * 8 / u64::from(FUEL);
    assert!(times[0] >= ticks - 1 && times[0] <= ticks + 1, "{times:?}");
    assert!(desk.text().lines().count() == 2, "{}", desk.text());
}

#[test]
fn a_guest_that_does_not_return_is_stopped_and_the_board_goes_on() {
    let guest = r#"(module
        (import "ermine:gpio@1" "write" (func $write (param i32 i32) (result i32)))
        (func (export "_start")
            (drop (call $write (i32.const 1) (i32.const 1)))
            (loop $forever (br $forever))))"#;
    let desk = run(TABLE, Some(&image(guest)), 200, Desk::default());
    let stopped = u64::from(MOST_TICKS);
    assert_eq!(levels(&desk), [(0, true), (stopped, false)]);
    assert!(desk.text().contains("did not return in time, in ticks 21"), "{}", desk.text());
    assert!(desk.longest_without_food_us < 2000 && desk.last_fed_us >= 199_000, "{desk:?}");
}

#[test]
fn a_guest_that_only_calls_is_stopped_too() {
    let guest = r#"(module
        (import "ermine:gpio@1" "read" (func $read (param i32) (result i32)))
        (func (export "_start")
            (loop $forever (drop (call $read (i32.const 0))) (br $forever))))"#;
    let desk = run(TABLE, Some(&image(guest)), 200, Desk::default());
    assert!(desk.text().contains("did not return in time"), "{}", desk.text());
}

#[test]
fn a_guest_that_needs_more_memory_than_there_is_is_refused() {
    let guest = r#"(module (memory 1) (func (export "_start")))"#;
    let desk = run(TABLE, Some(&image(guest)), 5, Desk::default());
    assert!(desk.text().contains("bytes of memory it needs, and that there are 65536 2048"), "{}", desk.text());
}

#[test]
fn a_guest_that_grows_gets_what_there_is() {
    let guest = r#"(module
        (import "ermine:gpio@1" "write" (func $write (param i32 i32) (result i32)))
        (memory 512 (pagesize 1))
        (func (export "_start")
            (drop (call $write (i32.const 1) (i32.eq (memory.grow (i32.const 1536)) (i32.const 512))))
            (drop (call $write (i32.const 1) (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))))"#;
    let desk = run(TABLE, Some(&image(guest)), 5, Desk::default());
    assert_eq!(levels(&desk), [(0, true), (0, false), (5, false)], "{}", desk.text());
}

#[test]
fn a_text_that_would_take_long_is_not_written() {
    let guest = r#"(module
        (import "ermine:gpio@1" "write" (func $write (param i32 i32) (result i32)))
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (memory 2048 (pagesize 1))
        (func (export "_start")
            (drop (call $write (i32.const 1) (i32.eq (call $log (i32.const 2) (i32.const 0) (i32.const 1025)) (i32.const -4))))
            (drop (call $write (i32.const 1) (call $log (i32.const 2) (i32.const 0) (i32.const 1024))))))"#;
    let desk = run(TABLE, Some(&image(guest)), 5, Desk::default());
    assert_eq!(levels(&desk), [(0, true), (0, false), (5, false)], "{}", desk.text());
}

#[test]
fn a_start_function_that_calls_for_long_is_refused() {
    let guest = r#"(module
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (memory 512 (pagesize 1))
        (func $begin (loop $forever (drop (call $log (i32.const 2) (i32.const 0) (i32.const 100))) (br $forever)))
        (start $begin)
        (func (export "_start")))"#;
    let desk = run(TABLE, Some(&image(guest)), 200, Desk { line_us: 87, ..Desk::default() });
    let times = desk.text().lines().filter(|line| line.starts_with("info: ")).count();
    // Each of them takes 9 ms, and there are 20.
    assert_eq!(times, 3, "{}", desk.text());
    assert!(desk.text().contains("interrupt"), "{}", desk.text());
    assert!(desk.longest_without_food_us < 50_000, "{}", desk.longest_without_food_us);
}

#[cfg(feature = "wasi")]
#[test]
fn a_program_for_wasi_writes_no_more_than_its_grant_says() {
    static STDIO: &[Grant] = &[Grant::stdio().at_most(3)];
    let guest = image(
        r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory 256 (pagesize 1))
        (data (i32.const 0) "\10\00\00\00\c8\00\00\00")
        (func (export "_start")
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
            (call $exit (i32.add
                (i32.mul (i32.load (i32.const 8)) (i32.const 1000))
                (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))))"#,
    );
    let desk = run(STDIO, Some(&guest), 5, Desk::default());
    // 3 times 16 bytes, then `again`.
    assert!(desk.text().contains("status 48006 ("), "{}", desk.text());
}

#[cfg(feature = "wasi")]
#[test]
fn a_program_for_wasi_writes_and_ends() {
    static STDIO: &[Grant] = &[Grant::stdio()];
    let guest = image(
        r#"(module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "\08\00\00\00\06\00\00\00hello\n")
        (func (export "_start")
            (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 32)))
            (call $exit (i32.or (call $time (i32.const 1) (i64.const 0) (i32.const 40))
                (i32.ne (i32.load (i32.const 32)) (i32.const 6))))))"#,
    );
    let desk = run(STDIO, Some(&guest), 5, Desk::default());
    let text = desk.text();
    assert!(text.contains("hello\nermine: the guest ended itself with status 0 ("), "{text}");
    let desk = run(TABLE, Some(&guest), 5, Desk::default());
    let line = "refused: the table does not grant import wasi_snapshot_preview1 fd_write; add Grant::stdio()";
    assert!(desk.text().contains(line), "{}", desk.text());
}
