//! `ermine board sim`: guests on a simulated board.

mod common;

use common::{Run, ermine, folder};

/// Runs a scenario on a guest.
fn sim(test: &str, guest: &str, scenario: &str, args: &[&str]) -> Run {
    std::fs::write(folder(test).join("s.toml"), scenario).expect("the target folder can be written");
    let all: Vec<&str> = ["board", "sim", "s.toml", "t.wat"].into_iter().chain(args.iter().copied()).collect();
    ermine(test, guest, &all)
}

/// A run that has to be as the scenario expects.
fn holds(test: &str, guest: &str, scenario: &str) -> String {
    let run = sim(test, guest, scenario, &[]);
    assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    run.stdout
}

const BLINKY: &str = r#"(module
    (import "ermine:grant@1" "led" (func $led (result i32)))
    (import "ermine:gpio@1" "toggle" (func $toggle (param i32) (result i32)))
    (import "ermine:delay@1" "ns" (func $delay (param i64)))
    (func (export "_start")
        (loop $forever
            (drop (call $toggle (call $led)))
            (call $delay (i64.const 250_000_000))
            (br $forever))))"#;

const LED: &str = r#"grants = [{ kind = "output", name = "led", pin = 13 }, { kind = "delay" }, { kind = "log" }]
"#;

#[test]
fn a_guest_blinks_when_it_should() {
    let scenario = format!(
        "{LED}until = \"1s\"\n[[expect]]\npin = \"led\"\nlevel = \"high\"\nat = \"500ms\"\nwithin = \"10us\"\n\
         [[expect]]\npin = \"led\"\nlevel = \"low\"\ntimes = 2\n"
    );
    let trace = holds("sim_blinky", BLINKY, &scenario);
    let expected = "   0.000000  console  ermine: on sim
   0.000000  pin      led high
   0.250000  pin      led low
   0.500000  pin      led high
   0.750000  pin      led low
";
    assert_eq!(trace, expected);
    let run = sim("sim_blinky", BLINKY, &scenario, &["--json"]);
    assert!(run.stdout.contains("\n{\"at_us\": 250000, \"kind\": \"pin\", \"name\": \"led\", \"text\": \"low\"}\n"));
    assert_eq!(sim("sim_blinky", BLINKY, &scenario, &["--quiet"]).stdout, "");
}

#[test]
fn what_is_expected_and_does_not_happen_is_told() {
    let scenario = format!(
        "{LED}expect = [{{ pin = \"led\", level = \"low\", at = \"300ms\" }}, {{ console = \"hello\" }}, \
         {{ pin = \"led\", level = \"high\", times = 5 }}, {{ stop = \"trap\" }}]\n"
    );
    let run = sim("sim_fails", BLINKY, &scenario, &["-q"]);
    assert_eq!(run.code, Some(1));
    let expected = "ermine: error: the guest did not do what the scenario expects
  expected pin led low at 0.300000 s, but at 0.250000 s
  expected `hello` on the console, which did not happen
  expected pin led high, 5 times, but 2 times
  expected the guest to end with `trap`, but it is
    |the guest was stopped|
";
    assert_eq!(run.stderr, expected);
}

#[test]
fn edges_and_timers_are_events() {
    let guest = r#"(module
        (import "ermine:grant@1" "led" (func $led (result i32)))
        (import "ermine:grant@1" "button" (func $button (result i32)))
        (import "ermine:grant@1" "tick" (func $tick (result i32)))
        (import "ermine:gpio@1" "write" (func $write (param i32 i32) (result i32)))
        (import "ermine:gpio@1" "toggle" (func $toggle (param i32) (result i32)))
        (import "ermine:gpio@1" "watch" (func $watch (param i32 i32) (result i32)))
        (import "ermine:time@1" "start" (func $start (param i32 i64 i32) (result i32)))
        (func (export "_start")
            (drop (call $watch (call $button) (i32.const 2)))
            (drop (call $start (call $tick) (i64.const 100_000) (i32.const 1))))
        (func (export "on_event") (param $id i32) (param $arg i32)
            (if (i32.eq (local.get $id) (call $tick))
                (then (drop (call $toggle (call $led))))
                (else (unreachable)))))"#;
    let scenario = r#"
        grants = [
            { kind = "input", name = "button", pin = 2, pull = "up" },
            { kind = "output", name = "led", pin = 1, safe = "high" },
            { kind = "timer", name = "tick", least = "1ms" },
        ]
        inputs = [
            { at = "410ms", pin = "button", level = "low" },
            { at = "350ms", pin = "button", level = "high" },
        ]
        expect = [
            { pin = "led", level = "high", at = "0s" },
            { pin = "led", level = "low", at = "100ms" },
            { pin = "led", level = "high", at = "200ms" },
            { stop = "trap: unreachable at func 8" },
        ]"#;
    let trace = holds("sim_events", guest, scenario);
    assert!(trace.contains("0.410000  input    button low\n"), "{trace}");
}

