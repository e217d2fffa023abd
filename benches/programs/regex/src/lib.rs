//! A regular expression engine: the `regex` crate compiles a handful of patterns and searches generated text with them.

use regex::{Regex, RegexBuilder};

/// What is searched for: literals, alternations, classes, captures, something case-insensitive, something that backs off a lot.
const PATTERNS: [&str; 8] = [
    r"\bfn\s+(\w+)\s*\(([^)]*)\)",
    r"(?m)^\s*//\s*(.*)$",
    r"0x[0-9a-f]{2,8}\b",
    r"error|warning|panic|unreachable",
    r"([a-z_]+)\.([a-z_]+)\(\)",
    r#""([^"\\]|\\.)*""#,
    r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})",
    r"(a|an|the)\s+[[:alpha:]]+ing\b",
];

/// Lines of something like code, like logs and like prose, `lines` of them.
fn text(lines: u32) -> String {
    let mut text = String::new();
    let mut seed = 17_u32;
    let mut random = |bound: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) % bound
    };
    for line in 0..lines {
        let value = random(70_000);
        match random(6) {
            0 => text += &format!("fn item_{value}(left: u32, right: &str) -> bool {{ left == {line} }}\n"),
            1 => text += &format!("    // the engine is handling a trap, number {value}, while running a branching loop\n"),
            2 => text += &format!("    let mask_{line} = 0x{value:04x} ^ table.next_entry() | 0x{line:x};\n"),
            3 => text += &format!("warning: 10.{}.{}.{} answered \"value \\\"{value}\\\"\"\n", line % 256, random(256), random(256)),
            4 => text += &format!("An ERROR, said the machine; stack.push() and queue.pop() returned {value}\n"),
            _ => text += "what it was about nobody knew, for the meaning of the string had been lost in translating\n",
        }
    }
    text
}

/// Folds a number into a checksum.
fn fold(sum: u64, value: usize) -> u64 {
    (sum ^ value as u64).wrapping_mul(0x0000_0100_0000_01b3)
}

/// Every match of one pattern, with its captures.
fn search(pattern: &Regex, text: &str, mut sum: u64) -> u64 {
    for captures in pattern.captures_iter(text) {
        for group in captures.iter().flatten() {
            sum = fold(fold(sum, group.start()), group.len());
        }
    }
    sum
}

/// `n` rounds over fresh text; returns a checksum of all matches.
#[unsafe(no_mangle)]
pub extern "C" fn run(n: i32) -> i64 {
    let mut sum = 0;
    for round in 0..n {
        let text = text(400 + round as u32);
        for pattern in PATTERNS {
            let pattern = RegexBuilder::new(pattern).case_insensitive(round % 2 == 1).build().expect("it is well-formed");
            sum = search(&pattern, &text, sum);
        }
        let replaced = Regex::new(r"(\w+)_(\d+)").expect("it is well-formed").replace_all(&text, "$2-$1").len();
        sum = fold(sum, replaced);
    }
    sum as i64
}
