//! From what libFuzzer makes up to what the trials take.
//!
//! The trials (`trials/`) are plain functions over bytes; here is what needs dependencies that an ordinary `cargo test` shall not have.

#[cfg(feature = "wasmtime")]
pub mod differential;
pub mod smith;
