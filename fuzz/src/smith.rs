//! Modules out of bytes: valid ones that `wasm-smith` makes of any bytes, or the bytes themselves where they are a module already.
//!
//! The latter are seeds from guests and scripts, and regressions.

use arbitrary::{Result, Unstructured};
use ermine_trials::CANONICAL;
use wasm_smith::{Config, MemoryOffsetChoices, Module};

/// How every binary module begins.
const MAGIC: &[u8] = b"\0asm";

/// The module that an input means; nothing if it is too short for one.
#[must_use]
pub fn module(input: &[u8]) -> Option<Vec<u8>> {
    if input.starts_with(MAGIC) {
        return Some(input.to_vec());
    }
    make(&mut Unstructured::new(input)).ok()
}

/// A valid module that exports everything and has no NaN of its own making but canonical ones.
fn make(bytes: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let config = config(bytes)?;
    let mut module = Module::new(config, bytes)?.to_bytes();
    module.extend_from_slice(CANONICAL);
    Ok(module)
}

/// What the engine supports, in sizes that do not take long. A few bytes decide about the rest.
fn config(bytes: &mut Unstructured<'_>) -> Result<Config> {
    Ok(Config {
        disallow_traps: bytes.ratio(1, 2)?,
        allow_floats: bytes.ratio(1, 2)?,
        custom_page_sizes_enabled: bytes.ratio(1, 8)?,
        max_memories: bytes.int_in_range(1..=3)?,
        max_tables: bytes.int_in_range(1..=3)?,
        max_funcs: bytes.int_in_range(1..=12)?,
        max_instructions: bytes.int_in_range(1..=400)?,
        max_imports: bytes.int_in_range(0..=8)?,
        min_funcs: 1,
        max_types: 20,
        max_globals: 10,
        max_elements: 40,
        max_data_segments: 8,
        max_element_segments: 8,
        max_memory32_bytes: 1 << 20,
        max_table_elements: 2_000,
        // Mostly inside of the memory, with offsets of all lengths.
        memory_offset_choices: MemoryOffsetChoices(90, 8, 2),
        canonicalize_nans: true,
        export_everything: true,
        extended_const_enabled: true,
        tail_call_enabled: true,
        ..unsupported(Config::default())
    })
}

/// Without what the engine refuses.
fn unsupported(config: Config) -> Config {
    Config {
        acquire_release_atomics_enabled: false,
        compact_imports_enabled: false,
        custom_descriptors_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        memory64_enabled: false,
        multibyte_array_access_enabled: false,
        relaxed_simd_enabled: false,
        shared_everything_threads_enabled: false,
        simd_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..config
    }
}
