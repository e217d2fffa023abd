//! Resident memory of loaded modules, measured in child processes so that no engine leaves anything behind for the next.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use super::child::{child, only, resident};
use super::{Setting, names};
use crate::contender::Failure;
use crate::engines::Contenders;
use crate::results::Table;

/// Bytes of resident memory per byte of wasm.
pub fn tables(contenders: &Contenders, setting: &Setting) -> Result<Vec<Table>, String> {
    let method = "Growth of resident memory, as /proc/self/statm has it, from before a module is loaded until after it is, divided by the \
                  module's bytes; a process for each. The bytes themselves are read before; an engine's own copy of them counts. No instance.";
    let mut table =
        Table::new("memory", "Resident memory of a loaded module", "bytes per byte of wasm", method, names(contenders));
    for module in &setting.modules {
        eprintln!("memory {} ...", module.name);
        let cells = contenders.iter().map(|contender| {
            let growth = child(&["--on", contender.name(), "--grow", &module.path.to_string_lossy()])
                .map(|growth| growth as f64 / module.wasm.len() as f64);
            (contender.name().to_owned(), growth)
        });
        table.rows.push((format!("{}, {:.1} MB", module.name, module.megabytes()), cells.collect()));
    }
    Ok(vec![table])
}

/// The child's work: loads the module on the one contender and tells how many bytes of resident memory that took.
///
/// # Errors
///
/// One line: no such contender, a file that cannot be read, whatever the engine has against the module.
pub fn grow(on: &[String], module: &Path) -> Result<String, String> {
    let contender = only(on)?;
    let measured = || -> Result<i64, Failure> {
        let wasm = fs::read(module)?;
        let input = contender.input(&wasm)?.into_owned();
        // Whatever an engine sets up once is not the module's.
        let engine = contender.engine()?;
        drop(engine.compile(&contender.input(b"\0asm\x01\0\0\0")?)?);
        let before = resident()?;
        let compiled = black_box(engine.compile(black_box(&input))?);
        let after = resident()?;
        drop(compiled);
        Ok(after - before)
    };
    measured().map(|growth| format!("{growth}\n")).map_err(|error| error.to_string())
}
