//! What firmware takes, and the goldens that say what it should take.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::firmware::run;
use crate::golden;

/// Numbers by their names.
pub type Metrics = BTreeMap<String, u64>;

/// Bytes of what is in flash and in RAM.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    /// `.text` and `.rodata`.
    pub text: u64,
    /// `.data`, which is in both.
    pub data: u64,
    /// `.bss`.
    pub bss: u64,
}

impl Sizes {
    /// Those of an ELF file.
    ///
    /// # Panics
    ///
    /// When `arm-none-eabi-size` does not say.
    #[must_use]
    pub fn of(firmware: &Path) -> Self {
        let report = run(Command::new("arm-none-eabi-size").arg(firmware));
        let line = report.lines().nth(1).expect("a line of sizes");
        let numbers: Vec<u64> = line.split_whitespace().take(3).map(|size| size.parse().expect("a size")).collect();
        let [text, data, bss] = numbers[..] else { panic!("three sizes: {report}") };
        Self { text, data, bss }
    }
}

/// Compares with a golden, if it is one of this compiler's: 1 % off is a difference.
///
/// # Errors
///
/// The difference.
///
/// # Panics
///
/// When there is no compiler.
pub fn check(name: &str, head: &str, metrics: &Metrics) -> Result<(), String> {
    let path = golden::path(name);
    let compiler = run(Command::new("rustc").arg("--version").current_dir(golden::path("../boards/probe")));
    let compiler = compiler.trim();
    let text = fs::read_to_string(&path).unwrap_or_default();
    let wanted = text.lines().next().unwrap_or_default();
    if wanted != compiler && !golden::blessing() {
        println!("skipped: {} holds for {wanted}, this is {compiler}: other code, other numbers", path.display());
        return Ok(());
    }
    let expected: Metrics = text.lines().filter_map(parse).collect();
    let near = |((name, a), (other, b)): ((&String, &u64), (&String, &u64))| name == other && a.abs_diff(*b) * 100 < *b;
    if wanted == compiler && metrics.len() == expected.len() && metrics.iter().zip(&expected).all(near) {
        return Ok(());
    }
    let mut text = format!("{compiler}\n{head}");
    for (name, number) in metrics {
        writeln!(text, "{name:<20} {number:>6}").expect("writing to a string does not fail");
    }
    golden::check(&path, &text)
}

fn parse(line: &str) -> Option<(String, u64)> {
    let (name, number) = line.split_once(' ')?;
    Some((name.to_owned(), number.trim().parse().ok()?))
}
