//! The least a host can be: loads a module or an image from a file and calls the function `run`, which takes nothing and returns an `i32`.
//!
//! `cargo run -p ermine --example minimal -- FILE`. docs/embedding.md measures it: with the translator, and without, where it takes images alone.

use std::error::Error as StdError;
use std::{env, fs};

use ermine::{Engine, Error, Instance, Module, Store};

pub(crate) fn run(bytes: &[u8]) -> Result<i32, Error> {
    let engine = Engine::default();
    let module = load(&engine, bytes)?;
    let mut store = Store::new(&engine, ());
    let instance = Instance::new(&mut store, &module, &[])?;
    instance.get_typed_func::<(), i32>(&store, "run")?.call(&mut store, ())
}

#[cfg(feature = "translate")]
fn load(engine: &Engine, bytes: &[u8]) -> Result<Module, Error> {
    match Engine::detect_precompiled(bytes) {
        Some(_) => Module::deserialize(engine, bytes),
        None => Module::new(engine, bytes),
    }
}

#[cfg(not(feature = "translate"))]
fn load(engine: &Engine, bytes: &[u8]) -> Result<Module, Error> {
    Module::deserialize(engine, bytes)
}

fn main() -> Result<(), Box<dyn StdError>> {
    let file = env::args_os().nth(1).ok_or("name a file: minimal FILE")?;
    println!("{}", run(&fs::read(file)?)?);
    Ok(())
}
