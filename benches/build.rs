//! Compiles the kernels natively and writes the table of kernels that the harness includes.
//!
//! `kernels/kernels.txt` decides what there is: a line is a kernel's name and its `n`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// Flags that keep native and WebAssembly results equal to the bit, and the work the same; see kernels/build.sh.
const FLAGS: [&str; 6] = [
    "-std=c11",
    "-ffreestanding",
    "-fno-builtin",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-optimize-sibling-calls",
];

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("kernels");
    println!("cargo::rerun-if-changed={}", root.display());
    let list = fs::read_to_string(root.join("kernels.txt")).expect("kernels.txt is readable");
    let mut externs = String::new();
    let mut rows = String::new();
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let (name, n) = parse(line);
        let symbol = format!("kernel_{}", name.replace('-', "_"));
        compile(&root.join(format!("{name}.c")), &symbol);
        let wasm = root.join(format!("{name}.wasm"));
        writeln!(externs, "    safe fn {symbol}(n: i32) -> i64;").expect("a string takes it");
        writeln!(rows, "    Kernel {{ name: {name:?}, n: {n}, wasm: include_bytes!({wasm:?}), native: {symbol} }},")
            .expect("a string takes it");
    }
    let code = format!(
        "unsafe extern \"C\" {{\n{externs}}}\n\n\
         /// Every kernel, in the order of kernels.txt.\npub static KERNELS: &[Kernel] = &[\n{rows}];\n"
    );
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join("kernels.rs");
    fs::write(out, code).expect("OUT_DIR is writable");
    report_compilers();
}

/// A line of kernels.txt: a name, then `n`.
fn parse(line: &str) -> (&str, i32) {
    let mut words = line.split_whitespace();
    let (Some(name), Some(n), None) = (words.next(), words.next(), words.next()) else {
        panic!("kernels.txt: not a name and a number: {line}");
    };
    (name, n.parse().expect("kernels.txt: n is a number"))
}

fn compile(source: &Path, symbol: &str) {
    let mut build = cc::Build::new();
    build.file(source).define("KERNEL_NAME", symbol).opt_level(2).warnings(true).extra_warnings(true);
    for flag in FLAGS {
        build.flag(flag);
    }
    build.compile(symbol);
}

/// Hands the compilers' versions to the harness, which prints them with its numbers.
fn report_compilers() {
    let compiler = cc::Build::new().get_compiler();
    println!("cargo::rustc-env=BENCH_CC={}", first_line(Command::new(compiler.path()).arg("--version")));
    println!(
        "cargo::rustc-env=BENCH_RUSTC={}",
        first_line(Command::new(env::var("RUSTC").expect("cargo sets it")).arg("--version"))
    );
}

fn first_line(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or("unknown").to_owned()
}
