//! A million images that were tampered with: refused, or harmless.
//!
//! `cargo test` tries a sample. `ERMINE_MUTATIONS=1000000 cargo test --profile suites --test mutations -- --nocapture` tries a million and says what became of
//! them, `ERMINE_MUTATION=1234` the one of that index.

use std::env;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use ermine_tests::mutations::mutate::mutant;
use ermine_tests::mutations::specimen::{Specimen, corpus};
use ermine_tests::mutations::trial::Trial;
use ermine_tests::mutations::{Report, Rng};

/// What all mutations are derived from.
const SEED: u64 = 0x00e4_3713_e000_0001;
/// Mutations that every run of the tests tries.
const SAMPLE: u64 = 150_000;
/// Every so many-th module of the spec suite is in the sample's corpus.
const SAMPLE_STEP: usize = 11;

macro_rules! guests {
    ($($name:literal $path:literal)*) => {
        [$(($name, include_bytes!($path).as_slice())),*]
    };
}

/// Guests beside the spec suite's modules.
const GUESTS: &[(&str, &[u8])] = &guests! {
    "crc32" "../../benches/kernels/crc32.wasm"
    "fib" "../../benches/kernels/fib.wasm"
    "indirect" "../../benches/kernels/indirect.wasm"
    "mandelbrot" "../../benches/kernels/mandelbrot.wasm"
    "mix64" "../../benches/kernels/mix64.wasm"
    "nbody" "../../benches/kernels/nbody.wasm"
    "sha256" "../../benches/kernels/sha256.wasm"
    "sort" "../../benches/kernels/sort.wasm"
    "switch-vm" "../../benches/kernels/switch-vm.wasm"
    "board kernels" "data/kernels.wasm"
    "stdio-c" "../guests/stdio-c/stdio-c.wasm"
    "hello-rust" "../guests/hello-rust/hello-rust.wasm"
};

/// Guests that are too large for a sample.
const LARGE_GUESTS: &[(&str, &[u8])] = &guests! {
    "quickjs" "../guests/quickjs/quickjs.wasm"
    "sqlite" "../guests/sqlite/sqlite.wasm"
};

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is no number: {text}")))
}

fn try_one(corpus: &[Specimen], trial: &mut Trial, index: u64) {
    let mut rng = Rng::new(SEED, index);
    let (specimen, draft) = mutant(corpus, &mut rng);
    let outcome = catch_unwind(AssertUnwindSafe(|| trial.of(&draft, &mut rng)));
    if let Err(panic) = outcome {
        eprintln!("mutation {index}, of {}: ERMINE_MUTATION={index} repeats it", specimen.name);
        resume_unwind(panic);
    }
}

/// Tries so many mutations on all processors.
fn campaign(corpus: &[Specimen], count: u64) -> Report {
    let workers = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let mut report = Report::default();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|worker| {
                scope.spawn(move || {
                    let mut trial = Trial::default();
                    for index in (worker..count).step_by(workers as usize) {
                        try_one(corpus, &mut trial, index);
                    }
                    trial.report
                })
            })
            .collect();
        for thread in threads {
            match thread.join() {
                Ok(part) => report.merge(part),
                Err(panic) => resume_unwind(panic),
            }
        }
    });
    report
}

#[test]
fn images_that_were_tampered_with_are_refused_or_harmless() {
    let (count, step, guests) = match number("ERMINE_MUTATIONS") {
        Some(count) => (count, 1, [GUESTS, LARGE_GUESTS].concat()),
        None => (SAMPLE, SAMPLE_STEP, GUESTS.to_vec()),
    };
    let corpus = corpus(step, &guests);
    if let Some(index) = number("ERMINE_MUTATION") {
        try_one(&corpus, &mut Trial::default(), index);
        return;
    }
    let report = campaign(&corpus, count);
    println!("{} images\n{report}", corpus.len());
    assert_eq!(report.total(), count);
    // Neither a verifier that refuses everything nor changes that change nothing would be a test.
    assert!(report.accepted() > count / 50, "{report}");
    assert!(report.accepted() < count / 2, "{report}");
}

#[test]
fn images_that_nobody_has_touched_are_accepted() {
    let mut trial = Trial::default();
    let corpus = corpus(3 * SAMPLE_STEP, GUESTS);
    for (index, specimen) in corpus.iter().enumerate() {
        trial.of(&specimen.draft, &mut Rng::new(SEED, index as u64));
    }
    assert_eq!(trial.report.accepted(), corpus.len() as u64, "{}", trial.report);
}
