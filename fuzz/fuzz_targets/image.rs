//! Images that somebody has tampered with; see `ermine_trials::image`. Every other change is one that knows what the parts of an image are.
#![no_main]

use ermine_trials::image;
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

fuzz_target!(|input: &[u8]| image::image(input));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let informed = seed.is_multiple_of(2).then(|| image::mutate(&data[..size], seed.into())).flatten();
    match informed {
        Some(changed) if changed.len() <= max_size => {
            data[..changed.len()].copy_from_slice(&changed);
            changed.len()
        }
        _ => fuzzer_mutate(data, size, max_size),
    }
});
