//! Valid modules on hosts that have little to give; see `ermine_trials::limits`.
#![no_main]

use ermine_trials::allocator::Failing;

#[global_allocator]
static ALLOCATOR: Failing = Failing;

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some(wasm) = ermine_fuzz::smith::module(input) {
        ermine_trials::limits::limits(&wasm);
    }
});
