//! Images that are broken on purpose: a good one from the writer, one part of it changed, the checksum repaired.

use std::{vec, vec::Vec};

use crate::{
    Config, Engine,
    code::decode::{decode, instructions},
    image::{
        Image, ImageError, bytes_of,
        format::{self, Section, word},
    },
    isa::Profile,
    isa::{Field, RowId},
};

/// An image in the hands of somebody who means ill.
#[derive(Clone)]
pub(super) struct Forgery {
    words: Vec<u32>,
}

impl Forgery {
    /// The image of a module in the text format.
    pub(super) fn of(wat: &str, profile: Profile, metered: bool) -> Self {
        let mut config = Config::default();
        config.consume_fuel(metered).profile(profile);
        let bytes = Engine::new(&config).precompile_module(&wat::parse_str(wat).expect("a module")).expect("an image");
        Self { words: bytes.as_chunks().0.iter().copied().map(u32::from_le_bytes).collect() }
    }

    /// A word of the header, see [`word`].
    pub(super) fn header(&mut self, index: usize) -> &mut u32 {
        &mut self.words[index]
    }

    fn start(&self, section: Section) -> usize {
        format::start_of(section, |section| self.words[word::COUNTS + section as usize])
    }

    /// Field `field` of entry `index` of a section.
    pub(super) fn entry(&mut self, section: Section, index: usize, field: usize) -> &mut u32 {
        let at = self.start(section) + index * usize::from(section.entry_bytes()) / 4 + field;
        assert!(field < usize::from(section.entry_bytes()) / 4, "a field of the entry");
        &mut self.words[at]
    }

    /// Byte `at` of a section.
    pub(super) fn put_byte(&mut self, section: Section, at: usize, byte: u8) {
        let word = self.start(section) + at / 4;
        let mut bytes = self.words[word].to_le_bytes();
        bytes[at % 4] = byte;
        self.words[word] = u32::from_le_bytes(bytes);
    }

    /// All code.
    pub(super) fn code(&self) -> Vec<u16> {
        let units = self.words[self.start(Section::Code)..].iter().flat_map(|&word| [word as u16, (word >> 16) as u16]);
        units.take(self.words[word::COUNTS + Section::Code as usize] as usize).collect()
    }

    /// Replaces a unit of the code.
    pub(super) fn put_unit(&mut self, at: usize, unit: u16) {
        self.put_byte(Section::Code, 2 * at, unit as u8);
        self.put_byte(Section::Code, 2 * at + 1, (unit >> 8) as u8);
    }

    /// Where the code's first instruction of a row is.
    pub(super) fn find(&self, row: RowId) -> usize {
        *self.find_all(row).first().expect("an instruction of that row")
    }

    /// Where the last one is.
    pub(super) fn find_last(&self, row: RowId) -> usize {
        *self.find_all(row).last().expect("an instruction of that row")
    }

    fn find_all(&self, row: RowId) -> Vec<usize> {
        instructions(&self.code()).filter(|(_, instruction)| instruction.info.row == row).map(|(at, _)| at).collect()
    }

    /// A unit of the code.
    pub(super) fn unit(&self, at: usize) -> u16 {
        self.code()[at]
    }

    /// Where the function starts that this unit belongs to.
    pub(super) fn first_of_function(&self, at: usize) -> usize {
        let records = self.words[self.start(Section::Functions)..self.start(Section::Imports)].chunks(2);
        records.map(|record| record[0] as usize / 2).filter(|&start| start <= at).max().unwrap_or(0)
    }

    /// Sets field `index` of the code's first instruction of a row, as wide as the field is.
    pub(super) fn put_field(&mut self, row: RowId, index: usize, value: u32) {
        let at = self.find(row);
        let code = self.code();
        let layout = decode(&code, at).expect("an instruction").info.layout;
        let before: usize = layout.fields()[..index].iter().map(Field::units).sum();
        self.put_unit(at + 1 + before, value as u16);
        if layout.fields()[index].units() > 1 {
            self.put_unit(at + 2 + before, (value >> 16) as u16);
        }
    }

    /// Makes another instruction of the code's first of a row.
    pub(super) fn replace(&mut self, row: RowId, number: u16) {
        self.put_unit(self.find(row), number);
    }

    /// Adds words at the end of a section, as one more entry or as many bytes.
    pub(super) fn append(&mut self, section: Section, words: &[u32]) {
        let count = &mut self.words[word::COUNTS + section as usize];
        let entries = words.len() * 4 / usize::from(section.entry_bytes());
        let end = *count;
        *count += entries as u32;
        let at = self.start(section) + section.words(end) as usize;
        self.words.splice(at..at, words.iter().copied());
    }

    /// Verifies what has become of it, the size and the checksum repaired.
    pub(super) fn verdict(&mut self) -> Result<(), ImageError> {
        let words = self.repaired();
        self.verdict_with(Image::scratch_words(bytes_of(&words))?)
    }

    /// The same with so many words of scratch space, which nobody has cleared.
    pub(super) fn verdict_with(&mut self, scratch: usize) -> Result<(), ImageError> {
        Image::verify(bytes_of(&self.repaired()), &mut vec![u32::MAX; scratch]).map(|_| ())
    }

    fn repaired(&mut self) -> Vec<u32> {
        self.words[word::SIZE] = 4 * self.words.len() as u32;
        self.words[word::CHECKSUM] = format::checksum(&self.words[word::SIZE..]);
        self.words.clone()
    }
}

impl Field {
    /// Units that this field takes in code; for a branch table, its count alone.
    fn units(&self) -> usize {
        self.bytes() / 2
    }
}
