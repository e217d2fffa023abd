//! The kernels' C sources compiled by the machine's own compiler: the bound nobody reaches.

use crate::contender::{Compiled, Contender, Engine, Failure, Instance};
use crate::workload::WORKLOADS;

/// The contender that is no interpreter.
pub struct Native;

impl Contender for Native {
    fn name(&self) -> &str {
        "native"
    }

    fn what(&self) -> String {
        format!("kernels only, -O2, {}", env!("BENCH_CC"))
    }

    fn engine(&self) -> Result<Box<dyn Engine>, Failure> {
        Ok(Box::new(Self))
    }
}

impl Engine for Native {
    fn compile(&self, input: &[u8]) -> Result<Box<dyn Compiled>, Failure> {
        let native = WORKLOADS.iter().find(|workload| workload.wasm == input).and_then(|workload| workload.native);
        Ok(Box::new(Linked(native.ok_or("only kernels are built natively")?)))
    }
}

#[derive(Clone, Copy)]
struct Linked(extern "C" fn(i32) -> i64);

impl Compiled for Linked {
    fn instantiate(&self) -> Result<Box<dyn Instance>, Failure> {
        Ok(Box::new(*self))
    }
}

impl Instance for Linked {
    fn run(&mut self, n: i32) -> Result<i64, Failure> {
        Ok((self.0)(n))
    }
}
