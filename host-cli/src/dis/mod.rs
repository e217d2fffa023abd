//! `ermine dis`: wasm operators and translated code side by side.
//!
//! `wasm` reads names and operators from the module, `operator` writes one operator as text, `listing` puts both
//! columns next to each other. The right column is what the engine's own disassembler says.

mod listing;
mod operator;
mod wasm;

use crate::args::DisArgs;
use crate::exit::{Exit, Failure};
use crate::{fault, load};
use ermine::{Engine, Module};
use listing::CodeLine;
use std::io::{self, Write as _};
use wasm::{Function, WasmModule};

/// Prints the listing to standard output.
///
/// # Errors
///
/// If the module cannot be loaded or has no such function.
pub fn dis(args: &DisArgs) -> Result<Exit, Failure> {
    let bytes = load::load(&args.file)?;
    let name = load::name(&args.file);
    let engine = Engine::default();
    let module = Module::new(&engine, &bytes).map_err(|error| fault::cannot_load(&name, &error))?;
    let wasm = WasmModule::parse(&bytes).map_err(|error| malformed(&name, &error))?;
    let chosen: Vec<&Function<'_>> = match &args.func {
        None => wasm.functions.iter().collect(),
        Some(wanted) => vec![find(&wasm, &name, wanted)?],
    };
    let mut out = io::BufWriter::new(io::stdout().lock());
    for function in chosen {
        let operators = function.operators().map_err(|error| malformed(&name, &error))?;
        let code = module.disassemble(function.index).unwrap_or_default();
        let code: Vec<CodeLine> = code.into_iter().map(CodeLine::from).collect();
        let text = listing::listing(function, &operators, &code);
        if out.write_all(text.as_bytes()).is_err() {
            // Nobody reads on.
            break;
        }
    }
    let _ = out.flush();
    Ok(Exit::Success)
}

/// The function with this index or name.
fn find<'a>(wasm: &'a WasmModule<'a>, name: &str, wanted: &str) -> Result<&'a Function<'a>, Failure> {
    let found = match wanted.parse::<u32>() {
        Ok(index) => wasm.functions.iter().find(|function| function.index == index),
        Err(_) => wasm.functions.iter().find(|function| function.is_called(wanted)),
    };
    found.ok_or_else(|| {
        let failure = Failure::new(Exit::Usage, format!("{name} defines no function `{wanted}`"));
        match (wasm.functions.first(), wasm.functions.last()) {
            (Some(first), Some(last)) => {
                failure.with_details([format!("there are functions {} to {}", first.index, last.index)])
            }
            _ => failure,
        }
    })
}

fn malformed(name: &str, error: &wasmparser::BinaryReaderError) -> Failure {
    Failure::new(Exit::CannotLoad, format!("{name} cannot be taken apart: {error}"))
}
