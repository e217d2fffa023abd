//! Another amount of memory for a guest that was not built for custom page sizes.

use alloc::vec::Vec;
use core::fmt;

use super::{
    Image, ImageError,
    format::{self, Section, mode, word},
};
use crate::{code::decode::decode, isa::derive::RowId};

/// Why the memory of an image cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MemoryError {
    /// It is no image that this build takes.
    Image(ImageError),
    /// It has no memory, or several.
    NotOne,
    /// The guest imports its memory, whose size is the host's affair.
    Imported,
    /// The guest asks for the size of its memory, in pages that it would not have any more.
    AsksForSize {
        /// The function that does, by its index in the module.
        func: u32,
    },
    /// A data segment lies behind the end.
    Data {
        /// Which.
        segment: u32,
    },
}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Image(error) => error.fmt(f),
            Self::NotOne => f.write_str("the guest has no memory, or several"),
            Self::Imported => f.write_str("the guest imports its memory: the host decides how much it is"),
            Self::AsksForSize { func } => {
                write!(
                    f,
                    "function {func} asks for the size of the memory: build the guest with a custom page size instead"
                )
            }
            Self::Data { segment } => write!(f, "data segment {segment} lies behind the end of so little memory"),
        }
    }
}

impl core::error::Error for MemoryError {}

impl From<ImageError> for MemoryError {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

/// The image with a memory of just so many bytes, which does not grow. An access beyond them traps.
///
/// Guests that were built with pages of 64 KiB often touch little of their first page; a board has no more to give. Guests that ask for the size of
/// their memory, or grow it, are refused: they would see pages of one byte.
///
/// # Errors
///
/// See [`MemoryError`].
pub fn with_memory(image: &[u8], bytes: u32) -> Result<Vec<u8>, MemoryError> {
    let mut words = words_of(image);
    let image = Image::from_words(&words)?;
    check(image, bytes)?;
    let record = format::start_of(Section::Memories, |section| image.count(section));
    // Pages of one byte; as many at the end as at the start.
    for (word, value) in words.iter_mut().skip(record).zip([0x100, bytes, bytes]) {
        *word = value;
    }
    let sum = words.get(word::SIZE..).map_or(0, format::checksum);
    if let Some(place) = words.get_mut(word::CHECKSUM) {
        *place = sum;
    }
    Ok(words.iter().flat_map(|word| word.to_le_bytes()).collect())
}

/// The bytes of an image as words, wherever they lie.
fn words_of(image: &[u8]) -> Vec<u32> {
    let (chunks, _) = image.as_chunks();
    chunks.iter().map(|&chunk| u32::from_le_bytes(chunk)).collect()
}

fn check(image: Image<'_>, bytes: u32) -> Result<(), MemoryError> {
    if image.count(Section::Memories) != 1 {
        return Err(MemoryError::NotOne);
    }
    if image.imports().any(|import| import.kind == super::ItemKind::Memory) {
        return Err(MemoryError::Imported);
    }
    for segment in 0..image.count(Section::Datas) {
        if end_of(image, segment).is_some_and(|end| end > u64::from(bytes)) {
            return Err(MemoryError::Data { segment });
        }
    }
    match asks_for_size(image) {
        Some(func) => Err(MemoryError::AsksForSize { func }),
        None => Ok(()),
    }
}

/// Where an active segment ends, if it starts at a number known now.
fn end_of(image: Image<'_>, segment: u32) -> Option<u64> {
    let [how, _, offset, _, len] = image.record::<5>(Section::Datas, segment)?;
    let [op, low, _] = image.record(Section::Exprs, offset)?;
    let known = how == mode::ACTIVE && op == format::expr::VALUE | format::expr::LAST;
    known.then(|| u64::from(low) + u64::from(len))
}

/// The function with the first instruction that speaks of pages.
fn asks_for_size(image: Image<'_>) -> Option<u32> {
    let (code, mut at) = (image.code(), 0);
    while let Some(instruction) = decode(code, at) {
        if matches!(instruction.info.row, RowId::MemorySize | RowId::MemoryGrow) {
            let defined = image.functions().get(image.imported_funcs() as usize..)?;
            let behind = defined.partition_point(|record| record.offset as usize / 2 <= at);
            return Some(image.imported_funcs() + u32::try_from(behind).ok()?.saturating_sub(1));
        }
        at += instruction.len();
    }
    None
}
