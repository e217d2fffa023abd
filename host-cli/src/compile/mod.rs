//! `ermine compile`: a module becomes an image, a symbol map and a report.
//!
//! `emit` writes an image as source text, `facts` gathers what is worth knowing of it, `table` and `record` show that to people and to
//! programs.

mod emit;
mod facts;
mod record;
mod table;

pub(crate) use facts::Facts;

use crate::args::{CompileArgs, Emit};
use crate::exit::{Exit, Failure};
use crate::load::{self, Program};
use crate::{fault, symbols};
use emit::Constant;
use ermine::image::{Inspection, with_memory};
use ermine::{Config, Engine, Module};
use facts::Origin;
use std::borrow::Cow;
use std::path::{Path, PathBuf};

/// Compiles the module and prints the report.
///
/// # Errors
///
/// If the module cannot be read or compiled, or a file cannot be written.
pub fn compile(args: &CompileArgs) -> Result<Exit, Failure> {
    let name = load::name(&args.file);
    let Program::Wasm(wasm) = load::load(&args.file)? else {
        return Err(Failure::new(Exit::CannotLoad, format!("{name} is an image already")));
    };
    let output = output(args)?;
    let (module, bytes) = translated(args, &name, &wasm)?;
    let image = Inspection::open(&bytes).map_err(|error| disagrees(&name, &error))?;
    image.verdict().map_err(|error| disagrees(&name, &error))?;
    let map = module.symbol_map(&image).ok_or_else(|| disagrees(&name, &"code and listing differ"))?;

    write(&output, &emitted(args, &image, &bytes))?;
    if let Some(path) = map_path(args, &output) {
        write(&path, map.to_string().as_bytes())?;
    }
    let facts = Facts {
        input: &name,
        origin: Some(Origin { wasm_bytes: wasm.len(), output: output_name(&output) }),
        module: &module,
        image: &image,
        stack: image.stack_need(),
        map: Some(&map),
        top: 0,
    };
    print(&report(&facts, args.json), load::is_stream(&output))
}

/// The module, and the image of it with the memory that is wanted.
fn translated(args: &CompileArgs, name: &str, wasm: &[u8]) -> Result<(Module, Vec<u8>), Failure> {
    let cannot_load = |error: ermine::Error| fault::cannot_load(name, &error);
    let engine = Engine::try_new(&config(args)).map_err(cannot_load)?;
    let module = Module::new(&engine, wasm).map_err(cannot_load)?;
    let bytes = module.serialize().map_err(cannot_load)?;
    let bytes = match args.memory {
        Some(memory) => resize(name, &bytes, memory)?,
        None => bytes,
    };
    Ok((module, bytes))
}

/// What is written: the image, or source text with it.
fn emitted<'a>(args: &CompileArgs, image: &'a Inspection, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    // Not the whole path: the text should be the same wherever it is made.
    let file = args.file.file_name().filter(|_| !load::is_stream(&args.file));
    let of = file.map_or_else(|| load::name(&args.file), |file| file.to_string_lossy().into_owned());
    let constant = Constant { name: identifier(args), of: &of, image, bytes };
    match args.emit {
        Emit::Image => Cow::Borrowed(bytes),
        Emit::Rust => Cow::Owned(constant.rust().into_bytes()),
        Emit::C => Cow::Owned(constant.c().into_bytes()),
    }
}

/// What is worth knowing of an image, for people or as JSON.
pub(crate) fn report(facts: &Facts<'_>, json: bool) -> String {
    if json { record::of(facts).to_string() + "\n" } else { table::of(facts) }
}

fn config(args: &CompileArgs) -> Config {
    let mut config = crate::config();
    config.consume_fuel(args.fuel).profile(args.profile.into());
    config
}

/// The image with another amount of memory.
fn resize(name: &str, image: &[u8], memory: usize) -> Result<Vec<u8>, Failure> {
    let too_large = || Failure::new(Exit::Usage, "--memory: there are no more than 4 GiB");
    let memory = u32::try_from(memory).map_err(|_| too_large())?;
    with_memory(image, memory).map_err(|error| {
        Failure::new(Exit::CannotLoad, format!("{name} cannot have {memory} bytes of memory: {error}"))
    })
}

/// A fault of this program, not of the module.
fn disagrees(name: &str, error: &dyn std::fmt::Display) -> Failure {
    Failure::new(
        Exit::CannotLoad,
        format!("{name} was compiled to an image that is refused, which is a fault of Ermine: {error}"),
    )
}

/// Where the image goes.
fn output(args: &CompileArgs) -> Result<PathBuf, Failure> {
    let ending = match args.emit {
        Emit::Image => "erm",
        Emit::Rust => "rs",
        Emit::C => "h",
    };
    match &args.output {
        Some(output) => Ok(output.clone()),
        None if load::is_stream(&args.file) => {
            Err(Failure::new(Exit::Usage, "say with -o where the image of standard input should go"))
        }
        None => Ok(args.file.with_extension(ending)),
    }
}

/// What the report calls the image.
fn output_name(output: &Path) -> String {
    if load::is_stream(output) { "standard output".to_owned() } else { output.display().to_string() }
}

/// Where the map goes: beside the image, or where the image would be.
fn map_path(args: &CompileArgs, output: &Path) -> Option<PathBuf> {
    match (&args.map, args.emit) {
        _ if args.no_map => None,
        (Some(map), _) => Some(map.clone()),
        _ if load::is_stream(output) => None,
        (None, Emit::Image) => Some(symbols::path_beside(output)),
        (None, Emit::Rust | Emit::C) => Some(output.with_extension("erm.map")),
    }
}

/// The name of the constant: as it is wanted, or the file's.
fn identifier(args: &CompileArgs) -> String {
    if let Some(name) = &args.name {
        return name.clone();
    }
    let file = if load::is_stream(&args.file) { args.output.as_deref() } else { Some(&*args.file) };
    let stem = file.and_then(Path::file_stem).unwrap_or_default().to_string_lossy();
    let name = emit::identifier(&stem);
    if args.emit == Emit::Rust { name.to_ascii_uppercase() } else { name }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    if load::is_stream(path) {
        return crate::report::answer(bytes).map(drop);
    }
    let cannot = |error| Failure::new(Exit::CannotWrite, format!("{} cannot be written: {error}", path.display()));
    std::fs::write(path, bytes).map_err(cannot)
}

/// Prints the report to standard output, unless the image goes there.
fn print(report: &str, taken: bool) -> Result<Exit, Failure> {
    if !taken {
        return crate::report::answer(report);
    }
    crate::report::text(report);
    Ok(Exit::Success)
}
