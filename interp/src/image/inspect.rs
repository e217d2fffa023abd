//! Looking into an image without executing it: what tools show.
//!
//! Nothing here needs a verified image. Whatever the bytes say, looking at them reads nothing but them.

use alloc::{string::String, vec, vec::Vec};

use super::{
    Export, Image, ImageError, Import, Signature,
    format::{HEADER_WORDS, NO_MAXIMUM, Section, need},
    stack::StackNeed,
};
use crate::{
    bare::arena::inner_bytes,
    code::{decode::decode, disasm},
    isa::Profile,
    types::{GlobalType, MemoryType, Mutability, RefType, TableType},
    val_type::ValType,
};

/// An image that is looked at, not executed. Copied out of its bytes, so that these need no alignment.
///
/// # Examples
///
#[cfg_attr(feature = "translate", doc = "```")]
#[cfg_attr(not(feature = "translate"), doc = "```ignore")]
/// use ermine::{Engine, image::Inspection};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let wasm = wat::parse_str("(module (memory 2) (func (export \"run\") (result i32) (i32.const 7)))")?;
/// let image = Inspection::open(&Engine::default().precompile_module(&wasm)?)?;
/// assert_eq!(image.memories().next().unwrap().minimum(), 2);
/// assert!(image.disassemble(0).unwrap()[1].text.starts_with("return.i32 #7"));
/// assert!(image.verdict().is_ok());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Inspection {
    words: Vec<u32>,
}

/// A part of an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectionSize {
    /// Its name, see `docs/images.md`.
    pub name: &'static str,
    /// How many entries it has: bytes of byte sections, units of code.
    pub entries: u32,
    /// Bytes in the image, padding included.
    pub bytes: u32,
}

/// An instruction of compact code, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageLine {
    /// Its place in the function's code, in units of u16: what a trap report of an image gives.
    pub offset: u32,
    /// Name and operands.
    pub text: String,
}

impl Inspection {
    /// Looks at header and checksum of an image.
    ///
    /// # Errors
    ///
    /// Those of [`ImageError`] that do not speak of rules, but for [`ImageError::Misaligned`].
    pub fn open(bytes: &[u8]) -> Result<Self, ImageError> {
        let words: Vec<u32> = bytes.as_chunks().0.iter().copied().map(u32::from_le_bytes).collect();
        let size = Image::from_words(&words)?.words.len();
        Ok(Self { words: words.get(..size).unwrap_or_default().into() })
    }

