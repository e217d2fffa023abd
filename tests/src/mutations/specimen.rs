//! Good images, and where the parts of an image are: written down once more from `docs/images.md`, for those who forge them.

use std::collections::HashSet;

use ermine::image::Inspection;
use ermine::{Config, Engine, Profile};
use ermine_cli::wast::script::{Action, Command, Source};

use crate::spec::sets;

/// Words of the header.
pub const HEADER: usize = 23;
/// Words of the header before the counts of sections.
pub const COUNTS: usize = 8;
/// Bytes of an entry of each section.
const ENTRY_BYTES: [usize; SECTIONS] = [4, 8, 12, 8, 12, 12, 8, 20, 4, 12, 20, 1, 1, 1, 2];
/// How many sections there are.
pub const SECTIONS: usize = 15;
/// The section of functions.
pub const FUNCTIONS: usize = 1;
/// The section of data segments.
const DATAS: usize = 10;
/// The section of bytes of data segments.
const DATA: usize = 13;
/// The section of code.
pub const CODE: usize = 14;
/// Units of a function's header.
pub const FUNCTION_HEADER: usize = 9;

/// An image as words, whole or not.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The words.
    pub words: Vec<u32>,
}

impl Draft {
    /// The image in these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self { words: bytes.as_chunks().0.iter().copied().map(u32::from_le_bytes).collect() }
    }

    /// How many entries a section has, according to the header.
    #[must_use]
    pub fn count(&self, section: usize) -> usize {
        self.words.get(COUNTS + section).map_or(0, |&count| count as usize)
    }

    /// Words of a section.
    #[must_use]
    pub fn len(&self, section: usize) -> usize {
        self.count(section).saturating_mul(ENTRY_BYTES[section]).div_ceil(4)
    }

    /// Words of an entry of a section; 0 if entries are not words.
    #[must_use]
    pub fn entry_words(section: usize) -> usize {
        ENTRY_BYTES[section] / 4
    }

    /// The word that a section starts at.
    #[must_use]
    pub fn start(&self, section: usize) -> usize {
        (0..section).fold(HEADER, |start, before| start.saturating_add(self.len(before)))
    }

    /// A unit of the code.
    #[must_use]
    pub fn unit(&self, at: usize) -> u16 {
        let word = self.words.get(self.start(CODE).saturating_add(at / 2)).copied().unwrap_or(0);
        (word >> (at % 2 * 16)) as u16
    }

    /// Replaces a unit of the code, if it exists.
    pub fn set_unit(&mut self, at: usize, unit: u16) {
        let start = self.start(CODE);
        if let Some(word) = self.words.get_mut(start.saturating_add(at / 2)) {
            let shift = at % 2 * 16;
            *word = *word & !(0xffff << shift) | u32::from(unit) << shift;
        }
    }

    /// Makes size and checksum those of the words.
    pub fn seal(&mut self) {
        if self.words.len() > 2 {
            self.words[2] = 4 * self.words.len() as u32;
            self.words[1] = checksum(&self.words[2..]);
        }
    }

    /// The words as bytes, aligned as an image must be.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        #[expect(unsafe_code, reason = "sees words as bytes")]
        // SAFETY: any word is four bytes, and bytes need no alignment.
        unsafe {
            std::slice::from_raw_parts(self.words.as_ptr().cast(), self.words.len() * 4)
        }
    }
}

/// CRC-32 of IEEE 802.3, a byte at a time.
fn checksum(words: &[u32]) -> u32 {
    static TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut index = 0;
        while index < 256 {
            let (mut crc, mut bit) = (index as u32, 0);
            while bit < 8 {
                crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
                bit += 1;
            }
            table[index] = crc;
            index += 1;
        }
        table
    };
    let mut crc = u32::MAX;
    for word in words {
        for byte in word.to_le_bytes() {
            crc = crc >> 8 ^ TABLE[usize::from(crc as u8 ^ byte)];
        }
    }
    !crc
}

/// A good image.
#[derive(Debug, Clone)]
pub struct Specimen {
    /// What it was made from.
    pub name: String,
    /// The image.
    pub draft: Draft,
    /// Where its instructions start in the code, in units; the headers of functions, too.
    pub instructions: Vec<u32>,
    /// Which of these go somewhere else: calls, returns, branches.
    pub control: Vec<usize>,
    /// Where its functions start.
    pub functions: Vec<u32>,
    /// Whether it pays fuel.
    pub metered: bool,
}

impl Specimen {
    /// The image in these bytes.
    ///
    /// # Panics
    ///
    /// If it is none.
    #[must_use]
    pub fn new(name: String, bytes: &[u8]) -> Self {
        let inspection = Inspection::open(bytes).expect("an image");
        let draft = Draft::new(bytes);
        let (mut instructions, mut control, mut functions, mut start) = (Vec::new(), Vec::new(), Vec::new(), 0);
        for func in inspection.defined() {
            functions.push(start);
            for line in inspection.disassemble(func).unwrap_or_default() {
                if ["call", "return", "br"].iter().any(|name| line.text.starts_with(name)) {
                    control.push(instructions.len());
                }
                instructions.push(start + line.offset);
            }
            start += u32::try_from(inspection.code_units(func).unwrap_or(0)).expect("a small number");
        }
        Self { name, draft, instructions, control, functions, metered: inspection.is_metered() }
    }

