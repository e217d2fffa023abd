//! Firmware in QEMU's models of a Cortex-M4F, a Cortex-M0 and an RV32: what guests compute there, how many instructions that takes, and what
//! the firmware takes of flash and RAM.
//!
//! The numbers are a golden, `goldens/boards.txt`, for one version of the compiler: off by 1 % or more, they fail the test. Instructions are not
//! cycles: they rank and gate, and are no times on a board.

use std::path::Path;
use std::process::Command;

use ermine_tests::firmware::{Board, Build, M0, M4F, RV32, run};
use ermine_tests::sizes::{self, Metrics, Sizes};
use ermine_tests::{golden, kernels, tools};

/// Instructions of the best peer on a Cortex-M4F, in thousands, kernel by kernel: wasmi 2.0, WAMR's fast interpreter, wasm3 0.9.
const BEST_PEER: [(&str, u64); 7] = [
    ("fib", 24_533),
    ("crc32", 2803),
    ("sieve", 5301),
    ("matf32", 860),
    ("mix64", 3290),
    ("fsm", 3069),
    ("sort", 4857),
];

/// The most of the best peers' instructions that ours may be, geometric mean.
const MOST_OF_PEERS: f64 = 0.85;

/// What must hold whatever the golden says, in bytes.
const MOST: [(&str, u64); 10] = [
    ("m4f.flash", 36 << 10),
    ("m4f.flash.f64", 40 << 10),
    ("m4f.handlers", 16 << 10),
    ("m0.flash", 29 << 10),
    ("m4f.ram", 1536),
    ("m0.ram", 1536),
    ("m4f.stack.verifying", 1024),
    ("m4f.stack.running", 1024),
    ("m0.stack.verifying", 1024),
    ("m0.stack.running", 1024),
];

/// What no firmware may have that links images, the verifier and instances alone.
const UNWANTED: [&str; 6] = ["core::panicking", "core::fmt", "alloc::", "__rust_alloc", "__rg_", "rust_begin_unwind"];

const HEAD: &str = "\
# boards/probe at opt-level s: m4f with f32, m0 with integers. Written by tests/boards.rs.
#
# flash    bytes of .text, .rodata and .data, with 6 KB (m0: 3 KB) of guests
# handlers bytes of the base machine, integers only; flash.f64: with f32 and f64
# ram      bytes of .data and .bss beyond linear memory and value stack
# stack    bytes of native stack at the most
# count    thousands of instructions of a call, in QEMU's models of MPS2 AN386 and micro:bit
# against  those on the Cortex-M4F by the best peer's, geometric mean in thousandths
";

const TOOLS: [&str; 2] = ["arm-none-eabi-nm", "arm-none-eabi-size"];

/// Builds the firmware with the kernels. `None` if something is missing that it takes.
fn kernels_of(board: Board, features: &str) -> Option<std::path::PathBuf> {
    if !(board.is_available() && TOOLS.into_iter().all(tools::program)) {
        return None;
    }
    let build = Build { board, program: "kernels", features, pack: None };
    Some(build.make(Path::new(env!("CARGO_TARGET_TMPDIR"))))
}

/// What a firmware says of itself, and what it takes.
fn measure(board: Board, firmware: &Path, metrics: &mut Metrics) {
    let mut add = |name: &str, number| metrics.insert(format!("{}.{name}", board.name), number);
    let sizes = Sizes::of(firmware);
    // The exit code says that the results are right.
    for line in board.run(firmware).lines() {
        let mut words = line.split(' ');
        let name = words.next().unwrap_or_default();
        let numbers: Vec<u64> = words.filter_map(|word| word.parse().ok()).collect();
        match (name, &numbers[..]) {
            ("board", _) => None,
            ("lent", [memory, stack, _]) => add("ram", sizes.data + sizes.bss - memory - stack),
            ("native-stack", [verifying, running]) => {
                add("stack.verifying", *verifying);
                add("stack.running", *running)
            }
            (kernel, [_, thousands]) => add(&format!("count.{kernel}"), *thousands),
            _ => panic!("an unknown line: {line}"),
        };
    }
    add("flash", sizes.text + sizes.data);
}

