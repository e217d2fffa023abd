//! Writes the module that an input of the targets `translate`, `execute`, `suspend`, `limits` and `differential` means: what a regression is kept as.
//!
//!     cargo run --example module -- INPUT OUTPUT.wasm

use std::{env, fs, io};

fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err(io::Error::other("name an input and where to write its module"));
    };
    match ermine_fuzz::smith::module(&fs::read(input)?) {
        Some(wasm) => fs::write(output, wasm),
        None => Err(io::Error::other("the input is too short to be a module")),
    }
}
