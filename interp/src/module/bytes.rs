//! What a module was made from, kept whole: segments are copied from it, names and positions are looked up in it.

use alloc::{boxed::Box, sync::Arc};

use crate::image::{self, Image};

/// The bytes that a module was made from.
#[derive(Debug)]
pub(crate) enum Bytes {
    /// A module in the binary format.
    Wasm(Box<[u8]>),
    /// A verified image, alone in its words.
    Image(Arc<[u32]>),
}

impl Bytes {
    /// The bytes.
    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Wasm(bytes) => bytes,
            Self::Image(words) => image::bytes_of(words),
        }
    }

    /// The image, if it is one.
    pub(crate) fn image(&self) -> Option<Image<'_>> {
        match self {
            Self::Wasm(_) => None,
            Self::Image(words) => Some(Image::again(words)),
        }
    }
}
