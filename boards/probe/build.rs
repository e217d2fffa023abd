//! Chooses the board of the target, and tells the linker where its memory is.

use std::{env, fs, path::Path};

/// Targets, and the board that stands for each.
const BOARDS: [(&str, &str); 3] = [
    ("thumbv7em-none-eabihf", "mps2-an386"),
    ("thumbv6m-none-eabi", "microbit"),
    ("riscv32imc-unknown-none-elf", "virt"),
];

fn main() {
    let names = BOARDS.map(|(_, board)| format!("\"{board}\"")).join(", ");
    println!("cargo::rustc-check-cfg=cfg(board, values({names}))");
    let target = env::var("TARGET").expect("cargo sets it");
    let Some((_, board)) = BOARDS.into_iter().find(|(triple, _)| *triple == target) else {
        panic!("no board has the target {target}: build for one of {BOARDS:?}");
    };
    println!("cargo::rustc-cfg=board=\"{board}\"");
    let out = env::var("OUT_DIR").expect("cargo sets it");
    pack(&out);
    let script = format!("memory/{board}.x");
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
}

/// Tells the programs that run a pack of guests where it is: in the file that `ERMINE_PACK` names. Without one they build all the same, with nothing to run.
fn pack(out: &str) {
    println!("cargo::rerun-if-env-changed=ERMINE_PACK");
    let file = env::var("ERMINE_PACK").unwrap_or_else(|_| {
        let empty = format!("{out}/empty.pack");
        fs::write(&empty, []).expect("the folder is there");
        empty
    });
    println!("cargo::rerun-if-changed={file}");
    println!("cargo::rustc-env=ERMINE_PACK={file}");
}
