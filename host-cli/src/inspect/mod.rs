//! `ermine inspect`: what is in a module or an image.
//!
//! `scan` reads a module's sections, `features` finds the proposals that it needs, `wasi` sorts the functions of WASI that it wants, `facts` puts all that beside
//! what the engine makes of it. `table` and `record` show the facts to people and to programs; `image` does all of it for images.
//!
//! A module that the engine refuses because of a proposal is shown all the same, without translated code.

mod facts;
mod features;
mod image;
mod record;
mod scan;
mod table;
mod wasi;

use crate::args::InspectArgs;
use crate::exit::{Exit, Failure};
use crate::load::{self, Program};
use crate::{progress, report, validate};
use ermine::{Engine, ErrorKind};
use facts::{Facts, Verdict};
use scan::Scan;

/// Prints what is in the file to standard output.
///
/// # Errors
///
/// If the file cannot be read, or is not valid.
pub fn inspect(args: &InspectArgs) -> Result<Exit, Failure> {
    let name = load::name(&args.file);
    let text = match load::load(&args.file)? {
        Program::Wasm(wasm) => {
            let facts = progress::during(&format!("inspecting {name}"), wasm.len(), || facts(&name, &wasm))?;
            if args.json { record::of(&facts, args.top).to_string() + "\n" } else { table::of(&facts, args.top) }
        }
        Program::Image(bytes) => image::inspect(args, &name, &bytes)?,
    };
    report::answer(text)
}

/// Everything there is to know of a module.
fn facts<'a>(name: &'a str, wasm: &'a [u8]) -> Result<Facts<'a>, Failure> {
    let verdict = match Engine::new(&crate::config()).precompile_module(wasm) {
        Ok(image) => Verdict::Takes(image),
        Err(error) => match error.kind() {
            ErrorKind::Proposal { names, .. } => Verdict::Lacks(names.split(", ").map(str::to_owned).collect()),
            ErrorKind::Limit { .. } | ErrorKind::ImageBound(_) => Verdict::Refuses(error.to_string()),
            // The others say that the module is not valid.
            _ => return Err(validate::refused(name, wasm, &error)),
        },
    };
    let malformed = |error: wasmparser::BinaryReaderError| {
        Failure::new(Exit::CannotLoad, format!("{name} cannot be taken apart: {error}"))
    };
    Ok(Facts::new(name, wasm, Scan::new(wasm).map_err(malformed)?, verdict))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Looks at something in every way there is, and tells whether it is valid.
    fn look(bytes: Vec<u8>) -> bool {
        let program = if bytes.starts_with(b"\0erm") { Program::Image(bytes) } else { Program::Wasm(bytes) };
        let verdict = validate::check("it", &program).is_ok();
        let args = |json| InspectArgs { json, top: 3, file: "nowhere".into() };
        let seen = match &program {
            Program::Image(bytes) => {
                image::inspect(&args(false), "it", bytes).and(image::inspect(&args(true), "it", bytes)).is_ok()
            }
            Program::Wasm(wasm) => facts("it", wasm).is_ok_and(|facts| {
                // What no engine here takes is still looked at.
                !(table::of(&facts, 3) + &record::of(&facts, 3).to_string()).is_empty()
            }),
        };
        // What validates can be inspected.
        assert!(seen || !verdict);
        // Nor does it matter whether the engine was asked before.
        if let Program::Wasm(wasm) = &program {
            let _ = (Scan::new(wasm).is_ok(), features::needed(wasm));
        }
        verdict
    }

    /// Cuts and changes bytes all over.
    fn damage(bytes: &[u8]) {
        assert!(look(bytes.to_vec()));
        let step = (bytes.len() / 150).max(1);
        for end in (0..bytes.len()).step_by(step) {
            look(bytes[..end].to_vec());
        }
        for (turn, at) in (0..bytes.len()).step_by(step).enumerate() {
            let mut changed = bytes.to_vec();
            changed[at] ^= [0x01, 0x80, 0xff, 0x40][turn % 4];
            look(changed);
        }
    }

    #[test]
    fn damaged_modules_are_refused_or_shown() {
        damage(include_bytes!("../../../tests/guests/sandbox-probe/sandbox-probe.wasm"));
    }

    #[test]
    fn damaged_small_modules_and_images_are_refused_or_shown() {
        let wasm = wat::parse_str(include_str!("../../tests/inspect/all.wat")).expect("a module");
        damage(&wasm);
        damage(&Engine::new(&crate::config()).precompile_module(&wasm).expect("an image"));
    }
}
