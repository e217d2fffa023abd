//! Sequences of WASI calls; see `ermine_trials::wasi`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ermine_trials::wasi::wasi(input));
