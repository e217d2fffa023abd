//! tinywasm, without the features that cost time at every float and without logging.

use tinywasm::{FunctionTyped, HostFunction, Imports, Module, ModuleInstance, Store};

use crate::contender::{Compiled, Contender, Engine, Failure, Instance};

/// tinywasm with its default engine.
pub struct TinyWasm;

impl Contender for TinyWasm {
    fn name(&self) -> &str {
        "tinywasm"
    }

    fn what(&self) -> String {
        format!("tinywasm {}, without canonicalize-nans and log", env!("BENCH_TINYWASM"))
    }

    fn engine(&self) -> Result<Box<dyn Engine>, Failure> {
        Ok(Box::new(Self))
    }

    fn links_host_functions(&self) -> bool {
        true
    }
}

impl Engine for TinyWasm {
    fn compile(&self, input: &[u8]) -> Result<Box<dyn Compiled>, Failure> {
        Ok(Box::new(Loaded(tinywasm::parse_bytes(input)?)))
    }
}

struct Loaded(Module);

impl Compiled for Loaded {
    fn instantiate(&self) -> Result<Box<dyn Instance>, Failure> {
        let mut store = Store::default();
        let next = HostFunction::from(&mut store, |_: tinywasm::FuncContext<'_>, x: i32| Ok(x.wrapping_add(1)));
        let mut imports = Imports::new();
        imports.define("host", "next", next);
        let instance = ModuleInstance::instantiate(&mut store, &self.0, Some(imports))?;
        let run = instance.func(&store, "run").ok();
        let next = instance.func(&store, "next").ok();
        Ok(Box::new(Running { store, run, next }))
    }
}

struct Running {
    store: Store,
    run: Option<FunctionTyped<i32, i64>>,
    next: Option<FunctionTyped<i32, i32>>,
}

impl Instance for Running {
    fn run(&mut self, n: i32) -> Result<i64, Failure> {
        Ok(self.run.as_ref().ok_or("the module has no `run`")?.call(&mut self.store, n)?)
    }

    fn call_often(&mut self, n: i32) -> Result<i32, Failure> {
        let next = self.next.as_ref().ok_or("the module has no `next`")?;
        (0..n).try_fold(0, |x, _| Ok(next.call(&mut self.store, x)?))
    }
}
