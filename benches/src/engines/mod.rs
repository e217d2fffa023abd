//! The engines, one file each, and which of them a run has.

mod command;
pub mod ermine;
mod native;
mod script;
mod tinywasm;
#[cfg(feature = "peers-wasm3")]
mod wasm3;
pub mod wasmi;
#[cfg(feature = "peers-wasmtime")]
mod wasmtime;

use self::command::Command;
use crate::contender::Contender;
use crate::options::selects;

/// Contenders in the order of the tables' columns.
pub type Contenders = Vec<Box<dyn Contender>>;

/// Those that run the workloads: every engine there is, but loading modes.
///
/// # Errors
///
/// One line that names the contender or the command that is wrong.
pub fn selected(names: &[String], commands: &[String]) -> Result<Contenders, String> {
    let mut all = steady();
    for template in commands {
        all.push(Box::new(Command::parse(template)?));
    }
    select(all, names)
}

/// Those that load modules: every engine there is, in each of its modes.
///
/// # Errors
///
/// One line that names the contender that does not exist.
pub fn loading(names: &[String]) -> Result<Contenders, String> {
    let mut all: Contenders = Vec::new();
    all.extend(ermine::LOADING.into_iter().map(|contender| Box::new(contender) as Box<dyn Contender>));
    all.extend(wasmi::LOADING.into_iter().map(|contender| Box::new(contender) as Box<dyn Contender>));
    peers(&mut all);
    select(all, names)
}

fn steady() -> Contenders {
    let mut all: Contenders = Vec::new();
    all.extend(ermine::RUNNING.into_iter().map(|contender| Box::new(contender) as Box<dyn Contender>));
    all.push(Box::new(wasmi::Wasmi::EAGER));
    peers(&mut all);
    all.push(Box::new(native::Native));
    all
}

/// The engines that have one configuration.
fn peers(all: &mut Contenders) {
    all.push(Box::new(tinywasm::TinyWasm));
    #[cfg(feature = "peers-wasm3")]
    all.push(Box::new(wasm3::Wasm3));
    #[cfg(feature = "peers-wasmtime")]
    all.extend(wasmtime::ALL.into_iter().map(|contender| Box::new(contender) as Box<dyn Contender>));
}

fn select(mut all: Contenders, names: &[String]) -> Result<Contenders, String> {
    if let Some(name) = names.iter().find(|name| all.iter().all(|contender| contender.name() != *name)) {
        let known: Vec<&str> = all.iter().map(|contender| contender.name()).collect();
        return Err(format!("no contender is called {name}; there are: {}", known.join(", ")));
    }
    all.retain(|contender| selects(names, contender.name()));
    Ok(all)
}
