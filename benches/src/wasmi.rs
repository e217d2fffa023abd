//! wasmi in its fastest configuration: dispatch by tail calls, fat LTO, one codegen unit, fuel off.

use wasmi::{Engine, Linker, Module, Store, TypedFunc};

use crate::contender::{Contender, Failure, Prepared};
use crate::workload::Workload;

/// wasmi 2.0.
pub struct Wasmi;

impl Contender for Wasmi {
    fn name(&self) -> &'static str {
        "wasmi"
    }

    fn load(&self, workload: &Workload) -> Result<Box<dyn Prepared>, Failure> {
        let engine = Engine::default();
        let module = Module::new(&engine, workload.wasm)?;
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
        let run = instance.get_typed_func(&store, "run")?;
        Ok(Box::new(Loaded { store, run }))
    }
}

struct Loaded {
    store: Store<()>,
    run: TypedFunc<i32, i64>,
}

impl Prepared for Loaded {
    fn call(&mut self, n: i32) -> Result<i64, Failure> {
        Ok(self.run.call(&mut self.store, n)?)
    }
}
