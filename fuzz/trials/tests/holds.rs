//! What fuzzing found stays fixed; the trials hold for what is checked in; the dictionaries are those of the op table.

use std::path::PathBuf;
use std::{fs, io};

use ermine_cli::wast::script::{Command, Source};
use ermine_tests::golden;
use ermine_tests::mutations::Rng;
use ermine_tests::spec::sets;
use ermine_trials::allocator::Failing;
use ermine_trials::board::board;
use ermine_trials::{by_name, dictionaries, single_op};

/// For the trial `limits`.
#[global_allocator]
static ALLOCATOR: Failing = Failing;

/// Every so many-th module of the specification's scripts is tried.
const STEP: usize = 23;

fn folder(name: &str) -> PathBuf {
    golden::path("../fuzz").join(name)
}

fn files(folder: PathBuf) -> io::Result<Vec<PathBuf>> {
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    files.sort();
    Ok(files)
}

/// Files are in a folder with the name of the target that found them.
#[test]
fn what_was_found_is_not_found_again() {
    let mut replayed = 0;
    for target in files(folder("regressions")).expect("a folder for each target") {
        let name = target.file_name().and_then(|name| name.to_str()).expect("the name of a target");
        let trial = by_name(name).unwrap_or_else(|| panic!("`{name}` is no target"));
        for file in files(target.clone()).expect("a folder") {
            println!("{}", file.display());
            trial(&fs::read(&file).expect("a file"));
            replayed += 1;
        }
    }
    println!("{replayed} files");
}

#[test]
fn single_operators_do_what_the_model_says() {
    single_op::all(12);
}

#[test]
fn boards_hold_against_random_guests_and_lines() {
    let mut rng = Rng::new(1, 1);
    for length in 0..1500 {
        let input: Vec<u8> = (0..length).map(|_| rng.number() as u8).collect();
        board(&input);
    }
}

#[test]
fn modules_of_the_specification_pass_the_trials() {
    let trials = ["decode", "translate", "execute", "suspend", "limits"].map(|name| by_name(name).expect("a target"));
    let scripts = sets().iter().flat_map(|set| set.scripts());
    let modules = scripts.flat_map(|(_, directives)| directives).filter_map(|directive| match &directive.command {
        Command::Module { source: Source::Binary(wasm), .. } => Some(wasm),
        _ => None,
    });
    for wasm in modules.step_by(STEP) {
        trials.iter().for_each(|trial| trial(wasm));
    }
}

#[test]
fn dictionaries_are_those_of_the_op_table() {
    let isa = fs::read_to_string(golden::path("../docs/isa.md")).expect("the instruction set");
    for (name, text) in dictionaries::all(&isa) {
        golden::check(&folder(&format!("dict/{name}.dict")), &text).unwrap_or_else(|difference| panic!("{difference}"));
    }
}
