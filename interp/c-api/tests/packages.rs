//! The packages for build systems: a project finds the library, links it and runs.

use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use crate::support::{GCC, Toolchain, libraries, root, run, shared};
use ermine_tests::{folder, tools};

/// An empty folder.
fn scratch(name: &str) -> PathBuf {
    folder::scratch(env!("CARGO_TARGET_TMPDIR"), &format!("c-api/{name}"))
}

/// A prefix as the library is installed into: headers, libraries, and what build systems read.
#[cfg(unix)]
fn prefix(name: &str) -> PathBuf {
    let prefix = scratch(name);
    let create = |path: &str| fs::create_dir_all(prefix.join(path)).expect("it is ours");
    create("lib/cmake/Ermine");
    create("lib/pkgconfig");
    let link = |from: PathBuf, to: &str| std::os::unix::fs::symlink(from, prefix.join(to)).expect("it is ours");
    link(root().join("include"), "include");
    link(libraries().join("libermine_c.a"), "lib/libermine_c.a");
    link(libraries().join("libermine_c.so"), "lib/libermine_c.so");
    fs::copy(root().join("cmake/ErmineConfig.cmake"), prefix.join("lib/cmake/Ermine/ErmineConfig.cmake"))
        .expect("it can be copied");
    let pc = fs::read_to_string(root().join("ermine.pc.in")).expect("it is there");
    let pc = pc.replace("@PREFIX@", &prefix.display().to_string()).replace("@VERSION@", env!("CARGO_PKG_VERSION"));
    fs::write(prefix.join("lib/pkgconfig/ermine.pc"), pc).expect("it is ours");
    prefix
}

/// Configures and builds the project in `cmake`, and runs both of its programs.
fn build_with_cmake(name: &str, options: &[String]) {
    let build = scratch(name);
    let module = GCC.module(&root().join("tests/c/hello.c"));
    run(Command::new("cmake").arg("-S").arg(root().join("tests/cmake")).arg("-B").arg(&build).args(options));
    run(Command::new("cmake").arg("--build").arg(&build));
    for program in ["hello-Ermine", "hello-Shared"] {
        run(Command::new(build.join(program)).arg(&module));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn cmake_finds_the_package_in_a_checkout() {
    if tools::program("cmake") && tools::program("cc") {
        let folder = root().join("cmake");
        let options = [("Ermine_DIR", folder), ("Ermine_LIBRARY_DIR", libraries())];
        build_with_cmake("cmake-checkout", &options.map(|(name, path)| format!("-D{name}={}", path.display())));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn cmake_finds_the_package_in_a_prefix() {
    if tools::program("cmake") && tools::program("cc") {
        let prefix = prefix("cmake-prefix");
        build_with_cmake("cmake-installed", &[format!("-DCMAKE_PREFIX_PATH={}", prefix.display())]);
    }
}

/// The flags that pkg-config tells link both libraries.
#[cfg(target_os = "linux")]
#[test]
fn pkg_config_finds_the_package() {
    if !tools::program("pkg-config") || !tools::program("gcc") {
        return;
    }
    let prefix = prefix("pkg-config");
    let ask = |flags: &[&str]| -> Vec<String> {
        let mut command = Command::new("pkg-config");
        let said = run(command.env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")).args(flags).arg("ermine"));
        said.split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(ask(&["--modversion"]), [env!("CARGO_PKG_VERSION")]);
    assert_eq!(ask(&["--cflags"]), [format!("-I{}", prefix.join("include").display())]);

    let hello = root().join("tests/c/hello.c");
    let rpath = format!("-Wl,-rpath,{}", prefix.join("lib").display());
    let shared = Toolchain { name: "pkg-config-shared", ..GCC };
    let flags = [ask(&["--libs"]), vec![rpath]].concat();
    run(Command::new(shared.build_with(&hello, &flags)).arg(shared.module(&hello)));
    let linked = Toolchain { name: "pkg-config-static", ..GCC };
    let flags = [vec!["-Wl,-Bstatic".to_owned()], ask(&["--libs"]), vec!["-Wl,-Bdynamic".to_owned()]].concat();
    let private = ask(&["--static", "--libs-only-l"]).into_iter().filter(|flag| flag != "-lermine_c");
    let flags = [flags, private.collect()].concat();
    run(Command::new(linked.build_with(&hello, &flags)).arg(linked.module(&hello)));
}

/// The declarations for C#, by a program that uses nothing else.
#[cfg(target_os = "linux")]
#[test]
fn a_host_in_csharp_runs() {
    if !tools::program("mcs") || !tools::program("mono") {
        return;
    }
    let (folder, program) = (scratch("csharp"), root().join("tests/csharp/Host.cs"));
    // Mono looks for libraries beside the program.
    fs::copy(libraries().join("libermine_c.so"), folder.join("libermine_c.so")).expect("it can be copied");
    let executable = folder.join("Host.exe");
    let out = format!("-out:{}", executable.display());
    run(Command::new("mcs").args(["-nologo", "-warnaserror", &out]).arg(root().join("csharp/Ermine.cs")).arg(&program));
    run(Command::new("mono").arg(executable).arg(GCC.module(&program.with_file_name("host.wat"))));
}

/// As Swift and Objective-C import the headers.
#[cfg(target_os = "linux")]
#[test]
fn the_module_map_makes_a_module_of_the_headers() {
    if !tools::program("clang") {
        return;
    }
    let (folder, map) = (scratch("module"), root().join("include/module.modulemap"));
    let source = "@import CErmine;\nint main(void) {\n  wasm_engine_delete(wasm_engine_new());\n  return ermine_error_message(0) != 0;\n}\n";
    fs::write(folder.join("import.m"), source).expect("it is ours");
    let toolchain =
        Toolchain { compiler: "clang", language: &["-x", "objective-c", "-fmodules"], flags: &[], name: "objective-c" };
    let cache = format!("-fmodules-cache-path={}", folder.join("cache").display());
    let map = format!("-fmodule-map-file={}", map.display());
    let flags = [shared().to_vec(), vec![cache, map]].concat();
    run(&mut Command::new(toolchain.build_with(&folder.join("import.m"), &flags)));
}
