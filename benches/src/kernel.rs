//! The kernels: what to run, how much of it, and the same code compiled natively.

/// One kernel.
#[derive(Debug)]
pub struct Kernel {
    /// Its name, which is also that of its files in `kernels/`.
    pub name: &'static str,
    /// How much work to ask for.
    pub n: i32,
    /// The module, which exports `run: [i32] -> [i64]` and imports nothing.
    pub wasm: &'static [u8],
    /// The same C source, compiled for this machine.
    pub native: extern "C" fn(i32) -> i64,
}

#[allow(unsafe_code, reason = "declares the C functions that build.rs compiled; they take and return plain integers")]
mod table {
    use super::Kernel;

    include!(concat!(env!("OUT_DIR"), "/kernels.rs"));
}

pub use table::KERNELS;
