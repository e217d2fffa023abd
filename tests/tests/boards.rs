//! The firmware `boards/probe`: what it computes in QEMU's model of a Cortex-M4F, how many instructions that takes, and how big it is.
//!
//! The numbers are a golden, `goldens/boards.txt`: off by 1 % or more, they fail the test. Instructions are not cycles: they rank and
//! gate, and are no times on a board.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ermine_tests::{golden, tools};

const TARGET: &str = "thumbv7em-none-eabihf";

/// What the machine may take of a board's flash: `base` handlers, integers only, opt-level `s`.
const MAX_HANDLER_BYTES: u64 = 16 << 10;

const HEAD: &str = "\
# boards/probe on thumbv7em, opt-level s. Written by tests/boards.rs.
#
# size.*   bytes: the loop machine without floats; the whole firmware (.text, .rodata, .data) without and with f32
# count.*  thousands of instructions of a call, in QEMU's model of MPS2 AN386
";

/// A number that is compared with the golden.
type Metric = (String, u64);

/// Builds the firmware and returns its path.
fn build(name: &str, flags: &[&str]) -> PathBuf {
    let target_dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--locked", "--quiet", "--target", TARGET]).args(flags);
    cargo.arg("--target-dir").arg(&target_dir);
    run(cargo.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../boards/probe")));
    target_dir.join(TARGET).join("release/probe")
}

/// Runs a command that must succeed: its output.
fn run(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().expect("the command starts");
    let (stdout, stderr) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "{command:?}: {status}\n{stdout}{stderr}");
    stdout.into_owned()
}

/// The calls that the firmware reports, each with its instructions.
fn counts(firmware: &Path) -> Vec<Metric> {
    let mut qemu = Command::new("qemu-system-arm");
    qemu.args(["-M", "mps2-an386", "-nographic", "-monitor", "none", "-serial", "null", "-icount", "shift=0"]);
    let report = run(qemu.args(["-semihosting-config", "enable=on,target=native", "-kernel"]).arg(firmware));
    let metric = |line: &str| {
        let mut words = line.split(' ');
        let (name, count) = (words.next()?, words.nth(1)?);
        Some((format!("count.{name}"), count.parse().ok()?))
    };
    report.lines().map(|line| metric(line).unwrap_or_else(|| panic!("{report}"))).collect()
}

/// Bytes of flash: the loaded sections.
fn flash(firmware: &Path) -> u64 {
    let sizes = run(Command::new("arm-none-eabi-size").arg(firmware));
    let line = sizes.lines().nth(1).expect("a line of sizes");
    let sizes = line.split_whitespace().take(2).map(|size| size.parse::<u64>().expect("a size"));
    sizes.sum()
}

/// Bytes of the functions that hold the handlers.
fn handlers(firmware: &Path) -> u64 {
    let symbols = run(Command::new("arm-none-eabi-nm").args(["--print-size", "--demangle"]).arg(firmware));
    let machine = symbols.lines().filter(|line| line.contains("ermine::exec::"));
    let sizes = machine.filter_map(|line| u64::from_str_radix(line.split(' ').nth(1)?, 16).ok());
    sizes.sum()
}

/// Compares with the golden: each number within 1 %.
fn check(metrics: &[Metric]) -> Result<(), String> {
    let path = golden::path("goldens/boards.txt");
    let expected = fs::read_to_string(&path).unwrap_or_default();
    let expected: Vec<Metric> = expected.lines().filter_map(parse).collect();
    let near = |((name, a), (other, b)): (&Metric, &Metric)| name == other && a.abs_diff(*b) * 100 < *b;
    if metrics.len() == expected.len() && metrics.iter().zip(&expected).all(near) {
        return Ok(());
    }
    let mut text = String::from(HEAD);
    for (name, number) in metrics {
        writeln!(text, "{name:<15} {number:>6}").expect("writing to a string does not fail");
    }
    golden::check(&path, &text)
}

fn parse(line: &str) -> Option<Metric> {
    let (name, number) = line.split_once(' ')?;
    Some((name.to_owned(), number.trim().parse().ok()?))
}

#[test]
fn the_probe_computes_what_it_should_in_known_time_and_space() {
    let tools = ["qemu-system-arm", "arm-none-eabi-nm", "arm-none-eabi-size"];
    if !(tools::target(TARGET) && tools.into_iter().all(tools::program)) {
        return;
    }
    let integers = build("probe-integers", &["--no-default-features"]);
    let floats = build("probe-f32", &[]);
    let handlers = handlers(&integers);
    assert!(handlers <= MAX_HANDLER_BYTES, "the handlers take {handlers} bytes");
    let mut metrics = vec![
        ("size.handlers".to_owned(), handlers),
        ("size.integers".to_owned(), flash(&integers)),
        ("size.f32".to_owned(), flash(&floats)),
    ];
    // Its exit code says that the results are right.
    metrics.extend(counts(&floats));
    println!("{metrics:?}");
    check(&metrics).unwrap_or_else(|difference| panic!("{difference}"));
}
