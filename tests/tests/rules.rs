//! The rules of WASI preview 1, on every kind of files: `guests/wasi-rules` calls the functions one by one and says which
//! rule does not hold. wasi-testsuite looks at the same things; it is fetched where it can be (`wasi_testsuite.rs`).

use std::fs;
use std::path::Path;

use ermine::{Engine, Linker, Module, Store};
use ermine_wasi::{
    Access, Files, MemConsole, MemFs, RomFile, RomFs, StdPort, WasiCtx, WithConsole, WithFiles, add_to_linker,
};

/// Runs the guest with these arguments over these files, and has it find nothing.
fn check<F: Files + Send + 'static>(args: &[&str], files: F) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests/wasi-rules/wasi-rules.wasm");
    let engine = Engine::default();
    let module = Module::new(&engine, fs::read(path).expect("the guest is built")).expect("the guest loads");
    let mut linker: Linker<WasiCtx<WithFiles<WithConsole<StdPort, MemConsole>, F>>> = Linker::new(&engine);
    add_to_linker(&mut linker, |ctx| ctx).expect("the functions link");
    let host = StdPort::new().args(["wasi-rules"]).args(args);
    let host = host.env("NAME", "value").env("EMPTY", "").env("SIGNS", "= =ü");
    let port = WithConsole::new(host, MemConsole::new());
    let mut store = Store::new(&engine, WasiCtx::new(WithFiles::new(port, files)));
    let instance = linker.instantiate_and_start(&mut store, &module).expect("the guest starts");
    let end = instance.get_typed_func::<(), ()>(&store, "_start").and_then(|start| start.call(&mut store, ()));
    let (port, _) = store.into_data().into_port().into_parts();
    let text = String::from_utf8_lossy(port.console().stdout());
    println!("{text}");
    let status = end.as_ref().err().and_then(ermine::Error::i32_exit_status);
    assert!(status == Some(0) && text.ends_with(" rules, 0 broken\n"), "{end:?}\n{text}");
}

/// What the rules of writing expect as arguments.
const WORDS: &[&str] = &["two words", "ü", ""];

const READ_ONLY: &[&str] = &["read-only"];

/// What the rules of reading expect as files.
const FILES: &[RomFile<'_>] =
    &[RomFile { path: "hello.txt", contents: b"hello" }, RomFile { path: "sub/inner.txt", contents: b"inner" }];

#[test]
fn rules_hold_in_memory() {
    // The time is that of the last change: files were not made in 1970.
    let mut files = MemFs::new();
    files.set_time(1_700_000_000_000_000_000);
    check(WORDS, files.dir("", "/", Access::ReadWrite).expect("there is a root"));
}

#[test]
fn rules_of_reading_hold_in_memory() {
    let mut files = MemFs::new();
    for RomFile { path, contents } in FILES {
        files.add_file(path, contents).expect("the names are new");
    }
    check(READ_ONLY, files.dir("", "/", Access::ReadOnly).expect("there is a root"));
}

#[test]
fn rules_of_reading_hold_in_read_only_memory() {
    check(READ_ONLY, RomFs::new(FILES, "/"));
}

#[cfg(unix)]
mod host {
    use super::{FILES, READ_ONLY, WORDS, check, fs};
    use ermine_tests::folder;
    use ermine_wasi::{Access, HostFiles, Resolver};

    /// Both sets of rules with a resolver.
    fn rules(resolver: Resolver) {
        if HostFiles::new().resolver(resolver).dir(".", "/", Access::ReadOnly).is_err() {
            return println!("skipped: this kernel has no openat2");
        }
        let folder = folder::scratch(env!("CARGO_TARGET_TMPDIR"), &format!("rules-{resolver:?}"));
        let open = |access| HostFiles::new().resolver(resolver).dir(&folder, "/", access).expect("it was just made");
        check(WORDS, open(Access::ReadWrite));
        fs::remove_dir_all(&folder).expect("it can be written");
        fs::create_dir_all(folder.join("sub")).expect("the target folder can be written");
        for file in FILES {
            fs::write(folder.join(file.path), file.contents).expect("the target folder can be written");
        }
        check(READ_ONLY, open(Access::ReadOnly));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn rules_hold_where_the_kernel_resolves() {
        rules(Resolver::Kernel);
    }

    #[test]
    fn rules_hold_where_directories_are_walked() {
        rules(Resolver::Walker);
    }
}
