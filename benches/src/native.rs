//! The workloads' C sources compiled by the machine's own compiler: the bound nobody reaches.

use crate::contender::{Contender, Failure, Prepared};
use crate::workload::Workload;

/// The contender that is no interpreter.
pub struct Native;

impl Contender for Native {
    fn name(&self) -> &'static str {
        "native"
    }

    fn load(&self, workload: &Workload) -> Result<Box<dyn Prepared>, Failure> {
        let native = workload.native.ok_or("programs are not built natively")?;
        Ok(Box::new(Compiled(native)))
    }
}

struct Compiled(extern "C" fn(i32) -> i64);

impl Prepared for Compiled {
    fn call(&mut self, n: i32) -> Result<i64, Failure> {
        Ok((self.0)(n))
    }
}
