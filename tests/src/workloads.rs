//! The benches' kernels and programs, with amounts of work small enough to be counted in every build.

use std::fs;

use crate::golden;

/// A module that exports `run: [i32] -> [i64]` and imports nothing.
pub struct Workload {
    /// Its name in `benches`.
    pub name: &'static str,
    /// How much work to ask for.
    pub n: i32,
    /// Its folder below `benches`.
    folder: &'static str,
}

/// The kernels: some hundred thousand operators, or a few million.
pub const KERNELS: [Workload; 15] = [
    kernel("fib", 22),
    kernel("sieve", 1),
    kernel("nbody", 1000),
    kernel("spectral-norm", 40),
    kernel("matmul-f32", 1),
    kernel("matmul-f64", 1),
    kernel("mandelbrot", 60),
    kernel("sha256", 10),
    kernel("crc32", 5),
    kernel("sort", 1),
    kernel("switch-vm", 30),
    kernel("indirect", 10_000),
    kernel("mix64", 10_000),
    kernel("strsearch", 1),
    kernel("bulk", 10_000),
];

/// The programs: millions of operators. Lua and QuickJS run each of their scripts once, zstd each of its levels.
pub const PROGRAMS: [Workload; 9] = [
    Workload { name: "lua", n: 5, folder: "programs/lua" },
    Workload { name: "quickjs", n: 4, folder: "programs/quickjs" },
    Workload { name: "sqlite", n: 1, folder: "programs/sqlite" },
    Workload { name: "zstd", n: 3, folder: "programs/zstd" },
    Workload { name: "bzip2", n: 1, folder: "programs/bzip2" },
    Workload { name: "regex", n: 1, folder: "programs/regex" },
    Workload { name: "json", n: 1, folder: "programs/json" },
    Workload { name: "images", n: 1, folder: "programs/images" },
    Workload { name: "terms", n: 20, folder: "programs/terms" },
];

const fn kernel(name: &'static str, n: i32) -> Workload {
    Workload { name, n, folder: "kernels" }
}

impl Workload {
    /// Where its module lies.
    #[must_use]
    pub fn path(&self) -> std::path::PathBuf {
        golden::path(&format!("../benches/{}/{}.wasm", self.folder, self.name))
    }

    /// Its module.
    ///
    /// # Panics
    ///
    /// When the file cannot be read: it is part of the repository.
    #[must_use]
    pub fn wasm(&self) -> Vec<u8> {
        fs::read(self.path()).expect("the module is checked in")
    }
}
