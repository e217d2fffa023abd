//! The core of the official suite without an allocator: as images in a `bare::Instance`, here and in emulated boards' flash.

use std::fs;
use std::path::Path;

use ermine_checks::{Lent, spec as checks};
use ermine_tests::firmware::{Build, M4F, RV32};
use ermine_tests::pack::{Kept, spec};

/// Images, and what is asserted of them: all of the suite but what needs several modules or memories, or more memory than boards have.
const CORE: (u32, u32) = (1165, 23_895);

#[test]
fn the_core_of_the_suite_passes_without_an_allocator() {
    let pack = spec::build();
    assert_eq!(pack.failures, "");
    assert_eq!((pack.guests, pack.assertions), CORE, "left out: {:?}", pack.left_out);
    let (mut stack, mut arena) = (vec![0; checks::STACK_WORDS], vec![0; checks::ARENA_WORDS]);
    let mut memory = vec![0; checks::MEMORY_BYTES];
    let mut console = Kept::default();
    let lent = &mut Lent { stack: &mut stack, memory: &mut memory, arena: &mut arena };
    let tally = checks::run(pack.bytes.bytes(), lent, &mut console);
    println!("{} scripts, {} bytes, {tally:?}, left out: {:?}", pack.scripts, pack.bytes.bytes().len(), pack.left_out);
    assert_eq!(console.to_string(), "");
    assert_eq!((tally.guests, tally.passed, tally.failed), (pack.guests, pack.assertions, 0));
}

#[test]
fn the_core_of_the_suite_passes_on_emulated_boards() {
    for board in [M4F, RV32] {
        if !board.is_available() {
            continue;
        }
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let pack = spec::build();
        let file = folder.join("spec.pack");
        fs::write(&file, pack.bytes.bytes()).expect("a file for the pack");
        let firmware = Build { board, program: "spec", features: "f64", pack: Some(&file) }.make(folder);
        let report = board.run(&firmware);
        println!("{}: {report}", board.name);
        assert_eq!(report, format!("guests {}\npassed {}\nfailed 0\n", pack.guests, pack.assertions), "{}", board.name);
    }
}
