//! The large modules that loading is measured with.

use std::fs;
use std::path::{Path, PathBuf};

use crate::workload::WORKLOADS;

/// A module and its name.
#[derive(Debug, Clone)]
pub struct Module {
    /// How tables call it.
    pub name: String,
    /// Where it lies; child processes read it from there.
    pub path: PathBuf,
    /// Its bytes.
    pub wasm: Vec<u8>,
}

/// Two programs of a megabyte, then the modules in `files`.
///
/// # Errors
///
/// One line that names the file that cannot be read.
pub fn modules(files: &[PathBuf]) -> Result<Vec<Module>, String> {
    let mut modules = Vec::new();
    for name in ["quickjs", "sqlite"] {
        let workload = WORKLOADS.iter().find(|workload| workload.name == name).ok_or("a program is missing")?;
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("programs/{name}/{name}.wasm"));
        modules.push(Module { name: name.to_owned(), path, wasm: workload.wasm.to_vec() });
    }
    for path in files {
        let wasm = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        modules.push(Module { name, path: path.clone(), wasm });
    }
    Ok(modules)
}

impl Module {
    /// Its size in megabytes.
    pub fn megabytes(&self) -> f64 {
        self.wasm.len() as f64 / 1e6
    }
}
