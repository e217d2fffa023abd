//! Guests as boards take them: images that pay fuel. Modules are compiled here.

use crate::exit::{Exit, Failure};
use crate::fault;
use crate::load::{self, Program};
use crate::symbols::MapFile;
use ermine::image::{Inspection, SymbolMap, with_memory};
use ermine::{Engine, Module, Profile};
use std::path::Path;

/// An image, and what gives its places their names.
#[derive(Debug)]
pub(super) struct Guest {
    pub(super) name: String,
    pub(super) image: Vec<u8>,
    pub(super) checksum: u32,
    pub(super) map: Option<SymbolMap>,
}

/// Reads a guest. `memory` is what it is given where it is compiled.
///
/// # Errors
///
/// If it cannot be read or compiled, or is an image for other builds. Whether it does what it should is for the board to find out.
pub(super) fn load(path: &Path, memory: Option<usize>) -> Result<Guest, Failure> {
    let name = load::name(path);
    match load::load(path)? {
        Program::Wasm(wasm) => compiled(name, &wasm, memory),
        Program::Image(_) if memory.is_some() => {
            let message = format!("--memory: {name} is an image already: compile it again with that option");
            Err(Failure::new(Exit::Usage, message))
        }
        Program::Image(image) => {
            let inspection = Inspection::open(&image).map_err(|error| fault::refused(&name, &error))?;
            let checksum = inspection.checksum();
            let map = MapFile::beside(path, checksum).read();
            Ok(Guest { name, image, checksum, map })
        }
    }
}

fn compiled(name: String, wasm: &[u8], memory: Option<usize>) -> Result<Guest, Failure> {
    let cannot_load = |error: ermine::Error| fault::cannot_load(&name, &error);
    let mut config = crate::config();
    config.consume_fuel(true).profile(Profile::Base);
    let engine = Engine::try_new(&config).map_err(cannot_load)?;
    let module = Module::new(&engine, wasm).map_err(cannot_load)?;
    let image = module.serialize().map_err(cannot_load)?;
    let image = match memory {
        Some(memory) => resized(&name, &image, memory)?,
        None => image,
    };
    let inspection = Inspection::open(&image).map_err(|error| fault::refused(&name, &error))?;
    let (checksum, map) = (inspection.checksum(), module.symbol_map(&inspection));
    Ok(Guest { name, image, checksum, map })
}

fn resized(name: &str, image: &[u8], memory: usize) -> Result<Vec<u8>, Failure> {
    let too_large = || Failure::new(Exit::Usage, "--memory: there are no more than 4 GiB");
    with_memory(image, u32::try_from(memory).map_err(|_| too_large())?).map_err(|error| {
        Failure::new(Exit::CannotLoad, format!("{name} cannot have {memory} bytes of memory: {error}"))
    })
}
