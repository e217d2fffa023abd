//! Compiles the kernels natively and writes the table of workloads that the harness includes.
//!
//! `kernels/kernels.txt` and `programs/programs.txt` decide what there is: a line is a name and its `n`.

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
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut table = Table::default();
    table.kernels(&root.join("kernels"));
    table.programs(&root.join("programs"));
    let out = PathBuf::from(env::var("OUT_DIR").expect("cargo sets it")).join("workloads.rs");
    fs::write(out, table.code()).expect("OUT_DIR is writable");
    report_versions(&root);
}

/// The code of `WORKLOADS`.
#[derive(Default)]
struct Table {
    externs: String,
    rows: String,
}

impl Table {
    /// Kernels: a C file and its module each.
    fn kernels(&mut self, root: &Path) {
        for (name, n) in list(&root.join("kernels.txt")) {
            let symbol = format!("kernel_{}", name.replace('-', "_"));
            compile(&root.join(format!("{name}.c")), &symbol);
            writeln!(self.externs, "    safe fn {symbol}(n: i32) -> i64;").expect("a string takes it");
            self.row(&name, "Kernel", n, &root.join(format!("{name}.wasm")), &format!("Some({symbol})"));
        }
        println!("cargo::rerun-if-changed={}", root.display());
    }

    /// Programs: a folder each, of which only the module matters here.
    fn programs(&mut self, root: &Path) {
        let path = root.join("programs.txt");
        for (name, n) in list(&path) {
            self.row(&name, "Program", n, &root.join(&name).join(format!("{name}.wasm")), "None");
        }
        println!("cargo::rerun-if-changed={}", path.display());
    }

    fn row(&mut self, name: &str, kind: &str, n: i32, wasm: &Path, native: &str) {
        writeln!(
            self.rows,
            "    Workload {{ name: {name:?}, kind: Kind::{kind}, n: {n}, wasm: include_bytes!({wasm:?}), native: {native} }},"
        )
        .expect("a string takes it");
    }

    fn code(&self) -> String {
        format!(
            "unsafe extern \"C\" {{\n{}}}\n\n/// Every workload: kernels, then programs, in the order of their lists.\n\
             pub static WORKLOADS: &[Workload] = &[\n{}];\n",
            self.externs, self.rows
        )
    }
}

/// The lines of kernels.txt or programs.txt: a name, then `n`.
fn list(path: &Path) -> Vec<(String, i32)> {
    let text = fs::read_to_string(path).expect("the list of workloads is readable");
    text.lines().filter(|line| !line.starts_with('#')).map(parse).collect()
}

fn parse(line: &str) -> (String, i32) {
    let mut words = line.split_whitespace();
    let (Some(name), Some(n), None) = (words.next(), words.next(), words.next()) else {
        panic!("not a name and a number: {line}");
    };
    (name.to_owned(), n.parse().expect("n is a number"))
}

fn compile(source: &Path, symbol: &str) {
    let mut build = cc::Build::new();
    build.file(source).define("KERNEL_NAME", symbol).opt_level(2).warnings(true).extra_warnings(true);
    for flag in FLAGS {
        build.flag(flag);
    }
    build.compile(symbol);
}

/// Hands the versions of compilers and engines to the harness, which prints them with its numbers.
fn report_versions(root: &Path) {
    let compiler = cc::Build::new().get_compiler();
    println!("cargo::rustc-env=BENCH_CC={}", first_line(Command::new(compiler.path()).arg("--version")));
    println!(
        "cargo::rustc-env=BENCH_RUSTC={}",
        first_line(Command::new(env::var("RUSTC").expect("cargo sets it")).arg("--version"))
    );
    let lock = root.join("Cargo.lock");
    println!("cargo::rerun-if-changed={}", lock.display());
    let lock = fs::read_to_string(lock).unwrap_or_default();
    for engine in ["wasmi", "tinywasm", "wasmtime", "wasm3"] {
        println!("cargo::rustc-env=BENCH_{}={}", engine.to_uppercase(), version(&lock, engine));
    }
}

/// The version that the lock file has for a package.
fn version<'a>(lock: &'a str, package: &str) -> &'a str {
    let entry = lock.split_once(&format!("name = \"{package}\"\nversion = \"")).map(|(_, rest)| rest);
    entry.and_then(|rest| rest.split('"').next()).unwrap_or("unknown")
}

fn first_line(command: &mut Command) -> String {
    let output = command.output().map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&output).lines().next().unwrap_or("unknown").to_owned()
}
