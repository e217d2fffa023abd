//! Valid modules: every compilation mode and profile translates them, and what they become is verified.

use ermine::image::{Image, Inspection};
use ermine::{CompilationMode, Engine, Error, ErrorKind, Module, Profile};
use ermine_tests::mutations::specimen::Draft;

use crate::run::{Mode, REFERENCE};
use crate::{decode, rng, run};

/// Translates a module in every compilation mode, writes it as an image, and verifies and inspects that. The profile, and whether the guest pays,
/// follow from its bytes: all four combinations for each input would be four times fewer inputs.
///
/// # Panics
///
/// If the module is refused for another reason than a bound, or the modes disagree.
pub fn translate(wasm: &[u8]) {
    if Module::validate(&REFERENCE.engine(), wasm).is_err() {
        return;
    }
    let mut numbers = rng::of(wasm);
    let profile = numbers.one_of(&[Profile::Base, Profile::Full]);
    let mode = Mode { fuel: numbers.once_in(2), profile, ..REFERENCE };
    let [eager, others @ ..] = [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy]
        .map(|compilation| image(&Mode { compilation, ..mode }, wasm));
    for other in others {
        assert_eq!(eager, other, "modules that were translated late are not what they were");
    }
    if let Some(bytes) = eager {
        open(&bytes, &mode);
    }
}

/// The module as an image. Nothing if it met a bound.
fn image(mode: &Mode, wasm: &[u8]) -> Option<Vec<u8>> {
    let engine = mode.engine();
    let module = within_bounds(Module::new(&engine, wasm))?;
    decode::look(&module);
    let bytes = within_bounds(module.serialize())?;
    assert_eq!(Some(&bytes), engine.precompile_module(wasm).ok().as_ref(), "the same module gives the same image");
    Some(bytes)
}

/// What was made, unless a bound was in the way.
fn within_bounds<T>(result: Result<T, Error>) -> Option<T> {
    match result {
        Ok(made) => Some(made),
        Err(error) => {
            let bound = matches!(error.kind(), ErrorKind::Limit { .. } | ErrorKind::ImageBound(_));
            assert!(bound, "a valid module is refused: {error}");
            None
        }
    }
}

/// Verifies, inspects and loads an image.
fn open(bytes: &[u8], mode: &Mode) {
    let draft = Draft::new(bytes);
    let mut scratch = vec![0; Image::scratch_words(draft.bytes()).expect("an image")];
    Image::verify(draft.bytes(), &mut scratch).expect("an image that was just made is accepted");
    let inspection = Inspection::open(bytes).expect("an image");
    assert_eq!(inspection.is_metered(), mode.fuel);
    assert_eq!(inspection.verdict(), Ok(()));
    let need = inspection.stack_need();
    let _ = (need.bytes(), need.path().len(), inspection.arena_bytes(4), inspection.sections().count());
    let module = Module::deserialize(&mode.engine(), bytes).expect("an image that was just made loads");
    assert_eq!(module.serialize().expect("it was written before"), bytes, "an image is written as it was read");
    // An engine that wants it otherwise says so.
    let other = Engine::new(ermine::Config::default().consume_fuel(!mode.fuel).limits(run::limits()));
    assert!(Module::deserialize(&other, bytes).is_err(), "metered or not: an engine takes one of them");
}