/// Bytes of the functions that hold the handlers.
fn handlers(firmware: &Path) -> u64 {
    let symbols = run(Command::new("arm-none-eabi-nm").args(["--print-size", "--demangle"]).arg(firmware));
    let machine = symbols.lines().filter(|line| line.contains("ermine::exec::"));
    machine.filter_map(|line| u64::from_str_radix(line.split(' ').nth(1)?, 16).ok()).sum()
}

/// The mean of our instructions by the best peer's.
fn against_peers(metrics: &Metrics) -> f64 {
    let logs = BEST_PEER.map(|(kernel, peer)| (metrics[&format!("m4f.count.{kernel}")] as f64 / peer as f64).ln());
    (logs.iter().sum::<f64>() / logs.len() as f64).exp()
}

#[test]
fn the_firmware_has_the_images_that_are_compiled_today() {
    for (name, image) in [
        ("fib", kernels::image(kernels::FIB, false)),
        ("kernels", kernels::image(kernels::KERNELS, false)),
        ("kernels-integers", kernels::integer_kernels(false)),
    ] {
        let path = golden::path(&format!("../boards/probe/images/{name}.erm"));
        golden::check_bytes(&path, &image).unwrap_or_else(|difference| panic!("{difference}"));
    }
}

#[test]
fn the_firmware_computes_what_it_should_in_known_time_and_space() {
    let (Some(m4f), Some(m0)) = (kernels_of(M4F, "f32"), kernels_of(M0, "")) else { return };
    let mut metrics = Metrics::new();
    measure(M4F, &m4f, &mut metrics);
    measure(M0, &m0, &mut metrics);
    let (Some(integers), Some(floats)) = (kernels_of(M4F, ""), kernels_of(M4F, "f64")) else { return };
    metrics.insert("m4f.handlers".to_owned(), handlers(&integers));
    let sizes = Sizes::of(&floats);
    metrics.insert("m4f.flash.f64".to_owned(), sizes.text + sizes.data);
    println!("{metrics:?}");
    for (name, most) in MOST {
        assert!(metrics[name] <= most, "{name} is {}, more than {most}", metrics[name]);
    }
    let mean = against_peers(&metrics);
    println!("instructions on a Cortex-M4F by the best peer's, geometric mean: {mean:.3}");
    assert!(mean <= MOST_OF_PEERS, "slower than it has to be: {mean:.3}");
    metrics.insert("m4f.against".to_owned(), (mean * 1000.0).round() as u64);
    sizes::check("goldens/boards.txt", HEAD, &metrics).unwrap_or_else(|difference| panic!("{difference}"));
}

#[test]
fn the_firmware_links_nothing_that_panics_formats_or_allocates() {
    for (board, features) in [(M4F, "f32"), (M4F, "f64"), (M0, ""), (RV32, "f64")] {
        let Some(firmware) = kernels_of(board, features) else { return };
        let symbols = run(Command::new("arm-none-eabi-nm").arg("--demangle").arg(&firmware));
        assert!(symbols.contains("ermine::exec::looping::common"), "the list of symbols is empty:\n{symbols}");
        let unwanted = symbols.lines().filter(|line| UNWANTED.iter().any(|name| line.contains(name)));
        let unwanted: Vec<&str> = unwanted.collect();
        assert!(unwanted.is_empty(), "{} with `{features}`:\n{}", board.name, unwanted.join("\n"));
    }
}

#[test]
fn the_firmware_runs_on_rv32() {
    if let Some(firmware) = kernels_of(RV32, "f64") {
        // The exit code says that the results are right.
        println!("{}", RV32.run(&firmware));
    }
}
