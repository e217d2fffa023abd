//! x86-64 instructions that each kernel takes on each machine, counted by callgrind: how good the handlers are, without the noise of time.
//!
//! The count of a kernel is that of a process that calls `run(n)` less that of one that calls `run(0)`, so that loading is not in it. The golden,
//! `goldens/instructions.txt`, holds for one version of the compiler, optimised; off by 1 % or more, a number fails the test.
//! `ERMINE_BLESS=1 cargo test --profile suites -p ermine-tests --test instructions` rewrites it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use ermine_tests::workloads::{KERNELS, Workload};
use ermine_tests::{golden, tools};

const HEAD: &str = "\
# x86-64 instructions of the kernels of benches/kernels, in thousands, as callgrind counts them. Written by tests/instructions.rs.
#
# kernel, n, tail machine, loop machine
";

/// Thousands of instructions on the tail machine and on the loop machine, by kernel and `n`.
type Counts = BTreeMap<(String, i32), [u64; 2]>;

/// Instructions of a process that calls `run(n)`.
fn instructions(workload: &Workload, n: i32, machine: &str) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null", env!("CARGO_BIN_EXE_run_workload")])
        .arg(workload.path())
        .args([&n.to_string(), machine])
        .output()
        .expect("valgrind starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} on {machine}: {text}", workload.name);
    let collected = text.lines().find_map(|line| line.split_once("Collected : "));
    collected.and_then(|(_, count)| count.trim().parse().ok()).unwrap_or_else(|| panic!("no count: {text}"))
}

fn counted() -> Counts {
    let count = |workload: &Workload, machine| {
        let whole = instructions(workload, workload.n, machine);
        (whole - instructions(workload, 0, machine)) / 1000
    };
    let both = |workload| ["tail", "loop"].map(|machine| count(workload, machine));
    KERNELS.iter().map(|kernel| ((kernel.name.to_owned(), kernel.n), both(kernel))).collect()
}

fn parse(line: &str) -> Option<((String, i32), [u64; 2])> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let [name, n, tail, looping] = words[..] else { return None };
    Some(((name.to_owned(), n.parse().ok()?), [tail.parse().ok()?, looping.parse().ok()?]))
}

/// Whether all counts are within 1 % of what is expected.
fn near(expected: &Counts, counts: &Counts) -> bool {
    let close = |(a, b): (&u64, &u64)| a.abs_diff(*b) * 100 < *b;
    expected.len() == counts.len()
        && counts
            .iter()
            .all(|(kernel, counts)| expected.get(kernel).is_some_and(|expected| counts.iter().zip(expected).all(close)))
}

/// The first line of the golden.
fn compiler() -> String {
    let output = Command::new("rustc").arg("-V").current_dir(golden::path(".")).output().expect("rustc starts");
    String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned()
}

fn check(path: &Path, compiler: &str) -> Result<(), String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let counts = counted();
    if text.lines().next() == Some(compiler) && near(&text.lines().filter_map(parse).collect(), &counts) {
        return Ok(());
    }
    let mut text = format!("{compiler}\n{HEAD}");
    for ((name, n), [tail, looping]) in &counts {
        writeln!(text, "{name:14}{n:>8}{tail:>10}{looping:>10}").expect("a string takes it");
    }
    golden::check(path, &text)
}

#[test]
fn kernels_take_as_many_instructions_as_they_did() {
    if cfg!(debug_assertions) {
        println!("skipped: this build is not optimised (--profile suites is)");
        return;
    }
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        println!("skipped: the golden is of x86-64 Linux");
        return;
    }
    if !tools::program("valgrind") {
        return;
    }
    let path = golden::path("goldens/instructions.txt");
    let compiler = compiler();
    let wanted = fs::read_to_string(&path).unwrap_or_default().lines().next().unwrap_or_default().to_owned();
    if wanted != compiler && !golden::blessing() {
        println!("skipped: {} holds for {wanted}, this is {compiler}: other code, other numbers", path.display());
        return;
    }
    check(&path, &compiler).unwrap_or_else(|difference| panic!("{difference}"));
}
