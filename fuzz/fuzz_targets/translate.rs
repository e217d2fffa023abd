//! Valid modules, translated in every mode; see `ermine_trials::translate`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    if let Some(wasm) = ermine_fuzz::smith::module(input) {
        ermine_trials::translate::translate(&wasm);
    }
});
