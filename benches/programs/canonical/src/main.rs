//! Rewrites modules with every number as short as it can be. Nothing else changes.
//!
//! usage: canonical FILE...
//!
//! A linker leaves room in numbers that it fills in, and Rust's standard library is built for reference types, where the table of a
//! `call_indirect` is such a number. Engines from before that proposal read one byte there.

use std::error::Error;

use wasm_encoder::Module;
use wasm_encoder::reencode::{Reencode as _, RoundtripReencoder};
use wasmparser::Parser;

fn main() -> Result<(), Box<dyn Error>> {
    for path in std::env::args().skip(1) {
        let wasm = std::fs::read(&path)?;
        let mut module = Module::new();
        RoundtripReencoder.parse_core_module(&mut module, Parser::new(0), &wasm)?;
        std::fs::write(&path, module.finish())?;
    }
    Ok(())
}
