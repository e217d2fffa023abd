//! The official test suite, on both machines, with fuel on and off, from wasm and through images, on a 64 KiB native stack.

use ermine::{CompilationMode, Machine};
use ermine_tests::expected::ExpectedFailures;
use ermine_tests::spec::{self, Mode};

const EXPECTED_FAILURES: &str = include_str!("../expected-failures.txt");

fn run(mode: Mode) {
    let mut failed = Vec::new();
    let mut whole = ermine_cli::wast::Report::default();
    for set in spec::sets() {
        let report = set.run(mode);
        println!("{mode:?}, {}: {report}", set.name);
        if report.passed != set.assertions {
            let (name, passed, all) = (set.name, report.passed, set.assertions);
            failed.push(format!("{name}: {passed} of {all} assertions passed"));
        }
        whole.merge(report);
    }
    failed.extend(ExpectedFailures::parse(EXPECTED_FAILURES).complaints(&whole));
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn the_suite_passes_on_the_tail_machine() {
    run(Mode::new(Machine::Tail));
}

#[test]
fn the_suite_passes_on_the_tail_machine_with_fuel() {
    run(Mode::new(Machine::Tail).metered());
}

#[test]
fn the_suite_passes_on_the_loop_machine() {
    run(Mode::new(Machine::Loop));
}

#[test]
fn the_suite_passes_on_the_loop_machine_with_fuel() {
    run(Mode::new(Machine::Loop).metered());
}

#[test]
fn the_suite_passes_through_images_on_the_tail_machine() {
    run(Mode::new(Machine::Tail).images());
}

#[test]
fn the_suite_passes_through_images_on_the_loop_machine() {
    run(Mode::new(Machine::Loop).images());
}

#[test]
fn the_suite_passes_through_images_with_fuel() {
    run(Mode::new(Machine::Tail).images().metered());
    run(Mode::new(Machine::Loop).images().metered());
}

#[test]
fn the_suite_passes_through_images_of_the_base_profile() {
    run(Mode::new(Machine::Loop).images().base());
    run(Mode::new(Machine::Loop).images().base().metered());
}

#[test]
fn the_suite_passes_with_functions_translated_when_called() {
    for machine in [Machine::Tail, Machine::Loop] {
        run(Mode::new(machine).compiled(CompilationMode::LazyTranslation));
        run(Mode::new(machine).compiled(CompilationMode::LazyTranslation).metered());
    }
}

#[test]
fn the_suite_passes_with_functions_validated_when_called() {
    for machine in [Machine::Tail, Machine::Loop] {
        run(Mode::new(machine).compiled(CompilationMode::Lazy));
        run(Mode::new(machine).compiled(CompilationMode::Lazy).metered());
    }
}
