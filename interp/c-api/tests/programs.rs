//! Programs as embedders of `wasm.h` and `ermine.h` write them: compiled as C and as C++, run, and run again where each access and each allocation is watched.

use std::fs;
use std::process::Command;

use crate::support::{GCC, Toolchain, programs, root, run};
use ermine_tests::tools;

/// Builds and runs all programs.
fn check(toolchain: &Toolchain) {
    if !tools::program(toolchain.compiler) {
        return;
    }
    for program in programs() {
        run(Command::new(toolchain.build(&program)).arg(toolchain.module(&program)));
    }
}

#[test]
fn programs_run_built_by_gcc() {
    check(&GCC);
}

#[test]
fn programs_run_built_by_clang() {
    check(&Toolchain { compiler: "clang", language: &["-std=c11"], flags: &[], name: "clang" });
}

#[test]
fn programs_run_built_as_cpp() {
    check(&Toolchain { compiler: "g++", language: &["-x", "c++", "-std=c++17"], flags: &[], name: "g++" });
}

#[cfg(target_os = "linux")]
#[test]
fn programs_run_under_address_sanitizer() {
    let flags = &["-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    check(&Toolchain { compiler: "gcc", language: &["-std=c11"], flags, name: "asan" });
}

#[test]
fn programs_leak_nothing_under_valgrind() {
    if !tools::program("valgrind") || !tools::program("gcc") {
        return;
    }
    let toolchain = Toolchain { name: "valgrind", ..GCC };
    for program in programs() {
        let (executable, module) = (toolchain.build(&program), toolchain.module(&program));
        let mut command = Command::new("valgrind");
        command.args(["-q", "--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=all"]);
        if cfg!(not(debug_assertions)) {
            // Optimised code compares bytes before it knows whether they mean something, which is no error of the program's.
            command.arg("--undef-value-errors=no");
        }
        run(command.arg(executable).arg(module));
    }
}

/// What the walls are, and that they stand: `tests/tests/no_executable_memory.rs`.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
#[test]
fn programs_run_without_executable_memory() {
    let (true, Some(tool)) = (tools::program("gcc"), tools::no_executable_memory()) else { return };
    let toolchain = Toolchain { name: "walls", ..GCC };
    for program in programs() {
        run(Command::new(&tool).arg(toolchain.build(&program)).arg(toolchain.module(&program)));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_program_links_the_static_library() {
    if !tools::program("gcc") {
        return;
    }
    let toolchain = Toolchain { name: "static", ..GCC };
    let libraries = ["-l:libermine_c.a", "-pthread", "-ldl", "-lm"].map(str::to_owned);
    let hello = root().join("tests/c/hello.c");
    run(Command::new(toolchain.build_with(&hello, &libraries)).arg(toolchain.module(&hello)));
}

/// The same script in the same game as in Rust (`ermine`'s test of its examples): what the world is like in the end.
#[test]
fn the_game_in_c_ends_as_the_one_in_rust() {
    if tools::program("gcc") {
        let toolchain = Toolchain { name: "game", ..GCC };
        let game = root().join("../examples/game_loop.c");
        let said = run(Command::new(toolchain.build(&game)).arg(toolchain.module(&game)));
        assert!(said.ends_with("the guard is at 6, has shouted 150 times, last: \"who is there?\"\n"), "{said}");
    }
}

/// The first block of C in the guide to embedding.
#[test]
fn the_program_of_the_guide_runs() {
    if !tools::program("gcc") {
        return;
    }
    let guide = fs::read_to_string(root().join("../../docs/embedding.md")).expect("the guide is there");
    let source = guide.split("```c\n").nth(1).and_then(|rest| rest.split("```").next()).expect("it has a program");
    let toolchain = Toolchain { name: "guide", ..GCC };
    let module = toolchain.module(&root().join("tests/c/fuel.c"));
    let path = module.with_file_name("guide.c");
    fs::write(&path, source).expect("the target folder can be written");
    assert_eq!(run(Command::new(toolchain.build(&path)).arg(module)), "7\n");
}

/// Everything that the library allocates comes from the program, and goes back.
#[cfg(feature = "c-allocator")]
#[test]
fn a_program_brings_its_allocator() {
    if !tools::program("gcc") {
        return;
    }
    let toolchain = Toolchain { flags: &["-DERMINE_C_ALLOCATOR"], name: "allocator", ..GCC };
    let program = root().join("tests/allocator/allocator.c");
    let module = toolchain.module(&root().join("tests/c/fuel.c"));
    run(Command::new(toolchain.build(&program)).arg(module));
}
