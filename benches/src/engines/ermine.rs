//! Ermine: either machine, with fuel, from an image, and in each of its modes of compilation.

use std::borrow::Cow;

use ermine::{CompilationMode, Config, ExternType, Linker, Machine, Module, Store, TypedFunc, Val};

use crate::contender::{Compiled, Contender, Engine, Failure, Instance, Script};

/// Ermine in one configuration.
pub struct Ermine {
    name: &'static str,
    what: &'static str,
    machine: Machine,
    mode: CompilationMode,
    fuel: bool,
    image: bool,
}

/// The tail machine, on threaded code.
const TAIL: Ermine = Ermine {
    name: "tail",
    what: "tail machine, threaded code",
    machine: Machine::Tail,
    mode: CompilationMode::Eager,
    fuel: false,
    image: false,
};

/// The tail machine, on code from an image.
const IMAGE: Ermine = Ermine { name: "image", what: "tail machine, from an image", image: true, ..TAIL };

/// Configurations that differ in how fast they run.
pub const RUNNING: [Ermine; 4] = [
    TAIL,
    Ermine { name: "loop", what: "loop machine, compact code", machine: Machine::Loop, ..TAIL },
    Ermine { name: "tail+fuel", what: "tail machine, guests pay fuel", fuel: true, ..TAIL },
    IMAGE,
];

/// Configurations that differ in how they load.
pub const LOADING: [Ermine; 4] = [
    TAIL,
    Ermine {
        name: "tail lazy-translation",
        what: "tail machine, validated at once, translated at the first call",
        mode: CompilationMode::LazyTranslation,
        ..TAIL
    },
    Ermine {
        name: "tail lazy",
        what: "tail machine, validated and translated at the first call",
        mode: CompilationMode::Lazy,
        ..TAIL
    },
    IMAGE,
];

impl Ermine {
    fn loader(&self) -> Loader {
        let mut config = Config::new();
        config.machine(self.machine).consume_fuel(self.fuel).compilation_mode(self.mode);
        Loader { engine: ermine::Engine::new(&config), fuel: self.fuel, image: self.image }
    }
}

impl Contender for Ermine {
    fn name(&self) -> &str {
        self.name
    }

    fn what(&self) -> String {
        self.what.to_owned()
    }

    fn input<'wasm>(&self, wasm: &'wasm [u8]) -> Result<Cow<'wasm, [u8]>, Failure> {
        Ok(if self.image { Cow::Owned(self.loader().engine.precompile_module(wasm)?) } else { Cow::Borrowed(wasm) })
    }

    fn engine(&self) -> Result<Box<dyn Engine>, Failure> {
        Ok(Box::new(self.loader()))
    }

    fn links_host_functions(&self) -> bool {
        true
    }

    fn script(&self, wasm: &[u8], fuel: u64) -> Option<Result<Box<dyn Script>, Failure>> {
        // One of the two machines' configurations is enough.
        if self.fuel || self.image {
            return None;
        }
        let metered = Self { fuel: true, ..*self };
        Some(script::Running::start(&metered.loader().engine, wasm, fuel).map(|script| Box::new(script) as _))
    }
}

super::script::script!(ermine, ermine::HostError);

struct Loader {
    engine: ermine::Engine,
    fuel: bool,
    image: bool,
}

impl Engine for Loader {
    fn compile(&self, input: &[u8]) -> Result<Box<dyn Compiled>, Failure> {
        let engine = &self.engine;
        let module = if self.image { Module::deserialize(engine, input)? } else { Module::new(engine, input)? };
        Ok(Box::new(Loaded { linker: linker(engine, &module)?, module, fuel: self.fuel }))
    }
}

/// A linker with everything that the module imports.
fn linker(engine: &ermine::Engine, module: &Module) -> Result<Linker<()>, Failure> {
    let mut linker = Linker::new(engine);
    for import in module.imports() {
        if (import.module(), import.name()) == ("host", "next") {
            linker.func_wrap("host", "next", |x: i32| x.wrapping_add(1))?;
        } else if let ExternType::Func(ty) = import.ty() {
            let zeros: Vec<Val> = ty.results().iter().map(|&ty| Val::default_for_ty(ty)).collect();
            let stub = move |_: ermine::Caller<'_, ()>, _: &[Val], results: &mut [Val]| {
                results.clone_from_slice(&zeros);
                Ok(())
            };
            linker.allow_shadowing(true).func_new(import.module(), import.name(), ty.clone(), stub)?;
        }
    }
    Ok(linker)
}

struct Loaded {
    module: Module,
    linker: Linker<()>,
    fuel: bool,
}

impl Compiled for Loaded {
    fn instantiate(&self) -> Result<Box<dyn Instance>, Failure> {
        let mut store = Store::new(self.module.engine(), ());
        if self.fuel {
            store.set_fuel(u64::MAX)?;
        }
        let instance = self.linker.instantiate_and_start(&mut store, &self.module)?;
        Ok(Box::new(Running {
            run: instance.get_typed_func(&store, "run").ok(),
            next: instance.get_typed_func(&store, "next").ok(),
            store,
        }))
    }

    fn code_bytes(&self) -> Option<usize> {
        Some(self.module.code_bytes())
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

/// What a workload's execution consisted of.
#[cfg(feature = "count")]
#[derive(Debug, Clone)]
pub struct Counts {
    /// Wasm operators executed (block, loop, else, end and nop are none), as an unfused translation counts them.
    pub operators: u64,
    /// Instructions the machine dispatched to execute them.
    pub dispatches: u64,
    /// The dispatches by instruction, by pair and by triple.
    sequences: [Vec<(String, u64)>; 3],
}

#[cfg(feature = "count")]
impl Counts {
    /// How often each instruction (1), pair (2) or triple (3) of instructions was dispatched.
    pub fn sequences(&self, length: usize) -> Vec<(String, u64)> {
        self.sequences[length - 1].clone()
    }
}

/// Runs a workload twice: unfused, to count operators, and as always, to count dispatches.
///
/// # Errors
///
/// Whatever Ermine has against the module, or a trap.
#[cfg(feature = "count")]
pub fn counts(workload: &crate::workload::Workload) -> Result<Counts, Failure> {
    let run = |config: &Config| -> Result<Store<()>, Failure> {
        let engine = ermine::Engine::new(config);
        let module = Module::new(&engine, workload.wasm)?;
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module)?;
        instance.get_typed_func::<i32, i64>(&store, "run")?.call(&mut store, workload.n)?;
        Ok(store)
    };
    let mut config = Config::new();
    config.machine(Machine::Loop).count_dispatches(true);
    let fused = run(&config)?;
    let plain = run(config.count_dispatches(false).fuse(false).count_operators(true))?;
    Ok(Counts {
        operators: plain.operators(),
        dispatches: fused.dispatches(),
        sequences: [fused.op_histogram(), fused.op_sequences(2), fused.op_sequences(3)],
    })
}
