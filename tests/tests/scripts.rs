//! Scripts of our own, under `scripts/`: what the official suite leaves out, among it the classes
//! of faults that other engines have had. Both machines, fuel on and off, from wasm and through images, on a 64 KiB native stack.

use std::fs;
use std::path::{Path, PathBuf};

use ermine::{Config, Machine, Profile};
use ermine_cli::wast::{Features, Options, Report, run_file};
use ermine_tests::{MACHINES, spec};

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scripts");
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// Every proposal there is a switch for.
fn everything() -> Features {
    let names = ["tail-call", "extended-const", "multi-memory", "custom-page-sizes"];
    let features = names.map(|name| name.parse().expect("a known proposal"));
    features.into_iter().fold(Features::none(), Features::with)
}

fn run(machine: Machine, profile: Profile, fuel: Option<u64>, images: bool) -> Report {
    let mut config = Config::default();
    config.machine(ermine_tests::available(machine)).profile(profile).consume_fuel(fuel.is_some());
    let options = Options { fuel, stack_bytes: spec::stack_bytes(), images, ..Options::new(config) };
    let mut total = Report::default();
    for path in scripts() {
        total.merge(run_file(&path, everything(), &options));
    }
    total
}

fn run_everywhere(profile: Profile, images: bool) {
    for machine in MACHINES {
        for fuel in [None, Some(1 << 40)] {
            let report = run(machine, profile, fuel, images);
            println!("{machine:?}, {profile:?}, fuel {fuel:?}, images {images}: {report}");
            let failures: Vec<String> = report.failed.iter().map(ToString::to_string).collect();
            assert!(failures.is_empty(), "{machine:?}, {fuel:?}:\n{}", failures.join("\n"));
            assert!(report.passed > 150);
        }
    }
}

#[test]
fn our_own_scripts_pass_in_every_mode() {
    run_everywhere(Profile::Full, false);
}

#[test]
fn our_own_scripts_pass_through_images() {
    run_everywhere(Profile::Full, true);
    run_everywhere(Profile::Base, true);
}
