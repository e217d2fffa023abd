//! Any bytes as a module: refused, or whole; see `ermine_trials::decode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| ermine_trials::decode::decode(bytes));
