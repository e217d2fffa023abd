//! `ermine validate`: whether files can be loaded, and if not, why and where.

use crate::args::ValidateArgs;
use crate::exit::{Exit, Failure};
use crate::load::{self, Program};
use crate::{fault, names, progress, report, symbols};
use ermine::image::Inspection;
use ermine::{Engine, Error, ErrorKind, Module};

/// Checks each file, and prints a line for each that is refused. The exit code is that of the first of them.
///
/// # Errors
///
/// None: they are printed.
pub fn validate(args: &ValidateArgs) -> Result<Exit, Failure> {
    let mut exit = Exit::Success;
    for file in &args.files {
        if let Err(failure) = load::load(file).and_then(|program| check(&load::name(file), &program)) {
            let code = report::failure(&failure);
            exit = if exit == Exit::Success { code } else { exit };
        }
    }
    Ok(exit)
}

/// Why a program is refused, if it is.
pub(crate) fn check(name: &str, program: &Program) -> Result<(), Failure> {
    match program {
        Program::Wasm(wasm) => {
            let engine = Engine::new(&crate::config());
            let module = progress::during(&format!("validating {name}"), wasm.len(), || Module::new(&engine, wasm));
            module.map(drop).map_err(|error| refused(name, wasm, &error))
        }
        Program::Image(image) => {
            let verdict = Inspection::open(image).and_then(|image| image.verdict());
            verdict.map_err(|error| fault::refused(name, &error))
        }
    }
}

/// Why a module is refused, in one line, with the function that the fault is in.
pub(crate) fn refused(name: &str, wasm: &[u8], error: &Error) -> Failure {
    let failure = fault::cannot_load(name, error);
    let mut parts = vec![failure.message];
    parts.extend(failure.details);
    let offset = match error.kind() {
        ErrorKind::Wasm { offset, .. } | ErrorKind::Proposal { offset, .. } => u64::try_from(*offset).ok(),
        // The others are not about a byte.
        _ => None,
    };
    if let Some(func) = offset.and_then(|offset| names::function_at(wasm, offset)) {
        parts.push(format!("in func[{}]{}", func.index, symbols::show(func.name, None)));
    }
    Failure::new(failure.exit, parts.join(", "))
}
