//! Images that somebody has tampered with: refused, or contained.
//!
//! What is claimed is that of the suite's own mutations (`ermine_tests::mutations`): the verifier writes only to its scratch space, what it accepts
//! writes only to its own buffers, all machines do the same. Here a fuzzer makes the images, guided by what it reaches.

use std::cell::RefCell;

use ermine::image::{Image, Inspection};
use ermine::{Engine, Module};
use ermine_tests::mutations::Rng;
use ermine_tests::mutations::mutate::mutant;
use ermine_tests::mutations::specimen::{Draft, Specimen};
use ermine_tests::mutations::trial::Trial;

use crate::rng;

thread_local! {
    /// Buffers and engines that serve one image after another.
    static TRIAL: RefCell<Trial> = RefCell::new(Trial::default());
}

/// Verifies an image, and runs it if it is accepted. Size and checksum are made right first, which nothing else would pass.
///
/// # Panics
///
/// If something outside of its buffers changes.
pub fn image(bytes: &[u8]) {
    let engine = Engine::default();
    // As it is, checksum and alignment included.
    let _ = (Module::deserialize(&engine, bytes).is_ok(), Inspection::open(bytes).is_ok());
    let mut draft = Draft::new(bytes);
    draft.seal();
    TRIAL.with_borrow_mut(|trial| trial.of(&draft, &mut rng::of(bytes)));
}

/// A change to an image that knows what its parts are; nothing if it is none, or none that is accepted.
#[must_use]
pub fn mutate(bytes: &[u8], seed: u64) -> Option<Vec<u8>> {
    let mut draft = Draft::new(bytes);
    draft.seal();
    let mut scratch = vec![0; Image::scratch_words(draft.bytes()).ok()?];
    Image::verify(draft.bytes(), &mut scratch).ok()?;
    let specimen = Specimen::new(String::new(), draft.bytes());
    let (_, changed) = mutant(&[specimen], &mut Rng::new(seed, 0));
    Some(changed.bytes().to_vec())
}
