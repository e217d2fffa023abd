//! The interface for firmware, on a desk: built as C and as C++, run, and run again where each access is watched.

#[allow(dead_code, reason = "the tests of the other C library use the rest")]
#[path = "../../tests/support.rs"]
mod support;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use ermine::{Config, Engine, Profile};
use ermine_tests::tools;

use self::support::{GCC, Toolchain, libraries, programs, root, run};

/// The static library, as cargo has it beside the tests: with a hash in its name, and perhaps of builds before.
fn library() -> PathBuf {
    let files = fs::read_dir(libraries()).expect("the folder of the tests").filter_map(|file| Some(file.ok()?.path()));
    let name =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libermine_bare-"));
    let found = files.filter(|path| name(path) && path.extension().is_some_and(|extension| extension == "a"));
    let newest = found.max_by_key(|path| path.metadata().and_then(|data| data.modified()).ok());
    newest.expect("cargo builds the library before its tests")
}

/// The guest as an image that pays fuel.
fn image(toolchain: &Toolchain) -> PathBuf {
    let mut config = Config::default();
    config.profile(Profile::Base).consume_fuel(true);
    let module = toolchain.module(&root().join("tests/c/guest.c"));
    let wasm = fs::read(&module).expect("it was just written");
    let image = Engine::new(&config).precompile_module(&wasm).expect("a module");
    let path = module.with_extension("erm");
    fs::write(&path, image).expect("the target folder can be written");
    path
}

/// Builds and runs the programs, under another one if that is asked for.
fn check(toolchain: &Toolchain, under: &[&str]) {
    if !tools::program(toolchain.compiler) || under.first().is_some_and(|program| !tools::program(program)) {
        return;
    }
    for program in programs() {
        let library = library().display().to_string();
        let executable = toolchain.build_with(&program, &[&*library, "-pthread", "-ldl", "-lm"].map(str::to_owned));
        let words = under.iter().map(PathBuf::from).chain([executable, image(toolchain)]);
        let words: Vec<PathBuf> = words.collect();
        run(Command::new(&words[0]).args(&words[1..]));
    }
}

#[test]
fn firmware_in_c_runs_its_guest() {
    check(&Toolchain { name: "bare", ..GCC }, &[]);
}

#[test]
fn firmware_in_cpp_runs_its_guest() {
    check(&Toolchain { compiler: "g++", language: &["-x", "c++", "-std=c++17"], flags: &[], name: "bare-cpp" }, &[]);
}

#[test]
fn firmware_touches_nothing_that_is_not_its_own() {
    check(&Toolchain { name: "bare-valgrind", ..GCC }, &["valgrind", "-q", "--error-exitcode=9", "--leak-check=full"]);
}
