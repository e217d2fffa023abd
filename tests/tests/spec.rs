//! The official test suite, on both machines, with fuel on and off, on a 64 KiB native stack.

use ermine::Machine;
use ermine_tests::expected::ExpectedFailures;
use ermine_tests::spec;

const EXPECTED_FAILURES: &str = include_str!("../expected-failures.txt");

fn run(machine: Machine, metered: bool) {
    let mut failed = Vec::new();
    let mut whole = ermine_cli::wast::Report::default();
    for set in spec::sets() {
        let report = set.run(machine, metered);
        let fuel = if metered { "on" } else { "off" };
        println!("{machine:?}, fuel {fuel}, {}: {report}", set.name);
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
    run(Machine::Tail, false);
}

#[test]
fn the_suite_passes_on_the_tail_machine_with_fuel() {
    run(Machine::Tail, true);
}

#[test]
fn the_suite_passes_on_the_loop_machine() {
    run(Machine::Loop, false);
}

#[test]
fn the_suite_passes_on_the_loop_machine_with_fuel() {
    run(Machine::Loop, true);
}
