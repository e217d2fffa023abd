//! Valid modules, run in one way and another; see `ermine_trials::execute`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some(wasm) = ermine_fuzz::smith::module(input) {
        ermine_trials::execute::execute(&wasm);
    }
});
