//! Which proposals a script is written for.
//!
//! WebAssembly 2.0 (without SIMD) is always on. What came later is off unless named, because the
//! 2.0 scripts assert that it is refused.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use ermine::Config;

/// Proposals beyond WebAssembly 2.0, by the names of their repositories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    tail_call: bool,
    extended_const: bool,
    multi_memory: bool,
    custom_page_sizes: bool,
}

/// The names [`Features`] can be parsed from.
const NAMES: [&str; 4] = ["tail-call", "extended-const", "multi-memory", "custom-page-sizes"];

impl Features {
    /// WebAssembly 2.0 and nothing else.
    pub fn none() -> Self {
        Self::default()
    }

    /// The proposals that folders on the way to `path` are named after, with those that their
    /// scripts presuppose.
    pub fn of_path(path: &Path) -> Self {
        let folders = path.parent().into_iter().flat_map(Path::iter);
        let names = folders.filter_map(|folder| folder.to_str()?.parse().ok());
        let mut features = names.fold(Self::none(), Self::with);
        // The custom-page-sizes scripts declare several memories in one module.
        features.multi_memory |= features.custom_page_sizes;
        features
    }

    /// The union of both.
    #[must_use]
    pub fn with(self, other: Self) -> Self {
        Self {
            tail_call: self.tail_call || other.tail_call,
            extended_const: self.extended_const || other.extended_const,
            multi_memory: self.multi_memory || other.multi_memory,
            custom_page_sizes: self.custom_page_sizes || other.custom_page_sizes,
        }
    }

    /// Sets `config` to WebAssembly 2.0 and exactly these proposals.
    pub fn apply(self, config: &mut Config) {
        config
            .wasm_mutable_global(true)
            .wasm_sign_extension(true)
            .wasm_saturating_float_to_int(true)
            .wasm_multi_value(true)
            .wasm_bulk_memory(true)
            .wasm_reference_types(true)
            .wasm_tail_call(self.tail_call)
            .wasm_extended_const(self.extended_const)
            .wasm_multi_memory(self.multi_memory)
            .wasm_custom_page_sizes(self.custom_page_sizes);
    }
}

impl FromStr for Features {
    type Err = UnknownFeature;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let mut features = Self::none();
        match name {
            "tail-call" => features.tail_call = true,
            "extended-const" => features.extended_const = true,
            "multi-memory" => features.multi_memory = true,
            "custom-page-sizes" => features.custom_page_sizes = true,
            _ => return Err(UnknownFeature(name.to_owned())),
        }
        Ok(features)
    }
}

/// A name that is none of the proposals scripts can be run with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFeature(String);

impl fmt::Display for UnknownFeature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = NAMES.join(", ");
        write!(f, "unknown proposal `{}`, expected one of {known}", self.0)
    }
}

impl std::error::Error for UnknownFeature {}