    /// The image, opened but not verified.
    fn image(&self) -> Image<'_> {
        Image { words: &self.words }
    }

    /// Verifies the image.
    ///
    /// # Errors
    ///
    /// The rule that it breaks.
    pub fn verdict(&self) -> Result<(), ImageError> {
        let mut scratch = vec![0; super::verify::scratch_words(self.image())];
        super::verify::image(self.image(), &mut scratch)
    }

    /// See [`Image::checksum`].
    #[must_use]
    pub fn checksum(&self) -> u32 {
        self.image().checksum()
    }

    /// Bytes of the image.
    #[must_use]
    pub fn size(&self) -> usize {
        self.image().size()
    }

    /// Whether the image uses the instructions of the `full` profile, so that only builds with that feature take it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.image().profile() == Some(Profile::Full)
    }

    /// See [`Image::is_metered`].
    #[must_use]
    pub fn is_metered(&self) -> bool {
        self.image().is_metered()
    }

    /// Whether the image computes with f32.
    #[must_use]
    pub fn needs_f32(&self) -> bool {
        self.image().has_need(need::F32)
    }

    /// Whether the image computes with f64.
    #[must_use]
    pub fn needs_f64(&self) -> bool {
        self.image().has_need(need::F64)
    }

    /// See [`Image::stack_bytes`].
    #[must_use]
    pub fn stack_bytes(&self) -> Option<u32> {
        self.image().stack_bytes()
    }

    /// See [`Image::stack_need`].
    #[must_use]
    pub fn stack_need(&self) -> StackNeed {
        self.image().stack_need()
    }

    /// See [`Image::start`].
    #[must_use]
    pub fn start(&self) -> Option<u32> {
        self.image().start()
    }

    /// See [`Image::imports`].
    pub fn imports(&self) -> impl Iterator<Item = Import<'_>> {
        self.image().imports()
    }

    /// See [`Image::exports`].
    pub fn exports(&self) -> impl Iterator<Item = Export<'_>> {
        self.image().exports()
    }

    /// See [`Image::signature`].
    #[must_use]
    pub fn signature(&self, func: u32) -> Option<Signature<'_>> {
        self.image().signature(func)
    }

    /// The parts of the image in their order, the header first.
    pub fn sections(&self) -> impl Iterator<Item = SectionSize> {
        let header = SectionSize { name: "header", entries: 1, bytes: HEADER_WORDS as u32 * 4 };
        let sections = Section::ALL.into_iter().map(|section| {
            let bytes = section.words(self.image().count(section)) * 4;
            // All sections are in memory, see `Image::open`.
            SectionSize { name: section.name(), entries: self.image().count(section), bytes: bytes as u32 }
        });
        core::iter::once(header).chain(sections)
    }

    /// All memories, imports first.
    pub fn memories(&self) -> impl Iterator<Item = MemoryType> {
        let image = self.image();
        (0..image.count(Section::Memories)).filter_map(move |index| {
            let [ty, min, max] = image.record(Section::Memories, index)?;
            let mut builder = MemoryType::builder();
            builder.min(min.into()).max((ty >> 8 & 1 == 1).then_some(max.into())).page_size_log2(ty as u8);
            builder.build_lenient().ok()
        })
    }

    /// All tables, imports first.
    pub fn tables(&self) -> impl Iterator<Item = TableType> {
        let image = self.image();
        (0..image.count(Section::Tables)).filter_map(move |index| {
            let [ty, min, max] = image.record(Section::Tables, index)?;
            let element = if Image::val_type(ty)? == ValType::FuncRef { RefType::Func } else { RefType::Extern };
            Some(TableType::new(element, min, Some(max).filter(|&max| max != NO_MAXIMUM)))
        })
    }

    /// All globals, imports first.
    pub fn globals(&self) -> impl Iterator<Item = GlobalType> {
        let image = self.image();
        (0..image.count(Section::Globals)).filter_map(move |index| {
            let [ty, _] = image.record(Section::Globals, index)?;
            let mutability = if ty >> 8 & 1 == 1 { Mutability::Var } else { Mutability::Const };
            Some(GlobalType::new(Image::val_type(ty)?, mutability))
        })
    }

    /// Bytes of the arena that an instance over borrowed buffers wants, on a target whose pointers have this many bytes. On this one, it is
    /// 8 times [`Needs::arena`](crate::bare::Needs::arena).
    #[must_use]
    pub fn arena_bytes(&self, pointer_bytes: usize) -> usize {
        let count = |section| self.image().count(section) as usize;
        let words = |entries: usize, bytes: usize| entries.saturating_mul(bytes).div_ceil(8);
        let (globals, memories, tables) = (count(Section::Globals), count(Section::Memories), count(Section::Tables));
        let segments = count(Section::Elements) + count(Section::Datas);
        // What `bare::arena` cuts from it: what the instance keeps, cells, views, addresses of both, imports, a bit for each segment, elements.
        let fixed = [
            words(1, inner_bytes(pointer_bytes)),
            words(globals, 8),
            words(globals, pointer_bytes),
            words(memories, 2 * pointer_bytes),
            words(memories, pointer_bytes),
            words(tables, 3 * pointer_bytes),
            words(tables, pointer_bytes),
            words(self.image().imported_funcs() as usize, 4),
            words(segments.div_ceil(32), 4),
        ];
        let elements = self.tables().fold(0_usize, |sum, table| sum.saturating_add(table.minimum() as usize));
        fixed.into_iter().fold(words(elements, 4), usize::saturating_add).saturating_mul(8)
    }

    /// The functions that the image defines, by their index in the module.
    #[must_use]
    pub fn defined(&self) -> core::ops::Range<u32> {
        self.image().imported_funcs()..self.image().count(Section::Functions)
    }

    /// Units of u16 of a function's code. Nothing for imports.
    #[must_use]
    pub fn code_units(&self, func: u32) -> Option<usize> {
        self.image().code_of(func).map(<[u16]>::len)
    }

    /// Whether this is the code of that function.
    #[cfg(feature = "translate")]
    pub(crate) fn has_code(&self, func: u32, code: &[u16]) -> bool {
        self.image().code_of(func) == Some(code)
    }

    /// The code of a function, one line per instruction, as far as it can be decoded. Nothing for imports.
    #[must_use]
    pub fn disassemble(&self, func: u32) -> Option<Vec<ImageLine>> {
        let code = self.image().code_of(func)?;
        let (mut lines, mut at) = (Vec::new(), 0);
        while let Some(instruction) = decode(code, at) {
            let mut text = String::new();
            // Writing to a string cannot fail.
            let _ = disasm::write(&mut text, &instruction, at);
            lines.push(ImageLine { offset: u32::try_from(at).ok()?, text });
            at += instruction.len();
        }
        Some(lines)
    }
}

