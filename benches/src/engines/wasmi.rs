//! wasmi in its fastest configuration: dispatch by tail calls, fat LTO, one codegen unit, fuel off.

use wasmi::{CompilationMode, Config, ExternType, Linker, Module, Store, TypedFunc, Val};

use crate::contender::{Compiled, Contender, Engine, Failure, Instance, Script};

/// wasmi 2.0 in one mode of compilation.
pub struct Wasmi {
    name: &'static str,
    mode: CompilationMode,
}

impl Wasmi {
    /// All is translated when a module is loaded, so that nothing of it is left for the calls that are measured.
    pub const EAGER: Self = Self { name: "wasmi", mode: CompilationMode::Eager };
}

/// Every mode. The library's default is the second.
pub const LOADING: [Wasmi; 3] = [
    Wasmi::EAGER,
    Wasmi { name: "wasmi lazy-translation", mode: CompilationMode::LazyTranslation },
    Wasmi { name: "wasmi lazy", mode: CompilationMode::Lazy },
];

impl Contender for Wasmi {
    fn name(&self) -> &str {
        self.name
    }

    fn what(&self) -> String {
        format!("wasmi {}, {:?}, tail calls", env!("BENCH_WASMI"), self.mode)
    }

    fn engine(&self) -> Result<Box<dyn Engine>, Failure> {
        let mut config = Config::default();
        config.compilation_mode(self.mode);
        Ok(Box::new(Loader(wasmi::Engine::new(&config))))
    }

    fn links_host_functions(&self) -> bool {
        true
    }

    fn script(&self, wasm: &[u8], fuel: u64) -> Option<Result<Box<dyn Script>, Failure>> {
        let mut config = Config::default();
        config.compilation_mode(self.mode).consume_fuel(true);
        let engine = wasmi::Engine::new(&config);
        Some(script::Running::start(&engine, wasm, fuel).map(|script| Box::new(script) as _))
    }
}

super::script::script!(wasmi, wasmi::errors::HostError);

struct Loader(wasmi::Engine);

impl Engine for Loader {
    fn compile(&self, input: &[u8]) -> Result<Box<dyn Compiled>, Failure> {
        let module = Module::new(&self.0, input)?;
        Ok(Box::new(Loaded { linker: linker(&self.0, &module)?, engine: self.0.clone(), module }))
    }
}

/// A linker with everything that the module imports.
fn linker(engine: &wasmi::Engine, module: &Module) -> Result<Linker<()>, Failure> {
    let mut linker = Linker::new(engine);
    linker.allow_shadowing(true);
    for import in module.imports() {
        if (import.module(), import.name()) == ("host", "next") {
            linker.func_wrap("host", "next", |x: i32| x.wrapping_add(1))?;
        } else if let ExternType::Func(ty) = import.ty() {
            let zeros: Vec<Val> = ty.results().iter().map(|&ty| Val::default_for_ty(ty)).collect();
            let stub = move |_: wasmi::Caller<'_, ()>, _: &[Val], results: &mut [Val]| {
                results.clone_from_slice(&zeros);
                Ok(())
            };
            linker.func_new(import.module(), import.name(), ty.clone(), stub)?;
        }
    }
    Ok(linker)
}

struct Loaded {
    engine: wasmi::Engine,
    module: Module,
    linker: Linker<()>,
}

impl Compiled for Loaded {
    fn instantiate(&self) -> Result<Box<dyn Instance>, Failure> {
        let mut store = Store::new(&self.engine, ());
        let instance = self.linker.instantiate_and_start(&mut store, &self.module)?;
        Ok(Box::new(Running {
            run: instance.get_typed_func(&store, "run").ok(),
            next: instance.get_typed_func(&store, "next").ok(),
            store,
        }))
    }
}

struct Running {
    store: Store<()>,
    run: Option<TypedFunc<i32, i64>>,
    next: Option<TypedFunc<i32, i32>>,
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
