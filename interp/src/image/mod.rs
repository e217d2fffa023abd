//! Images: modules translated ahead of time, verified when they are opened, executed where they lie.
//!
//! `ermine compile` (or [`Engine::precompile_module`](crate::Engine::precompile_module)) makes an image on a host. It is plain data without an address in it:
//! a firmware has it in flash, a program maps it from a file. [`Image::verify`] accepts or refuses it in linear time, without an allocator. What it
//! accepts cannot break memory safety, whoever made it: `docs/images.md` has the rules and why they suffice.
//!
//! An image runs in a [`bare::Instance`](crate::bare::Instance), over buffers that the caller lends, or, where there is an allocator, as a
//! [`Module`](crate::Module) (`Module::deserialize`).

#![allow(unsafe_code, reason = "sees aligned words as bytes and as units of code; `trusted` is for embedders to vouch")]

mod checksum;
pub(crate) mod format;
#[cfg(feature = "alloc")]
mod inspect;
#[cfg(feature = "alloc")]
mod map;
#[cfg(feature = "alloc")]
mod memory;
mod signature;
#[cfg(feature = "alloc")]
mod stack;
mod utf8;
mod verify;
#[cfg(feature = "translate")]
pub(crate) mod write;

use core::fmt;

use self::format::{HEADER_WORDS, MAGIC, Section, VERSION, kind, need, word};
#[cfg(feature = "alloc")]
pub use self::{
    inspect::{ImageLine, Inspection, SectionSize},
    map::{MapError, Symbol, SymbolMap},
    memory::{MemoryError, with_memory},
    stack::{StackNeed, Unbounded},
};
pub use self::{signature::Signature, verify::Rule};
use crate::{
    exec::ctx::FuncRecord,
    isa::{Profile, fingerprint},
    val_type::ValType,
};

/// An image that was opened, and verified or vouched for. Two words, cheap to copy.
#[derive(Clone, Copy)]
pub struct Image<'a> {
    /// The whole image.
    words: &'a [u32],
}

/// Why an image is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageError {
    /// It does not start at a multiple of 4.
    Misaligned,
    /// It does not start with `\0erm`.
    NotAnImage,
    /// There are fewer bytes than the header says, or the header's parts do not add up.
    Truncated,
    /// It has another version of the format than this build.
    Version {
        /// The image's version.
        found: u16,
    },
    /// It uses the `full` profile, and this build has the `base` one.
    Profile,
    /// It was compiled for another instruction set: by another version of Ermine.
    InstructionSet,
    /// It computes with f32, and this build does not (cargo feature `f32`).
    NeedsF32,
    /// It computes with f64, and this build does not (cargo feature `f64`).
    NeedsF64,
    /// Its bytes are not those that were written.
    Checksum,
    /// The verifier needs more scratch space than it was given.
    Scratch {
        /// Words that it needs.
        needed: usize,
    },
    /// A table of the image breaks a rule.
    Malformed {
        /// The rule.
        rule: Rule,
        /// Which entry of the table.
        index: u32,
    },
    /// The code of a function breaks a rule.
    Code {
        /// The rule.
        rule: Rule,
        /// The function, by its index in the module.
        func: u32,
        /// Where in its code, in units of u16 from its start.
        offset: u32,
    },
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Misaligned => f.write_str("the image does not start at a multiple of 4: align its bytes"),
            Self::NotAnImage => f.write_str("not an image: make one with `ermine compile`"),
            Self::Truncated => f.write_str("the image is not complete"),
            Self::Version { found } => {
                write!(f, "the image has format version {found}, this build reads {VERSION}: compile it again")
            }
            Self::Profile => f.write_str(
                "the image has the `full` profile, this build the `base` one: compile with `--profile base`",
            ),
            Self::InstructionSet => {
                f.write_str("the image was compiled by another version of Ermine: compile it again")
            }
            Self::NeedsF32 => f.write_str("the image computes with f32: build with the feature `f32`"),
            Self::NeedsF64 => f.write_str("the image computes with f64: build with the feature `f64`"),
            Self::Checksum => f.write_str("the image is damaged: its checksum is wrong"),
            Self::Scratch { needed } => write!(f, "verification needs {needed} words of scratch space"),
            Self::Malformed { rule, index } => write!(f, "malformed image: {rule} (entry {index})"),
            Self::Code { rule, func, offset } => write!(f, "malformed image: {rule} (function {func}, unit {offset})"),
        }
    }
}

