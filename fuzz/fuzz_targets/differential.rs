//! Valid modules, run by wasmtime too; see `ermine_fuzz::differential`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some(wasm) = ermine_fuzz::smith::module(input) {
        ermine_fuzz::differential::differential(&wasm);
    }
});