#[test]
fn sensors_measure_what_the_scenario_says() {
    // Writes a byte of the temperature as a letter each 100 ms: 'A' is no degree.
    let guest = r#"(module
        (import "ermine:grant@1" "sensor" (func $sensor (result i32)))
        (import "ermine:i2c@1" "write_read" (func $i2c (param i32 i32 i32 i32 i32 i32) (result i32)))
        (import "ermine:log@1" "write" (func $log (param i32 i32 i32) (result i32)))
        (import "ermine:delay@1" "ns" (func $delay (param i64)))
        (memory 64 (pagesize 1))
        (func $measure (param $address i32)
            (i32.store8 (i32.const 0) (i32.const 63))
            (if (i32.eqz (call $i2c (call $sensor) (local.get $address) (i32.const 8) (i32.const 1) (i32.const 0) (i32.const 2)))
                (then (i32.store8 (i32.const 0) (i32.add (i32.const 65) (i32.load8_s (i32.const 0))))))
            (drop (call $log (i32.const 2) (i32.const 0) (i32.const 1))))
        (func (export "_start")
            (loop $forever
                (call $measure (i32.const 0x48))
                (call $measure (i32.const 0x49))
                (call $measure (i32.const 0x4a))
                (call $delay (i64.const 100_000_000))
                (br $forever))))"#;
    let scenario = r#"
        until = "150ms"
        grants = [{ kind = "i2c", name = "sensor", addresses = [0x48, 0x4a] }, { kind = "delay" }, { kind = "log" }]
        devices = [
            { model = "lm75", name = "inside", address = 0x48, celsius = 2.5 },
            { model = "tmp102", name = "outside", address = 0x49 },
        ]
        inputs = [{ at = "50ms", device = "outside", celsius = 10.0 }]
        expect = [
            { console = "info: C", times = 2 },
            { console = "info: A", at = "0s" },
            { console = "info: K", at = "100ms" },
            { console = "info: ?", times = 2 },
            { bus = "inside", text = "write 00, read 02 80" },
        ]"#;
    let trace = holds("sim_sensor", guest, scenario);
    assert!(trace.contains("bus      0x4a nobody answers\n"), "{trace}");
}

#[test]
fn displays_show_what_was_sent() {
    // Turns an SSD1306 on, then writes two bytes of picture.
    let guest = r#"(module
        (import "ermine:grant@1" "screen" (func $screen (result i32)))
        (import "ermine:i2c@1" "write" (func $write (param i32 i32 i32 i32) (result i32)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "\00\af\a1\c8\20\00\40\07\01")
        (func (export "_start")
            (drop (call $write (call $screen) (i32.const 0x3c) (i32.const 0) (i32.const 6)))
            (drop (call $write (call $screen) (i32.const 0x3c) (i32.const 6) (i32.const 3)))))"#;
    let scenario = |row: &str| {
        format!(
            "grants = [{{ kind = \"i2c\", name = \"screen\", addresses = [0x3c, 0x3c] }}]\n\
             devices = [{{ model = \"ssd1306\", name = \"screen\", address = 0x3c }}]\n\
             expect = [{{ device = \"screen\", shows = [\"##\", \"#\", \"{row}\"] }}]"
        )
    };
    holds("sim_display", guest, &scenario("#"));
    let run = sim("sim_display", guest, &scenario(" #"), &["-q"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("on screen from 0, 0 on, but it is\n    |##|\n    |# |\n    |# |\n"), "{}", run.stderr);
}

#[test]
fn displays_on_spi_tell_data_from_commands_by_a_pin() {
    // Sleep out, on, a window of two columns and two rows, then two pixels.
    let guest = r#"(module
        (import "ermine:grant@1" "screen" (func $screen (result i32)))
        (import "ermine:grant@1" "dc" (func $dc (result i32)))
        (import "ermine:gpio@1" "write" (func $pin (param i32 i32) (result i32)))
        (import "ermine:spi@1" "write" (func $spi (param i32 i32 i32) (result i32)))
        (import "ermine:spi@1" "transfer_in_place" (func $in_place (param i32 i32 i32) (result i32)))
        (memory 64 (pagesize 1))
        (data (i32.const 0) "\11\29\2a\00\05\00\06\2b\00\07\00\08\2c\00\00\ff\ff")
        (func $send (param $data i32) (param $at i32) (param $len i32)
            (drop (call $pin (call $dc) (local.get $data)))
            (drop (call $spi (call $screen) (local.get $at) (local.get $len))))
        (func (export "_start")
            (call $send (i32.const 0) (i32.const 0) (i32.const 3))
            (call $send (i32.const 1) (i32.const 3) (i32.const 4))
            (call $send (i32.const 0) (i32.const 7) (i32.const 1))
            (call $send (i32.const 1) (i32.const 8) (i32.const 4))
            (call $send (i32.const 0) (i32.const 12) (i32.const 1))
            (drop (call $pin (call $dc) (i32.const 1)))
            (drop (call $in_place (call $screen) (i32.const 13) (i32.const 4)))
            (if (i32.ne (i32.load8_u (i32.const 13)) (i32.const 255)) (then unreachable))))"#;
    let scenario = r##"
        grants = [{ kind = "spi", name = "screen" }, { kind = "output", name = "dc", pin = 3 }]
        devices = [{ model = "st7789", name = "screen", dc = "dc" }]
        expect = [
            { device = "screen", x = 5, y = 7, shows = [" #"], at = "900ms" },
            { device = "screen", x = 4, y = 6, shows = ["", "  #", ""] },
            { bus = "screen", text = "transfer 00 00 ff ff" },
        ]"##;
    holds("sim_spi", guest, scenario);
}

