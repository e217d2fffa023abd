//! Guests in Rust and C that are checked in, on a board in memory: the templates, and a driver from crates.io that knows nothing of guests.

mod common;

use common::{Desk, SENSOR, run};
use ermine_boards::Grant;

static TABLE: &[Grant] = &[
    Grant::output("led", 1),
    Grant::i2c("sensor", 0, SENSOR..=SENSOR),
    Grant::timer("tick", 10_000),
    Grant::delay(),
    Grant::log(),
];

fn levels(desk: &Desk) -> Vec<(u64, bool)> {
    desk.writes.iter().skip(1).map(|&(at, _, high)| (at / 1000, high)).collect()
}

#[test]
fn templates_in_all_languages_blink() {
    for image in [
        &include_bytes!("../guests/blinky/blinky.erm")[..],
        include_bytes!("../guests/blinky/blinky-rust.erm"),
        include_bytes!("../guests/blinky/blinky-c.erm"),
    ] {
        let desk = run(TABLE, Some(image), 600, Desk::default());
        assert_eq!(levels(&desk), [(0, true), (250, false), (500, true), (600, false)], "{}", desk.text());
    }
}

#[test]
fn a_driver_from_crates_io_reads_a_sensor() {
    let thermometer = include_bytes!("../guests/thermometer/thermometer.erm");
    // 30.5 °C and 29.5 °C, as an LM75 has them.
    for (temperature, warm) in [([30, 0x80], true), ([29, 0x80], false)] {
        let desk = Desk { temperature, ..Desk::default() };
        let desk = run(TABLE, Some(thermometer), 150, desk);
        assert_eq!(levels(&desk), [(100, warm), (150, false)], "{}", desk.text());
    }
}

#[test]
fn a_driver_sees_that_nobody_answers() {
    static WRONG: &[Grant] = &[
        Grant::output("led", 1),
        Grant::i2c("sensor", 1, SENSOR..=SENSOR),
        Grant::timer("tick", 10_000),
        Grant::log(),
    ];
    let thermometer = include_bytes!("../guests/thermometer/thermometer.erm");
    let desk = run(WRONG, Some(thermometer), 150, Desk::default());
    assert!(desk.text().contains("error: the sensor does not answer\n"), "{}", desk.text());
}
