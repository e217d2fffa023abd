//! `ermine dis`: wasm operators and translated code side by side.
//!
//! `wasm` reads names and operators from the module, `operator` writes one operator as text, `listing` puts both
//! columns next to each other. The right column is what the engine's own disassembler says. `image` lists what is in an image.

mod image;
mod listing;
mod operator;
mod wasm;

use crate::args::DisArgs;
use crate::exit::{Exit, Failure};
use crate::load::{self, Program};
use crate::{fault, report};
use ermine::{Engine, Module};
use listing::CodeLine;
use wasm::{Function, WasmModule};

/// Prints the listing to standard output.
///
/// # Errors
///
/// If the module cannot be loaded or has no such function.
pub fn dis(args: &DisArgs) -> Result<Exit, Failure> {
    match load::load(&args.file)? {
        Program::Wasm(bytes) => dis_wasm(args, &bytes),
        Program::Image(bytes) => image::dis(args, &bytes),
    }
}

fn dis_wasm(args: &DisArgs, bytes: &[u8]) -> Result<Exit, Failure> {
    let name = load::name(&args.file);
    let engine = Engine::new(&crate::config());
    let module = Module::new(&engine, bytes).map_err(|error| fault::cannot_load(&name, &error))?;
    let wasm = WasmModule::parse(bytes).map_err(|error| malformed(&name, &error))?;
    let chosen: Vec<&Function<'_>> = match &args.func {
        None => wasm.functions.iter().collect(),
        Some(wanted) => vec![find(&wasm, &name, wanted)?],
    };
    report::answer_in_parts(chosen.into_iter().map(|function| {
        let operators = function.operators().map_err(|error| malformed(&name, &error))?;
        let code = module.disassemble(function.index).unwrap_or_default();
        let code: Vec<CodeLine> = code.into_iter().map(CodeLine::from).collect();
        Ok(listing::listing(function, &operators, &code))
    }))
}

/// The function with this index or name.
fn find<'a>(wasm: &'a WasmModule<'a>, name: &str, wanted: &str) -> Result<&'a Function<'a>, Failure> {
    let found = match wanted.parse::<u32>() {
        Ok(index) => wasm.functions.iter().find(|function| function.index == index),
        Err(_) => wasm.functions.iter().find(|function| function.is_called(wanted)),
    };
    found.ok_or_else(|| {
        let ends = wasm.functions.first().zip(wasm.functions.last());
        no_function(name, wanted, ends.map(|(first, last)| (first.index, last.index)))
    })
}

/// There is no such function, only the first to the last.
fn no_function(name: &str, wanted: &str, ends: Option<(u32, u32)>) -> Failure {
    let failure = Failure::new(Exit::Usage, format!("{name} defines no function `{wanted}`"));
    match ends {
        Some((first, last)) => failure.with_details([format!("there are functions {first} to {last}")]),
        None => failure,
    }
}

fn malformed(name: &str, error: &wasmparser::BinaryReaderError) -> Failure {
    Failure::new(Exit::CannotLoad, format!("{name} cannot be taken apart: {error}"))
}
