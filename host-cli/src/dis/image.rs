//! The listing of an image: its own code, and what the verifier says to it.
//!
//! ```text
//! func[3] divide (export "div"), 24 units
//! 0x000032  0x0009  0009 i32.div_u s3, #1, s0
//! ```
//!
//! First the byte of the wasm module, if there is a symbol map beside the image; then the unit of code, as trap reports have it; then the instruction.

use super::no_function;
use crate::args::DisArgs;
use crate::exit::{Exit, Failure};
use crate::names::demangled;
use crate::printable::printable;
use crate::{fault, load, report, symbols};
use ermine::image::{Inspection, ItemKind, SymbolMap};
use std::collections::HashMap;
use std::fmt::Write as _;

/// Prints the listing to standard output.
pub(super) fn dis(args: &DisArgs, bytes: &[u8]) -> Result<Exit, Failure> {
    let name = load::name(&args.file);
    let image = Inspection::open(bytes).map_err(|error| fault::refused(&name, &error))?;
    let listing = Listing::new(&image, symbols::MapFile::beside(&args.file, image.checksum()).read());
    let functions = match &args.func {
        None => image.defined(),
        Some(wanted) => {
            let defined = image.defined();
            let ends = defined.end.checked_sub(1).filter(|_| !defined.is_empty()).map(|last| (defined.start, last));
            let func = listing.find(wanted).filter(|func| defined.contains(func));
            let func = func.ok_or_else(|| no_function(&name, wanted, ends))?;
            func..func.saturating_add(1)
        }
    };
    let parts = std::iter::once(listing.heading(&name)).chain(functions.map(|func| listing.function(func)));
    report::answer_in_parts(parts.map(Ok))
}

/// What a listing is made of.
struct Listing<'a> {
    image: &'a Inspection,
    map: Option<SymbolMap>,
    /// The names that each function is exported under.
    exports: HashMap<u32, Vec<&'a str>>,
}

impl<'a> Listing<'a> {
    fn new(image: &'a Inspection, map: Option<SymbolMap>) -> Self {
        let mut exports: HashMap<u32, Vec<&str>> = HashMap::new();
        for export in image.exports().filter(|export| export.kind == ItemKind::Func) {
            exports.entry(export.index).or_default().push(export.name);
        }
        Self { image, map, exports }
    }

    /// The function with this index or name, mangled or not.
    fn find(&self, wanted: &str) -> Option<u32> {
        let exported = || self.exports.iter().filter(|(_, names)| names.contains(&wanted)).map(|(&func, _)| func).min();
        let is_called = |map: &SymbolMap, func| map.func_name(func).is_some_and(|name| demangled(name) == wanted);
        let demangled = |map: &SymbolMap| self.image.defined().find(|func| is_called(map, *func));
        let named = || self.map.as_ref().and_then(|map| map.find(wanted).or_else(|| demangled(map)));
        wanted.parse().ok().or_else(exported).or_else(named)
    }

    /// What the image is, and whether it is accepted.
    fn heading(&self, name: &str) -> String {
        let verdict = match self.image.verdict() {
            Ok(()) => "verified".to_owned(),
            Err(error) => format!("REFUSED: {error}"),
        };
        let profile = if self.image.is_full() { "full" } else { "base" };
        let metered = if self.image.is_metered() { "metered" } else { "not metered" };
        let (size, checksum) = (self.image.size(), self.image.checksum());
        format!("{name}: image of {size} bytes, {profile} profile, {metered}, checksum {checksum:08x}; {verdict}\n\n")
    }

    /// One function, with an empty line at its end.
    fn function(&self, func: u32) -> String {
        let mut text = format!("func[{func}]");
        // Writing to a string cannot fail.
        if let Some(name) = self.map.as_ref().and_then(|map| map.func_name(func)) {
            let _ = write!(text, " {}", printable(&demangled(name)));
        }
        for export in self.exports.get(&func).into_iter().flatten() {
            let _ = write!(text, " (export {export:?})");
        }
        let units = self.image.code_units(func).unwrap_or(0);
        let _ = writeln!(text, ", {units} units");
        for line in self.image.disassemble(func).unwrap_or_default() {
            if let Some(map) = &self.map {
                match map.look_up(func, line.offset).and_then(|symbol| symbol.module_offset) {
                    Some(origin) => _ = write!(text, "{origin:#08x}  "),
                    None => text.push_str("          "),
                }
            }
            let _ = writeln!(text, "{:#06x}  {:04} {}", line.offset, line.offset, line.text);
        }
        text.push('\n');
        text
    }
}
