//! Valid modules, run with pauses and without; see `ermine_trials::execute`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some(wasm) = ermine_fuzz::smith::module(input) {
        ermine_trials::execute::suspend(&wasm);
    }
});
