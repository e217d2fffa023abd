//! One operator at the edges of its operands; see `ermine_trials::single_op`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| ermine_trials::single_op::single_op(input));
