//! Chooses the board by its feature, tells the linker where its memory is, and which guest the firmware brings along.

use std::{env, fs, path::Path};

/// A board: its feature, its file, its memory map.
const BOARDS: [(&str, &str); 8] = [
    ("netduinoplus2", "stm32f405.x"),
    ("stm32vldiscovery", "stm32f100.x"),
    ("microbit", "nrf51822.x"),
    ("nrf52840-dk", "nrf52840.x"),
    ("pico", "rp2040.x"),
    ("mps2-an386", "mps2-an386.x"),
    ("mps2-an505", "mps2-an505.x"),
    ("virt", "virt.x"),
];

fn main() {
    let names = BOARDS.map(|(board, _)| format!("\"{board}\"")).join(", ");
    println!("cargo::rustc-check-cfg=cfg(board, values({names}))");
    let feature = |board: &str| format!("CARGO_FEATURE_{}", board.to_uppercase().replace('-', "_"));
    let mut chosen = BOARDS.into_iter().filter(|(board, _)| env::var_os(feature(board)).is_some());
    let (Some((board, memory)), None) = (chosen.next(), chosen.next()) else {
        panic!("choose one board: --features with one of {names}");
    };
    println!("cargo::rustc-cfg=board=\"{board}\"");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    let script = format!("memory/{memory}");
    fs::copy(&script, Path::new(&out).join("memory.x")).expect("the folder is there");
    // What a crate for one part would tell of its interrupts.
    fs::write(Path::new(&out).join("device.x"), "").expect("the folder is there");
    println!("cargo::rerun-if-changed={script}");
    println!("cargo::rustc-link-search={out}");
    if board == "virt" {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    } else {
        println!("cargo::rustc-link-arg-bins=--nmagic");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    guest();
}

/// The guest: the image that `ERMINE_GUEST` names, or blinky.
fn guest() {
    println!("cargo::rerun-if-env-changed=ERMINE_GUEST");
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let guest = env::var("ERMINE_GUEST").unwrap_or_else(|_| format!("{root}/../guests/blinky/blinky.erm"));
    println!("cargo::rerun-if-changed={guest}");
    println!("cargo::rustc-env=ERMINE_GUEST={guest}");
}