    /// The same image with the code of a few functions, from `first` on, and stubs in place of all others; without most of its data. Each stub is a header and `unreachable`.
    #[must_use]
    pub fn gutted(&self, first: usize, kept: usize, unreachable: u16) -> Self {
        let mut draft = self.draft.clone();
        let records = draft.start(FUNCTIONS);
        let imported = draft.count(FUNCTIONS) - self.functions.len();
        let mut code = Vec::new();
        for (index, &start) in self.functions.iter().enumerate() {
            draft.words[records + 2 * (imported + index)] = 2 * code.len() as u32;
            let end = self.functions.get(index + 1).map_or(draft.count(CODE), |&end| end as usize);
            let own = (start as usize..end).map(|at| self.draft.unit(at));
            if (first..first + kept).contains(&index) {
                code.extend(own);
            } else {
                let mut header: Vec<u16> = own.take(FUNCTION_HEADER).collect();
                // The frame ends where the locals start, and nothing is zeroed.
                (header[1], header[2]) = (header[3], header[4]);
                header[5..].fill(0);
                code.extend(header);
                code.push(unreachable);
            }
        }
        let start = draft.start(CODE);
        draft.words.truncate(start);
        draft.words.extend(
            code.chunks(2).map(|pair| u32::from(pair[0]) | pair.get(1).map_or(0, |&high| u32::from(high) << 16)),
        );
        draft.words[COUNTS + CODE] = code.len() as u32;
        draft.without_data();
        draft.seal();
        Self::new(format!("{} from function {first}", self.name), draft.bytes())
    }
}

impl Draft {
    /// Takes away all bytes of data segments.
    fn without_data(&mut self) {
        let (start, datas) = (self.start(DATA), self.start(DATAS));
        self.words.drain(start..start + self.len(DATA));
        self.words[COUNTS + DATA] = 0;
        for segment in 0..self.count(DATAS) {
            // First byte and length.
            self.words[datas + 5 * segment + 3..][..2].fill(0);
        }
    }
}

/// The largest image that is taken as it is, in bytes.
const LARGEST: usize = 12 << 10;

/// All combinations of profile and metering.
fn engines() -> Vec<(String, Config)> {
    let mut engines = Vec::new();
    for profile in [Profile::Base, Profile::Full] {
        for metered in [false, true] {
            let mut config = Config::default();
            config.profile(profile).consume_fuel(metered);
            engines.push((format!("{profile:?}, {}", if metered { "metered" } else { "not metered" }), config));
        }
    }
    engines
}

/// Images of every `step`-th module of the spec suite, of `guests` (by name), and of a few functions from each of those that are large.
///
/// # Panics
///
/// If a guest does not compile.
#[must_use]
pub fn corpus(step: usize, guests: &[(&str, &[u8])]) -> Vec<Specimen> {
    let mut corpus = Vec::new();
    let mut known = HashSet::new();
    for set in sets() {
        let modules: Vec<&[u8]> = set
            .scripts()
            .flat_map(|(_, directives)| directives)
            .filter_map(|directive| binary(&directive.command))
            .collect();
        for (number, wasm) in modules.iter().enumerate().step_by(step) {
            if !known.insert(*wasm) {
                continue;
            }
            for (kind, config) in engines() {
                let mut config = config;
                set.apply(&mut config);
                if let Ok(bytes) = Engine::new(&config).precompile_module(wasm)
                    && bytes.len() <= LARGEST
                {
                    corpus.push(Specimen::new(format!("{} {number} ({kind})", set.name), &bytes));
                }
            }
        }
    }
    for (name, wasm) in guests {
        for (kind, config) in engines() {
            let bytes = Engine::new(&config).precompile_module(wasm).expect("a guest that compiles");
            let whole = Specimen::new(format!("{name} ({kind})"), &bytes);
            if bytes.len() <= LARGEST {
                corpus.push(whole);
                continue;
            }
            let all = whole.functions.len();
            let pieces = 8.min(all);
            corpus.extend((0..pieces).map(|piece| whole.gutted(all * piece / pieces, 12, unreachable(&config))));
        }
    }
    corpus
}

/// The number of `unreachable`: what a function has behind its header that is nothing else.
fn unreachable(config: &Config) -> u16 {
    let bytes = Engine::new(config).precompile_module(&crate::binary("(module (func unreachable))")).expect("a module");
    Draft::new(&bytes).unit(FUNCTION_HEADER)
}

fn binary(command: &Command) -> Option<&[u8]> {
    match command {
        Command::Module { source: Source::Binary(wasm), .. }
        | Command::Definition { source: Source::Binary(wasm), .. }
        | Command::AssertTrap { action: Action::Instantiate(Source::Binary(wasm)), .. } => Some(wasm),
        _ => None,
    }
}
