//! `ermine.h`: what the standard does not have.

#[cfg(feature = "c-allocator")]
mod allocator;
mod call;
mod config;
mod error;
mod module;
mod store;
mod trap;
#[cfg(feature = "wasi")]
pub mod wasi;
#[cfg(not(feature = "wasi"))]
#[path = "wasi_none.rs"]
pub mod wasi;