impl<'a> Image<'a> {
    /// The code of a function that the image defines, by its index in the module: from its header to the next function.
    pub(crate) fn code_of(self, func: u32) -> Option<&'a [u16]> {
        let functions = self.functions().get(self.imported_funcs() as usize..)?;
        let defined = func.checked_sub(self.imported_funcs())? as usize;
        let start = functions.get(defined)?.offset as usize / 2;
        let end = functions.get(defined + 1).map_or(usize::MAX, |next| next.offset as usize / 2);
        self.code().get(start..end.min(self.code().len()))
    }
}

impl Section {
    /// Its name, see `docs/images.md`.
    fn name(self) -> &'static str {
        match self {
            Self::Types => "types",
            Self::Functions => "functions",
            Self::Imports => "imports",
            Self::Exports => "exports",
            Self::Tables => "tables",
            Self::Memories => "memories",
            Self::Globals => "globals",
            Self::Elements => "elements",
            Self::Items => "items",
            Self::Exprs => "exprs",
            Self::Datas => "datas",
            Self::Signatures => "signatures",
            Self::Strings => "strings",
            Self::Data => "data",
            Self::Code => "code",
        }
    }
}

#[cfg(all(test, feature = "translate"))]
mod tests {
    use super::Inspection;
    use crate::{engine::Engine, image::Image};

    #[test]
    fn the_arena_is_what_an_instance_asks_for() {
        let wasm = wat::parse_str(
            r#"(module (import "" "" (func)) (table 3 funcref) (table 40 externref) (memory 1) (global i32 (i32.const 1)) (global i64 (i64.const 1))
                (data "a") (data "b") (elem func 0))"#,
        );
        let words: std::vec::Vec<u32> = {
            let bytes = Engine::default().precompile_module(&wasm.expect("a module")).expect("an image");
            bytes.as_chunks().0.iter().copied().map(u32::from_le_bytes).collect()
        };
        let image = Image::from_words(&words).expect("an image");
        let inspection = Inspection { words: words.clone() };
        // It is said for boards, where 64-bit numbers are aligned as such: i686 needs less.
        let (said, needed) = (inspection.arena_bytes(size_of::<usize>()), image.needs().arena * 8);
        assert!(said >= needed && (said == needed || align_of::<u64>() < 8), "{said} {needed}");
        assert!(inspection.arena_bytes(4) < inspection.arena_bytes(8));
    }

    #[test]
    fn looking_at_hostile_images_is_harmless() {
        let wasm = wat::parse_str(
            r#"(module (import "m" "f" (func $f (param i64))) (table (export "t") 3 9 funcref) (memory 1 2) (global (mut i32) (i32.const 1))
                (data (i32.const 1) "a") (elem (i32.const 0) $g $f) (elem funcref (item ref.func $g) (item ref.null func))
                (func $g (export "g") (param i32) (call $f (i64.const 1))
                    (block (block (br_table 0 1 0 (local.get 0)))) (return_call_indirect (param i32) (local.get 0) (i32.const 0))))"#,
        );
        let image = Engine::default().precompile_module(&wasm.expect("a module")).expect("an image");
        let mut looked_at = 0;
        for at in 8..image.len() {
            for value in [0, 1, 2, 0x3f, 0x7f, 0x80, 0xff] {
                let mut changed = image.clone();
                changed[at] = value;
                let words: std::vec::Vec<u32> = changed.as_chunks().0.iter().copied().map(u32::from_le_bytes).collect();
                let sum = crate::image::format::checksum(&words[2..]);
                changed[4..8].copy_from_slice(&sum.to_le_bytes());
                let Ok(image) = Inspection::open(&changed) else { continue };
                let counts = [
                    image.imports().count(),
                    image.exports().count(),
                    image.memories().count(),
                    image.tables().count(),
                    image.globals().count(),
                    image.sections().count(),
                    image.defined().filter_map(|func| image.disassemble(func)).count(),
                ];
                let _ = (counts, image.stack_need(), image.arena_bytes(4), image.signature(0), image.verdict());
                looked_at += 1;
            }
        }
        assert!(looked_at > 1000, "{looked_at}");
    }
}