impl core::error::Error for ImageError {}

/// What kind of item an import or export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A function.
    Func,
    /// A table.
    Table,
    /// A linear memory.
    Memory,
    /// A global.
    Global,
}

/// An import of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Import<'a> {
    /// The first half of its name.
    pub module: &'a str,
    /// The second half of its name.
    pub name: &'a str,
    /// What it is.
    pub kind: ItemKind,
    /// Its index in its index space.
    pub index: u32,
}

/// An export of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export<'a> {
    /// Its name.
    pub name: &'a str,
    /// What it is.
    pub kind: ItemKind,
    /// Its index in its index space.
    pub index: u32,
}

impl ItemKind {
    pub(crate) fn from_code(code: u32) -> Option<Self> {
        match code {
            kind::FUNC => Some(Self::Func),
            kind::TABLE => Some(Self::Table),
            kind::MEMORY => Some(Self::Memory),
            kind::GLOBAL => Some(Self::Global),
            _ => None,
        }
    }
}

impl<'a> Image<'a> {
    /// Opens an image and verifies it.
    ///
    /// `scratch` holds one bit for each unit of u16 of the largest function (or of the names, if these take more), see
    /// [`scratch_words`](Self::scratch_words): any buffer that is not needed yet will do, an instance's value stack for one. What is in it afterwards means nothing.
    ///
    /// # Errors
    ///
    /// See [`ImageError`].
    pub fn verify(bytes: &'a [u8], scratch: &mut [u32]) -> Result<Self, ImageError> {
        let image = Self::open(bytes)?;
        verify::image(image, scratch)?;
        Ok(image)
    }

    /// Opens an image without verifying its code, as after a start from flash that was verified when it was written.
    ///
    /// # Errors
    ///
    /// Those of [`ImageError`] that do not speak of rules: header and checksum are looked at.
    ///
    /// # Safety
    ///
    /// [`Image::verify`] of this very version has accepted these bytes.
    pub unsafe fn trusted(bytes: &'a [u8]) -> Result<Self, ImageError> {
        Self::open(bytes)
    }

    /// Words of scratch space that [`verify`](Self::verify) needs.
    ///
    /// # Errors
    ///
    /// As for [`trusted`](Self::trusted).
    pub fn scratch_words(bytes: &'a [u8]) -> Result<usize, ImageError> {
        Self::open(bytes).map(verify::scratch_words)
    }

    /// Looks at the header and the checksum.
    pub(crate) fn open(bytes: &'a [u8]) -> Result<Self, ImageError> {
        // SAFETY: any four bytes are a u32. No invariant is needed.
        let (before, words, _) = unsafe { bytes.align_to::<u32>() };
        if before.is_empty() { Self::from_words(words) } else { Err(ImageError::Misaligned) }
    }

    /// The same for an image that is in words.
    pub(crate) fn from_words(words: &'a [u32]) -> Result<Self, ImageError> {
        if words.first() != Some(&MAGIC) {
            return Err(ImageError::NotAnImage);
        }
        let size = words.get(word::SIZE).map_or(0, |&size| size as usize);
        let words = words.get(..size / 4).filter(|words| size.is_multiple_of(4) && words.len() >= HEADER_WORDS);
        let words = words.ok_or(ImageError::Truncated)?;
        let image = Self { words };
        image.check_header()?;
        match words.get(word::SIZE..).map(format::checksum) {
            Some(sum) if sum == image.checksum() => Ok(image),
            _ => Err(ImageError::Checksum),
        }
    }

    /// An image that was opened before, whole and alone in its words.
    #[cfg(feature = "alloc")]
    pub(crate) fn again(words: &'a [u32]) -> Self {
        Self { words }
    }

