//! The guests of `boards/guests` on the desk: each does what its scenario says, from wasm and as the image that is kept beside it.

mod common;

use common::{Run, command};
use std::path::{Path, PathBuf};

fn guests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../boards/guests")
}

fn holds(folder: &str, guest: &str) {
    let run: Run = command(&guests().join(folder), &["board", "sim", "desk.toml", guest])
        .output()
        .expect("the command starts")
        .into();
    assert_eq!(run.code, Some(0), "{guest}:\n{}{}", run.stdout, run.stderr);
}

#[test]
fn guests_do_on_the_desk_what_their_scenarios_say() {
    for (folder, guests) in [
        (
            "blinky",
            &["blinky.wat", "blinky.erm", "blinky-c.wasm", "blinky-c.erm", "blinky-rust.wasm", "blinky-rust.erm"][..],
        ),
        ("display", &["display.wasm", "display.erm"]),
        ("thermometer", &["thermometer.wasm", "thermometer.erm"]),
    ] {
        guests.iter().for_each(|guest| holds(folder, guest));
    }
}

#[test]
fn every_scenario_is_run() {
    let entries = std::fs::read_dir(guests()).expect("the guests");
    let with_scenario =
        entries.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.join("desk.toml").exists());
    assert_eq!(with_scenario.count(), 3, "add the guest to the list above");
}
