//! Text that people write; see `ermine_trials::text`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ermine_trials::text::text(input));
