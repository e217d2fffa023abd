//! Words for the fuzzer to put in: opcodes and names of operators, numbers of instructions, options of the command.
//!
//! They derive from the op table by way of `docs/isa.md`, which a test keeps true to it, and from what the command says about itself. The files in
//! `fuzz/dict` are goldens.

use std::collections::BTreeSet;
use std::fmt::Write as _;

/// The name of each dictionary, and what is in it.
///
/// # Panics
///
/// If the instruction set's document is not what it was.
#[must_use]
pub fn all(isa: &str) -> [(&'static str, String); 3] {
    let rows: Vec<Vec<&str>> = isa.lines().filter_map(cells).collect();
    let operators: Vec<(&str, Vec<u8>)> = rows.iter().filter_map(|cells| operator(cells)).collect();
    assert!(operators.len() > 150, "the operators of wasm");
    let numbers: BTreeSet<u16> = rows.iter().filter_map(|cells| cells.first()?.parse().ok()).collect();
    let names: BTreeSet<&str> = operators.iter().map(|(name, _)| *name).collect();
    let words = names.into_iter().map(str::to_owned).chain(options());
    [
        ("wasm", dictionary(operators.into_iter().map(|(_, opcode)| opcode))),
        ("image", dictionary(numbers.into_iter().map(|number| number.to_le_bytes().to_vec()))),
        ("text", dictionary(words.map(String::into_bytes))),
    ]
}

/// The cells of a line of a table.
fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.strip_prefix("| ")?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

/// The name and the opcode behind it, if the operator is one of wasm.
fn operator<'a>(cells: &[&'a str]) -> Option<(&'a str, Vec<u8>)> {
    let at = cells.iter().position(|cell| cell.starts_with("0x"))?;
    let bytes = cells[at].split(' ').map(|byte| u8::from_str_radix(byte.strip_prefix("0x")?, 16).ok());
    Some((*cells.get(at.checked_sub(1)?)?, bytes.collect::<Option<_>>()?))
}

/// Every option of every subcommand.
fn options() -> BTreeSet<String> {
    let commands = ["run", "validate", "inspect", "compile", "dis", "symbolize", "wast", "wasi-caps", "bench", "board"];
    let mut options: BTreeSet<String> = commands.into_iter().map(str::to_owned).collect();
    for command in commands {
        let Err(help) = ermine_cli::args::parse(["ermine", command, "--help"].map(Into::into)) else { continue };
        for word in help.to_string().split([' ', '\n', ',', '[', ']', '=', '`', '\'', '.', ';', ':', ')', '(']) {
            if word.len() > 2 && word.starts_with("--") {
                options.insert(word.to_owned());
            }
        }
    }
    options
}

/// As libFuzzer reads it: a quoted string in each line.
fn dictionary(words: impl Iterator<Item = Vec<u8>>) -> String {
    let mut text = String::new();
    for word in words {
        text.push('"');
        for byte in word {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => text.push(byte.into()),
                other => write!(text, "\\x{other:02x}").expect("a string has room"),
            }
        }
        text.push_str("\"\n");
    }
    text
}
