//! Finds `unsafe` in sources and the reasons given for it.
//!
//! It looks at lines, not at syntax: formatted code has a block's reason right above the statement that it is in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Why a block is sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Invariants of ARCHITECTURE.md, by number.
    Invariants(Vec<u32>),
    /// Promises at the head of the C API, by number.
    Promises(Vec<u32>),
    /// What the callers of its unsafe function promise.
    Contract,
    /// What stands beside it: "No invariant is needed."
    Nothing,
    /// A comment that names none of these.
    Words,
    /// There is no comment.
    Missing,
}

/// A block, or an implementation of an unsafe trait.
#[derive(Debug)]
pub struct Block {
    /// Its line, from 1.
    pub line: usize,
    /// What its comment says.
    pub reason: Reason,
    /// Whether the function that it is in is unsafe itself.
    pub in_unsafe_function: bool,
}

/// What there is in one file.
#[derive(Debug)]
pub struct File {
    /// Its path in the repository.
    pub path: String,
    /// Blocks, in order.
    pub blocks: Vec<Block>,
    /// Unsafe functions and traits.
    pub functions: usize,
}

/// Lines above a block in which its comment may start.
const REACH: usize = 8;

/// All files below `folder` of the repository at `root` that have `unsafe` in them, sorted by path.
///
/// # Errors
///
/// When one cannot be read.
pub fn files(root: &Path, folder: &str) -> io::Result<Vec<File>> {
    let mut sources = Vec::new();
    collect(&root.join(folder), &mut sources)?;
    sources.sort();
    let mut found = Vec::new();
    for source in sources {
        let name = source.strip_prefix(root).unwrap_or(&source).to_string_lossy().replace('\\', "/");
        let file = look(name, &fs::read_to_string(&source)?);
        if file.functions > 0 || !file.blocks.is_empty() {
            found.push(file);
        }
    }
    Ok(found)
}

fn collect(folder: &Path, sources: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(path);
        }
    }
    Ok(())
}

/// What is in one file's text.
#[must_use]
pub fn look(path: String, text: &str) -> File {
    let lines: Vec<&str> = text.lines().collect();
    let is = |line: &str, words: &str| code_of(line).contains(words);
    let blocks = (0..lines.len()).filter(|&at| is(lines[at], "unsafe {") || is(lines[at], "unsafe impl"));
    let blocks = blocks.map(|at| Block {
        line: at + 1,
        reason: reason_above(&lines, at),
        in_unsafe_function: is_in_unsafe_function(&lines, at),
    });
    let blocks = blocks.collect();
    let functions =
        lines.iter().filter(|line| ["unsafe fn", "unsafe trait", "unsafe extern"].iter().any(|words| is(line, words)));
    File { path, blocks, functions: functions.count() }
}

/// A line without its comment and without what is between quotes.
fn code_of(line: &str) -> String {
    line.split('"').step_by(2).collect::<Vec<_>>().join("\"").split("//").next().unwrap_or_default().to_owned()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn reason_above(lines: &[&str], at: usize) -> Reason {
    let Some(start) = (at.saturating_sub(REACH)..=at).rev().find(|&line| lines[line].contains("// SAFETY:")) else {
        return Reason::Missing;
    };
    let comment = lines[start..at].iter().map(|line| line.trim()).take_while(|line| line.starts_with("//"));
    let comment: Vec<&str> = comment.map(|line| line.trim_start_matches('/').trim()).collect();
    reason_of(&comment.join(" "))
}

fn reason_of(comment: &str) -> Reason {
    let (invariants, promises) = (numbers(comment, "invariant", ""), numbers(comment, "promise", "C"));
    if !invariants.is_empty() {
        Reason::Invariants(invariants)
    } else if !promises.is_empty() {
        Reason::Promises(promises)
    } else if comment.contains("the caller's contract") {
        Reason::Contract
    } else if comment.ends_with("No invariant is needed.") {
        Reason::Nothing
    } else {
        Reason::Words
    }
}

/// The numbers behind each "invariant" or "invariants": "invariants 1, 5 and 7", "invariants 4 to 9". Promises are "C1", "C5 and C7".
fn numbers(comment: &str, noun: &str, letter: &str) -> Vec<u32> {
    let mut numbers = Vec::new();
    for rest in comment.split(noun).skip(1) {
        let words = rest.trim_start_matches('s').split_whitespace();
        let mut through = false;
        for word in words {
            let number = word.strip_prefix(letter).unwrap_or_default().trim_end_matches([',', '.', ':', ';', ')']);
            match number.parse::<u32>() {
                Ok(number) => {
                    let first = numbers.last().copied().filter(|_| through).map_or(number, |last| last + 1);
                    numbers.extend(first..=number);
                    through = false;
                    if word.ends_with([':', ';', ')', '.']) {
                        break;
                    }
                }
                Err(_) if word == "and" => {}
                Err(_) if word == "to" => through = true,
                Err(_) => break,
            }
        }
    }
    numbers
}

/// Looks up to the head of the function that has this line in it: the next one above that is indented less.
fn is_in_unsafe_function(lines: &[&str], at: usize) -> bool {
    let inner = indent(lines[at]);
    let head = lines[..at].iter().rev().find(|line| code_of(line).contains("fn ") && indent(line) < inner);
    head.is_some_and(|line| line.contains("unsafe "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_told_apart() {
        let of = |text: &str| reason_of(text);
        assert_eq!(of("SAFETY: a slot (invariant 1)."), Reason::Invariants(vec![1]));
        assert_eq!(of("SAFETY: invariants 4 to 7: as before"), Reason::Invariants(vec![4, 5, 6, 7]));
        assert_eq!(
            of("SAFETY: x (invariants 1, 5 and 7). So (invariant 9) too."),
            Reason::Invariants(vec![1, 5, 7, 9])
        );
        assert_eq!(of("SAFETY: promises C1 and C4: it lives."), Reason::Promises(vec![1, 4]));
        assert_eq!(of("SAFETY: promise 1: which?"), Reason::Words);
        assert_eq!(of("SAFETY: the caller's contract."), Reason::Contract);
        assert_eq!(of("SAFETY: plain. No invariant is needed."), Reason::Nothing);
        assert_eq!(of("SAFETY: it is fine"), Reason::Words);
    }

    #[test]
    fn blocks_are_found_with_their_functions() {
        let text = "unsafe fn f() {\n    // SAFETY: the caller's contract,\n    // again.\n    unsafe { g() }\n}\n// unsafe { no }\nfn h() {\n    unsafe { g() }\n}\n";
        let file = look("x.rs".to_owned(), text);
        assert_eq!((file.functions, file.blocks.len()), (1, 2));
        assert!(file.blocks[0].in_unsafe_function && file.blocks[0].reason == Reason::Contract);
        assert!(!file.blocks[1].in_unsafe_function);
    }
}
