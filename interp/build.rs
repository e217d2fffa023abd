//! Decides whether this build can have the tail machine (`cfg(ermine_tail)`), whether the loop machine needs its small frame
//! (`cfg(ermine_unoptimised)`), and whether its code is to be small (`cfg(ermine_small)`): on targets without an operating system.
//!
//! The tail machine's handlers end in a call in tail position, which LLVM turns into a jump where the target's calling convention passes six integers and two
//! floats in registers and the build is optimised. Everywhere else each such call would be a recursion: there the loop machine runs alone. With
//! `become` (feature `nightly`) it is a jump without optimisation, too.

use std::env;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(ermine_tail, ermine_small, ermine_thumb1, ermine_unoptimised)");
    println!("cargo::rerun-if-changed=build.rs");
    let target = env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    let width = env::var("CARGO_CFG_TARGET_POINTER_WIDTH").unwrap_or_default();
    let able = matches!(target.as_str(), "x86_64" | "aarch64" | "riscv64" | "loongarch64") && width == "64";
    let optimised = env::var("OPT_LEVEL").is_ok_and(|level| level != "0");
    let guaranteed = env::var_os("CARGO_FEATURE_NIGHTLY").is_some();
    let miri = env::var("CARGO_CFG_MIRI").is_ok();
    let instrumented = env::var("CARGO_CFG_SANITIZE").is_ok() || (miri && !guaranteed);
    let wanted = env::var_os("CARGO_FEATURE_ALLOC").is_some();
    // `RUSTFLAGS="--cfg ermine_small"` tests on a host what runs on boards.
    let asked_small = env::var_os("CARGO_CFG_ERMINE_SMALL").is_some();
    if !optimised {
        println!("cargo::rustc-cfg=ermine_unoptimised");
    }
    if able && (optimised || guaranteed) && !instrumented && wanted && !asked_small {
        println!("cargo::rustc-cfg=ermine_tail");
    } else if optimised && env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "none") {
        println!("cargo::rustc-cfg=ermine_small");
        if env::var("TARGET").is_ok_and(|target| target.starts_with("thumbv6m")) {
            println!("cargo::rustc-cfg=ermine_thumb1");
        }
    }
}
