//! Any bytes as a module: refused with a typed error, or whole. Nothing is run.

use ermine::{CompilationMode, Config, Engine, Module};

use crate::run::limits;

/// Loads bytes as a module in every compilation mode, and looks at all there is to see of those that are accepted.
///
/// # Panics
///
/// If the modes disagree about what is a module.
pub fn decode(bytes: &[u8]) {
    let [eager, translation, lazy] =
        [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy].map(engine);
    let _ = Engine::detect_precompiled(bytes);
    let valid = Module::validate(&eager, bytes);
    let loaded = Module::new(&eager, bytes);
    if let Ok(module) = &loaded {
        assert!(valid.is_ok(), "what is loaded is valid, but: {valid:?}");
        look(module);
    }
    // A bound on translated code shows later in a lazy module, everything else at once.
    assert_eq!(valid.is_ok(), Module::new(&translation, bytes).is_ok(), "{valid:?}");
    let unchecked = Module::new(&lazy, bytes);
    assert!(unchecked.is_ok() || valid.is_err(), "a valid module is refused: {unchecked:?}");
    // Functions that nobody has validated are listed, or not, like any others.
    unchecked.iter().for_each(look);
}

fn engine(mode: CompilationMode) -> Engine {
    let mut config = Config::default();
    config.compilation_mode(mode).limits(limits()).wasm_custom_page_sizes(true);
    Engine::new(&config)
}

/// Functions that are looked at.
const LISTED: u32 = 200;

/// Looks at everything that a module shows.
pub fn look(module: &Module) {
    for import in module.imports() {
        let _ = (import.module().len(), import.name().len(), import.ty().to_string());
    }
    for export in module.exports() {
        assert_eq!(module.get_export(export.name()).as_ref(), Some(export.ty()));
    }
    let _: usize = module.custom_sections().map(|section| section.name().len() + section.data().len()).sum();
    let (all, _) = module.func_counts();
    let all = u32::try_from(all).expect("functions are numbered by u32");
    for func in (0..all.min(LISTED)).chain([all, u32::MAX]) {
        let _ = module.func_name(func);
        for line in module.disassemble(func).unwrap_or_default() {
            assert!(line.module_offset.is_none_or(|offset| offset < module.wasm().len()));
        }
    }
    let _ = module.code_bytes();
}
