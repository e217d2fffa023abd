//! wasmtime: its interpreter Pulley, and its compiler Cranelift as a limit.

use wasmtime::{Config, Linker, Module, Store, TypedFunc};

use crate::contender::{Compiled, Contender, Engine, Failure, Instance};

/// wasmtime for one target.
pub struct Wasmtime {
    name: &'static str,
    what: &'static str,
    target: Option<&'static str>,
}

/// Both. Cranelift optimises for either.
pub const ALL: [Wasmtime; 2] = [
    Wasmtime {
        name: "pulley",
        what: "Pulley, the interpreter, on code that Cranelift optimised",
        target: Some("pulley64"),
    },
    Wasmtime { name: "cranelift", what: "machine code", target: None },
];

impl Contender for Wasmtime {
    fn name(&self) -> &str {
        self.name
    }

    fn what(&self) -> String {
        format!("wasmtime {}, {}", env!("BENCH_WASMTIME"), self.what)
    }

    fn engine(&self) -> Result<Box<dyn Engine>, Failure> {
        let mut config = Config::new();
        if let Some(target) = self.target {
            config.target(target).map_err(failure)?;
        }
        Ok(Box::new(Loader(wasmtime::Engine::new(&config).map_err(failure)?)))
    }

    fn links_host_functions(&self) -> bool {
        true
    }
}

struct Loader(wasmtime::Engine);

impl Engine for Loader {
    fn compile(&self, input: &[u8]) -> Result<Box<dyn Compiled>, Failure> {
        let module = Module::new(&self.0, input).map_err(failure)?;
        let mut linker = Linker::new(&self.0);
        linker.func_wrap("host", "next", |x: i32| x.wrapping_add(1)).map_err(failure)?;
        Ok(Box::new(Loaded { engine: self.0.clone(), module, linker }))
    }
}

fn failure(error: wasmtime::Error) -> Failure {
    format!("{error:#}").into()
}

struct Loaded {
    engine: wasmtime::Engine,
    module: Module,
    linker: Linker<()>,
}

impl Compiled for Loaded {
    fn instantiate(&self) -> Result<Box<dyn Instance>, Failure> {
        let mut store = Store::new(&self.engine, ());
        let instance = match self.linker.instantiate(&mut store, &self.module) {
            Ok(instance) => instance,
            // Stubs belong to one store.
            Err(_) => {
                let mut linker = self.linker.clone();
                linker.define_unknown_imports_as_default_values(&mut store, &self.module).map_err(failure)?;
                linker.instantiate(&mut store, &self.module).map_err(failure)?
            }
        };
        let run = instance.get_typed_func(&mut store, "run").ok();
        let next = instance.get_typed_func(&mut store, "next").ok();
        Ok(Box::new(Running { store, run, next }))
    }
}

struct Running {
    store: Store<()>,
    run: Option<TypedFunc<i32, i64>>,
    next: Option<TypedFunc<i32, i32>>,
}

impl Instance for Running {
    fn run(&mut self, n: i32) -> Result<i64, Failure> {
        self.run.as_ref().ok_or("the module has no `run`")?.call(&mut self.store, n).map_err(failure)
    }

    fn call_often(&mut self, n: i32) -> Result<i32, Failure> {
        let next = self.next.as_ref().ok_or("the module has no `next`")?;
        (0..n).try_fold(0, |x, _| next.call(&mut self.store, x).map_err(failure))
    }
}