    /// Verifies an image that was opened.
    #[cfg(feature = "alloc")]
    pub(crate) fn check(self, scratch: &mut [u32]) -> Result<(), ImageError> {
        verify::image(self, scratch)
    }

    /// Words of scratch space that [`check`](Self::check) needs.
    #[cfg(feature = "alloc")]
    pub(crate) fn check_words(self) -> usize {
        verify::scratch_words(self)
    }

    fn check_header(self) -> Result<(), ImageError> {
        let version = self.word(word::VERSION);
        if version as u16 != VERSION {
            return Err(ImageError::Version { found: version as u16 });
        }
        let profile = self.profile().ok_or(ImageError::Profile)?;
        if self.word(word::ISA) != fingerprint(profile) {
            return Err(ImageError::InstructionSet);
        }
        if self.has_need(need::F32) && !cfg!(feature = "f32") {
            return Err(ImageError::NeedsF32);
        }
        if self.has_need(need::F64) && !cfg!(feature = "f64") {
            return Err(ImageError::NeedsF64);
        }
        let mut end = HEADER_WORDS as u64;
        for &section in &Section::ALL {
            end += section.words(self.count(section));
        }
        if end == self.words.len() as u64 { Ok(()) } else { Err(ImageError::Truncated) }
    }

    /// The profile, if this build has it.
    pub(crate) fn profile(self) -> Option<Profile> {
        match self.word(word::VERSION) >> 16 & 0xff {
            0 => Some(Profile::Base),
            1 if Profile::BEST == Profile::Full => Some(Profile::Full),
            _ => None,
        }
    }

    pub(crate) fn has_need(self, bit: u8) -> bool {
        self.word(word::VERSION) >> 24 & u32::from(bit) != 0
    }

    /// Whether the code pays fuel, so that it can be bounded and interrupted.
    #[must_use]
    pub fn is_metered(self) -> bool {
        self.has_need(need::METERED)
    }

    /// The checksum, which identifies an image among others. (It is no signature: whoever forges an image can compute it.)
    #[must_use]
    pub fn checksum(self) -> u32 {
        self.word(word::CHECKSUM)
    }

    /// Bytes of the image.
    #[must_use]
    pub fn size(self) -> usize {
        self.words.len() * 4
    }

    /// Bytes of value stack that the deepest chain of calls needs, if the compiler found a bound. A hint, not a promise: a stack that turns out too small
    /// is a trap.
    #[must_use]
    pub fn stack_bytes(self) -> Option<u32> {
        Some(self.word(word::STACK)).filter(|&bytes| bytes != 0)
    }

    /// The index of the start function.
    #[must_use]
    pub fn start(self) -> Option<u32> {
        self.word(word::START).checked_sub(1)
    }

    /// How many functions are imported. They come first in the index space.
    #[must_use]
    pub fn imported_funcs(self) -> u32 {
        self.word(word::IMPORTED_FUNCS)
    }

