//! Directories for guests: fresh copies on the host, and in memory. Those of the tests have no links in them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use ermine_wasi::MemFs;

/// An empty folder of this name for a test's own use.
///
/// # Panics
///
/// When `parent` cannot be written to. It is `env!("CARGO_TARGET_TMPDIR")`, which only a test's own crate knows.
pub fn scratch(parent: &str, name: &str) -> PathBuf {
    let folder = Path::new(parent).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}

/// Copies a directory.
///
/// # Errors
///
/// When one of the two cannot be read or written.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Adds what is in a directory to the root of `files`.
///
/// # Panics
///
/// When the directory cannot be read, or has a name that is not UTF-8 or in `files` already.
pub fn load(root: &Path, files: &mut MemFs) {
    let mut pending = vec![root.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).expect("it can be read") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(root).ok().and_then(Path::to_str).expect("below the root, in UTF-8");
            if path.is_dir() {
                files.add_directory(name).expect("the name is new");
                pending.push(path);
            } else {
                files.add_file(name, &fs::read(&path).expect("it can be read")).expect("the name is new");
            }
        }
    }
}
