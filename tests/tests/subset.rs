//! A few scripts of the official suite on both machines, from wasm and through images: for tools under which the whole takes too long, Miri for one.

use ermine::Machine;
use ermine_tests::spec::{self, Mode, Set};

/// Calls, recursion, loops, branch tables, memory, tables, references, start functions; less than 5 kB of text each.
fn subset() -> Set {
    let names = [
        "fac.wast",
        "forward.wast",
        "func_ptrs.wast",
        "memory_redundancy.wast",
        "memory_size.wast",
        "ref_func.wast",
        "ref_is_null.wast",
        "start.wast",
        "switch.wast",
        "table_fill.wast",
        "table_get.wast",
        "table_set.wast",
        "table_size.wast",
    ];
    spec::some(&names, 268)
}

fn run(mode: Mode) {
    let set = subset();
    let report = set.run(mode);
    println!("{mode:?}: {report}");
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(report.passed, set.assertions);
}

#[test]
fn some_scripts_pass_on_the_tail_machine() {
    run(Mode::new(Machine::Tail));
}

#[test]
fn some_scripts_pass_on_the_loop_machine_through_images() {
    run(Mode::new(Machine::Loop).metered().images());
}
