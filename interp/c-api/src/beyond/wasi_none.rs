//! A build without WASI: stores grant nothing.

/// What guests are granted.
#[derive(Debug, Default)]
pub struct Grants;
