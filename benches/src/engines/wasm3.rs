//! wasm3, through the crate of that name. The wasm3 inside is 0.4.7: as fast as today's, but without bulk memory.

use wasm3::{Environment, Runtime};

use crate::contender::{Compiled, Contender, Engine, Failure, Instance};

/// Slots of wasm3's stack: 1 MiB of them.
const STACK: u32 = 1 << 20;

/// wasm3 as its makers build it. It translates each function at its first call.
pub struct Wasm3;

impl Contender for Wasm3 {
    fn name(&self) -> &str {
        "wasm3"
    }

    fn what(&self) -> String {
        format!("wasm3 0.4.7 of crate wasm3 {}, 32-bit slots", env!("BENCH_WASM3"))
    }

    fn engine(&self) -> Result<Box<dyn Engine>, Failure> {
        Ok(Box::new(Loader(Environment::new().map_err(failure)?)))
    }
}

struct Loader(Environment);

impl Engine for Loader {
    fn compile(&self, input: &[u8]) -> Result<Box<dyn Compiled>, Failure> {
        self.0.parse_module(input).map_err(failure)?;
        Ok(Box::new(Parsed { environment: self.0.clone(), wasm: input.into() }))
    }
}

/// A module of wasm3 can be instantiated once, so what is kept is its bytes.
struct Parsed {
    environment: Environment,
    wasm: Box<[u8]>,
}

impl Compiled for Parsed {
    fn instantiate(&self) -> Result<Box<dyn Instance>, Failure> {
        let runtime = self.environment.create_runtime(STACK).map_err(failure)?;
        let module = self.environment.parse_module(&self.wasm[..]).map_err(failure)?;
        runtime.load_module(module).map_err(failure)?;
        Ok(Box::new(Running(runtime)))
    }
}

struct Running(Runtime);

impl Instance for Running {
    fn run(&mut self, n: i32) -> Result<i64, Failure> {
        let run = self.0.find_function::<i32, i64>("run").map_err(failure)?;
        run.call(n).map_err(failure)
    }
}

/// wasm3's errors belong to one thread.
fn failure(error: wasm3::error::Error) -> Failure {
    error.to_string().into()
}
