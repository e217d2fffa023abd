//! Checks guest programs: valid WebAssembly 2.0 without SIMD, importing from WASI preview 1 and nothing else.
//!
//! A linker turns an undefined symbol into an import of module `env` without a word; this is where it shows.

use std::process::ExitCode;

use wasmparser::{Parser, Payload, Validator, WasmFeatures};

const WASI: &str = "wasi_snapshot_preview1";

fn main() -> ExitCode {
    let mut failed = false;
    for path in std::env::args().skip(1) {
        match check(&path) {
            Ok(report) => println!("{path}: {report}"),
            Err(message) => {
                eprintln!("{path}: {message}");
                failed = true;
            }
        }
    }
    ExitCode::from(u8::from(failed))
}

/// Returns one line about the module at `path`, or what is wrong with it.
fn check(path: &str) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let features = WasmFeatures::WASM2
        .difference(WasmFeatures::SIMD)
        .union(WasmFeatures::EXTENDED_CONST);
    Validator::new_with_features(features)
        .validate_all(&bytes)
        .map_err(|error| error.to_string())?;
    let imports = imports(&bytes)?;
    if let Some(stray) = imports.iter().find(|(module, _)| module != WASI) {
        return Err(format!(
            "imports {}.{}, which nothing provides",
            stray.0, stray.1
        ));
    }
    let names: Vec<&str> = imports.iter().map(|(_, name)| name.as_str()).collect();
    Ok(format!(
        "{} bytes, {} imports: {}",
        bytes.len(),
        names.len(),
        names.join(" ")
    ))
}

/// Every import as (module, name).
fn imports(bytes: &[u8]) -> Result<Vec<(String, String)>, String> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        if let Payload::ImportSection(section) = payload.map_err(|error| error.to_string())? {
            for import in section.into_imports() {
                let import = import.map_err(|error| error.to_string())?;
                found.push((import.module.to_owned(), import.name.to_owned()));
            }
        }
    }
    Ok(found)
}