#[test]
fn serial_lines_converters_storage_and_random_numbers_are_there() {
    let guest = r#"(module
        (import "ermine:grant@1" "gps" (func $gps (result i32)))
        (import "ermine:grant@1" "knob" (func $knob (result i32)))
        (import "ermine:grant@1" "fan" (func $fan (result i32)))
        (import "ermine:grant@1" "kept" (func $kept (result i32)))
        (import "ermine:serial@1" "read" (func $read (param i32 i32 i32) (result i32)))
        (import "ermine:serial@1" "write" (func $write (param i32 i32 i32) (result i32)))
        (import "ermine:serial@1" "watch" (func $watch (param i32 i32) (result i32)))
        (import "ermine:adc@1" "read" (func $adc (param i32) (result i32)))
        (import "ermine:pwm@1" "set_duty" (func $duty (param i32 i32) (result i32)))
        (import "ermine:storage@1" "read" (func $load (param i32 i32 i32 i32) (result i32)))
        (import "ermine:storage@1" "write" (func $store (param i32 i32 i32 i32) (result i32)))
        (import "ermine:random@1" "fill" (func $random (param i32 i32) (result i32)))
        (memory 64 (pagesize 1))
        (func (export "_start")
            (drop (call $watch (call $gps) (i32.const 1)))
            (drop (call $random (i32.const 32) (i32.const 8)))
            (if (i64.eqz (i64.load (i32.const 32))) (then unreachable))
            (drop (call $load (call $kept) (i32.const 3) (i32.const 0) (i32.const 1)))
            (if (i32.ne (i32.load8_u (i32.const 0)) (i32.const 0xff)) (then unreachable))
            (drop (call $store (call $kept) (i32.const 4) (i32.const 8) (i32.const 2))))
        (func (export "on_event") (param i32 i32)
            (local $n i32)
            (local.set $n (call $read (call $gps) (i32.const 0) (i32.const 16)))
            (drop (call $write (call $gps) (i32.const 0) (local.get $n)))
            (drop (call $duty (call $fan) (call $adc (call $knob))))))"#;
    let scenario = r#"
        grants = [
            { kind = "serial", name = "gps", access = "read-write" },
            { kind = "adc", name = "knob", channel = 3 },
            { kind = "pwm", name = "fan", channel = 0 },
            { kind = "storage", name = "kept", bytes = 16, access = "read-write" },
            { kind = "random" },
        ]
        inputs = [
            { at = "5ms", adc = "knob", value = 4660 },
            { at = "10ms", serial = "gps", text = "$GPRMC\r\n" },
            { at = "20ms", serial = "gps", bytes = [65, 66] },
        ]
        expect = [
            { serial = "gps", text = "GPRMC\r\nAB", at = "20ms" },
            { pwm = "fan", duty = 4660, at = "10ms" },
        ]"#;
    let trace = holds("sim_others", guest, scenario);
    assert!(trace.contains("storage  0 00 00 at 4\n"), "{trace}");
}

