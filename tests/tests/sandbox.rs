//! A guest that tries to get out of its directories: `guests/sandbox-probe`, on every resolver and file system.
//!
//! The guest counts what it managed to do; besides, what lies outside is looked at afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use ermine::{Engine, Linker, Module, Store};
use ermine_wasi::{Access, Files, MemConsole, MemFs, StdPort, WasiCtx, WithConsole, WithFiles, add_to_linker};

/// Runs the probe over these files, `box` first and `ro` second; gives them back.
fn probe<F: Files + Send + 'static>(files: F) -> F {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("guests/sandbox-probe/sandbox-probe.wasm");
    let engine = Engine::default();
    let module = Module::new(&engine, fs::read(path).expect("the guest is built")).expect("the guest loads");
    let mut linker: Linker<WasiCtx<WithFiles<WithConsole<StdPort, MemConsole>, F>>> = Linker::new(&engine);
    add_to_linker(&mut linker, |ctx| ctx).expect("the functions link");
    let port = WithConsole::new(StdPort::new().without_clocks().without_random(), MemConsole::new());
    let mut store = Store::new(&engine, WasiCtx::new(WithFiles::new(port, files)));
    let instance = linker.instantiate_and_start(&mut store, &module).expect("the guest starts");
    let end = instance.get_typed_func::<(), ()>(&store, "_start").and_then(|start| start.call(&mut store, ()));
    let (port, files) = store.into_data().into_port().into_parts();
    let output = String::from_utf8_lossy(port.console().stdout());
    println!("{}", output.lines().last().unwrap_or_default());
    assert!(end.is_ok() && output.ends_with(" cases, 0 escapes, 0 broken controls\n"), "{end:?}\n{output}");
    files
}

/// Links in `box`; `OUT` stands for the folder that holds it.
const LINKS: [(&str, &str); 15] = [
    ("abs", "OUT/secret.txt"),
    ("etc", "/etc/passwd"),
    ("rel", "../secret.txt"),
    ("deep", "sub/../../secret.txt"),
    ("sub/rel2", "../../secret.txt"),
    ("chain", "chain2"),
    ("chain2", "sub/rel2"),
    ("up", ".."),
    ("sub/up2", "../.."),
    ("root", "/"),
    ("magic", "/proc/self/root"),
    ("dangling", "../new"),
    ("dirlink", "sub"),
    ("inside", "dirlink/inner.txt"),
    ("loop", "loop"),
];

const FILES: [(&str, &str); 5] = [
    ("secret.txt", "secret"),
    ("outside/kept.txt", "kept"),
    ("box/allowed.txt", "allowed"),
    ("box/sub/inner.txt", "inner"),
    ("ro/file.txt", "read only"),
];

#[test]
fn nothing_leaves_a_file_system_in_memory() {
    let mut files = MemFs::new();
    for (path, contents) in FILES {
        files.add_file(path, contents.as_bytes()).expect("the names are new");
    }
    files.add_directory("ro/sub").expect("the name is new");
    for (name, target) in LINKS {
        files.add_link(&format!("box/{name}"), &target.replace("OUT", "")).expect("the names are new");
    }
    let files = files.dir("box", "box", Access::ReadWrite).and_then(|fs| fs.dir("ro", "ro", Access::ReadOnly));
    let files = probe(files.expect("the directories are there"));
    for (path, contents) in FILES {
        assert_eq!(files.contents(path), Some(contents.as_bytes()), "{path}");
    }
    let names = |path| files.names(path).expect("a directory").collect::<Vec<_>>();
    assert_eq!(names(""), ["box", "outside", "ro", "secret.txt"]);
    assert_eq!(names("ro"), ["file.txt", "sub"]);
    assert_eq!(names("outside"), ["kept.txt"]);
}

#[cfg(unix)]
mod host {
    use super::{FILES, LINKS, Path, PathBuf, fs, probe};
    use ermine_wasi::{Access, HostFiles, Resolver};
    use std::time::SystemTime;

    fn folder(name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&folder);
        for (path, contents) in FILES {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().expect("below the folder")).expect("the target folder can be written");
            fs::write(path, contents).expect("the target folder can be written");
        }
        fs::create_dir(folder.join("ro/sub")).expect("the name is new");
        for (link, target) in LINKS {
            let target = target.replace("OUT", folder.to_str().expect("UTF-8"));
            std::os::unix::fs::symlink(target, folder.join("box").join(link)).expect("the names are new");
        }
        folder
    }

    /// Every name, content and time outside of `box`.
    fn outside(folder: &Path) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
        let mut seen = Vec::new();
        let mut pending = vec![folder.to_owned()];
        while let Some(path) = pending.pop() {
            let metadata = fs::symlink_metadata(&path).expect("it was listed");
            let modified = metadata.modified().expect("the host knows");
            if metadata.is_dir() {
                let entries = fs::read_dir(&path).expect("it can be read").map(|entry| entry.expect("an entry").path());
                pending.extend(entries.filter(|path| !path.ends_with("box")));
                seen.push((path, Vec::new(), modified));
            } else {
                seen.push((path.clone(), fs::read(&path).expect("it can be read"), modified));
            }
        }
        seen.sort();
        seen
    }

    fn check(name: &str, resolver: Resolver) {
        let folder = folder(name);
        let before = outside(&folder);
        let files = HostFiles::new().resolver(resolver);
        let files = files.dir(folder.join("box"), "box", Access::ReadWrite);
        if files.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::Unsupported) {
            println!("skipped: this kernel has no openat2");
            return;
        }
        let files = files.and_then(|files| files.dir(folder.join("ro"), "ro", Access::ReadOnly));
        probe(files.expect("the directories are there"));
        assert_eq!(before, outside(&folder));
        assert!(!Path::new("/tmp/ermine-new").exists());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn nothing_leaves_a_directory_that_the_kernel_guards() {
        check("sandbox-kernel", Resolver::Kernel);
    }

    #[test]
    fn nothing_leaves_a_directory_that_is_walked() {
        check("sandbox-walker", Resolver::Walker);
    }
}
