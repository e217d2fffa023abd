//! What is in an image: the report that `compile` gives, and the largest functions.

use crate::args::InspectArgs;
use crate::compile::{Facts, report};
use crate::exit::Failure;
use crate::fault;
use crate::symbols::MapFile;
use ermine::image::Inspection;
use ermine::{Engine, Module};

/// The report.
///
/// # Errors
///
/// If the image is refused.
pub(super) fn inspect(args: &InspectArgs, name: &str, bytes: &[u8]) -> Result<String, Failure> {
    let image = Inspection::open(bytes).map_err(|error| fault::refused(name, &error))?;
    let mut config = crate::config();
    config.interruptible(image.is_metered());
    let module = Module::deserialize(&Engine::new(&config), bytes).map_err(|error| fault::cannot_load(name, &error))?;
    let map = MapFile::beside(&args.file, image.checksum()).read();
    let stack = image.stack_need();
    let facts =
        Facts { input: name, origin: None, module: &module, image: &image, stack, map: map.as_ref(), top: args.top };
    Ok(report(&facts, args.json))
}