#[test]
fn what_nobody_expects_has_the_exit_code_of_a_run() {
    let of = |body: &str| {
        let guest = format!(r#"(module {body})"#);
        let run = sim("sim_ends", &guest, LED, &[]);
        (run.code, run.stdout + &run.stderr)
    };
    let (code, text) = of(r#"(func $boom (unreachable)) (func (export "_start") (call $boom))"#);
    assert_eq!(code, Some(134));
    assert!(text.contains("console  ermine: trap: unreachable at func 0 + 0x"), "{text}");
    assert!(
        text.contains(" boom at 0x") && text.contains("error: the guest did not go on to the end: trap: "),
        "{text}"
    );
    let (code, text) = of(r#"(func (export "_start") (loop (br 0)))"#);
    assert_eq!(code, Some(124), "{text}");
    let (code, text) =
        of(r#"(import "ermine:random@1" "fill" (func (param i32 i32) (result i32))) (func (export "_start"))"#);
    assert_eq!(code, Some(126), "{text}");
    assert!(text.contains("does not grant import ermine:random@1 fill; add Grant::random()"), "{text}");
}

#[test]
fn a_scenario_can_push_a_new_guest() {
    let folder = folder("sim_push");
    let bad = r#"(module (func $bad (export "_start") unreachable))"#;
    std::fs::write(folder.join("bad.wat"), bad).expect("the target folder can be written");
    let teller = BLINKY.replace("250_000_000", "10_000_000");
    std::fs::write(folder.join("fast.wat"), teller).expect("the target folder can be written");
    let scenario = format!(
        "{LED}until = \"600ms\"\ninputs = [{{ at = \"100ms\", push = \"fast.wat\" }}, {{ at = \"300ms\", push = \"bad.wat\" }}, \
         {{ at = \"500ms\", request = \"stop\" }}]\n\
         expect = [{{ pin = \"led\", level = \"high\", at = \"300ms\", within = \"20ms\" }}, \
         {{ console = \"trap: unreachable at func 0\", times = 1 }}, {{ console = \"back to the guest before it\" }}, \
         {{ pin = \"led\", level = \"high\", at = \"450ms\", within = \"20ms\" }}, \
         {{ pin = \"led\", level = \"high\", at = \"550ms\", within = \"40ms\", times = 0 }}]\n"
    );
    let trace = holds("sim_push", BLINKY, &scenario);
    assert!(trace.contains("link     push ") && trace.contains(" bad at 0x"), "{trace}");
}

#[test]
fn scenarios_with_mistakes_say_which() {
    for (scenario, code, expected) in [
        ("grant = []", 126, "unknown field `grant`"),
        ("until = \"soon\"", 126, "unknown unit `soon`: use ms, s or m"),
        ("until = 5", 126, "expected a string"),
        ("grants = [{ kind = \"led\" }]", 126, "unknown variant `led`"),
        ("grants = [{ kind = \"delay\" }, { kind = \"delay\" }]", 126, "two grants are called `delay`"),
        ("inputs = [{ at = \"1ms\" }]", 126, "an input needs one of pin, adc"),
        ("inputs = [{ at = \"1ms\", pin = \"x\", level = \"low\" }]", 126, "no pin is granted as `x`; there is none"),
        ("inputs = [{ at = \"1ms\", push = \"no.wat\" }]", 127, "no.wat: no such file"),
        ("expect = [{ pin = \"x\" }]", 126, "`pin` is expected without `level`"),
        ("expect = [{}]", 126, "expect one of pin, pwm"),
        (
            "devices = [{ model = \"ssd1306\", name = \"a\" }]",
            126,
            "device `a` needs either `address`, or `spi` and `dc`",
        ),
        (
            "devices = [{ model = \"ssd1306\", name = \"a\", address = 1, width = 65535 }]",
            126,
            "display `a` has sides of 1 to 1024 pixels",
        ),
        ("[board]\nmemory = \"1T\"", 126, "unknown unit `T`"),
        ("[board]\nmemory = \"1G\"", 126, "a board has 64M at the most"),
    ] {
        let run = sim("sim_mistakes", BLINKY, scenario, &[]);
        assert_eq!(run.code, Some(code), "{scenario}: {}", run.stderr);
        assert!(run.stderr.starts_with("ermine: error: s.toml"), "{scenario}: {}", run.stderr);
        assert!(run.stderr.contains(expected), "{scenario}: {}", run.stderr);
    }
    let run = ermine("sim_mistakes", BLINKY, &["board", "sim", "none.toml"]);
    assert_eq!(run.code, Some(127), "{}", run.stderr);
}