    /// What the image wants, in the order of the module.
    pub fn imports(self) -> impl Iterator<Item = Import<'a>> {
        let mut next = [0_u32; 4];
        (0..self.count(Section::Imports)).filter_map(move |import| {
            let [module, name, code] = self.record(Section::Imports, import)?;
            let place = next.get_mut(code as usize)?;
            let index = *place;
            *place += 1;
            Some(Import {
                module: self.string(module)?,
                name: self.string(name)?,
                kind: ItemKind::from_code(code)?,
                index,
            })
        })
    }

    /// What the image offers, in the order of the module.
    pub fn exports(self) -> impl Iterator<Item = Export<'a>> {
        (0..self.count(Section::Exports)).filter_map(move |export| {
            let [name, item] = self.record(Section::Exports, export)?;
            let index = item & ((1 << kind::SHIFT) - 1);
            Some(Export { name: self.string(name)?, kind: ItemKind::from_code(item >> kind::SHIFT)?, index })
        })
    }

    /// The index of the function that is exported under this name.
    #[must_use]
    pub fn exported_func(self, name: &str) -> Option<u32> {
        // The index alone is kept: a board's code gets shorter.
        self.exports().find(|export| export.kind == ItemKind::Func && export.name == name).map(|export| export.index)
    }

    /// The parameters and results of a function, by its index in the module.
    #[must_use]
    pub fn signature(self, func: u32) -> Option<Signature<'a>> {
        let [_, at] = self.record(Section::Functions, func)?;
        self.signature_at(at)
    }

    /// The signature at this place.
    pub(crate) fn signature_at(self, at: u32) -> Option<Signature<'a>> {
        Signature::read(self.bytes(Section::Signatures).get(at as usize..)?)
    }

    /// The type of a value, from a field of a table or global.
    pub(crate) fn val_type(field: u32) -> Option<ValType> {
        ValType::from_byte(field as u8)
    }

    pub(crate) fn word(self, index: usize) -> u32 {
        self.words.get(index).copied().unwrap_or(0)
    }

    /// How many entries a section has: bytes of byte sections, units of code.
    pub(crate) fn count(self, section: Section) -> u32 {
        self.word(word::COUNTS + section as usize)
    }

    /// The words of a section.
    pub(crate) fn section(self, section: Section) -> &'a [u32] {
        // All sections together are in memory, see `check_header`.
        let start = format::start_of(section, |section| self.count(section));
        let words = section.words_in_image(self.count(section));
        self.words.get(start..).and_then(|rest| rest.get(..words)).unwrap_or_default()
    }

    /// An entry of a section whose entries have `N` words.
    pub(crate) fn record<const N: usize>(self, section: Section, index: u32) -> Option<[u32; N]> {
        self.entry(section, index).copied()
    }

    /// The same, where it lies.
    pub(crate) fn entry<const N: usize>(self, section: Section, index: u32) -> Option<&'a [u32; N]> {
        // All entries are in memory: the product does not overflow.
        let at = Some(index).filter(|&index| index < self.count(section))? as usize * N;
        self.section(section).get(at..)?.first_chunk()
    }

    /// The bytes of a byte section.
    pub(crate) fn bytes(self, section: Section) -> &'a [u8] {
        let bytes = bytes_of(self.section(section));
        bytes.get(..self.count(section) as usize).unwrap_or_default()
    }

    /// The code of all functions.
    pub(crate) fn code(self) -> &'a [u16] {
        let words = self.section(Section::Code);
        // SAFETY: two units are in each word, and words are more aligned than units. No invariant is needed.
        let units = unsafe { core::slice::from_raw_parts(words.as_ptr().cast::<u16>(), words.len() * 2) };
        units.get(..self.count(Section::Code) as usize).unwrap_or_default()
    }

    /// The functions, as machines want them.
    pub(crate) fn functions(self) -> &'a [FuncRecord] {
        let words = self.section(Section::Functions);
        // SAFETY: a record is two words in the same order, see `FuncRecord`. No invariant is needed.
        unsafe { core::slice::from_raw_parts(words.as_ptr().cast::<FuncRecord>(), words.len() / 2) }
    }

    /// The string at this place.
    pub(crate) fn string(self, at: u32) -> Option<&'a str> {
        let (length, rest) = self.bytes(Section::Strings).get(at as usize..)?.split_first_chunk()?;
        let bytes = rest.get(..usize::from(u16::from_le_bytes(*length))).filter(|bytes| utf8::is_utf8(bytes))?;
        // SAFETY: it is UTF-8, as just checked. No invariant is needed.
        Some(unsafe { core::str::from_utf8_unchecked(bytes) })
    }
}

/// Words as bytes.
pub(crate) fn bytes_of(words: &[u32]) -> &[u8] {
    // SAFETY: four bytes are in each word, and bytes need no alignment. No invariant is needed.
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast::<u8>(), words.len() * 4) }
}

impl fmt::Debug for Image<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image").field("size", &self.size()).field("checksum", &self.checksum()).finish_non_exhaustive()
    }
}

#[cfg(target_endian = "big")]
compile_error!("code and images are little-endian and run where they lie: big-endian targets are not supported");
