//! Loads a module, calls its `run(n)` once, and exits: what `tests/instructions.rs` counts the instructions of.
//!
//! usage: run_workload FILE N tail|loop

use std::error::Error;
use std::{env, fs};

use ermine::{Engine, Linker, Machine, Module, Store};
use ermine_tests::config;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let [file, n, machine] = &words[..] else { return Err("usage: run_workload FILE N tail|loop".into()) };
    let machine = if machine == "tail" { Machine::Tail } else { Machine::Loop };
    let engine = Engine::new(&config(machine));
    if engine.machine() != machine {
        return Err(format!("this build has no {machine:?} machine").into());
    }
    let module = Module::new(&engine, &fs::read(file)?)?;
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
    let checksum = instance.get_typed_func::<i32, i64>(&store, "run")?.call(&mut store, n.parse()?)?;
    println!("{checksum:#x}");
    Ok(())
}
