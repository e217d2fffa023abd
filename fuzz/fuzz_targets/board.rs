//! Guests on a board, and bytes on its line; see `ermine_trials::board`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ermine_trials::board::board(input));
