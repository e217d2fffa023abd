//! The inventory of unsafe code: how much there is where, and that each block says which invariant of ARCHITECTURE.md, or promise of the C API, makes it sound.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use ermine_tests::golden;
use ermine_tests::unsafe_code::{Block, File, Reason, files};

/// Folders with sources of the product. Guests run in the sandbox: whatever they do is what the suites are for.
const FOLDERS: [&str; 9] = [
    "interp",
    "wasi-min",
    "host-cli",
    "boards/src",
    "boards/guest",
    "boards/probe/src",
    "boards/probe/checks",
    "boards/firmware",
    "tests/src",
];

const HEAD: &str = "\
# Unsafe code, file by file. Written by tests/unsafe_code.rs.
#
# blocks      `unsafe { … }` and `unsafe impl`
# invariants  of these, those whose comment cites invariants of ARCHITECTURE.md, or promises at the head of a C library's lib.rs; contract: what their unsafe function's callers promise;
#             none: facts of the language or of the lines around
# functions   unsafe functions, traits and extern blocks
";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository")
}

fn inventory() -> Vec<File> {
    FOLDERS.into_iter().flat_map(|folder| files(root(), folder).expect(folder)).collect()
}

/// The numbers of the invariants that SAFETY comments may cite: those before the ones about behaviour.
fn citable() -> BTreeSet<u32> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    let section =
        text.split("## Invariants").nth(1).and_then(|text| text.split("**Behaviour**").next()).expect("the invariants");
    section.lines().filter_map(|line| line.split_once(". *")?.0.parse().ok()).collect()
}

/// The folders of the C libraries, and how many promises each is built on.
const PROMISED: [(&str, u32); 2] = [("interp/c-api/src/", 7), ("interp/c-api/bare/src/", 4)];

/// The numbers of the promises that a C library is built on.
fn promised(folder: &str) -> BTreeSet<u32> {
    let text = fs::read_to_string(root().join(folder).join("lib.rs")).expect("a C library");
    text.lines().filter_map(|line| line.strip_prefix("//! * **C")?.split_once('.')?.0.parse().ok()).collect()
}

/// What is wrong with a block of the engine, or of the C API, which alone may cite promises.
fn complaint(block: &Block, citable: &BTreeSet<u32>, promised: &BTreeSet<u32>) -> Option<String> {
    let unknown = |numbers: &[u32], known: &BTreeSet<u32>| {
        let unknown: Vec<_> = numbers.iter().filter(|number| !known.contains(number)).collect();
        (!unknown.is_empty()).then(|| format!("cites {unknown:?}, which do not exist or are not about memory safety"))
    };
    match &block.reason {
        Reason::Invariants(numbers) => unknown(numbers, citable),
        Reason::Promises(numbers) => unknown(numbers, promised),
        Reason::Contract => {
            (!block.in_unsafe_function).then(|| "has a contract, but is in no unsafe function".to_owned())
        }
        Reason::Nothing => None,
        Reason::Words => Some("cites no invariant; if none is needed, end the comment with these words".to_owned()),
        Reason::Missing => Some("has no SAFETY comment".to_owned()),
    }
}

#[test]
fn every_unsafe_block_of_the_engine_cites_its_invariant() {
    let citable = citable();
    assert_eq!(citable, (1..=11).collect());
    for (folder, last) in PROMISED {
        assert_eq!(promised(folder), (1..=last).collect(), "{folder}");
    }
    let mut complaints = Vec::new();
    for file in inventory() {
        let engine = file.path.starts_with("interp/");
        let library = PROMISED.iter().find(|(folder, _)| file.path.starts_with(folder));
        let promised = library.map(|(folder, _)| promised(folder)).unwrap_or_default();
        for block in &file.blocks {
            let what = if engine { complaint(block, &citable, &promised) } else { None };
            let what = what.or_else(|| (block.reason == Reason::Missing).then(|| "has no SAFETY comment".to_owned()));
            complaints.extend(what.map(|what| format!("{}:{}: {what}", file.path, block.line)));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn unsafe_code_is_where_it_was() {
    let mut text = HEAD.to_owned();
    let mut sum = [0; 5];
    for file in inventory() {
        let count = |is: fn(&Reason) -> bool| file.blocks.iter().filter(|block| is(&block.reason)).count();
        let row = [
            file.blocks.len(),
            count(|reason| matches!(reason, Reason::Invariants(_) | Reason::Promises(_))),
            count(|reason| *reason == Reason::Contract),
            count(|reason| matches!(reason, Reason::Nothing | Reason::Words)),
            file.functions,
        ];
        sum.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
        line(&mut text, &file.path, row);
    }
    line(&mut text, "all", sum);
    golden::check(&golden::path("goldens/unsafe.txt"), &text).unwrap_or_else(|error| panic!("{error}"));
}

fn line(text: &mut String, path: &str, [blocks, invariants, contract, none, functions]: [usize; 5]) {
    writeln!(
        text,
        "{path}: {blocks} blocks ({invariants} invariants, {contract} contract, {none} none), {functions} functions"
    )
    .expect("a string takes it");
}

/// `forbid` cannot be undone further in; the crates that promise it keep it.
#[test]
fn crates_outside_the_engine_forbid_unsafe_code() {
    for library in ["wasi-min/src/lib.rs", "host-cli/src/lib.rs", "boards/src/lib.rs"] {
        let text = fs::read_to_string(root().join(library)).expect(library);
        assert!(text.contains("#![forbid(unsafe_code)]"), "{library}");
    }
}
